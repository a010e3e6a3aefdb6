"""A long table of counts from DHIS2, or our own read back: one line for each count.

It says what our table of counts says, so the same checks hold for it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace

from readiness.core.errors import Problem
from readiness.core.periods import Period, period
from readiness.core.tables.headings import column_key
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.counts.social_risk.models import LARGEST, FunnelCell, Step
from readiness.imports import safe_names
from readiness.imports.data_values import CELLS, EVERYBODY, HEADINGS, PARTS
from readiness.imports.screens.models import NOBODY, WHOLE, CellKey
from readiness.imports.template.models import (
    MOST_ROWS,
    Expectations,
    TemplateLine,
    TemplateRows,
    refuse,
)
from readiness.imports.template.reader import (
    COUNT,
    LABEL,
    PlacedRow,
    by_plain,
    checked_rows,
    marks_in,
    plain,
    read_whole,
    why_not,
)

ORG_UNIT, PERIOD, DATA_ELEMENT, OPTION_COMBO, VALUE = map(column_key, HEADINGS)
NEEDED = {ORG_UNIT, PERIOD, DATA_ELEMENT, VALUE}
DELETED = "deleted"
READ = {*map(column_key, HEADINGS), DELETED}
MOST_LINES = 10 * MOST_ROWS
MONTH, YEAR = re.compile(r"[0-9]{6}"), re.compile(r"[0-9]{4}")
QUARTER = re.compile(r"([0-9]{4})-?(Q[1-4])")

NO_GROUP = "Nothing says which of these is the group. Name the group with --group."
NO_PART = (
    f"This part of the patients is not known here. Write {EVERYBODY} for all patients, or a part "
    "such as language:spanish, as the long table that you download has it."
)
NO_QUARTER = "Write a calendar quarter as 2026Q3."
MONTHS = (
    "This is a month. Send quarters such as 2026Q3, with each patient once: whoever came back in "
    "another month would count twice in a sum."
)
YEARS = "This is a year. Send its quarters, such as 2026Q3."
RUNNING = "This quarter is not over. Send it after its last day."
NO_ELEMENT = (
    " is no count that is known here. Counts are named by need and step, such as food_screened, "
    "any_positive or all_eligible; export from DHIS2 by code and not by id."
)
NO_UNIT = "This is not the group or one of its sites. Use the names of the table that you download."
TWICE = "This count stands in {} too. Keep one of the two."
NOT_READ = "Not read, since no count stands there: {}."
TAKEN_BACK = "Lines marked as deleted were passed over: {:,}."


def is_long(header: Iterable[str]) -> bool:
    return {column_key(name) for name in header} >= NEEDED


def read_long(source: SourceFile, reading: ReadContext, expected: Expectations) -> TemplateRows:
    """Everything the file says, or BadInput with everything wrong with it."""
    return read_whole(source, reading, read_lines, expected)


def read_lines(
    header: Sequence[str], rows: Iterable[PlacedRow], expected: Expectations
) -> TemplateRows:
    reader = DataValueReader([column_key(name) for name in header], expected)
    for number, (place, cells) in enumerate(rows, start=1):
        if number > MOST_LINES:
            refuse([Problem("", f"Send at most {MOST_LINES:,} lines in one file.")])
        reader.read(place, cells)
    found = checked_rows(reader.lines, reader.problems)
    return replace(found, warnings=(*passed_over(header, reader), *found.warnings))


def passed_over(header: Sequence[str], reader: DataValueReader) -> Iterable[Problem]:
    strange = [at for at, name in enumerate(header) if column_key(name) not in READ]
    if strange:
        yield Problem("", NOT_READ.format(safe_names.column_names(header, strange)))
    if reader.deleted:
        yield Problem("", TAKEN_BACK.format(reader.deleted))


@dataclass
class GatheredRow:
    """The counts of one row of the table, as they come line by line."""

    place: str  # of the first
    counts: dict[Step, int] = field(default_factory=dict)
    places: dict[str, str] = field(default_factory=dict)


class DataValueReader:
    """Reads line after line and notes everything wrong."""

    def __init__(self, names: Sequence[str], expected: Expectations) -> None:
        self.names = names
        self.expected = expected
        self.sites = by_plain(expected.sites)
        self.groups = by_plain(expected.groups)
        self.rows: dict[CellKey, GatheredRow] = {}
        self.problems: list[Problem] = []
        self.deleted = 0
        self.place = ""

    @property
    def lines(self) -> list[TemplateLine]:
        return [
            TemplateLine(
                row.place, key, row.counts, frozenset(), self.expected.today, places=row.places
            )
            for key, row in self.rows.items()
        ]

    def read(self, place: str, cells: Sequence[str]) -> None:
        self.place = place
        texts = dict(zip(self.names, cells, strict=True))
        if texts.get(DELETED, "").casefold() == "true":
            self.deleted += 1
            return
        noted = len(self.problems)
        group_id, site_id = self.org_unit(texts[ORG_UNIT])
        quarter, cell = self.quarter(texts[PERIOD]), self.cell(texts[DATA_ELEMENT])
        part = PARTS.get(texts.get(OPTION_COMBO, "").casefold() or EVERYBODY)
        if part is None:
            self.problem(OPTION_COMBO, NO_PART)
        value = self.value(texts[VALUE])
        if len(self.problems) > noted or value is None or not (cell and part):
            return
        key = CellKey(group_id, site_id, str(quarter), cell.need or "", part.type, part.name)
        row = self.rows.setdefault(key, GatheredRow(place))
        if before := row.places.get(cell.step):
            self.problem(DATA_ELEMENT, TWICE.format(before))
            return
        row.counts[cell.step], row.places[cell.step] = value, place

    def problem(self, column: str, says: str) -> None:
        heading = next(name for name in HEADINGS if column_key(name) == column)
        self.problems.append(Problem(f"{self.place}, {heading}", says))

    def org_unit(self, text: str) -> tuple[str, str]:
        """The group as a whole, or one of its sites."""
        if not self.groups:
            self.problem(ORG_UNIT, NO_GROUP)
            return NOBODY, WHOLE
        if plain(text) in self.groups:
            return self.groups[plain(text)], WHOLE
        if self.sites is not None and plain(text) not in self.sites:
            marks = marks_in(text)
            self.problem(ORG_UNIT, f"This seems to hold {marks}. {NO_UNIT}" if marks else NO_UNIT)
        elif marks_in(text) or not LABEL.fullmatch(text):
            self.problem(ORG_UNIT, NO_UNIT)
        return next(iter(self.groups.values())), (self.sites or {}).get(plain(text), text)

    def quarter(self, text: str) -> Period | None:
        found = QUARTER.fullmatch(text.upper())
        if not found:
            says = (
                MONTHS if MONTH.fullmatch(text) else YEARS if YEAR.fullmatch(text) else NO_QUARTER
            )
            self.problem(PERIOD, says)
            return None
        try:
            quarter = period(f"{found[1]}-{found[2]}")
        except ValueError:
            self.problem(PERIOD, NO_QUARTER)
            return None
        if not quarter.is_closed_on(self.expected.today):
            self.problem(PERIOD, RUNNING)
        return quarter

    def cell(self, text: str) -> FunnelCell | None:
        found = CELLS.get(text.casefold())
        if found is None:
            named = f"“{text}”" if safe_names.is_code(text) else "This"
            self.problem(DATA_ELEMENT, f"{named}{NO_ELEMENT}")
        return found

    def value(self, text: str) -> int | None:
        """None where the count is not known: an empty cell."""
        if COUNT.fullmatch(text) and int(text) <= LARGEST:
            return int(text)
        if text:
            self.problem(VALUE, why_not(text))
        return None
