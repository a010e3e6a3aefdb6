"""What people type into one grid: read as counts, and merged so that nobody's change is lost."""

from __future__ import annotations

import csv
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from readiness.core.errors import Problem
from readiness.core.numbers import CommaFault, comma_in, number_in
from readiness.counts.models import CellT, CountClash, CountsMerge, Grid, Heading, History
from readiness.counts.social_risk.models import LARGEST


def value_at(history: History[CellT], cell: CellT, revision: int | None = None) -> int | None:
    """The count as of that revision, or the latest."""
    lines = history.get(cell, ())
    known = [line.value for line in lines if revision is None or line.revision <= revision]
    return known[-1] if known else None


def revision_of(history: History[CellT], cell: CellT) -> int:
    lines = history.get(cell, ())
    return lines[-1].revision if lines else 0


def latest(history: History[CellT]) -> dict[CellT, int]:
    """What is known now."""
    values = {cell: value_at(history, cell) for cell in history}
    return {cell: value for cell, value in values.items() if value is not None}


def merge(
    history: History[CellT], base: Mapping[CellT, int], typed: Mapping[CellT, int | None]
) -> CountsMerge[CellT]:
    """Compare what was typed with what the page showed (`base` revisions) and with what is saved.

    A field that was not touched follows whoever changed it. A field that both changed alike is no
    clash.
    """
    changed: dict[CellT, int | None] = {}
    values: dict[CellT, int | None] = {}
    clashes: list[CountClash[CellT]] = []
    for cell, mine in typed.items():
        shown = value_at(history, cell, base.get(cell, 0))
        theirs = value_at(history, cell)
        is_mine = mine != shown
        values[cell] = mine if is_mine else theirs
        if not is_mine or mine == theirs:
            continue
        if theirs != shown:
            clashes.append(CountClash(cell, mine, theirs))
        changed[cell] = mine
    return CountsMerge(changed, values, tuple(clashes))


LONGEST = 12  # characters; "9,999,999" with room for stray spaces


def count_of(text: str) -> int | None:
    """The number, or None for a blank; ValueError with a sentence for anything else.

    >>> count_of(" 1,204 "), count_of("0"), count_of("")
    (1204, 0, None)
    """
    typed = text.strip()
    if not typed:
        return None
    if len(typed) > LONGEST:
        raise ValueError("is too long for a count. Enter a whole number.")
    found = number_in(typed) if typed[0].isdigit() and "." not in typed else None
    if found is None:
        raise ValueError(why_not(typed))
    return within_reason(int(found))


def within_reason(value: int) -> int:
    if value > LARGEST:
        raise ValueError(f"is more than {LARGEST:,}. Check the number.")
    return value


def why_not(typed: str) -> str:
    if typed.startswith("<"):
        return (
            "is not a count. Enter the true number: small counts are hidden from other readers, "
            "not from you."
        )
    if typed.startswith(("-", "\N{MINUS SIGN}")) and typed[1:]:
        return "is less than 0. Enter 0 or more."
    if comma_in(typed) is CommaFault.DECIMAL:
        return "is written with a decimal comma. A count is a whole number, such as 1,204."
    if fault := comma_in(typed):
        return fault.value
    return "is not a whole number. Use the digits 0 to 9, or leave it blank when it is not known."


# A block copied from a spreadsheet: tabs or commas, with or without its headings.


MOST_CHARACTERS = 20_000
MOST_LINES = 60
MOST_COLUMNS = 40
Line = tuple[int, list[str]]  # the number the person sees, and the cells
TOO_LARGE = (
    f"This block is too large: paste up to {MOST_LINES} lines and {MOST_COLUMNS} columns, "
    "the part of the sheet with the counts alone."
)
EMPTY = "This block holds no counts. Copy the numbers as well as their headings, and try again."


@dataclass(frozen=True)
class PastedCounts(Generic[CellT]):
    values: Mapping[CellT, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def read_block(text: str, grids: Sequence[Grid[CellT]]) -> PastedCounts[CellT]:
    """Counts by cell, and every problem with the line the person sees.

    A heading row chooses the table that knows most of its names, of equals the one that knows
    most of the rows. Without one the block fills the last table from its first column; without
    row names, from its first row. A blank is left as it is: a paste adds counts and takes none
    back.
    """
    lines = list(lines_of(text)) if len(text) <= MOST_CHARACTERS else []
    if len(text) > MOST_CHARACTERS or is_too_large(lines):
        return PastedCounts(problems=(Problem("", TOO_LARGE),))
    if not lines:
        return PastedCounts(
            problems=(Problem("", "Nothing was pasted. Copy the block and try again."),)
        )
    pasted = fill(lines, grids)
    return (
        pasted if pasted.values or pasted.problems else PastedCounts(problems=(Problem("", EMPTY),))
    )


def is_too_large(lines: list[Line]) -> bool:
    return len(lines) > MOST_LINES or any(len(line) > MOST_COLUMNS for _, line in lines)


def lines_of(text: str) -> Iterator[Line]:
    """Each line that holds anything, with its number from 1."""
    separator = "\t" if "\t" in text else ";" if ";" in text else ","
    reader = csv.reader(text.splitlines(), delimiter=separator)
    for line in reader:
        parts = [part.strip() for part in line]
        if any(parts):
            yield reader.line_num, parts


def fill(lines: list[Line], grids: Sequence[Grid[CellT]]) -> PastedCounts[CellT]:
    heading = lines[0][1]
    if not is_heading(heading):
        has_names = any(is_name(line[0]) for _, line in lines)
        return collect(lines, grids[-1], [c.key for c in grids[-1].columns], has_names)
    grid = max(grids, key=lambda each: (len(known_columns(heading, each)), rows_named(lines, each)))
    named = known_columns(heading, grid)
    has_names = 0 not in named and not is_count_column(lines, 0)
    strange = tuple(
        Problem(
            f"Line {lines[0][0]}", f"{quote(part)} is not a column here. {choices(grid.columns)}"
        )
        for place, part in enumerate(heading)
        if part and place not in named and (place or not has_names)
    )
    columns = [named.get(place, "") for place in range(int(has_names), len(heading))]
    return collect(lines[1:], grid, columns, has_names, strange)


def rows_named(lines: list[Line], grid: Grid[CellT]) -> int:
    rows = by_name(grid.rows)
    return sum(1 for _, line in lines if normalize(line[0]) in rows)


def is_count_column(lines: list[Line], place: int) -> bool:
    """The corner above the row names may say anything ("Need"); above counts it may not."""
    return any(len(line) > place and is_number(line[place]) for _, line in lines[1:])


def is_heading(line: list[str]) -> bool:
    return not any(is_number(part) for part in line)


def is_number(text: str) -> bool:
    """Meant as a number, well written or not."""
    return text[:1].isdigit() or text.startswith(("-", "<"))


def is_name(text: str) -> bool:
    return bool(text) and not is_number(text)


def known_columns(heading: list[str], grid: Grid[CellT]) -> dict[int, str]:
    """Which place of the heading row is which column."""
    keys = by_name(grid.columns)
    return {
        place: keys[normalize(part)]
        for place, part in enumerate(heading)
        if normalize(part) in keys
    }


def collect(
    lines: list[Line],
    grid: Grid[CellT],
    columns: Sequence[str],
    has_names: bool,
    problems: tuple[Problem, ...] = (),
) -> PastedCounts[CellT]:
    rows, found, wrong = by_name(grid.rows), dict[CellT, int](), list(problems)
    for position, (number, parts) in enumerate(lines):
        name, counts = (parts[0], parts[1:]) if has_names else ("", parts)
        row = rows.get(normalize(name)) if name else row_at(grid, position)
        if row is None:
            wrong.append(Problem(f"Line {number}", no_such_row(name, grid)))
            continue
        if any(counts[len(columns) :]):
            wrong.append(Problem(f"Line {number}", "has more columns than the grid. Cut them."))
        for column, text in zip(columns, counts, strict=False):
            try:
                value = count_of(text) if column else None
            except ValueError as error:
                wrong.append(Problem(f"Line {number}", f"{quote(text)} {error}"))
                continue
            if value is not None:
                found[grid.cells[row, column]] = value
    return PastedCounts(found, tuple(wrong))


def row_at(grid: Grid[CellT], position: int) -> str | None:
    return grid.rows[position].key if position < len(grid.rows) else None


def no_such_row(name: str, grid: Grid[CellT]) -> str:
    if not name:
        return f"is beyond the {len(grid.rows)} rows of the grid. Name the row in its first cell."
    return f"{quote(name)} is not a row here. {choices(grid.rows)}"


def choices(headings: Sequence[Heading]) -> str:
    return f"Use one of: {', '.join(heading.names[0] for heading in headings)}."


def by_name(headings: Sequence[Heading]) -> dict[str, str]:
    return {normalize(name): heading.key for heading in headings for name in heading.names}


def normalize(name: str) -> str:
    """
    >>> normalize("Referred in 30  Days "), normalize("referred_30d")
    ('referred in 30 days', 'referred 30d')
    """
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


def quote(text: str) -> str:
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
