"""What could be paid for in a group, what it serves, and what has to come first."""

from __future__ import annotations

import pytest
from readiness.investment.lifts import rises_needed

from readiness.instruments import cost_book as costs
from readiness.instruments.answers import Answer
from readiness.instruments.models import ActionKind
from readiness.investment.models import (
    BenefitComponent,
    SocialRisk,
)
from readiness.investment.offering import IN_PLACE, UNRATED, offer_of
from readiness.plans.costs import requirements_of
from tests.factories.baselines import a_baseline, a_gap
from tests.factories.plans import QMER

BOOK = costs.load()
RISK = SocialRisk(0.3, 0.02, "300 of 1,000 screened had a need.")


def offered(baseline, tier_gate=2):
    return offer_of(baseline, BOOK, RISK, (), tier_gate)


def doors_to(offer, action):
    return [rule for rule in offer.doors if action in rule.unlocks and not rule.is_tier_gate]


def tier_gate(offer):
    return [rule for rule in offer.doors if rule.is_tier_gate]


def why_not(offer, action):
    return next(each.why for each in offer.unavailable if each.id == action)


def test_readiness_is_gap_times_weight_of_the_items_that_are_lifted():
    baseline = a_baseline()
    offer = offered(baseline)
    lifts = rises_needed(QMER, baseline.answers, baseline.run)
    registry = offer.candidate_by_id["REGISTRY"]
    reached = {each.removeprefix("lift:") for each in registry.serves}
    assert reached
    assert offer.raw(registry, BenefitComponent.READINESS) == sum(
        lifts[item].gap * lifts[item].weight for item in reached
    )


def test_the_cost_is_that_of_the_cost_book():
    baseline = a_baseline()
    coach = offered(baseline).candidate_by_id["COACH"]
    intervention = QMER.intervention_by_id["COACH"]
    note = BOOK.note("COACH")
    assert note
    assert coach.takes == requirements_of(intervention, note, baseline.context)
    assert coach.cost.low < coach.cost.likely < coach.cost.high


def test_only_what_changes_care_reaches_the_people_in_a_gap():
    offer = offered(a_baseline(behind=(a_gap("COL"),)))
    reaching = {each.id for each in offer.candidates if "reach:COL" in each.serves}
    assert reaching == {"CHWCRC", "FIT"}
    assert offer.purpose_by_id["reach:COL"].people == 120
    coach = offer.candidate_by_id["COACH"]  # linked to the same measure
    assert offer.raw(coach, BenefitComponent.PEOPLE) == 0


def test_interpreters_reach_people_in_gaps_by_language_alone():
    baseline = a_baseline(behind=(a_gap("COL", is_by_language=True),))
    assert "reach:COL" in offered(baseline).candidate_by_id["LANG"].serves
    assert "reach:COL" not in offered(a_baseline()).candidate_by_id["LANG"].serves


def test_several_gaps_of_a_measure_are_one_purpose_with_the_people_of_all():
    gaps = a_gap("COL", 100, error=30.0), a_gap("COL", 50, error=40.0)
    purpose = offered(a_baseline(behind=gaps)).purpose_by_id["reach:COL"]
    assert (purpose.people, purpose.people_error) == (150, 50)


@pytest.mark.parametrize(("level", "times"), [(1, 2), (2, 1)])
def test_need_is_the_patients_at_risk_shared_out_over_the_work_and_doubled_at_foundation(
    level, times
):
    offer = offered(a_baseline(level=level))
    total = sum(purpose.need for purpose in offer.purposes)
    assert (offer.tier_id == "T1") == (times == 2)
    assert total <= times * 0.3 * 31_000 + 1e-6
    by_step = {p.need / p.readiness for p in offer.purposes if p.readiness}
    assert max(by_step) == pytest.approx(min(by_step))


def test_at_t0_nothing_can_be_chosen_and_the_reason_is_said():
    unknown = {item.id: Answer.dont_know() for item in QMER.items}
    offer = offered(a_baseline(answers={k.replace("-", "_"): a for k, a in unknown.items()}))
    assert (offer.tier_id, offer.candidates) == ("T0", ())
    assert UNRATED in offer.notes


def test_an_unknown_driver_says_which_answer_is_missing():
    offer = offered(a_baseline(context={"sites": None}))
    assert "sites" in why_not(offer, "COACH").lower()
    assert "how many is not known" in why_not(offer, "TRANS")


def test_what_is_in_place_is_neither_offered_nor_counted_again():
    baseline = a_baseline(in_place=frozenset({"GOV"}))
    offer = offered(baseline)
    assert why_not(offer, "GOV") == IN_PLACE
    assert "lift:CONT-4" not in offer.purpose_by_id
    assert "lift:CONT-4" in offered(a_baseline()).purpose_by_id


def test_a_prerequisite_not_yet_met_is_a_door_that_one_action_that_raises_it_opens():
    (rule,) = doors_to(offered(a_baseline()), "DIABCHW")
    assert (rule.needs, rule.of) == (1, ("REGISTRY",))
    assert not doors_to(offered(a_baseline(level=1, answers={"MEAS_4": 2})), "DIABCHW")


def test_no_two_actions_wait_for_each_other():
    for level in range(4):
        offer = offered(a_baseline(level=level))
        after: dict[str, set[str]] = {}
        for rule in offer.doors:
            if not rule.is_tier_gate:
                for action in rule.unlocks:
                    after.setdefault(action, set()).update(rule.of)
        placed: set[str] = set()
        while ready := {
            each.id
            for each in offer.candidates
            if each.id not in placed
            and all(
                set(rule.of) & placed
                for rule in offer.doors
                if each.id in rule.unlocks and not rule.is_tier_gate
            )
        }:
            placed |= ready
        assert placed == set(offer.candidate_by_id)


def test_training_and_dashboards_never_go_alone():
    offer = offered(a_baseline())
    kinds = {each.id: each.kind for each in offer.candidates}
    for action in ("TRAIN", "DASH"):
        company = next(d for d in doors_to(offer, action) if "never paid for alone" in d.says)
        assert {kinds[each] for each in company.of} <= {
            ActionKind.CARE_REDESIGN,
            ActionKind.ACCESS,
        }


def test_screening_is_expanded_only_with_the_capacity_to_respond():
    offer = offered(a_baseline(level=1))
    of = [rule.of for rule in doors_to(offer, "SDOH")]
    assert of
    assert all("SDOH" not in each for each in of)
    assert not doors_to(offered(a_baseline(level=2)), "SDOH")


def test_care_changes_below_incentive_ready_stand_behind_enough_infrastructure():
    (gate,) = tier_gate(offered(a_baseline(level=2)))
    assert gate.needs == 2
    assert {"FIT", "LANG"} <= set(gate.unlocks)
    assert "GOV" in gate.of
    assert not set(gate.of) & set(gate.unlocks)


def test_the_tier_gate_can_be_switched_off_and_asks_nothing_of_a_ready_group():
    assert not tier_gate(offered(a_baseline(level=2), tier_gate=0))
    assert not tier_gate(offered(a_baseline(level=3)))


def test_the_tier_gate_asks_for_no_more_than_there_is():
    (gate,) = tier_gate(offered(a_baseline(level=2), tier_gate=50))
    assert gate.needs == len(gate.of)


def test_the_group_s_own_step_is_said_and_closes_nothing():
    offer = offered(a_baseline(level=0, answers={"MEAS_1": 1}))
    said = [note for each in offer.candidates for note in each.notes]
    assert all("own step" in note for note in said)
