from __future__ import annotations

from datetime import UTC, datetime

import pytest

from readiness.counts.edits import count_of, latest, merge
from readiness.counts.models import CountClash, Revision
from readiness.counts.social_risk.models import FunnelCell, Step

AT = datetime(2026, 10, 5, tzinfo=UTC)
ELIGIBLE, SCREENED = FunnelCell(Step.ELIGIBLE), FunnelCell(Step.SCREENED)


def history(cell: FunnelCell, *values: int | None):
    return {cell: [Revision(cell, n, v, "cara", AT) for n, v in enumerate(values, start=1)]}


def test_a_first_number_is_new():
    found = merge({}, {}, {ELIGIBLE: 400, SCREENED: None})
    assert found.changed == {ELIGIBLE: 400}
    assert found.clashes == ()


def test_what_was_not_touched_follows_whoever_changed_it():
    found = merge(history(ELIGIBLE, 400, 410), {ELIGIBLE: 1}, {ELIGIBLE: 400})
    assert (found.changed, found.clashes, found.values) == ({}, (), {ELIGIBLE: 410})


def test_two_different_changes_clash_and_both_are_named():
    found = merge(history(ELIGIBLE, 400, 410), {ELIGIBLE: 1}, {ELIGIBLE: 420})
    assert found.clashes == (CountClash(ELIGIBLE, mine=420, theirs=410),)
    assert found.values == {ELIGIBLE: 420}


def test_the_same_change_by_two_is_no_clash():
    found = merge(history(ELIGIBLE, 400, 410), {ELIGIBLE: 1}, {ELIGIBLE: 410})
    assert (found.changed, found.clashes) == ({}, ())


def test_zero_where_another_cleared_the_field_is_a_clash():
    found = merge(history(ELIGIBLE, 400, None), {ELIGIBLE: 1}, {ELIGIBLE: 0})
    assert found.clashes == (CountClash(ELIGIBLE, mine=0, theirs=None),)


def test_clearing_a_field_is_a_change():
    found = merge(history(ELIGIBLE, 400), {ELIGIBLE: 1}, {ELIGIBLE: None})
    assert found.changed == {ELIGIBLE: None}


def test_a_cleared_count_is_not_known():
    assert latest(history(ELIGIBLE, 400, None)) == {}
    assert latest(history(ELIGIBLE, 400, 0)) == {ELIGIBLE: 0}


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
        ("12,34", "written with a decimal comma. A count is a whole number"),
        ("1.234,5", "written with a decimal comma"),
        ("1,23,456", "comma out of place"),
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
