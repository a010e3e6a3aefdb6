"""A DuckDB that lives in memory alone, opens one file and tells nobody what stands in it."""

from __future__ import annotations

import csv
import os
import shutil
import time
import zlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from itertools import islice
from threading import Thread
from typing import Any, BinaryIO

import duckdb

from readiness.core.errors import BadInput
from readiness.core.tables.headings import MOST_TITLES, place_of_headings
from readiness.core.tables.models import Canceled
from readiness.core.tables.reader import EMPTY, delimiter_of, first_of_table

TURN = 0.1  # seconds between two words on how far it is
TOO_LARGE = "There is not enough memory to count this table. Send it in parts."
UNREADABLE = "This table could not be read. Save it again as CSV (UTF-8) or Parquet and send that."

OUR_FAULT = (duckdb.ParserException, duckdb.BinderException, duckdb.CatalogException)
Row = tuple[Any, ...]


@dataclass(frozen=True)
class MemoryLimits:
    """How much may be taken: DuckDB's own memory; the process needs some 60 MB beside it."""

    memory_mb: int = 400
    threads: int = 2
    slice_rows: int = 5_000_000  # rows of patients held at once: some 40 bytes each, then packed
    turn_rows: int = 700_000  # of these, rows judged at once


class UnlistedValue(Exception):
    """A value turned up that the first rows did not show."""


class DuckdbSession:
    def __init__(
        self, connection: duckdb.DuckDBPyConnection, on_progress: Callable[[float], None]
    ) -> None:
        self.connection = connection
        self.on_progress = on_progress  # the share that is done of the whole; may raise
        self.done = 0.0
        self.furthest = 0.0  # never less than before, though DuckDB's own guesses may fall

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
                self.furthest = max(self.furthest, self.done + worth * share)
                self.on_progress(self.furthest)
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
        return error_for(kind)

    def checkpoint(self) -> None:
        """Tables in memory are packed by it: to a third or a quarter."""
        self.run("CHECKPOINT")


def error_for(kind: type[duckdb.Error]) -> Exception:
    if issubclass(kind, duckdb.InterruptException):
        return Canceled()
    if issubclass(kind, duckdb.ConversionException):
        return UnlistedValue()
    if issubclass(kind, OUR_FAULT):
        return RuntimeError(f"DuckDB does not understand us ({kind.__name__}).")
    return BadInput(TOO_LARGE if issubclass(kind, duckdb.OutOfMemoryException) else UNREADABLE)


@contextmanager
def open_session(
    path: str, on_progress: Callable[[float], None], room: MemoryLimits
) -> Iterator[DuckdbSession]:
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
        yield DuckdbSession(connection, on_progress)


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


PARQUET, GZIP = b"PAR1", b"\x1f\x8b"
DATES = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
SAMPLE = 1024 * 1024  # bytes, to learn how long a line is
MARGIN = 1.3  # what is packed later may be packed tighter
NOT_UTF8 = "This file is not UTF-8. Save it as CSV (UTF-8) and send that."


@dataclass(frozen=True)
class DuckdbTable:
    path: str
    header: tuple[str, ...]
    scan: str  # what stands after FROM
    columns: Mapping[str, str]  # heading -> how SQL calls it
    dates: Mapping[str, str]  # of these, those that are dates already
    rows: int  # about so many; for Parquet exactly
    is_text: bool


@contextmanager
def open_table(stream: BinaryIO) -> Iterator[DuckdbTable]:
    """A file on disk, or an upload in memory: DuckDB is shown that memory, never a copy on disk."""
    with stream, visible_file(stream) as number:
        yield table_at(f"/proc/self/fd/{number}")


@contextmanager
def visible_file(stream: BinaryIO) -> Iterator[int]:
    try:
        number = stream.fileno()
    except OSError:  # it is in memory
        number = os.memfd_create("table")
        try:
            with os.fdopen(number, "wb", closefd=False) as held:
                shutil.copyfileobj(stream, held)
            yield number
        finally:
            os.close(number)
    else:
        yield number


def table_at(path: str) -> DuckdbTable:
    with open(path, "rb") as stream:
        start = stream.read(SAMPLE)
    return (
        parquet_table(path)
        if start.startswith(PARQUET)
        else text_table(path, os.stat(path).st_size, start)
    )


def parquet_table(path: str) -> DuckdbTable:
    scan = f"read_parquet({literal(path)})"
    with open_session(path, lambda _: None, MemoryLimits()) as db:
        types = {str(row[0]): str(row[1]) for row in db.run(f"DESCRIBE SELECT * FROM {scan}")}
        ((rows,),) = db.run(f"SELECT count(*) FROM {scan}")
    columns = {
        name: identifier(name) if type_ == "VARCHAR" else f"CAST({identifier(name)} AS VARCHAR)"
        for name, type_ in types.items()
    }
    dates = {name: identifier(name) for name, type_ in types.items() if type_ in DATES}
    return DuckdbTable(path, tuple(types), scan, columns, dates, rows, is_text=False)


def text_table(path: str, size: int, start: bytes) -> DuckdbTable:
    """Columns go by their number, so that no heading reaches the SQL."""
    packed = start.startswith(GZIP)
    shown, times = unpack_start(start) if packed else (start, 1)
    header, delimiter, titles = headings_in(shown)
    named = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(header)))
    scan = (
        f"read_csv({literal(path)}, auto_detect = false, header = true, store_rejects = true,"
        f" skip = {titles},"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{named}}},"
        f" compression = '{'gzip' if packed else 'none'}')"
    )
    line = len(shown) / max(1, shown.count(b"\n"))
    rows = round(size * times / line)
    columns = {name: f"c{at}" for at, name in enumerate(header)}
    return DuckdbTable(path, header, scan, columns, {}, rows, is_text=True)


def unpack_start(start: bytes) -> tuple[bytes, float]:
    """Its beginning, and how many times longer it is."""
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        shown = inflating.decompress(start, SAMPLE)
    except zlib.error:
        raise BadInput(UNREADABLE) from None
    packed = len(start) - len(inflating.unconsumed_tail)
    return shown, MARGIN * len(shown) / max(1, packed)


def headings_in(start: bytes) -> tuple[tuple[str, ...], str, int]:
    """The headings, the delimiter, and how many lines of a title stand above."""
    stream: BinaryIO = BytesIO(start)
    try:
        lines = [*islice(TextIOWrapper(stream, encoding="utf-8-sig", newline=""), MOST_TITLES)]
    except UnicodeDecodeError:
        raise BadInput(NOT_UTF8) from None
    delimiter = delimiter_of(first_of_table(lines))
    reader = csv.reader(lines, delimiter=delimiter)
    rows, above, passed = [], [], 0
    for cells in reader:
        if any(cell.strip() for cell in cells):
            rows.append([cell.strip() for cell in cells])
            above.append(passed)
        passed = reader.line_num
    if not rows:
        raise BadInput(EMPTY)
    at = place_of_headings(rows)
    return tuple(rows[at]), delimiter, above[at]
