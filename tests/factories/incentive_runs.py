"""Runs of the laboratory for tests: six groups, two measures, two designs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.incentives import db as laboratory
from readiness.incentives.design import Design, Rule
from readiness.incentives.models import GroupLeftOut, GroupNumbers, LaboratoryRun, ReleasedNumbers
from readiness.incentives.service import runs
from readiness.incentives.service.runs import RunRequest, RunSettings
from tests.factories.world import NOW

NARROWING = Design("Narrow the gap", ("COL",), Rule.NARROWING, least_points=2, full_points=5)
LIFTING = Design(
    "Lift, tested", ("COL", "GSD"), Rule.LIFTING, full_points=5, confidence=0.9, least_tier=2
)
SETTINGS = RunSettings(5.0, 6.0, 1_000, 7)
ASKED = RunRequest((NARROWING, LIFTING), SETTINGS)


def a_group(number: int) -> GroupNumbers:
    """The higher the number, the larger the group and the lower its social risk."""
    size = 40 * number**2
    return GroupNumbers(
        group_id=f"g{number}",
        name=f"Group {number}",
        tier=number % 3 + 1,
        patients=3 * size,
        screened=(200 - 20 * number, 400),
        release=1,
        quarters=("2026-Q3", "2026-Q4"),
        counts={
            "COL": {"black": (size * 6 // 10, size), "white": (size * 14 // 10, 2 * size)},
            "GSD": {"black": (size * 4 // 10, size), "white": (size * 6 // 10, 2 * size)},
        },
    )


NUMBERS = ReleasedNumbers(
    kind="race_omb2024",
    period="2026-Q4",
    reference="white",
    reference_says="White alone, declared by 6 of 6 groups",
    measure_ids=("COL", "GSD"),
    lower_is_better=("GSD",),
    strata=("black", "white"),
    groups=tuple(a_group(number) for number in range(1, 7)),
    left_out=(GroupLeftOut("Elm Physicians", "nothing submitted yet"),),
)


def a_run(
    run_id: str = "a-run", asked: RunRequest = ASKED, numbers: ReleasedNumbers = NUMBERS
) -> LaboratoryRun:
    """As it was asked for by Pam of the payer "fair"."""
    return runs.run_of(run_id, "fair", "pam", asked, numbers, NOW)


def done(run: LaboratoryRun) -> LaboratoryRun:
    outcome: dict[str, Any] = runs.outcome_of(run, lambda _: None)
    return replace(run, outcome=outcome, engine=runs.engine(), done_at=NOW)


def keep(store: Store, run: LaboratoryRun) -> None:
    event = Event(NOW, "pam", "started", "laboratory run", run.id, payer_id="fair")
    laboratory.add(store, run, event)
    if run.outcome is not None:
        laboratory.keep(store, run.id, run.outcome, run.engine, NOW)
