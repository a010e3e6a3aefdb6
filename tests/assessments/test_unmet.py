"""Every criterion that keeps a group from a tier, and which of them a raise serves."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from readiness.assessments.scorecard import UnmetCriterion, UnmetKind
from readiness.assessments.tiers import evaluate
from readiness.assessments.unmet import served_by, unmet_criteria
from readiness.instruments.models import AnswerLimits
from tests.factories.instruments import a_gate, a_tier, an_instrument, answers_at

TIERS = (
    a_tier("T0"),
    a_tier("T1"),
    a_tier(
        "T2",
        axis_min={"QMS": Fraction(35), "EQR": Fraction(30)},
        domain_min=Fraction(15),
        gates=(
            a_gate("T2", "REAL-1", 2),
            a_gate("T2", "LEAD-1", 2, "supporting"),
            a_gate("T2", "LEAD-2", 1, "supporting"),
        ),
        supporting_unmet_max=1,
    ),
    a_tier("T3", domain_min=Fraction(40), gates=(a_gate("T3", "REAL-1", 3),)),
)
SMALL = an_instrument({"QMS": {"LEAD": 3}, "EQR": {"REAL": 3}}, tiers=TIERS)
LENIENT = replace(SMALL, limits=AnswerLimits(Fraction(1, 3), Fraction(1), Fraction(1), "T2"))


def unmet(instrument, answers, target):
    found = evaluate(instrument, answers)
    return unmet_criteria(instrument, answers, found, instrument.tier_by_id[target])


def test_every_unmet_criterion_of_the_next_tier_stands_there_with_its_numbers():
    assert unmet(SMALL, answers_at(SMALL, 0, LEAD_2=1, LEAD_3=1), "T2") == (
        UnmetCriterion("T2:gate:REAL-1", UnmetKind.ESSENTIAL, "REAL-1", 2, 0),
        UnmetCriterion("T2:domain:REAL", UnmetKind.DOMAIN, "REAL", Decimal(15), Decimal(0)),
        UnmetCriterion("T2:axis:EQR", UnmetKind.AXIS, "EQR", Decimal(30), Decimal(0)),
        UnmetCriterion("T2:axis:QMS", UnmetKind.AXIS, "QMS", Decimal(35), Decimal("16.7")),
        UnmetCriterion("T2:gate:LEAD-1", UnmetKind.SUPPORTING, "LEAD-1", 2, 0),
    )


def test_a_higher_target_asks_for_every_tier_up_to_it():
    answers = answers_at(SMALL, 4, REAL_1=1)
    assert [each.id for each in unmet(SMALL, answers, "T3")] == ["T2:gate:REAL-1", "T3:gate:REAL-1"]
    assert [each.id for each in unmet(SMALL, answers, "T2")] == ["T2:gate:REAL-1"]
    assert unmet(SMALL, answers, "T1") == ()


def test_what_is_not_known_comes_before_what_is_low():
    answers = answers_at(SMALL, 0, LEAD_1=None, REAL_1="dk", REAL_2="dk")
    assert unmet(SMALL, answers, "T1") == (
        UnmetCriterion("T1:complete", UnmetKind.MISSING, "", 6, 5),
        UnmetCriterion("T1:dont-know:REAL", UnmetKind.DONT_KNOW, "REAL", 1, 2),
        UnmetCriterion("T1:dont-know:overall", UnmetKind.DONT_KNOW, "", 0, 2),
    )


def test_a_domain_without_a_score_is_short_of_its_minimum_and_no_raise_serves_it():
    shape = {"QMS": {"LEAD": 3, "MEAS": 1}, "EQR": {"REAL": 3}}
    limits = replace(SMALL.limits, na_per_domain=Fraction(0))
    strict = an_instrument(shape, tiers=TIERS, limits=limits)
    answers = answers_at(strict, 2, LEAD_3="na")
    found = unmet(strict, answers, "T3")
    assert found[0] == UnmetCriterion(
        "T3:not-applicable:LEAD", UnmetKind.DOMAIN, "LEAD", Decimal(40), None
    )
    assert served_by(strict, answers, "LEAD-1", 4, found) == ()


@pytest.mark.parametrize(
    ("item_id", "to", "serves"),
    [
        ("REAL-1", 1, ("T2:domain:REAL", "T2:axis:EQR")),
        ("REAL-1", 2, ("T2:gate:REAL-1", "T2:domain:REAL", "T2:axis:EQR")),
        ("REAL-2", 1, ("T2:domain:REAL", "T2:axis:EQR")),
        ("REAL-3", 4, ()),
        ("LEAD-1", 2, ("T2:axis:QMS", "T2:gate:LEAD-1")),
        ("LEAD-3", 0, ()),
    ],
)
def test_a_raise_serves_its_gate_and_the_minimums_of_its_domain_and_axis(item_id, to, serves):
    answers = answers_at(LENIENT, 0, LEAD_2=1, LEAD_3=1, REAL_2="dk", REAL_3="na")
    assert served_by(LENIENT, answers, item_id, to, unmet(LENIENT, answers, "T2")) == serves


def test_an_answer_found_out_serves_what_was_unknown():
    answers = answers_at(SMALL, 0, LEAD_1=None, REAL_1="dk", REAL_2="dk")
    found = unmet(SMALL, answers, "T1")
    assert served_by(SMALL, answers, "LEAD-1", 0, found) == ("T1:complete",)
    assert served_by(SMALL, answers, "REAL-1", 0, found) == (
        "T1:dont-know:REAL",
        "T1:dont-know:overall",
    )
    assert served_by(SMALL, answers, "REAL-3", 4, found) == ()
