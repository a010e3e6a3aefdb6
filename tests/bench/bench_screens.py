"""Large tables of screens: rows per second and peak memory of ours beside other ways to count.

Each way runs in a process of its own; on a machine with other work the seconds of processor tell
more than those of the clock. READINESS_BENCH_ROWS says how many rows: a million unless
said, 5_000_000 for a large table, 50_000_000 to see that memory does not grow.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path
from typing import Any

import duckdb

from readiness.imports.service import screens
from readiness.imports.warehouse import sql_text
from tests.bench import exports
from tests.bench.counting import WAYS

ROWS = int(os.environ.get("READINESS_BENCH_ROWS", "1_000_000"))
EXPORT = int(os.environ.get("READINESS_BENCH_BYTES", "60_000_000"))
SLOW = 6_000_000  # rows; beyond them only the ways that stay small are measured
PATIENCE = 1_000_000  # rows; beyond them our readers of small tables are not measured
SPARK = "on Spark, local, its start included"
ON_A_WAREHOUSE = ("on DuckDB", SPARK)
READERS = "our readers, patient by patient"
UPLOAD, BARE_CSV = "as an upload", "Python's csv, the same wide table"
SMALL = {"ours, row by row", "raw DuckDB, bare count", "ours, patient by patient"}

# Invented patients in no order: 60 practices of 2 sites, two screens each, some sent twice, some
# taken back, some not final.
INVENTED = f"""
SELECT
  'MRN' || lpad((n // 9) :: VARCHAR, 9, '0') AS mrn,
  'group-' || lpad((p % 60) :: VARCHAR, 3, '0') AS practice, 'site-' || (p // 64 % 2) AS clinic,
  day AS screened_on,
  ['food', 'housing_instability', 'transportation', 'utilities', 'safety', 'financial', 'digital',
    'social', 'inadequate_housing'][1 + (k % 5 + k // 5 * 2) % 9] AS need,
  CASE WHEN h % 100 < 18 THEN 'positive' WHEN h % 100 < 90 THEN 'negative'
    WHEN h % 100 < 95 THEN 'declined' WHEN h % 100 < 98 THEN 'unknown' ELSE 'incomplete' END
    AS result,
  CASE h // 100 % 200 WHEN 0 THEN 'entered-in-error' WHEN 1 THEN 'preliminary' ELSE 'final' END
    AS status,
  strftime(day + to_seconds(h // 77 % 86000), '%Y-%m-%dT%H:%M:%SZ') AS issued,
  ['english', 'spanish', 'other', 'unknown'][1 + p // 7 % 4] AS language,
  ['white', 'black', 'asian', 'hispanic', 'declined', 'unknown'][1 + p // 11 % 6] AS race,
  ['medicaid', 'medicare', 'commercial', 'uninsured'][1 + p // 13 % 4] AS payer
FROM (
  SELECT *, DATE '2026-01-01' + (p // 1000 % 250 + k // 5 * 90) :: INT AS day
  FROM (
    SELECT range AS n, n % 9 AS k, (hash(n // 9) >> 2) :: BIGINT AS p,
      (hash(n + 7919) >> 2) :: BIGINT AS h
    FROM range({ROWS})
  )
)
ORDER BY hash(n // 1000)
"""


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder:
        yield f"{ROWS:,} rows of results, {ROWS // 9:,} patients"
        for file in tables(Path(folder)):
            yield f"{file.suffix[1:]}, {file.stat().st_size / 2**20:,.0f} MiB"
            for way in ways(file):
                yield f"  {summary(way, file)}"
            file.unlink()
        if ROWS <= PATIENCE:
            file = for_a_warehouse(Path(folder))
            yield "the SQL that a payer runs, on the same rows in Parquet"
            yield from (f"  {summary(way, file)}" for way in ON_A_WAREHOUSE)
        for kind in ("wide", "answers", "judged", "observations"):
            file = exports.write(Path(folder), kind, EXPORT)
            with file.open("rb") as lines:
                rows = sum(1 for _ in lines)
            yield f"{kind}, {rows:,} lines, {file.stat().st_size / 10**6:,.0f} MB"
            for way in (UPLOAD, BARE_CSV) if kind == "wide" else (UPLOAD,):
                yield f"  {summary(way, file, rows)}"
            file.unlink()


def ways(file: Path) -> Iterator[str]:
    for way in (way for way in WAYS if way not in (*ON_A_WAREHOUSE, UPLOAD, BARE_CSV)):
        most = PATIENCE if way == READERS else SLOW
        reads_text_alone = way in ("Python's csv, bare count", READERS)
        if (most >= ROWS or way in SMALL) and not (reads_text_alone and file.suffix != ".csv"):
            yield way


def summary(way: str, file: Path, rows: int = ROWS) -> str:
    found = measured(way, file)
    if "absent" in found:
        return f"{way}: {found['absent']} is not installed"
    if "failed" in found:
        return f"{way}: {found['failed']}"
    speed = f"{found['seconds']:.2f} s, {rows / found['seconds']:,.0f} rows/s"
    worked = f"{found['processor']:.2f} s of processor"
    memory = "memory of its own process" if way == SPARK else f"{found['mib']:.0f} MiB"
    return f"{way}: {speed}, {worked}, {memory} (1 run)"


def measured(way: str, file: Path) -> dict[str, Any]:
    command = [sys.executable, "-m", "tests.bench.counting", way, str(file)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"failed": done.stderr.strip().splitlines()[-1:] or ["it was ended"]}
    found: dict[str, Any] = json.loads(done.stdout)
    return found


def tables(folder: Path) -> Iterator[Path]:
    """One at a time, since the larger ones take gigabytes of disk."""
    for suffix, form in ((".csv", "HEADER"), (".parquet", "FORMAT parquet")):
        file = folder / f"screens{suffix}"
        with duckdb.connect() as connection:
            connection.execute(f"SET temp_directory = '{folder}'")
            connection.execute(f"COPY ({INVENTED}) TO '{file}' ({form})")
        yield file


def for_a_warehouse(folder: Path) -> Path:
    """With the columns that the SQL asks for, and the SQL of each dialect beside it."""
    named = {"group_id": "practice", "site_id": "clinic", "patient": "mrn", "race_omb2024": "race"}
    named |= {"issued": "issued :: TIMESTAMP", "version": "0"}
    own = {"screened_on", "need", "result", "status", "language", "payer"}
    columns = ", ".join(
        f"{named.get(name, name if name in own else 'NULL :: VARCHAR')} AS {name}"
        for name in (column.name for column in sql_text.COLUMNS)
    )
    file = folder / "warehouse.parquet"
    with duckdb.connect() as connection:
        connection.execute(f"COPY (SELECT {columns} FROM ({INVENTED})) TO '{file}'")
    for dialect in ("duckdb", "spark"):
        text = screens.sql_of(dialect, "results", date(2027, 12, 31))
        file.with_suffix(f".{dialect}").write_text(text)
    return file
