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

from readiness.core.errors import BadInput
from readiness.imports.warehouse.duckdb_session import (
    UNREADABLE,
    Room,
    identifier,
    literal,
    session,
)

DELIMITERS = (",", ";", "\t", "|")
PARQUET, GZIP = b"PAR1", b"\x1f\x8b"
DATES = ("DATE", "TIMESTAMP", "TIMESTAMP_S", "TIMESTAMP_MS", "TIMESTAMP_NS")
SAMPLE = 1024 * 1024  # bytes, to learn how long a line is
MARGIN = 1.3  # what is packed later may be packed tighter
NOT_UTF8 = "This file is not UTF-8. Save it as CSV (UTF-8) and send that."
EMPTY = "This file is empty. Save the table with its headings and send that."


@dataclass(frozen=True)
class Table:
    path: str
    header: tuple[str, ...]
    scan: str  # what stands after FROM
    columns: Mapping[str, str]  # heading -> how SQL calls it
    dates: Mapping[str, str]  # of these, those that are dates already
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
    with session(path, lambda _: None, Room()) as db:
        types = {str(row[0]): str(row[1]) for row in db.run(f"DESCRIBE SELECT * FROM {scan}")}
        ((rows,),) = db.run(f"SELECT count(*) FROM {scan}")
    columns = {
        name: identifier(name) if type_ == "VARCHAR" else f"CAST({identifier(name)} AS VARCHAR)"
        for name, type_ in types.items()
    }
    dates = {name: identifier(name) for name, type_ in types.items() if type_ in DATES}
    return Table(path, tuple(types), scan, columns, dates, rows, is_text=False)


def text(path: str, size: int, start: bytes) -> Table:
    """Columns go by their number, so that no heading reaches the SQL."""
    packed = start.startswith(GZIP)
    shown, times = unpacked(start) if packed else (start, 1)
    header, delimiter = header_of(shown)
    named = ", ".join(f"'c{at}': 'VARCHAR'" for at in range(len(header)))
    scan = (
        f"read_csv({literal(path)}, auto_detect = false, header = true, store_rejects = true,"
        f" delim = {literal(delimiter)}, quote = '\"', escape = '\"', columns = {{{named}}},"
        f" compression = '{'gzip' if packed else 'none'}')"
    )
    line = len(shown) / max(1, shown.count(b"\n"))
    rows = round(size * times / line)
    columns = {name: f"c{at}" for at, name in enumerate(header)}
    return Table(path, header, scan, columns, {}, rows, is_text=True)


def unpacked(start: bytes) -> tuple[bytes, float]:
    """Its beginning, and how many times longer it is."""
    inflating = zlib.decompressobj(wbits=zlib.MAX_WBITS | 16)
    try:
        shown = inflating.decompress(start, SAMPLE)
    except zlib.error:
        raise BadInput(UNREADABLE) from None
    packed = len(start) - len(inflating.unconsumed_tail)
    return shown, MARGIN * len(shown) / max(1, packed)


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
