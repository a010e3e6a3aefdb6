"""Which tier a set of answers reaches, and what it says about it."""

from __future__ import annotations

from dataclasses import replace
from fractions import Fraction

import pytest

from readiness.assessments.scorecard import CriterionKind, CriterionVerdict
from readiness.assessments.tiers import evaluate
from readiness.assessments.unmet import limiting_factor
from readiness.instruments.models import AnswerLimits
from tests.factories.instruments import a_gate, a_tier, an_instrument, answers_at


def with_tier_two(**changes):
    shape = {"QMS": {"LEAD": 4}, "EQR": {"REAL": 4}}
    tiers = (a_tier("T0"), a_tier("T1"), a_tier("T2", **changes))
    return an_instrument(shape, tiers=tiers)


def tier_of(instrument, answers):
    return evaluate(instrument, answers).tier.id


def says(instrument, answers):
    return limiting_factor(instrument, answers, evaluate(instrument, answers))


def test_a_missing_answer_leaves_the_group_unrated_with_all_scores_printed():
    instrument = with_tier_two()
    stand = evaluate(instrument, answers_at(instrument, 4, LEAD_2=None))
    assert (stand.tier.id, stand.missing) == ("T0", ("LEAD-2",))
    assert stand.scores.domains["LEAD"].low == 75
    assert says(instrument, answers_at(instrument, 4, LEAD_2=None)) == (
        "Every item needs an answer: LEAD-2 (Title of LEAD-2) has none yet."
    )


def test_too_many_dont_knows_in_a_domain_leave_the_group_unrated():
    instrument = an_instrument({"QMS": {"LEAD": 4, "MEAS": 40}})
    one, two = {"LEAD_1": "dk"}, {"LEAD_1": "dk", "LEAD_2": "dk"}
    assert tier_of(instrument, answers_at(instrument, 4, **one)) == "T2"
    assert tier_of(instrument, answers_at(instrument, 4, **two)) == "T0"


def test_too_many_dont_knows_overall_leave_the_group_unrated():
    instrument = an_instrument({"QMS": {"LEAD": 10, "MEAS": 10}})
    three = {"LEAD_1": "dk", "LEAD_2": "dk", "MEAS_1": "dk"}  # 15 percent is not over it
    assert tier_of(instrument, answers_at(instrument, 4, **three)) == "T2"
    assert tier_of(instrument, answers_at(instrument, 4, **three, MEAS_2="dk")) == "T0"


def test_dont_knows_are_counted_among_the_items_that_apply():
    instrument = an_instrument({"QMS": {"LEAD": 10, "MEAS": 10}})
    answers = {"LEAD_1": "dk", "LEAD_2": "dk", "MEAS_1": "dk", "MEAS_2": "na"}  # 3 of 19
    assert tier_of(instrument, answers_at(instrument, 4, **answers)) == "T0"


def test_scores_are_compared_as_they_are_shown():
    """35.0 is shown for 34.95, so 34.95 is enough."""
    instrument = with_tier_two(axis_min={"QMS": Fraction(503, 10)})
    assert tier_of(instrument, answers_at(instrument, 2)) == "T1"
    close = an_instrument(
        {"QMS": {"LEAD": 12}},
        tiers=(a_tier("T0"), a_tier("T1"), a_tier("T2", axis_min={"QMS": Fraction(521, 10)})),
    )
    assert tier_of(close, answers_at(close, 2, LEAD_1=3)) == "T2"  # 52.0833 is shown as 52.1


def test_every_scored_domain_needs_its_minimum():
    instrument = with_tier_two(domain_min=Fraction(15))
    answers = answers_at(instrument, 4, REAL_1=0, REAL_2=0, REAL_3=0, REAL_4=2)
    assert tier_of(instrument, answers) == "T1"
    assert says(instrument, answers) == (
        "T2 needs Domain REAL (REAL) at 15.0 or more; its score is 12.5."
    )


@pytest.mark.parametrize(
    ("given", "verdict"),
    [
        (2, CriterionVerdict.MET),
        (1, CriterionVerdict.NOT_YET),
        ("dk", CriterionVerdict.UNANSWERABLE),
        ("na", CriterionVerdict.UNANSWERABLE),
    ],
)
def test_an_essential_gate_is_met_by_its_level_alone(given, verdict):
    instrument = with_tier_two(gates=(a_gate("T2", "REAL-1", 2),))
    stand = evaluate(instrument, answers_at(instrument, 4, REAL_1=given))
    gate = next(c for c in stand.trace[2].criteria if c.id == "gate:REAL-1")
    assert gate.verdict is verdict
    assert stand.tier.id == ("T2" if verdict is CriterionVerdict.MET else "T1")


def test_a_gate_may_accept_not_applicable():
    instrument = with_tier_two(gates=(a_gate("T2", "REAL-1", 2, na_alternative=True),))
    assert tier_of(instrument, answers_at(instrument, 4, REAL_1="na")) == "T2"


def test_a_few_supporting_gates_may_wait_and_make_the_tier_provisional():
    gates = tuple(a_gate("T2", f"LEAD-{n}", 3, "supporting") for n in (1, 2, 3))
    some = AnswerLimits(Fraction(34, 100), Fraction(1), Fraction(1), "T2")
    instrument = replace(with_tier_two(gates=gates, supporting_unmet_max=2), limits=some)
    for given, tier, provisional in (
        ({}, "T2", False),
        ({"LEAD_1": 2}, "T2", True),
        ({"LEAD_1": 2, "LEAD_2": "dk"}, "T2", True),
        ({"LEAD_1": 2, "LEAD_2": "dk", "LEAD_3": 0}, "T1", False),
    ):
        stand = evaluate(instrument, answers_at(instrument, 3, **given))
        assert (stand.tier.id, stand.provisional) == (tier, provisional), given


def test_of_open_supporting_gates_the_nearest_is_named():
    gates = tuple(a_gate("T2", f"LEAD-{n}", 3, "supporting") for n in (1, 2))
    instrument = with_tier_two(gates=gates)
    answers = answers_at(instrument, 3, LEAD_1=0, LEAD_2=2)
    assert says(instrument, answers) == (
        "T2 needs LEAD-2 (Title of LEAD-2) at level 3; it is at level 2."
    )


def test_an_open_supporting_gate_below_makes_a_higher_tier_provisional():
    tiers = (
        a_tier("T0"),
        a_tier("T1"),
        a_tier("T2", gates=(a_gate("T2", "LEAD-1", 2, "supporting"),), supporting_unmet_max=1),
        a_tier("T3"),
    )
    instrument = an_instrument(tiers=tiers)
    stand = evaluate(instrument, answers_at(instrument, 4, LEAD_1=1))
    assert (stand.tier.id, stand.provisional) == ("T3", True)


def test_a_tier_needs_every_tier_below_it():
    tiers = (
        a_tier("T0"),
        a_tier("T1"),
        a_tier("T2", gates=(a_gate("T2", "LEAD-1", 4),)),
        a_tier("T3"),
    )
    instrument = an_instrument(tiers=tiers)
    stand = evaluate(instrument, answers_at(instrument, 3))
    assert stand.tier.id == "T1"
    assert [(t.met, t.holds) for t in stand.trace] == [
        (True, True),
        (True, True),
        (False, False),
        (True, False),
    ]


def test_an_unscored_domain_caps_the_tier_and_leaves_the_minimums_alone():
    tiers = (
        a_tier("T0"),
        a_tier("T1"),
        a_tier("T2", domain_min=Fraction(15), axis_min={"QMS": Fraction(35)}),
        a_tier("T3"),
    )
    instrument = an_instrument({"QMS": {"LEAD": 2, "MEAS": 2}}, tiers=tiers)
    answers = answers_at(instrument, 4, LEAD_1="na", LEAD_2=0)
    stand = evaluate(instrument, answers)
    assert stand.tier.id == "T2"
    assert [cap.domain_id for cap in stand.caps] == ["LEAD"]
    assert not [c for c in stand.trace[2].criteria if c.id == "domain:LEAD"]
    assert says(instrument, answers) == (
        "T3 needs a score in Domain LEAD, where at most 0 of 2 items may be not applicable; 1 is."
    )


def test_at_the_top_nothing_holds_back():
    instrument = with_tier_two()
    assert says(instrument, answers_at(instrument, 0)) == ""


def test_an_essential_gate_is_named_before_a_score():
    instrument = with_tier_two(
        gates=(a_gate("T2", "REAL-1", 1), a_gate("T2", "REAL-2", 3)),
        axis_min={"QMS": Fraction(90)},
    )
    answers = answers_at(instrument, 0)
    stand = evaluate(instrument, answers)
    kinds = {c.asks for c in stand.trace[2].criteria if c.verdict is not CriterionVerdict.MET}
    assert kinds == {CriterionKind.ESSENTIAL, CriterionKind.AXIS}
    assert says(instrument, answers).startswith("T2 needs REAL-2 (Title of REAL-2) at level 3")
