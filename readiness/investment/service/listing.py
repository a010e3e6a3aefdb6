"""A payer's scenarios as its pages show them: the list, and the answer of one."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.db import groups
from readiness.core.db import Store
from readiness.core.people import Actor
from readiness.investment import db as allocations
from readiness.investment.presenters.answer import result_of, scenario_line
from readiness.investment.presenters.models import Listing, Result
from readiness.investment.service.stored import names_of, required, stored


def listing(store: Store, actor: Actor, payer_id: str, now: datetime) -> Listing:
    required(actor, payer_id)
    answers = allocations.answers_of_payer(store, payer_id)
    return Listing(
        groups.payer(store, payer_id),
        len(names_of(store, payer_id, now.date())),
        tuple(
            scenario_line(each, answers[each.id].found(each.scenario.policy_id))
            if each.id in answers
            else scenario_line(each, None)
            for each in allocations.of_payer(store, payer_id)
        ),
    )


def result(store: Store, actor: Actor, payer_id: str, allocation_id: str, now: datetime) -> Result:
    return result_of(stored(store, actor, payer_id, allocation_id, now))
