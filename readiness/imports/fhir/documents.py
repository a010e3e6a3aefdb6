"""From files to single JSON documents: lines of a bulk export, or one document as a whole."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import BinaryIO

import msgspec

from readiness.core.errors import BadInput, Problem
from readiness.core.tables import packed
from readiness.core.tables.models import SourceFile
from readiness.imports.fhir.context import UnreadableResource

MIB = 1024 * 1024
LONGEST = 200 * MIB  # of one line or one document
BOM = b"\xef\xbb\xbf"
GOES_ON = (b"{", b"[", b",", b":")  # how the first line of a document ends that has more lines

MOST_ENTRIES = 300_000
TOO_MANY = f"This Bundle or list has more than {MOST_ENTRIES:,} entries. Export as NDJSON."
CUT_OFF = "This list is not whole JSON: it may have been cut off. Export it again."
LIST = msgspec.json.Decoder(list[msgspec.Raw])

Text = bytes | bytearray
Document = tuple[str, Text]  # its place and its text


def documents(source: SourceFile) -> Iterator[Document]:
    """Each with its place as a person finds it again: "export.ndjson, line 12"."""
    try:
        with source.open() as raw, packed.unpacked(source, raw) as stream:
            yield from split(source, stream)
    except OSError:
        raise file_refusal(
            source, "The file cannot be read. Check that it is still there."
        ) from None


def split(source: SourceFile, stream: BinaryIO) -> Iterator[Document]:
    rows = lines(source, stream)
    number, first = next(rows, (0, b""))
    if not first:
        raise file_refusal(source, "The file is empty. Send FHIR resources as JSON or NDJSON.")
    if first.startswith(b"["):
        yield from list_entries(source, whole_document(source, first, rows))
        return
    if not first.startswith(b"{"):
        raise file_refusal(source, "This is not JSON. Send FHIR resources as JSON or NDJSON.")
    if first.endswith(GOES_ON):
        yield source.label, whole_document(source, first, rows)
        return
    yield f"{source.label}, line {number}", first
    for number, line in rows:
        yield f"{source.label}, line {number}", line


def lines(source: SourceFile, stream: BinaryIO) -> Iterator[tuple[int, bytes]]:
    """Lines with something on them, numbered as an editor numbers them."""
    number = 0
    while line := stream.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise too_large(source)
        if number == 1:
            line = line.removeprefix(BOM)
        if line := line.strip():
            yield number, line


def whole_document(
    source: SourceFile, first: bytes, rows: Iterator[tuple[int, bytes]]
) -> bytearray:
    """One document over many lines, as editors and test servers write it."""
    kept = bytearray(first)
    for _, line in rows:
        kept += b"\n"
        kept += line
        if len(kept) > LONGEST:
            raise too_large(source)
    return kept


def list_entries(source: SourceFile, text: Text) -> Iterator[Document]:
    """The resources of a list, as some programs write them in place of a Bundle."""
    try:
        entries = LIST.decode(text)
    except (ValueError, RecursionError):
        raise file_refusal(source, CUT_OFF) from None
    if len(entries) > MOST_ENTRIES:
        raise file_refusal(source, TOO_MANY)
    for number, entry in enumerate(entries, start=1):
        yield f"{source.label}, entry {number}", bytes(entry)


def too_large(source: SourceFile) -> BadInput:
    return file_refusal(
        source,
        f"One resource or Bundle is larger than {LONGEST // MIB} MB. Export as NDJSON, with one "
        "resource on each line.",
    )


def file_refusal(source: SourceFile, says: str) -> BadInput:
    return BadInput([Problem(source.label, says)])


# Strings are matched whole, so that a brace inside one is not taken for structure.
TOKEN = re.compile(rb'"entry"\s*:\s*\[|"[^"\\]*(?:\\.[^"\\]*)*"|[{}\[\]]', re.DOTALL)
OPENS = (b"{", b"[")


def entry_spans(text: Text) -> Iterator[tuple[int, int]]:
    """Where each entry starts and ends.

    >>> text = b'{"entry": [{"a": "}"}, {"b": [1]}]}'
    >>> [text[start:end] for start, end in entry_spans(text)]
    [b'{"a": "}"}', b'{"b": [1]}']
    """
    depth = start = count = 0
    is_inside = False  # the array of entries of the outermost object
    for token in TOKEN.finditer(text):
        mark = token.group()
        if mark in OPENS:
            if is_inside and depth == 2:
                start = token.start()
            depth += 1
        elif mark in (b"}", b"]"):
            depth -= 1
            if is_inside and depth == 2:
                count += 1
                if count > MOST_ENTRIES:
                    raise UnreadableResource(TOO_MANY)
                yield start, token.end()
            is_inside = is_inside and depth >= 2
        elif mark.endswith(b"["):
            is_inside = is_inside or depth == 1
            depth += 1
