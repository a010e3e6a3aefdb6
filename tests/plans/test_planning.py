"""What every proposed plan keeps to, and what it tells, on the shipped instrument."""

from __future__ import annotations

import json
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction
from functools import cache
from hashlib import sha256

import pytest

from readiness.core import solver
from readiness.core.serialization import to_json
from readiness.instruments.answers import Answer, Context
from readiness.instruments.models import ActionKind
from readiness.plans.catalog import DONE
from readiness.plans.cost_program import OWN_STARTS_PER_HALF_YEAR, STARTS_PER_HALF_YEAR
from readiness.plans.found_plan import found_plan
from readiness.plans.least_cost import least_cost_plan
from readiness.plans.models import ActionType
from readiness.plans.planning import (
    NO_BOOK,
    NO_FACTS,
    NO_MARGIN,
    NOT_NEEDED,
    VERSION,
    GroupFacts,
    if_own_days,
    notes_of,
    propose,
)
from tests.factories.plans import BOOK, FACTS, QMER, answers_at, developing, proposed
from tests.plans.test_least_cost import a_case as small_case
from tests.plans.test_least_cost_catalogue import a_group

SEEDS = range(30)
WITHOUT_MARGIN, COST_NOT_KNOWN = 2, 8  # seeds of small cases
KNOWN: Context = {**FACTS, "age_mix": "all", "attributed_members": 9_000, "medicaid_share": 0.3}


@cache
def case(seed: int):
    answers, context = a_group(seed)
    return answers, proposed(answers, context)


def parts(plan, kind=None):
    real = [p for p in plan.proposals if p.type is not ActionType.FIND_OUT]
    return [p for p in real if kind in (None, p.type)]


def level(answers, item_id):
    return answers[item_id].level or 0


@pytest.mark.parametrize("seed", SEEDS)
def test_no_action_starts_before_what_it_needs(seed):
    answers, plan = case(seed)
    by_id = {p.id: p for p in plan.proposals}
    for action in parts(plan, ActionType.INTERVENTION):
        for need in (
            *QMER.intervention_by_id[action.id].prerequisites,
            *BOOK.note_by_id[action.id].needs,
        ):
            if level(answers, need.item_id) >= need.level:
                continue
            before = [
                by_id[each]
                for each in action.after
                for lift in by_id[each].lifts
                if lift.item_id == need.item_id and lift.to >= need.level
            ]
            assert before, f"{action.id} needs {need}"
            assert min(each.half_year for each in before) < action.half_year


@pytest.mark.parametrize("seed", SEEDS)
def test_a_few_start_in_each_half_year_and_all_within_three_years(seed):
    _, plan = case(seed)
    for kind, most in (
        (ActionType.INTERVENTION, STARTS_PER_HALF_YEAR),
        (ActionType.RAISE, OWN_STARTS_PER_HALF_YEAR),
    ):
        starts = [p.half_year for p in parts(plan, kind)]
        assert all(1 <= start <= 6 and starts.count(start) <= most for start in starts)


@pytest.mark.parametrize("seed", SEEDS)
def test_own_work_is_small_and_never_stops_where_nobody_aims(seed):
    answers, plan = case(seed)
    asked = {g.item_id for t in QMER.tiers for g in t.gates if g.level == 1}
    for step in parts(plan, ActionType.RAISE):
        (lift,) = step.lifts
        assert lift.to > 1 or lift.item_id in asked
        assert step.half_years == lift.to - level(answers, lift.item_id)
        assert step.own_days == sum(BOOK.own_days.days[level(answers, lift.item_id) : lift.to])


@pytest.mark.parametrize("seed", SEEDS)
def test_training_and_dashboards_come_only_with_a_change_in_care(seed):
    kinds = [QMER.intervention_by_id[p.id] for p in parts(case(seed)[1]) if p.intervention_id]
    changes = (ActionKind.CARE_REDESIGN, ActionKind.ACCESS)
    changed = {m for i in kinds if i.kind in changes for m in i.measure_ids}
    for lone in (i for i in kinds if i.kind in (ActionKind.TRAINING, ActionKind.FEEDBACK)):
        assert changed & set(lone.measure_ids or changed)


@pytest.mark.parametrize("seed", SEEDS)
def test_every_raise_serves_something_that_is_unmet(seed):
    for part in parts(case(seed)[1], ActionType.RAISE):
        assert part.lifts[0].serves or part.lifts[0].weight == 1
        assert any(part.id in other.after for other in case(seed)[1].proposals) or (
            part.lifts[0].serves
        )


@pytest.mark.parametrize("seed", SEEDS)
def test_every_intervention_is_in_the_plan_or_set_aside_with_a_reason(seed):
    _, plan = case(seed)
    if not parts(plan):
        return
    inside = [p.id for p in plan.proposals if p.intervention_id]
    aside = [s.intervention_id for s in plan.set_aside]
    assert sorted(inside + aside) == sorted(i.id for i in QMER.interventions)
    assert all(each.says.endswith(".") for each in plan.set_aside)


def test_the_same_answers_give_the_same_plan():
    answers, plan = case(7)
    turned = dict(reversed(answers.items()))
    assert proposed(turned, a_group(7)[1]) == plan


# Finding out.


def test_a_dont_know_that_is_a_gate_or_is_raised_heads_the_plan_and_others_are_left():
    plan = proposed(developing(REAL_2=Answer.dont_know(), PART_4=Answer.dont_know()))
    found = [p.id for p in plan.proposals if p.type is ActionType.FIND_OUT]
    raised = {lift.item_id for p in plan.proposals for lift in p.lifts}
    assert plan.proposals[0].id == "find-out:REAL-2"
    assert ("find-out:PART-4" in found) == ("PART-4" in raised)


def test_without_a_tier_there_is_nothing_to_plan_but_finding_out():
    answers = answers_at(2)
    del answers["LEAD-1"]
    plan = proposed(answers)
    assert [p.id for p in plan.proposals] == ["find-out:missing"]
    assert plan.proposals[0].because[0].startswith("LEAD-1: nobody can plan")
    assert plan.set_aside == ()


def test_the_top_is_held_and_nothing_more_is_asked():
    plan = proposed(answers_at(4))
    assert plan.target_tier_id is None
    assert plan.proposals == ()


# What has begun.


def test_what_is_under_way_delivers_at_what_is_still_to_pay_and_is_not_bought_twice():
    bare = proposed(developing())
    begun = proposed(developing(), still_to_pay={"COACH": 1_500})
    coach = next(p for p in begun.proposals if p.id == "COACH")
    assert coach.still_to_pay == 1_500
    assert (begun.objective or 0) < (bare.objective or 0)
    assert [p.id for p in begun.proposals].count("COACH") == 1


def test_what_was_done_before_the_answers_is_never_bought_again():
    plan = proposed(developing(), done_before=frozenset({"COACH"}))
    assert "COACH" not in {p.id for p in plan.proposals}
    assert next(s for s in plan.set_aside if s.intervention_id == "COACH").says == DONE


# Screening waits for a response; a prerequisite that does not apply closes an intervention.


@pytest.mark.parametrize(("socr3", "socr4"), [(1, 2), (2, 1), (0, 0)])
def test_screening_is_expanded_only_after_the_group_can_respond(socr3, socr4):
    answers = answers_at(1, SOCR_3=socr3, SOCR_4=socr4)
    plan = proposed(answers, KNOWN)
    wider = [p for p in plan.proposals if p.id in ("SDOH", "raise:SOCR-2")]
    for each in wider:
        first = {lift.item_id for p in plan.proposals if p.id in each.after for lift in p.lifts}
        assert {i for i in ("SOCR-3", "SOCR-4") if level(answers, i) < 2} <= first


def test_what_rests_on_something_that_does_not_apply_is_never_eligible():
    answers = answers_at(1) | {"REAL-5": Answer.not_applicable("nobody needs an interpreter")}
    plan = proposed(answers, KNOWN)
    (aside,) = (s for s in plan.set_aside if s.intervention_id == "LANG")
    assert aside.says == "It rests on REAL-5, which does not apply to this group."
    assert not aside.is_eligible


def test_for_whom_it_is_not_and_what_must_be_found_out_first_are_told_apart_from_the_rest():
    children = proposed(developing(), {**KNOWN, "age_mix": "pediatric_only"})
    says = {s.intervention_id: s for s in children.set_aside}
    assert says["FIT"].says == "It is for patients who are adult."
    assert says["DASH"].says == NOT_NEEDED
    assert (says["FIT"].is_eligible, says["DASH"].is_eligible) == (False, True)
    unknown = {s.intervention_id: s.says for s in proposed(developing(), {}).set_aside}
    assert unknown["FIT"].startswith("Whether it is for this group is to be found out: “")


# Sentences that a reader must know.


def test_with_no_facts_the_caveat_comes_first():
    assert proposed(developing(), {}).notes[0] == NO_FACTS
    assert NO_FACTS not in proposed(developing()).notes


def test_an_answer_that_a_plan_makes_apply_will_be_asked_again():
    answers = developing(EQME_4=1) | {"CONT-4": Answer.not_applicable("nothing tested yet")}
    plan = proposed(answers)
    assert any(lift.item_id == "EQME-4" for p in plan.proposals for lift in p.lifts)
    assert any(note.startswith("CONT-4 ") and "answered next time" in note for note in plan.notes)


def notes_on(seed: int):
    """Of a small case, which `test_least_cost` holds against trying everything."""
    made = small_case(seed)
    assert made
    plan = least_cost_plan(made.inputs, solver.least, margin=True)
    assert plan
    return plan, list(notes_of(found_plan(made.inputs, plan), FACTS))


def test_the_margin_costs_what_a_plan_without_it_spares():
    facts = GroupFacts(QMER, BOOK, developing(), FACTS)
    plan = propose(facts, solver.least, prices_margin=True)
    book = replace(BOOK, margin=replace(BOOK.margin, asked=False))
    bare = propose(replace(facts, book=book), solver.least)
    price, dearer, cheaper = plan.margin, plan.objective, bare.objective
    assert price is not None
    assert dearer is not None
    assert cheaper is not None
    assert price.dollars == dearer - cheaper > 0
    titles, without = ({e.title for e in each.proposals} for each in (plan, bare))
    assert set(price.left_out) == titles - without != set()
    assert set(price.instead) == without - titles
    assert price.likely_dollars is not None
    assert price.people_days is not None
    days = Fraction(price.people_days) * BOOK.day_rate.dollars
    assert Fraction(price.likely_dollars) + days == price.dollars
    assert propose(facts, solver.least) == replace(plan, margin=None)


def test_a_plan_without_a_margin_has_no_price_for_it():
    book = replace(BOOK, margin=replace(BOOK.margin, asked=False))
    facts = GroupFacts(QMER, book, developing(), FACTS)
    assert propose(facts, solver.least, prices_margin=True).margin is None


def test_where_no_plan_holds_with_a_margin_it_says_so():
    plan, notes = notes_on(WITHOUT_MARGIN)
    assert not plan.has_margin
    assert NO_MARGIN in notes


def test_where_only_an_unknown_cost_reaches_the_tier_it_says_so():
    plan, notes = notes_on(COST_NOT_KNOWN)
    (unknown,) = (each for each in plan.offers if each.dollars is None)
    (says,) = (each for each in notes if "is not known" in each)
    assert unknown.intervention.title in says


def test_where_no_plan_reaches_the_tier_it_says_so():
    closed = proposed(answers_at(0), instrument=only())
    assert closed.proposals == ()
    assert "within three years" in closed.notes[0]


def only(*intervention_ids: str):
    kept = tuple(i for i in QMER.interventions if i.id in intervention_ids)
    return replace(QMER, interventions=kept)


def test_without_a_cost_book_nothing_is_planned():
    plan = propose(GroupFacts(QMER, None, developing(), FACTS), solver.least)
    assert (plan.proposals, plan.notes) == ((), (NO_BOOK,))


# Beyond the tier.


def test_care_redesign_for_a_reliable_gap_stands_apart_and_costs_the_plan_nothing():
    gaps = {"COL": Fraction(72, 10), "CBP": Fraction(0)}
    bare, plan = proposed(developing(), KNOWN), proposed(developing(), KNOWN, gap_points=gaps)
    assert bare.beyond == ()
    assert plan.objective == bare.objective
    assert plan.proposals == bare.proposals
    ids = {each.id for each in plan.beyond}
    assert ids == {"CHWCRC", "FIT"}
    assert all(each.because == ("COL: a reliable gap of 7.2 points.",) for each in plan.beyond)
    assert all(each.cost and each.cost.total for each in plan.beyond)


# How far it hangs on the days.


def test_the_dearer_own_work_is_the_dearer_the_plan():
    facts = GroupFacts(QMER, BOOK, developing(), FACTS)
    half, once, twice = if_own_days(facts, (Fraction(1, 2), Fraction(1), Fraction(2)), solver.least)
    assert half.objective < once.objective < twice.objective
    assert once.objective == proposed(developing()).objective
    assert if_own_days(GroupFacts(QMER, BOOK, answers_at(4), FACTS), (Fraction(1),), _never) == ()


def _never(program, costs):
    raise AssertionError((program, costs))


def test_days_are_those_of_the_levels_that_are_stepped_over():
    plan = proposed(answers_at(1))
    steps = {p.id: p.own_days for p in parts(plan, ActionType.RAISE)}
    assert set(steps.values()) <= {Decimal(20), Decimal(80)}


def test_whoever_changes_what_is_proposed_raises_the_version():
    """Plans that are kept are worked out anew only when the version of the code is another one."""
    plans = [to_json(case(seed)[1]) for seed in range(10)]
    digest = sha256(json.dumps(plans, sort_keys=True).encode()).hexdigest()
    assert (VERSION, digest[:12]) == ("2", "1f6962caa323")
