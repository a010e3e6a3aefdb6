"""Names of sites and groups from a stranger's file: kept where they are plainly short codes.

Anything else gets a neutral label in the order of its first appearance, so that a name, a ZIP code
or a record number that stands in such a column goes no further.
"""

from __future__ import annotations

import re

from readiness.core.errors import BadInput
from readiness.core.patient_identifiers import found_in
from readiness.core.tables.headings import LONG_NUMBER
from readiness.core.tables.headings import column_names as column_names
from readiness.core.tables.headings import is_heading as is_heading

MOST = 300
CODE = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,23}")


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
