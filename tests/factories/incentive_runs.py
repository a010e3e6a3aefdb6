"""Runs of the laboratory for tests: six groups, two measures, two designs."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from readiness.accounts.db import groups
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.people import Group
from readiness.incentives import db as laboratory
from readiness.incentives.design import Design, Rule
from readiness.incentives.models import GroupLeftOut, GroupNumbers, LaboratoryRun, ReleasedNumbers
from readiness.incentives.service import runs
from readiness.incentives.service.runs import RunRequest, RunSettings
from readiness.instruments import loader as instruments
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


QMER = instruments.load("qmer", "2026.1")


def share(store: Store, run: LaboratoryRun) -> None:
    """The groups it is tried on that are not there yet share with its payer and have submitted."""
    with store.writing():
        for each in run.numbers["groups"]:
            id_, at = each["group"], NOW.isoformat()
            if store.row("select 1 from groups where id = ?", (id_,)):
                continue
            groups.add(store, Group(id_, each["name"]), NOW)
            own = f"{id_}-tried"
            store.insert("grants", {
                "id": own, "group_id": id_, "payer_id": run.payer_id, "granted_at": at,
                "granted_by": "maya",
            })  # fmt: skip
            store.insert("assessments", {
                "id": own, "group_id": id_, "instrument_id": "qmer", "version": "2026.1",
                "instrument_sha256": QMER.sha256, "title": "2026", "status": "submitted",
                "created_at": at, "revision": 1, "changed_at": at,
            })  # fmt: skip
            store.insert("submissions", {
                "assessment_id": own, "number": 1, "at": at, "author_id": "maya",
                "attested_name": "Maya", "statement": "", "reference": own, "answers_sha256": "",
            })  # fmt: skip


def keep(store: Store, run: LaboratoryRun) -> None:
    """As it is left by a page and a job, of groups that share."""
    share(store, run)
    event = Event(NOW, "pam", "started", "laboratory run", run.id, payer_id="fair")
    laboratory.add(store, run, event)
    if run.outcome is not None:
        laboratory.keep(store, run.id, run.outcome, run.engine, NOW)
