from __future__ import annotations

from datetime import date

import pytest

from readiness.domain.periods import Period, period
from readiness.domain.printable import chain_of, is_hidden, pair, printable
from readiness.domain.screening import Cell, FunnelCounts, Need, Step

SCREENED, POSITIVE, WANTS = Step.SCREENED, Step.POSITIVE, Step.WANTS_HELP


def chain(*people: int | None, beside=()):
    return chain_of(list(zip((SCREENED, POSITIVE, WANTS), people, strict=False)), beside)


@pytest.mark.parametrize(("positive", "may"), [(0, True), (1, False), (10, False), (11, True)])
def test_a_rate_of_few_people_is_not_printed(positive, may):
    assert bool(pair(chain(100, positive), POSITIVE, SCREENED)) == may


@pytest.mark.parametrize(("positive", "may"), [(100, True), (99, False), (90, False), (89, True)])
def test_nor_one_that_leaves_out_few(positive, may):
    assert bool(pair(chain(100, positive), POSITIVE, SCREENED)) == may


def test_a_hidden_step_does_not_hide_the_one_after_it():
    found = chain(100, 95, 50)
    assert not found[POSITIVE].is_printable
    assert found[WANTS].is_printable
    assert pair(found, WANTS, POSITIVE) is None
    assert is_hidden(found, WANTS, POSITIVE)


def test_a_count_too_near_to_one_printed_beside_it_is_hidden():
    assert not chain(100, beside=[105])[SCREENED].is_printable
    assert chain(100, beside=[111])[SCREENED].is_printable


def test_what_is_not_known_is_not_called_hidden():
    found = chain(100, None)
    assert pair(found, POSITIVE, SCREENED) is None
    assert not is_hidden(found, POSITIVE, SCREENED)


def test_nobody_screened_has_no_rate():
    assert pair(chain(0, 0), POSITIVE, SCREENED) is None


def counts(quarter: str, screened: int, positive: int | None = None) -> tuple[Period, FunnelCounts]:
    when = period(quarter)
    cells = {Cell(SCREENED, Need.FOOD): screened}
    if positive is not None:
        cells[Cell(POSITIVE, Need.FOOD)] = positive
    return when, FunnelCounts(when, cells)


def test_the_last_four_closed_quarters_are_added_up():
    quarters = ("2025-Q3", "2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3", "2026-Q4")
    found = printable(dict(counts(q, 100, 20) for q in quarters), date(2026, 12, 1))
    assert [str(q) for q in found.quarters] == ["2025-Q4", "2026-Q1", "2026-Q2", "2026-Q3"]
    assert pair(found.needs[Need.FOOD], POSITIVE, SCREENED) == (80, 400)


def test_a_step_that_one_quarter_does_not_tell_is_not_known():
    found = printable(dict([counts("2026-Q1", 100, 20), counts("2026-Q2", 100)]), date(2026, 12, 1))
    assert found.needs[Need.FOOD][POSITIVE].people is None
    assert found.needs[Need.FOOD][SCREENED].people == 200
