"""The count as text for a warehouse: run for real on DuckDB, and on Spark where there is one.

After a change of the expression the texts are written anew, looked at, and kept:
    flask screens sql --dialect spark --as-of 2026-11-22 > tests/data/sql/spark.sql
"""

from __future__ import annotations

import csv
import importlib.util
import io
import shutil
from collections import Counter, defaultdict
from dataclasses import asdict
from datetime import date
from pathlib import Path

import duckdb
import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import file_in_memory
from readiness.imports.service import screens
from readiness.imports.template import models as template
from readiness.imports.warehouse import sql_text
from readiness.imports.warehouse.sql_text import DIALECTS
from tests.factories.result_tables import OWN_WORDS, in_own_words

AS_OF = date(2026, 11, 22)
KEPT = Path(__file__).parents[2] / "data" / "sql"
COLUMNS = ", ".join(f"{column.name} {column.type}" for column in sql_text.COLUMNS)
COUNTS = ("screened", "positive", "declined", "unknown", "incomplete")
HAS_SPARK = bool(importlib.util.find_spec("pyspark") and shutil.which("java"))


def as_csv(rows):
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]))
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue()


def as_table(folder, rows):
    """In Parquet, with the types that are asked for."""
    (folder / "rows.csv").write_text(as_csv(rows))
    columns = COLUMNS.replace("any type", "text")
    with duckdb.connect() as connection:
        connection.execute(f"CREATE TABLE results ({columns})")
        connection.execute(
            f"INSERT INTO results BY NAME SELECT * EXCLUDE (years)"
            f" FROM read_csv('{folder}/rows.csv', all_varchar=true)"
        )
        connection.execute(f"COPY results TO '{folder}/rows.parquet'")
    return folder / "rows.parquet"


def in_duckdb(table, text):
    with duckdb.connect() as connection:
        connection.execute(f"CREATE VIEW results AS FROM '{table}'")
        found = connection.execute(text)
        return [each[0] for each in found.description or ()], found.fetchall()


def cells_in(names, rows):
    """What the text returns, as the pipeline tells the same."""
    found = [dict(zip(names, row, strict=True)) for row in rows]
    keys = ("group_id", "site_id", "period", "need", "stratum_type", "stratum")
    return {tuple(r[k] for k in keys): tuple(int(r[c]) for c in COUNTS) for r in found}


def cells_of(rows):
    """Closed quarters as the readers and the tally find them, by site and for the whole group."""
    source = file_in_memory("file 1", "rows.csv", as_csv(rows).encode())
    sums: defaultdict[tuple[str, ...], Counter[str]] = defaultdict(Counter)
    for k, c in screens.aggregate([source], mapping=OWN_WORDS).cells.items():
        for site in {k.site_id, "ALL"}:
            if k.period < "2026-Q4":
                key = (k.group_id, site, k.period, k.need, k.stratum_type, k.stratum)
                sums[key].update({"screened": c.screened, **asdict(c)})
    return {key: tuple(of[each] for each in COUNTS) for key, of in sums.items()}


@pytest.mark.parametrize("dialect", DIALECTS)
def test_the_text_is_the_one_that_was_looked_at(dialect):
    kept = (KEPT / f"{dialect}.sql").read_text()
    assert screens.sql_of(dialect, "results", AS_OF) == kept


@pytest.mark.parametrize("seed", range(3))
def test_duckdb_returns_what_the_readers_and_the_tally_find(tmp_path, seed):
    rows = in_own_words(seed, 600)
    names, found = in_duckdb(as_table(tmp_path, rows), (KEPT / "duckdb.sql").read_text())
    assert cells_in(names, found) == cells_of(rows)


@pytest.mark.slow
def test_what_comes_back_is_our_table_of_counts_and_can_be_sent_as_it_is(tmp_path):
    rows = in_own_words(4, 400)
    names, found = in_duckdb(as_table(tmp_path, rows), (KEPT / "duckdb.sql").read_text())
    assert tuple(names) == template.NAMES
    sent = as_csv([dict(zip(names, row, strict=True)) for row in found])
    source = file_in_memory("file 1", "counts.csv", sent.encode())
    taken = screens.aggregate([source], today=AS_OF)
    assert {key.period for key in taken.steps} == {"2026-Q1", "2026-Q2"}
    assert len(taken.steps) == len(found)


@pytest.mark.skipif(not HAS_SPARK, reason="needs Java and requirements-scale.in installed")
def test_spark_returns_what_duckdb_returns(tmp_path):
    from tests.factories.spark import rows_of  # here, since without Spark it cannot be imported

    rows = in_own_words(2, 600)
    table = as_table(tmp_path, rows)
    names, found = in_duckdb(table, (KEPT / "duckdb.sql").read_text())
    assert rows_of(table, (KEPT / "spark.sql").read_text()) == found
    assert cells_in(names, found) == cells_of(rows)


@pytest.mark.parametrize("dialect", DIALECTS)
def test_a_table_may_stand_in_a_schema(dialect):
    text = screens.sql_of(dialect, "lake.sdoh.results", AS_OF)
    assert "FROM lake.sdoh.results" in text.replace("`", "").replace('"', "")
    assert "FROM results" not in text


@pytest.mark.parametrize("name", ["results; DROP TABLE x", "a b", "", "a.b.c.d.e", "x--"])
def test_a_table_is_named_and_nothing_more(name):
    with pytest.raises(BadInput, match="letters, digits"):
        screens.sql_of("duckdb", name)


def test_without_a_day_the_quarters_are_those_closed_when_it_runs():
    assert "CURRENT_DATE" in screens.sql_of("postgres", "results")


def test_every_column_is_described_with_what_may_stand_in_it():
    says = "\n".join(sql_text.table_description())
    assert all(column.name in says for column in sql_text.COLUMNS)
    assert "inadequate_housing" in says
