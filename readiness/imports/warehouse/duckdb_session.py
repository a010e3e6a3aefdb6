"""A DuckDB that lives in memory alone, opens one file and tells nobody what stands in it."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from threading import Thread
from typing import Any

import duckdb

from readiness.core.errors import BadInput
from readiness.core.tables.reading import Canceled

TURN = 0.1  # seconds between two words on how far it is
TOO_LARGE = "There is not enough memory to count this table. Send it in parts."
UNREADABLE = "This table could not be read. Save it again as CSV (UTF-8) or Parquet and send that."

OUR_FAULT = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class Room:
    """How much may be taken: DuckDB's own memory; the process needs some 60 MB beside it."""

    memory_mb: int = 400
    threads: int = 2
    slice_rows: int = 5_000_000  # rows of patients held at once: some 40 bytes each, then packed
    turn_rows: int = 700_000  # of these, rows judged at once


class NotListed(Exception):
    """A value turned up that the first rows did not show."""


class DuckdbSession:
    def __init__(
        self, connection: duckdb.DuckDBPyConnection, told: Callable[[float], None]
    ) -> None:
        self.connection = connection
        self.told = told  # the share that is done of the whole; may raise
        self.done = 0.0

    def run(self, sql: str, given: Sequence[object] = (), *, worth: float = 0) -> list[Row]:
        """In a thread of its own, so that the person can be told of it and can stop it.

        `worth` is the share of the whole that this statement is.
        """
        ended: list[list[Row] | Exception] = []
        worker = Thread(target=lambda: ended.append(self.quietly(sql, given)), daemon=True)
        worker.start()
        worker.join(TURN)
        while worker.is_alive():
            share = max(0.0, self.connection.query_progress()) / 100
            try:
                self.told(self.done + worth * share)
            except BaseException:
                self.stop(worker)
                raise
            worker.join(TURN)
        self.done += worth
        if isinstance(ended[0], Exception):
            raise ended[0]
        return ended[0]

    def stop(self, worker: Thread) -> None:
        """Asked again until it is heard: between two steps nobody listens."""
        while worker.is_alive():
            self.connection.interrupt()
            time.sleep(TURN)

    def quietly(self, sql: str, given: Sequence[object]) -> list[Row] | Exception:
        """DuckDB's errors quote the file, so not even as a cause may one leave this function."""
        try:
            return self.connection.execute(sql, given or None).fetchall()
        except duckdb.Error as error:
            kind = type(error)
        return told_as(kind)

    def checkpoint(self) -> None:
        """Tables in memory are packed by it: to a third or a quarter."""
        self.run("CHECKPOINT")


def told_as(kind: type[duckdb.Error]) -> Exception:
    if issubclass(kind, duckdb.InterruptException):
        return Canceled()
    if issubclass(kind, duckdb.ConversionException):
        return NotListed()
    if issubclass(kind, OUR_FAULT):
        return RuntimeError(f"DuckDB does not understand us ({kind.__name__}).")
    return BadInput(TOO_LARGE if issubclass(kind, duckdb.OutOfMemoryException) else UNREADABLE)


@contextmanager
def session(path: str, told: Callable[[float], None], room: Room) -> Iterator[DuckdbSession]:
    """Nothing is written: no file to spill into, no log, no history, no secret, no extension."""
    connection = duckdb.connect(
        ":memory:",
        config={
            "temp_directory": "",
            "memory_limit": f"{room.memory_mb}MB",
            "threads": room.threads,
            "autoinstall_known_extensions": False,
            "autoload_known_extensions": False,
            "allow_persistent_secrets": False,
            "enable_external_file_cache": False,
            "preserve_insertion_order": True,
        },
    )
    with connection:
        connection.execute("SET enable_progress_bar = true")
        connection.execute("SET enable_progress_bar_print = false")
        connection.execute("SET TimeZone = 'UTC'")
        connection.execute("SET allowed_paths = [?]".replace("?", literal(path)))
        connection.execute("SET enable_external_access = false")
        connection.execute("SET lock_configuration = true")
        yield DuckdbSession(connection, told)


def literal(text: str) -> str:
    """
    >>> literal("O'Hara")
    "'O''Hara'"
    """
    return "'" + text.replace("'", "''") + "'"


def identifier(name: str) -> str:
    r"""
    >>> identifier('a "b" c')
    '"a ""b"" c"'
    """
    return '"' + name.replace('"', '""') + '"'
