"""One run over invented files: what a reader is given, and what it hands over."""

from __future__ import annotations

from collections.abc import Iterator
from hashlib import blake2b
from pathlib import Path

from readiness.core.tables.reading import Reading, Report
from readiness.core.tables.sources import Source, in_memory, on_disk
from readiness.imports.screens.parts import Part, Person

DATA = Path(__file__).parents[1] / "data"


def hashed(text: str) -> bytes:
    return blake2b(text.encode(), key=b"a key of the tests", digest_size=16).digest()


def a_reading() -> Reading:
    return Reading(hashed, Report())


def file_of(text: str | bytes, name: str = "table.csv", label: str = "file 1") -> Source:
    return in_memory(label, name, text.encode() if isinstance(text, str) else text)


def stored(folder: str) -> list[Source]:
    return [on_disk(path) for path in sorted((DATA / folder).iterdir()) if path.suffix != ".toml"]


def screens(found: Iterator[Part | Person]) -> list[Part]:
    return [each for each in found if isinstance(each, Part)]


def told_of(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]
