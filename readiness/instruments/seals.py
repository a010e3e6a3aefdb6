"""Seals: the hash that a published file had, kept beside it so that it can be seen to be the same.

A folder's SEALS file has a line for each, in the form that `sha256sum -c SEALS` reads.
"""

from __future__ import annotations

from hashlib import sha256
from pathlib import Path

SEALS = "SEALS"


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
