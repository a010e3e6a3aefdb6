from __future__ import annotations

from fractions import Fraction

import pytest

from readiness.instruments.quantities import Quantity, parse_quantity

GROUP = {"sites": 8, "clinicians_fte": 12.5, "name": "Elm", "open": True, "none": 0}


@pytest.mark.parametrize(
    ("text", "units"),
    [
        ("1", 1),
        ("sites", 8),
        ("sites * 2 + 1", 17),
        ("(sites - 2) / 4", Fraction(3, 2)),
        ("clinicians_fte / 40", Fraction(5, 16)),
        ("0.1", Fraction(1, 10)),
        ("sites / none", None),
        ("patients * 2", None),
        ("name", None),
        ("open", None),
    ],
)
def test_units_are_exact_or_unknown(text, units):
    assert parse_quantity(text).units(GROUP) == units


@pytest.mark.parametrize("value", [float("inf"), float("nan"), None, [1]])
def test_what_is_not_a_number_is_unknown(value):
    assert Quantity("sites * 2").units({"sites": value}) is None


@pytest.mark.parametrize(
    "text",
    ["", "sites ** 9", "sites.x", "f(1)", "'a'", "true and 1", "-sites", "(" * 150, "1 " * 150],
)
def test_whatever_is_outside_the_grammar_is_refused(text):
    with pytest.raises(ValueError, match=r"quantity may not|is not a quantity"):
        parse_quantity(text)


def test_it_names_the_keys_it_reads():
    assert parse_quantity("sites * clinicians_fte / 2").keys == {"sites", "clinicians_fte"}
