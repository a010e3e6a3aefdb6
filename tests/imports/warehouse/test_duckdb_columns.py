"""Days, instants and ages in SQL are those that the readers of small tables find."""

from __future__ import annotations

from datetime import UTC, date, datetime

import duckdb
import pytest

from readiness.imports.dates import DateOrder, day_of, instant_of
from readiness.imports.screens.models import PatientTraits
from readiness.imports.screens.strata import age_band, age_on
from readiness.imports.warehouse import duckdb_columns

WRITTEN = [
    "2026-07-03", "2026-7-3", "2026/07/03", "2026-07-03T23:30:00-04:00", "2026-07-03 10:00",
    "7/3/2026", "07/03/2026 9:15", "7-3-2026", "7.3.2026 9:15 PM", "20260703", "20260703120000",
    "03-Jul-2026", "3 Jul 2026", "3-JULY-26", "3/jul/2026", "July 3, 2026", "Jul 3 2026",
    "Sept. 3rd, 2026", "jul-03-2026", "3 July, 2026 9:05 PM", "Jul 3, 2026 12:05 am",
    "July 3, 2026T10:00:01", "7/3/26", "7/3/26 9:05 AM", "07-03-26 9:05", "7.3.68", "7.3.69",
    "1/2/03", "13/1/26", "26-07-03", "3 Jul 20 26", "7/3/20 26", "31 Feb 2026", "3 Juli 2026",
    "July 2026", "3 Foo 2026", "Jul 3", "46206", "46206.5", "7/3/2026 9:15:07 PM", "7/3/26 25:00",
    "7/3/26 9:05pm", "7/3/26 13:05 PM",
    "٣/٧/2026", "7/3/126", " 2026-07-03", "2026-02-30",
    "13/13/2026", "2026", "soon", "", "0026-07-03", "2926-07-03",
]  # fmt: skip


def found(sql, text):
    with duckdb.connect() as connection:
        connection.execute("SET TimeZone = 'UTC'")
        query = f"SELECT {sql} FROM (SELECT ? AS text)"
        return connection.execute(query, [text]).fetchall()[0][0]


@pytest.mark.parametrize("text", WRITTEN)
@pytest.mark.parametrize("order", DateOrder)
def test_a_day_is_read_as_in_small_tables(text, order):
    sql = duckdb_columns.day_sql("text", is_day_first=order is DateOrder.DAY_FIRST)
    day = found(f"(SELECT {duckdb_columns.plausible_day_sql('d')} FROM (SELECT {sql} AS d))", text)
    assert day == day_of(text.strip(), order)


@pytest.mark.parametrize("text", [*WRITTEN, "2026-07-03T10:00:00.25Z", "2026-07-03T10:00:00+02:00"])
def test_an_instant_is_read_as_in_small_tables(text):
    at = found(duckdb_columns.instant_sql("text", is_day_first=False), text.strip())
    wanted = instant_of(text.strip())
    assert (at.replace(tzinfo=UTC) if at else None) == (
        datetime.fromisoformat(wanted) if wanted else None
    )


@pytest.mark.parametrize("on", [date(2026, 2, 28), date(2026, 3, 1), date(2024, 2, 29)])
@pytest.mark.parametrize("born", [date(2008, 2, 29), date(1961, 3, 1), date(2027, 1, 1)])
def test_an_age_is_that_on_the_day_of_the_screen(born, on):
    years = duckdb_columns.years_sql(f"DATE '{born}'", f"DATE '{on}'")
    band = found(duckdb_columns.band_sql(years, age_band), "")
    assert (band or "unknown") == age_band(age_on(PatientTraits(born=born), on))
