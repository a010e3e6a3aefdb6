"""What a table's columns are called and what its words mean, as whoever knows the file says it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from itertools import groupby

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import ReadContext
from readiness.counts.social_risk.models import Need
from readiness.counts.strata import StratumType
from readiness.imports.dates import (
    CLOCK,
    DAY_BEFORE_NAME,
    DAY_BEHIND_NAME,
    EARLIEST,
    LATEST,
    SHORT_YEAR,
)
from readiness.imports.screens.models import NeedResult, RecordStatus
from readiness.imports.screens.strata import OLDEST
from readiness.imports.warehouse.duckdb_session import (
    DuckdbSession,
    DuckdbTable,
    MemoryLimits,
    literal,
)


class ResultColumn(StrEnum):
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


NEEDED = (ResultColumn.DATE, ResultColumn.NEED, ResultColumn.RESULT)
LACKING = (  # without any of them a row says nothing
    ResultColumn.PATIENT,
    ResultColumn.STATUS,
    ResultColumn.DATE,
    ResultColumn.NEED,
)
TRAITS = (
    ResultColumn.RACE,
    ResultColumn.ETHNICITY,
    ResultColumn.LANGUAGE,
    ResultColumn.PAYER,
    ResultColumn.SEX,
)
WORDS = (  # columns of few different texts, each of which is looked up once
    ResultColumn.NEED,
    ResultColumn.RESULT,
    ResultColumn.STATUS,
    ResultColumn.GROUP,
    ResultColumn.SITE,
    *TRAITS,
    ResultColumn.AGE,
)
MAKES: dict[tuple[ResultColumn, ...], tuple[StratumType, ...]] = {  # columns that are read together
    (ResultColumn.RACE, ResultColumn.ETHNICITY): (
        StratumType.RACE,
        StratumType.RACE_1997,
        StratumType.ETHNICITY,
    ),
    (ResultColumn.LANGUAGE,): (StratumType.LANGUAGE,),
    (ResultColumn.PAYER,): (StratumType.PAYER,),
    (ResultColumn.SEX,): (StratumType.SEX,),
    (ResultColumn.AGE, ResultColumn.BORN): (StratumType.AGE,),
}
RowTexts = Mapping[ResultColumn, str]  # what stands in one row's columns


@dataclass(frozen=True)
class Wording:
    """Each function is asked once for each different text, however many rows hold it."""

    columns: Mapping[ResultColumn, str]  # heading of each
    need: Callable[[str], Need | None]
    result: Callable[[str], NeedResult | None]
    standing: Callable[[str], RecordStatus | None]
    strata: Callable[[RowTexts], Mapping[StratumType, str]]  # of the traits
    apart: Callable[[RowTexts], Mapping[StratumType, str]]  # the same, race without ethnicity
    age: Callable[[int | None], str]
    group: Callable[[str], str] = str
    site: Callable[[str], str] = str
    is_day_first: bool = False  # how 3/7/2026 is meant
    says: Mapping[ResultColumn, str] = field(default_factory=dict)  # to whom a row lacks it


@dataclass(frozen=True)
class DuckdbRun:
    """One run over one table."""

    table: DuckdbTable
    wording: Wording
    reading: ReadContext
    label: str
    room: MemoryLimits
    is_by_year: bool = False
    unread: set[str] = field(default_factory=set)  # texts of results that nobody explained

    @property
    def words(self) -> tuple[ResultColumn, ...]:
        return tuple(column for column in WORDS if column in self.wording.columns)

    @property
    def traits(self) -> tuple[ResultColumn, ...]:
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

    def sql_of(self, column: ResultColumn) -> str:
        return self.table.columns[self.wording.columns[column]]

    def day(self, column: ResultColumn) -> str:
        if date := self.table.dates.get(self.wording.columns[column]):
            return f"CAST({date} AS DATE)"
        return day_sql(self.sql_of(column), is_day_first=self.wording.is_day_first)

    def instant(self, column: ResultColumn) -> str:
        if date := self.table.dates.get(self.wording.columns[column]):
            return f"CAST({date} AS TIMESTAMP)"
        return instant_sql(self.sql_of(column), is_day_first=self.wording.is_day_first)

    def has(self, column: ResultColumn) -> bool:
        return column in self.wording.columns

    def note(self, rows: Mapping[str, int]) -> None:
        """How many rows have which standing, and how many lack which column."""
        report = self.reading.report
        report.rows += sum(rows.values())
        report.held += rows.get(RecordStatus.HELD, 0)
        report.deleted += rows.get(RecordStatus.DELETED, 0)
        for column in LACKING:
            if column in rows:
                self.refuse(column, rows[column])

    def refuse(self, column: ResultColumn, rows: int) -> None:
        """One sentence for all rows that lack the same thing."""
        self.reading.report.refused += rows
        says = self.wording.says.get(column, f"The {column} cannot be read. Correct it.")
        lines = "1 line" if rows == 1 else f"{rows:,} lines"
        self.reading.report.problems.append(Problem(f"{self.label}, {lines}", says))


SEPARATORS = ("/", "-", ".")
CLOCKS = ("%H:%M", "%H:%M:%S", "%I:%M %p", "%I:%M:%S %p", "%I:%M%p", "%I:%M:%S%p")
SOME_DAY = "2000-01-01"
YEAR_FIRST = r"^\s*[0-9]{4}"
USUAL = "____-__-__%"  # how nearly every table writes a day
YEAR_LAST = r"^\s*[0-9]{1,2}[-/.][0-9]{1,2}[-/.][0-9]{4}"
NAMED = tuple(f"{year}|{month}|%d" for year in ("%y", "%Y") for month in ("%b", "%B"))


def day_sql(column: str, *, is_day_first: bool) -> str:
    """A day as such, whatever the time of the day behind it."""
    return usual_first(column, f"TRY_CAST({column} AS DATE)", any_day_sql(column, is_day_first))


def usual_first(column: str, moment: str, otherwise: str) -> str:
    """The engine works out whatever stands twice in COALESCE for every row, needed or not, and
    never in a branch of CASE."""
    return (
        f"CASE WHEN {column} LIKE '{USUAL}' AND {moment} IS NOT NULL THEN {moment}"
        f" ELSE {otherwise} END"
    )


def any_day_sql(column: str, is_day_first: bool) -> str:
    text = f"trim({column})"
    first = f"split_part(split_part({text}, 'T', 1), ' ', 1)"
    spellings = [day_format(is_day_first).replace("/", each) for each in SEPARATORS]
    return (
        f"COALESCE({where(YEAR_FIRST, column, f'TRY_CAST({column} AS DATE)')},"
        f" {where(YEAR_FIRST, column, f'TRY_CAST({first} AS DATE)')},"
        f" {where(YEAR_LAST, column, f'CAST(try_strptime({first}, {spellings}) AS DATE)')},"
        f" CAST(try_strptime(substr({text}, 1, 8), '%Y%m%d') AS DATE),"
        f" {further_spellings_sql(text, is_day_first)})"
    )


def where(pattern: str, column: str, moment: str) -> str:
    """The engine takes the 7 or the 26 of 7/3/26 for a whole year."""
    return f"CASE WHEN regexp_matches({column}, {literal(pattern)}) THEN {moment} END"


def further_spellings_sql(text: str, is_day_first: bool) -> str:
    """A month by its name, or a year of two digits, as the other reader knows them."""
    short = "%y|%d|%m" if is_day_first else "%y|%m|%d"
    dates = (
        (rewritten_sql(text, DAY_BEFORE_NAME, r"\3|\2|\1"), NAMED),
        (rewritten_sql(text, DAY_BEHIND_NAME, r"\3|\1|\2"), NAMED),
        (rewritten_sql(text, SHORT_YEAR, r"\3|\1|\2"), (short,)),
    )
    return ", ".join(f"CAST(try_strptime({each}, {[*formats]}) AS DATE)" for each, formats in dates)


def rewritten_sql(text: str, pattern: str, order: str) -> str:
    """The year, and the two others in that order; what is written otherwise stays as it is."""
    whole = f"regexp_replace(lower({text}), {literal(f'^(?i:{pattern})$')}, {literal(order)})"
    return f"replace({whole}, '|sept|', '|sep|')"


def plausible_day_sql(column: str) -> str:
    """A day that can be meant."""
    return f"CASE WHEN year({column}) BETWEEN {EARLIEST} AND {LATEST} THEN {column} END"


def instant_sql(column: str, *, is_day_first: bool) -> str:
    """In UTC. A day alone, or one with a time that nobody can read, is the beginning of the day."""
    zoned = f"CAST(TRY_CAST({column} AS TIMESTAMPTZ) AS TIMESTAMP)"
    day = f"CAST({day_sql(column, is_day_first=is_day_first)} AS TIMESTAMP)"
    otherwise = f"{day} + {clock_sql(f'trim({column})')}"
    return usual_first(column, zoned, f"COALESCE({where(YEAR_FIRST, column, zoned)}, {otherwise})")


def clock_sql(text: str) -> str:
    """The time of the day; none where there is none, or one that no clock shows."""
    written = f"replace(upper(regexp_extract({text}, {literal(CLOCK)})), 'T', ' ')"
    spellings = [f"%Y-%m-%d {clock}" for clock in CLOCKS]
    at = f"try_strptime('{SOME_DAY}' || {written}, {spellings}) - TIMESTAMP '{SOME_DAY}'"
    return f"COALESCE({at}, INTERVAL 0 SECOND)"


def day_format(is_day_first: bool) -> str:
    return "%d/%m/%Y" if is_day_first else "%m/%d/%Y"


def years_sql(born: str, on: str) -> str:
    """Full years: whoever was born on February 29 turns a year older on March 1."""
    before = f"month({on}) * 100 + day({on}) < month({born}) * 100 + day({born})"
    return f"year({on}) - year({born}) - CASE WHEN {before} THEN 1 ELSE 0 END"


def band_sql(age: str, band_of: Callable[[int | None], str]) -> str:
    """The bands as the domain draws them, written down as ranges."""
    ranges = []
    for name, ages in groupby(range(OLDEST + 1), band_of):
        run = list(ages)
        ranges.append(f"WHEN {age} BETWEEN {run[0]} AND {run[-1]} THEN '{name}'")
    return f"CASE {' '.join(ranges)} END"


MOST_TEXTS = 20_000  # different ones in a column; more are names or notes
TOO_VARIOUS = "The {column} column holds too many different texts. Name another column."
UNREAD = "unread"  # what a status means that nobody explained: its row is left out
AGE = re.compile(r"[0-9]{1,3}")


def raw_name(column: ResultColumn) -> str:
    """How its text is called in SQL, where some of the words mean something."""
    return f"{column}_raw"


def text_of(run: DuckdbRun, column: ResultColumn) -> str:
    return f"COALESCE({run.sql_of(column)}, '')"


def explain(db: DuckdbSession, run: DuckdbRun, column: ResultColumn, texts: str) -> None:
    """Make a table of every text and what it means; `texts` selects them as `text`.

    The meanings are a type of their own, so that a row holds a small number for each.
    """
    db.run(f"CREATE OR REPLACE TABLE {column}_words AS {texts}")
    found = [row[0] for row in db.run(f"SELECT text :: VARCHAR FROM {column}_words")]
    if len(found) > MOST_TEXTS:
        raise BadInput([Problem(run.label, TOO_VARIOUS.format(column=column))])
    meant = [MEANT[column](run, text.strip()) for text in found]
    db.run(f"ALTER TABLE {column}_words RENAME TO {column}_texts")
    db.run(f"DROP TYPE IF EXISTS {column}_word")
    create_word_type(db, f"{column}_word", (each for each in meant if each))
    db.run(
        f"CREATE TABLE {column}_words AS SELECT text, CAST(meant AS {column}_word) AS meant"
        f" FROM {column}_texts JOIN (SELECT unnest(?) AS found, unnest(?) :: VARCHAR AS meant)"
        " ON text = found",
        (found, meant),
    )
    db.run(f"DROP TABLE {column}_texts")


def create_word_type(db: DuckdbSession, name: str, words: Iterable[str]) -> None:
    """A type of these words; an empty one stands in it, since no type is without any."""
    listed = ", ".join(literal(word) for word in dict.fromkeys(["", *words]))
    db.run(f"CREATE TYPE {name} AS ENUM ({listed})")


def result_of(run: DuckdbRun, text: str) -> str:
    """What nobody explained leaves the need open; which texts those are is kept."""
    result = run.wording.result(text)
    if result is None:
        run.unread.add(text)
    return result or NeedResult.INCOMPLETE


def unread_sql(run: DuckdbRun) -> str:
    """True for a row whose result nobody explained."""
    texts = ", ".join(map(literal, sorted(run.unread)))
    return f"trim({raw_name(ResultColumn.RESULT)}) IN ({texts})" if texts else "false"


def note_unread(db: DuckdbSession, run: DuckdbRun, query: str) -> None:
    """`query` selects each need and the number of its answers that nobody explained."""
    for need, number in db.run(query) if run.unread else ():
        run.reading.report.unreadable_answers[need] += number


def age_of(run: DuckdbRun, text: str) -> str:
    return run.wording.age(int(text) if AGE.fullmatch(text) else None)


MEANT: dict[ResultColumn, Callable[[DuckdbRun, str], str | None]] = {
    ResultColumn.NEED: lambda run, text: run.wording.need(text),
    ResultColumn.RESULT: lambda run, text: result_of(run, text),
    ResultColumn.STATUS: lambda run, text: run.wording.standing(text) or UNREAD,
    ResultColumn.GROUP: lambda run, text: run.wording.group(text) or run.reading.group_id or None,
    ResultColumn.SITE: lambda run, text: run.wording.site(text) or None,
    ResultColumn.AGE: age_of,
}
