"""Names of sites and groups from a stranger's file: kept where they are plainly short codes.

Anything else gets a neutral label in the order of its first appearance, so that a name, a ZIP code
or a record number that stands in such a column goes no further.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

from readiness.core.errors import BadInput
from readiness.core.patient_identifiers import found_in

MOST = 300
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")
LONG_NUMBER = re.compile(r"[0-9]{5}")  # a ZIP code, a record number, part of a phone number


def is_code(text: str) -> bool:
    """
    >>> is_code("north-2"), is_code("10025"), is_code("617-555-0134"), is_code("Elm Street 4")
    (True, False, False, False)
    """
    return (
        CODE.fullmatch(text) is not None
        and LONG_NUMBER.search(text.replace("-", "").replace("_", "")) is None
        and not found_in(text)
    )


class Labels:
    """One column's labels over one run. The same text always has the same label."""

    def __init__(self, word: str) -> None:
        self.word = word
        self.given: dict[str, str] = {}
        self.neutral = 0

    def of(self, text: str) -> str:
        """ "" for a blank; refused when so many differ that they must be people."""
        if not text:
            return ""
        found = self.given.get(text)
        if found is None:
            found = self.given[text] = text if is_code(text) else self.next()
            if len(self.given) > MOST:
                raise BadInput(
                    f"There are more than {MOST} different {self.word}s: that column seems to hold "
                    f"something else. Choose the column of the {self.word}."
                )
        return found

    def next(self) -> str:
        self.neutral += 1
        return f"{self.word} {self.neutral}"


HEADING = re.compile(r"[A-Za-z][A-Za-z0-9 _.()/#%?:&-]{0,63}")
AT_MOST = 12  # named one by one; the rest are a number


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
    """
    is_safe = all(is_heading(name.strip()) for name in header)
    names = [f"“{header[at].strip()}”" if is_safe else f"column {at + 1}" for at in places]
    if len(names) > AT_MOST:
        names = [*names[:AT_MOST], f"{len(names) - AT_MOST:,} more"]
    *first, last = names
    return f"{', '.join(first)} and {last}" if first else last
