"""What an administrator does: groups, payers, people, and taking a group out whole."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from readiness.accounts.db import groups, people
from readiness.accounts.passwords import Hasher
from readiness.accounts.service import account, scope, second_step
from readiness.accounts.service.one_time_links import write_invitation
from readiness.accounts.service.people import NamedMembership, parts_of
from readiness.accounts.team import Invitee
from readiness.administration import db
from readiness.core import audit
from readiness.core.audit import SYSTEM
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.exports import harmless
from readiness.core.pdf.folder import folder_of
from readiness.core.people import Actor, Group, Payer, Person, Role, Site
from readiness.core.permissions import Can
from readiness.incentives import db as laboratory
from readiness.portfolio.service.bulk_pdf import sweep

PAGE = 50  # rows on one page of a list


def find_groups(session: Session, words: str, page: int) -> tuple[list[Group], int]:
    """One page of the groups whose name holds the words, and how many there are in all."""
    scope.require_administrator(session)
    return groups.search(session.store, words.strip(), PAGE, PAGE * (page - 1))


def find_people(session: Session, words: str, page: int) -> tuple[list[Person], int]:
    scope.require_administrator(session)
    return people.search(session.store, words.strip(), PAGE, PAGE * (page - 1))


def all_payers(session: Session) -> tuple[Payer, ...]:
    scope.require_administrator(session)
    return groups.payers(session.store)


def person(session: Session, person_id: str) -> tuple[Person, tuple[NamedMembership, ...]]:
    scope.require_administrator(session)
    return people.get(session.store, person_id), parts_of(session.store, person_id)


def add_group(session: Session, group: Group, site_names: Sequence[str]) -> None:
    """A group with the places it works from; without any named, one called "Main site"."""
    scope.require_administrator(session)
    named = list(dict.fromkeys(name.strip() for name in site_names if name.strip()))
    sites = tuple(
        Site(f"{group.id}-{number}", group.id, name)
        for number, name in enumerate(named or ["Main site"], start=1)
    )
    with session.store.writing():
        if any(
            g.name.casefold() == group.name.casefold() for g in groups.all_groups(session.store)
        ):
            raise BadInput([Problem("name", "There is a group of that name. Choose another name.")])
        groups.add(session.store, group, session.now, sites)
        record(session, "added", group.id)


def add_payer(session: Session, payer: Payer) -> None:
    scope.require_administrator(session)
    write_payer(session, payer)


def write_payer(session: Session, payer: Payer) -> None:
    with session.store.writing():
        if any(p.name.casefold() == payer.name.casefold() for p in groups.payers(session.store)):
            raise BadInput([Problem("name", "There is a payer of that name. Choose another name.")])
        groups.add_payer(session.store, payer, session.now)
        event = audit.event(session, "added", "payer", payer.id, payer_id=payer.id)
        audit.record(session.store, event)


def removable(session: Session, group_id: str) -> Group:
    scope.require_for_group(session, Can.REMOVE_GROUP, group_id)
    return groups.get(session.store, group_id)


def remove_group(
    session: Session,
    hasher: Hasher,
    group_id: str,
    typed_name: str,
    password: str,
) -> None:
    """Remove all that the group owns, and the accounts of those who were only ever in it.

    The history keeps bare ids: that something was done, and by whom it cannot be told any more.
    """
    group = removable(session, group_id)
    if " ".join(typed_name.split()) != group.name:
        raise BadInput([Problem("name", f"Type the group's name exactly: {group.name}")])
    account.check_password(session, hasher, password)
    with session.store.writing():
        leaving = people.only_of_group(session.store, group_id)
        record(session, "removed", group_id)
        laboratory.forget_group(session.store, group_id)
        groups.remove(session.store, group_id)
        for person_id in leaving:
            people.remove(session.store, person_id)
        session.store.seal_gone()
    sweep(session.store, session.now)
    folder_of(session.store.path).clear()


NOTE = """Everything this installation holds of one group, as of {at}.

Each table is here twice: in json/ exactly as stored, in csv/ for a spreadsheet (UTF-8; text that
a spreadsheet would take for a formula has an apostrophe in front).

people           the group's own team, with names and e-mail addresses
assessments      one line each; answers, context, submissions, reviews and runs refer to its id
answers          every revision ever saved; the highest revision of an item is its answer
submissions      what was sent in; submitted_answers names the revision of each answer in it
runs             each scoring run with its inputs and its result
counts           social-risk counts, every revision; no patient is in any of them
releases         what left the group of each quarter: released_cells as others read it, and
                 release_grounds as it was counted then
history          who did what when, in the order of seq
Passwords and sessions are not part of an export.
"""


def exportable(session: Session, group_id: str) -> Group:
    scope.require_for_group(session, Can.TAKE_OUT, group_id)
    return groups.get(session.store, group_id)


def export_group(session: Session, group_id: str) -> bytes:
    scope.require_for_group(session, Can.TAKE_OUT, group_id)
    with session.store.writing():
        record(session, "exported", group_id)
    tables = db.tables(session.store, group_id)
    return zip_of(
        {"README.txt": NOTE.format(at=session.now.isoformat())} | files(tables), session.now
    )


def files(
    tables: Mapping[str, tuple[list[str], list[dict[str, Any]]]],
) -> dict[str, str]:
    made: dict[str, str] = {}
    for name, (columns, rows) in tables.items():
        made[f"json/{name}.json"] = json.dumps(rows, indent=1, ensure_ascii=False)
        made[f"csv/{name}.csv"] = as_csv(columns, rows)
    return made


def as_csv(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(row[name]) for name in columns] for row in rows)
    return text.getvalue()


def zip_of(contents: Mapping[str, str], now: datetime) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return made.getvalue()


def record(session: Session, verb: str, group_id: str) -> None:
    event = audit.event(session, verb, "group", group_id, group_id=group_id)
    audit.record(session.store, event)


def operator(store: Store, now: datetime) -> Session:
    """Whoever has the machine, and so need not sign in."""
    return Session(store, Actor(SYSTEM, SYSTEM), now)


def invite_administrator(store: Store, email: str, name: str, token: str, now: datetime) -> None:
    if not name.strip():
        raise BadInput([Problem("--name", "Say who it is.")])
    check_address(email)
    session = operator(store, now)
    write_invitation(session, Invitee(email, Role.ADMINISTRATOR, name=name.strip()), token)


def remove_second_step(store: Store, email: str, now: datetime) -> Person:
    """Asked for on the command line, by whoever has the machine."""
    person = people.by_email(store, email.strip())
    if person is None:
        raise NotFound(f"Nobody here has the e-mail address {email}. Check it and try again.")
    second_step.remove(operator(store, now), person)
    return person


def invite_payer(
    store: Store, name: str, email: str, payer_id: str, token: str, now: datetime
) -> None:
    """The payer and its first relationship manager, or neither."""
    if not name.strip():
        raise BadInput([Problem("NAME", "Say what the payer is called.")])
    check_address(email)
    session = operator(store, now)
    with store.writing():
        write_payer(session, Payer(payer_id, name.strip()))
        write_invitation(session, Invitee(email, Role.PAYER_MANAGER, payer_id=payer_id), token)


def check_address(email: str) -> None:
    name, at, host = email.strip().partition("@")
    if not (name and at and "." in host) or any(c.isspace() or not c.isprintable() for c in email):
        raise BadInput([Problem(email, "is not an e-mail address. Check it.")])
