"""Dollars and change in one drawing."""

from __future__ import annotations

from readiness.portfolio.presenters.returns import MOST_NAMED, Spent, money_chart

ASH, BIRCH = Spent("Ash", 60_000, 15.0), Spent("Birch", 20_000, -2.5)


def place(text):
    return float(text.rstrip("%"))


def test_more_dollars_stand_further_right_and_more_points_higher():
    chart = money_chart([ASH, BIRCH], "Maturity")
    birch, ash = chart.dots
    assert place(birch.at.x) < place(ash.at.x)
    assert birch.at.y > ash.at.y
    (level,) = chart.lines["target"]
    assert ash.at.y < level.start.y < birch.at.y


def test_words_and_table_say_what_the_dots_show():
    chart = money_chart([ASH, BIRCH], "Maturity")
    assert chart.says == "Birch: $20,000, −2.5 points; Ash: $60,000, +15.0 points."
    assert chart.table.header == ("Group", "Spent in between", "Change in points: Maturity")
    assert chart.table.rows == (("Birch", "$20,000", "−2.5"), ("Ash", "$60,000", "+15.0"))
    assert chart.across[0].label == "$0"


def test_one_group_without_change_can_be_drawn():
    chart = money_chart([Spent("Ash", 1, 0.0)], "Maturity")
    assert len(chart.dots) == 1


def test_many_groups_are_drawn_without_names():
    groups = [Spent(f"Group {n}", 1_000 * n, n) for n in range(1, MOST_NAMED + 2)]
    assert money_chart(groups, "Maturity").names == ()
    assert money_chart(groups[:3], "Maturity").names
