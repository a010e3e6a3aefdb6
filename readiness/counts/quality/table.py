"""Counts behind equity from a table: CSV or XLSX, in one of three shapes told by the heading."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from io import StringIO
from typing import TypeVar

from readiness.core.errors import BadInput, Problem
from readiness.core.patient_identifiers import found_in
from readiness.core.periods import Period
from readiness.core.tables import spreadsheet
from readiness.core.tables.models import SheetCell
from readiness.core.tables.spreadsheet import SheetRequest, SheetSentences
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
from readiness.counts.strata import ALL, STRATA, Stratum, StratumType

MOST_BYTES = 2_000_000
MOST_ROWS = 5_000
SECONDS = 20.0
FORMULA = "a formula"  # no count: paste the value in its place

MEASURES = ("period", "measure", "stratum_type", "stratum", "numerator", "denominator")
KNOWN = ("period", "field", "known", "origin", "site", "patients")
SAMPLE = ("period", "recorded", "asked", "patients")
OPTIONAL = ("estimated",)  # of the measures: "yes" marks a payer's estimated race
SHEETS = ("Measures", "Race and language", "Asked again")

Row = Mapping[str, str]
Values = dict[QualityCell, int]
Meant = TypeVar("Meant")
TOO_LARGE = "This file is too large. Keep the rows of one period, and upload it again."
WORDS = SheetSentences(
    not_a_book="This is not an Excel workbook. Save it as .xlsx or .csv, and upload it again.",
    too_large=TOO_LARGE,
    active="This workbook holds macros or other active parts. Save it as a plain .xlsx.",
    unreadable="This workbook cannot be read. Save it again as .xlsx or .csv, and upload that.",
    far="This workbook reaches too far down or to the right: delete what is not a count.",
)


@dataclass(frozen=True)
class TableContext:
    ending: Period
    measures: QualitySet
    sites: Mapping[str, str]  # names by id


class RowError(ValueError):
    """One thing wrong with a row, as the rest of a sentence."""


def read(raw: bytes, ending: Period, measures: QualitySet, sites: Mapping[str, str]) -> Values:
    """Every count of the file by its cell, or BadInput with every problem by its row."""
    if len(raw) > MOST_BYTES:
        raise BadInput(TOO_LARGE)
    context = TableContext(ending, measures, sites)
    found: Values = {}
    problems: list[Problem] = []
    sheets = tuple(sheets_of(raw))
    for name, lines in sheets:
        read_sheet(name, lines, context, found, problems)
    if problems:
        raise BadInput(problems[:200])
    if not found:
        raise BadInput("This file holds no counts. Fill in the template, and upload it again.")
    return found


def sheets_of(raw: bytes) -> Iterator[tuple[str, Sequence[Sequence[str]]]]:
    if raw.startswith(spreadsheet.STARTS):
        book = spreadsheet.read(
            raw, SheetRequest(SHEETS, MOST_ROWS, len(MEASURES) + 2, WORDS, or_first=True), SECONDS
        )
        for name, cells in book.items():
            yield name, [[text_of(cell) for cell in row] for row in cells]
        return
    try:
        text = raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = raw.decode("cp1252", errors="replace")
    head = text.split("\n", 1)[0]
    separator = max(",;\t", key=head.count)
    try:
        yield "", list(csv.reader(StringIO(text, newline=""), delimiter=separator, strict=True))
    except csv.Error:
        raise BadInput(
            "This file cannot be read as a table. Save it as CSV (UTF-8), and upload it again."
        ) from None


def text_of(cell: SheetCell) -> str:
    return FORMULA if cell.is_formula else cell.text.strip()


def read_sheet(
    name: str,
    lines: Sequence[Sequence[str]],
    context: TableContext,
    found: Values,
    problems: list[Problem],
) -> None:
    """Adds what a sheet holds; a sheet without rows adds nothing."""
    if not any(any(line) for line in lines[1:]):
        return
    if len(lines) > MOST_ROWS:
        raise BadInput(TOO_LARGE)
    heading = [cell.strip().casefold().replace(" ", "_") for cell in lines[0]]
    cells_of = shape_of(heading, name)
    for number, line in enumerate(lines[1:], 2):
        texts = [cell.strip() for cell in line]
        if not any(texts):
            continue
        place = f"{name} row {number}" if name else f"Line {number}"
        if len(texts) > len(heading) and any(texts[len(heading) :]):
            problems.append(Problem(place, "has more cells than the heading: take them out."))
            continue
        row = dict(zip(heading, [*texts, *[""] * len(heading)], strict=False))
        try:
            add(cells_of(row, context), found)
        except RowError as error:
            problems.append(Problem(place, str(error)))


Cells = Callable[[Row, TableContext], Values]


def shape_of(heading: Sequence[str], name: str) -> Cells:
    """The shape that the heading names in full; a column beyond it is refused."""
    for columns, cells_of in SHAPES:
        if set(columns) <= set(heading):
            if strange := [each for each in heading if each and each not in (*columns, *OPTIONAL)]:
                raise BadInput(
                    [
                        Problem(
                            name, f"Take out the columns we do not know: {column_names(strange)}."
                        )
                    ]
                )
            if len(set(heading)) < len([each for each in heading if each]):
                raise BadInput([Problem(name, "A column stands there twice: keep one.")])
            return cells_of
    raise BadInput(
        [
            Problem(
                name,
                "The first row must name the columns of the template: "
                + "; or ".join(", ".join(columns) for columns, _ in SHAPES)
                + ".",
            )
        ]
    )


def column_names(names: Iterable[str]) -> str:
    """Names of columns as far as they look like names."""
    return ", ".join(
        each if each.replace("_", "").isalnum() and not found_in(each) else "one without a name"
        for each in (str(name)[:40] for name in names)
    )


def add(values: Values, found: Values) -> None:
    for cell, value in values.items():
        if found.get(cell, value) != value:
            raise RowError("says another number than a row above it. Keep one of both.")
        found[cell] = value


def measure_row(row: Row, context: TableContext) -> Values:
    in_period(row, context)
    measures = {
        each.id.casefold(): each.id for each in measures_in_force(context.measures, context.ending)
    }
    measure_id = one_of(row["measure"], measures, "measure")
    stratum = stratum_in(row, context)
    is_estimated = (
        one_of(row.get("estimated", ""), {"": "", "no": "", "yes": "yes"}, "estimated") == "yes"
    )
    if is_estimated and stratum.type not in (StratumType.RACE, StratumType.RACE_1997):
        raise RowError("is marked as estimated, which only race can be. Leave it empty.")
    values: Values = {}
    for part in MeasurePart:
        if (count := count_in(row, part)) is not None:
            values[MeasureCell(measure_id, part, stratum, is_estimated)] = count
    return values


def stratum_in(row: Row, context: TableContext) -> Stratum:
    kinds: dict[str, StratumType] = {str(each): each for each in (StratumType.TOTAL, *MEASURED_BY)}
    kind = one_of(row["stratum_type"], kinds, "stratum_type")
    if kind is StratumType.TOTAL:
        return ALL
    if kind is StratumType.SITE:
        return Stratum(kind, one_of(row["stratum"], by_name(context.sites), "site"))
    return Stratum(kind, one_of(row["stratum"], {each: each for each in STRATA[kind]}, "stratum"))


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
    if row["period"].upper() != str(context.ending):
        raise RowError(
            f"is not of the 12 months that end with {context.ending}. Keep the rows of that "
            "period, or open the page of the other one."
        )


def by_name(sites: Mapping[str, str]) -> dict[str, str]:
    """A site by its id or its name."""
    return {key.casefold(): own for own, name in sites.items() for key in (own, name)}


def one_of(text: str, known: Mapping[str, Meant], column: str) -> Meant:
    """What the text stands for; what was written is not repeated, since it may be anything."""
    wanted = text.strip().casefold()
    if wanted in known:
        return known[wanted]
    names = ", ".join(each or "nothing" for each in list(known)[:20])
    raise RowError(f"has no {column} that we know. Write one of: {names}.")


def count_in(row: Row, column: str) -> int | None:
    try:
        return count_of(row[column])
    except ValueError as error:
        raise RowError(f"{column} {error}") from None
