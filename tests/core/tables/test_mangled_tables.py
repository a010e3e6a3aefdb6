"""Files broken in a thousand ways: read, or refused with a sentence; never a word of what they say.

Every file holds a planted word where a person would stand; no sentence, no place and no status may
repeat it.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator
from contextlib import suppress
from datetime import date

import pytest

from readiness.core.errors import BadInput
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.imports import long_table, ny1115, redcap
from readiness.imports.mapping import parse
from readiness.imports.mapping_models import LongMapping, RedcapMapping
from readiness.imports.referrals.models import FollowUp
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.models import PatientRecord, ScreenPart
from readiness.imports.service.screens import aggregate
from readiness.imports.template import reader as template
from tests.factories.readings import DATA, a_reading, file_of

pytestmark = pytest.mark.slow  # hundreds of mangled files

CODES = screening.load()
PLANTED = b"Zyxwvut"
ROUNDS = 250
Reader = Callable[[list[SourceFile], ReadContext], object]


def contents(folder: str) -> list[bytes]:
    return [
        path.read_bytes().replace(b"Planted", PLANTED)
        for path in sorted((DATA / folder).glob("*.csv"))
    ]


def mapping(path: str) -> LongMapping | RedcapMapping:
    found = parse((DATA / path).read_text(encoding="utf-8"), CODES)
    assert isinstance(found, LongMapping | RedcapMapping)
    return found


def told_in(found: Iterator[ScreenPart | PatientRecord | FollowUp]) -> list[tuple[str, str]]:
    """What may be shown of each screen; traits are turned into strata by whoever counts them."""
    return [(part.source, part.status) for part in found if isinstance(part, ScreenPart)]


def read_long(sources: list[SourceFile], reading: ReadContext) -> object:
    chosen = mapping("long/answers.toml")
    assert isinstance(chosen, LongMapping)
    return told_in(long_table.parts(sources[:1], reading, chosen, CODES))


def read_redcap(sources: list[SourceFile], reading: ReadContext) -> object:
    chosen = mapping("redcap/export.toml")
    assert isinstance(chosen, RedcapMapping)
    return told_in(redcap.parts(sources, reading, chosen, CODES))


def read_ny1115(sources: list[SourceFile], reading: ReadContext) -> object:
    return told_in(ny1115.parts(sources, reading, CODES))


def read_template(sources: list[SourceFile], reading: ReadContext) -> object:
    return template.read_template(sources[0], reading, date(2026, 11, 22), ("elm",), ("g1",))


def read_lists(sources: list[SourceFile], _: ReadContext) -> object:
    """Visits and referrals, each with its mapping; what may be shown of them."""
    texts = [(DATA / "lists" / f"{name}.toml").read_text("utf-8") for name in LISTS]
    found = aggregate(sources, mapping=texts)
    return found.report, list(found.step_counts.steps.values()), found.step_counts.left_out


LISTS = ("visits", "referrals")
READERS: dict[str, Reader] = {
    "lists": read_lists,
    "long": read_long,
    "redcap": read_redcap,
    "ny1115": read_ny1115,
    "template": read_template,
}
SPLICES = (
    b'"', b"\x00", b"\xff\xfe", b"\r", b"\n", b",", b"|", b";", b"\t", b"=1+1", b"-1", b"9" * 400,
    b"<script>", b"%s{0}", "é€".encode(), "é".encode("cp1252"), b"\x1f\x8b", b"PK\x03\x04",
    b"0001-01-01T00:00:00+14:00", b"9999-12-31T23:59:59-12:00", b"1e999", b"NaN", "٣".encode(),
)  # fmt: skip


def cut(raw: bytes, rng: random.Random) -> bytes:
    at = rng.randrange(len(raw) + 1)
    return raw[:at] if rng.random() < 0.5 else raw[at:]


def spliced(raw: bytes, rng: random.Random) -> bytes:
    for _ in range(rng.randint(1, 4)):
        at = rng.randrange(len(raw) + 1)
        raw = raw[:at] + rng.choice(SPLICES) + raw[at + rng.randint(0, 3) :]
    return raw


def shuffled(raw: bytes, rng: random.Random) -> bytes:
    lines = raw.split(b"\n")
    rng.shuffle(lines)
    return b"\n".join(lines)


def swapped(raw: bytes, rng: random.Random) -> bytes:
    """Two cells below the headings change places: a heading may be told, and this is no heading."""
    headings, _, raw = raw.partition(b"\n")
    mark = b"|" if raw.count(b"|") > raw.count(b",") else b","
    cells = raw.split(mark)
    one, other = rng.randrange(len(cells)), rng.randrange(len(cells))
    cells[one], cells[other] = cells[other], cells[one]
    return headings + b"\n" + mark.join(cells)


def flipped(raw: bytes, rng: random.Random) -> bytes:
    changed = bytearray(raw)
    for _ in range(rng.randint(1, 20)):
        changed[rng.randrange(len(changed))] = rng.randrange(256)
    return bytes(changed)


MANGLERS = (cut, spliced, shuffled, swapped, flipped)


@pytest.mark.parametrize("shape", READERS)
def test_a_mangled_file_is_read_or_refused_and_never_repeated(shape: str):
    rng = random.Random(f"{shape} 20261122")
    for _ in range(ROUNDS):
        raws = contents(shape)
        at = rng.randrange(len(raws)) if shape != "long" else 0
        for mangle in rng.sample(MANGLERS, rng.randint(1, 2)):
            raws[at] = mangle(raws[at], rng) or b"x"
        sources = [file_of(raw, label=f"file {n}") for n, raw in enumerate(raws, start=1)]
        reading = a_reading()
        found = outcome(READERS[shape], sources, reading)
        assert PLANTED.decode() not in found + repr(reading.report), "a word of the file is told"


def outcome(reader: Reader, sources: list[SourceFile], reading: ReadContext) -> str:
    """What was read or said, with all that an error drags along."""
    try:
        return repr(reader(sources, reading))
    except BadInput as error:
        dragged = None if error.__suppress_context__ else error.__context__
        return f"{error} {error.__cause__} {dragged}"


MAPPINGS = sorted(DATA.glob("*/*.toml"))


@pytest.mark.parametrize("path", MAPPINGS, ids=lambda path: path.stem)
def test_a_mangled_mapping_is_read_or_refused(path):
    rng = random.Random(f"{path.stem} 20261122")
    for _ in range(ROUNDS):
        raw = path.read_bytes()
        for mangle in rng.sample(MANGLERS, rng.randint(1, 2)):
            raw = mangle(raw, rng) or b"x"
        with suppress(BadInput):
            parse(raw.decode("utf-8", errors="replace"), CODES)
