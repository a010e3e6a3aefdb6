"""The entries of a Bundle, cut out one by one: a large Bundle never stands decoded in memory."""

from __future__ import annotations

import re
from collections.abc import Iterator

from readiness.imports.fhir.run import Unreadable

Text = bytes | bytearray

MOST_ENTRIES = 300_000
TOO_MANY = f"This Bundle has more than {MOST_ENTRIES:,} entries. Export as NDJSON."

# Strings are matched whole, so that a brace inside one is not taken for structure.
TOKEN = re.compile(rb'"entry"\s*:\s*\[|"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
OPENS = (b"{", b"[")


def entries(text: Text) -> Iterator[tuple[int, int]]:
    """Where each entry starts and ends.

    >>> text = b'{"entry": [{"a": "}"}, {"b": [1]}]}'
    >>> [text[start:end] for start, end in entries(text)]
    [b'{"a": "}"}', b'{"b": [1]}']
    """
    depth = start = count = 0
    is_inside = False  # the array of entries of the outermost object
    for token in TOKEN.finditer(text):
        mark = token.group()
        if mark in OPENS:
            if is_inside and depth == 2:
                start = token.start()
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if is_inside and depth == 2:
                count += 1
                if count > MOST_ENTRIES:
                    raise Unreadable(TOO_MANY)
                yield start, token.end()
            is_inside = is_inside and depth >= 2
        elif mark.endswith(b"["):
            is_inside = is_inside or depth == 1
            depth += 1
