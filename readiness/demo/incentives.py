"""Two incentives that the invented payer has tried on what its groups released."""

from __future__ import annotations

from dataclasses import replace

from readiness.core.audit import Event
from readiness.demo.actions import Stage
from readiness.demo.world import PAYER_ID
from readiness.incentives import db as laboratory
from readiness.incentives import design
from readiness.incentives.service import released, runs
from readiness.incentives.service.released import NumbersFilters
from readiness.incentives.service.runs import RunRequest, RunSettings

RUN_ID = "two-incentives"
SETTINGS = RunSettings(gain_points=5, fall_points=5, replicates=1_000, seed=20260101)  # few: quick


def try_two(stage: Stage) -> None:
    """Done at once: nobody waits for it here."""
    store, payer, now = stage.store, stage.payer, stage.now
    found = released.options_for(store, PAYER_ID, NumbersFilters(), now.date())
    if found is None:
        raise AssertionError("no group released a measure by groups of patients")
    designs = tuple(
        replace(design.PRESET_BY_ID[preset_id].design, measure_ids=found.usual_measures)
        for preset_id in design.FIRST_PRESETS
    )
    asked = RunRequest(designs, SETTINGS)
    measure_ids = runs.measures_of(designs)
    numbers = released.numbers_of(store, PAYER_ID, found, measure_ids, now.date())
    run = runs.run_of(RUN_ID, PAYER_ID, payer.id, asked, numbers, now)
    event = Event(now, payer.id, "started", "laboratory run", RUN_ID, payer_id=PAYER_ID)
    laboratory.add(store, run, event)
    runs.work_on(run)(lambda _: None)(store, now)
