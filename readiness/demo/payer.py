"""What the invented payer has tried: a scenario solved and shaken, and two incentives."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from readiness.accounts.db import people
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.demo.actions import Stage
from readiness.demo.world import PAYER_ID, SEED
from readiness.incentives import db as laboratory
from readiness.incentives import design
from readiness.incentives.service import released, runs
from readiness.incentives.service.released import NumbersFilters
from readiness.incentives.service.runs import RunRequest, RunSettings
from readiness.investment import db as allocations
from readiness.investment.scenario import BudgetScenario, ScenarioRequest
from readiness.investment.service import scenarios, solving
from readiness.investment.service.case import Case

SCENARIO_ID = "spring-grants"
DRAWS = 20  # fewer than a payer's own, so that the world is soon filled
SCENARIO = BudgetScenario(
    "Spring grants",
    budgets=(900_000,),
    cap_dollars=150_000,
    floor_tag="high social risk",
    floor_share=30,
)
LABORATORY_ID = "two-incentives"
REPLICATES = 1_000  # few: quick
RUN_SETTINGS = RunSettings(
    gain_points=5,
    fall_points=5,
    replicates=REPLICATES,
    seed=20260101,
    staying=0.84,
    correlation=0.3,
)


def plan_investment(store: Store, now: datetime) -> None:
    payer = people.actor(store, "payer")
    request = ScenarioRequest(SCENARIO_ID, PAYER_ID, None, payer.id, now, SCENARIO, SEED)
    solution = replace(scenarios.solve_request(store, request, now, nobody_waits), at=now)
    case = Case(SCENARIO, solution.offers, SEED)
    found = solving.sensitivity(case, DRAWS, nobody_waits)
    with store.writing():
        allocations.add(store, request, scenarios.event_of(request, payer, "asked for", now))
        solved = scenarios.event_of(request, payer, "solved", now)
        allocations.keep_answer(store, SCENARIO_ID, solution, solved)
        shook = scenarios.event_of(request, payer, "shook", now)
        allocations.keep_stability(store, SCENARIO_ID, found, now, shook)


def try_incentives(stage: Stage) -> None:
    """Done at once: nobody waits for it here."""
    store, payer, now = stage.store, stage.payer, stage.now
    found = released.options_for(store, PAYER_ID, NumbersFilters(), now.date())
    if found is None:
        raise AssertionError("no group released a measure by groups of patients")
    designs = tuple(
        replace(design.PRESET_BY_ID[preset_id].design, measure_ids=found.usual_measures)
        for preset_id in design.FIRST_PRESETS
    )
    asked = RunRequest(designs, RUN_SETTINGS)
    measure_ids = runs.measures_of(designs)
    numbers = released.numbers_of(store, PAYER_ID, found, measure_ids, now.date())
    run = runs.run_of(LABORATORY_ID, PAYER_ID, payer.id, asked, numbers, now)
    event = Event(now, payer.id, "started", "laboratory run", LABORATORY_ID, payer_id=PAYER_ID)
    laboratory.add(store, run, event)
    runs.work_on(run)(nobody_waits)(store, now)


def nobody_waits(_done: int) -> None:
    pass
