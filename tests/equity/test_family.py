from __future__ import annotations

import pytest

from readiness.equity.findings import Declarations, as_json, findings_of
from readiness.statistics.hypothesis_tests import benjamini_hochberg, holm
from tests.factories.equity_rows import rows

REFERENCES = {"race_omb2024": "white", "language": "english"}
SHOWN = [
    row
    for period in ("2025", "2026")
    for measure, black, asian in (("COL", 62, 148), ("BCS", 66, 132))
    for row in (
        *rows({"white": (400, 500), "black": (black, 100), "asian": (asian, 190), "nhpi": (4, 9)},
              period=period, measure=measure),
        *rows({"english": (440, 600), "spanish": (130, 200)}, period=period, measure=measure,
              stratum_type="language"),
    )
]  # fmt: skip


def found(primary=(), extra=()):
    return findings_of([*SHOWN, *extra], Declarations(REFERENCES, primary=primary))


def gaps_in(findings):
    """The gaps of one group, with their measures."""
    tables = (each for each in findings.tables if each.table.place.group_id == "elm")
    return [(each.table.place.measure, gap) for each in tables for gap in each.gaps if gap.p]


def test_p_values_are_adjusted_over_measures_strata_and_periods_together():
    gaps = [gap for _, gap in gaps_in(found())]
    ps = [gap.p for gap in gaps]
    assert len(ps) == 12
    assert [gap.p_adjusted for gap in gaps] == holm(ps)
    assert [gap.p_bh for gap in gaps] == benjamini_hochberg(ps)


def test_the_family_is_said_and_other_groups_are_none_of_it():
    other = rows({"white": (400, 500), "black": (66, 100)}, group_id="oak")
    both = found(extra=other)
    assert gaps_in(both) == gaps_in(found())
    elm, oak = as_json(both)["families"]
    assert {"group_id": "elm", "comparisons": 12, "measures": 2, "strata": 3, "periods": 2, "primary": 0}.items() <= elm.items()  # fmt: skip  # noqa: E501
    assert elm["says"].startswith("12 gaps (2 measures, 3 strata, 2 periods) are one family")
    assert (oak["comparisons"], oak["says"]) == (1, "One gap was tested: no p-value is adjusted.")


def test_a_primary_gap_is_adjusted_apart_and_the_others_wait_for_it():
    gaps = gaps_in(found(primary=(("COL", "black"),)))
    first = [gap for measure, gap in gaps if (measure, gap.stratum) == ("COL", "black")]
    others = [gap for _, gap in gaps if gap not in first]
    assert [gap.p_adjusted for gap in first] == holm([gap.p for gap in first])
    alone = holm([gap.p for gap in others])
    gate = max(gap.p_adjusted for gap in first)
    assert [gap.p_adjusted for gap in others] == [max(gate, p) for p in alone]
    assert [gap.is_primary for _, gap in gaps].count(True) == 2  # one of each period
    assert [gap.p_bh for _, gap in gaps] == [gap.p_bh for _, gap in gaps_in(found())]


@pytest.mark.parametrize("primary", [("COL", "green"), ("COL", "nhpi"), ("COL", "white")])
def test_a_primary_gap_that_is_not_tested_changes_nothing(primary):
    assert found(primary=(primary,)) == found()
