"""What a table's columns are called and what its words mean, as whoever knows the file says it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.core.errors import Problem
from readiness.core.tables.reading import Reading
from readiness.counts.social_risk.models import Need
from readiness.counts.strata import StratumType
from readiness.imports.screens.parts import Result, Standing
from readiness.imports.warehouse import duckdb_days
from readiness.imports.warehouse.duckdb_session import Room
from readiness.imports.warehouse.duckdb_table import Table


class Column(StrEnum):
    PATIENT = "patient"  # without it each row is counted for itself
    DATE = "date"
    NEED = "need"
    RESULT = "result"
    STATUS = "status"
    ISSUED = "issued"
    GROUP = "group"
    SITE = "site"
    RACE = "race"
    ETHNICITY = "ethnicity"
    LANGUAGE = "language"
    PAYER = "payer"
    SEX = "sex"
    BORN = "born"
    AGE = "age"


NEEDED = (Column.DATE, Column.NEED, Column.RESULT)
LACKING = (Column.PATIENT, Column.STATUS, *NEEDED)  # without any of them a row says nothing
TRAITS = (Column.RACE, Column.ETHNICITY, Column.LANGUAGE, Column.PAYER, Column.SEX)
WORDS = (  # columns of few different texts, each of which is looked up once
    Column.NEED,
    Column.RESULT,
    Column.STATUS,
    Column.GROUP,
    Column.SITE,
    *TRAITS,
    Column.AGE,
)
MAKES: dict[tuple[Column, ...], tuple[StratumType, ...]] = {  # columns that are read together
    (Column.RACE, Column.ETHNICITY): (
        StratumType.RACE,
        StratumType.RACE_1997,
        StratumType.ETHNICITY,
    ),
    (Column.LANGUAGE,): (StratumType.LANGUAGE,),
    (Column.PAYER,): (StratumType.PAYER,),
    (Column.SEX,): (StratumType.SEX,),
    (Column.AGE, Column.BORN): (StratumType.AGE,),
}
Told = Mapping[Column, str]  # what stands in one row's columns


@dataclass(frozen=True)
class Wording:
    """Each function is asked once for each different text, however many rows hold it."""

    columns: Mapping[Column, str]  # heading of each
    need: Callable[[str], Need | None]
    result: Callable[[str], Result | None]
    standing: Callable[[str], Standing | None]
    strata: Callable[[Told], Mapping[StratumType, str]]  # of the traits
    apart: Callable[[Told], Mapping[StratumType, str]]  # the same, race without ethnicity
    age: Callable[[int | None], str]
    group: Callable[[str], str] = str
    site: Callable[[str], str] = str
    is_day_first: bool = False  # how 3/7/2026 is meant
    says: Mapping[Column, str] = field(default_factory=dict)  # to whom a row lacks it


@dataclass(frozen=True)
class Run:
    """One run over one table."""

    table: Table
    wording: Wording
    reading: Reading
    label: str
    room: Room

    @property
    def words(self) -> tuple[Column, ...]:
        return tuple(column for column in WORDS if column in self.wording.columns)

    @property
    def traits(self) -> tuple[Column, ...]:
        return tuple(column for column in TRAITS if column in self.wording.columns)

    @property
    def types(self) -> tuple[StratumType, ...]:
        """The strata that its columns can tell anything of."""
        found = {
            kind
            for columns, kinds in MAKES.items()
            if any(map(self.has, columns))
            for kind in kinds
        }
        return tuple(each for each in StratumType if each in found)

    def sql_of(self, column: Column) -> str:
        return self.table.columns[self.wording.columns[column]]

    def day(self, column: Column) -> str:
        if date := self.table.dates.get(self.wording.columns[column]):
            return f"CAST({date} AS DATE)"
        return duckdb_days.day(self.sql_of(column), is_day_first=self.wording.is_day_first)

    def instant(self, column: Column) -> str:
        if date := self.table.dates.get(self.wording.columns[column]):
            return f"CAST({date} AS TIMESTAMP)"
        return duckdb_days.instant(self.sql_of(column), is_day_first=self.wording.is_day_first)

    def has(self, column: Column) -> bool:
        return column in self.wording.columns

    def note(self, rows: Mapping[str, int]) -> None:
        """How many rows have which standing, and how many lack which column."""
        report = self.reading.report
        report.rows += sum(rows.values())
        report.held += rows.get(Standing.HELD, 0)
        report.deleted += rows.get(Standing.DELETED, 0)
        for column in LACKING:
            if column in rows:
                self.refuse(column, rows[column])

    def refuse(self, column: Column, rows: int) -> None:
        """One sentence for all rows that lack the same thing."""
        self.reading.report.refused += rows
        says = self.wording.says.get(column, f"The {column} cannot be read. Correct it.")
        lines = "1 line" if rows == 1 else f"{rows:,} lines"
        self.reading.report.problems.append(Problem(f"{self.label}, {lines}", says))
