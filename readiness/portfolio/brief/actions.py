"""The plan's next steps as a payer needs them: what, when, at what cost, and who could pay."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from readiness.core.errors import NotFound
from readiness.instruments.costs import loader as costs
from readiness.instruments.costs.models import CostNote
from readiness.instruments.models import Instrument
from readiness.plans.models import ActionStatus, Own, Plan
from readiness.plans.presenters import line as plan_line
from readiness.plans.presenters import reading

NO_CASH = "time, no cash named"


@dataclass(frozen=True)
class ActionLine:
    id: str
    title: str
    owner: str  # a post; empty: nobody is named
    due_on: date | None
    status: ActionStatus
    cost_says: str  # in its first year
    may_pay: tuple[str, ...]
    pays_after: str
    is_overdue: bool


def action_lines(
    plan: Plan, told: reading.Told, instrument: Instrument, today: date
) -> Iterator[ActionLine]:
    """Those still ahead, in the order to start them."""
    notes = notes_of(instrument)
    by_id = {each.id: each for each in plan.actions}
    for line in told.actions:
        if line.status is not ActionStatus.DONE:
            action = by_id[line.id]
            note = notes.get(action.proposal.intervention_id or "") if action.proposal else None
            yield action_line(line, action.own, note, today)


def notes_of(instrument: Instrument) -> Mapping[str, CostNote]:
    """Empty for an instrument of one's own without a cost book."""
    try:
        return costs.load(instrument.id).note_by_id
    except NotFound:
        return {}


def action_line(
    line: plan_line.ActionLine, own: Own, note: CostNote | None, today: date
) -> ActionLine:
    """Who pays as the group says, else as the cost book has it."""
    return ActionLine(
        id=line.id,
        title=line.title,
        owner=line.owner,
        due_on=line.due_on,
        status=line.status,
        cost_says=line.cost_says or NO_CASH,
        may_pay=(own.may_pay,) if own.may_pay else note.may_pay if note else (),
        pays_after=own.pays_after or (note.pays_after if note else ""),
        is_overdue=line.due_on is not None and line.due_on < today,
    )
