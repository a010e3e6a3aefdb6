"""What the thread does: every question simulated for all designs on the same draws."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from importlib.metadata import version
from typing import Any

from readiness.core.db import Store
from readiness.core.jobs.service import Keep, Told, Work
from readiness.incentives import db as laboratory
from readiness.incentives.design import Design
from readiness.incentives.models import StoredRun
from readiness.incentives.numbers import numbers_in
from readiness.incentives.outcome import Outcome
from readiness.incentives.run_json import design_in, outcome_in, outcome_out
from readiness.incentives.scenario import NOTHING, Kind, Scenario
from readiness.incentives.service import threads

METHOD = "laboratory 1"  # raised whenever the same run would give other numbers


def scenarios(settings: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """In the order of the questions."""
    return (
        NOTHING,
        Scenario(Kind.TRUE_GAIN, settings["gain_points"]),
        Scenario(Kind.HIGHER_FALLS, settings["fall_points"]),
    )


def engine() -> str:
    """What makes the numbers: another version of it may draw other luck from the same seed."""
    return f"{METHOD}, NumPy {version('numpy')}"


def draws(run: StoredRun) -> int:
    """Replicates over all questions."""
    return len(scenarios(run.settings)) * int(run.settings["replicates"])


def work_on(run: StoredRun) -> Work:
    def work(told: Told) -> Keep:
        outcome = {"questions": simulated(run, told)}

        def keep(store: Store, now: datetime) -> None:
            laboratory.keep(store, run.id, outcome, engine(), now)

        return keep

    return work


def simulated(run: StoredRun, told: Told) -> list[list[dict[str, Any]]]:
    """For each question the outcome of each design, as it is stored."""
    from readiness.incentives import from_numbers  # numpy is slow to import

    found = threads.simulate(
        from_numbers.ground_of(numbers_in(run.numbers)),
        tuple(design_in(each) for each in run.designs),
        scenarios(run.settings),
        run.settings["replicates"],
        run.settings["seed"],
        told,
    )
    return [[outcome_out(each) for each in outcomes] for outcomes in found.values()]


def outcomes_of(run: StoredRun, designs: Sequence[Design]) -> tuple[tuple[Outcome, ...], ...]:
    """By question and design, of a run that is done."""
    if run.outcome is None:
        raise ValueError("this run is not done")
    return tuple(
        tuple(outcome_in(each, design) for each, design in zip(question, designs, strict=True))
        for question in run.outcome["questions"]
    )
