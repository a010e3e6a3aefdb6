"""The history as people read it: who did what, when. Names are looked up, never stored in it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.core import audit, permissions, verification
from readiness.core.audit import SYSTEM, Event, Line
from readiness.core.db import Session, Store
from readiness.core.periods import period
from readiness.core.permissions import ANYWHERE, Can
from readiness.core.sealing import key_if_there

Names = Mapping[tuple[str, str], str]  # by kind of thing and id
PAGE = 50
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
    lines: tuple[AuditLine, ...]
    older: int | None  # the line before which the next page starts


def of_group(session: Session, group_id: str, before: int | None) -> HistoryPage:
    scope.require_for_group(session, Can.READ_GROUP_HISTORY, group_id)
    lines = audit.lines_of_group(session.store, group_id, PAGE + 1, before)
    return page(session.store, groups.get(session.store, group_id).name, lines)


def of_payer(session: Session, payer_id: str, before: int | None) -> HistoryPage:
    scope.require_for_payer(session, Can.READ_PAYER_HISTORY, payer_id)
    store = session.store
    lines = audit.lines_of_payer(store, payer_id, PAGE + 1, before)
    own = {membership.person_id for membership in people.memberships(store, payer_id=payer_id)}
    return page(store, groups.payer(store, payer_id).name, lines, own)


def latest(session: Session, before: int | None) -> HistoryPage:
    permissions.require(session.actor, Can.READ_HISTORY, ANYWHERE)
    lines = audit.latest_lines(session.store, PAGE + 1, before)
    return page(session.store, "this installation", lines)


def problems(session: Session) -> list[str]:
    """What is wrong with the database, its history and the rows that bear marks."""
    permissions.require(session.actor, Can.READ_HISTORY, ANYWHERE)
    return verification.problems(session.store, key_if_there(session.store.path))


def page(
    store: Store, title: str, lines: list[Line], own: Collection[str] | None = None
) -> HistoryPage:
    """With `own`, only these people are named: a payer never learns who is in a group's team."""
    names = names_in(store, lines)
    if own is not None:
        people_in = {key for key in names if key[0] == "person" and key[1] not in own}
        names = {**names, **dict.fromkeys(people_in, OUTSIDE)}
    shown = lines[:PAGE]
    older = shown[-1][0] if len(lines) > PAGE else None
    return HistoryPage(
        title, tuple(line_of(number, event, names) for number, event in shown), older
    )


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
