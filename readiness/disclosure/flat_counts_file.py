"""A table of counts by group, period, domain and stratum, from a stranger: rows or problems."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from readiness.core.errors import BadInput, Problem
from readiness.core.tables import reader as tables
from readiness.core.tables.models import SourceFile
from readiness.disclosure.flat_counts import TOTAL, CountRow, RowKey, RowTally, months_of


@dataclass(frozen=True)
class ColumnNames:
    """What the columns are called. The labels in the order of a row's key; then the people counted
    and those of them that something is true of."""

    labels: tuple[str, str, str, str, str]
    numbers: tuple[str, str]
    above: str  # what to say when the second number is larger

    @property
    def columns(self) -> tuple[str, ...]:
        return (*self.labels, *self.numbers)


SCREENS = ColumnNames(
    labels=("group_id", "period", "domain", "stratum_type", "stratum"),
    numbers=("screened", "positive"),
    above="positive is larger than screened. Whoever is positive was screened: correct one of "
    "them.",
)
MOST_BYTES = 100_000_000
MOST_ROWS = 200_000
MOST_PROBLEMS = 100
LONGEST_LABEL = 100
WHOLE_NUMBER = re.compile(r"[0-9]{1,9}")

UNKNOWN_COLUMN = "Column {at} has a heading that is not known here. Take the column out."
MISSING_COLUMN = "The column {name!r} is missing. Add it."
TOO_LARGE = f"The file is larger than {MOST_BYTES // 1_000_000} MB. Split it by period."
TOO_MANY = f"There are more than {MOST_ROWS:,} rows. Split the file by period."
NO_ROWS = "There are no rows under the headings. Add one for each group, period and stratum."
BLANK = "{name} is blank. Fill it in."
LONG = f"{{name}} is longer than {LONGEST_LABEL} characters. Shorten it."
UNPRINTABLE = "{name} holds a character that cannot be printed. Type it again."
PERIOD = "period is not one that can be told. Write 2026-Q3, or 2026, 2026-H2 or 2026-09."
HALF_TOTAL = (
    "stratum_type and stratum are both 'total' in a row of totals. Correct the one that is not."
)
NUMBER = "{name} is not a whole number from 0 to 999,999,999. Write digits alone."
TWICE = "This row stands in line {line} already. Keep one of the two."


def read_rows(source: SourceFile, shape: ColumnNames = SCREENS) -> list[CountRow]:
    """Every row, or every problem there is."""
    if source.size > MOST_BYTES:
        raise BadInput([Problem(source.label, TOO_LARGE)])
    with tables.open_table(source) as table:
        names = [tables.column_key(name) for name in table.header]
        if wrong := list(heading_problems(source.label, names, shape)):
            raise BadInput(wrong)
        return FlatCountsReader(names, shape).read(source.label, table.rows)


def heading_problems(label: str, names: list[str], shape: ColumnNames) -> Iterator[Problem]:
    for at, name in enumerate(names, 1):
        if name not in shape.columns:
            yield Problem(label, UNKNOWN_COLUMN.format(at=at))
    for name in shape.columns:
        if name not in names:
            yield Problem(label, MISSING_COLUMN.format(name=name))


class FlatCountsReader:
    """The rows read so far, and what is wrong with the others."""

    def __init__(self, names: list[str], shape: ColumnNames) -> None:
        self.names, self.shape = names, shape
        self.found: dict[RowKey, CountRow] = {}
        self.problems: list[Problem] = []

    def read(self, label: str, rows: Iterator[tables.TableRow]) -> list[CountRow]:
        for count, (line, cells) in enumerate(rows, 1):
            if count > MOST_ROWS:
                raise BadInput([Problem(label, TOO_MANY)])
            self.problems += [Problem(f"line {line}", says) for says in self.add(line, cells)]
            if len(self.problems) >= MOST_PROBLEMS:
                break
        if self.problems:
            raise BadInput(self.problems)
        if not self.found:
            raise BadInput([Problem(label, NO_ROWS)])
        return list(self.found.values())

    def add(self, line: int, cells: list[str]) -> list[str]:
        if len(cells) != len(self.names):
            return [tables.ragged_line(len(cells), len(self.names))]
        row = dict(zip(self.names, cells, strict=True))
        wrong = [*label_problems(row, self.shape), *number_problems(row, self.shape)]
        key = RowKey(*(row[name] for name in self.shape.labels))
        if not wrong and key in self.found:
            wrong = [TWICE.format(line=self.found[key].number)]
        if not wrong:
            self.found[key] = CountRow(
                line, key, RowTally(*(int(row[name]) for name in self.shape.numbers))
            )
        return wrong


def label_problems(row: dict[str, str], shape: ColumnNames) -> Iterator[str]:
    for name in shape.labels:
        if not row[name]:
            yield BLANK.format(name=name)
        elif len(row[name]) > LONGEST_LABEL:
            yield LONG.format(name=name)
        elif not row[name].isprintable():
            yield UNPRINTABLE.format(name=name)
    if row["period"] and months_of(row["period"]) is None:
        yield PERIOD
    if (row["stratum_type"] == TOTAL) != (row["stratum"] == TOTAL):
        yield HALF_TOTAL


def number_problems(row: dict[str, str], shape: ColumnNames) -> Iterator[str]:
    wrong = [name for name in shape.numbers if not WHOLE_NUMBER.fullmatch(row[name])]
    yield from (NUMBER.format(name=name) for name in wrong)
    people, part = shape.numbers
    if not wrong and int(row[part]) > int(row[people]):
        yield shape.above
