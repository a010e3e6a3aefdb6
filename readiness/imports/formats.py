"""What a file is, told from how it begins and from its headings; its name is not trusted."""

from __future__ import annotations

import zlib
from enum import StrEnum

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import SourceFile
from readiness.core.tables.reader import header_of
from readiness.imports import ny1115
from readiness.imports.fhir.documents import BOM
from readiness.imports.packed import GZIP
from readiness.imports.template import models as template

BEGINNING = 4096  # bytes
PACKED_TABLE = "Only FHIR files are read as gzip. Unpack this file and send it again."
UNREADABLE = "The file cannot be read. Check that it is still there."


class FileFormat(StrEnum):
    FHIR = "fhir"
    NY1115 = "ny1115"
    TEMPLATE = "template"
    TABLE = "table"  # of somebody's own: a mapping says what it holds


def format_of(source: SourceFile) -> FileFormat:
    begins = first_bytes(source)
    is_packed = begins.startswith(GZIP)
    text = (inflate(begins) if is_packed else begins).removeprefix(BOM).lstrip()
    if text.startswith((b"{", b"[")):
        return FileFormat.FHIR
    if is_packed:
        raise BadInput([Problem(source.label, PACKED_TABLE)])
    header = header_of(source)
    if template.is_ours(header):
        return FileFormat.TEMPLATE
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
