"""The history as people read it: who did what, when. Names are looked up, never stored in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts.db import groups, history, people
from readiness.accounts.history_filter import HistoryFilter
from readiness.accounts.service import scope
from readiness.core import audit, permissions, verification
from readiness.core.audit import ALL, SYSTEM, Event, Line
from readiness.core.db import Session, Store
from readiness.core.exports import Sheet
from readiness.core.periods import period
from readiness.core.permissions import ANYWHERE, Can
from readiness.core.sealing import key_if_there

Names = Mapping[tuple[str, str], str]  # by kind of thing and id
PAGE = 50
EVERY = ALL - 1  # lines, for a file
NOBODY = "somebody not signed in"  # and of who did not prove who they are
FORMER = "somebody whose account was removed"
OUTSIDE = "somebody outside your team"


@dataclass(frozen=True)
class AuditLine:
    """One line: "Maya Lopez submitted assessment a1"."""

    number: int
    at: datetime
    who: str
    did: str
    what: str
    detail: str


@dataclass(frozen=True)
class HistoryPage:
    title: str
    wanted: HistoryFilter
    lines: tuple[AuditLine, ...]
    older: int | None  # the line before which the next page starts


def of_group(
    session: Session, group_id: str, wanted: HistoryFilter, before: int | None, limit: int = PAGE
) -> HistoryPage:
    scope.require_for_group(session, Can.READ_GROUP_HISTORY, group_id)
    title = groups.get(session.store, group_id).name
    return page(session.store, title, ("group_id", group_id), wanted, before, limit)


def of_payer(
    session: Session, payer_id: str, wanted: HistoryFilter, before: int | None, limit: int = PAGE
) -> HistoryPage:
    scope.require_for_payer(session, Can.READ_PAYER_HISTORY, payer_id)
    store = session.store
    own = {membership.person_id for membership in people.memberships(store, payer_id=payer_id)}
    title = groups.payer(store, payer_id).name
    return page(store, title, ("payer_id", payer_id), wanted, before, limit, own)


def latest(
    session: Session, wanted: HistoryFilter, before: int | None, limit: int = PAGE
) -> HistoryPage:
    permissions.require(session.actor, Can.READ_HISTORY, ANYWHERE)
    return page(session.store, "this installation", ("", ""), wanted, before, limit)


def problems(session: Session) -> list[str]:
    """What is wrong with the database, its history and the rows that bear marks."""
    permissions.require(session.actor, Can.READ_HISTORY, ANYWHERE)
    return verification.problems(session.store, key_if_there(session.store.path))


def page(
    store: Store,
    title: str,
    whose: tuple[str, str],
    wanted: HistoryFilter,
    before: int | None,
    limit: int,
    own: Collection[str] | None = None,
) -> HistoryPage:
    """With `own`, only these people are named, and found by name: a payer never learns who is in
    a group's team."""
    persons = named_like(store, wanted.who, own) if wanted.who else None
    lines = history.lines(store, whose, wanted, persons, limit + 1, before)
    names = names_in(store, lines)
    if own is not None:
        people_in = {key for key in names if key[0] == "person" and key[1] not in own}
        names = {**names, **dict.fromkeys(people_in, OUTSIDE)}
    shown = lines[:limit]
    older = shown[-1][0] if len(lines) > limit else None
    return HistoryPage(
        title, wanted, tuple(line_of(number, event, names) for number, event in shown), older
    )


def named_like(store: Store, words: str, own: Collection[str] | None) -> list[str]:
    found, _ = people.search(store, words, ALL, 0)
    ids = [person.id for person in found if own is None or person.id in own]
    constants = [name for name in (SYSTEM, NOBODY) if words.casefold() in name]
    return [*ids, *constants]


def as_sheet(found: HistoryPage) -> Sheet:
    header = ("Line", "When", "Who", "Did", "What", "Details")
    rows = (
        (line.number, line.at.isoformat(), line.who, line.did, line.what, line.detail)
        for line in found.lines
    )
    return Sheet("History", header, rows, (8, 26, 24, 24, 30, 40))


def names_in(store: Store, lines: list[Line]) -> Names:
    ids = {event.actor_id for _, event in lines}
    ids |= {event.object_id for _, event in lines if event.object_kind == "person"}
    names = {("person", key): person.name for key, person in people.with_ids(store, ids).items()}
    for kind in audit.NAMES:
        objects = {event.object_id for _, event in lines if event.object_kind == kind}
        found = audit.names_of(store, kind, objects) if objects else {}
        names |= {(kind, key): name for key, name in found.items()}
    return names


def line_of(number: int, event: Event, names: Names) -> AuditLine:
    who = names.get(("person", event.actor_id), FORMER)
    return AuditLine(
        number=number,
        at=event.at,
        who=event.actor_id if event.actor_id in (SYSTEM, NOBODY) else who,
        did=event.verb,
        what=subject(event, names),
        detail=detail(event.detail),
    )


def subject(event: Event, names: Names) -> str:
    """What it was about, by its name; the name of what is gone is gone too."""
    kind, name = event.object_kind, names.get((event.object_kind, event.object_id), "")
    if kind == "person":
        return "their own account" if event.object_id == event.actor_id else name or FORMER
    if kind == "counts":
        return f"({period(event.object_id).label})"
    if kind == "cycle":
        return f"({name})" if name else ""
    return f"{kind} {name}".strip() if kind in audit.NAMES else f"{kind} {event.object_id}"


def detail(values: Mapping[str, str | int | bool | None]) -> str:
    """The ids and numbers of a line: "item LEAD-1, revision 2"."""
    said = (f"{key.replace('_', ' ')} {word(value)}" for key, value in sorted(values.items()))
    return ", ".join(text for text in said if not text.endswith(" "))


def word(value: str | int | bool | None) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    return "" if value is None else str(value)
