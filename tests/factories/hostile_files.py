"""Files that nobody should send: each is to be refused in words, and to leave nothing behind."""

from __future__ import annotations

import gzip
import struct
import zipfile
from io import BytesIO

from openpyxl import Workbook

from tests.factories.questionnaire_workbook import saved

MEGABYTE = 1_000_000
PDF = b"%PDF-1.7\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"
LAUGHS = (
    '<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">'
    + "".join(
        f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
    )
    + "]><worksheet><sheetData><row><c><v>&i;</v></c></row></sheetData></worksheet>"
).encode()
OUTSIDE = (
    b'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a SYSTEM "file:///etc/passwd">]>'
    b"<worksheet><sheetData><row><c><v>&a;</v></c></row></sheetData></worksheet>"
)
SHEET = "xl/worksheets/sheet1.xml"


def a_book(**cells: str) -> bytes:
    book = Workbook()
    for cell, value in ({"A1": "a"} | cells).items():
        book.worksheets[0][cell] = value
    return saved(book)


def repacked(raw: bytes, members: dict[str, bytes]) -> bytes:
    """The same zip with some members put in, or put in place of others."""
    written = BytesIO()
    with (
        zipfile.ZipFile(BytesIO(raw)) as old,
        zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as new,
    ):
        kept = {name: old.read(name) for name in old.namelist()}
        for name, content in (kept | members).items():
            new.writestr(name, content)
    return written.getvalue()


def forged(raw: bytes, name: str) -> bytes:
    """The same zip, in which a member is declared to unpack to one byte."""
    changed, name_in_zip = bytearray(raw), name.encode()
    for mark, size_at, name_at in ((b"PK\x03\x04", 22, 30), (b"PK\x01\x02", 24, 46)):
        at = raw.find(mark)
        while at >= 0:
            if raw[at + name_at : at + name_at + len(name_in_zip)] == name_in_zip:
                struct.pack_into("<I", changed, at + size_at, 1)
            at = raw.find(mark, at + 1)
    return bytes(changed)


def bomb() -> bytes:
    """About 600 KB that unpack to 600 MB."""
    return repacked(a_book(), {"xl/media/x": b"\0" * 600 * MEGABYTE})


def books(*, is_short: bool = False) -> dict[str, bytes]:
    """By what is wrong with them."""
    zeros = b"\0" * 20 * MEGABYTE
    return {
        "a zip bomb": repacked(a_book(), {"xl/media/x": zeros}) if is_short else bomb(),
        "a sheet of endless zeros": repacked(a_book(), {SHEET: zeros}),
        "forged sizes": forged(repacked(a_book(), {"xl/media/x": zeros}), "xl/media/x"),
        "a billion laughs": repacked(a_book(), {SHEET: LAUGHS}),
        "an entity from outside": repacked(a_book(), {SHEET: OUTSIDE}),
        "macros": repacked(a_book(), {"xl/vbaProject.bin": b"x"}),
        "a link to another book": repacked(
            a_book(), {"xl/externalLinks/externalLink1.xml": b"<x/>"}
        ),
        "a cell far away": a_book(XFD1048576="b"),
        "a sheet cut off": repacked(a_book(), {SHEET: b"<worksheet><sheetData><row>"}),
        "a climbing member": repacked(b"PK\x05\x06" + b"\0" * 18, {"../../x": b"x"}),
        "a crowd of members": repacked(a_book(), {f"xl/x{n}": b"" for n in range(100)}),
        "a document": repacked(b"PK\x05\x06" + b"\0" * 18, {"word/document.xml": b"<x/>"}),
        "half a zip": a_book()[:300],
        "a PDF": PDF,
        "a page": b"<!DOCTYPE html><script>alert(1)</script>",
        "a program": b"\x7fELF\x02\x01\x01" + b"\0" * 200,
        "a formula": a_book(A1="Measure", A2="=HYPERLINK('http://evil.example')"),
        "nothing": b"",
    }


def tables() -> dict[str, bytes]:
    """Sent as text: by what is wrong with them."""
    return {
        "a PDF": PDF,
        "a PNG": b"\x89PNG\r\n\x1a\n" + b"\0" * 100,
        "NUL": b"patient,day\nA\0,2026-07-03\n",
        "UTF-32": "patient,day\nA,2026-07-03\n".encode("utf-32"),
        "ten megabytes in a cell": b"patient,day\n" + b"x" * 10 * MEGABYTE + b",1\n",
        "a quotation mark left open": b'patient,day\n"A,2026-07-03\nB,2026-07-03\n',
        "a heading twice": b"patient,patient\nA,B\n",
        "a heading missing": b"patient,,day\nA,B,C\n",
        "headings alone": b"nothing,we,know\n",
        "a formula for a heading": b"=cmd|' /C calc'!A0,day\n1,2\n",
        "a page": b"<!DOCTYPE html><script>alert(1)</script>",
        "nested JSON": b"[" * 100_000,
        "a gzip bomb": gzip.compress(b"patient,day\n" + b" " * 40 * MEGABYTE),
        "half a gzip": gzip.compress(b"patient,day\n" * 1_000)[:50],
        "nothing": b"",
    }


NAMES = (
    "../../../etc/passwd.csv",
    "..\\..\\windows\\system.csv",
    "/etc/passwd",
    f"{'x' * 300}.csv",
    "a\r\nSet-Cookie: x=1.csv",
    "a\0.csv",
    "\u202evsc.exe",
    "CON.csv",
    "<script>alert(1)</script>.csv",
    "=cmd|' /C calc'!A0.csv",
)
