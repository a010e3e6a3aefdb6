from __future__ import annotations

from datetime import date

import pytest

from readiness.core.periods import (
    Period,
    latest_closed,
    months_until,
    period,
    quarter_of,
    quarters_back,
)


@pytest.mark.parametrize("text", ["2026-Q3", "2015-Q1", "2030-Q4"])
def test_a_quarter_reads_back_as_it_was_written(text):
    assert str(period(text)) == text


@pytest.mark.parametrize(
    "text",
    [
        "2026-Q5",
        "2026-Q0",
        "2026-07",
        "2026Q3",
        "2014-Q4",
        "26-Q3",
        " 2026-Q3",
        "2026-Q3\n",
        "٢٠٢٦-Q3",
        "",
    ],
)
def test_anything_else_is_refused_with_a_sentence(text):
    with pytest.raises(ValueError, match="write a quarter from 2015 on as 2026-Q3"):
        period(text)


def test_a_quarter_is_closed_the_day_after_its_last():
    quarter = Period(2026, 3)
    assert quarter.last_day == date(2026, 9, 30)
    assert not quarter.is_closed_on(date(2026, 9, 30))
    assert quarter.is_closed_on(date(2026, 10, 1))


def test_a_quarter_begins_on_its_first_day():
    assert not Period(2026, 3).has_begun_on(date(2026, 6, 30))
    assert Period(2026, 3).has_begun_on(date(2026, 7, 1))


@pytest.mark.parametrize(
    ("day", "quarter"),
    [((2026, 1, 1), 1), ((2026, 3, 31), 1), ((2026, 4, 1), 2), ((2026, 12, 31), 4)],
)
def test_every_day_has_its_quarter(day, quarter):
    assert quarter_of(date(*day)) == Period(2026, quarter)


def test_counting_quarters_crosses_the_year():
    assert Period(2026, 1).previous == Period(2025, 4)
    assert Period(2026, 4).last_day == date(2026, 12, 31)
    assert latest_closed(date(2027, 1, 15)) == Period(2026, 4)
    assert list(map(str, quarters_back(Period(2026, 2), 3))) == ["2026-Q2", "2026-Q1", "2025-Q4"]


def test_months_are_counted_from_a_day_on_and_none_are_past():
    assert months_until(date(2027, 1, 31), date(2027, 2, 28)) == 1
    assert months_until(date(2027, 1, 15), date(2027, 1, 15)) == 0
    assert months_until(date(2027, 1, 15), date(2026, 12, 1)) == 0
