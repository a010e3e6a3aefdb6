"""A filled spreadsheet from a stranger: its cells as text, or a sentence saying what is wrong.

The zip is looked through before anything is unpacked for good; then a child process with little
memory and little time reads it, because a spreadsheet can be made to take any amount of both.
"""

from __future__ import annotations

import json
import subprocess
import sys
import threading
import zipfile
from io import BytesIO
from pathlib import Path

from readiness.domain.errors import BadInput
from readiness.domain.workbook import Book, Cell

ROOT = Path(__file__).resolve().parents[2]
MEBIBYTE = 1024 * 1024
MOST_BYTES = 8 * MEBIBYTE
MOST_MEMBERS = 100
MOST_INFLATED = 64 * MEBIBYTE
MOST_RATIO = 100
SMALL = 64 * 1024  # below this a high ratio harms nobody
CHUNK = 64 * 1024
SECONDS = 20
PLACES = threading.BoundedSemaphore(2)  # children at once: each may take 512 MiB
NEVER = ("vbaproject", "externallinks/", "activex/", "embeddings/")
NOT_XML = (b"<!DOCTYPE", b"<!ENTITY")

NOT_A_BOOK = "This is not an Excel workbook (.xlsx). Download the spreadsheet from this page."
TOO_LARGE = "This workbook is too large for a questionnaire. Download a fresh copy and fill it in."
ACTIVE = "This workbook holds macros, links or embedded files. Save it as a plain .xlsx and resend."
UNREADABLE = "This workbook could not be read. Download a fresh copy and copy your answers into it."


def read(raw: bytes) -> Book:
    check(raw)
    return in_child(raw)


def check(raw: bytes) -> None:
    """Refuse what could harm, counting what is inflated rather than trusting what is declared."""
    if len(raw) > MOST_BYTES:
        raise BadInput(TOO_LARGE)
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            members = archive.infolist()
            if len(members) > MOST_MEMBERS:
                raise BadInput(TOO_LARGE)
            if "xl/workbook.xml" not in archive.namelist():
                raise BadInput(NOT_A_BOOK)
            if any(part in each.filename.lower() for each in members for part in NEVER):
                raise BadInput(ACTIVE)
            inflated = 0
            for member in members:
                inflated += size_of(archive, member, MOST_INFLATED - inflated)
    except (zipfile.BadZipFile, EOFError, NotImplementedError, OSError, RuntimeError) as error:
        raise BadInput(NOT_A_BOOK) from error
    except Exception as error:  # zlib's own errors, by whatever name the decompressor gives them
        if isinstance(error, BadInput):
            raise
        raise BadInput(NOT_A_BOOK) from error


def size_of(archive: zipfile.ZipFile, member: zipfile.ZipInfo, allowed: int) -> int:
    size, last = 0, b""
    with archive.open(member) as stream:
        while chunk := stream.read(CHUNK):
            size += len(chunk)
            if size > allowed or (
                size > SMALL and size > MOST_RATIO * max(member.compress_size, 1)
            ):
                raise BadInput(TOO_LARGE)
            if any(mark in last + chunk for mark in NOT_XML):
                raise BadInput(NOT_A_BOOK)
            last = chunk[-16:]
    return size


def in_child(raw: bytes) -> Book:
    try:
        with PLACES:
            done = run(raw)
        found = json.loads(done)
    except (subprocess.SubprocessError, OSError, ValueError) as error:
        raise BadInput(UNREADABLE) from error
    if "refused" in found:
        raise BadInput(found["refused"])
    return {
        name: [[Cell(text, is_formula) for text, is_formula in row] for row in rows]
        for name, rows in found["sheets"].items()
    }


def run(raw: bytes) -> bytes:
    return subprocess.run(  # our own module, by our own interpreter
        [sys.executable, "-m", "readiness.intake.questionnaire_child"],
        input=raw,
        capture_output=True,
        timeout=SECONDS,
        cwd=ROOT,
        env={},  # it needs to know nothing, least of all a key
        check=True,
    ).stdout
