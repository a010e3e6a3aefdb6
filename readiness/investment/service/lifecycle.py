"""A scenario is renamed, proposed, approved or deleted; what it answered stays as it is.

Its awards are written and taken back in `funding`.
"""

from __future__ import annotations

from dataclasses import replace

from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import WrongState
from readiness.investment import db as allocations
from readiness.investment.lifecycle import (
    ON_ITS_OWN_PAGE,
    ScenarioState,
    ScenarioStatus,
    new_name,
    require_move,
)
from readiness.investment.scenario import ScenarioRequest
from readiness.investment.service.scenarios import OBJECT, load_to_change

VERBS = {
    ScenarioState.DRAFT: "took back the proposal of",
    ScenarioState.PROPOSED: "proposed",
    ScenarioState.APPROVED: "approved",
    ScenarioState.DELETED: "deleted",
}


def move(session: Session, payer_id: str, allocation_id: str, wanted: ScenarioState) -> None:
    """Read and decided under the lock: of two people who approve and delete, one is told."""
    with session.store.writing():
        request = load_to_change(session, payer_id, allocation_id)
        status = allocations.status(session.store, request)
        require_move(status, wanted, is_possible=has_possible_answer(session, request))
        if ScenarioState.FUNDED in (wanted, status.state):
            raise WrongState(ON_ITS_OWN_PAGE)
        verb = "took back the approval of" if was_approved(status) else VERBS[wanted]
        keep(session, request, replace(status, state=wanted), verb)


def rename(session: Session, payer_id: str, allocation_id: str, typed: str) -> None:
    with session.store.writing():
        request = load_to_change(session, payer_id, allocation_id)
        status = allocations.status(session.store, request)
        named = replace(status, name=new_name(status, typed))
        if named != status:
            keep(session, request, named, "renamed")


def was_approved(status: ScenarioStatus) -> bool:
    return status.state is ScenarioState.APPROVED


def has_possible_answer(session: Session, request: ScenarioRequest) -> bool:
    solution = allocations.solution(session.store, request.id)
    return bool(solution and solution.answer.found(request.scenario.policy_id).is_possible)


def keep(session: Session, request: ScenarioRequest, status: ScenarioStatus, verb: str) -> None:
    event = audit.event(session, verb, OBJECT, request.id, payer_id=request.payer_id)
    dated = replace(status, at=session.now, person_id=session.actor.id)
    allocations.keep_status(session.store, request.id, dated, event)
