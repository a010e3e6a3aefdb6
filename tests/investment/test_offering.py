"""What could be paid for in a group: its plans as packages, actions, and why nothing else."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

from readiness.assessments.tiers import evaluate
from readiness.instruments.answers import Answer
from readiness.instruments.cost_book import CostNote
from readiness.investment.models import ActionOrigin, BenefitComponent
from readiness.investment.offering import (
    GROUP_PAYS,
    IN_PLACE,
    RAISES_NOTHING,
    UNRATED,
    step_says,
)
from readiness.plans.costs import CostRange, PeopleDays, requirements_of
from readiness.plans.drafting import action_at_cost
from readiness.plans.models import (
    ActionStatus,
    ActionType,
    GroupValues,
    PlanAction,
    Proposal,
    ResourceEstimate,
)
from tests.factories.baselines import (
    ADULTS,
    a_baseline,
    a_gap,
    random_baseline,
    with_action,
    with_own_plan,
    with_under_way,
    without_action,
)
from tests.factories.offers import offer_to, why_not
from tests.factories.plans import BOOK, QMER, answers_at

FOR_ADULTS = {  # by hand, from the cost book
    "PHARM", "SMBP", "CHWBCS", "CHWCRC", "FIT", "MOBILE", "DIABGRP", "DIABCHW", "CGM", "CHWSOC",
}  # fmt: skip
OWN_MONEY = {"GOV", "TRAIN"}  # the same
SOME = CostRange(Decimal(1_000), Decimal(2_000), Decimal(3_000))


def note_of(action_id) -> CostNote:
    return BOOK.note_by_id[action_id]


def plan_to(group, package):
    return next(each.plan for each in group.plans if each.tier_id == package.tier_id)


def everything_in(offer):
    """Ids of all that a payer could ever see chosen there, or that has to come first."""
    return {
        *offer.candidate_by_id,
        *(each for package in offer.packages for each in package.actions),
        *(each for rule in offer.doors for each in (*rule.of, *rule.unlocks)),
    } - {package.own_work for package in offer.packages}


# Of any group.


def test_every_package_reaches_its_tier_by_the_rules_that_score(group):
    """By what the cost book says its actions and those under way bring, and by the own steps."""
    for package in offer_to(group).packages:
        levels = {item_id: answer.level or 0 for item_id, answer in group.answers.items()}
        steps = [each for each in plan_to(group, package).current if each.id.startswith("raise:")]
        days = {each: int(each.amounts.people_days.likely) for each in steps}
        assert package.own_steps == tuple(
            f"{each.title} ({days[each]} people-days)" for each in steps
        )
        assert package.own_days == sum(days.values())
        brought = [
            (item_id, each.level)
            for action_id in (*package.actions, *group.in_place)
            for item_id, each in note_of(action_id).delivers.items()
        ]
        for item_id, level in (
            *brought,
            *((r.item_id, r.to) for each in steps for r in each.lifts),
        ):
            levels[item_id] = max(level, levels[item_id])
        after = {item_id: Answer.at(level) for item_id, level in levels.items()}
        assert evaluate(QMER, after).tier.number >= QMER.tier_by_id[package.tier_id].number


def test_a_package_costs_its_actions_and_what_is_still_to_pay_as_the_plan_itself(group):
    for package in offer_to(group).packages:
        cost = Decimal(package.still_to_pay)
        for each in package.actions:
            takes = requirements_of(QMER.intervention_by_id[each], note_of(each), group.context)
            assert takes
            cost += takes.first_year.likely
        plan = plan_to(group, package)
        assert cost == sum(each.cost.likely for each in plan.current if each.cost)


def test_there_is_a_package_for_each_plan_that_reaches_its_tier_and_else_a_sentence(group):
    offer = offer_to(group)
    reaching = [each.tier_id for each in group.plans if each.reaches]
    assert [package.tier_id for package in offer.packages] == reaching
    assert len(offer.notes) == len(group.plans) - len(reaching) + 1  # and where the risk is known


def test_nothing_that_is_not_for_a_group_is_offered_or_has_to_come_first(group):
    offer = offer_to(group)
    closed = {
        each.id
        for each in QMER.interventions
        if note_of(each.id).population.includes(group.context) is not True
    }
    assert not closed & everything_in(offer)
    assert all(why_not(offer, each) not in {RAISES_NOTHING, GROUP_PAYS} for each in closed)


def test_what_is_under_way_is_not_bought_again(group):
    offer = offer_to(group)
    assert not group.in_place & offer.candidate_by_id.keys()
    assert not any(group.in_place & set(package.actions) for package in offer.packages)
    assert {each.id for each in offer.unavailable if each.why == IN_PLACE} == group.in_place


def test_what_only_the_group_may_pay_for_stands_in_packages_alone(group):
    offer = offer_to(group)
    for each in offer.candidates:
        assert each.is_payable == (each.id not in OWN_MONEY)
        assert each.is_single or any(each.id in package.actions for package in offer.packages)
    assert not OWN_MONEY & {each.id for each in offer.candidates if each.is_single}


def test_each_action_of_the_catalogue_is_offered_or_said_once_why_not(group):
    offer = offer_to(group)
    said = [each.id for each in offer.unavailable]
    assert len(set(said)) == len(said)
    singly = {each.id for each in offer.candidates if each.is_single}
    assert not singly & set(said)
    assert {*said, *offer.candidate_by_id} == {each.id for each in QMER.interventions}


def test_an_action_comes_from_the_group_s_own_plan_else_its_gaps_else_its_later_plans(group):
    offer = offer_to(group)
    own, *later = ([each.id for each in plan.plan.current] for plan in group.plans if plan.reaches)
    for each in offer.candidates:
        is_for_gap = each.kind == "care redesign" and any(map(is_reach, each.serves))
        wanted = (
            ActionOrigin.PLAN if each.id in own
            else ActionOrigin.GAP if is_for_gap
            else ActionOrigin.LATER if any(each.id in plan for plan in later)
            else ActionOrigin.NO_PLAN
        )  # fmt: skip
        assert each.origin is wanted, each.id
        assert each.is_single == (each.is_payable and each.origin is not ActionOrigin.LATER)


def is_reach(purpose_id):
    return purpose_id.startswith("reach:")


def test_whatever_is_offered_serves_something_is_in_a_package_or_opens_what_is(group):
    offer = offer_to(group)
    opening = {each for rule in offer.doors for each in rule.of}
    held = {each for package in offer.packages for each in package.actions}
    assert all(each.serves or each.id in opening | held for each in offer.candidates)
    assert all(set(rule.unlocks) <= offer.candidate_by_id.keys() for rule in offer.doors)
    purposes = {each for choice in offer.choices for each in choice.serves}
    assert purposes == offer.purpose_by_id.keys()


# What each is worth.


def test_readiness_is_gap_times_weight_of_the_items_that_the_own_plan_raises():
    baseline = a_baseline()
    offer = offer_to(baseline)
    rises = {rise.item_id: rise for each in baseline.plans[0].plan.current for rise in each.lifts}
    worth = {
        each.id.removeprefix("lift:"): each.readiness
        for each in offer.purposes
        if each.id.startswith("lift:")
    }
    assert worth == {item_id: rise.gap * rise.weight for item_id, rise in rises.items()}
    contract = offer.candidate_by_id["CONTRACT"]
    assert set(contract.serves) == {f"lift:{each}" for each in (
        "MEAS-1", "CONT-1", "CONT-2", "CONT-3", "CONT-4",
    )}  # fmt: skip
    assert offer.raw(contract, BenefitComponent.READINESS) == sum(
        rises[each.removeprefix("lift:")].gap * rises[each.removeprefix("lift:")].weight
        for each in contract.serves
    )


def test_an_action_that_raises_an_item_less_than_the_plan_does_not_serve_it():
    offer = offer_to(a_baseline())
    assert "lift:MEAS-1" in offer.candidate_by_id["REGISTRY"].serves  # to level 3; the plan: 2
    assert "lift:LEAD-1" not in offer.candidate_by_id["COACH"].serves


def test_a_package_serves_a_higher_tier_and_incentive_ready_when_it_gets_there():
    serves = {
        (offer.tier_id, package.id): set(package.serves) & {"tier:next", "tier:ready"}
        for offer in map(offer_to, (a_baseline(level=level) for level in (1, 2, 3)))
        for package in offer.packages
    }
    both, first = {"tier:next", "tier:ready"}, {"tier:next"}
    assert serves == {
        ("T1", "to:T2"): first, ("T1", "to:T3"): both,
        ("T2", "to:T3"): both, ("T2", "to:T4"): both,
        ("T3", "to:T4"): first,
    }  # fmt: skip
    offer = offer_to(a_baseline())
    assert offer.purpose_by_id["tier:next"].next_tier == 1
    assert offer.purpose_by_id["tier:ready"].ready == 1
    assert not [each for each in offer.candidates if set(each.serves) & both]


def test_a_package_to_the_next_tier_serves_all_that_the_own_plan_raises():
    offer = offer_to(a_baseline())
    lifts = {each.id for each in offer.purposes if each.id.startswith("lift:")}
    assert lifts <= set(offer.package_by_id["to:T2"].serves)


@pytest.mark.parametrize(("level", "times"), [(1, 2), (2, 1)])
def test_need_is_the_patients_at_risk_shared_out_over_the_work_and_doubled_at_foundation(
    level, times
):
    offer = offer_to(a_baseline(level=level, context=ADULTS))
    assert (offer.tier_id == "T1") == (times == 2)
    assert sum(each.need for each in offer.purposes) == pytest.approx(times * 0.3 * 31_000)
    steps = {each.id: each.readiness or 3 * is_reach(each.id) for each in offer.purposes}
    by_step = {each.need / steps[each.id] for each in offer.purposes if steps[each.id]}
    assert max(by_step) == pytest.approx(min(by_step))
    assert offer.purpose_by_id["tier:next"].need == 0  # the tier is that work


def test_only_what_changes_care_reaches_the_people_in_a_gap():
    offer = offer_to(a_baseline(context=ADULTS, behind=(a_gap("COL"),)))
    reaching = {each.id for each in offer.candidates if "reach:COL" in each.serves}
    assert reaching == {"CHWCRC", "FIT"}
    assert offer.purpose_by_id["reach:COL"].people == 120
    coach = offer.candidate_by_id["COACH"]  # linked to the same measure
    assert offer.raw(coach, BenefitComponent.PEOPLE) == 0


def test_interpreters_reach_people_in_gaps_by_language_alone():
    baseline = a_baseline(behind=(a_gap("COL", is_by_language=True),))
    assert "reach:COL" in offer_to(baseline).candidate_by_id["LANG"].serves
    assert "LANG" not in offer_to(a_baseline()).candidate_by_id  # it raises nothing of the plan


def test_several_gaps_of_a_measure_are_one_purpose_with_the_people_of_all():
    gaps = a_gap("COL", 100, error=30.0), a_gap("COL", 50, error=40.0)
    purpose = offer_to(a_baseline(context=ADULTS, behind=gaps)).purpose_by_id["reach:COL"]
    assert (purpose.people, purpose.people_error) == (150, 50)


def test_care_redesign_for_a_gap_is_offered_singly_also_where_a_later_plan_holds_it():
    group = random_baseline(14)
    assert offer_to(replace(group, behind=())).candidate_by_id["FIT"].origin is ActionOrigin.LATER
    fit = offer_to(replace(group, behind=(a_gap("COL"),))).candidate_by_id["FIT"]
    assert (fit.origin, fit.is_single) == (ActionOrigin.GAP, True)


# What it costs.


def test_the_cost_is_that_of_the_cost_book():
    baseline = a_baseline()
    contract = offer_to(baseline).candidate_by_id["CONTRACT"]
    intervention = QMER.intervention_by_id["CONTRACT"]
    assert contract.takes == requirements_of(intervention, note_of("CONTRACT"), baseline.context)
    assert contract.cost.low < contract.cost.likely < contract.cost.high


def test_what_the_group_expects_it_to_cost_goes_before_the_cost_book():
    dollars, days = CostRange(*map(Decimal, (10, 20, 30))), PeopleDays(*map(Decimal, (1, 2, 3)))
    own = GroupValues(amounts=ResourceEstimate(yearly=dollars, people_days=days))
    usual, contract = (
        offer_to(each).candidate_by_id["CONTRACT"].takes
        for each in (a_baseline(), with_action(a_baseline(), "CONTRACT", own=own))
    )
    assert (contract.yearly, contract.people_days) == (dollars, days)
    assert contract.one_off == usual.one_off


def test_an_unknown_driver_says_which_answer_is_missing():
    offer = offer_to(a_baseline(context={"sites": None}))
    assert "sites" in why_not(offer, "COACH").lower()
    assert "how many is not known" in why_not(offer, "TRANS")


def test_a_plan_with_an_action_of_unknown_cost_is_no_package():
    baseline = a_baseline()
    plan = baseline.plans[0].plan
    offer = offer_to(with_own_plan(baseline, with_rides(plan, baseline)))
    assert [each.id for each in offer.packages] == ["to:T3"]
    title = QMER.intervention_by_id["TRANS"].title
    assert f"What {title} costs is not known, so the way to T2 is not either." in offer.notes
    assert "CONTRACT" in offer.candidate_by_id  # the others are offered as they were


def test_what_only_a_later_plan_without_a_package_holds_is_in_no_plan():
    baseline = a_baseline(level=2, context=ADULTS)
    own, later = baseline.plans
    assert offer_to(baseline).candidate_by_id["COACH"].origin is ActionOrigin.LATER
    unknown = replace(later, plan=with_rides(later.plan, baseline))
    offer = offer_to(replace(baseline, plans=(own, unknown)))
    assert [each.id for each in offer.packages] == ["to:T3"]
    assert "COACH" not in offer.candidate_by_id  # it raises nothing of the own plan
    assert why_not(offer, "COACH") == RAISES_NOTHING


def with_rides(plan, baseline):
    """How many rides it takes is not known."""
    title = QMER.intervention_by_id["TRANS"].title
    proposal = Proposal("TRANS", ActionType.INTERVENTION, title, (), (), 1, intervention_id="TRANS")
    rides = PlanAction("TRANS", 1, title, "", None, ActionStatus.PLANNED, "", proposal)
    rides = action_at_cost(rides, QMER, BOOK, baseline.context)
    return replace(plan, actions=(*plan.actions, rides))


# Whom it is for.


def test_a_group_for_children_is_offered_nothing_for_adults():
    for level in (1, 2, 3):
        gaps = tuple(map(a_gap, ("BCS", "CBP", "COL", "GSD")))
        children = a_baseline(level=level, context={"age_mix": "pediatric_only"}, behind=gaps)
        offer = offer_to(children)
        assert not FOR_ADULTS & everything_in(offer)
        assert {why_not(offer, each) for each in FOR_ADULTS} == {
            "It is for patients who are adult."
        }
        assert not [each for each in offer.purposes if is_reach(each.id)]
        assert FOR_ADULTS & everything_in(offer_to(replace(children, context=adults(children))))


def adults(baseline):
    return {**baseline.context, **ADULTS}


def test_where_the_ages_are_not_known_that_is_to_be_found_out_first():
    offer = offer_to(a_baseline())
    assert not FOR_ADULTS & everything_in(offer)
    assert why_not(offer, "FIT") == (
        "Whether it is for this group is to be found out: “Ages served”."
    )


# What the group's people made of its plan.


def test_a_plan_changed_so_that_it_does_not_reach_its_tier_is_no_package_and_says_so():
    offer = offer_to(without_action(a_baseline(), "CONTRACT"))
    assert [each.id for each in offer.packages] == ["to:T3"]
    assert (
        "The group’s plan as its people changed it does not reach T2, so its way there cannot be "
        "paid for as a whole."
    ) in offer.notes
    assert (
        offer.candidate_by_id["CONTRACT"].origin is ActionOrigin.LATER
    )  # it is in that plan still


def test_what_a_changed_plan_noted_before_is_no_reason_for_it():
    baseline = a_baseline()
    noted = replace(baseline.plans[0].plan, notes=("Every raise of this one has to succeed.",))
    offer = offer_to(without_action(with_own_plan(baseline, noted), "CONTRACT"))
    assert "changed it does not reach T2" in offer.notes[0]


def test_a_tier_that_no_plan_reaches_says_why():
    assert (
        "No set of interventions for this group and own work within its limits reaches T4 within "
        "three years."
    ) in offer_to(a_baseline()).notes


def test_a_lower_expectation_that_still_reaches_keeps_the_package():
    """CONT-2 is no gate, and the plan keeps a margin."""
    baseline = with_action(a_baseline(), "CONTRACT", own=GroupValues(levels=(("CONT-2", 1),)))
    offer = offer_to(baseline)
    assert "to:T2" in offer.package_by_id
    assert "lift:CONT-2" not in offer.purpose_by_id


@pytest.mark.parametrize("levels", [(), (("LEAD-1", 4),)])
def test_what_the_group_added_is_its_own_to_pay_and_on_the_way_only_where_it_raises(levels):
    baseline = a_baseline()
    plan = baseline.plans[0].plan
    dollars = CostRange(*map(Decimal, (1_000, 2_000, 4_000)))
    own = GroupValues(amounts=ResourceEstimate(one_off=dollars), levels=levels)
    added = PlanAction("own:1", 1, "Rent a room", "", None, ActionStatus.PLANNED, "", None, own)
    offer = offer_to(with_own_plan(baseline, replace(plan, actions=(*plan.actions, added))))
    assert ("own:1" in offer.package_by_id["to:T2"].actions) == bool(levels)
    if not levels:
        assert "own:1" not in offer.candidate_by_id
        return
    room = offer.candidate_by_id["own:1"]
    assert (room.cost, room.is_payable, room.is_single) == (dollars, False, False)


def test_what_is_under_way_costs_what_is_still_to_pay_and_serves_nothing_more():
    offer = offer_to(with_under_way(a_baseline(), {"CONTRACT": 5_000}))
    package = offer.package_by_id["to:T2"]
    assert package.actions == ("GOV",)
    assert package.still_to_pay == 5_000
    assert "lift:CONT-4" not in offer.purpose_by_id
    assert "lift:CONT-4" in offer_to(a_baseline()).purpose_by_id
    assert why_not(offer, "CONTRACT") == IN_PLACE


def test_what_is_done_is_neither_offered_nor_paid():
    done = with_action(with_under_way(a_baseline(), {"CONTRACT": 0}), "CONTRACT",
                       status=ActionStatus.DONE)  # fmt: skip
    package = offer_to(done).package_by_id["to:T2"]
    assert (package.actions, package.still_to_pay) == (("GOV",), 0)


def test_what_the_group_does_itself_is_told_apart_by_what_it_is():
    """A question is no own step, what is done is left out, and a price makes it an action."""
    answers = {"REAL_1": Answer.dont_know()}
    baseline = a_baseline(answers=answers_by_name(1) | answers, context=ADULTS)
    package = offer_to(baseline).packages[0]
    own = [each for each in plan_to(baseline, package).current if each.is_own_step]
    asked = [each for each in plan_to(baseline, package).current if each.is_question]
    assert package.own_steps == tuple(map(step_says, own))
    assert package.questions == tuple(each.title for each in asked) != ()
    first, second, *rest = own
    price = GroupValues(amounts=ResourceEstimate(one_off=SOME))
    priced = with_action(baseline, first.id, own=price)
    after = offer_to(with_action(priced, second.id, status=ActionStatus.DONE)).packages[0]
    assert after.own_steps == tuple(map(step_says, rest))
    assert first.id in after.actions
    assert after.questions == package.questions


def test_a_measure_that_something_under_way_serves_is_not_counted_again():
    baseline = a_baseline(context=ADULTS)
    begun = with_under_way(baseline, {"FIT": 1_000})
    assert "reach:COL" in offer_to(baseline).purpose_by_id
    assert "reach:COL" not in offer_to(begun).purpose_by_id


# The ends of the scale.


def test_at_t0_nothing_can_be_chosen_and_the_reason_is_said():
    unknown = {item.id.replace("-", "_"): Answer.dont_know() for item in QMER.items}
    offer = offer_to(a_baseline(answers=unknown))
    assert (offer.tier_id, offer.candidates, offer.packages) == ("T0", (), ())
    assert UNRATED in offer.notes


def test_at_the_top_there_is_no_package():
    offer = offer_to(a_baseline(answers=answers_by_name(4), context=ADULTS))
    assert (offer.tier_id, offer.packages) == ("T4", ())
    assert {each.origin for each in offer.candidates} == {ActionOrigin.GAP}


def answers_by_name(level):
    return {key.replace("-", "_"): answer for key, answer in answers_at(level).items()}
