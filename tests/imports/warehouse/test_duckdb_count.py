"""Tables without patients: rows are counted as they stand."""

from __future__ import annotations

from io import BytesIO

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import ReadContext, Report
from readiness.counts.social_risk.models import Need
from readiness.counts.strata import STRATA, StratumType
from readiness.imports.screens.models import CellKey, NeedResult, RecordStatus, ResultCounts
from readiness.imports.screens.strata import age_band
from readiness.imports.warehouse import duckdb_count
from readiness.imports.warehouse.duckdb_columns import ResultColumn, Wording

PLAIN = "GROUP,DAY,NEED,RESULT\n"


def one_of(words, text):
    return words(text) if text in set(words) else None


def strata(told):
    return {
        StratumType.RACE: told.get(ResultColumn.RACE) or "unknown",
        StratumType.RACE_1997: told.get(ResultColumn.RACE) or "unknown",
        StratumType.ETHNICITY: "unknown",
        StratumType.LANGUAGE: told.get(ResultColumn.LANGUAGE) or "unknown",
        StratumType.PAYER: "unknown",
        StratumType.SEX: "unknown",
    }


def wording(**more):
    columns = {"group": "GROUP", "date": "DAY", "need": "NEED", "result": "RESULT", **more}
    return Wording(
        columns={ResultColumn(role): heading for role, heading in columns.items()},
        need=lambda text: one_of(Need, text),
        result=lambda text: one_of(NeedResult, text),
        standing=lambda text: one_of(RecordStatus, text or "counted"),
        strata=strata,
        apart=strata,
        age=age_band,
    )


def counted(text, **more):
    report = Report()
    reading = ReadContext(lambda _: b"", report, "")
    return duckdb_count.cells_of(BytesIO(text.encode()), wording(**more), reading, "file 1"), report


def key(need="food", kind="total", stratum="total", period="2026-Q3", group="g", site="ALL"):
    return CellKey(group, site, period, need, kind, stratum)


def test_each_row_counts_for_itself_and_nothing_is_worked_out_of_others():
    text = PLAIN + "g,2026-07-01,food,positive\n" * 3 + "g,2026-10-01,food,negative\n"
    text += ",2026-07-01,housing_instability,declined\n"
    cells, report = counted(text)
    assert cells == {
        key(): ResultCounts(positive=3),
        key(period="2026-Q4"): ResultCounts(negative=1),
        key("housing_instability", group="-"): ResultCounts(declined=1),
    }
    assert report.rows == 5


def test_each_type_of_strata_is_counted_by_itself_and_the_total_once():
    text = "GROUP,DAY,NEED,RESULT,R,L,A\n"
    text += "g,2026-07-01,food,positive,white,english,70\ng,2026-07-01,food,negative,white,,x\n"
    cells, _ = counted(text, race="R", language="L", age="A")
    assert {(k.stratum_type, k.stratum): (c.positive, c.negative) for k, c in cells.items()} == {
        ("total", "total"): (1, 1),
        ("race_omb2024", "white"): (1, 1),
        ("race_omb1997", "white"): (1, 1),
        ("language", "english"): (1, 0),
        ("language", "unknown"): (0, 1),
        ("age", "65+"): (1, 0),
        ("age", "unknown"): (0, 1),
    }


def test_an_age_is_worked_out_of_the_day_of_birth():
    text = "GROUP,DAY,NEED,RESULT,B\ng,2026-07-01,food,positive,2008-07-02\n"
    cells, _ = counted(text, born="B")
    assert cells[key(kind="age", stratum="0-17")] == ResultCounts(positive=1)


def test_what_is_held_or_unreadable_is_told_and_not_counted():
    text = "GROUP,DAY,NEED,RESULT,S\n" + "".join(
        f"g,{day},{need},{result},{status}\n"
        for day, need, result, status in [
            ("2026-07-01", "food", "positive", "counted"),
            ("2026-07-01", "food", "positive", "held"),
            ("2026-07-01", "food", "positive", "deleted"),
            ("2026-07-01", "food", "positive", "?"),
            ("soon", "food", "positive", ""),
            ("2026-07-01", "luck", "positive", ""),
            ("2026-07-01", "food", "rather", ""),
        ]
    )
    cells, report = counted(text, status="S")
    assert cells == {key(): ResultCounts(positive=1, incomplete=1)}
    assert (report.rows, report.held, report.deleted, report.refused) == (7, 1, 1, 3)
    assert len(report.problems) == 3
    assert dict(report.unreadable_answers) == {"food": 1}


def test_a_column_that_is_not_there_is_named_by_what_it_is():
    with pytest.raises(BadInput, match=r"no column for the site\. Correct its name"):
        counted(PLAIN, site="CLINIC")


def test_every_stratum_has_room_among_the_numbers_that_stand_for_them():
    assert max(map(len, STRATA.values())) < 100
