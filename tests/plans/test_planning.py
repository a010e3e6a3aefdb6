"""What every plan keeps to, on answers of every kind to the shipped instrument."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction
from functools import cache

import pytest

from readiness.assessments.service.scoring import scoring_run
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer
from readiness.instruments.models import ActionKind
from readiness.plans.models import ActionType, LevelRise, ProposedPlan
from readiness.plans.planning import STARTS_PER_HALF_YEAR, items_to_reach, propose, rises_needed
from readiness.plans.selection import (
    NEVER_ALONE,
    PopulationNeed,
    need_multiplier,
    need_notes,
    reached_by,
)

pytestmark = pytest.mark.slow  # hundreds of sets of answers

QMER = instruments.load("qmer", "2026.1")
CONTEXT = {"sites": 3, "clinicians_fte": 24, "active_patients": 31_000, "interpreter_patients": 900}
CHANGES = {ActionKind.CARE_REDESIGN, ActionKind.ACCESS}
SEEDS = range(30)


def random_answers(seed: int) -> dict[str, Answer]:
    """Groups of every maturity, some of whom do not know a thing or two."""
    dice = random.Random(seed)
    typical, unsure = dice.choice((0.8, 1.4, 2.0, 2.6, 3.2)), dice.choice((0.0, 0.04))
    return {
        item.id: Answer.dont_know()
        if dice.random() < unsure
        else Answer.at(max(0, min(4, round(dice.gauss(typical, 0.8)))))
        for item in QMER.items
    }


@cache
def case(seed: int):
    answers = random_answers(seed)
    run = scoring_run(QMER, CONTEXT, answers)
    return answers, run, propose(QMER, CONTEXT, answers, run, PopulationNeed())


def planned(plan: ProposedPlan):
    return [p for p in plan.proposals if p.type is not ActionType.FIND_OUT]


def chosen_kinds(plan: ProposedPlan):
    return [QMER.intervention_by_id[p.id] for p in planned(plan) if p.intervention_id]


def level(answers, item_id):
    return answers[item_id].level or 0


def test_the_answers_cover_every_tier():
    assert {case(seed)[1].tier_id for seed in SEEDS} >= {"T0", "T1", "T2", "T3"}


@pytest.mark.parametrize("seed", SEEDS)
def test_no_action_starts_before_what_it_needs(seed):
    answers, _, plan = case(seed)
    done = {p.id: p for p in plan.proposals}
    for action in planned(plan):
        if action.intervention_id is None:
            continue
        for needed in QMER.intervention_by_id[action.id].prerequisites:
            if level(answers, needed.item_id) >= needed.level:
                continue
            before = [
                done[i]
                for i in action.after
                for lift in done[i].lifts
                if lift.item_id == needed.item_id and lift.to >= needed.level
            ]
            assert before, f"{action.id} needs {needed}"
            assert min(b.half_year for b in before) < action.half_year


@pytest.mark.parametrize("seed", SEEDS)
def test_at_most_three_interventions_start_in_a_half_year(seed):
    starts = [p.half_year for p in planned(case(seed)[2]) if p.intervention_id]
    assert all(starts.count(half) <= STARTS_PER_HALF_YEAR for half in starts)


@pytest.mark.parametrize("seed", SEEDS)
def test_training_and_dashboards_come_only_with_a_change_in_care(seed):
    kinds = chosen_kinds(case(seed)[2])
    changed = {m for i in kinds if i.kind in CHANGES for m in i.measure_ids}
    for lone in (i for i in kinds if i.kind in NEVER_ALONE):
        assert changed & set(lone.measure_ids or changed)


@pytest.mark.parametrize("seed", SEEDS)
def test_screening_is_expanded_only_where_the_group_can_respond(seed):
    answers, _, plan = case(seed)
    if "SDOH" in {p.id for p in plan.proposals}:
        assert level(answers, "SOCR-3") >= 2
        assert level(answers, "SOCR-4") >= 2


@pytest.mark.parametrize("seed", SEEDS)
def test_every_needed_item_is_lifted_as_far_as_needed(seed):
    answers, run, plan = case(seed)
    if run.tier_id == "T0":
        return
    lifts = rises_needed(QMER, answers, run)
    reached: dict[str, int] = {}
    for action in plan.proposals:
        for lift in action.lifts:
            reached[lift.item_id] = max(lift.to, reached.get(lift.item_id, 0))
    short = [i for i in items_to_reach(QMER, run, lifts) if reached.get(i, 0) < lifts[i].to]
    assert short == []


@pytest.mark.parametrize("seed", SEEDS)
def test_taking_the_plan_leads_to_the_next_tier(seed):
    answers, run, plan = case(seed)
    if not run.shortest_way or run.tier_id == "T0":
        return
    after = dict(answers)
    for action in plan.proposals:
        for lift in action.lifts:
            after[lift.item_id] = Answer.at(max(lift.to, level(after, lift.item_id)))
    reached = scoring_run(QMER, CONTEXT, after).tier_id
    assert reached >= plan.target_tier_id


@pytest.mark.parametrize("seed", SEEDS)
def test_every_intervention_is_in_the_plan_or_set_aside_with_a_reason(seed):
    _, run, plan = case(seed)
    if run.tier_id == "T0":
        return
    inside = [p.id for p in plan.proposals if p.intervention_id]
    aside = [s.intervention_id for s in plan.set_aside]
    assert sorted(inside + aside) == sorted(i.id for i in QMER.interventions)
    assert all(s.says.endswith(".") for s in plan.set_aside)


@pytest.mark.parametrize("seed", SEEDS)
def test_an_action_stands_in_the_plan_once_and_after_nothing_unknown(seed):
    ids = [p.id for p in case(seed)[2].proposals]
    assert len(ids) == len(set(ids))
    assert {b for p in case(seed)[2].proposals for b in p.after} <= set(ids)


def test_the_same_answers_give_the_same_plan():
    answers, run, plan = case(7)
    turned = dict(reversed(answers.items()))
    assert propose(QMER, CONTEXT, turned, run, PopulationNeed()) == plan


def at(level_: int, **others: int | Answer) -> dict[str, Answer]:
    given = {item.id: Answer.at(level_) for item in QMER.items}
    for key, value in others.items():
        answer = Answer.at(value) if isinstance(value, int) else value
        given[key.replace("_", "-")] = answer
    return given


def plan_for(answers, need=None):
    run = scoring_run(QMER, CONTEXT, answers)
    return run, propose(QMER, CONTEXT, answers, run, need or PopulationNeed())


def test_what_is_not_known_heads_the_plan():
    run, plan = plan_for(at(2, REAL_2=Answer.dont_know()))
    assert run.tier_id != "T0"
    assert plan.proposals[0].id == "find-out:REAL-2"


def test_without_a_tier_there_is_nothing_to_plan_but_finding_out():
    answers = at(2)
    del answers["LEAD-1"]
    run, plan = plan_for(answers)
    assert run.tier_id == "T0"
    assert [p.id for p in plan.proposals] == ["find-out:missing"]
    assert plan.proposals[0].because[0].startswith("LEAD-1: nobody can plan")
    assert plan.set_aside == ()


def test_the_top_is_held_and_nothing_more_is_asked():
    run, plan = plan_for(at(4))
    assert run.tier_id == "T4"
    assert plan.target_tier_id is None
    assert plan.proposals == ()


def test_a_gate_missed_at_the_top_is_still_worked_on():
    run, plan = plan_for(at(4, PART_2=2))
    assert run.tier_id == "T4"
    assert run.provisional
    assert [lift.item_id for p in plan.proposals for lift in p.lifts] == ["PART-2"]


@pytest.mark.parametrize(("socr3", "socr4"), [(1, 2), (2, 1), (0, 0)])
def test_screening_waits_for_a_response(socr3, socr4):
    _, plan = plan_for(at(1, LEAD_4=2, SOCR_3=socr3, SOCR_4=socr4))
    (aside,) = (s for s in plan.set_aside if s.intervention_id == "SDOH")
    assert "can respond" in aside.says


def only(*intervention_ids: str):
    kept = tuple(i for i in QMER.interventions if i.id in intervention_ids)
    return replace(QMER, interventions=kept)


def test_mailed_kits_wait_for_follow_up_of_what_they_find():
    """Nobody is told of a finding that nobody will follow up."""
    answers = at(2, EQME_4=1, TEAM_6=1)
    run = scoring_run(QMER, CONTEXT, answers)
    plan = propose(only("FIT", "REGISTRY"), CONTEXT, answers, run, PopulationNeed())
    starts = {p.id: p.half_year for p in plan.proposals}
    assert starts["REGISTRY"] < starts["FIT"]


def test_an_action_is_not_chosen_for_what_it_needs_before_it_can_begin():
    """STRAT works on MEAS-2, but needs it at level 2 first; further up it can still lift it."""
    strat, answers = QMER.intervention_by_id["STRAT"], at(2, MEAS_2=1)
    as_far, further = LevelRise("MEAS-2", 1, 2, 3), LevelRise("MEAS-2", 1, 3, 3)
    assert reached_by(strat, {"MEAS-2": as_far}, answers) == ()
    assert reached_by(strat, {"MEAS-2": further}, answers) == (further,)


def test_two_actions_that_need_the_same_step_get_it_at_the_higher_level():
    """REALCOL needs LEAD-1 at 1 and LEARN at 2: whatever raises it must raise it to 2."""
    answers = at(1, LEAD_1=0, IMPR_1=1)
    _, plan = plan_for(answers)
    found = {p.id: p for p in plan.proposals}
    for action in found.values():
        if action.intervention_id:
            for needed in QMER.intervention_by_id[action.id].prerequisites:
                if needed.item_id == "LEAD-1":
                    tops = [x.to for p in found.values() for x in p.lifts if x.item_id == "LEAD-1"]
                    assert max(tops) >= needed.level


def test_what_rests_on_something_that_does_not_apply_is_set_aside():
    answers = at(1) | {"REAL-5": Answer.not_applicable("nobody needs an interpreter")}
    run = scoring_run(QMER, CONTEXT, answers)
    plan = propose(only("LANG", "CONTRACT"), CONTEXT, answers, run, PopulationNeed())
    (aside,) = (s for s in plan.set_aside if s.intervention_id == "LANG")
    assert aside.says == "It rests on REAL-5, which does not apply to this group."


# Need.


def test_below_thirty_peers_deprivation_is_left_out_and_said():
    few = PopulationNeed({}, Fraction(1, 2), (Fraction(0),) * 29)
    assert need_multiplier(QMER.interventions[0], few) == 1
    assert "30 groups" in need_notes(few)[0]


def test_in_the_top_third_of_thirty_peers_need_rises_by_a_quarter():
    shares = tuple(Fraction(n, 100) for n in range(30))
    assert need_multiplier(
        QMER.interventions[0], PopulationNeed({}, Fraction(20, 100), shares)
    ) == Fraction(5, 4)
    assert (
        need_multiplier(QMER.interventions[0], PopulationNeed({}, Fraction(19, 100), shares)) == 1
    )
    assert need_notes(PopulationNeed({}, Fraction(20, 100), shares)) == ()


def test_a_reliable_gap_of_five_points_raises_only_what_bears_on_it():
    need = PopulationNeed({"CBP": Fraction(5), "COL": Fraction(49, 10)})
    by_id = QMER.intervention_by_id
    assert need_multiplier(by_id["PHARM"], need) == Fraction(5, 4)
    assert need_multiplier(by_id["FIT"], need) == 1
