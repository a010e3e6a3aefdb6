from __future__ import annotations

import pytest

from readiness.incentives.design import RULE_MEANS, Rule, problems_of
from tests.factories.populations import a_design


def places(**changes):
    return {problem.place for problem in problems_of(a_design(**changes))}


def test_a_plain_design_has_no_problem():
    assert not places()


@pytest.mark.parametrize(
    ("changes", "place"),
    [
        ({"name": " "}, "name"),
        ({"measure_ids": ()}, "measure_ids"),
        ({"measure_ids": ("m0", "m0")}, "measure_ids"),
        ({"pool": 0}, "pool"),
        ({"rule": Rule.COMPOSITE}, "weights"),
        ({"rule": Rule.COMPOSITE, "weights": {Rule.NARROWING: 1}}, "weights"),
        ({"rule": Rule.COMPOSITE, "weights": {Rule.NARROWING: 2, Rule.LIFTING: -1}}, "weights"),
        ({"rule": Rule.COMPOSITE, "weights": {Rule.LIFTING: 1, Rule.COMPOSITE: 1}}, "weights"),
        ({"least_points": -1}, "least_points"),
        ({"least_points": 3, "full_points": 2}, "full_points"),
        ({"rule": Rule.ATTAINMENT}, "attainment"),
        ({"rule": Rule.ATTAINMENT, "attainment": 1.2}, "attainment"),
        ({"least_denominator": 0}, "least_denominator"),
        ({"least_reliability": 1}, "least_reliability"),
        ({"confidence": 0.4}, "confidence"),
        ({"confidence": 1.0}, "confidence"),
        ({"fall_tolerance_points": -2}, "fall_tolerance_points"),
    ],
)
def test_what_cannot_be_simulated_is_told_with_its_place(changes, place):
    assert places(**changes) == {place}


def test_all_problems_are_told_at_once():
    assert places(name="", pool=-1, confidence=2) == {"name", "pool", "confidence"}


def test_the_parts_of_a_composite_add_up_to_one():
    composite = a_design(
        rule=Rule.COMPOSITE, weights={Rule.NARROWING: 3, Rule.LIFTING: 1, Rule.ATTAINMENT: 0}
    )
    assert composite.shares == {Rule.NARROWING: 0.75, Rule.LIFTING: 0.25}
    assert a_design(rule=Rule.LIFTING).shares == {Rule.LIFTING: 1}


def test_every_rule_is_explained():
    assert set(RULE_MEANS) == set(Rule)
