"""Who set an instrument's cut points, when, on what, and what has not been done: a sealed record.

Its files are `standards/<instrument>/<version>.yaml` beside this one. The cut points themselves
stand in the instrument.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Annotated, Literal

from msgspec import Meta, Struct

from readiness.core.errors import NotFound
from readiness.core.typed_file import Finding, Id, Name, SomeTexts, Version
from readiness.instruments import sealed_files
from readiness.instruments.models import Instrument

FOLDER = Path(__file__).parent / "standards"
ABSENT = "There is no record of who set these cut points"


class StandardBasis(Struct, frozen=True):
    """One thing that a cut point rests on."""

    says: str
    sources: tuple[Id, ...]  # of the instrument; none: the authors' own judgment
    mark: Literal["V", "K", "E"]


class StandardSetting(Struct, frozen=True, kw_only=True):
    id: Name  # of the instrument whose cut points it is about
    version: Version
    standing: Annotated[str, Meta(min_length=1)]
    set_by: str
    in_short: str  # one sentence, for a document's page on method
    published_on: date
    method: str
    purpose: str
    rests_on: Annotated[tuple[StandardBasis, ...], Meta(min_length=1)]
    not_done: SomeTexts
    would_change: SomeTexts


@cache
def load(instrument_id: str, version: str) -> StandardSetting:
    """The record of one version; NotFound where an instrument of one's own has none."""
    return read(sealed_files.load_bytes(FOLDER, instrument_id, version, ABSENT))


def find(instrument: Instrument) -> StandardSetting | None:
    try:
        return load(instrument.id, instrument.version)
    except NotFound:
        return None


def read(raw: bytes) -> StandardSetting:
    """A record, or BadInput with everything that is wrong with the file."""
    return sealed_files.read(raw, StandardSetting, unsupported, [FOLDER])


def unsupported(written: StandardSetting) -> Iterator[Finding]:
    for place, basis in enumerate(written.rests_on):
        if not basis.sources and basis.mark != "E":
            at = ("rests_on", str(place), "mark")
            yield at, "without a source this is a judgment: mark it E, or name the source"
