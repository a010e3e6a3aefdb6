"""Files that are no table, told from how they begin: refused by name, with what to send instead."""

from __future__ import annotations

import re
import zipfile
from enum import StrEnum
from io import BytesIO

BEGINNING = 4096  # bytes


class ForeignFormat(StrEnum):
    """What it is, and what to do."""

    PDF = "This is a PDF, which is not read. Export the table as CSV or Excel."
    HL7 = (
        "This is a file of HL7 version 2 messages, which are not read. Export the screens as a "
        "table (CSV or Excel) or as FHIR."
    )
    CDA = (
        "This is a C-CDA document, which is not read. Export the screens as a table (CSV or Excel) "
        "or as FHIR."
    )
    HTML = (
        "This is a web page, whatever its name says; some programs save one as .xls. Open it in a "
        "spreadsheet program and save it as .xlsx or CSV."
    )
    XML = "This is an XML file, which is not read. Export the table as CSV or Excel."
    OLD_OFFICE = (
        "This is an old Excel workbook (.xls), or one with a password. Save it as .xlsx without a "
        "password, or as CSV."
    )
    RTF = "This is a text document (RTF), which is not read. Export the table as CSV or Excel."
    IMAGE = "This is a picture, which is not read. Export the table as CSV or Excel."
    WORD = "This is a Word document, which is not read. Export the table as CSV or Excel."
    UTF16_JSON = "This is JSON in UTF-16. Save it as UTF-8 and send that."
    ZIP = (
        "This is a ZIP file and no Excel workbook. Unpack it and send the table in it, as CSV or "
        ".xlsx."
    )


JSON = (b"{", b"[")
BEGINNINGS: tuple[tuple[re.Pattern[bytes], ForeignFormat], ...] = (
    (re.compile(rb"%PDF-"), ForeignFormat.PDF),
    (re.compile(rb"\x0b?(MSH|FHS|BHS)\|"), ForeignFormat.HL7),
    (re.compile(rb"<(.*<)?(\w+:)?ClinicalDocument[\s>]", re.S), ForeignFormat.CDA),
    (re.compile(rb"<(!doctype html|html|head|body|table|meta|style)\b", re.I), ForeignFormat.HTML),
    (re.compile(rb"<[?!]?[A-Za-z].*<html\b", re.I | re.S), ForeignFormat.HTML),
    (re.compile(rb"<([?!][A-Za-z-]|[A-Za-z][\w:.-]*[\s>/])"), ForeignFormat.XML),
    (re.compile(rb"\xd0\xcf\x11\xe0"), ForeignFormat.OLD_OFFICE),
    (re.compile(rb"\{\\rtf"), ForeignFormat.RTF),
    (
        re.compile(rb"\x89PNG|\xff\xd8\xff|GIF8|II\*\0|MM\0\*|RIFF....WEBP", re.S),
        ForeignFormat.IMAGE,
    ),
)
MARK = b"\xef\xbb\xbf"


def foreign_format(begins: bytes) -> ForeignFormat | None:
    """None for what may be a table.

    >>> foreign_format(b"patient,day"), foreign_format(b"%PDF-1.7").name
    (None, 'PDF')
    """
    text = begins.removeprefix(MARK).lstrip(b" \t\r\n")
    return next((of for start, of in BEGINNINGS if start.match(text)), None)


def format_of_zip(raw: bytes) -> ForeignFormat | None:
    """None for a workbook, and for what is too broken to tell."""
    try:
        with zipfile.ZipFile(BytesIO(raw)) as archive:
            members = set(archive.namelist())
    except Exception:  # a broken zip fails in many ways
        return None
    if "xl/workbook.xml" in members:
        return None
    return ForeignFormat.WORD if "word/document.xml" in members else ForeignFormat.ZIP
