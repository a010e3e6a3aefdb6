"""The table as DuckDB is to read it: its format, its headings, and how many rows it may have."""

from __future__ import annotations

import csv
import os
import re
import shutil
import zlib
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO, TextIOWrapper
from typing import BinaryIO

import duckdb

from readiness.domain.errors import BadInput
from readiness.engines.duck_session import UNREADABLE, identifier, literal

DELIMITERS = (",", ";", "\t", "|")
PARQUET, GZIP = b"PAR1", b"\x1f\x8b"
SAMPLE = 1024 * 1024  # bytes, to learn how long a line is
PACKING = 12  # how many times shorter gzip makes a table at the very most, as a rule
NOT_UTF8 = "This file is not UTF-8. Save it as CSV (UTF-8) and send that."
EMPTY = "This file is empty. Save the table with its headings and send that."


@dataclass(frozen=True)
class Table:
    path: str
    header: tuple[str, ...]
    scan: str  # what stands after FROM
    columns: Mapping[str, str]  # heading -> how SQL calls it
    rows: int  # about so many; for Parquet exactly
    is_text: bool


@contextmanager
def opened(stream: BinaryIO) -> Iterator[Table]:
    """A file on disk, or an upload in memory: DuckDB is shown that memory, never a copy on disk."""
    with stream, shown(stream) as number:
        yield table_at(f"/proc/self/fd/{number}")


@contextmanager
def shown(stream: BinaryIO) -> Iterator[int]:
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


def table_at(path: str) -> Table:
    with open(path, "rb") as stream:
        start = stream.read(SAMPLE)
    return parquet(path) if start.startswith(PARQUET) else text(path, os.stat(path).st_size, start)


def parquet(path: str) -> Table:
    scan = f"read_parquet({literal(path)})"
    with duckdb.connect(":memory:") as connection:
        try:
            names = connection.execute(f"DESCRIBE SELECT * FROM {scan}").fetchall()
            rows = connection.execute(f"SELECT count(*) FROM {scan}").fetchall()[0][0]
        except duckdb.Error:
            names, rows = [], 0
    if not names:
        raise BadInput(UNREADABLE)
    header = tuple(str(row[0]) for row in names)
    columns = {name: f"CAST({identifier(name)} AS VARCHAR)" for name in header}
    return Table(path, header, scan, columns, rows, is_text=False)


def text(path: str, size: int, start: bytes) -> Table:
    """Columns go by their number, so that no heading reaches the SQL."""
    packed = start.startswith(GZIP)
    shown = unpacked(start) if packed else start
    header, delimiter = header_of(shown)
    named = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(header)))
    scan = (
        f"read_csv({literal(path)}, auto_detect = false, header = true, store_rejects = true,"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{named}}},"
        f" compression = '{'gzip' if packed else 'none'}')"
    )
    line = len(shown) / max(1, shown.count(b"\n"))
    rows = round(size * (PACKING if packed else 1) / line)
    columns = {name: f"c{at}" for at, name in enumerate(header)}
    return Table(path, header, scan, columns, rows, is_text=True)


def unpacked(start: bytes) -> bytes:
    try:
        return zlib.decompressobj(wbits=zlib.MAX_WBITS | 16).decompress(start, SAMPLE)
    except zlib.error:
        raise BadInput(UNREADABLE) from None


def header_of(start: bytes) -> tuple[tuple[str, ...], str]:
    stream: BinaryIO = BytesIO(start)
    try:
        first = TextIOWrapper(stream, encoding="utf-8-sig", newline="").readline()
    except UnicodeDecodeError:
        raise BadInput(NOT_UTF8) from None
    delimiter = max(DELIMITERS, key=re.sub(r'"[^"]*"', "", first).count)
    header = next(csv.reader([first], delimiter=delimiter), [])
    if not any(header):
        raise BadInput(EMPTY)
    return tuple(name.strip() for name in header), delimiter
