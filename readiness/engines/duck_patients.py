"""Tables that name patients: each is a keyed hash, and counts once per quarter, need and stratum.

The rows of a slice of the patients are held at once, one or two bytes for whatever has few
different texts, and then packed; of these a part at a time is judged by the one expression. However
large the file is, only the number of slices grows.
"""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from readiness.domain.errors import BadInput, Problem
from readiness.domain.screening import UNKNOWN, StratumType
from readiness.domain.screens.cells import NOBODY, CellKey, Counts
from readiness.domain.screens.parts import Result, Standing
from readiness.engines import duck_days, sql
from readiness.engines.duck_session import NotListed, Session, literal
from readiness.engines.duck_words import Column, Run, Wording

SHOWN = 200_000  # rows looked at to learn the texts of a column
MOST_TEXTS = 20_000  # different ones in a column; more are names or notes
TOO_VARIOUS = "The {column} column holds too many different texts. Name another column."
AGE = re.compile(r"[0-9]{1,3}")
UNREAD = "unread"  # a status that nobody explained: its row is left out
STANDINGS = {each.value: each for each in Standing}
SUMS = ", ".join(f"CAST(SUM({each}) AS INTEGER) AS {each}" for each in Result)
KEYS = "group_id, site_id, quarter, need, stratum"


@dataclass(frozen=True)
class Slice:
    condition: str  # on the hash of a patient
    worth: float  # its share of the whole


def cells(db: Session, run: Run) -> dict[CellKey, Counts]:
    slices = max(1, -(-run.table.rows // run.room.slice_rows))
    key = secrets.randbits(63)  # known to this run alone
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


def raw(column: Column) -> str:
    """How its text is called in SQL, where some of the words mean something."""
    return f"{column}_raw"


def learn(db: Session, run: Run, extent: str) -> None:
    """Make a type of each column's different texts, so that a row holds a small number instead,
    and ask what each of them means."""
    db.run("DROP VIEW IF EXISTS results")
    db.run("DROP TABLE IF EXISTS held")
    texts = ", ".join(f"{text_of(run, each)} AS {raw(each)}" for each in run.words)
    db.run(f"CREATE OR REPLACE TABLE shown AS SELECT {texts} FROM {run.table.scan} {extent}")
    for column in run.words:
        db.run(f"DROP TABLE IF EXISTS {column}_words")
        db.run(f"DROP TYPE IF EXISTS {column}_text")
        known = f"SELECT '' UNION SELECT {raw(column)} FROM shown WHERE NOT {raw(column)} IS NULL"
        db.run(f"CREATE TYPE {column}_text AS ENUM ({known})")
        if column in MEANT:
            ask(db, run, column)
    db.run("DROP TABLE shown")


def text_of(run: Run, column: Column) -> str:
    return f"COALESCE({run.sql_of(column)}, '')"


def ask(db: Session, run: Run, column: Column) -> None:
    texts = [row[0] for row in db.run(f"SELECT unnest(enum_range(NULL :: {column}_text))")]
    if len(texts) > MOST_TEXTS:
        raise BadInput([Problem(run.label, TOO_VARIOUS.format(column=column))])
    meant = [MEANT[column](run.wording, text.strip()) for text in texts]
    db.run(
        f"CREATE TABLE {column}_words AS SELECT unnest(?) :: {column}_text AS text,"
        " unnest(?) :: VARCHAR AS meant",
        (texts, meant),
    )


def age_of(wording: Wording, text: str) -> str:
    return wording.age(int(text) if AGE.fullmatch(text) else None)


MEANT: dict[Column, Callable[[Wording, str], str | None]] = {
    Column.NEED: lambda wording, text: wording.need(text),
    Column.RESULT: lambda wording, text: wording.result(text),
    Column.STATUS: lambda wording, text: wording.standing(text),
    Column.GROUP: lambda wording, text: wording.group(text) or None,
    Column.SITE: lambda wording, text: wording.site(text) or None,
    Column.AGE: age_of,
}


# The rows of one slice


def load(db: Session, run: Run, slice_: Slice, key: int) -> None:
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
    db.run("DROP VIEW IF EXISTS results")
    db.run("DROP TABLE IF EXISTS held")
    db.run(
        f"CREATE TABLE held AS SELECT {selected} FROM {run.table.scan}"
        f" WHERE COALESCE({patient}, 0) {slice_.condition}",
        worth=slice_.worth / 2,
    )
    db.checkpoint()
    say_who_they_are(db, run)
    say_in_our_words(db, run)


def say_who_they_are(db: Session, run: Run) -> None:
    """The strata of every different set of traits; few, however many the people are."""
    if not run.traits:
        return
    names = ", ".join(map(raw, run.traits))
    sets = db.run(f"SELECT DISTINCT {names} FROM held")
    strata = [run.wording.apart(dict(zip(run.traits, each, strict=True))) for each in sets]
    given = [[each[at] for each in sets] for at in range(len(run.traits))]
    told = [[known(each.get(kind)) for each in strata] for kind in sql.SAID]
    columns = [f"unnest(?) :: {each}_text AS {raw(each)}" for each in run.traits]
    columns += [f"unnest(?) :: VARCHAR AS their_{kind}" for kind in sql.SAID]
    db.run(f"CREATE OR REPLACE TABLE people AS SELECT {', '.join(columns)}", (*given, *told))


def known(stratum: str | None) -> str | None:
    return None if stratum == UNKNOWN else stratum


def say_in_our_words(db: Session, run: Run) -> None:
    """The table that the expression reads: of each row what the words in it mean."""
    meant = {each: f"{each}_words.meant" for each in run.words if each in MEANT}
    nobody = literal(run.reading.group_id or NOBODY)
    columns: dict[str, str] = {
        "group_id": f"COALESCE({meant.get(Column.GROUP, 'NULL')}, {nobody})",
        "site_id": meant.get(Column.SITE, "CAST(NULL AS VARCHAR)"),
        "patient": "patient",
        "screened_on": duck_days.within("screened_on"),
        "instrument": "''",
        "need": meant[Column.NEED],
        "result": meant[Column.RESULT],
        "status": f"COALESCE({meant.get(Column.STATUS, literal(Standing.COUNTED))}, '{UNREAD}')",
        "issued": "issued" if run.has(Column.ISSUED) else "CAST(NULL AS TIMESTAMP)",
        "version": "held.rowid",
        **{kind.value: f"their_{kind}" for kind in sql.SAID if run.traits},
    }
    if run.has(Column.AGE) or run.has(Column.BORN):
        columns["age"] = age(run, meant.get(Column.AGE, "NULL"))
    joins = [f"LEFT JOIN {each}_words ON held.{raw(each)} = {each}_words.text" for each in meant]
    if run.traits:
        joins.append(f"LEFT JOIN people USING ({', '.join(map(raw, run.traits))})")
    selected = ", ".join(f"{of} AS {name}" for name, of in columns.items())
    db.run(f"CREATE VIEW results AS SELECT {selected} FROM held {' '.join(joins)}")


def age(run: Run, told: str) -> str:
    """By the day of birth, else as it is told."""
    if not run.has(Column.BORN):
        return told
    years = duck_days.years(duck_days.within("born"), "screened_on")
    return f"CASE WHEN born IS NULL THEN {told} ELSE {duck_days.band(years, run.wording.age)} END"


# What the rows say


def judge(db: Session, run: Run, slice_: Slice) -> None:
    note(db, run)
    kinds = types_of(run)
    ((rows,),) = db.run("SELECT count(*) FROM held")
    turns = max(1, -(-rows // run.room.turn_rows))
    for turn in range(turns):
        part = f"(SELECT * FROM results WHERE (patient >> 32) % {turns} = {turn})"
        tallies = f"{sql.tallies_query(STANDINGS, part, kinds)} SELECT * FROM tallies"
        add(db, tallies, slice_.worth / 2 / turns)
        note_repeated(db, run, part)


def add(db: Session, tallies: str, worth: float) -> None:
    """Added up at once, so that the sums stay as few as the cells are."""
    db.run(f"CREATE TABLE IF NOT EXISTS sums AS {tallies} LIMIT 0")
    db.run(f"INSERT INTO sums {tallies}", worth=worth)
    db.run(f"CREATE TABLE added AS SELECT {KEYS}, {SUMS} FROM sums GROUP BY {KEYS}")
    db.run("DROP TABLE sums")
    db.run("ALTER TABLE added RENAME TO sums")


def types_of(run: Run) -> list[StratumType]:
    has_age = run.has(Column.AGE) or run.has(Column.BORN)
    return [
        kind for kind in sql.TYPES if (has_age if kind is StratumType.AGE else bool(run.traits))
    ]


LACKS = {
    Column.PATIENT: "patient IS NULL",
    Column.STATUS: f"status = '{UNREAD}'",
    Column.DATE: "screened_on IS NULL",
    Column.NEED: "need IS NULL",
    Column.RESULT: "result IS NULL",
}


def note(db: Session, run: Run) -> None:
    """Each row once: by the first thing it lacks, or by what its status means."""
    lacks = " ".join(f"WHEN {lacking} THEN '{column}'" for column, lacking in LACKS.items())
    query = f"SELECT CASE {lacks} ELSE status END AS what, count(*) FROM results GROUP BY what"
    found: dict[str, int] = dict(db.run(query))
    report = run.reading.report
    report.rows += sum(found.values())
    report.held += found.get(Standing.HELD.value, 0)
    report.deleted += found.get(Standing.DELETED.value, 0)
    for column in LACKS:
        if column in found:
            run.refuse(column, found[column])


def note_repeated(db: Session, run: Run, part: str) -> None:
    """Results that a later result of the same question replaced; not those taken back."""
    ((repeated,),) = db.run(
        "SELECT count(*) FROM (SELECT status, LAG(status) OVER ("
        "PARTITION BY group_id, patient, screened_on, need"
        " ORDER BY issued DESC NULLS LAST, version DESC) AS later"
        f" FROM {part} WHERE status IN ('counted', 'deleted') AND NOT screened_on IS NULL"
        " AND NOT need IS NULL AND NOT result IS NULL)"
        " WHERE status = 'counted' AND later = 'counted'"
    )
    run.reading.report.duplicates += repeated


def counted(db: Session) -> dict[CellKey, Counts]:
    rows = db.run(
        f"WITH tallies AS (SELECT * FROM sums), cells AS ({sql.cells()}) SELECT * FROM cells"
    )
    return {CellKey(*row[:6]): Counts(*map(int, row[6:])) for row in rows}
