"""One reader for every number that people type or send: no comma makes it another number."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.core.numbers import CommaFault, comma_fault, comma_in, number_in, whole_in

WRITTEN = st.decimals(-(10**12), 10**12, allow_nan=False, places=3)


@given(WRITTEN)
def test_a_number_reads_as_itself_with_and_without_its_thousands_commas(number):
    assert number_in(f"{number:f}") == number
    assert number_in(f"{number:,f}") == number


@given(st.text("0123456789,.-+$% e", max_size=20))
def test_a_text_with_a_comma_reads_as_without_its_thousands_commas_or_not_at_all(text):
    found = number_in(text, "$%")
    if "," in text and found is not None:
        whole = text.strip(" $%+-").partition(".")[0]
        assert f"{int(whole.replace(',', '')):,}" == whole
        assert found == Decimal(text.strip(" $%").replace(",", ""))


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("12,5", "“12,5” is written with a decimal comma. Write 12.5."),
        ("12,50", "“12,50” is written with a decimal comma. Write 12.50."),
        ("1,23", "“1,23” is written with a decimal comma. Write 1.23."),
        ("1,2345", "“1,2345” is written with a decimal comma. Write 1.2345."),
        (",5", "“,5” is written with a decimal comma. Write 0.5."),
        ("-3,5", "“-3,5” is written with a decimal comma. Write -3.5."),
        ("0,125", "“0,125” is written with a decimal comma. Write 0.125."),
        ("1.234,56", "“1.234,56” is written with a decimal comma. Write 1,234.56."),
        ("1 234,56", "“1 234,56” is written with a decimal comma. Write 1,234.56."),
        ("$12,5 ", "“12,5” is written with a decimal comma. Write 12.5."),
        ("1,23,456", f"“1,23,456” {CommaFault.MISPLACED.value}"),
        ("1,234,56", f"“1,234,56” {CommaFault.MISPLACED.value}"),
        ("12,", f"“12,” {CommaFault.MISPLACED.value}"),
        ("1234,567.5", f"“1234,567.5” {CommaFault.MISPLACED.value}"),
    ],
)
def test_a_comma_that_marks_no_thousands_is_refused_by_name(text, says):
    assert number_in(text, "$") is None
    assert comma_fault(text, "$") == says
    assert comma_in(text, "$") is not None


@pytest.mark.parametrize("text", ["1e3", "NaN", "Infinity", "1_000", "١٢", "１２", "", ".", "--1"])
def test_what_is_no_number_has_no_comma_to_name(text):
    assert (number_in(text), comma_fault(text)) == (None, "")


@pytest.mark.parametrize("text", ["Doe, Jo", "1, 2", "9" * 61, "1" + ",000" * 20])
def test_a_text_that_is_no_number_is_never_said_again(text):
    assert (number_in(text), comma_fault(text)) == (None, "")


def test_a_mark_is_read_where_it_may_stand_alone():
    assert [number_in("$40", "$"), number_in("70 %", "%")] == [Decimal(40), Decimal(70)]
    assert (number_in("$40"), number_in("70 %", "$"), number_in("$$4", "$")) == (None, None, None)


def test_a_whole_number_may_have_a_point_and_zeros():
    assert (whole_in("1,204"), whole_in("12.0"), whole_in("12.5")) == (1204, 12, None)
