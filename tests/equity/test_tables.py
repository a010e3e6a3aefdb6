from __future__ import annotations

import pytest

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
from readiness.equity.tables import StratumCount, merge_strata, pool_periods, rows_of, tables_of
from tests.factories.equity_rows import rows


def test_rows_of_one_place_are_one_table():
    found = tables_of([*rows({"white": (70, 100)}), *rows({"black": (30, 50)}),
                       *rows({"white": (7, 20)}, group_id="oak")])  # fmt: skip
    assert [(each.place.group_id, list(each.counts)) for each in found] == [
        ("elm", ["white", "black"]),
        ("oak", ["white"]),
    ]


@pytest.mark.parametrize("pair", [(11, 10), (-1, 10)])
def test_more_than_all_is_refused(pair):
    with pytest.raises(ValueError, match=r"elm, 2026, COL, race_omb2024 white: .* cannot be"):
        tables_of(rows({"white": pair}))


def test_a_stratum_that_is_there_twice_is_refused():
    with pytest.raises(ValueError, match="there twice"):
        tables_of([*rows({"white": (7, 10)}), *rows({"white": (7, 10)})])


def test_declined_and_unknown_are_no_group_of_people():
    table = tables_of(rows({"white": (70, 100), "unknown": (5, 20), "declined": (3, 12)}))[0]
    assert list(table.groups) == ["white"]
    assert table.unknown == (8, 32)


def test_of_the_unknown_nothing_is_told_when_one_number_is_hidden():
    table = tables_of(rows({"white": (70, 100), "unknown": (None, 20)}))[0]
    assert table.unknown is None


ALL_PATIENTS = rows({"total": (100, 200)}, stratum_type="total")
HALF = {"white": (70, 100)}


@pytest.mark.parametrize(
    ("counts", "fewest", "most"),
    [
        (HALF, (30, 100), (30, 100)),
        ({**HALF, "unknown": (5, 20)}, (30, 100), (30, 100)),
        ({**HALF, "unknown": (None, None)}, (30, 100), (30, 100)),
        ({**HALF, "black": (None, 30), "unknown": (5, 20)}, (5, 20), (30, 100)),
        ({"white": (101, 150)}, None, None),
    ],
)
def test_patients_in_no_stratum_are_unknown_and_the_hidden_may_be(counts, fewest, most):
    table, _ = tables_of([*rows(counts), *ALL_PATIENTS])
    assert table.unknown_range == (fewest, most)
    assert table.unknown == (most if fewest == most else None)


def test_where_all_patients_are_hidden_only_the_fewest_unknown_are_told():
    hidden = rows({"total": (None, 200)}, stratum_type="total")
    table, _ = tables_of([*rows({**HALF, "unknown": (5, 20)}), *hidden])
    assert table.unknown_range == ((5, 20), None)


def test_a_stratum_with_a_hidden_number_is_not_compared():
    hidden = rows({"white": (70, 100), "black": (None, 30)})
    assert list(tables_of(hidden)[0].groups) == ["white"]


def test_years_added_up_hide_what_one_of_them_hides():
    two = [*rows({"white": (70, 100), "black": (None, 9)}),
           *rows({"white": (30, 50), "black": (8, 20)}, period="2025")]  # fmt: skip
    found = pool_periods(two, "2025 and 2026")
    assert [row.count for row in found] == [StratumCount(100, 150), StratumCount(None, 29)]
    assert {row.place.period for row in found} == {"2025 and 2026"}


def test_strata_rolled_up_are_added():
    found = merge_strata(
        rows({"white": (70, 100), "nhpi": (3, 9), "aian": (4, 8)}),
        {"nhpi": "all others", "aian": "all others"},
    )
    assert [(row.stratum, row.count) for row in found] == [
        ("white", StratumCount(70, 100)),
        ("all others", StratumCount(7, 17)),
    ]


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
