"""What a person is told when they next sign in: what others did to their account or their team."""

from __future__ import annotations

from readiness.accounts.db import notices
from readiness.accounts.service import history, scope
from readiness.accounts.service.history import AuditLine
from readiness.core import audit, permissions
from readiness.core.audit import Line
from readiness.core.db import Session
from readiness.core.permissions import Can

ENTRIES_SHOWN = 20


def untold(session: Session) -> tuple[AuditLine, ...]:
    """Newest first; empty once the person has said that they have seen it."""
    store, actor = session.store, session.actor
    after = notices.told_up_to(store, actor.id)
    found = dict(notices.about(store, actor.id, after))
    found |= dict(notices.from_outside(store, actor.id, managed_groups(session), after))
    return as_lines(session, sorted(found.items(), reverse=True))


def managed_groups(session: Session) -> list[str]:
    return [
        group_id
        for group_id in session.actor.group_ids
        if permissions.allowed(
            session.actor,
            Can.MANAGE_TEAM,
            scope.of_group(session.store, group_id, session.now),
        )
    ]


def told(session: Session) -> None:
    with session.store.writing():
        notices.set_told_up_to(session.store, session.actor.id, audit.head(session.store)[0])


def own_entries(session: Session) -> tuple[AuditLine, ...]:
    """The last times that the person, or somebody in their name, signed in or failed to."""
    return as_lines(session, notices.own_entries(session.store, session.actor.id, ENTRIES_SHOWN))


def as_lines(session: Session, lines: list[Line]) -> tuple[AuditLine, ...]:
    names = history.names_in(session.store, lines)
    return tuple(history.line_of(number, event, names) for number, event in lines)
