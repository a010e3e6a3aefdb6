"""One run over invented files: what a reader is given, and what it hands over."""

from __future__ import annotations

from collections.abc import Iterable
from hashlib import blake2b
from pathlib import Path

from readiness.core.tables.models import (
    ReadContext,
    Report,
    SourceFile,
    file_in_memory,
    file_on_disk,
)
from readiness.imports.screens.models import ScreenPart

DATA = Path(__file__).parents[1] / "data"


def hashed(text: str) -> bytes:
    return blake2b(text.encode(), key=b"a key of the tests", digest_size=16).digest()


def a_reading() -> ReadContext:
    return ReadContext(hashed, Report())


def file_of(text: str | bytes, name: str = "table.csv", label: str = "file 1") -> SourceFile:
    return file_in_memory(label, name, text.encode() if isinstance(text, str) else text)


def stored(folder: str) -> list[SourceFile]:
    return [
        file_on_disk(path) for path in sorted((DATA / folder).iterdir()) if path.suffix != ".toml"
    ]


def screens(found: Iterable[object]) -> list[ScreenPart]:
    return [each for each in found if isinstance(each, ScreenPart)]


def told_of(report: Report) -> list[str]:
    return [str(problem) for problem in report.problems]
