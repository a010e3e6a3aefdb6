"""Tables without patients: each row is one result, and is counted as it stands.

So they are when the sender counts screens instead of patients, or has one row for each patient and
need. What is worked out per patient (housing of its parts, any, all five) cannot be had from them.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from readiness.domain.periods import Period
from readiness.domain.screening import ALL, UNKNOWN, StratumType
from readiness.domain.screens.cells import NOBODY, WHOLE, CellKey, Counts
from readiness.domain.screens.parts import Result, Standing
from readiness.engines import duck_days
from readiness.engines.duck_patients import MEANT, raw
from readiness.engines.duck_session import Row, Session
from readiness.engines.duck_words import Column, Run

ALIKE = (Column.GROUP, Column.SITE, Column.NEED, Column.RESULT, Column.STATUS)
TRAITS = (Column.RACE, Column.ETHNICITY, Column.LANGUAGE, Column.PAYER, Column.SEX, Column.AGE)
MAKES: dict[tuple[Column, ...], tuple[StratumType, ...]] = {  # columns that are read together
    (Column.RACE, Column.ETHNICITY): (
        StratumType.RACE,
        StratumType.RACE_1997,
        StratumType.ETHNICITY,
    ),
    (Column.LANGUAGE,): (StratumType.LANGUAGE,),
    (Column.PAYER,): (StratumType.PAYER,),
    (Column.SEX,): (StratumType.SEX,),
    (Column.AGE,): (StratumType.AGE,),
}


def cells(db: Session, run: Run) -> dict[CellKey, Counts]:
    """One pass: rows that are alike are counted by DuckDB, and only their texts are looked at."""
    tally = Tally(run)
    for row in db.run(tally.query, worth=1):
        tally.add(row)
    tally.note()
    return {key: Counts(**{e.value: of[e] for e in Result}) for key, of in tally.found.items()}


class Tally:
    def __init__(self, run: Run) -> None:
        self.run = run
        self.found: defaultdict[CellKey, Counter[Result]] = defaultdict(Counter)
        self.noted: Counter[str] = Counter()
        self.meant: dict[tuple[Column, str], Any] = {}

    @cached_property
    def traits(self) -> dict[Column, str]:
        """Those that the table has, as SQL that is never null."""
        run = self.run
        found = {each: f"COALESCE({run.sql_of(each)}, '')" for each in run.traits}
        ages = "NULL"
        if run.has(Column.AGE):
            ages = f"TRY_CAST(trim({run.sql_of(Column.AGE)}) AS SMALLINT)"
        if run.has(Column.BORN):
            born = duck_days.within(run.day(Column.BORN))
            ages = f"COALESCE({duck_days.years(born, run.day(Column.DATE))}, {ages})"
        if ages != "NULL":
            found[Column.AGE] = f"COALESCE({duck_days.band(ages, run.wording.age)}, '{UNKNOWN}')"
        return found

    @cached_property
    def sets(self) -> tuple[tuple[Column, ...], ...]:
        own = (tuple(each for each in columns if each in self.traits) for columns in MAKES)
        return tuple(columns for columns in own if columns) or ((),)

    @property
    def query(self) -> str:
        run = self.run
        day = f"({duck_days.within('day')})"
        alike = {each: f"COALESCE({run.sql_of(each)}, '')" for each in ALIKE if run.has(each)}
        named = ", ".join(f"{of} AS {raw(name)}" for name, of in {**alike, **self.traits}.items())
        both = ", ".join(map(raw, alike))
        sets = ", ".join(
            f"({', '.join(['year', 'quarter', *map(raw, (*alike, *each))])})" for each in self.sets
        )
        return (
            f"SELECT year({day}) AS year, quarter({day}) AS quarter, {both},"
            f" {''.join(f'{raw(each)}, ' for each in self.traits)}count(*)"
            f" FROM (SELECT {run.day(Column.DATE)} AS day, {named} FROM {run.table.scan})"
            f" GROUP BY GROUPING SETS ({sets})"
        )

    def add(self, row: Row) -> None:
        year, quarter, *texts, rows = row
        columns = [each for each in ALIKE if self.run.has(each)]
        told = dict(zip([*columns, *self.traits], texts, strict=True))
        own = next(each for each in self.sets if all(told[column] is not None for column in each))
        is_first = own == self.sets[0]
        missing = self.lacking(told, year)
        standing = self.means(Column.STATUS, told) if self.run.has(Column.STATUS) else None
        if missing or standing not in (None, Standing.COUNTED):
            self.noted[missing or str(standing)] += rows if is_first else 0
            return
        self.noted["counted"] += rows if is_first else 0
        period = str(Period(year, quarter))
        strata = {kind.value: name for kind, name in self.strata(own, told).items()}
        if is_first:
            strata[ALL.type.value] = ALL.name
        for kind, stratum in strata.items():
            key = CellKey(
                self.means(Column.GROUP, told) or self.run.reading.group_id or NOBODY,
                self.means(Column.SITE, told) or WHOLE,
                period,
                str(self.means(Column.NEED, told)),
                kind,
                stratum,
            )
            self.found[key][self.means(Column.RESULT, told)] += rows

    def lacking(self, told: Mapping[Column, str], year: int | None) -> str:
        """The first thing without which a row says nothing."""
        if self.run.has(Column.STATUS) and self.means(Column.STATUS, told) is None:
            return Column.STATUS
        if year is None:
            return Column.DATE
        needed = (Column.NEED, Column.RESULT)
        return next((each for each in needed if self.means(each, told) is None), "")

    def means(self, column: Column, told: Mapping[Column, str]) -> Any:
        """Asked once for each different text."""
        text = told.get(column)
        if text is None:
            return None
        if (column, text) not in self.meant:
            self.meant[column, text] = MEANT[column](self.run.wording, text.strip())
        return self.meant[column, text]

    def strata(
        self, own: tuple[Column, ...], told: Mapping[Column, str]
    ) -> Mapping[StratumType, str]:
        if own == (Column.AGE,):
            return {StratumType.AGE: told[Column.AGE]}
        if not own:
            return {}
        whole = next(each for each in MAKES if own[0] in each)
        found = self.run.wording.strata({each: told[each].strip() for each in own})
        return {kind: found[kind] for kind in MAKES[whole]}

    def note(self) -> None:
        report = self.run.reading.report
        report.rows += sum(self.noted.values())
        report.held += self.noted[Standing.HELD]
        report.deleted += self.noted[Standing.DELETED]
        for column in (Column.STATUS, Column.DATE, Column.NEED, Column.RESULT):
            if self.noted[column]:
                self.run.refuse(column, self.noted[column])
