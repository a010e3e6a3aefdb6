"""A spreadsheet from a stranger: its cells as text, or a sentence saying what is wrong.

The zip is looked through before anything is unpacked for good; then a child process with little
memory and little time reads it, because a spreadsheet can be made to take any amount of both.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
import zipfile
from dataclasses import dataclass
from io import BytesIO
from typing import Any

from readiness.core.config import PACKAGE
from readiness.core.errors import BadInput
from readiness.core.tables.models import Book, SheetCell

MEBIBYTE = 1024 * 1024
MOST_BYTES = 8 * MEBIBYTE
MOST_MEMBERS = 100
MOST_INFLATED = 64 * MEBIBYTE
MOST_RATIO = 100
SMALL = 64 * 1024  # below this a high ratio harms nobody
CHUNK = 64 * 1024
CHILDREN = threading.BoundedSemaphore(2)  # children at once: each may take 512 MiB
NEVER = ("vbaproject", "externallinks/", "activex/", "embeddings/")
NOT_XML = (b"<!DOCTYPE", b"<!ENTITY")
STARTS = b"PK\x03\x04"  # of every zip, and so of every workbook


@dataclass(frozen=True)
class SheetSentences:
    """What a person is told; `far` names the sheet."""

    not_a_book: str
    too_large: str
    active: str
    unreadable: str
    far: str


@dataclass(frozen=True)
class SheetRequest:
    """Which sheets are read and how far; `or_first`: where none has such a name, the first that
    holds a table, or the `headings` where any are known."""

    sheets: tuple[str, ...]
    most_rows: int
    most_columns: int
    words: SheetSentences
    or_first: bool = False
    headings: tuple[str, ...] = ()  # that the table has: they choose among several sheets


@dataclass(frozen=True)
class ReadBook:
    """`others`: the tabs that hold something and were not read, by their number from the left; a
    name may be a patient's."""

    book: Book
    others: tuple[int, ...]


def read(raw: bytes, wanted: SheetRequest, seconds: float) -> Book:
    return read_book(raw, wanted, seconds).book


def read_book(raw: bytes, wanted: SheetRequest, seconds: float) -> ReadBook:
    check(raw, wanted.words)
    return read_in_child(raw, wanted, seconds)


def check(raw: bytes, words: SheetSentences) -> None:
    """Refuse what could harm, counting what is inflated rather than trusting what is declared."""
    if len(raw) > MOST_BYTES:
        raise BadInput(words.too_large)
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise BadInput(words.too_large)
            if "xl/workbook.xml" not in archive.namelist():
                raise BadInput(words.not_a_book)
            if any(part in each.filename.lower() for each in members for part in NEVER):
                raise BadInput(words.active)
            inflated = 0
            for member in members:
                inflated += size_of(archive, member, MOST_INFLATED - inflated, words)
    except BadInput:
        raise
    except Exception:  # a broken zip fails in many ways, some of them with its content
        raise BadInput(words.not_a_book) from None


def size_of(
    archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowed: int, words: SheetSentences
) -> int:
    size, last = 0, b""
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > allowed or (
                size > SMALL and size > MOST_RATIO * max(member.compress_size, 1)
            ):
                raise BadInput(words.too_large)
            if any(mark in last + chunk for mark in NOT_XML):
                raise BadInput(words.not_a_book)
            last = chunk[-16:]
    return size


def read_in_child(raw: bytes, wanted: SheetRequest, seconds: float) -> ReadBook:
    try:
        with CHILDREN:
            found = json.loads(run_child(raw, wanted, seconds))
    except (subprocess.SubprocessError, OSError, ValueError):  # which may hold what was read
        raise BadInput(wanted.words.unreadable) from None
    if "far" in found:
        raise BadInput(wanted.words.far.format(sheet=found["far"]))
    book = {
        name: [[SheetCell(text, is_formula) for text, is_formula in row] for row in rows]
        for name, rows in found["sheets"].items()
    }
    return ReadBook(book, tuple(found["others"]))


def run_child(raw: bytes, wanted: SheetRequest, seconds: float) -> bytes:
    asked: dict[str, Any] = {
        "names": wanted.sheets,
        "or_first": wanted.or_first,
        "headings": wanted.headings,
        "most_rows": wanted.most_rows,
        "most_columns": wanted.most_columns,
        "parent_id": os.getpid(),
    }
    return subprocess.run(  # our own module, by our own interpreter
        [sys.executable, "-m", "readiness.core.tables.spreadsheet_child"],
        input=json.dumps(asked).encode() + b"\n" + raw,
        capture_output=True,
        timeout=seconds,
        cwd=PACKAGE.parent,
        env={},  # it needs to know nothing, least of all a key
        check=True,
    ).stdout
