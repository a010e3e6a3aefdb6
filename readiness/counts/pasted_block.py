"""A block copied from a spreadsheet: tabs, semicolons or commas, with or without its headings.

Counts go by the names of their rows wherever there are names. By position they go only in a block
that has none.
"""

from __future__ import annotations

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Generic

from readiness.core.errors import Problem
from readiness.counts.edits import count_of
from readiness.counts.models import CellT, Grid, Heading

MOST_CHARACTERS = 20_000
MOST_LINES = 60
MOST_COLUMNS = 40
Line = tuple[int, list[str]]  # the number the person sees, and the cells, as many in each
TOO_LARGE = (
    f"This block is too large: paste up to {MOST_LINES} lines and {MOST_COLUMNS} columns, "
    "the part of the sheet with the counts alone."
)
SEVERAL = "This block fits several tables: {titles}. Put the name of its table in the first cell."
EMPTY = "This block holds no counts. Copy the numbers as well as their headings, and try again."
NAMELESS = "has counts and no name of a row. Name the row, or cut the line."
ROW_TWICE = "{name} stands there twice. Keep one line, or add the two up."
COLUMN_TWICE = "{name} stands there twice. Keep one column."
BEFORE_NAMES = "Something stands before the names of the rows. Put the names first."
WIDE = "has more columns than the grid. Cut them."

LISTED = re.compile(r"[0-9]{1,3}[.)]\s*(?=[^\W\d])")  # "1. Housing"
INDEX = re.compile(r"#?([0-9]{1,3})[.)]?")
PERIOD = re.compile(
    r"q[1-4][ /-]?(?:20)?[0-9]{2}|(?:20)?[0-9]{2}[ /-]?q[1-4]|20[0-9]{2}(?:-[01][0-9])?", re.I
)


@dataclass(frozen=True)
class PastedCounts(Generic[CellT]):
    values: Mapping[CellT, int] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


@dataclass(frozen=True)
class BlockLayout:
    """Where a block says what: `names` is the place of the names of its rows."""

    names: int | None
    columns: Mapping[int, str]  # by place
    width: int
    problems: tuple[Problem, ...] = ()


def read_block(text: str, grids: Sequence[Grid[CellT]]) -> PastedCounts[CellT]:
    """Counts by cell, and every problem with the line the person sees.

    A heading row chooses the table that knows most of its names, of equals the one that knows
    most of the rows; without one the rows choose. Names that no table knows fill nothing. A blank
    is left as it is: a paste adds counts and takes none back.
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
    """Each line that holds anything, with its number from 1, filled up to the widest."""
    separator = "\t" if "\t" in text else ";" if ";" in text else ","
    reader = csv.reader(text.splitlines(), delimiter=separator)
    found = [(reader.line_num, [part.strip() for part in line]) for line in reader if any(line)]
    width = max((len(parts) for _, parts in found), default=0)
    for number, parts in found:
        if any(parts):
            yield number, parts + [""] * (width - len(parts))


def fill(lines: list[Line], grids: Sequence[Grid[CellT]]) -> PastedCounts[CellT]:
    heading = lines[0] if is_heading(lines[0][1], grids) else None
    rest = lines[1:] if heading else lines
    best = best_fits(heading[1] if heading else [], rest, grids)
    if len(best) > 1 and rows_named(rest, best[0]):
        says = SEVERAL.format(titles=", ".join(each.title for each in best))
        return PastedCounts(problems=(Problem("", says),))
    grid = best[0 if heading else -1]
    layout = with_heading(heading, rest, grid) if heading else without_heading(rest, grid)
    if layout is None:
        return PastedCounts(problems=tuple(unknown_names(rest, grid)))
    return BlockReader(grid, layout).read(rest)


def best_fits(
    heading: list[str], rest: list[Line], grids: Sequence[Grid[CellT]]
) -> list[Grid[CellT]]:
    """Every table that knows as many of the headings and rows as any, and is named as any."""
    words = {normalize(part) for part in heading}

    def fit(grid: Grid[CellT]) -> tuple[int, int, bool]:
        is_named = normalize(grid.title) in words
        return len(known_columns(heading, grid)), rows_named(rest, grid), is_named

    most = max(map(fit, grids))
    return [each for each in grids if fit(each) == most]


def rows_named(lines: list[Line], grid: Grid[CellT]) -> int:
    return max(names_by_place(lines, grid).values(), default=0)


def names_by_place(lines: list[Line], grid: Grid[CellT]) -> Counter[int]:
    """How many names of rows stand in each column."""
    rows = by_name(grid.rows)
    return Counter(
        at for _, line in lines for at, part in enumerate(line) if row_name(part) in rows
    )


def place_of_names(lines: list[Line], grid: Grid[CellT]) -> int | None:
    found = names_by_place(lines, grid)
    return min(found, key=lambda at: (-found[at], at)) if found else None


def with_heading(heading: Line, rest: list[Line], grid: Grid[CellT]) -> BlockLayout | None:
    """None where there are names of rows, and none that the table knows."""
    number, parts = heading
    known = known_columns(parts, grid)
    names = place_of_names(rest, grid)
    if names in known:  # a name of a row that is a count's name too
        names = None
    if names is None and any(is_of_names(rest, at) for at in range(len(parts)) if at not in known):
        return None
    passed = {at for at in range(names or 0) if is_label(rest, at, len(grid.rows))}
    strange = [
        Problem(f"Line {number}", no_such_column(part, grid))
        for at, part in enumerate(parts)
        if at not in {*known, *passed, names} and (part or any(line[at] for _, line in rest))
    ]
    twice = [key for key, times in Counter(known.values()).items() if times > 1]
    strange += [
        Problem(f"Line {number}", COLUMN_TWICE.format(name=quote(name)))
        for name in dict.fromkeys(parts[at] for at, key in known.items() if key in twice)
    ]
    columns = {at: key for at, key in known.items() if key not in twice}
    return BlockLayout(names, columns, len(parts), tuple(strange))


def without_heading(lines: list[Line], grid: Grid[CellT]) -> BlockLayout | None:
    """The columns of the table in their order, behind the names. None as above."""
    names = place_of_names(lines, grid)
    strange = [at for at in range(len(lines[0][1])) if not is_label(lines, at, len(grid.rows))]
    if names is None and strange and is_of_names(lines, strange[0]):
        return None
    first = 0 if names is None else names + 1
    if any(at < first - 1 for at in strange):
        return BlockLayout(names, {}, MOST_COLUMNS, (Problem("", BEFORE_NAMES),))
    columns = {first + at: column.key for at, column in enumerate(grid.columns)}
    return BlockLayout(names, columns, first + len(columns))


def is_heading(line: list[str], grids: Sequence[Grid[CellT]]) -> bool:
    """Words alone, and not a row without its counts."""
    if any(is_number(part) for part in line):
        return False
    return any(known_columns(line, each) for each in grids) or not any(
        rows_named([(0, line)], each) for each in grids
    )


def is_number(text: str) -> bool:
    """Meant as a number, well written or not."""
    return text[:1].isdigit() or text.startswith(("-", "<"))


def is_of_names(lines: list[Line], at: int) -> bool:
    """Whether words stand in that column, and no numbers."""
    parts = [LISTED.sub("", line[at]) for _, line in lines if line[at]]
    return bool(parts) and not any(is_number(part) for part in parts)


def is_label(lines: list[Line], at: int, rows: int) -> bool:
    """Whether that column only counts the rows of the table, or says one period throughout."""
    parts = [line[at] for _, line in lines if line[at]]
    if len({*parts}) <= 1 and all(PERIOD.fullmatch(part) for part in parts):
        return True
    found = [INDEX.fullmatch(part) for part in parts]
    numbers = [int(each[1]) for each in found if each]
    return len(numbers) == len(parts) and numbers == sorted({*numbers}) and numbers[-1] <= rows


def known_columns(heading: list[str], grid: Grid[CellT]) -> dict[int, str]:
    """Which place of the heading row is which column."""
    keys = by_name(grid.columns)
    return {
        place: keys[normalize(part)]
        for place, part in enumerate(heading)
        if normalize(part) in keys
    }


class BlockReader(Generic[CellT]):
    """The counts of one block so far, and what is wrong with the rest."""

    def __init__(self, grid: Grid[CellT], layout: BlockLayout) -> None:
        self.grid, self.layout = grid, layout
        self.rows = by_name(grid.rows)
        self.found: dict[str, dict[CellT, int]] = {}  # by row
        self.twice: set[str] = set()
        self.problems = list(layout.problems)

    def read(self, lines: list[Line]) -> PastedCounts[CellT]:
        for position, (number, parts) in enumerate(lines):
            self.add(position, f"Line {number}", parts)
        kept = {
            cell: count
            for row, counts in self.found.items()
            if row not in self.twice
            for cell, count in counts.items()
        }
        return PastedCounts(kept, tuple(self.problems))

    def add(self, position: int, place: str, parts: list[str]) -> None:
        row = self.row_of(position, place, parts)
        if row is None:
            return
        if row.key in self.found:
            self.twice.add(row.key)
            self.problems.append(Problem(place, ROW_TWICE.format(name=row.names[0])))
            return
        if any(parts[self.layout.width :]):
            self.problems.append(Problem(place, WIDE))
        self.found[row.key] = dict(self.counts_in(row.key, place, parts))

    def row_of(self, position: int, place: str, parts: list[str]) -> Heading | None:
        if self.layout.names is None:
            if position < len(self.grid.rows):
                return self.grid.rows[position]
            says = f"is beyond the {len(self.grid.rows)} rows of the grid. Name each row first."
            self.problems.append(Problem(place, says))
            return None
        name = parts[self.layout.names]
        if key := self.rows.get(row_name(name)):
            return next(each for each in self.grid.rows if each.key == key)
        if name:
            self.problems.append(Problem(place, no_such_row(name, self.grid)))
        elif any(parts[at] for at in self.layout.columns if at < len(parts)):
            self.problems.append(Problem(place, NAMELESS))
        return None

    def counts_in(self, row: str, place: str, parts: list[str]) -> Iterator[tuple[CellT, int]]:
        for at, column in self.layout.columns.items():
            text = parts[at] if at < len(parts) else ""
            try:
                value = count_of(text)
            except ValueError as error:
                self.problems.append(Problem(place, f"{quote(text)} {error}"))
                continue
            if value is not None:
                yield self.grid.cells[row, column], value


def unknown_names(lines: list[Line], grid: Grid[CellT]) -> Iterator[Problem]:
    """One for each line; the first column of words is where the names are meant to be."""
    at = next(at for at in range(len(lines[0][1])) if is_of_names(lines, at))
    for number, parts in lines:
        if parts[at]:
            yield Problem(f"Line {number}", no_such_row(parts[at], grid))


def no_such_row(name: str, grid: Grid[CellT]) -> str:
    return f"{quote(name)} is not a row here. {choices(grid.rows)}"


def no_such_column(name: str, grid: Grid[CellT]) -> str:
    if not name:
        return f"A column with counts has no heading here. {choices(grid.columns)}"
    return f"{quote(name)} is not a column here. {choices(grid.columns)}"


def choices(headings: Sequence[Heading]) -> str:
    return f"Use one of: {', '.join(heading.names[0] for heading in headings)}."


def by_name(headings: Sequence[Heading]) -> dict[str, str]:
    return {normalize(name): heading.key for heading in headings for name in heading.names}


def row_name(text: str) -> str:
    """
    >>> row_name("1. Housing"), row_name("2) Food"), row_name("18-64")
    ('housing', 'food', '18 64')
    """
    return normalize(LISTED.sub("", text, count=1) if LISTED.match(text) else text)


def normalize(name: str) -> str:
    """
    >>> normalize("Referred in 30  Days "), normalize("referred_30d")
    ('referred in 30 days', 'referred 30d')
    """
    return " ".join(name.replace("_", " ").replace("-", " ").casefold().split())


def quote(text: str) -> str:
    return f"“{text[:40]}…”" if len(text) > 40 else f"“{text}”"
