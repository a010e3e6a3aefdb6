"""Claims against counts, and claims that do not go together."""

from __future__ import annotations

from fractions import Fraction

import pytest

from readiness.assessments.claims import (
    UNLIKELY_PAIRS,
    ClaimSeverity,
    supported_answers,
    supported_level,
    unlikely_pairs,
)
from readiness.instruments.loader import load
from tests.factories.instruments import answers_at

QMER = load("qmer", "2026.1")
REACH, LOOP = QMER.item_by_id["SOCR-2"], QMER.item_by_id["SOCR-5"]


@pytest.mark.parametrize(
    ("item", "percent", "level"),
    [
        (REACH, Fraction(0), 0),
        (REACH, Fraction(10), 1),
        (REACH, Fraction(299, 10), 1),
        (REACH, Fraction(30), 2),
        (REACH, Fraction(60), 3),
        (REACH, Fraction(7999, 100), 3),
        (REACH, Fraction(80), 4),
        (LOOP, Fraction(0), 2),
        (LOOP, Fraction(60), 3),
        (LOOP, Fraction(80), 4),
    ],
)
def test_counts_support_levels_at_the_shares_of_the_anchors(item, percent, level):
    assert supported_level(item, percent / 100) == level


def test_a_claim_is_lowered_to_what_the_counts_support():
    claimed = answers_at(QMER, 3)
    found = supported_answers(
        QMER, claimed, {"SOCR-2": Fraction(41, 100), "SOCR-5": Fraction(7, 10)}
    )
    assert found.answers["SOCR-2"].level == 2
    assert {**found.answers, "SOCR-2": claimed["SOCR-2"]} == claimed
    (finding,) = found.findings
    assert (finding.item_id, finding.severity) == ("SOCR-2", ClaimSeverity.LOWERED)
    assert "claims level 3, but the counts show 41.0 %, which supports level 2" in finding.says


def test_where_quarters_were_added_the_finding_says_that_a_patient_may_count_twice():
    told = supported_answers(
        QMER, answers_at(QMER, 3), {"SOCR-2": Fraction(41, 100)}, {}, {"SOCR-2": "counted twice"}
    )
    (finding,) = [each for each in told.findings if each.item_id == "SOCR-2"]
    assert "the counts show 41.0 % (counted twice), which supports level 2" in finding.says
    assert finding.says.endswith("correct the counts or the answer.")


def test_counts_never_raise_a_claim():
    claimed = answers_at(QMER, 1)
    found = supported_answers(QMER, claimed, {"SOCR-2": Fraction(1), "SOCR-5": Fraction(1)})
    assert found.answers == claimed
    assert not found.findings


def test_without_counts_a_claim_stands_and_is_said_to_be_unchecked():
    claimed = answers_at(QMER, 3, SOCR_5="dk")
    found = supported_answers(QMER, claimed, {})
    assert found.answers == claimed
    assert [(f.item_id, f.severity) for f in found.findings] == [
        ("SOCR-2", ClaimSeverity.UNCHECKED)
    ]


def test_levels_that_do_not_go_together_are_worth_a_look():
    found = list(unlikely_pairs(QMER, answers_at(QMER, 3, REAL_5=1)))
    assert [(f.item_id, f.severity) for f in found] == [("PART-3", ClaimSeverity.UNLIKELY)]
    assert "REAL-5" in found[0].says
    assert not list(unlikely_pairs(QMER, answers_at(QMER, 3)))
    assert not list(unlikely_pairs(QMER, answers_at(QMER, 3, REAL_5="dk")))


def test_every_pair_names_items_that_are_asked():
    named = {each for pair in UNLIKELY_PAIRS for each in (pair.item_id, pair.without_id)}
    assert named <= QMER.item_by_id.keys()
