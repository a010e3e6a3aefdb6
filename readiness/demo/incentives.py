"""Two incentives that the invented payer has tried on what its groups released."""

from __future__ import annotations

from dataclasses import replace

from readiness.core.audit import Event
from readiness.demo.actions import Stage
from readiness.demo.world import PAYER_ID
from readiness.incentives import db as laboratory
from readiness.incentives import presets
from readiness.incentives.service import released, runs, simulating
from readiness.incentives.service.released import Wish
from readiness.incentives.service.runs import Asked, Settings

RUN_ID = "two-incentives"
SETTINGS = Settings(gain_points=5, fall_points=5, replicates=1_000, seed=20260101)  # few: quick


def try_two(stage: Stage) -> None:
    """Done at once: nobody waits for it here."""
    store, payer, now = stage.store, stage.payer, stage.now
    found = released.choices_of(store, PAYER_ID, Wish(), now.date())
    if found is None:
        raise AssertionError("no group released a measure by groups of patients")
    designs = tuple(
        replace(presets.BY_ID[preset_id].design, measure_ids=found.usual_measures)
        for preset_id in presets.FIRST
    )
    asked = Asked(designs, SETTINGS)
    measure_ids = runs.measures_of(designs)
    numbers = released.numbers_of(store, PAYER_ID, found, measure_ids, now.date())
    run = runs.stored_as(RUN_ID, PAYER_ID, payer.id, asked, numbers, now)
    event = Event(now, payer.id, "started", "laboratory run", RUN_ID, payer_id=PAYER_ID)
    laboratory.add(store, run, event)
    simulating.work_on(run)(lambda _: None)(store, now)
