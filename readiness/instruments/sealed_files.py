"""Versioned YAML files, sealed: a published version never changes, for its hash stands beside it.

A folder's SEALS file has a line for each, in the form that `sha256sum -c SEALS` reads.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from hashlib import sha256
from pathlib import Path
from typing import TypeVar

from msgspec import Struct

from readiness.core import typed_file, yaml_file
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.typed_file import Finding, place

SEALS = "SEALS"

Written = TypeVar("Written", bound=Struct)
Check = Callable[[Written], Iterable[Finding]]


def seal_of(raw: bytes) -> str:
    return sha256(raw).hexdigest()


def seals_in(folder: Path) -> dict[str, str]:
    """Path within the folder -> the hash it was published with. No SEALS file, no seals."""
    path = folder / SEALS
    if not path.is_file():
        return {}
    lines = path.read_text(encoding="utf-8").splitlines()
    pairs = (line.split(maxsplit=1) for line in lines if line.strip())
    return {name.strip().lstrip("*"): digest for digest, name in pairs}


def broken_seal(folder: Path, path: Path, raw: bytes, *, needed: bool) -> str:
    """Why this file may not be used, or "" when its seal is whole.

    `needed`: a published file of ours must be sealed; in a folder of one's own a seal is optional.
    """
    name = path.relative_to(folder).as_posix()
    sealed = seals_in(folder).get(name)
    if sealed is None:
        return f"{name} is published but has no seal: add its line to {SEALS}" if needed else ""
    if sealed == seal_of(raw):
        return ""
    return (
        f"{name} is not the file that was published: answers given to it would change their "
        "meaning. Restore it, and put any change into a new version"
    )


def version_key(version: str) -> tuple[int, ...]:
    """2026.10 comes after 2026.9; a name that is no version comes first."""
    parts = version.split(".")
    return tuple(map(int, parts)) if all(map(str.isdecimal, parts)) else ()


def load_bytes(folder: Path, name: str, version: str | None, absent: str) -> bytes:
    """`<folder>/<name>/<version>.yaml`, or without a version the latest, once its seal is whole.

    `absent` begins the sentence for what is not there: "There is no cost book".
    """
    paths = {path.stem: path for path in (folder / name).glob("*.yaml")}
    if not paths or version not in (None, *paths):
        raise NotFound(f"{absent} in version {version!r}: choose another.")
    path = paths[version or max(paths, key=version_key)]
    raw = path.read_bytes()
    if reason := broken_seal(folder, path, raw, needed=True):
        raise BadInput(reason)
    return raw


def read(raw: bytes, kind: type[Written], contradictions: Check[Written]) -> Written:
    """What a file says, or BadInput with everything that is wrong with it."""
    written, problems = check(raw, kind, contradictions)
    if problems or written is None:
        raise BadInput(problems)
    return written


def check(
    raw: bytes, kind: type[Written], contradictions: Check[Written]
) -> tuple[Written | None, tuple[Problem, ...]]:
    """A file as far as it can be read, and all its problems in the order of its lines."""
    try:
        root, twice = yaml_file.parse(raw)
    except yaml_file.UnreadableError as error:
        return None, (Problem(place(error.line), error.says),)
    written, findings = typed_file.read(kind, root)
    findings.add(contradictions(written))
    doubled = (
        Problem(place(line), f"{key[:60]!r} stands here a second time: keep one")
        for line, key in twice
    )
    return written, (*doubled, *findings.problems())
