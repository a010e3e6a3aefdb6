"""A scenario as it was asked for, answered and replayed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from readiness.investment.answer import Answer
from readiness.investment.candidates import Offer
from readiness.investment.problem import Problem
from readiness.investment.scenario import Scenario


@dataclass(frozen=True)
class Asked:
    """One scenario, before or after it was answered."""

    id: str
    payer_id: str
    parent_id: str | None
    asked_by: str
    asked_at: datetime
    scenario: Scenario
    seed: int


@dataclass(frozen=True)
class Answered:
    """The ground as it was, the problem that was solved, and the answer."""

    at: datetime
    offers: tuple[Offer, ...]
    problem: Problem  # of the scenario's own policy
    answer: Answer


@dataclass(frozen=True)
class Replay:
    at: datetime
    solver: str
    is_same: bool
