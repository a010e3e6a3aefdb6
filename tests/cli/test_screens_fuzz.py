"""Broken files of every shape: a run ends with counts or a sentence, in time, and writes nothing.

READINESS_FUZZ says how many files are broken, so that more can be tried: READINESS_FUZZ=10000.
"""

from __future__ import annotations

import gzip
import json
import os
import random
import signal
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from copy import deepcopy
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from readiness.cli.screens import screens
from readiness.imports.mapping_examples import EXAMPLES

DATA = Path(__file__).parents[1] / "data"
FILES = int(os.environ.get("READINESS_FUZZ", "400"))
BATCHES = 8
SECONDS = 120  # for one file, which takes far less than one
SEED = 20261122

NY = sorted((DATA / "ny1115").glob("*.csv"))
COUNTS = b"""schema_version,group_id,site_id,period,as_of_date,need,stratum_type,stratum,screened,\
positive
1,elm,ALL,2026-Q2,2026-07-15,food,total,total,100,20
1,elm,ALL,2026-Q2,2026-07-15,food,language,english,60,12
1,elm,ALL,2026-Q2,2026-07-15,food,language,unknown,40,8
"""
SEEDS: tuple[tuple[bytes, tuple[str, ...]], ...] = (
    *((path.read_bytes(), ()) for path in sorted((DATA / "fhir").glob("*json"))),
    *((path.read_bytes(), ()) for path in NY),
    (COUNTS, ()),
    *(
        ((DATA / table).read_bytes(), ("--mapping", str((DATA / table).with_suffix(".toml"))))
        for table in ("redcap/export.csv", "long/answers.csv", "long/judged.csv")
    ),
)
STRANGE: tuple[Any, ...] = (
    None, True, -1, 0.5, 1e308, 10**400, "", " ", "\0", "\ud800", "NaN", [], {}, [[]], [None],
    {"coding": None}, "9999-99-99", "2026-13-45T99:99:99Z", "LA33-6", "x" * 5_000,
)  # fmt: skip
SNIPPETS = (
    b"\0", b'"', b"'", b"|", b",", b"\r", b"\n\n", b"{", b"}", b"[" * 500, b"{" * 2_000,
    b"\xff\xfe", b"\xef\xbb\xbf", b"\x1f\x8b", b"PK\x03\x04", b"NaN", b"-" * 50, b"1e999",
    b'{"a":' * 300, b"=1+1", b"\xed\xa0\x80", b"9" * 400,
)  # fmt: skip

Breaking = Callable[[bytes, random.Random], bytes]


def flipped(content: bytes, luck: random.Random) -> bytes:
    raw = bytearray(content)
    for _ in range(luck.randint(1, 20)):
        raw[luck.randrange(len(raw))] = luck.randrange(256)
    return bytes(raw)


def cut(content: bytes, luck: random.Random) -> bytes:
    return content[: luck.randrange(len(content))]


def removed(content: bytes, luck: random.Random) -> bytes:
    start, end = sorted(luck.randrange(len(content)) for _ in range(2))
    return content[:start] + content[end:]


def repeated(content: bytes, luck: random.Random) -> bytes:
    start, end = sorted(luck.randrange(len(content)) for _ in range(2))
    return content[:end] + content[start:end] * luck.randint(1, 5) + content[end:]


def inserted(content: bytes, luck: random.Random) -> bytes:
    at = luck.randrange(len(content))
    return content[:at] + luck.choice(SNIPPETS) + content[at:]


def shuffled(content: bytes, luck: random.Random) -> bytes:
    lines = content.splitlines(keepends=True)
    luck.shuffle(lines)
    return b"".join(lines)


def packed(content: bytes, luck: random.Random) -> bytes:
    return flipped(gzip.compress(content), luck) if luck.random() < 0.5 else gzip.compress(content)


def misshapen(content: bytes, luck: random.Random) -> bytes:
    """JSON that is whole, with something strange in the place of some values."""
    try:
        found = [json.loads(line) for line in content.splitlines() if line.strip()]
    except ValueError:
        try:
            found = [json.loads(content)]
        except ValueError:
            return inserted(content, luck)
    for each in found:
        for _ in range(luck.randint(0, 3)):
            disturb(each, luck)
    return b"\n".join(json.dumps(each).encode() for each in found)


def disturb(value: Any, luck: random.Random) -> None:
    while isinstance(value, dict | list) and value:
        place = luck.choice(list(value)) if isinstance(value, dict) else luck.randrange(len(value))
        if not isinstance(value[place], dict | list) or luck.random() < 0.2:
            value[place] = deepcopy(luck.choice(STRANGE))
            return
        value = value[place]


BREAKING: tuple[Breaking, ...] = (
    flipped,
    cut,
    removed,
    repeated,
    inserted,
    shuffled,
    packed,
    misshapen,
    misshapen,
)


def broken(number: int) -> tuple[bytes, tuple[str, ...]]:
    """The same file for the same number, on every machine."""
    luck = random.Random(SEED + number)
    content, options = luck.choice(SEEDS)
    for _ in range(luck.randint(1, 3)):
        if content:
            content = luck.choice(BREAKING)(content, luck)
    return content, options


@contextmanager
def in_time() -> Iterator[None]:
    def stop(*_: object) -> None:
        os._exit(3)  # nothing may catch it

    before = signal.signal(signal.SIGALRM, stop)
    signal.alarm(SECONDS)
    try:
        yield
    finally:
        signal.alarm(0)
        signal.signal(signal.SIGALRM, before)


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_broken_file_ends_in_counts_or_in_a_sentence(batch, tmp_path, monkeypatch):
    writable, file = tmp_path / "writable", tmp_path / "sent"
    writable.mkdir()
    monkeypatch.chdir(writable)
    monkeypatch.setattr(tempfile, "tempdir", str(writable))
    for number in range(batch, FILES, BATCHES):
        content, options = broken(number)
        file.write_bytes(content)
        with in_time():
            done = CliRunner().invoke(
                screens, ["aggregate", str(file), "--explain", *options], env={"HOME": "."}
            )
        assert done.exit_code in (0, 2), f"file {number}: {done.stderr}"
        assert bool(done.stdout) == (done.exit_code == 0), f"file {number}"
        assert list(writable.rglob("*")) == [], f"file {number}"


@pytest.mark.parametrize("batch", range(BATCHES))
def test_a_broken_mapping_ends_in_a_sentence(batch, tmp_path):
    mapping = tmp_path / "mapping.toml"
    for number in range(batch, FILES // 8, BATCHES):
        luck = random.Random(SEED + number)
        content = luck.choice(list(EXAMPLES.values())).encode()
        mapping.write_bytes(luck.choice(BREAKING[:6])(content, luck))
        table = str(DATA / "long" / "answers.csv")
        with in_time():
            done = CliRunner().invoke(screens, ["aggregate", table, "--mapping", str(mapping)])
        assert done.exit_code in (0, 2), f"mapping {number}: {done.stderr}"
