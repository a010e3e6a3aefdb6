"""Large tables of results, counted by DuckDB in this process and in memory alone."""

from __future__ import annotations

import re
from collections import defaultdict
from typing import BinaryIO

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import ReadContext
from readiness.counts.strata import ALL, UNKNOWN, StratumType
from readiness.imports.screens.models import (
    NOBODY,
    STATED,
    WHOLE,
    CellKey,
    RecordStatus,
    ResultCounts,
)
from readiness.imports.warehouse import duckdb_columns, duckdb_patients
from readiness.imports.warehouse.duckdb_columns import (
    MAKES,
    NEEDED,
    UNREAD,
    DuckdbRun,
    ResultColumn,
    Wording,
    explain,
    note_unread,
    raw_name,
    unread_sql,
)
from readiness.imports.warehouse.duckdb_session import (
    UNREADABLE,
    DuckdbSession,
    DuckdbTable,
    MemoryLimits,
    Row,
    UnlistedValue,
    literal,
    open_session,
    open_table,
)

YEAR = re.compile(r"[0-9]{4}")


def cells_of(
    stream: BinaryIO,
    wording: Wording,
    reading: ReadContext,
    label: str = "",
    period: str = "",
    room: MemoryLimits | None = None,
) -> dict[CellKey, ResultCounts]:
    """What the pure readers and the tally make of the same table.

    With a patient column a patient counts once; without one each row does. What was left out and
    why is noted in the report, with numbers instead of lines.
    """
    count = (
        duckdb_patients.count_patients if ResultColumn.PATIENT in wording.columns else count_rows
    )
    room = room or MemoryLimits()
    with open_table(stream) as table:
        refuse_missing(table, wording, label)
        with open_session(
            table.path, lambda s: reading.on_progress(round(s * table.rows)), room
        ) as db:
            try:
                by_year = YEAR.fullmatch(period) is not None
                cells = count(db, DuckdbRun(table, wording, reading, label, room, by_year))
            except UnlistedValue:
                raise BadInput([Problem(label, UNREADABLE)]) from None
            if table.is_text:
                note_ragged(db, reading, label)
    if period:
        cells = {key: of for key, of in cells.items() if key.period == period}
    return drop_unknown_strata(cells)


def header_of(stream: BinaryIO) -> tuple[str, ...]:
    with open_table(stream) as table:
        return table.header


def refuse_missing(table: DuckdbTable, wording: Wording, label: str) -> None:
    """Every column that is named has to be there, and the three that say anything at all."""
    missing = [each for each in NEEDED if each not in wording.columns]
    missing += [each for each, heading in wording.columns.items() if heading not in table.columns]
    if missing:
        says = "There is no column for the {}. Correct its name in the mapping, or add the column."
        raise BadInput([Problem(label, says.format(each)) for each in missing])


RAGGED = "This line has not as many cells as there are headings. Mend it and send it again."


def note_ragged(db: DuckdbSession, reading: ReadContext, label: str) -> None:
    """Lines that are no rows: by their number, never by what stands in them."""
    lines = [row[0] for row in db.run("SELECT DISTINCT line FROM reject_errors ORDER BY line")]
    reading.report.rows += len(lines)
    for line in lines:
        reading.report.refuse(f"{label}, line {line}", RAGGED)


def drop_unknown_strata(cells: dict[CellKey, ResultCounts]) -> dict[CellKey, ResultCounts]:
    """Strata are given only where something is known of somebody; then the rest is `unknown`."""
    kinds = {key.stratum_type for key in cells}
    told = {key.stratum_type for key in cells if key.stratum != UNKNOWN}
    if kinds == told:
        return cells
    return {key: of for key, of in cells.items() if key.stratum_type in told}


ALIKE = (
    ResultColumn.GROUP,
    ResultColumn.SITE,
    ResultColumn.NEED,
    ResultColumn.RESULT,
    ResultColumn.STATUS,
)
TOTAL = (ALL.type.value, ALL.name)


def count_rows(db: DuckdbSession, run: DuckdbRun) -> dict[CellKey, ResultCounts]:
    """One pass over the table; all else is about rows that are alike, and only they are few."""
    plan = RowQuery(run)
    db.run(plan.count_alike, worth=1)
    for column in plan.alike:
        explain(db, run, column, f"SELECT DISTINCT {raw_name(column)} AS text FROM alike")
    note_rows(db, plan)
    note_unread(db, run, plan.unread)
    return plan.cells(db.run(plan.add_up))


class RowQuery:
    """What is asked of DuckDB: each set of columns that make strata together is one way to divide
    the rows, and the first of them gives the totals too."""

    def __init__(self, run: DuckdbRun) -> None:
        self.run = run
        self.alike = tuple(each for each in ALIKE if run.has(each))
        self.traits = {each: run.sql_of(each) for each in run.traits}
        if run.has(ResultColumn.AGE) or run.has(ResultColumn.BORN):
            self.traits[ResultColumn.AGE] = self.age_band
        own = (tuple(each for each in columns if each in self.traits) for columns in MAKES)
        self.sets = tuple(columns for columns in own if columns) or ((),)

    @property
    def age_band(self) -> str:
        run, age = self.run, "NULL"
        if run.has(ResultColumn.AGE):
            age = f"TRY_CAST(trim({run.sql_of(ResultColumn.AGE)}) AS SMALLINT)"
        if run.has(ResultColumn.BORN):
            born = duckdb_columns.plausible_day_sql(run.day(ResultColumn.BORN))
            age = f"COALESCE({duckdb_columns.years_sql(born, run.day(ResultColumn.DATE))}, {age})"
        return duckdb_columns.band_sql(age, run.wording.age)

    @property
    def count_alike(self) -> str:
        """`own` tells which set a row is of; the columns of the other sets are empty in it."""
        run = self.run
        texts = {each: run.sql_of(each) for each in self.alike} | self.traits
        named = ", ".join(f"{of} AS {raw_name(each)}" for each, of in texts.items())
        full = ", ".join(f"COALESCE({raw_name(each)}, '') AS {raw_name(each)}" for each in texts)
        both = ["quarter", *map(raw_name, self.alike)]
        sets = ", ".join(f"({', '.join([*both, *map(raw_name, own)])})" for own in self.sets)
        day = duckdb_columns.plausible_day_sql("day")
        return (
            f"CREATE TABLE alike AS SELECT quarter, own, {full}, rows FROM ("
            f"SELECT quarter, {self.own_set} AS own,"
            f" {', '.join(map(raw_name, texts))}, count(*) AS rows FROM ("
            f"SELECT *, date_trunc('quarter', {day}) AS quarter FROM ("
            f"SELECT {run.day(ResultColumn.DATE)} AS day, {named} FROM {run.table.scan}))"
            f" GROUP BY GROUPING SETS ({sets}))"
        )

    @property
    def own_set(self) -> str:
        """Each column of traits is in one set only."""
        if not self.traits:
            return "0"
        whens = (f"WHEN GROUPING({raw_name(o[0])}) = 0 THEN {at}" for at, o in enumerate(self.sets))
        return f"CASE {' '.join(whens)} END"

    @property
    def joined(self) -> str:
        """The rows with what their words mean."""
        words = (
            f" JOIN {c}_words AS {c}_means ON {raw_name(c)} = {c}_means.text" for c in self.alike
        )
        return f"alike{''.join(words)}"

    def means(self, column: ResultColumn, otherwise: str = "NULL") -> str:
        return f"COALESCE({column}_means.meant, {otherwise})" if column in self.alike else otherwise

    @property
    def lacking(self) -> dict[ResultColumn, str]:
        """By what a row says nothing, the first that holds."""
        found = {ResultColumn.DATE: "quarter IS NULL"}
        if ResultColumn.STATUS in self.alike:
            found = {
                ResultColumn.STATUS: f"{self.means(ResultColumn.STATUS)} = '{UNREAD}'",
                **found,
            }
        return found | {ResultColumn.NEED: f"{self.means(ResultColumn.NEED)} IS NULL"}

    @property
    def standing(self) -> str:
        return self.means(ResultColumn.STATUS, literal(RecordStatus.COUNTED))

    @property
    def unread(self) -> str:
        lacking = " OR ".join(self.lacking.values())
        return (
            f"SELECT {self.means(ResultColumn.NEED)} :: VARCHAR AS need, SUM(rows) :: BIGINT"
            f" FROM {self.joined} WHERE own = 0 AND {unread_sql(self.run)} AND NOT ({lacking})"
            " GROUP BY need"
        )

    @property
    def add_up(self) -> str:
        columns = [
            self.means(ResultColumn.GROUP, literal(self.run.reading.group_id or NOBODY)),
            self.means(ResultColumn.SITE, literal(WHOLE)),
            "year(quarter) || '-Q' || quarter(quarter)",
            self.means(ResultColumn.NEED),
            "own",
            *map(raw_name, self.traits),
        ]
        result = self.means(ResultColumn.RESULT)
        sums = [f"COALESCE(SUM(rows) FILTER ({result} = '{each}'), 0) :: BIGINT" for each in STATED]
        lacking = " OR ".join(self.lacking.values())
        return (
            f"SELECT {', '.join([*columns, *sums])} FROM {self.joined}"
            f" WHERE NOT ({lacking}) AND {self.standing} = '{RecordStatus.COUNTED}' GROUP BY ALL"
        )

    def cells(self, rows: list[Row]) -> dict[CellKey, ResultCounts]:
        found: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(STATED))
        strata: dict[Row, tuple[tuple[str, str], ...]] = {}
        for row in rows:
            alike, traits, counts = row[:4], row[4 : -len(STATED)], row[-len(STATED) :]
            for part in strata.get(traits) or strata.setdefault(traits, self.parts(traits)):
                sums = found[alike + part]
                for place, count in enumerate(counts):
                    sums[place] += count
        return {CellKey(*key): ResultCounts(*counts) for key, counts in found.items()}

    def parts(self, traits: Row) -> tuple[tuple[str, str], ...]:
        """All patients, with the first set alone, and one stratum of each type of this set."""
        at, *texts = traits
        told = dict(zip(self.traits, texts, strict=True))
        own, total = self.sets[at], (TOTAL,) if at == 0 else ()
        if not own:
            return total
        if own == (ResultColumn.AGE,):
            return (*total, (StratumType.AGE.value, told[ResultColumn.AGE] or UNKNOWN))
        found = self.run.wording.strata({each: told[each].strip() for each in own})
        kinds = next(kinds for columns, kinds in MAKES.items() if own[0] in columns)
        return (*total, *((kind.value, found[kind]) for kind in kinds))


def note_rows(db: DuckdbSession, plan: RowQuery) -> None:
    """Each row once, so by the first of the sets alone."""
    lacking = " ".join(f"WHEN {of} THEN '{column}'" for column, of in plan.lacking.items())
    query = f"SELECT CASE {lacking} ELSE {plan.standing} END AS what, SUM(rows) :: BIGINT"
    plan.run.note(dict(db.run(f"{query} FROM {plan.joined} WHERE own = 0 GROUP BY what")))
