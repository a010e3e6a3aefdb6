"""Tables that name patients: each is a keyed hash, and counts once per quarter, need and stratum.

The rows of a slice of the patients are held at once, one or two bytes for whatever has few
different texts, and then packed; of these a part at a time is judged by the one expression. However
large the file is, only the number of slices grows.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass

from readiness.counts.strata import STRATA, UNKNOWN, StratumType
from readiness.imports.screens.cells import NOBODY, CellKey, Counts
from readiness.imports.screens.parts import Result, Standing
from readiness.imports.warehouse import duckdb_days, sql
from readiness.imports.warehouse.duckdb_meaning import (
    MEANT,
    UNREAD,
    explain,
    name_words,
    raw,
    text_of,
)
from readiness.imports.warehouse.duckdb_session import DuckdbSession, NotListed, literal
from readiness.imports.warehouse.duckdb_words import Column, Run

SHOWN = 200_000  # rows looked at to learn the texts of a column
STANDINGS = {each.value: each for each in Standing}
SUMS = ", ".join(f"CAST(SUM({each}) AS INTEGER) AS {each}" for each in Result)
KEYS = "group_id, site_id, quarter, need, stratum"


@dataclass(frozen=True)
class Slice:
    condition: str  # on the hash of a patient
    worth: float  # its share of the whole


def cells(db: DuckdbSession, run: Run) -> dict[CellKey, Counts]:
    slices = max(1, -(-run.table.rows // run.room.slice_rows))
    key = secrets.randbits(63)  # known to this run alone
    for kind in sql.SAID:
        name_words(db, f"{kind}_word", STRATA[kind])
    learn(db, run, f"LIMIT {SHOWN}")
    for number in range(slices):
        slice_ = Slice(f"% {slices} = {number}", 1 / slices)
        try:
            load(db, run, slice_, key)
        except NotListed:
            learn(db, run, every_text(run))
            load(db, run, slice_, key)
        judge(db, run, slice_)
    return counted(db)


# What the texts of a column mean


def every_text(run: Run) -> str:
    """Of every column each different text once, in one pass over the whole table."""
    return f"GROUP BY GROUPING SETS ({', '.join(f'({raw(column)})' for column in run.words)})"


def learn(db: DuckdbSession, run: Run, extent: str) -> None:
    """Make a type of each column's different texts, so that a row holds a small number instead,
    and ask what each of them means."""
    db.run("DROP TABLE IF EXISTS held")
    columns = ", ".join(f"{text_of(run, each)} AS {raw(each)}" for each in run.words)
    db.run(f"CREATE OR REPLACE TABLE shown AS SELECT {columns} FROM {run.table.scan} {extent}")
    for column in run.words:
        db.run(f"DROP TABLE IF EXISTS {column}_words")
        db.run(f"DROP TYPE IF EXISTS {column}_text")
        db.run(f"CREATE TYPE {column}_text AS ENUM ({by_first_row(raw(column))})")
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


def load(db: DuckdbSession, run: Run, slice_: Slice, key: int) -> None:
    """Rows without a patient come with the first slice, to be told."""
    person = f"trim({run.sql_of(Column.PATIENT)})"
    patient = f"CASE WHEN {person} <> '' THEN hash({person}, {key}) END"
    columns = {"patient": patient, "screened_on": run.day(Column.DATE)}
    if run.has(Column.ISSUED):
        columns["issued"] = run.instant(Column.ISSUED)
    if run.has(Column.BORN):
        columns["born"] = run.day(Column.BORN)
    columns |= {raw(each): f"CAST({text_of(run, each)} AS {each}_text)" for each in run.words}
    selected = ", ".join(f"{of} AS {name}" for name, of in columns.items())
    db.run("DROP TABLE IF EXISTS held")
    db.run(
        f"CREATE TABLE held AS SELECT {selected} FROM {run.table.scan}"
        f" WHERE COALESCE({patient}, 0) {slice_.condition}",
        worth=slice_.worth / 2,
    )
    db.checkpoint()


def say_who_they_are(db: DuckdbSession, run: Run) -> None:
    """The strata of every different set of traits; few, however many the people are."""
    if not run.traits:
        return
    names = ", ".join(map(raw, run.traits))
    sets = db.run(f"SELECT DISTINCT {names} FROM held")
    strata = [run.wording.apart(dict(zip(run.traits, each, strict=True))) for each in sets]
    given = [[each[at] for each in sets] for at in range(len(run.traits))]
    told = [[known(each.get(kind)) for each in strata] for kind in sql.SAID]
    columns = [f"unnest(?) :: {each}_text AS {raw(each)}" for each in run.traits]
    columns += [f"unnest(?) :: {kind}_word AS their_{kind}" for kind in sql.SAID]
    db.run(f"CREATE OR REPLACE TABLE people AS SELECT {', '.join(columns)}", (*given, *told))


def known(stratum: str | None) -> str | None:
    return None if stratum == UNKNOWN else stratum


def in_our_words(run: Run, part: str) -> str:
    """The rows that the expression reads: what the words in them mean."""
    meant = {each: f"{each}_words.meant" for each in run.words if each in MEANT}
    columns: dict[str, str] = {
        "group_id": meant.get(Column.GROUP, literal(run.reading.group_id or NOBODY)),
        "site_id": meant.get(Column.SITE, "CAST(NULL AS VARCHAR)"),
        "patient": "patient",
        "screened_on": duckdb_days.within("screened_on"),
        "instrument": "''",
        "need": meant[Column.NEED],
        "result": meant[Column.RESULT],
        "status": meant.get(Column.STATUS, literal(Standing.COUNTED)),
        "issued": "issued" if run.has(Column.ISSUED) else "CAST(NULL AS TIMESTAMP)",
        "version": "version",
        **{kind.value: f"their_{kind}" for kind in sql.SAID if kind in run.types},
    }
    if StratumType.AGE in run.types:
        columns["age"] = age(run, meant.get(Column.AGE, "NULL"))
    joins = [f"LEFT JOIN {each}_words ON part.{raw(each)} = {each}_words.text" for each in meant]
    if run.traits:
        joins.append(f"LEFT JOIN people USING ({', '.join(map(raw, run.traits))})")
    selected = ", ".join(f"{of} AS {name}" for name, of in columns.items())
    held = f"SELECT *, rowid AS version FROM held WHERE {part}"
    return f"SELECT {selected} FROM ({held}) AS part {' '.join(joins)}"


def age(run: Run, told: str) -> str:
    """By the day of birth, else as it is told."""
    if not run.has(Column.BORN):
        return told
    years = duckdb_days.years(duckdb_days.within("born"), "screened_on")
    return f"CASE WHEN born IS NULL THEN {told} ELSE {duckdb_days.band(years, run.wording.age)} END"


# What the rows say


def judge(db: DuckdbSession, run: Run, slice_: Slice) -> None:
    say_who_they_are(db, run)
    ((rows,),) = db.run("SELECT count(*) FROM held")
    turns = max(1, -(-rows // run.room.turn_rows))
    tallies = f"{sql.tallies_query(STANDINGS, 'results', run.types)} SELECT * FROM tallies"
    for turn in range(turns):
        part = in_our_words(run, f"(COALESCE(patient, 0) >> 32) % {turns} = {turn}")
        db.run(f"CREATE OR REPLACE TABLE results AS {part}")
        add(db, tallies, slice_.worth / 2 / turns)
        note(db, run)
        note_repeated(db, run)
    db.run("DROP TABLE results")


def add(db: DuckdbSession, tallies: str, worth: float) -> None:
    """Added up at once, so that the sums stay as few as the cells are."""
    db.run(f"CREATE TABLE IF NOT EXISTS sums AS {tallies} LIMIT 0")
    db.run(f"INSERT INTO sums {tallies}", worth=worth)
    db.run(f"CREATE TABLE added AS SELECT {KEYS}, {SUMS} FROM sums GROUP BY {KEYS}")
    db.run("DROP TABLE sums")
    db.run("ALTER TABLE added RENAME TO sums")


LACKS = {
    Column.PATIENT: "patient IS NULL",
    Column.STATUS: f"status = '{UNREAD}'",
    Column.DATE: "screened_on IS NULL",
    Column.NEED: "need IS NULL",
    Column.RESULT: "result IS NULL",
}


def note(db: DuckdbSession, run: Run) -> None:
    """Each row once: by the first thing it lacks, or by what its status means."""
    lacks = " ".join(f"WHEN {lacking} THEN '{column}'" for column, lacking in LACKS.items())
    query = f"SELECT CASE {lacks} ELSE status END AS what, count(*) FROM results GROUP BY what"
    run.note(dict(db.run(query)))


def note_repeated(db: DuckdbSession, run: Run) -> None:
    """Results that a later result of the same question replaced; not those taken back."""
    ((repeated,),) = db.run(
        "SELECT count(*) FROM (SELECT status, LAG(status) OVER ("
        "PARTITION BY group_id, patient, screened_on, need"
        " ORDER BY issued DESC NULLS LAST, version DESC) AS later"
        " FROM results WHERE status IN ('counted', 'deleted') AND NOT screened_on IS NULL"
        " AND NOT need IS NULL AND NOT result IS NULL)"
        " WHERE status = 'counted' AND later = 'counted'"
    )
    run.reading.report.duplicates += repeated


def counted(db: DuckdbSession) -> dict[CellKey, Counts]:
    rows = db.run(
        f"WITH tallies AS (SELECT * FROM sums), cells AS ({sql.cells()}) SELECT * FROM cells"
    )
    return {CellKey(*row[:6]): Counts(*row[6:]) for row in rows}
