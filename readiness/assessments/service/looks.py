"""Who looked at a group, and what a payer took away: written into the history of both."""

from __future__ import annotations

from readiness.accounts.db import groups
from readiness.assessments.db import assessments, looks
from readiness.core import audit
from readiness.core.audit import DOWNLOADED, LOOKED_AT
from readiness.core.db import Session


def payer_reading(session: Session, group_id: str) -> str | None:
    """For which of their payers somebody reads of this group; None for its own people."""
    if group_id in session.actor.group_ids:
        return None
    readers = groups.readers(session.store, group_id, session.now.date())
    return next((payer for payer in session.actor.payer_ids if payer in readers), None)


def group_of(session: Session, assessment_id: str) -> str:
    return assessments.get(session.store, assessment_id).group_id


def note_look(session: Session, payer_id: str, group_id: str) -> None:
    """Once a day for each person and group; nobody waits for it."""
    store, day = session.store, session.now.date()
    if not looks.is_noted(store, session.actor.id, group_id, day):
        event = audit.event(
            session, LOOKED_AT, "group", group_id, group_id=group_id, payer_id=payer_id
        )
        store.keep(lambda: audit.record(store, event))


def note_download(session: Session, payer_id: str, group_id: str | None, file: str) -> None:
    event = audit.event(
        session,
        DOWNLOADED,
        "group" if group_id else "payer",
        group_id or payer_id,
        group_id=group_id,
        payer_id=payer_id,
        detail={"file": file},
    )
    with session.store.writing():
        audit.record(session.store, event)
