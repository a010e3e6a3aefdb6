"""Web processes and their master are killed at random moments while sixteen people save answers.

Every save that was acknowledged is in the file afterwards as it was sent, whole; nothing is there
that nobody sent; the history holds; the server starts again without help.
"""

from __future__ import annotations

import http.client
import json
import sqlite3
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import TypeVar

from tests.factories.waiting import until
from tests.prove.figures import Figure, counted
from tests.prove.server import Browser, Server, command

WRITERS = 16
SECONDS = (0.1, 1.2)  # between two kills
MASTERS = 0.3  # of all kills
GROUPS = ("elm", "pine", "juniper")  # those of the demonstration that can answer
MANAGERS = {
    "elm": "manager@example.org",
    "pine": "manager.pine@example.org",
    "juniper": "manager.juniper@example.org",
}
NOT_NOW = 503  # in words: others have been saving for too long; nothing was stored
CUT_OFF = (OSError, http.client.HTTPException)
Answer = TypeVar("Answer")
Item = tuple[str, str]  # an assessment's id and an item's
Stored = dict[tuple[Item, int], tuple[int, str]]  # its revision -> level and note


def run(rounds: int, seed: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        yield from figures(Server(Path(folder)), rounds, Random(seed))


def fill(folder: Path) -> None:
    """With the demonstration."""
    for words in (("database", "migrate"), ("demo", "fill")):
        done = command(folder, *words)
        assert done.returncode == 0, done.stderr


def figures(server: Server, rounds: int, luck: Random) -> Iterator[Figure]:
    before = stored(server.folder)
    writers = the_writers(server, sorted({item for item, _ in before}), before)
    with server.serving():
        orphans = list(killed(server, writers, rounds, luck))
    yield Figure("kills survived", rounds)
    yield Figure(f"of them of the master; its workers ended within {max(orphans, default=0):.1f} s",
                 len(orphans))  # fmt: skip
    yield from checked(server.folder, before, writers)
    done = command(server.folder, "database", "check")
    yield counted("check of the file and its history", 1, [done.stdout] * bool(done.returncode))


@dataclass(eq=False)
class Writer(threading.Thread):
    """A manager who answers a few items over and over, and tries again when cut off."""

    number: int
    email: str
    items: list[Item]
    port: int
    revisions: dict[Item, int]
    sent: dict[Item, dict[str, int]] = field(default_factory=dict)  # note -> level
    acknowledged: Stored = field(default_factory=dict)
    cut_off: int = 0
    told_to_wait: int = 0
    refused: list[str] = field(default_factory=list)  # answers that a kill does not explain
    is_over: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        super().__init__(name=f"writer {self.number}", daemon=True)

    def run(self) -> None:
        with suppress(*CUT_OFF):  # the last one, which nobody answers any more
            self.go_on_saving()

    def go_on_saving(self) -> None:
        browser, saves = Browser(self.port), 0
        self.again(lambda: browser.sign_in(self.email))
        while not self.is_over.is_set():
            item = self.items[saves % len(self.items)]
            self.save(browser, item, saves % 3, f"writer {self.number} save {saves}")
            saves += 1

    def again(self, ask: Callable[[], Answer]) -> Answer:
        while True:
            try:
                return ask()
            except CUT_OFF:
                self.cut_off += 1
                if self.is_over.is_set():
                    raise
                time.sleep(0.05)

    def save(self, browser: Browser, item: Item, level: int, note: str) -> None:
        """The same again until there is an answer: who was cut off cannot know what came of it."""
        path = "/assessments/{}/items/{}".format(*item)
        self.sent.setdefault(item, {})[note] = level
        content = {"choice": str(level), "note": note, "base": self.revisions[item]}
        status, reply = self.again(lambda: browser.put(path, content))
        while status == NOT_NOW and not self.is_over.is_set():
            self.told_to_wait += 1
            time.sleep(0.05)
            status, reply = self.again(lambda: browser.put(path, content))
        if status == 200:
            self.revisions[item] = revision = json.loads(reply)["revision"]
            self.acknowledged[item, revision] = level, note
        elif status != NOT_NOW:
            self.refused.append(f"{status} to {note!r}: {reply[:200].decode(errors='replace')}")


def the_writers(server: Server, items: list[Item], before: Stored) -> list[Writer]:
    """Each with items of their own, so that what has to be there is known."""
    newest = {item: max(n for each, n in before if each == item) for item in items}
    made = []
    for number in range(WRITERS):
        group_id = GROUPS[number % len(GROUPS)]
        its_own = [item for item in items if item[0].startswith(group_id)]
        mine = its_own[number // len(GROUPS) :: 1 + WRITERS // len(GROUPS)]
        revisions = {item: newest[item] for item in mine}
        made.append(Writer(number, MANAGERS[group_id], mine, server.port, revisions))
    return made


def killed(server: Server, writers: list[Writer], rounds: int, luck: Random) -> Iterator[float]:
    """How many seconds the workers of each master that was killed outlived it."""
    for writer in writers:
        writer.start()
    try:
        for _ in range(rounds):
            until(partial(is_served, writers, saves_of(writers)))
            seconds, is_master = luck.uniform(*SECONDS), luck.random() < MASTERS
            time.sleep(seconds)
            if is_master:
                yield server.kill_master()
            else:
                server.kill_worker(luck.random())
    finally:
        for writer in writers:
            writer.is_over.set()
        for writer in writers:
            writer.join()


def is_served(writers: list[Writer], saves: int) -> bool:
    return saves_of(writers) > saves


def saves_of(writers: list[Writer]) -> int:
    return sum(len(writer.acknowledged) for writer in writers)


# What is in the file


def stored(folder: Path) -> Stored:
    """Every revision of the answers of those who write here."""
    with closing(sqlite3.connect(folder / "readiness.db")) as connection:
        rows = connection.execute(
            "select a.assessment_id, a.item_id, a.revision, a.level, a.note from answers a"
            " join assessments s on s.id = a.assessment_id"
            " where s.status in ('in progress', 'changes requested')"
        )
        return {((assessment, item), n): (level, note) for assessment, item, n, level, note in rows}


def checked(folder: Path, before: Stored, writers: list[Writer]) -> Iterator[Figure]:
    now = stored(folder)
    acknowledged = {key: value for each in writers for key, value in each.acknowledged.items()}
    lost = [
        f"{key} should be {value} and is {now.get(key)}"
        for key, value in acknowledged.items()
        if now.get(key) != value
    ]
    yield counted("acknowledged saves checked", len(acknowledged), lost)
    sent = {
        (item, note, level)
        for each in writers
        for item, notes in each.sent.items()
        for note, level in notes.items()
    }
    added = {key: value for key, value in now.items() if key not in before}
    half = [
        f"{item} holds {note!r} at level {level} in revision {revision}"
        for (item, revision), (level, note) in added.items()
        if (item, note, level) not in sent or (item, revision - 1) not in now
    ]
    yield counted("revisions stored, each as it was sent and none left out", len(added), half)
    cut_off = sum(each.cut_off for each in writers)
    refused = [says for each in writers for says in each.refused]
    yield counted("requests cut off and sent again", cut_off, refused)
    waited = sum(each.told_to_wait for each in writers)
    yield Figure("told to wait while others save, and sent again", waited)
