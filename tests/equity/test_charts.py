from __future__ import annotations

import pytest

from readiness.equity.across_groups import funnel_of
from readiness.equity.charts import (
    MOST_NAMED,
    GroupGapRow,
    ScoreChange,
    caterpillar_of,
    funnel_chart,
    scatter_of,
)
from readiness.equity.tables import tables_of
from readiness.statistics.comparisons import Difference
from tests.factories.equity_rows import rows

# Twelve groups of one rate, and one that is far from it.
GROUPS = {each: (70 * n, 100 * n) for n, each in enumerate("abcdfghijklm", start=1)}
GROUPS["e"] = (200, 500)
NAMES = {each: f"Group {each.upper()}" for each in GROUPS}


@pytest.fixture
def chart():
    tables = [
        tables_of(rows({"black": pair}, group_id=group_id))[0] for group_id, pair in GROUPS.items()
    ]
    found = funnel_of("black", tables)
    assert found
    return funnel_chart(found, NAMES)


def across(dot):
    return float(dot.at.x.rstrip("%"))


def test_in_a_funnel_larger_groups_stand_further_right_and_higher_rates_higher(chart):
    dots = {dot.title[:7]: dot for dot in chart.dots}
    assert across(dots["Group A"]) < across(dots["Group C"]) < across(dots["Group F"])
    assert dots["Group E"].at.y > dots["Group A"].at.y  # further down


def test_a_group_beyond_the_limits_is_named_and_has_another_shape(chart):
    kinds = {dot.title[:7]: dot.kind for dot in chart.dots}
    assert kinds.pop("Group E") == "alarm"
    assert set(kinds.values()) == {"plain"}
    assert [name.says for name in chart.names] == ["Group E"]
    assert "Group E: 40.0%, beyond" in chart.says


def test_the_limits_come_nearer_to_the_line_as_groups_grow(chart):
    middle = chart.lines["target"][0].start.y
    below = [line for line in chart.lines["alarm"] if line.start.y > middle]
    assert below[0].start.y > below[-1].end.y > middle


def test_the_table_says_what_the_funnel_draws(chart):
    assert len(chart.table.rows) == len(GROUPS)
    assert chart.table.rows[0][0] == "Group E"
    assert chart.table.rows[0][-1] == "the alarm limits"
    assert chart.table.rows[0][1:3] == ("500", "40.0%")


def gap(value, reach=0.05):
    return Difference(value, value - reach, value + reach)


def test_a_caterpillar_goes_from_the_lowest_gap_to_the_highest():
    figure = caterpillar_of(
        [GroupGapRow("B", gap(0.1)), GroupGapRow("A", gap(-0.1))], "White alone"
    )
    assert [leg.title for leg in figure.rows] == ["A", "B"]
    assert figure.marks[0].x == "50%"
    assert figure.rows[0].says == "−10.0 (−15.0 to −5.0)"
    assert [row[2] for row in figure.table.rows] == ["–", "–"]


def test_a_gap_drawn_toward_the_mean_keeps_what_was_counted_beside_it():
    [leg] = caterpillar_of([GroupGapRow("A", gap(-0.2), gap(-0.1))], "White alone").rows
    assert leg.says.startswith("−10.0")
    assert leg.beside_x < leg.x


def test_very_many_groups_are_drawn_without_their_names():
    many = [GroupGapRow(f"G{n}", gap(n / 1000)) for n in range(MOST_NAMED + 1)]
    assert caterpillar_of(many[1:], "White alone").has_names
    figure = caterpillar_of(many, "White alone")
    assert not figure.has_names
    assert len(figure.table.rows) == MOST_NAMED + 1


def test_change_against_a_score_with_its_line_and_without():
    changes = [ScoreChange("A", 20, -0.02), ScoreChange("B", 80, 0.04)]
    figure = scatter_of(changes, (50, 0.01), 0.001, "Equity readiness")
    assert [dot.title for dot in figure.dots] == [
        "A: score 20.0, −2.0 points",
        "B: score 80.0, +4.0 points",
    ]
    (line,) = figure.lines["fitted"]
    assert (line.start.y, line.end.y) == (figure.dots[0].at.y, figure.dots[1].at.y)
    assert "fitted" not in scatter_of(changes, None, None, "Equity readiness").lines


def test_one_group_can_be_drawn():
    assert len(scatter_of([ScoreChange("A", 100, 0)], None, None, "Equity readiness").dots) == 1
