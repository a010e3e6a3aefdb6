"""What a group's own counts say of its patient groups."""

from __future__ import annotations

import pytest

from readiness.core.db import Session
from readiness.core.errors import NotFound
from readiness.core.periods import Period
from readiness.counts.strata import StratumType
from readiness.equity.gates import Use
from readiness.equity.service import results
from readiness.equity.service.results import MERGED, ResultsFilters, labels_of
from readiness.equity.tables import kind_label
from tests.factories.assessments import actor
from tests.factories.quality_counts import counts, declare, enter
from tests.factories.world import NOW

Q4 = Period(2026, 4)
SIZES = {"white": (700, 1000), "black": (180, 300), "asian": (5, 8), "nhpi": (10, 20)}
FIRST = ResultsFilters()
WHITE, BLACK = "White alone", "Black or African American alone"


def shown(store, wish=FIRST, person="cara"):
    return results.results(Session(store, actor(store, person), NOW), "elm", "2026-Q4", wish)


def year(store, back, pairs, measure="COL"):
    enter(store, Q4.plus(-4 * back), counts(pairs, measure), NOW)


def gap_of(split, stratum):
    return next(gap for gap in split.finding.gaps if gap.stratum == stratum)


def test_a_period_without_strata_shows_nothing_and_picks_nothing(store):
    found = shown(store)
    assert (found.split, found.measures, found.kinds) == (None, (), {})


def test_without_a_declared_reference_there_is_no_gap(store):
    year(store, 0, SIZES)
    split = shown(store).split
    assert split.finding.gaps == ()
    assert len(split.finding.rates) == 4


def test_gaps_are_to_the_declared_reference_and_carry_its_label(store):
    year(store, 0, SIZES)
    declare(store, Q4, "race_omb2024.white", NOW)
    split = shown(store).split
    assert split.reference == WHITE
    assert gap_of(split, BLACK).difference == pytest.approx(-0.1)
    assert gap_of(split, BLACK).reliability is None
    assert gap_of(split, "Asian alone").use is Use.HIDDEN


def test_a_reference_for_another_way_of_splitting_is_named_and_not_used(store):
    year(store, 0, SIZES)
    spoken = {"english": (600, 900), "spanish": (60, 100)}
    enter(store, Q4, counts(spoken, kind=StratumType.LANGUAGE), NOW)
    declare(store, Q4, "race_omb2024.white", NOW)
    found = shown(store, ResultsFilters("COL", "language"))
    assert (found.declared, found.split.reference, found.split.finding.gaps) == (WHITE, None, ())


def test_the_group_s_own_small_counts_are_there(store):
    year(store, 0, SIZES)
    assert shown(store).split.finding.table.counts["Asian alone"].denominator == 8


def test_years_are_added_up_only_when_asked_and_only_next_to_each_other(store):
    for back in (0, 1, 3):
        year(store, back, SIZES)
    declare(store, Q4, "race_omb2024.white", NOW)
    alone, together = shown(store).split, shown(store, ResultsFilters(pools_years=True)).split
    assert alone.may_pool == (Q4.plus(-4), Q4)
    assert alone.pooled == ()
    assert together.pooled == (Q4.plus(-4), Q4)
    assert together.finding.table.counts[BLACK].denominator == 600
    assert together.change is None


def test_small_groups_are_put_together_only_when_asked(store):
    year(store, 0, SIZES)
    alone, merged = shown(store).split, shown(store, ResultsFilters(merges_small=True)).split
    small = ("Asian alone", "Native Hawaiian or Pacific Islander alone")
    assert set(alone.may_merge) == set(small)
    assert alone.merged == ()
    assert merged.finding.table.counts[MERGED].pair == (15, 28)
    assert set(merged.merged) == set(small)


def told_of_the_unknown(store, wish=FIRST):
    split = shown(store, wish).split
    return gap_of(split, BLACK).could_flip, split.missing


@pytest.mark.parametrize("wish", [FIRST, ResultsFilters(pools_years=True)])
def test_patients_in_no_stratum_count_as_those_in_a_row_of_unknown(store, wish):
    declare(store, Q4, "race_omb2024.white", NOW)
    everybody = counts({"total": (560, 1000)}, kind=StratumType.TOTAL)
    for back in (0, 1):
        year(store, back, {"white": (300, 500), "black": (100, 200)})
        enter(store, Q4.plus(-4 * back), everybody, NOW)
    in_no_row = told_of_the_unknown(store, wish)
    for back in (0, 1):
        year(store, back, {"unknown": (160, 300)})
    assert told_of_the_unknown(store, wish) == in_no_row
    assert in_no_row[0] is True
    assert in_no_row[1]


def test_years_added_up_know_of_patients_in_no_stratum_only_where_all_were_counted(store):
    declare(store, Q4, "race_omb2024.white", NOW)
    year(store, 1, {"white": (300, 500), "black": (100, 200)})
    year(store, 0, {"white": (30, 50), "black": (10, 20)})
    enter(store, Q4, counts({"total": (860, 1600)}, kind=StratumType.TOTAL), NOW)
    assert told_of_the_unknown(store, ResultsFilters(pools_years=True)) == (False, None)


def test_nothing_is_offered_where_every_group_is_large_enough(store):
    for back in (0, 1):
        year(store, back, {"white": (700, 1000), "black": (180, 300)})
    split = shown(store).split
    assert (split.may_pool, split.may_merge) == ((), ())


def test_the_change_is_since_the_year_before(store):
    year(store, 1, {"white": (750, 1000), "black": (180, 300)})
    year(store, 0, {"white": (700, 1000), "black": (180, 300)})
    declare(store, Q4, "race_omb2024.white", NOW)
    change = shown(store).split.change
    assert change.since == "2025-Q4"
    assert change.every_group_improved is False
    says = next(each.says for each in change.strata if each.stratum == BLACK)
    assert f"only because {WHITE} did worse than before" in says


@pytest.mark.parametrize(("years", "length"), [(2, 0), (3, 3)])
def test_a_run_takes_three_years(store, years, length):
    for back in range(years):
        year(store, back, SIZES)
    assert len(shown(store).split.run) == length


@pytest.mark.parametrize(
    "wish",
    [ResultsFilters("NONE"), ResultsFilters("COL", "age"), ResultsFilters("COL", "nonsense")],
)
def test_what_was_not_entered_is_not_found(store, wish):
    year(store, 0, SIZES)
    with pytest.raises(NotFound):
        shown(store, wish)


@pytest.mark.parametrize("person", ["omar", "pete"])
def test_nobody_else_sees_them(store, person):
    year(store, 0, SIZES)
    with pytest.raises(NotFound):
        shown(store, person=person)


def test_sites_of_one_name_stay_apart():
    names = labels_of("site", {"a": "Main Street", "b": "Main Street", "c": "Hill"})
    assert len(set(names.values())) == 3


def test_a_payer_s_estimate_is_never_called_what_patients_said():
    assert "estimated" in kind_label("race_omb2024_estimated")
