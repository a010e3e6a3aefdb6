from __future__ import annotations

import json
from dataclasses import replace

import pytest

from readiness.counts.measures.models import Direction
from readiness.equity.findings import Declarations, as_json, findings_of
from readiness.equity.tables import StratumCount
from tests.factories.equity_rows import rows

DECLARED = Declarations({"race_omb2024": "white"}, {"GSD": Direction.LOWER})
BOTH_YEARS = [
    *rows({"white": (380, 500), "black": (50, 100), "nhpi": (5, 9)}, period="2025"),
    *rows({"white": (400, 500), "black": (66, 100), "nhpi": (6, 9)}),
    *rows({"total": (472, 609)}, stratum_type="total"),
]


def test_each_place_has_a_finding_and_a_change_since_the_period_before():
    found = findings_of(BOTH_YEARS, DECLARED)
    assert [(each.table.place.period, each.table.place.stratum_type) for each in found.tables] == [
        ("2025", "race_omb2024"),
        ("2026", "race_omb2024"),
        ("2026", "total"),
    ]
    assert [(place.period, change.since) for place, change in found.changes.items()] == [
        ("2026", "2025")
    ]
    assert found.portfolios == ()


def test_a_change_is_told_only_since_a_period_that_lasts_as_long():
    written = ["2025", "2026", "2025-H2", "2026-Q1", "2026-Q2", "2026-H1", "2026-07", "2026-08"]
    mixed = [row for each in written for row in rows({"white": (4, 20)}, period=each)]
    changes = findings_of(mixed, DECLARED).changes
    assert {place.period: change.since for place, change in changes.items()} == {
        "2026": "2025",
        "2026-H1": "2025-H2",
        "2026-Q2": "2026-Q1",
        "2026-08": "2026-07",
    }


def test_all_patients_have_no_gap_and_no_remark():
    total = findings_of(BOTH_YEARS, Declarations({"total": "total"})).tables[-1]
    assert (total.gaps, total.says, total.spread) == ((), (), None)


def test_thirty_groups_tell_each_other_how_reliable_their_gaps_are():
    many = [
        row
        for number in range(30)
        for row in rows(
            {"white": (280 + number % 5, 400), "black": (60 + 2 * number, 150)},
            group_id=f"g{number:02}",
        )
    ]
    found = findings_of(many, DECLARED)
    assert all(table.gaps[0].reliability for table in found.tables)
    assert found.portfolios[0].gaps[0].true
    some = findings_of(many[:40], DECLARED)
    assert all(table.gaps[0].reliability is None for table in some.tables)


def test_a_spread_from_elsewhere_is_used_where_these_groups_tell_none():
    declared = Declarations({"race_omb2024": "white"}, true_spreads={"COL": 0.05})
    found = findings_of(BOTH_YEARS, declared).tables[1]
    assert found.gaps[0].reliability == pytest.approx(0.0025 / (0.0025 + 0.16 / 500 + 0.2244 / 100))


def test_the_dictionary_has_the_keys_of_the_command_line():
    found = as_json(findings_of(BOTH_YEARS, DECLARED))
    json.dumps(found, allow_nan=False)
    measure = found["measures"][1]
    assert set(measure) >= {
        "measure", "period", "group_id", "stratum_type", "strata", "reference", "gaps", "spread",
        "change",
    }  # fmt: skip
    assert set(measure["strata"][0]) >= {
        "stratum", "numerator", "denominator", "rate", "low", "high", "use",
    }  # fmt: skip
    assert set(measure["gaps"][0]) >= {
        "stratum", "difference", "low", "high", "to_close", "detectable", "reliability", "use",
    }  # fmt: skip
    assert set(measure["spread"]) >= {"bgv_corrected", "bgsd_points", "chi2", "df", "p"}
    assert measure["change"][0]["since"] == "2025"
    assert measure["every_group_improved"] is True
    assert found["portfolio"] == {"splits": []}


def test_nothing_in_the_dictionary_moves_with_a_hidden_number():
    def seen(hidden):
        counts = {"white": (400, 500), "black": (66, 100), "asian": hidden, "mena": (20, 40)}
        shown = [
            replace(row, count=StratumCount(None, row.count.denominator))
            if row.stratum == "asian"
            else row
            for row in rows(counts)
        ]
        return as_json(findings_of(shown, DECLARED))

    assert seen((3, 40)) == seen((39, 40))


def test_the_portfolio_is_in_the_dictionary_from_two_groups():
    many = [
        row
        for number in range(6)
        for row in rows({"white": (280, 400), "black": (60, 100)}, group_id=f"g{number}")
    ]
    found = as_json(findings_of(many, DECLARED))["portfolio"]["splits"][0]
    json.dumps(found, allow_nan=False)
    assert found["gaps"][0]["n_groups"] == 6
    assert found["gaps"][0]["groups"][0]["third"] == "middle third"
    assert len(found["funnels"]) == 2
