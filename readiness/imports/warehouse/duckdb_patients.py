"""Tables that name patients: each is a keyed hash, and counts once per quarter, need and stratum.

The rows of a slice of the patients are held at once, one or two bytes for whatever has few
different texts, and then packed; of these a part at a time is judged by the one expression. However
large the file is, only the number of slices grows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace

from readiness.counts.strata import STRATA, UNKNOWN, StratumType
from readiness.imports.screens.models import NOBODY, CellKey, NeedResult, RecordStatus, ResultCounts
from readiness.imports.warehouse import duckdb_columns, sql
from readiness.imports.warehouse.duckdb_columns import (
    MEANT,
    UNREAD,
    DuckdbRun,
    ResultColumn,
    create_word_type,
    explain,
    raw_name,
    text_of,
)
from readiness.imports.warehouse.duckdb_session import DuckdbSession, UnlistedValue, literal

SHOWN = 200_000  # rows looked at to learn the texts of a column
NO_QUARTER = "-Q0"  # of what is counted by year
COUNTED = RecordStatus.COUNTED.value
STANDINGS = {each.value: each for each in RecordStatus}
SUMS = ", ".join(f"CAST(SUM({each}) AS INTEGER) AS {each}" for each in NeedResult)
KEYS = "group_id, site_id, quarter, need, stratum"


@dataclass(frozen=True)
class PatientSlice:
    condition: str  # on the hash of a patient
    worth: float  # its share of the whole


def count_patients(db: DuckdbSession, run: DuckdbRun) -> dict[CellKey, ResultCounts]:
    slices = max(1, -(-run.table.rows // run.room.slice_rows))
    key = secrets.randbits(63)  # known to this run alone
    for kind in sql.STATED_KINDS:
        create_word_type(db, f"{kind}_word", STRATA[kind])
    learn(db, run, f"LIMIT {SHOWN}")
    for number in range(slices):
        slice_ = PatientSlice(f"% {slices} = {number}", 1 / slices)
        try:
            load(db, run, slice_, key)
        except UnlistedValue:
            learn(db, run, every_text(run))
            load(db, run, slice_, key)
        count_slice(db, run, slice_)
    return cells_of_sums(db)


# What the texts of a column mean


def every_text(run: DuckdbRun) -> str:
    """Of every column each different text once, in one pass over the whole table."""
    return f"GROUP BY GROUPING SETS ({', '.join(f'({raw_name(column)})' for column in run.words)})"


def learn(db: DuckdbSession, run: DuckdbRun, extent: str) -> None:
    """Make a type of each column's different texts, so that a row holds a small number instead,
    and ask what each of them means."""
    db.run("DROP TABLE IF EXISTS held")
    columns = ", ".join(f"{text_of(run, each)} AS {raw_name(each)}" for each in run.words)
    db.run(f"CREATE OR REPLACE TABLE shown AS SELECT {columns} FROM {run.table.scan} {extent}")
    for column in run.words:
        db.run(f"DROP TABLE IF EXISTS {column}_words")
        db.run(f"DROP TYPE IF EXISTS {column}_text")
        db.run(f"CREATE TYPE {column}_text AS ENUM ({by_first_row(raw_name(column))})")
        if column in MEANT:
            texts = f"unnest(enum_range(NULL :: {column}_text)) :: {column}_text"
            explain(db, run, column, f"SELECT {texts} AS text")
    db.run("DROP TABLE shown")


def by_first_row(column: str) -> str:
    """In the order in which they appear, since places with names are numbered in that order."""
    first = f"SELECT {column} AS text, min(rowid) AS line FROM shown GROUP BY text"
    none = "UNION ALL SELECT '', -1"
    return (
        f"SELECT text FROM ({first} {none}) WHERE NOT text IS NULL GROUP BY text ORDER BY min(line)"
    )


# The rows of one slice


def load(db: DuckdbSession, run: DuckdbRun, slice_: PatientSlice, key: int) -> None:
    """Rows without a patient come with the first slice, to be told."""
    person = f"trim({run.sql_of(ResultColumn.PATIENT)})"
    patient = f"CASE WHEN {person} <> '' THEN hash({person}, {key}) END"
    columns = {"patient": patient, "screened_on": run.day(ResultColumn.DATE)}
    if run.has(ResultColumn.ISSUED):
        columns["issued"] = run.instant(ResultColumn.ISSUED)
    if run.has(ResultColumn.BORN):
        columns["born"] = run.day(ResultColumn.BORN)
    columns |= {raw_name(each): f"CAST({text_of(run, each)} AS {each}_text)" for each in run.words}
    selected = ", ".join(f"{of} AS {name}" for name, of in columns.items())
    db.run("DROP TABLE IF EXISTS held")
    db.run(
        f"CREATE TABLE held AS SELECT {selected} FROM {run.table.scan}"
        f" WHERE COALESCE({patient}, 0) {slice_.condition}",
        worth=slice_.worth / 2,
    )
    db.checkpoint()


def load_people(db: DuckdbSession, run: DuckdbRun) -> None:
    """The strata of every different set of traits; few, however many the people are."""
    if not run.traits:
        return
    names = ", ".join(map(raw_name, run.traits))
    sets = db.run(f"SELECT DISTINCT {names} FROM held")
    strata = [run.wording.apart(dict(zip(run.traits, each, strict=True))) for each in sets]
    given = [[each[at] for each in sets] for at in range(len(run.traits))]
    told = [[if_known(each.get(kind)) for each in strata] for kind in sql.STATED_KINDS]
    columns = [f"unnest(?) :: {each}_text AS {raw_name(each)}" for each in run.traits]
    columns += [f"unnest(?) :: {kind}_word AS their_{kind}" for kind in sql.STATED_KINDS]
    db.run(f"CREATE OR REPLACE TABLE people AS SELECT {', '.join(columns)}", (*given, *told))


def if_known(stratum: str | None) -> str | None:
    return None if stratum == UNKNOWN else stratum


def results_query(run: DuckdbRun, part: str) -> str:
    """The rows that the expression reads: what the words in them mean."""
    meant = {each: f"{each}_words.meant" for each in run.words if each in MEANT}
    columns: dict[str, str] = {
        "group_id": meant.get(ResultColumn.GROUP, literal(run.reading.group_id or NOBODY)),
        "site_id": meant.get(ResultColumn.SITE, "CAST(NULL AS VARCHAR)"),
        "patient": "patient",
        "screened_on": duckdb_columns.plausible_day_sql("screened_on"),
        "instrument": "''",
        "need": meant[ResultColumn.NEED],
        "result": meant[ResultColumn.RESULT],
        "status": meant.get(ResultColumn.STATUS, literal(RecordStatus.COUNTED)),
        "issued": "issued" if run.has(ResultColumn.ISSUED) else "CAST(NULL AS TIMESTAMP)",
        "version": "version",
        "is_unread": duckdb_columns.unread_sql(run),
        **{kind.value: f"their_{kind}" for kind in sql.STATED_KINDS if kind in run.types},
    }
    if StratumType.AGE in run.types:
        columns["age"] = age(run, meant.get(ResultColumn.AGE, "NULL"))
    joins = [
        f"LEFT JOIN {each}_words ON part.{raw_name(each)} = {each}_words.text" for each in meant
    ]
    if run.traits:
        joins.append(f"LEFT JOIN people USING ({', '.join(map(raw_name, run.traits))})")
    selected = ", ".join(f"{of} AS {name}" for name, of in columns.items())
    held = f"SELECT *, rowid AS version FROM held WHERE {part}"
    return f"SELECT {selected} FROM ({held}) AS part {' '.join(joins)}"


def age(run: DuckdbRun, told: str) -> str:
    """By the day of birth, else as it is told."""
    if not run.has(ResultColumn.BORN):
        return told
    years = duckdb_columns.years_sql(duckdb_columns.plausible_day_sql("born"), "screened_on")
    band = duckdb_columns.band_sql(years, run.wording.age)
    return f"CASE WHEN born IS NULL THEN {told} ELSE {band} END"


# What the rows say


def count_slice(db: DuckdbSession, run: DuckdbRun, slice_: PatientSlice) -> None:
    load_people(db, run)
    ((rows,),) = db.run("SELECT count(*) FROM held")
    turns = max(1, -(-rows // run.room.turn_rows))
    period = sql.YEAR if run.is_by_year else sql.QUARTER
    query = sql.tallies_query(STANDINGS, "results", run.types, period)
    tallies = f"{query} SELECT * FROM tallies"
    for turn in range(turns):
        part = results_query(run, f"(COALESCE(patient, 0) >> 32) % {turns} = {turn}")
        db.run(f"CREATE OR REPLACE TABLE results AS {part}")
        add_tallies(db, tallies, slice_.worth / 2 / turns)
        note(db, run)
        note_repeated(db, run)
    db.run("DROP TABLE results")


def add_tallies(db: DuckdbSession, tallies: str, worth: float) -> None:
    """Added up at once, so that the sums stay as few as the cells are."""
    db.run(f"CREATE TABLE IF NOT EXISTS sums AS {tallies} LIMIT 0")
    db.run(f"INSERT INTO sums {tallies}", worth=worth)
    db.run(f"CREATE TABLE added AS SELECT {KEYS}, {SUMS} FROM sums GROUP BY {KEYS}")
    db.run("DROP TABLE sums")
    db.run("ALTER TABLE added RENAME TO sums")


LACKS = {
    ResultColumn.PATIENT: "patient IS NULL",
    ResultColumn.STATUS: f"status = '{UNREAD}'",
    ResultColumn.DATE: "screened_on IS NULL",
    ResultColumn.NEED: "need IS NULL",
}


def note(db: DuckdbSession, run: DuckdbRun) -> None:
    """Each row once: by the first thing it lacks, or by what its status means."""
    lacks = " ".join(f"WHEN {lacking} THEN '{column}'" for column, lacking in LACKS.items())
    query = f"SELECT CASE {lacks} ELSE status END AS what, count(*) FROM results GROUP BY what"
    run.note(dict(db.run(query)))
    lacking = " OR ".join(LACKS.values())
    unread = f"SELECT need :: VARCHAR, count(*) FROM results WHERE is_unread AND NOT ({lacking})"
    duckdb_columns.note_unread(db, run, f"{unread} GROUP BY need")
    days = f"SELECT min(screened_on), max(screened_on) FROM results WHERE status = '{COUNTED}'"
    for day in db.run(f"{days} AND NOT need IS NULL")[0]:
        if day:
            run.reading.report.cover(day)


def note_repeated(db: DuckdbSession, run: DuckdbRun) -> None:
    """Results that a later result of the same question replaced; not those taken back."""
    ((repeated,),) = db.run(
        "SELECT count(*) FROM (SELECT status, LAG(status) OVER ("
        "PARTITION BY group_id, patient, screened_on, need"
        " ORDER BY issued DESC NULLS LAST, version DESC) AS later"
        " FROM results WHERE status IN ('counted', 'deleted') AND NOT screened_on IS NULL"
        " AND NOT need IS NULL)"
        " WHERE status = 'counted' AND later = 'counted'"
    )
    run.reading.report.duplicates += repeated


def cells_of_sums(db: DuckdbSession) -> dict[CellKey, ResultCounts]:
    rows = db.run(
        f"WITH tallies AS (SELECT * FROM sums), cells AS ({sql.cells()}) SELECT * FROM cells"
    )
    keys = ((CellKey(*row[:6]), row[6:]) for row in rows)
    return {
        replace(key, period=key.period.removesuffix(NO_QUARTER)): ResultCounts(*counts)
        for key, counts in keys
    }
