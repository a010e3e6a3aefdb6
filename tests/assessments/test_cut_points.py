"""What moving one cut point does to tiers, held against scoring under an instrument so changed."""

from __future__ import annotations

import random
from dataclasses import replace
from fractions import Fraction

import pytest

from readiness.assessments.cut_points import (
    CUT_KINDS,
    MOVES,
    CutPoint,
    ScoredGroup,
    cut_shifts,
    cuts_of,
    explained,
    most_changed,
)
from readiness.assessments.scorecard import CriterionKind
from readiness.assessments.tiers import evaluate, is_open
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer
from tests.factories.instruments import a_tier, an_instrument, answers_at

QMER = instruments.load("qmer")
APART = CUT_KINDS | {CriterionKind.SUPPORTING}


def scored(group_id, instrument, answers):
    found = evaluate(instrument, answers)
    low = [each.rounded.low for each in found.scores.domains.values()]
    axes = {k: each.rounded.low for k, each in found.scores.axes.items()}
    return ScoredGroup(
        group_id=group_id,
        tier_id=found.tier.id,
        axes={k: None if x is None else Fraction(x) for k, x in axes.items()},
        lowest_domain=min((Fraction(x) for x in low if x is not None), default=None),
        met_otherwise=frozenset(
            part.tier_id
            for part in found.trace
            if not any(is_open(each) and each.asks not in APART for each in part.criteria)
        ),
    )


def with_cut_moved(instrument, cut, by):
    def moved(tier):
        if tier.id != cut.tier_id:
            return tier
        if not cut.axis_id:
            return replace(tier, domain_min=tier.domain_min + by)
        return replace(tier, axis_min={**tier.axis_min, cut.axis_id: cut.least + by})

    return replace(instrument, tiers=tuple(map(moved, instrument.tiers)))


def at_random(rng, instrument):
    """High gates and middling scores, so that tiers hang on their cut points; a few NA and DK."""
    typical = rng.uniform(1.0, 3.6)
    gates = {gate.item_id for tier in instrument.tiers for gate in tier.gates}
    given = {}
    for item in instrument.items:
        level = 4 if item.id in gates else max(0, min(4, round(rng.gauss(typical, 1.0))))
        given[item.id] = Answer.at(level)
    for item_id in rng.sample(sorted(given), rng.choice([0, 0, 3, 6])):
        given[item_id] = rng.choice([Answer.dont_know(), Answer.not_applicable("none here")])
    return given


def test_the_instruments_cuts_are_nine():
    cuts = [(cut.tier_id, cut.axis_id, int(cut.least)) for cut in cuts_of(QMER)]
    assert cuts == [
        ("T2", "QMS", 35), ("T2", "EQR", 30), ("T2", "", 15),
        ("T3", "QMS", 60), ("T3", "EQR", 55), ("T3", "", 40),
        ("T4", "QMS", 80), ("T4", "EQR", 75), ("T4", "", 60),
    ]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_each_move_changes_the_groups_that_scoring_under_it_would(seed):
    rng = random.Random(seed)
    given = {f"g{number}": at_random(rng, QMER) for number in range(12)}
    groups = [scored(group_id, QMER, answers) for group_id, answers in given.items()]
    assert explained(QMER, groups) == tuple(groups)
    changed = 0
    for shift in cut_shifts(QMER, groups):
        other = with_cut_moved(QMER, shift.cut, shift.by)
        truly = {group_id: evaluate(other, answers).tier.id for group_id, answers in given.items()}
        now = {group.group_id: group.tier_id for group in groups}
        expected = {k: (now[k], truly[k]) for k in given if truly[k] != now[k]}
        assert {each.group_id: (each.now, each.then) for each in shift.changes} == expected
        assert {each.is_rise for each in shift.changes} <= {shift.by < 0}
        changed += len(expected)
    assert changed


def two_tiers(**changes):
    shape = {"QMS": {"LEAD": 4}, "EQR": {"REAL": 4}}
    return an_instrument(shape, tiers=(a_tier("T0"), a_tier("T1"), a_tier("T2", **changes)))


def test_a_score_that_lies_on_a_cut_still_clears_it():
    instrument = two_tiers(axis_min={"QMS": Fraction("47.5")})
    groups = [scored("elm", instrument, answers_at(instrument, 2))]  # 50.0
    found = {shift.by: len(shift.changes) for shift in cut_shifts(instrument, groups)}
    assert found == {Fraction(-5): 0, Fraction("-2.5"): 0, Fraction("2.5"): 0, Fraction(5): 1}


def test_an_unmet_gate_keeps_a_tier_away_however_low_its_cuts():
    instrument = two_tiers(axis_min={"QMS": Fraction(52)})
    near = scored("elm", instrument, answers_at(instrument, 2))
    held = replace(near, group_id="oak", met_otherwise=frozenset({"T0", "T1"}))
    first = cut_shifts(instrument, [near, held])[0]
    assert [each.group_id for each in first.changes] == ["elm"]


def test_a_minimum_moved_to_nothing_asks_for_nothing():
    instrument = two_tiers(axis_min={"QMS": Fraction(5)})
    none = ScoredGroup("elm", "T1", {"QMS": None}, None, frozenset({"T0", "T1", "T2"}))
    assert explained(instrument, [none])
    assert [len(shift.changes) for shift in cut_shifts(instrument, [none])] == [1, 0, 0, 0]


def test_a_tier_of_other_rules_is_not_explained():
    strange = ScoredGroup("elm", "T3", {"QMS": Fraction(1)}, None, frozenset())
    assert not explained(QMER, [strange])


def test_the_cut_that_matters_most_is_named_and_none_where_none_changes_a_tier():
    instrument = two_tiers(axis_min={"QMS": Fraction(52), "EQR": Fraction(90)})
    groups = [scored("elm", instrument, answers_at(instrument, 2, REAL_1=4, REAL_2=4))]
    shifts = cut_shifts(instrument, [replace(groups[0], axes={"QMS": 50, "EQR": 90})])
    assert most_changed(shifts, MOVES[-1]) == (1, (CutPoint("T2", "QMS", Fraction(52)),))
    assert most_changed(cut_shifts(instrument, []), MOVES[-1]) == (0, ())
