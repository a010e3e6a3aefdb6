"""A scenario of the payer "fair" that is there already, solved over whoever shares with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from readiness.accounts.db import people
from readiness.core.db import Store
from readiness.investment import db as allocations
from readiness.investment.scenario import (
    BudgetScenario,
    CostBasis,
    ScenarioRequest,
    ScenarioSolution,
)
from readiness.investment.service import baselines, scenarios
from tests.factories.world import NOW

SMALL = BudgetScenario("Spring grants", budgets=(300_000,), costs_at=CostBasis.LIKELY)


def add_request(
    store: Store, allocation_id: str, scenario: BudgetScenario = SMALL, now: datetime = NOW
) -> ScenarioRequest:
    """Stored and not answered."""
    pam = people.actor(store, "pam")
    made = ScenarioRequest(allocation_id, "fair", None, "pam", now, scenario, seed=7)
    allocations.add(store, made, scenarios.event_of(made, pam, "asked for", now))
    return made


def add_solved(
    store: Store, allocation_id: str, scenario: BudgetScenario = SMALL, now: datetime = NOW
) -> ScenarioSolution:
    made = add_request(store, allocation_id, scenario, now)
    pam = people.actor(store, "pam")
    solution = replace(solved(store, made, now), at=now)
    allocations.keep_answer(store, made.id, solution, scenarios.event_of(made, pam, "solved", now))
    return solution


ANSWERS: dict[str, ScenarioSolution] = {}  # a solve takes seconds, and the same has one answer


def solved(store: Store, made: ScenarioRequest, now: datetime) -> ScenarioSolution:
    ground = baselines.of_payer(store, made.payer_id, now.date())
    key = repr((ground, made.scenario, made.seed))
    if key not in ANSWERS:
        ANSWERS[key] = scenarios.solve_request(store, made, now, lambda _: None)
    return ANSWERS[key]
