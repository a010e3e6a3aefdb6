"""One group as one payer sees it: what it sent in, and where it stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.db import assessments
from readiness.assessments.service.submission import (
    Program,
    Sent,
    Submitted,
    history,
    is_reviewed_by,
    last_submitted,
    may_be_read,
    programs,
)
from readiness.core import permissions
from readiness.core.db import Session
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.instruments import loader as instruments
from readiness.portfolio.db import groups as portfolio
from readiness.portfolio.models import Line, Query


@dataclass(frozen=True)
class GroupFile:
    """One group as one payer sees it."""

    payer: Payer
    group: Group
    line: Line  # as on the portfolio
    asked: int | None  # items of the newest assessment's instrument
    shown: Submitted | None  # None: nothing was submitted yet
    history: tuple[Sent, ...]
    programs: tuple[Program, ...]
    may_review: bool
    today: date


def group_file(
    session: Session,
    payer_id: str,
    group_id: str,
    assessment_id: str | None,
) -> GroupFile:
    """The newest thing the group sent in, or an earlier one by its id."""
    reader = scope.of_reader(session.store, payer_id, group_id, session.now)
    permissions.require(session.actor, Can.READ_SUBMISSION, reader)
    readable = [
        a for a in assessments.of_group(session.store, group_id) if may_be_read(session.store, a)
    ]
    chosen = [a for a in readable if assessment_id in (None, a.id)]
    if assessment_id and not chosen:
        raise NotFound(NOT_SHARED)
    shown = last_submitted(session.store, chosen[0]) if chosen else None
    query = Query(group_ids=(group_id,))
    (line,) = portfolio.lines(session.store, payer_id, session.now.date(), query)
    return GroupFile(
        payer=groups.payer(session.store, payer_id),
        group=groups.get(session.store, group_id),
        line=line,
        asked=len(instruments.load(*line.instrument).items) if line.instrument else None,
        shown=shown,
        history=tuple(history(session.store, readable)),
        programs=tuple(programs(session.store, payer_id, group_id, shown)),
        may_review=shown is not None and is_reviewed_by(session.store, shown.assessment, payer_id),
        today=session.now.date(),
    )
