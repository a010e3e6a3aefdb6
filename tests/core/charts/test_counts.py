from __future__ import annotations

from readiness.core.charts.bars import FunnelStep, funnel_of
from readiness.core.charts.dots import GapRow, Moment, RateRow, gaps_of, rates_of, trend_of
from readiness.core.charts.scales import Scale
from readiness.core.formatting import percent
from readiness.core.small_cells import HIDDEN


def test_funnel_bars_share_one_scale():
    bars = funnel_of(
        [FunnelStep("Offered", 400), FunnelStep("Screened", 100, "25% of offered")]
    ).rows
    assert [bar.width for bar in bars] == ["100%", "25%"]


def test_a_hidden_step_shows_neither_length_nor_rate():
    [bar] = funnel_of([FunnelStep("Resolved", None, "7% of connected")]).rows
    assert (bar.says, bar.note, bar.width, bar.shown) == (HIDDEN, "", "0%", False)


def test_an_empty_funnel_can_be_drawn():
    assert [bar.width for bar in funnel_of([FunnelStep("Offered", 0)]).rows] == ["0%"]


def test_rates_reach_to_the_ten_percent_above_the_longest_interval():
    [dot] = rates_of([RateRow("Food", 0.18, 0.1, 0.24, "n = 210")]).rows
    assert (dot.low_x, dot.x, dot.high_x) == ("33.33%", "60%", "80%")
    assert (dot.says, dot.note) == ("18% (10–24%)", "n = 210")


def test_a_rate_of_zero_is_shown_and_is_not_a_hidden_one():
    zero, hidden = rates_of([RateRow("Food", 0.0, 0.0, 0.03), RateRow("Safety", None)]).rows
    assert zero.shown
    assert zero.says == "0% (0–3%)"
    assert not hidden.shown
    assert hidden.says == HIDDEN


def test_a_hidden_rate_carries_no_note_that_could_tell_its_size():
    [dot] = rates_of([RateRow("Safety", None, basis="n = 14")]).rows
    assert dot.note == ""


def test_gaps_stand_either_side_of_the_middle():
    figure = gaps_of([GapRow("A", -0.05, -0.1, 0.0), GapRow("B", 0.05)], "English")
    assert [dot.x for dot in figure.rows] == ["25%", "75%"]
    assert figure.marks[0].x == "50%"


def test_a_trend_is_broken_where_there_is_nothing_to_show():
    moments = [Moment("Q1", 0.1), Moment("Q2", 0.2), Moment("Q3", None), Moment("Q4", 0.4)]
    trend = trend_of(moments, percent, Scale(0, 1))
    assert (len(trend.points), len(trend.lines)) == (3, 1)
    assert trend.table.rows[2] == ("Q3", "–")
