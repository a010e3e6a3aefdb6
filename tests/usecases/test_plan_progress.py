"""What a plan promised against what a later assessment found."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.domain.plans.progress import Outcome
from readiness.store import people
from readiness.usecases import plan, plan_progress
from readiness.usecases.plan import Opened
from tests import planned
from tests.web.world import NOW

LATER = NOW + timedelta(days=300)
ANSWERS = planned.answers_at(2, REAL_2=1, LEAD_1=1)


@pytest.fixture
def sent(peopled):
    return planned.submitted(peopled, "elm", ANSWERS, NOW)


def opened(store, assessment_id="a1", at=LATER) -> Opened:
    return plan.for_assessment(store, people.actor(store, "maya"), assessment_id, at)


def take_up(store):
    """Any change stores the plan."""
    first = opened(store, at=NOW).plan.actions[-1]
    plan.drop(store, people.actor(store, "maya"), "a1", first.id, first.revision, NOW)


def assess_again(store, **changes):
    answers = planned.answers_at(2, **{"REAL_2": 1, "LEAD_1": 1} | changes)
    planned.submitted(store, "elm", answers, LATER, assessment_id="a2")


def test_a_plan_nobody_took_up_promised_nothing(peopled, sent):
    assess_again(peopled, LEAD_1=4)
    assert plan_progress.of_this(peopled, opened(peopled)) is None
    assert plan_progress.of_the_last(peopled, opened(peopled, "a2")) is None


def test_without_a_later_assessment_nothing_came_of_it_yet(peopled, sent):
    take_up(peopled)
    assert plan_progress.of_this(peopled, opened(peopled)) is None


def test_what_was_promised_stands_beside_what_is_there(peopled, sent):
    take_up(peopled)
    promised = [each for action in opened(peopled, at=NOW).plan.current for each in action.lifts]
    assess_again(peopled, **{promised[0].item_id.replace("-", "_"): promised[0].to})
    found = plan_progress.of_this(peopled, opened(peopled))
    assert found is not None
    assert (found.planned.id, found.later.id, found.later_on) == ("a1", "a2", LATER.date())
    by_item = {line.item_id: line for line in found.lines}
    assert by_item[promised[0].item_id].outcome is Outcome.REACHED
    assert set(by_item) == {each.item_id for each in promised}
    assert found.says.startswith("Actions not begun: ")
    assert [line for lines in found.actions for line in lines] == list(found.lines)
    again = plan_progress.of_the_last(peopled, opened(peopled, "a2"))
    assert again == found


def test_an_assessment_that_was_withdrawn_tells_nothing(peopled, sent):
    take_up(peopled)
    assess_again(peopled)
    with peopled.writing():
        peopled.execute("update assessments set status = 'withdrawn' where id = 'a2'")
    assert plan_progress.of_this(peopled, opened(peopled)) is None
