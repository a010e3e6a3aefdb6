"""What a plan promised and what came of it."""

from __future__ import annotations

import pytest

from readiness.instruments.answers import Answer
from readiness.plans import progress
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    ActionType,
    LevelRise,
    PlanAction,
    Proposal,
)
from readiness.plans.progress import OutcomeStatus, outcome_of
from tests.factories.world import NOW


@pytest.mark.parametrize(
    ("before", "promised", "answer", "outcome"),
    [
        (1, 3, Answer.at(3), OutcomeStatus.REACHED),
        (1, 3, Answer.at(4), OutcomeStatus.REACHED),
        (1, 3, Answer.at(2), OutcomeStatus.RISEN),
        (1, 3, Answer.at(1), OutcomeStatus.AS_BEFORE),
        (2, 3, Answer.at(1), OutcomeStatus.LOWER),
        (None, 3, Answer.at(0), OutcomeStatus.AS_BEFORE),
        (None, 3, Answer.at(1), OutcomeStatus.RISEN),
        (1, 3, Answer.dont_know(), OutcomeStatus.UNKNOWN),
        (1, 3, None, OutcomeStatus.UNKNOWN),
        (1, 3, Answer.not_applicable("no board"), OutcomeStatus.NOT_APPLICABLE),
        (None, None, Answer.at(0), OutcomeStatus.KNOWN),
        (None, None, Answer.dont_know(), OutcomeStatus.UNKNOWN),
    ],
)
def test_what_came_of_a_promise(before, promised, answer, outcome):
    assert outcome_of(before, promised, answer, is_asked=True) is outcome


def test_an_item_that_is_gone_cannot_be_compared():
    assert outcome_of(1, 3, Answer.at(3), is_asked=False) is OutcomeStatus.NOT_ASKED


def action(action_id, kind, lifts=(), status=ActionStatus.PLANNED):
    proposal = Proposal(action_id, kind, action_id.title(), lifts, (), 1)
    return PlanAction(
        id=action_id,
        revision=1,
        title=proposal.title,
        owner="",
        due_on=None,
        status=status,
        note="",
        proposal=proposal,
    )


def test_each_item_of_each_action_that_stayed_is_a_line():
    plan = ActionPlan(
        "p1", "elm", "a1", "run", NOW.date(), "T3",
        (
            action("find-out:REAL-2", ActionType.FIND_OUT),
            action("find-out:missing", ActionType.FIND_OUT),
            action(
                "PHARM",
                ActionType.INTERVENTION,
                (LevelRise("CARE-1", 1, 3, 3), LevelRise("CARE-2", 2, 3, 1)),
            ),
            action(
                "GOV",
                ActionType.INTERVENTION,
                (LevelRise("LEAD-1", 1, 3, 3),),
                ActionStatus.DROPPED,
            ),
        ),
        (), (),
    )  # fmt: skip
    later = {"REAL-2": Answer.at(1), "CARE-1": Answer.at(3), "CARE-2": Answer.at(2)}
    lines = progress.outcomes(plan, later, {"REAL-2", "CARE-1"})
    assert [(each.item_id, each.outcome) for each in lines] == [
        ("REAL-2", OutcomeStatus.KNOWN),
        ("CARE-1", OutcomeStatus.REACHED),
        ("CARE-2", OutcomeStatus.NOT_ASKED),
    ]
    says = "Actions not begun: 1 of 2 levels reached, 0 risen and not yet there."
    assert progress.summary(lines) == says
    assert progress.summary(()) == "The plan named no level to reach."


def kept(item_id, promised, outcome, status=ActionStatus.UNDER_WAY):
    return progress.RiseOutcome("A", "A", status, item_id, 1, promised, 2, outcome)


def test_an_item_counts_once_by_the_highest_promise_and_by_whether_anybody_began():
    lines = [
        kept("CARE-1", 2, OutcomeStatus.REACHED),
        kept("CARE-1", 3, OutcomeStatus.RISEN),
        kept("CARE-2", 2, OutcomeStatus.REACHED, ActionStatus.DONE),
        kept("CARE-2", 2, OutcomeStatus.REACHED, ActionStatus.PROPOSED),
        kept("CARE-3", None, OutcomeStatus.KNOWN),
    ]
    assert progress.summary(lines) == (
        "Actions begun: 1 of 2 levels reached, 1 risen and not yet there. "
        "Actions not begun: 1 of 1 level reached, 0 risen and not yet there."
    )
