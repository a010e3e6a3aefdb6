"""What a file is, told from how it begins and from its headings; its name is not trusted."""

from __future__ import annotations

import zlib
from enum import StrEnum

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import SourceFile
from readiness.core.tables.packed import GZIP
from readiness.core.tables.reader import header_of
from readiness.imports import data_value_table, ny1115
from readiness.imports.fhir.documents import BOM
from readiness.imports.template import models as template

BEGINNING = 4096  # bytes
UNREADABLE = "The file cannot be read. Check that it is still there."


class FileFormat(StrEnum):
    FHIR = "fhir"
    NY1115 = "ny1115"
    TEMPLATE = "template"
    DATA_VALUES = "data_values"
    TABLE = "table"  # of somebody's own: a mapping says what it holds


def format_of(source: SourceFile) -> FileFormat:
    begins = first_bytes(source)
    shown = inflate(begins) if begins.startswith(GZIP) else begins
    if shown.removeprefix(BOM).lstrip().startswith((b"{", b"[")):
        return FileFormat.FHIR
    header = header_of(source)
    if template.is_ours(header):
        return FileFormat.TEMPLATE
    if data_value_table.is_long(header):
        return FileFormat.DATA_VALUES
    return FileFormat.NY1115 if ny1115.kind_of(header) else FileFormat.TABLE


def first_bytes(source: SourceFile) -> bytes:
    try:
        with source.open() as stream:
            return stream.read(BEGINNING)
    except OSError:
        raise BadInput([Problem(source.label, UNREADABLE)]) from None


def inflate(begins: bytes) -> bytes:
    """As much as this beginning holds, and no more than one needs."""
    try:
        return zlib.decompressobj(wbits=31).decompress(begins, BEGINNING)
    except zlib.error:
        return b""
