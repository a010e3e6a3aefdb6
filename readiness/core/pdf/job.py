"""One document to be printed."""

from __future__ import annotations

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
