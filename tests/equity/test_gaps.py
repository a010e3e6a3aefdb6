from __future__ import annotations

import pytest

from readiness.counts.measures.models import Direction
from readiness.equity.gaps import finding_of
from readiness.equity.gates import Use
from readiness.equity.tables import tables_of
from readiness.statistics.comparisons import newcombe
from tests.factories.equity_rows import rows

COUNTS = {"white": (400, 500), "black": (60, 100), "asian": (9, 11), "nhpi": (4, 9)}


def finding(counts=COUNTS, reference="white", direction=Direction.HIGHER, spreads=None):
    return finding_of(tables_of(rows(counts))[0], reference, direction, spreads or {})


def test_each_stratum_has_its_rate_its_interval_and_its_use():
    white, black, asian, nhpi = finding().rates
    assert (white.rate, white.use) == (0.8, Use.DIRECTIONAL)
    assert black.low < 0.6 < black.high
    assert asian.use is Use.COUNT_ONLY
    assert asian.rate == 9 / 11
    assert (nhpi.rate, nhpi.low, nhpi.use) == (None, None, Use.HIDDEN)


def test_a_gap_is_the_stratum_minus_the_reference():
    black, asian, nhpi = finding().gaps
    expected = newcombe(60, 100, 400, 500)
    assert black.difference == pytest.approx(-0.2)
    assert (black.low, black.high) == (expected.low, expected.high)
    assert black.to_close == pytest.approx(20)
    assert black.detectable == pytest.approx(0.132, abs=5e-4)
    assert (asian.use, asian.difference) == (Use.COUNT_ONLY, None)
    assert (nhpi.use, nhpi.difference) == (Use.HIDDEN, None)


def test_where_less_is_better_nobody_has_to_be_found_for_a_lower_rate():
    (black, *_) = finding(direction=Direction.LOWER).gaps
    assert black.to_close == 0
    (worse, *_) = finding({"white": (60, 500), "black": (40, 100)}, direction=Direction.LOWER).gaps
    assert worse.to_close == pytest.approx(28)


def test_without_a_direction_there_is_nothing_to_close():
    assert finding(direction=Direction.NONE).gaps[0].to_close is None


def test_no_reference_is_ever_picked():
    found = finding(reference=None)
    assert found.gaps == ()
    assert found.spread
    assert found.says[0].startswith("No reference was declared")


@pytest.mark.parametrize(
    ("counts", "says"),
    [
        ({"black": (60, 100), "asian": (50, 80)}, "is not among these strata"),
        ({"white": (None, 30), "black": (60, 100)}, "is hidden or too small"),
        ({"white": (3, 9), "black": (60, 100)}, "is hidden or too small"),
    ],
)
def test_a_reference_that_cannot_be_seen_gives_no_gap_and_says_so(counts, says):
    found = finding(counts)
    assert all(gap.difference is None for gap in found.gaps)
    assert says in found.says[0]


def test_a_reliability_that_cannot_be_told_is_said_and_opens_no_gate():
    found = finding()
    assert found.gaps[0].use is Use.DIRECTIONAL
    assert found.says[0] == (
        "How reliable the gap of black is cannot be told: it takes 30 groups with the same measure."
    )


@pytest.mark.parametrize(
    ("spread", "use"),
    [(0.02, Use.DIRECTIONAL), (0.05, Use.PEER_COMPARISON), (0.09, Use.RANKING)],
)
def test_a_known_spread_of_true_gaps_opens_the_gates(spread, use):
    (black, *_) = finding({"white": (350, 500), "black": (70, 100)}, spreads={"black": spread}).gaps
    assert black.use is use
    assert black.reliability is not None


def test_the_spread_is_over_what_may_be_seen_and_says_so():
    found = finding()
    assert found.spread
    assert found.spread.strata == ("white", "black", "asian")
    assert found.spread.test.df == 2
    assert found.says[-1].startswith("The spread is over white, black, asian only")


def test_a_hidden_number_changes_nothing_that_is_printed():
    """Whatever stands behind a hidden cell, every figure is the same."""
    hidden = {**COUNTS, "asian": (None, 30)}
    left_out = {stratum: pair for stratum, pair in COUNTS.items() if stratum != "asian"}
    assert finding(hidden).spread == finding(left_out).spread
    assert finding(hidden).gaps[0] == finding(left_out).gaps[0]


def test_the_unknown_could_turn_an_order_round():
    small, large = (
        finding({"white": (400, 500), "black": (60, 100), "unknown": unknown}).gaps[0]
        for unknown in ((10, 20), (150, 300))
    )
    assert small.could_flip is False
    assert large.could_flip is True
    hidden = finding({"white": (400, 500), "black": (60, 100), "unknown": (None, 20)})
    assert hidden.gaps[0].could_flip is None


@pytest.mark.parametrize(
    ("counts", "all_patients", "expected"),
    [
        ({"asian": (None, 30)}, (480, 640), False),  # at most 40 are unknown
        ({"asian": (None, 30), "unknown": (150, 300)}, (640, 1000), True),
        ({"asian": (None, 300)}, (610, 900), None),
    ],
)
def test_hidden_strata_leave_an_answer_that_holds_whatever_is_in_them(
    counts, all_patients, expected
):
    both = {"white": (400, 500), "black": (60, 100), **counts}
    table, _ = tables_of([*rows(both), *rows({"total": all_patients}, stratum_type="total")])
    assert finding_of(table, "white", Direction.HIGHER, {}).gaps[0].could_flip is expected
