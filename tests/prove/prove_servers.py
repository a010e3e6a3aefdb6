"""Two servers on one file, each with eight people who save answers: nothing is lost or doubled."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from tests.factories.waiting import until
from tests.prove.figures import Figure, counted
from tests.prove.prove_kills import Writer, checked, fill, saves_of, stored, the_writers
from tests.prove.server import Server, command

SAVES_PER_ROUND = 10


def run(rounds: int, _: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        yield from figures(Server(Path(folder)), Server(Path(folder)), SAVES_PER_ROUND * rounds)


def figures(one: Server, other: Server, saves: int) -> Iterator[Figure]:
    before = stored(one.folder)
    writers = the_writers(one, sorted({item for item, _ in before}), before)
    for writer in writers[::2]:
        writer.port = other.port
    with one.serving(), other.serving():
        for writer in writers:
            writer.start()
        until(partial(have_saved, writers, saves))
        for writer in writers:
            writer.is_over.set()
        for writer in writers:
            writer.join()
    yield from checked(one.folder, before, writers)
    done = command(one.folder, "database", "check")
    yield counted("check of the file and its history", 1, [done.stdout] * bool(done.returncode))


def have_saved(writers: list[Writer], saves: int) -> bool:
    """Each of the two servers its half at least."""
    return min(saves_of(writers[::2]), saves_of(writers[1::2])) * 2 >= saves
