"""What a plan promised against what a later assessment found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.plans.progress import OutcomeStatus
from readiness.plans.service import plan, progress
from readiness.plans.service.plan import PlanView
from tests.factories import plans
from tests.factories.world import NOW

LATER = NOW + timedelta(days=300)
ANSWERS = plans.developing()


@pytest.fixture
def sent(store):
    return plans.submitted(store, "elm", ANSWERS, NOW)


def opened(store, assessment_id="a1", at=LATER) -> PlanView:
    return plan.load(Session(store, people.actor(store, "maya"), at), assessment_id)


def take_up(store):
    """Any change stores the plan."""
    first = opened(store, at=NOW).plan.actions[-1]
    plan.drop(Session(store, people.actor(store, "maya"), NOW), "a1", first.id, first.revision)


def assess_again(store, **changes):
    answers = plans.answers_at(2, **{"REAL_2": 1, "LEAD_1": 1} | changes)
    plans.submitted(store, "elm", answers, LATER, assessment_id="a2")


def test_a_plan_nobody_took_up_promised_nothing(store, sent):
    assess_again(store, LEAD_1=4)
    assert progress.outcome_of_this(store, opened(store)) is None
    assert progress.outcome_of_last(store, opened(store, "a2")) is None


def test_without_a_later_assessment_nothing_came_of_it_yet(store, sent):
    take_up(store)
    assert progress.outcome_of_this(store, opened(store)) is None


def test_what_was_promised_stands_beside_what_is_there(store, sent):
    take_up(store)
    promised = [each for action in opened(store, at=NOW).plan.current for each in action.lifts]
    assess_again(store, **{promised[0].item_id.replace("-", "_"): promised[0].to})
    found = progress.outcome_of_this(store, opened(store))
    assert found is not None
    assert (found.planned.id, found.later.id, found.later_on) == ("a1", "a2", LATER.date())
    by_item = {line.item_id: line for line in found.lines}
    assert by_item[promised[0].item_id].outcome is OutcomeStatus.REACHED
    assert set(by_item) == {each.item_id for each in promised}
    assert found.says.startswith("Actions not begun: ")
    assert [line for lines in found.actions for line in lines] == list(found.lines)
    again = progress.outcome_of_last(store, opened(store, "a2"))
    assert again == found


def test_an_assessment_that_was_withdrawn_tells_nothing(store, sent):
    take_up(store)
    assess_again(store)
    with store.writing():
        store.execute("update assessments set status = 'withdrawn' where id = 'a2'")
    assert progress.outcome_of_this(store, opened(store)) is None
