"""Values as plain JSON, and the same values back."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction

import pytest

from readiness.core import serialization


class Color(StrEnum):
    RED = "red"


@dataclass(frozen=True)
class Leaf:
    share: Fraction
    cost: Decimal
    maybe: int | None
    pair: tuple[str, int]


@dataclass(frozen=True)
class Tree:
    leaves: tuple[Leaf, ...]
    names: frozenset[str]
    by_color: Mapping[Color, float]
    is_tall: bool
    other: Leaf | None = None


LEAF = Leaf(Fraction(1, 3), Decimal("0.10"), None, ("a", 2))
TREE = Tree((LEAF,), frozenset({"b", "a"}), {Color.RED: 1}, is_tall=True)


@pytest.mark.parametrize("tree", [TREE, Tree((), frozenset(), {}, False, LEAF)])
def test_a_value_comes_back_as_it_was_through_json(tree):
    assert (
        serialization.from_json(Tree, json.loads(json.dumps(serialization.to_json(tree)))) == tree
    )


def test_exact_numbers_lose_no_digit():
    assert serialization.to_json(LEAF)["share"] == "1/3"
    assert serialization.to_json(LEAF)["cost"] == "0.10"


def test_sets_stand_in_one_order():
    assert serialization.to_json(frozenset({"c", "a", "b"})) == ["a", "b", "c"]


def test_what_does_not_fit_is_refused():
    with pytest.raises(ValueError, match="cost"):
        serialization.from_json(Leaf, {"share": "1/3", "unknown": 1})
