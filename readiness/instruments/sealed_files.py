"""Versioned YAML files, sealed: a published version never changes, for its hash stands beside it.

A version may say only what it changes of an earlier one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from readiness.core import typed_file, yaml_file
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.typed_file import Finding, place
from readiness.instruments.overlay import with_base
from readiness.instruments.seals import broken_seal

Written = TypeVar("Written", bound=Struct)
Check = Callable[[Written], Iterable[Finding]]


def version_key(version: str) -> tuple[int, ...]:
    """2026.10 comes after 2026.9; a name that is no version comes first."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(map(str.isdecimal, parts)) else ()


def versions_in(folder: Path, name: str) -> tuple[str, ...]:
    """Of `<folder>/<name>/`, the latest first."""
    found = (path.stem for path in (folder / name).glob("*.yaml"))
    return tuple(sorted(found, key=version_key, reverse=True))


def load_bytes(folder: Path, name: str, version: str | None, absent: str) -> bytes:
    """`<folder>/<name>/<version>.yaml`, or without a version the latest, once its seal is whole.

    `absent` begins the sentence for what is not there: "There is no cost book".
    """
    versions = versions_in(folder, name)
    if not versions or version not in (None, *versions):
        raise NotFound(f"{absent} in version {version!r}: choose another.")
    path = folder / name / f"{version or versions[0]}.yaml"
    raw = path.read_bytes()
    if reason := broken_seal(folder, path, raw, needed=True):
        raise BadInput(reason)
    return raw


def read(
    raw: bytes,
    kind: type[Written],
    contradictions: Check[Written],
    bases: Sequence[Path] = (),
) -> Written:
    """What a file says, or BadInput with everything that is wrong with it."""
    written, problems = check(raw, kind, contradictions, bases)
    if problems or written is None:
        raise BadInput(problems)
    return written


def check(
    raw: bytes,
    kind: type[Written],
    contradictions: Check[Written],
    bases: Sequence[Path] = (),
) -> tuple[Written | None, tuple[Problem, ...]]:
    """A file as far as it can be read, and all its problems in the order of its lines.

    `bases` are the folders with the versions that it may extend.
    """
    try:
        root, twice = yaml_file.parse(raw)
        root = with_base(root, bases) if bases else root
    except yaml_file.UnreadableError as error:
        return None, (Problem(place(error.line), error.says),)
    written, findings = typed_file.read(kind, root)
    findings.add(contradictions(written))
    doubled = (
        Problem(place(line), f"{key[:60]!r} stands here a second time: keep one")
        for line, key in twice
    )
    return written, (*doubled, *findings.problems())
