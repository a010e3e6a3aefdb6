"""The ground of an allocation: submitted answers and released counts, and nothing else."""

from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.accounts.db import groups, people
from readiness.assessments.models import AssessmentStatus, RunKind
from readiness.core.db import Session
from readiness.core.people import Group
from readiness.instruments.answers import Answer
from readiness.investment.service import baselines
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.service import plan
from tests.factories import plans
from tests.factories.quality_counts import counts, declare, enter, release
from tests.factories.world import NOW
from tests.investment.conftest import Q4, share


def found(store):
    return {each.group_id: each for each in baselines.of_payer(store, "fair", NOW.date())}


def test_only_groups_that_share_and_have_submitted_are_in_it(grove):
    with grove.writing():
        groups.add(grove, Group("new", "New Physicians"), NOW)
        share(grove, "new")
    plans.written(grove, "new", plans.answers_at(2), NOW, assessment_id="of-new")
    assert set(found(grove)) == {"elm", "ash", "fir"}


def test_a_group_whose_grant_has_ended_is_not_in_it(grove):
    with grove.writing():
        grove.execute("update grants set revoked_at = ? where id = 'elm-fair'", (NOW.isoformat(),))
    assert "elm" not in found(grove)


def test_answers_are_those_of_the_deciding_run(grove):
    before = found(grove)["elm"].answers["MEAS-1"]
    assert before == Answer.at(1)
    assessment = plans.written(
        grove,
        "elm",
        plans.answers_at(4),
        NOW,
        assessment_id="draft",
        status=AssessmentStatus.IN_PROGRESS,
    )
    plans.score(grove, assessment, plans.answers_at(4), NOW, "of-a-draft", RunKind.CLAIMED)
    assert found(grove)["elm"].answers["MEAS-1"] == before


def test_a_clear_gap_counts_while_thirty_groups_cannot_tell_its_reliability(grove):
    (gap,) = found(grove)["elm"].behind
    assert (gap.measure_id, gap.people) == ("COL", pytest.approx(1_000))
    assert gap.error == pytest.approx(5_000 * 0.0097, rel=0.05)
    assert "clear, reliability cannot be told" in gap.says


@pytest.mark.parametrize(
    "pairs",
    [
        {"white": (35, 50), "black": (30, 50)},  # its interval reaches over nothing
        {"white": (2500, 5000), "black": (3500, 5000)},  # it is ahead
    ],
)
def test_a_gap_that_could_be_chance_or_is_none_does_not_count(grove, pairs):
    enter(grove, Q4, counts(pairs), NOW, "ash")
    declare(grove, Q4, "race_omb2024.white", NOW, "ash")
    release(grove, Q4, NOW, "ash")
    assert found(grove)["ash"].behind == ()


def test_what_is_counted_and_not_released_is_not_read(grove):
    enter(grove, Q4, counts({"white": (3500, 5000), "black": (2500, 5000)}), NOW, "fir")
    declare(grove, Q4, "race_omb2024.white", NOW, "fir")
    assert found(grove)["fir"].behind == ()
    assert found(grove)["fir"].positive is None


def test_what_the_group_s_plan_says_is_under_way_is_in_place(grove):
    maya = people.actor(grove, "maya")
    opened = plan.load(Session(grove, maya, NOW), "of-elm")
    action = next(each for each in opened.plan.actions if each.is_intervention)
    assert found(grove)["elm"].in_place == frozenset()
    wanted = replace(edit_of(action), status=ActionStatus.UNDER_WAY)
    plan.edit(Session(grove, maya, NOW), "of-elm", action.id, action.revision, wanted)
    assert found(grove)["elm"].in_place == {action.id}
