"""What has to come first: by an action, by the group's own work, by infrastructure, or together."""

from __future__ import annotations

from dataclasses import replace

from readiness.instruments.models import ActionKind
from readiness.investment.models import ActionOrigin
from readiness.investment.offering import GroupChoices
from readiness.investment.policy import NAMED, scale_of
from readiness.investment.portfolio import problem_of
from readiness.investment.prerequisites import ALONE, GroupDrafts, prerequisite_rules
from readiness.investment.problem import Selection, broken_constraints
from readiness.investment.scenario import BudgetScenario, CostBasis
from readiness.investment.uncertainty import price_list
from tests.factories.baselines import (
    ADULTS,
    a_baseline,
    a_gap,
    random_baseline,
    without_action,
)
from tests.factories.offers import offer_to, why_not
from tests.factories.plans import BOOK

ALL_MONEY = BudgetScenario("All", (10**9,), starts=None, most_days=None, beyond_plans=True)
CHANGES_CARE = {ActionKind.CARE_REDESIGN, ActionKind.ACCESS}


def doors_to(offer, action):
    return [rule for rule in offer.doors if action in rule.unlocks and not rule.is_tier_gate]


def tier_gate(offer):
    return [rule for rule in offer.doors if rule.is_tier_gate]


def faults(offer, *actions, package=None):
    """What choosing these alone, or this package, would break."""
    policy, prices = NAMED[0], price_list((offer,), CostBasis.LIKELY)
    problem = problem_of((offer,), ALL_MONEY, policy, scale_of((offer,)), prices)
    packages = frozenset({package.key} if package else ())
    singly = {(offer.group_id, each) for each in actions}
    return broken_constraints(problem, Selection(problem.held_by(packages) | singly, packages))


# Of any group.


def test_a_package_needs_nothing_that_it_does_not_hold(group):
    for gate in (0, 2, 50):
        offer = offer_to(group, gate)
        for package in offer.packages:
            assert not faults(offer, *package.serves, package=package)


def test_no_two_actions_wait_for_each_other(group):
    offer = offer_to(group)
    rules = [rule for rule in offer.doors if not rule.is_tier_gate]
    placed = {*offer.in_place, *(package.own_work for package in offer.packages)}
    while ready := {
        each.id
        for each in offer.candidates
        if each.id not in placed
        and all(len(placed & set(r.of)) >= r.needs for r in rules if each.id in r.unlocks)
    }:
        placed |= ready
    assert offer.candidate_by_id.keys() <= placed


def test_training_and_dashboards_never_go_alone(group):
    offer = offer_to(group)
    for each in offer.candidates:
        if each.kind in {ActionKind.TRAINING, ActionKind.FEEDBACK}:
            assert faults(offer, each.id)
            (company,) = [r for r in doors_to(offer, each.id) if "never paid for alone" in r.says]
            kinds = {BOOK_KINDS[other] for other in company.of}
            assert kinds
            assert kinds <= CHANGES_CARE


def test_screening_is_expanded_only_where_the_group_can_respond(group):
    """Everything else that is offered beside it does not help without what brings the response."""
    offer = offer_to(group)
    for item_id in ("SOCR-3", "SOCR-4"):
        bringing = {
            action_id
            for action_id, note in BOOK.note_by_id.items()
            if item_id in note.delivers and note.delivers[item_id].level >= 2
        }
        is_short = group.answers[item_id].level < 2 and not bringing & set(offer.in_place)
        if "SDOH" in offer.candidate_by_id and is_short:
            others = offer.candidate_by_id.keys() - bringing
            assert any(each.startswith("SDOH") for each in faults(offer, *others))


def test_of_two_that_bring_what_the_other_needs_one_goes_first():
    """The registry needs MEAS-6, which stratified reports bring, and these need what it brings."""
    baseline = a_baseline(answers={"MEAS_6": 0, "MEAS_2": 2, "REAL_2": 2}, plans=())
    choices = GroupChoices(baseline, BOOK)
    drafts = GroupDrafts(choices.offer_by_id, choices.considered, (), {})
    first = {rule.unlocks: rule.of for rule in prerequisite_rules(drafts)}
    assert "CONTRACT" in first["STRAT",]
    assert first["REGISTRY",] == ("STRAT",)
    assert "REGISTRY" not in first["STRAT",]


BOOK_KINDS = {each.id: each.kind for each in a_baseline().instrument.interventions}


# One group at a time.


def test_an_action_is_opened_by_one_that_brings_what_it_needs_or_by_a_package_that_does():
    offer = offer_to(a_baseline(context=ADULTS))
    (rule,) = doors_to(offer, "CHWCRC")[:1]
    assert (rule.needs, rule.of) == (1, ("REGISTRY", "own work to:T3"))
    assert "needs MEAS-4 at level 2" in rule.says
    assert any("REGISTRY" in each.actions for each in offer.packages)
    assert not doors_to(offer_to(a_baseline(level=2, context=ADULTS)), "CHWCRC")


def test_what_is_in_place_opens_what_needs_it():
    baseline = replace(a_baseline(context=ADULTS), still_to_pay={"REGISTRY": 0})
    offer = offer_to(baseline, tier_gate=0)
    assert {each for r in doors_to(offer, "CHWCRC") for each in r.of} >= {"REGISTRY"}
    assert not faults(offer, "CHWCRC")


def test_a_dashboard_with_nothing_that_changes_care_beside_it_is_not_offered():
    assert why_not(offer_to(random_baseline(8)), "DASH") == ALONE


def test_what_nothing_brings_is_the_group_s_own_step_and_closes_nothing():
    offer = offer_to(a_baseline(level=2, answers={"TEAM_2": 1}, context=ADULTS))
    fit = offer.candidate_by_id["FIT"]
    assert fit.notes == ("First the group’s own step: TEAM-2 at level 2.",)
    assert not doors_to(offer, "FIT")


def test_screening_goes_with_a_package_whose_own_work_brings_the_response():
    """No action brings SOCR-3 and SOCR-4 here; both ways up raise them."""
    offer = offer_to(random_baseline(136), tier_gate=0)
    assert [each for each in faults(offer, "SDOH") if each.startswith("SDOH")]
    for package in offer.packages:
        assert "SDOH" not in package.actions
        assert not faults(offer, "SDOH", package=package)


def test_screening_that_nothing_can_answer_is_not_offered():
    """Its plan to T3 lifts neither SOCR-3 nor SOCR-4, and nobody is for its patients who does."""
    low = {"SOCR_1": 1, "SOCR_2": 1, "SOCR_3": 1, "SOCR_4": 1}
    baseline = a_baseline(level=2, answers=low)
    without_plans = replace(baseline, plans=())
    assert why_not(offer_to(without_plans), "SDOH") == (
        "Screening is expanded only when the group can respond: first SOCR-3 at level 2 and "
        "SOCR-4 at level 2."
    )


# Infrastructure first.


def test_care_changes_below_incentive_ready_stand_behind_enough_infrastructure():
    offer = offer_to(a_baseline(level=2, context=ADULTS))
    (gate,) = tier_gate(offer)
    assert gate.needs == 2
    assert {"FIT", "CHWCRC"} == set(gate.unlocks)
    assert {"GOV", "REALCOL", "CONTRACT"} <= set(gate.of)
    assert {BOOK_KINDS[each] for each in gate.of} <= {ActionKind.ENABLING, ActionKind.GOVERNANCE}
    assert faults(offer, "FIT", "REALCOL")
    assert not faults(offer, "FIT", "REALCOL", "CONTRACT")
    assert not faults(offer, "FIT", package=offer.package_by_id["to:T3"])


def test_the_tier_gate_can_be_switched_off_and_asks_nothing_of_a_ready_group():
    assert tier_gate(offer_to(a_baseline(level=2, context=ADULTS)))
    assert not tier_gate(offer_to(a_baseline(level=2, context=ADULTS), tier_gate=0))
    assert not tier_gate(offer_to(a_baseline(level=3, context=ADULTS)))


def test_the_tier_gate_asks_for_no_more_than_there_is():
    (gate,) = tier_gate(offer_to(a_baseline(level=2, context=ADULTS), tier_gate=50))
    assert gate.needs == len(gate.of)


def test_the_tier_gate_counts_only_what_could_be_chosen(group):
    """Not what the group pays itself, unless a package holds it."""
    offer = offer_to(group)
    held = {each for package in offer.packages for each in package.actions}
    for gate in tier_gate(offer):
        candidates = (offer.candidate_by_id[each] for each in gate.of if each not in offer.in_place)
        assert all(each.is_single or each.id in held for each in candidates)


def test_care_that_a_later_plan_holds_waits_too_where_that_plan_itself_brings_enough():
    group = replace(random_baseline(46), behind=(a_gap("COL"),))
    offer = offer_to(group)
    assert "FIT" in offer.package_by_id["to:T3"].actions
    (gate,) = tier_gate(offer)
    assert "FIT" in gate.unlocks
    (gate,) = tier_gate(offer_to(group, tier_gate=50))
    assert not set(gate.of) <= set(offer.package_by_id["to:T3"].actions)
    assert "FIT" not in gate.unlocks


def test_an_action_that_the_group_dropped_waits_like_any_other():
    baseline = a_baseline(level=2)
    assert "REALCOL" in offer_to(baseline).package_by_id["to:T3"].actions
    offer = offer_to(without_action(baseline, "REALCOL"))
    assert "to:T3" not in offer.package_by_id
    assert offer.candidate_by_id["REALCOL"].origin is ActionOrigin.LATER
