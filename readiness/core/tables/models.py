"""A table or workbook from a stranger as text: sheets, rows, cells."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from readiness.core.errors import BadInput, Problem


@dataclass(frozen=True)
class SheetCell:
    text: str
    is_formula: bool = False


Rows = Sequence[Sequence[SheetCell]]
Book = Mapping[str, Rows]  # by sheet, the headings first
MOST_PROBLEMS = 100  # told one by one; the rest are a number


@dataclass
class Report:
    """Grows while a run reads. `unknown_codes` holds public codes only."""

    rows: int = 0  # rows of a table, resources of FHIR
    skipped: int = 0  # resources that are no screen and tell nothing of a person
    held: int = 0
    deleted: int = 0
    duplicates: int = 0
    refused: int = 0
    flag_disagreements: int = 0
    unknown_codes: Counter[str] = field(default_factory=Counter)
    unreadable_answers: Counter[str] = field(default_factory=Counter)  # by question or heading
    passed_forms: Counter[str] = field(default_factory=Counter)  # left out, by their address
    first_day: date | None = None  # of what was counted
    last_day: date | None = None
    warnings: list[Problem] = field(default_factory=list)  # of the whole, beside what was counted
    problems: list[Problem] = field(default_factory=list)

    def warn(self, place: str, says: str) -> None:
        """Once for each place, however often it is read."""
        told = Problem(place, says)
        if told not in self.warnings and len(self.warnings) < MOST_PROBLEMS:
            self.warnings.append(told)

    def refuse(self, place: str, says: str) -> None:
        """One unreadable part: its place as the person sees it, and a sentence of our own."""
        self.refused += 1
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(place, says))

    @property
    def unread_share(self) -> float:
        return share_unread(self.refused, self.rows)

    def unread_beside(self, place: str, says: str) -> None:
        """Something of a row that was read all the same."""
        if len(self.problems) < MOST_PROBLEMS:
            self.problems.append(Problem(place, says))

    def cover(self, day: date) -> None:
        self.first_day = min(day, self.first_day or day)
        self.last_day = max(day, self.last_day or day)


def share_unread(refused: int, rows: int) -> float:
    """A Bundle that is refused whole is no row yet."""
    return refused / max(rows, refused, 1)


NOTHING_READ = "No line of this could be read, so nothing was taken. The lines below say why."


def refuse_if_nothing_read(report: Report) -> None:
    """A file of which every line is refused is the wrong file, or was made the wrong way."""
    if report.rows and report.refused >= report.rows:
        raise BadInput([Problem("", NOTHING_READ), *report.problems])


@dataclass(frozen=True)
class ReadContext:
    """One run over one or more files."""

    hashed: Callable[[str], bytes]  # keyed with a key that this run alone knows
    report: Report
    group_id: str = ""  # where a file names none
    on_progress: Callable[[int], None] = lambda _: None  # rows so far; may raise Canceled


class Canceled(Exception):
    """The person asked to stop; nothing is kept."""


@dataclass(frozen=True)
class SourceFile:
    """`label` is how places in it are told; it is never stored, since names of files can tell."""

    label: str
    name: str  # only its ending is looked at
    size: int  # bytes
    open: Callable[[], BinaryIO]


def file_on_disk(path: Path, label: str = "the file") -> SourceFile:
    return SourceFile(label, path.name, path.stat().st_size, lambda: path.open("rb"))


def file_in_memory(label: str, name: str, content: bytes) -> SourceFile:
    return SourceFile(label, name, len(content), lambda: BytesIO(content))
