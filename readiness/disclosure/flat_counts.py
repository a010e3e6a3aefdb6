"""Counts of people screened and found positive, by group, period, domain and stratum.

A row that is not there counts nobody. Strata of one type exclude each other and make up the total;
`ALL` is the sum over the groups of the file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import NamedTuple

from readiness.core.errors import BadInput, Problem
from readiness.core.tables import reader as tables
from readiness.core.tables.models import SourceFile

TOTAL = "total"
EVERY_GROUP = "ALL"


class CountKind(StrEnum):
    SCREENED = "screened"
    POSITIVE = "positive"
    NEGATIVE = "negative"


class RowKey(NamedTuple):
    group_id: str
    period: str
    domain: str
    stratum_type: str = TOTAL
    stratum: str = TOTAL

    @property
    def total(self) -> RowKey:
        return self._replace(stratum_type=TOTAL, stratum=TOTAL)


class RowTally(NamedTuple):
    screened: int
    positive: int

    @property
    def negative(self) -> int:
        return self.screened - self.positive

    def of(self, measure: CountKind) -> int:
        found: int = getattr(self, measure.value)
        return found

    def plus(self, other: RowTally) -> RowTally:
        return RowTally(self.screened + other.screened, self.positive + other.positive)

    def minus(self, other: RowTally) -> RowTally:
        return RowTally(self.screened - other.screened, self.positive - other.positive)


NOBODY = RowTally(0, 0)
Counts = Mapping[RowKey, RowTally]


@dataclass(frozen=True)
class CountRow:
    """One row of a file and where it stands there."""

    number: int
    key: RowKey
    tally: RowTally


def add_missing_totals(rows: Iterable[CountRow]) -> dict[RowKey, RowTally]:
    """The counts with the totals that were left out, or everything that does not add up."""
    given = {row.key: row for row in rows}
    counts = {key: row.tally for key, row in given.items()}
    problems = []
    for total, types in strata_by_total(counts).items():
        for stratum_type, strata in types.items():
            found = sum_tallies(counts[each] for each in strata)
            if counts.setdefault(total, found) != found:
                message = DISAGREES if total in given else BETWEEN_TYPES
                place = given.get(total) or given[strata[0]]
                problems.append(problem_at(place, message.format(type=stratum_type)))
    problems += not_all(counts, given)
    if problems:
        raise BadInput(sorted(problems, key=lambda each: int(each.place.split()[1])))
    return counts


def complete_partial(rows: Iterable[CountRow]) -> dict[RowKey, RowTally]:
    """The counts with the totals that were left out, or everything that cannot be.

    A total that was left out is that of the breakdown that counts most people.
    """
    given = {row.key: row for row in rows}
    counts = {key: row.tally for key, row in given.items()}
    for total, types in strata_by_total(counts).items():
        counts.setdefault(
            total, max(sum_tallies(counts[key] for key in each) for each in types.values())
        )
    problems = [*over_the_total(counts, given), *not_all(counts, given)]
    if problems:
        raise BadInput(problems)
    return counts


def over_the_total(counts: Counts, given: dict[RowKey, CountRow]) -> Iterator[Problem]:
    for total, types in strata_by_total(counts).items():
        for stratum_type, strata in types.items():
            left = residual_tally(counts, total, strata)
            if min(left.screened, left.positive, left.negative) < 0:
                place = given.get(total) or given[strata[0]]
                yield problem_at(place, OVER_THE_TOTAL.format(type=stratum_type))


def not_all(counts: Counts, given: dict[RowKey, CountRow]) -> Iterator[Problem]:
    for key, groups in groups_by_whole(counts).items():
        if counts[key] != sum_tallies(counts[each] for each in groups):
            rows = (line for each, line in given.items() if each.total == key)
            yield problem_at(given.get(key) or next(rows), NOT_ALL)


def residual_tally(counts: Counts, whole: RowKey, parts: Iterable[RowKey]) -> RowTally:
    return counts[whole].minus(sum_tallies(counts[part] for part in parts))


DISAGREES = (
    "The strata of {type!r} do not add up to this total. Every patient belongs to exactly one of "
    "them: add a row for those not known, or correct the numbers."
)
BETWEEN_TYPES = (
    "The strata of {type!r} add up to another total than those of the types before. Correct the "
    "numbers, or give the total in a row of its own."
)
NOT_ALL = (
    "This is not the sum over the groups of the file. Correct it, or leave the rows of ALL out."
)


OVER_THE_TOTAL = (
    "The strata of {type!r} and all patients cannot both be right: the strata leave out fewer than "
    "nobody, or more who meet the measure than people. Correct the numbers."
)


def problem_at(line: CountRow, message: str) -> Problem:
    return Problem(f"line {line.number}", message)


def sum_tallies(tallies: Iterable[RowTally]) -> RowTally:
    found = NOBODY
    for each in tallies:
        found = found.plus(each)
    return found


def strata_by_total(counts: Iterable[RowKey]) -> dict[RowKey, dict[str, list[RowKey]]]:
    """For each total row, given or not: the rows of its strata, by type."""
    found: dict[RowKey, dict[str, list[RowKey]]] = {}
    for key in counts:
        if key.stratum_type != TOTAL:
            found.setdefault(key.total, {}).setdefault(key.stratum_type, []).append(key)
    return found


def groups_by_whole(counts: Counts) -> dict[RowKey, list[RowKey]]:
    """For each row of ALL: the rows of the groups."""
    found: dict[RowKey, list[RowKey]] = {key: [] for key in counts if key.group_id == EVERY_GROUP}
    for key in counts:
        whole = key._replace(group_id=EVERY_GROUP)
        if key.group_id != EVERY_GROUP and whole in found:
            found[whole].append(key)
    return found


def sort_rows(keys: Iterable[RowKey]) -> list[RowKey]:
    """Groups by name and ALL last, totals before their strata."""
    return sorted(
        keys,
        key=lambda key: (
            key.group_id == EVERY_GROUP,
            key.group_id,
            key.period,
            key.domain,
            key.stratum_type != TOTAL,
            key.stratum_type,
            key.stratum,
        ),
    )


# Stretches of time that counts are released for: a year, a half, a quarter or a month of one.

# Written form -> its number in the year and how many months it lasts.
FORMS: tuple[tuple[re.Pattern[str], int], ...] = (
    (re.compile(r"([0-9]{4})"), 12),
    (re.compile(r"([0-9]{4})-H([12])"), 6),
    (re.compile(r"([0-9]{4})-Q([1-4])"), 3),
    (re.compile(r"([0-9]{4})-(0[1-9]|1[0-2])"), 1),
)
LENGTHS = tuple(months for _, months in FORMS)


def months_of(written: str) -> tuple[int, int] | None:
    """The first month, counted from year 0, and how many there are; None for any other text.

    >>> months_of("2026-Q3"), months_of("2026"), months_of("2026-07"), months_of("summer")
    ((24318, 3), (24312, 12), (24318, 1), None)
    """
    for form, months in FORMS:
        if found := form.fullmatch(written):
            number = int(found[2]) - 1 if found.lastindex == 2 else 0
            return 12 * int(found[1]) + number * months, months
    return None


def length_in_months(written: str) -> int:
    """How long it lasts. Raises ValueError for a text that is no period.

    >>> [length_in_months(each) for each in ("2026", "2026-H2", "2026-Q3", "2026-07")]
    [12, 6, 3, 1]
    """
    found = months_of(written)
    if found is None:
        raise ValueError(f"{written!r} is no period: write 2026-Q3, or 2026, 2026-H2 or 2026-09")
    return found[1]


def period_of_months(first: int, months: int) -> str:
    """
    >>> [period_of_months(24318, n) for n in (3, 6, 1)], period_of_months(24312, 12)
    (['2026-Q3', '2026-H2', '2026-07'], '2026')
    """
    year, month = divmod(first, 12)
    return {
        12: f"{year:04}",
        6: f"{year:04}-H{month // 6 + 1}",
        3: f"{year:04}-Q{month // 3 + 1}",
        1: f"{year:04}-{month + 1:02}",
    }[months]


def is_within(period: str, longer: str) -> bool:
    """
    >>> is_within("2026-Q3", "2026-H2"), is_within("2026-Q3", "2026-H1")
    (True, False)
    """
    return any(period in division for division in divisions_of(longer))


@cache
def divisions_of(period: str) -> tuple[tuple[str, ...], ...]:
    """Every way to cut a period into shorter ones of equal length.

    >>> divisions_of("2026-H1")
    (('2026-Q1', '2026-Q2'), ('2026-01', '2026-02', '2026-03', '2026-04', '2026-05', '2026-06'))
    """
    found = months_of(period)
    if found is None:
        return ()
    first, months = found
    return tuple(
        tuple(period_of_months(first + start, length) for start in range(0, months, length))
        for length in LENGTHS
        if length < months
    )


# A table of them from a stranger: rows or problems.


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
