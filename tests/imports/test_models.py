from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from readiness.core.periods import Period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.imports.models import (
    CountComparison,
    Upload,
    UploadState,
    changes_by_site,
    compare_counts,
    counts_after,
    replaced_by,
)

AT = datetime(2027, 1, 15, tzinfo=UTC)
Q3, Q4 = Period(2026, 3), Period(2026, 4)
FOOD, HOUSING = FunnelCell(Step.SCREENED, Need.FOOD), FunnelCell(Step.SCREENED, Need.HOUSING)
WANTS = FunnelCell(Step.WANTS_HELP, Need.FOOD)
SPANISH, ENGLISH = (
    FunnelCell(Step.SCREENED, Need.FOOD, Stratum(StratumType.LANGUAGE, name))
    for name in ("spanish", "english")
)


def test_a_file_replaces_what_it_speaks_of_and_leaves_the_rest():
    standing = {"": {FOOD: 10, HOUSING: 20, WANTS: 3}}
    changed = changes_by_site(standing, {"": {FOOD: 12}})
    assert changed == {"": {FOOD: 12}}
    assert counts_after(standing[""], changed[""]) == {FOOD: 12, HOUSING: 20, WANTS: 3}


def test_what_is_the_same_is_no_change():
    assert changes_by_site({"": {FOOD: 10}}, {"": {FOOD: 10}}) == {}


def test_a_part_that_the_file_leaves_out_has_nothing_any_more():
    standing = {"": {FOOD: 10, SPANISH: 4, ENGLISH: 6}}
    changed = changes_by_site(standing, {"": {FOOD: 10, ENGLISH: 10}})
    assert changed == {"": {ENGLISH: 10, SPANISH: None}}
    assert counts_after(standing[""], changed[""]) == {FOOD: 10, ENGLISH: 10}


def test_a_breakdown_that_the_file_does_not_have_goes_with_the_count_it_was_part_of():
    spanish_who_want = FunnelCell(Step.WANTS_HELP, Need.FOOD, SPANISH.stratum)
    standing = {"": {SPANISH: 4, spanish_who_want: 2}}
    assert changes_by_site(standing, {"": {FOOD: 10}}) == {"": {FOOD: 10, SPANISH: None}}


def test_a_site_that_the_file_leaves_out_has_nothing_any_more():
    standing = {"": {FOOD: 10}, "north": {FOOD: 10, WANTS: 3}}
    changed = changes_by_site(standing, {"": {FOOD: 12}, "south": {FOOD: 12}})
    assert changed == {"": {FOOD: 12}, "north": {FOOD: None}, "south": {FOOD: 12}}


def test_counts_are_compared_one_by_one():
    standing, brought = {FOOD: 10, SPANISH: 4}, {FOOD: 12, ENGLISH: 10}
    changed = changes_by_site({"": standing}, {"": brought})[""]
    assert set(compare_counts(standing, brought, changed)) == {
        CountComparison(FOOD, 10, 12),
        CountComparison(ENGLISH, None, 10),
        CountComparison(SPANISH, 4, None),
    }


def confirmed(upload_id, day, *quarters):
    at = AT + timedelta(days=day)
    upload = Upload(upload_id, "elm", "0", "cara", at, UploadState.CONFIRMED)
    return replace(upload, quarters=quarters, taken=quarters, decided_at=at)


def test_an_upload_is_replaced_by_the_next_for_the_same_quarter():
    first, second, third = confirmed("a", 0, Q3, Q4), confirmed("b", 1, Q4), confirmed("c", 2, Q4)
    everything = (third, second, first)
    assert replaced_by(first, Q4, everything) == second
    assert replaced_by(second, Q4, everything) == third
    assert replaced_by(third, Q4, everything) is None
    assert replaced_by(first, Q3, everything) is None
    assert replaced_by(second, Q3, everything) is None
