"""Finished documents, kept for a quarter of an hour beside the database, for its owner alone.

A document is known by the fingerprint of its job, so nobody finds it who may not read all that is
in it: the page that asks for it has put its words together anew, for that person and that moment.
"""

from __future__ import annotations

import os
import tempfile
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path

from readiness.core.errors import NotSaved
from readiness.core.pdf.archive import NO_ROOM

KEPT_FOR = timedelta(minutes=15)
MOST_BYTES = 64 * 1024**2
KEPT, HALF = ".pdf", ".part"


@dataclass(frozen=True)
class PrintFolder:
    path: Path
    most_bytes: int = MOST_BYTES

    def find(self, name: str, now: datetime) -> bytes | None:
        path = self.path / f"{name}{KEPT}"
        try:
            return path.read_bytes() if is_fresh(path, now) else None
        except OSError:
            return None

    def keep(self, name: str, document: bytes, now: datetime) -> None:
        """Older ones make room; NotSaved where the disk refuses."""
        try:
            self.path.mkdir(mode=0o700, parents=True, exist_ok=True)
            self.tidy(now, len(document))
            opened, half = tempfile.mkstemp(HALF, dir=self.path)  # its owner's alone
            try:
                with os.fdopen(opened, "wb") as file:
                    file.write(document)
                    file.flush()
                    os.fsync(opened)
                os.utime(half, (now.timestamp(), now.timestamp()))
                os.replace(half, self.path / f"{name}{KEPT}")
            finally:
                Path(half).unlink(missing_ok=True)
        except OSError:
            raise NotSaved(NO_ROOM) from None

    def tidy(self, now: datetime, room: int = 0) -> None:
        """Remove what is out of date, and the oldest where there would be too much."""
        left = self.most_bytes - room
        for path in sorted(self.path.glob("*.*"), key=made_at, reverse=True):
            with suppress(OSError):  # another process was faster
                left -= path.stat().st_size
                if left < 0 or not is_fresh(path, now):
                    path.unlink()

    def clear(self) -> None:
        for path in self.path.glob("*.*"):
            path.unlink(missing_ok=True)


def folder_of(database: Path) -> PrintFolder:
    return PrintFolder(database.parent / "prints")


def made_at(path: Path) -> float:
    try:
        return path.stat().st_mtime
    except OSError:
        return 0


def is_fresh(path: Path, now: datetime) -> bool:
    """A clock that was set back makes nothing last longer."""
    return abs(now.timestamp() - made_at(path)) <= KEPT_FOR.total_seconds()
