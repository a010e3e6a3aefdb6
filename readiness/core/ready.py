"""Whether everything is there that serving people needs, beyond being alive."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from tempfile import TemporaryFile

from readiness.core import migrations
from readiness.core.db import Store
from readiness.core.errors import NotReadable
from readiness.core.sealing import key_if_there

BLOCK = 4096  # bytes: on a full disk an empty file may still find room
NO_ROOM = "The disk of the database takes nothing. Make room on it; no restart is needed."
NO_KEY = (
    "history.key is missing, so nothing can be saved. Put it beside the database from where you "
    "keep a copy."
)


def faults(database: Path) -> list[str]:
    """A sentence for each thing that is missing."""
    return [*database_faults(database), *place_faults(database)]


def database_faults(database: Path) -> Iterator[str]:
    try:
        with closing(Store(database)) as store:
            store.row("pragma schema_version")  # what stands in the file
            if newer := migrations.newer(store):
                yield migrations.NEWER.format(names=", ".join(sorted(newer)))
            elif not migrations.is_current(store):
                yield migrations.OLDER
    except NotReadable as error:
        yield str(error)


def place_faults(database: Path) -> Iterator[str]:
    try:
        with TemporaryFile(dir=database.parent) as tried:
            tried.write(bytes(BLOCK))
    except OSError:
        yield NO_ROOM
    if key_if_there(database) is None:
        yield NO_KEY
