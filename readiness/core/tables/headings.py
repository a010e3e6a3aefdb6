"""The headings of a stranger's table: which row they are, what is wrong with them, their names.

Reports of electronic records have a title above the headings; a title is one or two cells wide,
and what follows is wider.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable, Iterator, Sequence

from readiness.core.numbers import number_in
from readiness.core.patient_identifiers import found_in

MOST_COLUMNS = 5_000  # REDCap projects are wide
TITLE_CELLS = 2
MOST_TITLES = 30  # rows looked at

NO_HEADINGS = "The first line has to hold the headings. Put them above the rows."
VALUES = "This line holds values where the headings belong. Put the headings above the rows."
TWO_ROWS = (
    "The headings stand in two rows. Put them into one row, with a heading of its own over each "
    "column."
)
TITLE_ALONE = "This line is no heading: the lines below are wider. Put the headings above the rows."

DAY = re.compile(r"[0-9]{1,4}[-/.][0-9]{1,2}[-/.][0-9]{1,4}([T ].*)?")
HEADING = re.compile(r"[A-Za-z][A-Za-z0-9 _.()/#%?:&-]{0,63}")
LONG_NUMBER = re.compile(r"[0-9]{5}")  # a ZIP code, a record number, part of a phone number
ANSWERS = frozenset({"yes", "no", "y", "n"})
AT_MOST = 12  # named one by one; the rest are a number


def column_key(name: str) -> str:
    return name.strip().casefold()


def place_of_headings(rows: Sequence[Sequence[str]], wanted: Collection[str] = ()) -> int:
    """Which of the first rows holds the headings: the one with most of those that are wanted, or
    the first below a title, or the second where the first only says what several have in common.
    """
    if keys := {column_key(each) for each in wanted}:
        held = [len(keys.intersection(map(column_key, row))) for row in rows]
        if max(held, default=0) * 2 >= len(keys):
            return held.index(max(held))
    at = place_below_titles(rows)
    return at + 1 if is_above_headings(rows[at:]) and has_own_names(rows[at + 1]) else at


def place_below_titles(rows: Sequence[Sequence[str]]) -> int:
    if not is_title(rows, 0):
        return 0
    at = next((at for at in range(1, len(rows)) if not is_of_title(rows, at)), 0)
    return at if not any(map(is_value, rows[at])) else 0


def is_above_headings(rows: Sequence[Sequence[str]]) -> bool:
    """Whether the first row leaves columns without a name of their own and the second, as wide or
    wider, holds no value, while each below does: that one is no patient.

    >>> head, names = ["Patient", "", "Needs", ""], ["id", "day", "food", "rent"]
    >>> row = ["1", "2026-07-03", "no", "no"]
    >>> is_above_headings([head, names, row]), is_above_headings([head, row, row])
    (True, False)
    >>> is_above_headings([names, ["A", "x", "no", "no"], row])
    False
    """
    if len(rows) < 3 or has_own_names(rows[0]) or width_of(rows[1]) < width_of(rows[0]):
        return False
    table = [row for row in rows[2:] if not is_narrow(row)]
    is_apart = not any(map(is_value, rows[1]))
    return is_apart and bool(table) and all(any(map(is_value, row)) for row in table)


def has_own_names(cells: Sequence[str]) -> bool:
    names = [column_key(cell) for cell in cells[: width_of(cells)]]
    return all(names) and len({*names}) == len(names)


def is_of_title(rows: Sequence[Sequence[str]], at: int) -> bool:
    """Below a title, "Made on, 2026-08-02" is more of it."""
    return is_title(rows, at) or (is_narrow(rows[at]) and any(map(is_value, rows[at])))


def is_narrow(cells: Sequence[str]) -> bool:
    return sum(1 for cell in cells if cell.strip()) <= TITLE_CELLS


def is_title(rows: Sequence[Sequence[str]], at: int) -> bool:
    filled = sum(1 for cell in rows[at] if cell.strip())
    return is_above_wider(filled, [width_of(row) for row in rows[at + 1 :]])


def is_above_wider(filled: int, widths: Sequence[int]) -> bool:
    """Whether so few cells stand above a table: of the rows below, the later half is the table.

    >>> is_above_wider(1, [2, 1, 5, 5, 5]), is_above_wider(2, [2, 1, 2]), is_above_wider(3, [9])
    (True, False, False)
    """
    table = widths[len(widths) // 2 :]
    wider = sum(1 for width in table if width > filled)
    return filled <= TITLE_CELLS and bool(table) and wider * 2 >= len(table)


def width_of(cells: Sequence[str]) -> int:
    """Up to the last cell that holds anything."""
    return max((at for at, cell in enumerate(cells, 1) if cell.strip()), default=0)


def is_value(text: str) -> bool:
    """A number or a day, which no heading is."""
    return number_in(text, "$%") is not None or DAY.fullmatch(text) is not None


def header_problems(header: Sequence[str], below: Sequence[Sequence[str]] = ()) -> Iterator[str]:
    """`below`: the first rows under it."""
    if len(header) > MOST_COLUMNS:
        yield f"There are more than {MOST_COLUMNS:,} columns. Export fewer."
        return
    if not any(name.strip() for name in header):
        yield NO_HEADINGS
        return
    if is_row_of_values(header):
        yield VALUES
        return
    if is_above_headings([header, *below]):
        yield TWO_ROWS
        return
    seen: set[str] = set()
    for at, name in enumerate(header):
        if not name:
            yield f"Column {at + 1} has no heading. Give it one, or take the column out."
        elif column_key(name) in seen:
            named = column_names(header, (at,))
            yield f"{named[0].upper()}{named[1:]} stands there twice. Keep one of the two columns."
        seen.add(column_key(name))
    if all(header) and below and all(width_of(row) > len(header) for row in below):
        yield TITLE_ALONE


def is_row_of_values(header: Sequence[str]) -> bool:
    """Any day, or numbers in half of it: one heading may well be a number."""
    numbers = sum(1 for name in header if number_in(name, "$%") is not None)
    return numbers * 2 >= len(header) or any(DAY.fullmatch(name) for name in header)


def is_heading(name: str) -> bool:
    """Whether a name may be repeated to whoever sent the file.

    >>> is_heading("food_worry___1"), is_heading("A1234567"), is_heading("jo@example.org")
    (True, False, False)
    """
    is_plain = HEADING.fullmatch(name) and not LONG_NUMBER.search(name)
    return bool(is_plain) and not found_in(name)


def column_names(header: Sequence[str], places: Iterable[int]) -> str:
    """By name where every heading is one; else by place, since a row may have run into the line.

    >>> column_names(("a", "b", "c"), (0, 2)), column_names(("a", "Jo Doe", "1990-01-02"), (1, 2))
    ('“a” and “c”', 'column 2 and column 3')
    >>> column_names(("id", "Jo Doe", "yes"), (1,))  # a row stands where the headings belong
    'column 2'
    """
    is_safe = all(is_heading(name.strip()) for name in header)
    is_safe = is_safe and ANSWERS.isdisjoint(map(column_key, header))
    names = [f"“{header[at].strip()}”" if is_safe else f"column {at + 1}" for at in places]
    if len(names) > AT_MOST:
        names = [*names[:AT_MOST], f"{len(names) - AT_MOST:,} more"]
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
