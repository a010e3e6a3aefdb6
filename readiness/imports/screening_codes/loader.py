"""The screening instruments' codes: `codes/<version>.yaml` beside this file, sealed."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from readiness.imports.screening_codes.build import table_of
from readiness.imports.screening_codes.check import contradictions
from readiness.imports.screening_codes.file_format import CodeFile
from readiness.imports.screening_codes.models import CodeTable
from readiness.instruments import sealed_files
from readiness.instruments.sealed_files import seal_of, sealed_bytes

FOLDER = Path(__file__).parent


@cache
def load(version: str | None = None) -> CodeTable:
    """One version of the code table; without a version, the latest."""
    return read(sealed_bytes(FOLDER, "codes", version, "There are no screening codes"))


def read(raw: bytes) -> CodeTable:
    """The table in a file, or BadInput with everything that is wrong with it."""
    return table_of(sealed_files.read(raw, CodeFile, contradictions), seal_of(raw))
