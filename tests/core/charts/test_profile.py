from __future__ import annotations

from fractions import Fraction
from itertools import pairwise

from readiness.core.charts.bars import DomainScore, Threshold, profile_of


def test_a_bar_is_as_long_as_its_low_score_and_open_up_to_the_high():
    [bar] = profile_of([DomainScore("Data", Fraction(125, 2), 80)]).rows
    assert (bar.width, bar.open_width, bar.high_x) == ("62.5%", "17.5%", "80%")
    assert bar.says == "62.5 (up to 80.0)"


def test_an_unscored_domain_has_no_bar_and_says_so():
    [bar] = (profile := profile_of([DomainScore("Data", None)])).rows
    assert not bar.shown
    assert (bar.width, bar.says) == ("0%", "not scored")
    assert profile.table.rows == (("Data", "not scored", "–", "–"),)


def test_rows_do_not_overlap_and_fit_the_drawing():
    profile = profile_of([DomainScore("A", 1), DomainScore("B", 2), DomainScore("C", 3)])
    tops = [bar.y for bar in profile.rows]
    assert [b - a for a, b in pairwise(tops)] == [44, 44]
    assert profile.height >= tops[-1] + 44


def test_a_threshold_near_the_edge_is_written_inwards():
    profile = profile_of([], [Threshold("low", 5), Threshold("mid", 50), Threshold("top", 90)])
    assert [mark.anchor for mark in profile.marks] == ["start", "middle", "end"]


def test_what_is_not_known_is_not_drawn():
    [plain] = profile_of([DomainScore("A", 50, 50)]).rows
    assert (plain.open_width, plain.beside_x) == ("", "")
    assert profile_of([DomainScore("A", 50, 60, 40)]).rows[0].beside_x == "40%"
