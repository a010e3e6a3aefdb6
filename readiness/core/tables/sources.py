"""A file as it was handed over: on disk for a command, in memory for an upload, never spooled."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True)
class Source:
    """`label` is how places in it are told; it is never stored, since names of files can tell."""

    label: str
    name: str  # only its ending is looked at
    size: int  # bytes
    open: Callable[[], BinaryIO]


def on_disk(path: Path) -> Source:
    return Source(str(path), path.name, path.stat().st_size, lambda: path.open("rb"))


def in_memory(label: str, name: str, content: bytes) -> Source:
    return Source(label, name, len(content), lambda: BytesIO(content))
