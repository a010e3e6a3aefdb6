"""Many documents in one ZIP, written to the disk one by one: the same documents, the same bytes."""

from __future__ import annotations

import os
import zipfile
from contextlib import suppress
from datetime import date
from pathlib import Path
from types import TracebackType
from typing import Self

from readiness.core.errors import NotSaved

NO_ROOM = (
    "The server's disk refused to keep this file. Nothing was kept. Ask your administrator for "
    "room on it, then start again."
)
OWNER_ONLY = 0o600


class DocumentArchive:
    """Nothing is compressed: documents are already, and another library would compress otherwise.

    Leaving it by a fault leaves a half-written file, which is its owner's to put away.
    """

    def __init__(self, path: Path, made_on: date) -> None:
        self.made_on = made_on
        try:
            path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            opened = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, OWNER_ONLY)
        except OSError:
            raise NotSaved(NO_ROOM) from None
        self._file = os.fdopen(opened, "wb")
        self._zip = zipfile.ZipFile(self._file, "w", zipfile.ZIP_STORED)

    def add(self, name: str, content: bytes) -> None:
        entry = zipfile.ZipInfo(name, (*self.made_on.timetuple()[:3], 0, 0, 0))
        entry.create_system = 3  # the same on every machine
        entry.external_attr = OWNER_ONLY << 16
        try:
            self._zip.writestr(entry, content)
        except OSError:
            raise NotSaved(NO_ROOM) from None

    def finish(self) -> None:
        """Everything is on the disk after this."""
        try:
            self._zip.close()
            self._file.flush()
            os.fsync(self._file.fileno())
        except OSError:
            raise NotSaved(NO_ROOM) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        with suppress(OSError, ValueError):  # finished already, or given up
            self._zip.close()
        with suppress(OSError):
            self._file.close()


def member(path: Path, name: str) -> bytes:
    with zipfile.ZipFile(path) as archive:
        return archive.read(name)
