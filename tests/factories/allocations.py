"""A scenario of the payer "fair" that is there already, solved over whoever shares with it."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from readiness.accounts.db import people
from readiness.core.db import Store
from readiness.investment import db as allocations
from readiness.investment.models import Answered, Asked
from readiness.investment.scenario import CostBasis, Scenario
from readiness.investment.service import scenarios
from tests.factories.world import NOW

SMALL = Scenario("Spring grants", budgets=(300_000,), costs_at=CostBasis.LIKELY)


def asked(
    store: Store, allocation_id: str, scenario: Scenario = SMALL, now: datetime = NOW
) -> Asked:
    """Stored and not answered."""
    pam = people.actor(store, "pam")
    made = Asked(allocation_id, "fair", None, "pam", now, scenario, seed=7)
    allocations.add(store, made, scenarios.told_of(made, pam, "asked for", now))
    return made


def solved(
    store: Store, allocation_id: str, scenario: Scenario = SMALL, now: datetime = NOW
) -> Answered:
    made = asked(store, allocation_id, scenario, now)
    pam = people.actor(store, "pam")
    answered = replace(scenarios.answer_of(store, made, now, lambda _: None), at=now)
    allocations.keep_answer(store, made.id, answered, scenarios.told_of(made, pam, "solved", now))
    return answered
