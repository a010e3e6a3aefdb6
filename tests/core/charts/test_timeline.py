from __future__ import annotations

from dataclasses import replace
from datetime import date
from itertools import pairwise

import pytest

from readiness.core.charts.timeline import (
    TITLES_ABOVE,
    TITLES_BESIDE,
    Course,
    TierStep,
    spaced,
    timeline_of,
)

START = date(2027, 1, 15)
COACH = Course(
    "Practice facilitation",
    "Coaching",
    date(2027, 1, 15),
    date(2027, 3, 15),
    date(2027, 9, 15),
    date(2028, 6, 15),
    "launched Mar 2027, effect between Sep 2027 and Jun 2028",
)
FIRST = [TierStep(START, "T1"), TierStep(date(2027, 9, 15), "T2")]
LAST = [TierStep(START, "T1"), TierStep(date(2028, 6, 15), "T2")]


def a_timeline(courses=(COACH,), first=FIRST, last=LAST):
    return timeline_of(START, courses, first, last)


def place(text):
    return float(text.rstrip("%"))


def test_a_bar_runs_from_start_over_launch_to_the_last_month_of_an_effect():
    (bar,) = a_timeline().bars
    assert bar.title == "Coaching"
    spans = (bar.prepares, bar.runs, bar.shows)
    assert [place(span.x) for span in spans] == pytest.approx(
        [0, 2 / 18 * 100, 8 / 18 * 100], abs=0.1
    )
    assert place(spans[-1].x) + place(spans[-1].width) == pytest.approx(17 / 18 * 100, abs=0.1)


def test_the_tier_rises_earlier_on_the_upper_path_than_on_the_lower():
    upper, lower = a_timeline().paths
    assert [block.tier for block in upper.blocks] == ["T1", "T2"]
    assert place(upper.blocks[1].x) < place(lower.blocks[1].x)
    for path in (upper, lower):
        assert sum(place(block.width) for block in path.blocks) == pytest.approx(100, abs=0.1)


def test_steps_that_change_nothing_are_one_block_and_a_narrow_one_has_no_letters():
    steps = [
        TierStep(START, "T1"),
        TierStep(date(2027, 6, 1), "T1"),
        TierStep(date(2028, 6, 30), "T2"),
    ]
    upper, _ = a_timeline(first=steps).paths
    assert [block.label for block in upper.blocks] == ["T1", ""]


@pytest.mark.parametrize("years", [1, 2, 4, 8])
def test_there_is_room_for_every_month_that_is_named(years):
    late = Course("a", "a", START, START, START, date(2027 + years, 1, 15), "x")
    marks = a_timeline(courses=(late,)).marks
    assert 2 <= len(marks) <= 5
    assert (marks[0].x, marks[0].anchor) == ("0%", "start")
    assert place(marks[-1].x) <= 100


def test_a_long_title_is_cut_in_the_drawing_and_whole_in_the_table():
    title = "Hire a greeter for the front desk of each of our sites"
    figure = a_timeline(courses=(Course(title, title, START, START, START, START, "x"),))
    assert figure.bars[0].title.endswith("…")
    assert figure.table.rows[0][0] == title


def test_it_says_everything_it_draws():
    says = a_timeline().says
    assert "T1 from Jan 2027, then T2 from Sep 2027" in says
    assert "Practice facilitation: starts Jan 2027, launched Mar 2027" in says


def test_with_titles_beside_the_bars_it_takes_about_half_the_height_and_says_the_same():
    above = a_timeline(courses=(COACH,) * 7)
    beside = spaced(above, TITLES_BESIDE)
    assert beside.height < 0.55 * above.height
    assert (beside.says, beside.table, beside.marks) == (above.says, above.table, above.marks)
    assert [replace(bar, y=0) for bar in beside.bars] == [replace(bar, y=0) for bar in above.bars]


@pytest.mark.parametrize("spacing", [TITLES_ABOVE, TITLES_BESIDE])
def test_every_line_has_its_own_height(spacing):
    figure = spaced(a_timeline(courses=(COACH,) * 3), spacing)
    tops = [*(path.y for path in figure.paths), *(bar.y for bar in figure.bars)]
    heights = [*tops, figure.height]
    assert heights[0] >= 20  # px that the months above need
    assert all(below - above >= 20 for above, below in pairwise(heights))
