"""A scenario is renamed, proposed, approved, taken back and deleted by its payer's people."""

from __future__ import annotations

import pytest

from readiness.accounts.db import people
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import Denied, NotFound, WrongState
from readiness.investment import db as allocations
from readiness.investment.lifecycle import ScenarioState
from readiness.investment.service import lifecycle, results, stored
from tests.factories import allocations as allocated
from tests.factories.world import NOW

pytestmark = pytest.mark.slow  # every test solves

PROPOSED, APPROVED, DELETED = (
    ScenarioState.PROPOSED,
    ScenarioState.APPROVED,
    ScenarioState.DELETED,
)


@pytest.fixture
def session(grove):
    return Session(grove, people.actor(grove, "pam"), NOW)


def test_it_is_proposed_approved_and_stays_what_it_was(grove, session):
    before = allocated.add_solved(grove, "a1")
    lifecycle.move(session, "fair", "a1", PROPOSED)
    lifecycle.move(session, "fair", "a1", APPROVED)
    for refused in (DELETED, APPROVED, ScenarioState.DRAFT):
        with pytest.raises(WrongState):
            lifecycle.move(session, "fair", "a1", refused)
    with pytest.raises(WrongState):
        lifecycle.rename(session, "fair", "a1", "Another")
    found = stored.load(session, "fair", "a1")
    assert (found.solution, found.status.name, found.status.state) == (
        before,
        "Spring grants",
        APPROVED,
    )
    lifecycle.move(session, "fair", "a1", PROPOSED)
    verbs = [event.verb for event in audit.of_payer(grove, "fair") if event.object_id == "a1"]
    assert {"proposed", "approved", "took back the approval of"} <= set(verbs)


def test_its_new_name_stands_in_the_list_and_on_its_page(grove, session):
    allocated.add_solved(grove, "a1")
    lifecycle.rename(session, "fair", "a1", "Fall grants")
    lifecycle.rename(session, "fair", "a1", "Fall grants")
    assert [each.name for each in results.listing(session, "fair").lines] == ["Fall grants"]
    assert results.result(session, "fair", "a1").name == "Fall grants"
    verbs = [event.verb for event in audit.of_payer(grove, "fair")]
    assert verbs.count("renamed") == 1


def test_what_was_deleted_is_gone_for_everybody(grove, session):
    allocated.add_request(grove, "a1")
    lifecycle.move(session, "fair", "a1", DELETED)
    assert results.listing(session, "fair").lines == ()
    for gone in (stored.load, results.result):
        with pytest.raises(NotFound, match="was deleted"):
            gone(session, "fair", "a1")
    with pytest.raises(NotFound):
        lifecycle.move(session, "fair", "a1", ScenarioState.DRAFT)
    assert allocations.get(grove, "a1").id == "a1"


def test_nobody_else_may(grove):
    allocated.add_solved(grove, "a1")
    for name in ("maya", "pete"):
        session = Session(grove, people.actor(grove, name), NOW)
        with pytest.raises((NotFound, Denied)):
            lifecycle.move(session, "fair", "a1", PROPOSED)
        with pytest.raises((NotFound, Denied)):
            lifecycle.rename(session, "fair", "a1", "Theirs")
    assert allocations.status(grove, allocations.get(grove, "a1")).state is ScenarioState.DRAFT
