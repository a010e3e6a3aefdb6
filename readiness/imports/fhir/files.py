"""From files to single JSON documents: lines of a bulk export, or one document as a whole."""

from __future__ import annotations

import gzip
import io
import zlib
from collections.abc import Iterator
from typing import BinaryIO, cast

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.sources import Source

MIB = 1024 * 1024
LONGEST = 200 * MIB  # of one line or one document
MOST_INFLATED = 200  # times its packed size: exports stay under 50, a gzip bomb goes to 1,000
FREE_INFLATED = 16 * MIB

GZIP = b"\x1f\x8b"
BOM = b"\xef\xbb\xbf"
GOES_ON = (b"{", b"[", b",", b":")  # how the first line of a document ends that has more lines

Text = bytes | bytearray
Document = tuple[str, Text]  # its place and its text


def documents(source: Source) -> Iterator[Document]:
    """Each with its place as a person finds it again: "export.ndjson, line 12"."""
    try:
        with source.open() as raw, unpacked(raw) as stream:
            yield from split(source, stream)
    except (EOFError, zlib.error, gzip.BadGzipFile):
        raise refused(source, "The compressed file is damaged. Export it again.") from None
    except OSError:
        raise refused(source, "The file cannot be read. Check that it is still there.") from None


def unpacked(raw: BinaryIO) -> io.BufferedReader:
    buffered = (
        raw if isinstance(raw, io.BufferedReader) else io.BufferedReader(cast(io.RawIOBase, raw))
    )
    if buffered.peek(2)[:2] != GZIP:
        return buffered
    return io.BufferedReader(gzip.GzipFile(fileobj=buffered, mode="rb"), 4 * 65536)


def split(source: Source, stream: io.BufferedReader) -> Iterator[Document]:
    rows = lines(source, stream)
    number, first = next(rows, (0, b""))
    if not first:
        raise refused(source, "The file is empty. Send FHIR resources as JSON or NDJSON.")
    if first.startswith(b"["):
        raise refused(
            source,
            "The file holds a list. Send a Bundle, one resource, or NDJSON with one resource "
            "on each line.",
        )
    if not first.startswith(b"{"):
        raise refused(source, "This is not JSON. Send FHIR resources as JSON or NDJSON.")
    if first.endswith(GOES_ON):
        yield source.label, whole(source, first, rows)
        return
    yield f"{source.label}, line {number}", first
    for number, line in rows:
        yield f"{source.label}, line {number}", line


def lines(source: Source, stream: io.BufferedReader) -> Iterator[tuple[int, bytes]]:
    """Lines with something on them, numbered as an editor numbers them."""
    most = FREE_INFLATED + MOST_INFLATED * source.size
    size = 0
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        size += len(line)
        if len(line) > LONGEST:
            raise too_large(source)
        if size > most:
            raise refused(source, "The file unpacks to far more than it should. Send it unpacked.")
        if number == 1:
            line = line.removeprefix(BOM)
        if line := line.strip():
            yield number, line


def whole(source: Source, first: bytes, rows: Iterator[tuple[int, bytes]]) -> bytearray:
    """One document over many lines, as editors and test servers write it."""
    kept = bytearray(first)
    for _, line in rows:
        kept += b"\n"
        kept += line
        if len(kept) > LONGEST:
            raise too_large(source)
    return kept


def too_large(source: Source) -> BadInput:
    return refused(
        source,
        f"One resource or Bundle is larger than {LONGEST // MIB} MB. Export as NDJSON, with one "
        "resource on each line.",
    )


def refused(source: Source, says: str) -> BadInput:
    return BadInput([Problem(source.label, says)])
