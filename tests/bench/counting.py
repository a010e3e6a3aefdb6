"""One way of counting one table, in a process of its own: prints seconds and peak memory as JSON.

python -m tests.bench.counting WAY FILE
"""

from __future__ import annotations

import csv
import json
import os
import sys
import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date
from pathlib import Path

from readiness.imports.screens.models import CellKey, ResultCounts

MAPPING = """
shape = "long"
ignore = ["race", "payer"]
[columns]
patient = "mrn"
date = "screened_on"
need = "need"
result = "result"
status = "status"
issued = "issued"
site = "clinic"
group = "practice"
language = "language"
"""
WITH_STRATA = MAPPING.replace('ignore = ["race", "payer"]', "").replace(
    'language = "language"', 'language = "language"\nrace = "race"\npayer = "payer"'
)
BARE = (
    "SELECT practice, clinic, year(CAST(screened_on AS DATE)), quarter(CAST(screened_on AS DATE)),"
    " need, language, count(*), count(*) FILTER (result = 'positive') FROM {scan} GROUP BY ALL"
)
SAME = BARE.replace(" need,", " need, result, status,")  # as much as ours tells apart
LATEST = (
    "SELECT practice, need, count(*), count(*) FILTER (result = 'positive') FROM (SELECT * FROM"
    " {scan} QUALIFY row_number() OVER (PARTITION BY mrn, need, screened_on"
    " ORDER BY issued DESC) = 1) GROUP BY ALL"
)
Found = tuple[int, int]  # rows or patients counted, and how many of them are positive
Count = Callable[[Path], Found]


def ours_by_row() -> Count:
    return ours(MAPPING, by_patient=False)


def ours_by_patient() -> Count:
    return ours(WITH_STRATA, by_patient=True)


def ours(text: str, *, by_patient: bool) -> Count:
    from readiness.core.tables.models import ReadContext, Report
    from readiness.core.tables.reader import TextTable
    from readiness.imports.mapped_table import columns_of
    from readiness.imports.mapping import parse
    from readiness.imports.mapping_models import LongMapping
    from readiness.imports.screening_codes import loader as screening
    from readiness.imports.service import large
    from readiness.imports.warehouse import duckdb_count
    from readiness.imports.warehouse.duckdb_columns import ResultColumn

    codes = screening.load()
    mapping = parse(text, codes)
    assert isinstance(mapping, LongMapping)

    def count(path: Path) -> Found:
        header = duckdb_count.header_of(path.open("rb"))
        columns = columns_of(TextTable("table", header, iter(())), mapping)
        wording = large.wording_of(mapping, codes, columns, header)
        if not by_patient:
            rest = dict(wording.columns)
            del rest[ResultColumn.PATIENT]
            wording = replace(wording, columns=rest)
        return totals(
            duckdb_count.cells_of(path.open("rb"), wording, ReadContext(lambda _: b"", Report()))
        )

    return count


def totals(cells: Mapping[CellKey, ResultCounts]) -> Found:
    total = [counts for key, counts in cells.items() if key.stratum_type == "total"]
    return sum(each.screened for each in total), sum(each.positive for each in total)


def readers() -> Count:
    """Row by row through the readers, the assembly and the tally, as small tables go."""
    from readiness.core.tables.models import ReadContext, Report, file_on_disk
    from readiness.imports import long_table
    from readiness.imports.fhir import reader as fhir
    from readiness.imports.mapping import parse
    from readiness.imports.mapping_models import LongMapping
    from readiness.imports.screening_codes import loader as screening
    from readiness.imports.screens.assembly import ScreenAssembly
    from readiness.imports.service.screens import RunRecords, count_screens, keyed_hash

    codes = screening.load()
    mapping = parse(WITH_STRATA, codes)
    assert isinstance(mapping, LongMapping)

    def count(path: Path) -> Found:
        reading = ReadContext(keyed_hash(os.urandom(32)), Report())
        records = RunRecords(ScreenAssembly(codes, reading.report))
        if path.suffix == ".ndjson":
            for record in fhir.parts([file_on_disk(path)], reading, codes):
                records.add(record)
        else:
            for part in long_table.parts([file_on_disk(path)], reading, mapping, codes):
                records.add(part)
        return totals(count_screens(records, None, date.max).cells)

    return count


def upload(path: Path) -> Found:
    """As a group sends it, with the mapping of its shape."""
    from readiness.core.tables.models import file_on_disk
    from readiness.imports.service.screens import aggregate
    from tests.bench.exports import MAPPINGS

    mapping = MAPPINGS.get(path.stem)
    return totals(aggregate([file_on_disk(path)], group_id="group", mapping=mapping).cells)


def wide_csv(path: Path) -> Found:
    """Each patient of a quarter once for each need, by their last line; no strata, no checks."""
    from tests.bench.exports import NEEDS

    latest: dict[tuple[str, str, str], str] = {}
    with path.open(newline="", encoding="utf-8") as stream:
        for row in csv.DictReader(stream):
            quarter = f"{row['day'][:4]}-Q{(int(row['day'][5:7]) + 2) // 3}"
            for need in NEEDS:
                latest[row["mrn"], quarter, need] = row[need]
    return len(latest), sum(result == "positive" for result in latest.values())


def raw_duckdb(query: str) -> Count:
    import duckdb

    def count(path: Path) -> Found:
        with duckdb.connect(config={"temp_directory": ""}) as connection:
            rows = connection.execute(query.format(scan=f"'{path}'")).fetchall()
        return sum(row[-2] for row in rows), sum(row[-1] for row in rows)

    return count


def polars() -> Count:
    import polars as pl

    def count(path: Path) -> Found:
        is_text = path.suffix == ".csv"
        table = pl.scan_csv(path, try_parse_dates=True) if is_text else pl.scan_parquet(path)
        day = pl.col("screened_on").cast(pl.Date)
        found = (
            table.with_columns(day.dt.year().alias("year"), day.dt.quarter().alias("quarter"))
            .group_by("practice", "clinic", "year", "quarter", "need", "language")
            .agg(pl.len().alias("rows"), (pl.col("result") == "positive").sum().alias("positive"))
            .collect()
        )
        return int(found["rows"].sum()), int(found["positive"].sum())

    return count


def pandas() -> Count:
    import pandas as pd

    wanted = ["practice", "clinic", "screened_on", "need", "language", "result"]

    def count(path: Path) -> Found:
        if path.suffix == ".csv":
            table = pd.read_csv(path, usecols=wanted)
        else:
            table = pd.read_parquet(path, columns=wanted)
        day = pd.to_datetime(table["screened_on"])
        positive = table["result"] == "positive"
        table = table.assign(year=day.dt.year, quarter=day.dt.quarter, positive=positive)
        by = table.groupby(["practice", "clinic", "year", "quarter", "need", "language"])[
            "positive"
        ]
        found = by.agg(["size", "sum"])
        return int(found["size"].sum()), int(found["sum"].sum())

    return count


def stdlib_csv(path: Path) -> Found:
    counts: Counter[tuple[str, ...]] = Counter()
    positive: Counter[tuple[str, ...]] = Counter()
    with path.open(newline="", encoding="utf-8") as stream:
        rows = csv.reader(stream)
        at = {name: place for place, name in enumerate(next(rows))}
        group, day, need = at["practice"], at["screened_on"], at["need"]
        site, language, result = at["clinic"], at["language"], at["result"]
        quarters: dict[str, str] = {}
        for row in rows:
            month = row[day][:7]
            if month not in quarters:
                quarters[month] = f"{month[:4]}-Q{(int(month[5:]) + 2) // 3}"
            key = (row[group], row[site], quarters[month], row[need], row[language])
            counts[key] += 1
            if row[result] == "positive":
                positive[key] += 1
    return counts.total(), positive.total()


def on_duckdb() -> Count:
    """The text that a payer runs."""
    import duckdb

    def count(path: Path) -> Found:
        with duckdb.connect(config={"temp_directory": ""}) as connection:
            connection.execute(f"CREATE VIEW results AS FROM '{path}'")
            text = path.with_suffix(".duckdb").read_text(encoding="utf-8")
            return len(connection.execute(text).fetchall()), 0

    return count


def on_spark() -> Count:
    from tests.factories.spark import rows_of

    def count(path: Path) -> Found:
        return len(rows_of(path, path.with_suffix(".spark").read_text(encoding="utf-8"))), 0

    return count


WAYS: dict[str, Callable[[], Count]] = {
    "ours, row by row": ours_by_row,
    "raw DuckDB, bare count": lambda: raw_duckdb(BARE),
    "raw DuckDB, by result and status too": lambda: raw_duckdb(SAME),
    "polars, bare count": polars,
    "pandas, bare count": pandas,
    "Python's csv, bare count": lambda: stdlib_csv,
    "ours, patient by patient": ours_by_patient,
    "raw DuckDB, latest of each patient": lambda: raw_duckdb(LATEST),
    "our readers, patient by patient": readers,
    "as an upload": lambda: upload,
    "Python's csv, the same wide table": lambda: wide_csv,
    "on DuckDB": on_duckdb,
    "on Spark, local, its start included": on_spark,
}


def main(way: str, file: str) -> int:
    try:
        count = WAYS[way]()
    except ImportError as error:
        print(json.dumps({"absent": error.name}))
        return 0
    began, worked = time.perf_counter(), time.process_time()
    rows, positive = count(Path(file))
    found = {
        "seconds": time.perf_counter() - began,
        "processor": time.process_time() - worked,
        "mib": peak_mib(),
        "rows": rows,
        "positive": positive,
    }
    print(json.dumps(found))
    return 0


def peak_mib() -> float:
    """Of this process alone: what the system says of resources has its parent's peak in it."""
    lines = Path("/proc/self/status").read_text().splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
