"""Counts behind equity from a table: CSV or XLSX, in one of three shapes told by the heading."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from readiness.core.errors import BadInput, Problem
from readiness.core.periods import Period
from readiness.core.tables.headings import column_names
from readiness.core.tables.models import file_in_memory
from readiness.core.tables.reader import TableRow, TextTable, open_tables, ragged_line
from readiness.counts.edits import count_of
from readiness.counts.measures.models import QualitySet
from readiness.counts.quality.models import (
    CATEGORIES,
    MEASURED_BY,
    STATES,
    WHOLE,
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
    SampleCell,
    measures_in_force,
)
from readiness.counts.strata import ALL, STRATA, STRATUM_TYPE_LABELS, Stratum, StratumType

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
MOST_PROBLEMS = 200
MOST_NAMED = 20

MEASURES = ("period", "measure", "stratum_type", "stratum", "numerator", "denominator")
KNOWN = ("period", "field", "known", "origin", "site", "patients")
SAMPLE = ("period", "recorded", "asked", "patients")
OPTIONAL = ("estimated",)  # of the measures: "yes" marks a payer's estimated race
SHEETS = ("Measures", "Race and language", "Asked again")
ALSO = {  # how reports of electronic records call the columns
    "measurement_period": "period",
    "reporting_period": "period",
    "quarter": "period",
    "measure_id": "measure",
    "measure_name": "measure",
    "measure_title": "measure",
    "group_type": "stratum_type",
    "stratification": "stratum_type",
    "breakdown": "stratum_type",
    "group": "stratum",
    "subgroup": "stratum",
    "stratum_name": "stratum",
    "met": "numerator",
    "eligible": "denominator",
}

Row = Mapping[str, str]
Values = dict[QualityCell, int]
Meant = TypeVar("Meant")
TOO_LARGE = "This file is too large. Keep the rows of one period, and upload it again."
NO_COUNTS = "This file holds no counts. Fill in the template, and upload it again."
LABEL = "The file"
LAST_QUARTER = re.compile(r"Q([1-4])[ /-]?([0-9]{4})")


@dataclass(frozen=True)
class TableContext:
    ending: Period
    measures: QualitySet
    sites: Mapping[str, str]  # names by id


class RowError(ValueError):
    """One thing wrong with a row, as the rest of a sentence about it or about its column."""

    def __init__(self, says: str, column: str = "") -> None:
        super().__init__(says)
        self.column = column


def read(raw: bytes, ending: Period, measures: QualitySet, sites: Mapping[str, str]) -> Values:
    """Every count of the file by its cell, or BadInput with every problem by its line."""
    if len(raw) > MOST_BYTES:
        raise BadInput(TOO_LARGE)
    context = TableContext(ending, measures, sites)
    found: Values = {}
    problems: list[Problem] = []
    with open_tables(file_in_memory(LABEL, "", raw), SHEETS) as tables:
        for table in tables:
            read_table(table, context, found, problems)
    if problems:
        raise BadInput(problems[:MOST_PROBLEMS])
    if not found:
        raise BadInput(NO_COUNTS)
    return found


def read_table(
    table: TextTable, context: TableContext, found: Values, problems: list[Problem]
) -> None:
    """Adds what a table holds; one without rows adds nothing."""
    headings = [column_of(name) for name in table.header]
    cells_of = shape_of(headings, table)
    names = dict(zip(headings, table.header, strict=True))
    for count, row in enumerate(table.rows, 1):
        if count > MOST_ROWS:
            raise BadInput(TOO_LARGE)
        try:
            add(cells_of(row_of(row, headings), context), found)
        except RowError as error:
            says = f"“{names[error.column]}” {error}" if error.column else str(error)
            problems.append(Problem(table.place(row.line), says))


def column_of(heading: str) -> str:
    """
    >>> column_of("Stratum type"), column_of(" Measure Name "), column_of("Met")
    ('stratum_type', 'measure', 'numerator')
    """
    key = re.sub(r"[\W_]+", "_", heading.strip().casefold())
    return ALSO.get(key, key)


def row_of(row: TableRow, headings: Sequence[str]) -> Row:
    """Cells that are missing at the end are empty."""
    if any(row.cells[len(headings) :]):
        raise RowError(ragged_line(len(row.cells), len(headings)))
    filled = [*row.cells, *[""] * len(headings)]
    return dict(zip(headings, filled, strict=False))


Cells = Callable[[Row, TableContext], Values]


def shape_of(headings: Sequence[str], table: TextTable) -> Cells:
    """The shape that the headings name in full; a column beyond it is refused."""
    for columns, cells_of in SHAPES:
        if not set(columns) <= set(headings):
            continue
        strange = [at for at, each in enumerate(headings) if each not in (*columns, *OPTIONAL)]
        twice = [at for at, each in enumerate(headings) if headings.index(each) < at]
        if strange:
            named = column_names(table.header, strange)
            raise BadInput([Problem(table.label, f"Take out the columns we do not know: {named}.")])
        if twice:
            named = column_names(table.header, (headings.index(headings[twice[0]]), twice[0]))
            raise BadInput([Problem(table.label, f"{named} mean the same column: keep one.")])
        return cells_of
    shapes = "; or ".join(", ".join(columns) for columns, _ in SHAPES)
    says = f"The headings must name the columns of the template: {shapes}."
    raise BadInput([Problem(table.label, says)])


def add(values: Values, found: Values) -> None:
    for cell, value in values.items():
        if found.get(cell, value) != value:
            raise RowError("This row says another number than a row above it. Keep one of both.")
        found[cell] = value


def measure_row(row: Row, context: TableContext) -> Values:
    in_period(row, context)
    in_force = measures_in_force(context.measures, context.ending)
    measures = by_name({each.id: each.title for each in in_force})
    measure_id = one_of(row["measure"], measures, "measure")
    stratum = stratum_in(row, context)
    is_estimated = (
        one_of(row.get("estimated", ""), {"": "", "no": "", "yes": "yes"}, "estimated") == "yes"
    )
    if is_estimated and stratum.type not in (StratumType.RACE, StratumType.RACE_1997):
        raise RowError("may mark race alone as estimated. Leave it empty.", "estimated")
    values: Values = {}
    for part in MeasurePart:
        if (count := count_in(row, part)) is not None:
            values[MeasureCell(measure_id, part, stratum, is_estimated)] = count
    return values


def stratum_in(row: Row, context: TableContext) -> Stratum:
    labels = {str(each): STRATUM_TYPE_LABELS[each] for each in (StratumType.TOTAL, *MEASURED_BY)}
    kind = StratumType(one_of(row["stratum_type"], by_name(labels), "stratum_type"))
    if kind is StratumType.TOTAL:
        return ALL
    if kind is StratumType.SITE:
        return Stratum(kind, one_of(row["stratum"], by_name(context.sites), "stratum"))
    return Stratum(kind, one_of(row["stratum"], by_name(STRATA[kind]), "stratum"))


def demographic_row(row: Row, context: TableContext) -> Values:
    in_period(row, context)
    field = one_of(row["field"], {str(each): each for each in DemographicField}, "field")
    known = one_of(row["known"], {str(each): each for each in DemographicStatus}, "known")
    origins: dict[str, DemographicSource | None] = {
        str(origin or ""): origin for state, origin in STATES if state is known
    }
    origin = one_of(row["origin"], origins, "origin")
    site = one_of(row["site"], {"": "", WHOLE.casefold(): "", **by_name(context.sites)}, "site")
    count = count_in(row, "patients")
    return {} if count is None else {DemographicCell(field, known, origin, site): count}


def sample_row(row: Row, context: TableContext) -> Values:
    in_period(row, context)
    categories = {each: each for each in CATEGORIES}
    cell = SampleCell(
        one_of(row["recorded"], categories, "recorded"), one_of(row["asked"], categories, "asked")
    )
    count = count_in(row, "patients")
    return {} if count is None else {cell: count}


SHAPES: tuple[tuple[tuple[str, ...], Cells], ...] = (
    (MEASURES, measure_row),
    (KNOWN, demographic_row),
    (SAMPLE, sample_row),
)


def in_period(row: Row, context: TableContext) -> None:
    written = LAST_QUARTER.sub(r"\2-Q\1", row["period"].upper())
    if written != str(context.ending):
        raise RowError(
            f"is not that of the 12 months that end with {context.ending}. Keep the rows of that "
            "period, or open the page of the other one.",
            "period",
        )


def by_name(labels: Mapping[str, str]) -> dict[str, str]:
    """What goes by its id or its name, in any case."""
    return {key.casefold(): own for own, label in labels.items() for key in (own, label)}


def one_of(text: str, known: Mapping[str, Meant], column: str) -> Meant:
    """What the text stands for; what was written is not repeated, since it may be anything."""
    wanted = text.strip().casefold()
    if wanted in known:
        return known[wanted]
    first = {meant: key for key, meant in reversed(list(known.items()))}  # the id, not the name too
    names = ", ".join(key or "nothing" for key in reversed(list(first.values())[-MOST_NAMED:]))
    raise RowError(f"holds none that we know. Write one of: {names}.", column)


def count_in(row: Row, column: str) -> int | None:
    try:
        return count_of(row[column])
    except ValueError as error:
        raise RowError(str(error), column) from None
