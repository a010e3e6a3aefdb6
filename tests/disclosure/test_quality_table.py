"""How the counts behind equity hang together, and which of them leave a group."""

from __future__ import annotations

from collections.abc import Mapping

import pytest

from readiness.core.periods import Period
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
    SampleCell,
)
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.disclosure.quality_table import RecordTotal, releasable_cells, table_of
from readiness.disclosure.solver.find_pattern import find_pattern
from readiness.disclosure.succession import PreviousRelease
from readiness.disclosure.suppression import protect
from readiness.disclosure.table import AddsUp, Residual

ENDING = Period(2026, 3)
RACE = StratumType.RACE
WHITE, ASIAN, BLACK = (Stratum(RACE, name) for name in ("white", "asian", "black"))
SAID = DemographicCell(
    DemographicField.RACE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT
)
DECLINED = DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED)
ENGLISH = DemographicCell(
    DemographicField.LANGUAGE, DemographicStatus.KNOWN, DemographicSource.SELF_REPORT
)


def pairs(given: Mapping[Stratum, tuple[int, int]]) -> dict[QualityCell, int]:
    found: dict[QualityCell, int] = {}
    for stratum, (above, below) in given.items():
        found[denominator(stratum)] = below
        found[numerator(stratum)] = above
    return found


def numerator(stratum: Stratum) -> MeasureCell:
    return MeasureCell("COL", MeasurePart.NUMERATOR, stratum)


def denominator(stratum: Stratum) -> MeasureCell:
    return MeasureCell("COL", MeasurePart.DENOMINATOR, stratum)


def hidden_cells(known: Mapping[QualityCell, int]) -> frozenset[object]:
    return frozenset(protect(table_of(known), 11, find_pattern).hidden)


def releasable(
    known: Mapping[QualityCell, int], reference: str = "", earlier=()
) -> set[QualityCell]:
    return set(releasable_cells(QualityCounts(ENDING, known), reference, earlier))


# What leaves.


def test_sites_and_samples_stay_inside() -> None:
    inside: dict[QualityCell, int] = {
        SampleCell("white", "white"): 90,
        DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED, None, "elm-1"): 40,
        denominator(Stratum(StratumType.SITE, "elm-1")): 300,
    }
    assert releasable({**pairs({ALL: (60, 100)}), DECLINED: 40, **inside}) == {
        denominator(ALL),
        numerator(ALL),
        DECLINED,
    }


OLD, NEW = Stratum(StratumType.RACE_1997, "white"), WHITE


@pytest.mark.parametrize(
    ("reference", "leaves"), [("", NEW), ("race_omb1997.white", OLD), ("language.english", NEW)]
)
def test_one_scheme_of_race_leaves_by_the_declared_reference(reference, leaves) -> None:
    assert releasable(pairs({OLD: (30, 60), NEW: (28, 57)}), reference) == {
        denominator(leaves),
        numerator(leaves),
    }


def test_the_scheme_that_left_once_stays() -> None:
    before = PreviousRelease(1, pairs({OLD: (30, 60)}), pairs({OLD: (30, 60)}))
    known = pairs({OLD: (30, 60), NEW: (28, 57)})
    assert releasable(known, "race_omb2024.white", (before,)) == {denominator(OLD), numerator(OLD)}


def test_a_reference_in_a_scheme_that_nobody_entered_changes_nothing() -> None:
    assert releasable(pairs({NEW: (28, 57)}), "race_omb1997.white") == {
        denominator(NEW),
        numerator(NEW),
    }


# How it hangs together.


def test_who_does_not_meet_a_measure_is_counted_too() -> None:
    made = table_of(pairs({ALL: (95, 100)}))
    rest = Residual(denominator(ALL), (numerator(ALL),))
    assert made.counts[rest] == 5
    assert AddsUp(denominator(ALL), (numerator(ALL), rest)) in made.sums
    assert hidden_cells(pairs({ALL: (95, 100)})) & {numerator(ALL), denominator(ALL)}


def test_strata_that_make_up_the_whole_have_no_rest() -> None:
    made = table_of(pairs({ALL: (60, 100), WHITE: (40, 60), ASIAN: (20, 40)}))
    assert AddsUp(denominator(ALL), (denominator(ASIAN), denominator(WHITE))) in made.sums
    assert not [cell for cell in made.counts if isinstance(cell, Residual) and len(cell.parts) > 1]


def test_strata_that_do_not_make_up_the_whole_leave_a_rest_of_each_kind() -> None:
    made = table_of(pairs({ALL: (60, 100), WHITE: (40, 60), ASIAN: (15, 32)}))
    of_counted, of_met = (
        Residual(of(ALL), (of(ASIAN), of(WHITE))) for of in (denominator, numerator)
    )
    of_not_met = Residual(of_counted, (of_met,))
    assert [made.counts[each] for each in (of_counted, of_met, of_not_met)] == [8, 5, 3]
    assert AddsUp(of_counted, (of_met, of_not_met)) in made.sums


def test_a_hidden_stratum_is_not_the_whole_minus_the_others() -> None:
    known = pairs({ALL: (60, 100), WHITE: (36, 60), ASIAN: (20, 35), BLACK: (4, 5)})
    gone = hidden_cells(known)
    assert {denominator(BLACK), numerator(BLACK)} <= gone
    assert gone & {denominator(ALL), denominator(WHITE), denominator(ASIAN)}
    assert not gone & {denominator(ALL), numerator(ALL)}  # all patients are read first


def test_breakdowns_of_nobody_s_whole_are_held_against_each_other() -> None:
    """Whoever reads one breakdown in full knows what the other adds up to."""
    language = [Stratum(StratumType.LANGUAGE, name) for name in ("english", "spanish", "other")]
    known = pairs(
        {
            WHITE: (36, 60),
            ASIAN: (20, 40),
            **dict(zip(language, [(30, 55), (23, 41), (3, 4)], strict=True)),
        }
    )
    others = {denominator(each) for each in (WHITE, ASIAN, *language[:2])}
    assert denominator(language[2]) in hidden_cells(known)
    assert hidden_cells(known) & others


def test_estimated_race_is_a_breakdown_of_its_own() -> None:
    estimated: dict[QualityCell, int] = {
        MeasureCell("COL", MeasurePart.DENOMINATOR, each, is_estimated=True): 50
        for each in (WHITE, ASIAN)
    }
    made = table_of({**pairs({ALL: (60, 100), WHITE: (60, 100)}), **estimated})
    assert AddsUp(denominator(ALL), tuple(sorted(estimated))) in made.sums


def test_the_states_of_a_record_are_all_patients_of_both_fields() -> None:
    made = table_of({SAID: 90, DECLINED: 14, ENGLISH: 100})
    assert made.counts[RecordTotal(DemographicField.RACE)] == 104
    assert (
        made.counts[
            Residual(RecordTotal(DemographicField.RACE), (RecordTotal(DemographicField.LANGUAGE),))
        ]
        == 4
    )
    same = table_of({SAID: 90, DECLINED: 10, ENGLISH: 100})
    assert AddsUp(
        RecordTotal(DemographicField.RACE), (RecordTotal(DemographicField.LANGUAGE),)
    ) in same.sums or (
        AddsUp(RecordTotal(DemographicField.LANGUAGE), (RecordTotal(DemographicField.RACE),))
        in same.sums
    )


def test_a_small_state_of_the_record_takes_another_along_when_the_whole_is_known() -> None:
    gone = hidden_cells({SAID: 95, DECLINED: 5, ENGLISH: 100})
    assert DECLINED in gone
    assert gone & {SAID, ENGLISH}


def test_numbers_that_contradict_each_other_are_protected_as_they_stand() -> None:
    known = pairs({ALL: (60, 50), WHITE: (70, 90)})
    made = table_of(known)
    assert all(people >= 0 for people in made.counts.values())
    assert hidden_cells(known) == frozenset()


def test_how_many_are_known_is_shown_rather_than_how_many_were_not_asked() -> None:
    not_asked = DemographicCell(DemographicField.RACE, DemographicStatus.NOT_ASKED)
    assert hidden_cells({SAID: 75, DECLINED: 5, not_asked: 20, ENGLISH: 100}) == {
        DECLINED,
        not_asked,
    }
