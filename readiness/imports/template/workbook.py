"""The table of counts to be filled in, as CSV and as a workbook with lists to choose from.

The rows to fill in carry no numbers: last quarter's, left standing under a new quarter, would be
counted as new. What was sent last stands beside them under its own quarter.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from readiness.core.exports import HEADING, MADE_AT, csv_of
from readiness.core.periods import Period
from readiness.counts.social_risk.models import FIVE, FunnelCell, Need, Step
from readiness.counts.strata import ALL, STRATA, UNKNOWN, Stratum, StratumType, strata_of
from readiness.imports.screens.models import WHOLE, CellKey
from readiness.imports.template.models import (
    COLUMNS,
    INSTRUMENTS,
    NAMES,
    SCHEMA,
    STEPS,
    SUPPRESSED,
    Unit,
)

COUNTS, LAST, EXPLAINED, LISTS = "Counts", "Last quarter", "What the columns mean", "Lists"
PLAIN = {"strings_to_formulas": False, "strings_to_urls": False}
LABEL_WIDTH, COUNT_WIDTH = 16, 12
SPARE = 500  # rows below the last one in which the lists work too
A_COUNT = f"A whole number, empty when not known, or {SUPPRESSED} where your source hides it."
NOT_LISTED = "Choose one of the list, as it is written there."

Counts = Mapping[CellKey, Mapping[Step, int]]
NOTHING: Counts = {}


def template_csv(blank: BlankTemplate, last: Counts = NOTHING) -> bytes:
    """With `last`, what was sent last follows below, under its own quarter."""
    return csv_of(NAMES, map(row_cells, (*blank_rows(blank), *last_rows(last, blank))))


def template_xlsx(blank: BlankTemplate, last: Counts = NOTHING) -> bytes:
    written = BytesIO()
    book = Workbook(written, PLAIN)
    book.set_properties({"created": MADE_AT.replace(tzinfo=None)})
    heading = book.add_format(HEADING)
    page = book.add_worksheet(COUNTS)
    rows = list(blank_rows(blank))
    write_rows(page, NAMES, map(row_cells, rows), heading)
    if last:
        write_rows(book.add_worksheet(LAST), NAMES, map(row_cells, last_rows(last, blank)), heading)
    explain(book.add_worksheet(EXPLAINED), heading)
    add_lists(page, book.add_worksheet(LISTS), choices(blank), len(rows) + SPARE)
    book.close()
    return written.getvalue()


def row_cells(row: TemplateRow) -> list[str | int]:
    return [row[name] for name in NAMES]


def write_rows(
    page: Worksheet, names: Sequence[str], rows: Iterable[Sequence[str | int]], heading: Format
) -> None:
    for at, name in enumerate(names):
        page.set_column(at, at, COUNT_WIDTH if name in STEPS else LABEL_WIDTH)
        page.write_string(0, at, name, heading)
    page.freeze_panes(1, 0)
    for number, row in enumerate(rows, start=1):
        for at, cell in enumerate(row):
            if isinstance(cell, int):
                page.write_number(number, at, cell)
            elif cell:
                page.write_string(number, at, cell)


def explain(page: Worksheet, heading: Format) -> None:
    wrapped = [("Column", 20), ("What it means", 80), ("What may stand there", 70)]
    for at, (title, width) in enumerate(wrapped):
        page.set_column(at, at, width)
        page.write_string(0, at, title, heading)
    page.freeze_panes(1, 0)
    for number, column in enumerate(COLUMNS, start=1):
        needed = " This column has to be there." if column.is_required else ""
        page.write_string(number, 0, column.name)
        page.write_string(number, 1, column.meaning + needed)
        page.write_string(
            number, 2, A_COUNT if column.step else ", ".join(allowed_words(column.name))
        )


def allowed_words(name: str) -> tuple[str, ...]:
    """What may stand in a column, where there is a list of it."""
    if name == "stratum":
        kinds = (f"{kind}: {' '.join(names)}" for kind, names in STRATA.items())
        return ("total", *kinds)
    return LISTED.get(name, ())


LISTED: dict[str, tuple[str, ...]] = {
    "instrument": tuple(INSTRUMENTS),
    "unit": tuple(Unit),
    "need": tuple(Need),
    "stratum_type": tuple(StratumType),
}


def choices(blank: BlankTemplate) -> Iterator[tuple[str, tuple[str, ...]]]:
    yield from LISTED.items()
    yield "site_id", (WHOLE, *blank.sites)
    yield "stratum", tuple(dict.fromkeys(["total", *(n for of in STRATA.values() for n in of)]))


def add_lists(
    page: Worksheet, lists: Worksheet, offered: Iterable[tuple[str, tuple[str, ...]]], last: int
) -> None:
    """Lists stand on a sheet of their own: within a cell's rule they would be too long."""
    for at, (name, allowed) in enumerate(offered):
        for number, word in enumerate(allowed):
            lists.write_string(number, at, word)
        letter = chr(ord("A") + at)
        column = NAMES.index(name)
        rule = {
            "validate": "list",
            "source": f"={LISTS}!${letter}$1:${letter}${len(allowed)}",
            "error_title": "Not in the list",
            "error_message": NOT_LISTED,
        }
        page.data_validation(1, column, last, column, rule)
    lists.hide()


NEEDS = (*FIVE, Need.ANY, Need.ALL5)
OF_GROUP_ROW = {Step.SCREENED: Step.SCREENED, Step.ANY_POSITIVE: Step.POSITIVE}
TemplateRow = dict[str, str | int]


@dataclass(frozen=True)
class BlankTemplate:
    """What is asked for: a row for each site, need and part."""

    group_id: str
    period: Period
    as_of: date
    sites: tuple[str, ...] = ()  # none: the group as a whole
    needs: tuple[Need, ...] = NEEDS
    kinds: tuple[StratumType, ...] = ()


def blank_rows(blank: BlankTemplate) -> Iterator[TemplateRow]:
    parts = (ALL, *(part for kind in blank.kinds for part in strata_of(kind)))
    for site in blank.sites or (WHOLE,):
        for need in blank.needs:
            for part in parts:
                key = CellKey(blank.group_id, site, str(blank.period), need, part.type, part.name)
                yield row_of(key, {}, blank.as_of)


def last_rows(
    last: Mapping[CellKey, Mapping[Step, int]], blank: BlankTemplate
) -> Iterator[TemplateRow]:
    """Under the quarter they belong to, so that sent back they can only correct that one."""
    for key, counts in last.items():
        yield row_of(key, counts, blank.as_of)


def row_of(key: CellKey, counts: Mapping[Step, int], as_of: date) -> TemplateRow:
    row: TemplateRow = dict.fromkeys(NAMES, "")
    row |= {
        "schema_version": SCHEMA,
        "group_id": key.group_id,
        "site_id": key.site_id,
        "period": key.period,
        "as_of_date": as_of.isoformat(),
        "unit": Unit.PATIENTS,
        "need": key.need,
        "stratum_type": key.stratum_type,
        "stratum": key.stratum,
    }
    return row | {step.value: value for step, value in counts.items() if step in STEPS}


def from_counts(
    known: Mapping[FunnelCell, int], group_id: str, site_id: str, period: Period
) -> dict[CellKey, dict[Step, int]]:
    """The counts of a quarter as rows: its row of all needs is that of `any`.

    The eligible stand in every row, as the table asks for them.
    """
    found: dict[tuple[Stratum, Need], dict[Step, int]] = defaultdict(dict)
    for cell, value in known.items():
        if cell.need is not None and cell.step in STEPS:
            found[cell.stratum, cell.need][cell.step] = value
    for cell, value in known.items():
        if cell.need is None and cell.step in OF_GROUP_ROW:
            found[cell.stratum, Need.ANY][OF_GROUP_ROW[cell.step]] = value
    for (part, need), counts in found.items():
        counts |= of_the_group(known, part, need)
    for (kind, need), missing in in_no_part(found).items():
        for step, value in missing.items():
            unknown = found[Stratum(kind, UNKNOWN), need]
            unknown[step] = unknown.get(step, 0) + value
    return {
        CellKey(group_id, site_id, str(period), need, part.type, part.name): counts
        for (part, need), counts in sorted(found.items(), key=in_order)
    }


def in_no_part(
    found: Mapping[tuple[Stratum, Need], Mapping[Step, int]],
) -> dict[tuple[StratumType, Need], dict[Step, int]]:
    """Patients whom the parts leave out. The table wants everybody in one, so they are handed out
    as not known: what nobody has changed must not be refused when it comes back."""
    parts: dict[tuple[StratumType, Need], list[Mapping[Step, int]]] = defaultdict(list)
    for (part, need), counts in found.items():
        if part != ALL:
            parts[part.type, need].append(counts)
    return {
        (kind, need): {
            step: total - added
            for step, total in found.get((ALL, need), {}).items()
            if all(step in each for each in rows)
            and (added := sum(each[step] for each in rows)) < total
        }
        for (kind, need), rows in parts.items()
    }


def of_the_group(known: Mapping[FunnelCell, int], part: Stratum, need: Need) -> dict[Step, int]:
    of_group = {cell.step: value for cell, value in known.items()
                if cell.need is None and cell.stratum == part}  # fmt: skip
    found: dict[Step, int] = {
        step: of_group[step] for step in (Step.ELIGIBLE, Step.EXCLUDED) if step in of_group
    }
    if need is Need.ANY:
        if Step.DECLINED in of_group:
            found[Step.DECLINED] = of_group[Step.DECLINED]
        if Step.ELIGIBLE in of_group and Step.SCREENING_OFFERED in of_group:
            not_offered = of_group[Step.ELIGIBLE] - of_group[Step.SCREENING_OFFERED]
            found[Step.NOT_OFFERED] = max(0, not_offered)
    return found


def in_order(item: tuple[tuple[Stratum, Need], object]) -> tuple[bool, Stratum, int]:
    (part, need), _ = item
    return part != ALL, part, tuple(Need).index(need)
