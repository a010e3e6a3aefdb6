"""Patients counted once in a calendar year, beside its quarters."""

from __future__ import annotations

import random
from collections import defaultdict

import pytest

from readiness.core.periods import CalendarYear
from readiness.core.tables.models import file_in_memory
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.imports.screens.models import ResultCounts
from readiness.imports.screens.quarter_counts import year_counts
from readiness.imports.service import large, screens
from tests.factories.page import Page
from tests.imports.test_everyday_exports import read, total, wide
from tests.imports.test_views import send, settled

COLUMNS = ("food", "ride")
FOUR_QUARTERS = (
    "id,date,food,ride\n"
    "1,2025-02-03,No,No\n"
    "1,2025-05-03,Yes,No\n"
    "2,2025-08-01,No,\n"
    "2,2025-11-01,No,Declined\n"
    "3,2025-11-01,No,Yes\n"
)
LONG = (
    'shape = "long"\n[columns]\npatient = "id"\ndate = "date"\nneed = "need"\nresult = "result"\n'
    'language = "language"\n'
)
YEAR = CalendarYear(2025)


def in_year(found, need):
    parts = [of for key, of in found.years.items() if (key.need, key.stratum) == (need, "total")]
    return parts[0]


def test_whoever_came_back_counts_once_in_the_year_and_in_each_quarter():
    found = read(FOUR_QUARTERS, wide(*COLUMNS), tells_years=True)
    assert {key.period for key in found.years} == {"2025"}
    assert in_year(found, Need.FOOD) == ResultCounts(positive=1, negative=2)
    assert in_year(found, Need.TRANSPORTATION) == ResultCounts(positive=1, negative=1, declined=1)
    assert in_year(found, Need.ANY).screened == 3
    by_quarter = [of for key, of in found.cells.items() if key.need == Need.FOOD]
    assert sum(each.screened for each in by_quarter) == 5


def test_a_year_of_which_a_quarter_is_missing_is_not_told():
    lacking = FOUR_QUARTERS.replace("2025-02", "2025-05")
    assert read(lacking, wide(*COLUMNS), tells_years=True).years == {}
    visits = "shape = 'visits'\n[columns]\npatient = 'id'\ndate = 'seen'\n"
    sources = [
        file_in_memory("file 1", "a.csv", lacking.encode()),
        file_in_memory("file 2", "b.csv", b"id,seen\n1,2025-02-01\n"),
    ]
    found = screens.aggregate(sources, mapping=[wide(*COLUMNS), visits], tells_years=True)
    assert found.years == {}


def test_one_year_may_be_asked_for():
    source = file_in_memory("file 1", "export.csv", FOUR_QUARTERS.encode())
    found = screens.aggregate([source], mapping=wide(*COLUMNS), period=YEAR)
    assert {key.period for key in found.cells} == {"2025"}
    assert total(found, Need.FOOD) == ResultCounts(positive=1, negative=2)


@pytest.mark.parametrize("seed", range(3))
def test_the_engine_for_large_tables_counts_a_year_alike(seed, monkeypatch):
    dice = random.Random(seed)
    rows = ["id,date,need,result,language"]
    for _ in range(600):
        day = f"{dice.choice((2024, 2025))}-{dice.randint(1, 12):02}-{dice.randint(1, 28):02}"
        need, result = dice.choice(("food", "safety")), dice.choice(("positive", "negative"))
        rows.append(f"{dice.randint(1, 90)},{day},{need},{result},{dice.choice(('en', 'es'))}")
    source = file_in_memory("file 1", "t.csv", "\n".join(rows).encode())
    slow = screens.aggregate([source], mapping=LONG, period=YEAR)
    monkeypatch.setattr(large, "is_large", lambda _: True)
    fast = screens.aggregate([source], mapping=LONG, period=YEAR)
    assert fast.cells == slow.cells != {}
    seen: defaultdict[str, set[str]] = defaultdict(set)
    for row in rows[1:]:
        patient, day, need, *_ = row.split(",")
        seen[need] |= {patient} if day.startswith("2025") else set()
    assert total(fast, Need.FOOD).screened == len(seen["food"])


def test_an_upload_of_four_quarters_shows_the_year_and_its_four_needs(cara, store):
    mapping = wide(*COLUMNS).encode()
    reply = send(cara, ("export.csv", FOUR_QUARTERS.encode()), mapping=mapping)
    page = settled(cara, reply)
    here = "/groups/elm/counts/years/2025"
    assert "Patients of the whole year are not known" in Page(cara.get(here).text).text
    assert cara.post(reply.location, data=page.values(reply.location)).status_code == 303
    shown = Page(cara.get(here).text)
    assert "each patient counts once in the year" in shown.text
    rows = {
        row.all("th")[0].text: row.all("td")[-1].text for row in shown.all("tr") if row.all("td")
    }
    assert (rows["Screened"], rows["Food: need found"], rows["Transportation: need found"]) == (
        "3",
        "1",
        "1",
    )
    assert rows["Financial strain: need found"] == "not known"


def test_a_year_that_nobody_kept_counts_of_is_not_there(cara):
    assert cara.get("/groups/elm/counts/years/1999").status_code == 404
    assert cara.get("/groups/elm/counts/years/2031").status_code == 404


def test_the_cells_of_a_year_are_those_of_the_group():
    found = year_counts(read(FOUR_QUARTERS, wide(*COLUMNS), tells_years=True).years, "elm")
    assert found[YEAR][FunnelCell(Step.SCREENED)] == 3
    assert found[YEAR][FunnelCell(Step.POSITIVE, Need.FOOD)] == 1
