from __future__ import annotations

import pytest

from readiness.counts.edits import count_of


@pytest.mark.parametrize(
    ("text", "count"),
    [("0", 0), ("40", 40), (" 40 ", 40), ("1,204", 1204), ("007", 7), ("9,999,999", 9_999_999)],
)
def test_a_whole_number_is_a_count(text, count):
    assert count_of(text) == count


@pytest.mark.parametrize("text", ["", " ", "\t\n"])
def test_a_blank_is_not_known_rather_than_zero(text):
    assert count_of(text) is None


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("-1", "less than 0"),
        ("−3", "less than 0"),
        ("3.5", "not a whole number"),
        ("3.0", "not a whole number"),
        ("1e3", "not a whole number"),
        ("0x10", "not a whole number"),
        ("1_000", "not a whole number"),
        ("12,34", "not a whole number"),
        ("٣", "not a whole number"),
        ("²", "not a whole number"),
        ("forty", "not a whole number"),
        ("NaN", "not a whole number"),
        ("n/a", "not a whole number"),
        ("-", "not a whole number"),
        ("<11", "Enter the true number"),
        ("10000000", "more than 9,999,999"),
        ("9" * 5000, "too long"),
        ("\x00", "not a whole number"),
    ],
)
def test_anything_else_is_refused_with_a_sentence(text, says):
    with pytest.raises(ValueError, match=says) as refused:
        count_of(text)
    assert len(str(refused.value)) < 200, "what was typed is not repeated at length"
