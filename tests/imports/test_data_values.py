"""Counts as a long table for DHIS2."""

from __future__ import annotations

import csv

import pytest

from readiness.core.errors import BadInput
from readiness.core.periods import CalendarYear
from readiness.imports.data_values import HEADINGS
from readiness.imports.service.data_values import table_of
from tests.factories.patient_lists import counted, screens, visits

SOURCES = (
    screens(
        ("1", "2026-07-01", "food", "positive", "elm", "Spanish"),
        ("2", "2026-08-01", "food", "negative", "oak", "English"),
        ("1", "2026-10-01", "food", "positive", "elm", "Spanish"),
    ),
    visits(("3", "2026-07-02", "oak", "English")),
)


def values(found):
    head, *rows = csv.reader(table_of(found).decode("utf-8-sig").splitlines())
    assert tuple(head) == HEADINGS
    found = {tuple(row[:4]): int(row[4]) for row in rows}
    assert len(found) == len(rows)
    return found


def test_a_group_and_its_sites_are_org_units_and_a_part_of_patients_is_an_option():
    told = values(counted(*SOURCES, group_id="g1"))
    assert told["g1", "2026Q3", "food_positive", "default"] == 1
    assert told["g1", "2026Q3", "any_screened", "default"] == 2
    assert told["g1", "2026Q3", "all_eligible", "default"] == 3
    assert told["elm", "2026Q3", "food_positive", "language:spanish"] == 1
    assert told["g1", "2026Q4", "food_positive", "default"] == 1


def test_a_year_is_of_the_group_with_each_patient_once():
    told = values(counted(*SOURCES, group_id="g1", period=CalendarYear(2026)))
    assert told["g1", "2026", "food_positive", "default"] == 1
    assert {key[:2] for key in told} == {("g1", "2026")}


def test_without_a_group_it_is_refused():
    with pytest.raises(BadInput, match="Name the group with --group"):
        table_of(counted(*SOURCES))
