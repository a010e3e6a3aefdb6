from __future__ import annotations

from datetime import UTC, datetime

from readiness.counts.edits import latest, merge
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
