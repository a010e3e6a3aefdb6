"""One scenario of the invented payer, solved and shaken, so that there is something to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from readiness.accounts.db import people
from readiness.core.db import Store
from readiness.demo.world import PAYER_ID, SEED
from readiness.investment import db as allocations
from readiness.investment.scenario import BudgetScenario, ScenarioRequest
from readiness.investment.service import scenarios, solving

ID = "spring-grants"
DRAWS = 20  # fewer than a payer's own, so that the world is soon filled
SCENARIO = BudgetScenario(
    "Spring grants",
    budgets=(900_000,),
    cap_dollars=150_000,
    floor_tag="high social risk",
    floor_share=30,
)


def plan(store: Store, now: datetime) -> None:
    payer = people.actor(store, "payer")
    request = ScenarioRequest(ID, PAYER_ID, None, payer.id, now, SCENARIO, SEED)
    solution = replace(scenarios.solve_request(store, request, now, nobody_waits), at=now)
    case = solving.Case(SCENARIO, solution.offers, SEED)
    found = solving.sensitivity(case, DRAWS, nobody_waits)
    with store.writing():
        allocations.add(store, request, scenarios.event_of(request, payer, "asked for", now))
        solved = scenarios.event_of(request, payer, "solved", now)
        allocations.keep_answer(store, ID, solution, solved)
        shook = scenarios.event_of(request, payer, "shook", now)
        allocations.keep_stability(store, ID, found, now, shook)


def nobody_waits(_done: int) -> None:
    pass
