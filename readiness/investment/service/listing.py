"""A payer's scenarios as its pages show them: the list, and the answer of one."""

from __future__ import annotations

from readiness.accounts.db import groups
from readiness.core.db import Session
from readiness.investment import db as allocations
from readiness.investment.presenters.answer import result_of, scenario_line
from readiness.investment.presenters.models import Listing, Result
from readiness.investment.service.stored import names_of, required, stored


def listing(session: Session, payer_id: str) -> Listing:
    required(session.actor, payer_id)
    answers = allocations.answers_of_payer(session.store, payer_id)
    return Listing(
        groups.payer(session.store, payer_id),
        len(names_of(session.store, payer_id, session.now.date())),
        tuple(
            scenario_line(each, answers[each.id].found(each.scenario.policy_id))
            if each.id in answers
            else scenario_line(each, None)
            for each in allocations.of_payer(session.store, payer_id)
        ),
    )


def result(session: Session, payer_id: str, allocation_id: str) -> Result:
    return result_of(stored(session, payer_id, allocation_id))
