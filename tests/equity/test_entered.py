from __future__ import annotations

from readiness.core.periods import Period
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
)
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.equity.tables import StratumCount, rows_of, tables_of

ENDING = Period(2026, 3)
WHITE, ASIAN = (Stratum(StratumType.RACE, name) for name in ("white", "asian"))


def both(
    above: int | None, below: int | None, stratum: Stratum = ALL, *, is_estimated: bool = False
) -> dict[QualityCell, int | None]:
    return {
        MeasureCell("COL", MeasurePart.NUMERATOR, stratum, is_estimated): above,
        MeasureCell("COL", MeasurePart.DENOMINATOR, stratum, is_estimated): below,
    }


def test_all_patients_come_first_and_strata_in_the_order_of_their_list() -> None:
    rows = rows_of("g", ENDING, {**both(30, 60, WHITE), **both(12, 20, ASIAN), **both(42, 80)})
    assert [(row.place.stratum_type, row.stratum) for row in rows] == [
        ("total", "total"),
        ("race_omb2024", "asian"),
        ("race_omb2024", "white"),
    ]
    assert {(row.place.measure, row.place.period, row.place.group_id) for row in rows} == {
        ("COL", "2026-Q3", "g")
    }


def test_hidden_is_none_and_a_number_that_is_not_known_makes_no_row() -> None:
    values = {**both(None, 60, WHITE), **both(12, 20, ASIAN)}
    del values[MeasureCell("COL", MeasurePart.NUMERATOR, ASIAN)]
    assert [row.count for row in rows_of("g", ENDING, values)] == [StratumCount(None, 60)]


def test_estimated_race_makes_a_table_of_its_own() -> None:
    rows = rows_of("g", ENDING, {**both(3, 6, WHITE), **both(5, 9, WHITE, is_estimated=True)})
    assert {table.place.stratum_type: table.counts["white"] for table in tables_of(rows)} == {
        "race_omb2024": StratumCount(3, 6),
        "race_omb2024_estimated": StratumCount(5, 9),
    }


def test_how_race_is_known_makes_no_row() -> None:
    assert (
        rows_of(
            "g", ENDING, {DemographicCell(DemographicField.RACE, DemographicStatus.DECLINED): 5}
        )
        == ()
    )
