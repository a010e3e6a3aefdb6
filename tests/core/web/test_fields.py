"""Numbers as people type them."""

from __future__ import annotations

from decimal import Decimal

import pytest
from werkzeug.datastructures import MultiDict
from wtforms import Form

from readiness.core.web.fields import (
    AmountField,
    CentsField,
    NumberField,
    PercentField,
    WholeNumberField,
)


class Typed(Form):  # type: ignore[misc]
    number = NumberField("Number")
    percent = PercentField("Percent", low=0.1, high=100, says="Give a percentage.")
    whole = WholeNumberField("Whole", high=500_000)
    amount = AmountField("Amount")
    cents = CentsField("Cents")


def typed(name: str, text: str) -> Typed:
    form = Typed(MultiDict({name: text}))
    form.validate()
    return form


@pytest.mark.parametrize(
    ("name", "text", "number"),
    [
        ("number", " 1,200 ", "1200"),
        ("number", "-0.5", "-0.5"),
        ("percent", "70 %", "70"),
        ("percent", "0.1", "0.1"),
        ("whole", "$500,000", "500000"),
        ("amount", "$40.005", "40.005"),
        ("cents", "1,299.50", "1299.5"),
    ],
)
def test_a_number_is_read_as_people_write_it(name, text, number):
    form = typed(name, text)
    assert (form[name].number, form.errors) == (Decimal(number), {})


@pytest.mark.parametrize(
    ("name", "text", "says"),
    [
        ("number", "many", "Enter a number, such as 1,200 or 0.5, or leave it empty."),
        ("number", "70 %", "Enter a number, such as 1,200 or 0.5, or leave it empty."),
        ("number", "NaN", "Enter a number, such as 1,200 or 0.5, or leave it empty."),
        ("percent", "100.1", "Give a percentage."),
        ("whole", "500,001", "Enter a whole number up to 500,000, or leave it empty."),
        ("whole", "1.5", "Enter a whole number up to 500,000, or leave it empty."),
        ("whole", "-1", "Enter a whole number up to 500,000, or leave it empty."),
        ("whole", "1e3", "Enter a whole number up to 500,000, or leave it empty."),
        ("whole", "1_000", "Enter a whole number up to 500,000, or leave it empty."),
        ("whole", "١٢", "Enter a whole number up to 500,000, or leave it empty."),
        ("amount", "1e999999", "Enter an amount in dollars, such as 12,500, or leave it empty."),
        ("cents", "1.005", "Enter an amount in dollars, such as 12,500 or 1,299.50."),
        ("cents", "١٢", "Enter an amount in dollars, such as 12,500 or 1,299.50."),
        ("number", "1e3", "Enter a number, such as 1,200 or 0.5, or leave it empty."),
        ("number", "12,5", "“12,5” is written with a decimal comma. Write 12.5."),
        ("percent", "2,5 %", "“2,5” is written with a decimal comma. Write 2.5."),
        ("whole", "0,500", "“0,500” is written with a decimal comma. Write 0.500."),
        ("amount", "1.234,56", "“1.234,56” is written with a decimal comma. Write 1,234.56."),
        ("cents", "$12,50", "“12,50” is written with a decimal comma. Write 12.50."),
    ],
)
def test_what_is_no_such_number_is_told_with_an_example(name, text, says):
    form = typed(name, text)
    assert (form[name].number, form.errors) == (None, {name: [says]})


def test_an_empty_field_is_in_error_only_where_a_number_is_asked_for():
    class Asked(Form):  # type: ignore[misc]
        needed = PercentField("Needed", is_required=True, says="Give a percentage.")

    assert Typed(MultiDict({"number": " "})).validate()
    asked = Asked(MultiDict({"needed": " "}))
    assert (asked.validate(), asked.needed.errors) == (False, ["Give a percentage."])
