"""Tables without patients: each row is one result, and is counted as it stands.

So they are when the sender counts screens instead of patients, or has one row for each patient and
need. What is worked out per patient (housing of its parts, any, all five) cannot be had from them.
"""

from __future__ import annotations

from collections import defaultdict

from readiness.counts.strata import ALL, UNKNOWN, StratumType
from readiness.imports.screens.cells import NOBODY, WHOLE, CellKey, Counts
from readiness.imports.screens.parts import Result, Standing
from readiness.imports.warehouse import duckdb_days
from readiness.imports.warehouse.duckdb_meaning import UNREAD, explain, raw
from readiness.imports.warehouse.duckdb_session import DuckdbSession, Row, literal
from readiness.imports.warehouse.duckdb_words import MAKES, Column, Run

ALIKE = (Column.GROUP, Column.SITE, Column.NEED, Column.RESULT, Column.STATUS)
TOTAL = (ALL.type.value, ALL.name)


def cells(db: DuckdbSession, run: Run) -> dict[CellKey, Counts]:
    """One pass over the table; all else is about rows that are alike, and only they are few."""
    plan = Plan(run)
    db.run(plan.count_alike, worth=1)
    for column in plan.alike:
        explain(db, run, column, f"SELECT DISTINCT {raw(column)} AS text FROM alike")
    note(db, plan)
    return plan.cells(db.run(plan.add_up))


class Plan:
    """What is asked of DuckDB: each set of columns that make strata together is one way to divide
    the rows, and the first of them gives the totals too."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.alike = tuple(each for each in ALIKE if run.has(each))
        self.traits = {each: run.sql_of(each) for each in run.traits}
        if run.has(Column.AGE) or run.has(Column.BORN):
            self.traits[Column.AGE] = self.age_band
        own = (tuple(each for each in columns if each in self.traits) for columns in MAKES)
        self.sets = tuple(columns for columns in own if columns) or ((),)

    @property
    def age_band(self) -> str:
        run, age = self.run, "NULL"
        if run.has(Column.AGE):
            age = f"TRY_CAST(trim({run.sql_of(Column.AGE)}) AS SMALLINT)"
        if run.has(Column.BORN):
            born = duckdb_days.within(run.day(Column.BORN))
            age = f"COALESCE({duckdb_days.years(born, run.day(Column.DATE))}, {age})"
        return duckdb_days.band(age, run.wording.age)

    @property
    def count_alike(self) -> str:
        """`own` tells which set a row is of; the columns of the other sets are empty in it."""
        run = self.run
        texts = {each: run.sql_of(each) for each in self.alike} | self.traits
        named = ", ".join(f"{of} AS {raw(each)}" for each, of in texts.items())
        full = ", ".join(f"COALESCE({raw(each)}, '') AS {raw(each)}" for each in texts)
        both = ["year", "quarter", *map(raw, self.alike)]
        sets = ", ".join(f"({', '.join([*both, *map(raw, own)])})" for own in self.sets)
        return (
            f"CREATE TABLE alike AS SELECT year, quarter, own, {full}, rows FROM ("
            f"SELECT year(day) AS year, quarter(day) AS quarter, {self.own_set} AS own,"
            f" {', '.join(map(raw, texts))}, count(*) AS rows FROM ("
            f"SELECT * REPLACE ({duckdb_days.within('day')} AS day) FROM ("
            f"SELECT {run.day(Column.DATE)} AS day, {named} FROM {run.table.scan}))"
            f" GROUP BY GROUPING SETS ({sets}))"
        )

    @property
    def own_set(self) -> str:
        """Each column of traits is in one set only."""
        if not self.traits:
            return "0"
        whens = (f"WHEN GROUPING({raw(o[0])}) = 0 THEN {at}" for at, o in enumerate(self.sets))
        return f"CASE {' '.join(whens)} END"

    @property
    def joined(self) -> str:
        """The rows with what their words mean."""
        words = (f" JOIN {c}_words AS {c}_means ON {raw(c)} = {c}_means.text" for c in self.alike)
        return f"alike{''.join(words)}"

    def means(self, column: Column, otherwise: str = "NULL") -> str:
        return f"COALESCE({column}_means.meant, {otherwise})" if column in self.alike else otherwise

    @property
    def lacking(self) -> dict[Column, str]:
        """By what a row says nothing, the first that holds."""
        found = {Column.DATE: "year IS NULL"}
        if Column.STATUS in self.alike:
            found = {Column.STATUS: f"{self.means(Column.STATUS)} = '{UNREAD}'", **found}
        needed = (Column.NEED, Column.RESULT)
        return found | {each: f"{self.means(each)} IS NULL" for each in needed}

    @property
    def standing(self) -> str:
        return self.means(Column.STATUS, literal(Standing.COUNTED))

    @property
    def add_up(self) -> str:
        columns = [
            self.means(Column.GROUP, literal(self.run.reading.group_id or NOBODY)),
            self.means(Column.SITE, literal(WHOLE)),
            "year || '-Q' || quarter",
            self.means(Column.NEED),
            "own",
            *map(raw, self.traits),
        ]
        result = self.means(Column.RESULT)
        sums = [f"COALESCE(SUM(rows) FILTER ({result} = '{each}'), 0) :: BIGINT" for each in Result]
        lacking = " OR ".join(self.lacking.values())
        return (
            f"SELECT {', '.join([*columns, *sums])} FROM {self.joined}"
            f" WHERE NOT ({lacking}) AND {self.standing} = '{Standing.COUNTED}' GROUP BY ALL"
        )

    def cells(self, rows: list[Row]) -> dict[CellKey, Counts]:
        found: defaultdict[tuple[str, ...], list[int]] = defaultdict(lambda: [0] * len(Result))
        strata: dict[Row, tuple[tuple[str, str], ...]] = {}
        for row in rows:
            alike, traits, counts = row[:4], row[4 : -len(Result)], row[-len(Result) :]
            for part in strata.get(traits) or strata.setdefault(traits, self.parts(traits)):
                sums = found[alike + part]
                for place, count in enumerate(counts):
                    sums[place] += count
        return {CellKey(*key): Counts(*counts) for key, counts in found.items()}

    def parts(self, traits: Row) -> tuple[tuple[str, str], ...]:
        """All patients, with the first set alone, and one stratum of each type of this set."""
        at, *texts = traits
        told = dict(zip(self.traits, texts, strict=True))
        own, total = self.sets[at], (TOTAL,) if at == 0 else ()
        if not own:
            return total
        if own == (Column.AGE,):
            return (*total, (StratumType.AGE.value, told[Column.AGE] or UNKNOWN))
        found = self.run.wording.strata({each: told[each].strip() for each in own})
        kinds = next(kinds for columns, kinds in MAKES.items() if own[0] in columns)
        return (*total, *((kind.value, found[kind]) for kind in kinds))


def note(db: DuckdbSession, plan: Plan) -> None:
    """Each row once, so by the first of the sets alone."""
    lacking = " ".join(f"WHEN {of} THEN '{column}'" for column, of in plan.lacking.items())
    query = f"SELECT CASE {lacking} ELSE {plan.standing} END AS what, SUM(rows) :: BIGINT"
    plan.run.note(dict(db.run(f"{query} FROM {plan.joined} WHERE own = 0 GROUP BY what")))
