"""A database is backed up, goes on, is damaged in one of many ways, and comes back whole.

Through the commands that an administrator types.
"""

from __future__ import annotations

import os
import sqlite3
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from random import Random

from tests.prove.figures import Figure, counted
from tests.prove.server import command

ROUNDS_OF_EACH = 20  # so many of the proof's rounds are one drill


def overwrite(path: Path, luck: Random) -> None:
    """Some pages of random bytes, as of a dying disk."""
    with path.open("r+b") as file:
        for _ in range(20):
            file.seek(luck.randrange(path.stat().st_size))
            file.write(luck.randbytes(4096))


def cut(path: Path, luck: Random) -> None:
    os.truncate(path, luck.randrange(1, path.stat().st_size))


def lose(path: Path, luck: Random) -> None:
    path.unlink()


def empty(path: Path, luck: Random) -> None:
    path.write_bytes(b"")


def swap(path: Path, luck: Random) -> None:
    """A file of another program, with a table of the same name."""
    path.unlink()
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table events (seq integer primary key, verb text)")
        other.commit()


def tamper(path: Path, luck: Random) -> None:
    with closing(sqlite3.connect(path)) as file:
        file.execute("update people set password_hash = 'mine'")
        file.commit()


DAMAGES: tuple[Callable[[Path, Random], None], ...] = (overwrite, cut, lose, empty, swap, tamper)


def run(rounds: int, seed: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        for words in (("database", "migrate"), ("demo", "fill")):
            done = command(Path(folder), *words)
            assert done.returncode == 0, done.stderr
        yield from figures(Path(folder), max(1, rounds // ROUNDS_OF_EACH), Random(seed))


def figures(folder: Path, times: int, luck: Random) -> Iterator[Figure]:
    drills = [DAMAGES[number % len(DAMAGES)] for number in range(times)]
    lost, unseen = [], []
    for damage in drills:
        noticed, fault = drilled(folder, damage, luck)
        lost += [f"{damage.__name__}: {fault}"] * bool(fault)
        unseen += [damage.__name__] * (not noticed)
    yield counted("restores drilled: backup, damage, restore, check", times, lost)
    yield counted("of the damages seen by the check before", times - len(unseen), unseen)


def drilled(folder: Path, damage: Callable[[Path, Random], None], luck: Random) -> tuple[bool, str]:
    """Whether the damage was noticed, and what is wrong after the restore."""
    path = folder / "readiness.db"
    made = command(folder, "database", "backup")
    if made.returncode:
        return False, f"no backup: {made.stderr}"
    before = contents(path)
    for each in (f"{path}-wal", f"{path}-shm"):
        Path(each).unlink(missing_ok=True)
    damage(path, luck)
    noticed = command(folder, "database", "check").returncode != 0
    restored = command(folder, "database", "restore", made.stdout.strip())
    checked = command(folder, "database", "check")
    if restored.returncode or checked.returncode:
        return noticed, f"{restored.stderr} {checked.stdout} {checked.stderr}"
    return noticed, "" if contents(path) >= before else "rows are missing"


def contents(path: Path) -> set[tuple[str, str]]:
    """Every row of every table."""
    with closing(sqlite3.connect(path)) as file:
        tables = file.execute("select name from sqlite_schema where type = 'table'").fetchall()
        return {
            (name, repr(row))
            for (name,) in tables
            for row in file.execute(f"select * from {name}")  # noqa: S608 - our own names
            if name != "sqlite_sequence"
        }
