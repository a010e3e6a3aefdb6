from __future__ import annotations

import random

import pytest

from readiness.equity.across_groups import comparison_of, position, true_spreads
from readiness.equity.tables import StratumTable, tables_of
from tests.factories.equity_rows import rows


def tables(groups, spread=0.08, seed=1):
    """Groups whose gaps truly differ about minus 10 points."""
    rng = random.Random(seed)
    found: list[StratumTable] = []
    for number in range(groups):
        p = min(0.95, max(0.05, 0.6 + rng.gauss(0, spread)))
        counts = {"white": (sum(rng.random() < 0.7 for _ in range(400)), 400),
                  "black": (sum(rng.random() < p for _ in range(120)), 120),
                  "unknown": (20, 60)}  # fmt: skip
        found += tables_of(rows(counts, group_id=f"g{number:02}"))
    return found


def test_from_thirty_groups_the_true_spread_is_told_and_gaps_are_shrunken():
    found = comparison_of(tables(40), "white").gaps[0]
    assert found.true
    assert found.true.spread == pytest.approx(0.08, abs=0.04)
    assert found.true.mean == pytest.approx(-0.1, abs=0.04)
    widest = min(found.groups, key=lambda each: each.gap.difference)
    assert widest.shrunken
    assert widest.gap.difference < widest.shrunken.difference
    assert "40 comparisons" in found.says
    assert true_spreads(tables(40), "white") == {"black": found.true.spread}


def test_below_thirty_groups_it_cannot_be_told_and_is_said():
    found = comparison_of(tables(13), "white").gaps[0]
    assert found.true is None
    assert {each.shrunken for each in found.groups} == {None}
    assert found.says.startswith("How much true gaps differ cannot be told from 13 groups")
    assert true_spreads(tables(13), "white") == {}


def test_gaps_alike_are_said_to_be_so():
    same = [table for number in range(30) for table in tables_of(
        rows({"white": (280, 400), "black": (72, 120)}, group_id=f"g{number}"))]  # fmt: skip
    found = comparison_of(same, "white").gaps[0]
    assert found.true
    assert found.true.spread == 0
    assert "no more than by chance" in found.says


def test_many_comparisons_are_adjusted_for():
    for each in comparison_of(tables(13), "white").gaps[0].groups:
        assert each.p <= each.p_bh <= each.p_holm


def test_positions_by_how_many_peers_there_are():
    assert position(1, range(4)) == position(2, range(4))
    assert [position(each, range(6)).third for each in range(6)] == [
        "lowest third", "lowest third", "middle third", "middle third",
        "highest third", "highest third",
    ]  # fmt: skip
    assert position(0, range(29)).percentile is None
    assert position(29, range(30)).percentile == pytest.approx(100 * 29.5 / 30)


def test_a_group_far_off_is_outside_the_funnel():
    many = tables(20, spread=0)
    many += tables_of(rows({"white": (280, 400), "black": (20, 120)}, group_id="far"))
    funnel = next(each for each in comparison_of(many, None).funnels if each.stratum == "black")
    assert [each.group_id for each in funnel.points if each.signal == "alarm"] == ["far"]


def test_below_five_groups_there_is_no_funnel_and_no_place():
    found = comparison_of(tables(4), "white")
    assert found.funnels == ()
    assert {each.position.third for each in found.gaps[0].groups} == {None}


def test_the_unknown_are_no_group_and_small_gaps_are_left_out():
    few = tables_of(rows({"white": (280, 400), "black": (6, 11)}, group_id="few"))
    found = comparison_of([*tables(6), *few], "white")
    assert [each.stratum for each in found.gaps] == ["black"]
    assert "few" not in {each.group_id for each in found.gaps[0].groups}
    assert "unknown" not in {each.stratum for each in found.funnels}
