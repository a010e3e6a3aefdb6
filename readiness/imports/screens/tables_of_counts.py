"""Tables of counts, each with the steps that it tells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace

from readiness.core.errors import BadInput
from readiness.core.periods import Period
from readiness.counts.social_risk.models import Step
from readiness.imports.screens.cells import NOBODY, CellKey, Counts

Steps = Mapping[Step, int]

TWICE = (
    "Two of the files tell of the same patients: the same group, site, quarter, need and stratum. "
    "Keep one of the two."
)


def added_up(tables: Sequence[Mapping[CellKey, Steps]], group_id: str) -> dict[CellKey, Steps]:
    """All rows of all tables; those that name no group are of `group_id`."""
    found: dict[CellKey, Steps] = {}
    for table in tables:
        named = {of_group(key, group_id): steps for key, steps in table.items()}
        if found.keys() & named.keys():
            raise BadInput(TWICE)
        found |= named
    return found


def of_group(key: CellKey, group_id: str) -> CellKey:
    return replace(key, group_id=group_id) if group_id and key.group_id == NOBODY else key


def in_period(steps: Mapping[CellKey, Steps], period: Period | None) -> dict[CellKey, Steps]:
    return {key: each for key, each in steps.items() if period is None or key.period == str(period)}


def counts_of(steps: Steps) -> Counts:
    """The results that a row tells; what it leaves open is counted as nobody here."""
    positive = steps.get(Step.POSITIVE, 0)
    return Counts(
        positive=positive,
        negative=max(0, steps.get(Step.SCREENED, positive) - positive),
        declined=steps.get(Step.DECLINED, 0),
        unknown=steps.get(Step.UNKNOWN, 0),
        incomplete=steps.get(Step.INCOMPLETE, 0),
    )
