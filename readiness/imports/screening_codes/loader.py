"""The screening instruments' codes: `codes/<version>.yaml` beside this file, sealed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from readiness.core.errors import BadInput, NotFound, Problem
from readiness.imports.screening_codes.build import table_of
from readiness.imports.screening_codes.check import contradictions
from readiness.imports.screening_codes.file_format import TABLE
from readiness.imports.screening_codes.models import CodeTable
from readiness.instruments.file_shapes import Findings, place
from readiness.instruments.seals import broken_seal, seal_of
from readiness.instruments.yaml_tree import UnreadableError, grow

FOLDER = Path(__file__).parent


@cache
def load(version: str | None = None) -> CodeTable:
    """One version of the code table; without a version, the latest."""
    path = newest(version)
    raw = path.read_bytes()
    if reason := broken_seal(FOLDER, path, raw, needed=True):
        raise BadInput(reason)
    return read(raw)


def newest(version: str | None) -> Path:
    paths = {path.stem: path for path in FOLDER.glob("codes/*.yaml")}
    if version not in (None, *paths):
        raise NotFound(f"There are no screening codes in version {version!r}: choose another.")
    return paths[version or max(paths, key=lambda each: tuple(map(int, each.split("."))))]


def read(raw: bytes) -> CodeTable:
    """The table in a file, or BadInput with everything that is wrong with it."""
    try:
        root, twice = grow(raw)
    except UnreadableError as error:
        raise BadInput([Problem(place(error.line), error.says)]) from error
    findings = Findings()
    written = TABLE(root, (), findings)
    follows = [each for each in contradictions(written) if not findings.about(each[0])]
    findings.found.extend(follows)
    doubled = [
        Problem(place(line), f"{key[:60]!r} stands here a second time: keep one")
        for line, key in twice
    ]
    if problems := [*doubled, *findings.problems()]:
        raise BadInput(problems)
    return table_of(written, seal_of(raw))
