"""Days, instants and ages as SQL over columns of text, read as the pure readers read them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import groupby

EARLIEST, LATEST = 1900, 2100
OLDEST = 130  # years
SEPARATORS = ("/", "-", ".")
CLOCKS = (" %H:%M", " %H:%M:%S", " %I:%M %p")


def day(column: str, *, is_day_first: bool) -> str:
    """A day as such, whatever the time of the day behind it. The usual spelling is tried first."""
    text = f"trim({column})"
    first = f"split_part(split_part({text}, 'T', 1), ' ', 1)"
    spellings = [order(is_day_first).replace("/", each) for each in SEPARATORS]
    return (
        f"COALESCE(TRY_CAST({column} AS DATE), TRY_CAST({first} AS DATE),"
        f" CAST(try_strptime({first}, {spellings}) AS DATE),"
        f" CAST(try_strptime(substr({text}, 1, 8), '%Y%m%d') AS DATE))"
    )


def within(column: str) -> str:
    """A day that can be meant."""
    return f"CASE WHEN year({column}) BETWEEN {EARLIEST} AND {LATEST} THEN {column} END"


def instant(column: str, *, is_day_first: bool) -> str:
    """In UTC. A day alone, or one with a time that nobody can read, is the beginning of the day."""
    spelled = order(is_day_first)
    spellings = [spelled.replace("/", each) + clock for each in SEPARATORS for clock in CLOCKS]
    return (
        f"COALESCE(CAST(TRY_CAST({column} AS TIMESTAMPTZ) AS TIMESTAMP),"
        f" try_strptime(trim({column}), {spellings}),"
        f" CAST({day(column, is_day_first=is_day_first)} AS TIMESTAMP))"
    )


def order(is_day_first: bool) -> str:
    return "%d/%m/%Y" if is_day_first else "%m/%d/%Y"


def years(born: str, on: str) -> str:
    """Full years: whoever was born on February 29 turns a year older on March 1."""
    before = f"month({on}) * 100 + day({on}) < month({born}) * 100 + day({born})"
    return f"year({on}) - year({born}) - CASE WHEN {before} THEN 1 ELSE 0 END"


def band(age: str, band_of: Callable[[int | None], str]) -> str:
    """The bands as the domain draws them, written down as ranges."""
    ranges = []
    for name, ages in groupby(range(OLDEST + 1), band_of):
        run = list(ages)
        ranges.append(f"WHEN {age} BETWEEN {run[0]} AND {run[-1]} THEN '{name}'")
    return f"CASE {' '.join(ranges)} END"
