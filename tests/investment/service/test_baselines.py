"""The ground of an allocation: submitted answers and released counts, and nothing else."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.accounts.db import groups, people
from readiness.assessments.db import assessments
from readiness.assessments.models import AssessmentStatus, RunKind
from readiness.core.db import Session
from readiness.core.people import Group
from readiness.instruments.answers import Answer
from readiness.investment.service import baselines
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.postings import PostingInput, PostingKind
from readiness.plans.service import money, plan
from tests.factories import plans
from tests.factories.baselines import KNOWN
from tests.factories.offers import offer_to, why_not
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


# What is begun, and the plans.


def maya(store, at=NOW):
    return Session(store, people.actor(store, "maya"), at)


def set_status(store, action_id, status, assessment_id="of-elm"):
    action = plan.action_of(plan.load(maya(store), assessment_id), action_id)
    wanted = replace(edit_of(action), status=status)
    plan.edit(maya(store), assessment_id, action_id, action.revision, wanted)


def test_what_the_group_s_plan_says_is_under_way_is_in_place_at_what_is_left_to_pay(grove):
    assert found(grove)["elm"].in_place == frozenset()
    set_status(grove, "CONTRACT", ActionStatus.UNDER_WAY)
    cost = plan.action_of(plan.load(maya(grove), "of-elm"), "CONTRACT").cost
    assert cost
    left = cost.likely - 4_000
    wanted = PostingInput(PostingKind.SPENT, 100 * 4_000, NOW.date(), "The payer", "")
    money.post(maya(grove), "of-elm", "CONTRACT", wanted, "p1")
    elm = found(grove)["elm"]
    assert elm.still_to_pay == {"CONTRACT": left}
    packages = {each.id: each for each in offer_to(elm).packages}
    assert packages["to:T2"].still_to_pay == packages["to:T3"].still_to_pay == left


def test_what_an_earlier_plan_began_is_not_bought_again_before_the_new_one_is_opened(grove):
    set_status(grove, "CONTRACT", ActionStatus.UNDER_WAY)
    set_status(grove, "GOV", ActionStatus.DONE)
    later = NOW + timedelta(days=300)
    plans.submitted(grove, "elm", plans.answers_at(1), later, assessment_id="again", facts=KNOWN)
    elm = found(grove)["elm"]
    assert elm.in_place == {"CONTRACT"}
    assert elm.done_before == {"GOV"}
    offer = offer_to(elm)
    assert not {"CONTRACT", "GOV"} & offer.candidate_by_id.keys()
    assert not [each for each in offer.packages if {"CONTRACT", "GOV"} & set(each.actions)]
    assert "before these answers" in why_not(offer, "GOV")


def test_there_is_a_plan_to_every_tier_above_and_the_first_is_the_group_s_own(grove):
    tiers = {group_id: [p.tier_id for p in each.plans] for group_id, each in found(grove).items()}
    assert tiers == {"elm": ["T2", "T3", "T4"], "ash": ["T3", "T4"], "fir": ["T4"]}
    assert [each.reaches for each in found(grove)["elm"].plans] == [True, True, False]
    set_status(grove, "CONTRACT", ActionStatus.DROPPED)
    own, later, _ = found(grove)["elm"].plans
    assert (own.reaches, later.reaches) == (False, True)
    assert "CONTRACT" in {each.id for each in later.plan.current}


def test_a_plan_that_rests_on_an_earlier_result_is_proposed_anew(grove):
    """Stored to T2 while the group stood at T1; by its newest run it stands at T2."""
    set_status(grove, "CONTRACT", ActionStatus.UNDER_WAY)
    assessment = assessments.get(grove, "of-elm")
    with grove.writing():
        plans.score(grove, assessment, plans.answers_at(2), NOW + timedelta(days=1), "newer")
    elm = found(grove)["elm"]
    assert elm.run.tier_id == "T2"
    assert [each.tier_id for each in elm.plans] == ["T3", "T4"]
    assert elm.in_place == {"CONTRACT"}


def test_a_plan_never_lowers_what_the_group_has_reached(grove):
    """Its own expectation of an item was fair when it was typed; the newest answers are higher."""
    own = found(grove)["elm"].plans[0]
    higher = plans.answers_at(1, **{key.replace("-", "_"): 4 for key in own.plan.levels})
    again = baselines.tier_plan_of(plans.QMER, higher, own.plan, NOW.date())
    assert again.reaches


def test_when_a_plan_would_be_there_is_told_in_months_from_its_start(grove):
    first, second, third = found(grove)["elm"].plans
    assert 0 < first.months[0] <= first.months[1] <= second.months[1]
    assert third.months is None
