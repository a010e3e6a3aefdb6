"""A table or workbook from a stranger as text: sheets, rows, cells."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Cell:
    text: str
    is_formula: bool = False


Rows = Sequence[Sequence[Cell]]


Book = Mapping[str, Rows]  # by sheet, the headings first
