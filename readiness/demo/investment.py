"""One scenario of the invented payer, solved and shaken, so that there is something to look at."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from readiness.accounts.db import people
from readiness.core.db import Store
from readiness.demo.world import PAYER_ID, SEED
from readiness.investment import db as allocations
from readiness.investment.models import Asked
from readiness.investment.scenario import Scenario
from readiness.investment.service import scenarios, solving

ID = "spring-grants"
DRAWS = 20  # fewer than a payer's own, so that the world is soon filled
SCENARIO = Scenario(
    "Spring grants",
    budgets=(900_000,),
    cap_dollars=150_000,
    floor_tag="high social risk",
    floor_share=30,
)


def plan(store: Store, now: datetime) -> None:
    payer = people.actor(store, "payer")
    asked = Asked(ID, PAYER_ID, None, payer.id, now, SCENARIO, SEED)
    answered = replace(scenarios.answer_of(store, asked, now, nobody_waits), at=now)
    case = solving.Case(SCENARIO, answered.offers, SEED)
    found = solving.shaken(case, DRAWS, nobody_waits)
    with store.writing():
        allocations.add(store, asked, scenarios.told_of(asked, payer, "asked for", now))
        solved = scenarios.told_of(asked, payer, "solved", now)
        allocations.keep_answer(store, ID, answered, solved)
        shook = scenarios.told_of(asked, payer, "shook", now)
        allocations.keep_stability(store, ID, found, now, shook)


def nobody_waits(_done: int) -> None:
    pass
