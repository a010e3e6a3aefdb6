"""One document to be printed."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Page(StrEnum):
    A4 = "A4"
    LETTER = "US Letter"


@dataclass(frozen=True)
class Enclosure:
    """A file inside the PDF. Its kind is read from its name: "plan.json"."""

    name: str
    content: bytes
    description: str


@dataclass(frozen=True)
class PrintJob:
    """`identifier` names this very document; `made_at` is the only clock it knows.

    A document that may have so many `pages` is set in smaller type until it has no more.
    """

    html: str
    identifier: bytes
    made_at: datetime
    page: Page = Page.LETTER
    enclosures: tuple[Enclosure, ...] = ()
    pages: int | None = None

    @property
    def fingerprint(self) -> str:
        """The same for the same document, and for no other."""
        digest = hashlib.sha256()
        for part in self._parts():
            digest.update(len(part).to_bytes(8, "big") + part)
        return digest.hexdigest()

    def _parts(self) -> Iterator[bytes]:
        about = (self.html, self.made_at.isoformat(), self.page, str(self.pages))
        yield from (text.encode() for text in about)
        yield self.identifier
        for each in self.enclosures:
            yield from (each.name.encode(), each.content, each.description.encode())
