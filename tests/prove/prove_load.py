"""Two hundred people answer, twenty read a portfolio of 5,000 groups, five documents are printed at
a time and a scenario is solved, for five minutes (a round is a second and a half).

Every request is answered as it should be. The waits and the memory are printed beside what is
aimed at and not judged: they are the machine's too, which drives the load as well.
"""

from __future__ import annotations

import http.client
import statistics
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random

from readiness.accounts.db import groups, people
from readiness.assessments.service import answering
from readiness.core.db import Session, Store
from readiness.core.migrations import migrate
from readiness.core.people import Group, Membership, Person, Role
from readiness.instruments import loader as instruments
from tests.factories import allocations, payers, portfolio, world
from tests.factories.processes import children
from tests.factories.waiting import until
from tests.prove.figures import Figure, counted
from tests.prove.server import FORM, Browser, Server

GROUPS, TEAMS, IN_TEAM, READERS, PAPERS = 5_000, 20, 10, 20, 5
SECONDS_PER_ROUND = 1.5
BETWEEN_SAVES, BETWEEN_PAGES = 5, 10  # seconds
AIM = "p99 of a save under 250 ms"
TAKEN = {200, 202, 303}


@dataclass
class Load:
    """What everybody sent, and how they were answered."""

    waits: dict[str, list[float]] = field(default_factory=dict)
    faults: list[str] = field(default_factory=list)
    ready: int = 0  # people who have signed in and wait for the others
    begins: threading.Event = field(default_factory=threading.Event)
    is_over: threading.Event = field(default_factory=threading.Event)
    lock: threading.Lock = field(default_factory=threading.Lock)

    def ask(self, kind: str, request: Callable[[], tuple[int, bytes]]) -> bytes:
        began = time.perf_counter()
        try:
            status, reply = request()
        except (OSError, http.client.HTTPException) as error:
            status, reply = 0, repr(error).encode()
        with self.lock:
            self.waits.setdefault(kind, []).append(time.perf_counter() - began)
            if status not in TAKEN:
                self.faults.append(f"{kind}: {status} {reply[:200].decode(errors='replace')}")
        return reply


def run(rounds: int, seed: int) -> Iterator[Figure]:
    with tempfile.TemporaryDirectory() as folder:
        fill(Path(folder))
        yield from figures(Server(Path(folder)), SECONDS_PER_ROUND * rounds, Random(seed))


def fill(folder: Path) -> None:
    with closing(Store.create(folder / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        seed = payers.sent_in(store).id
        allocations.add_solved(store, "a-scenario")
        for number in range(GROUPS - 1):
            portfolio.grow(store, f"g{number:04}", seed, float(number % 100))
        for number in range(TEAMS):
            add_team(store, f"team{number:02}")


def add_team(store: Store, name: str) -> None:
    """A group with an assessment that has no answer yet."""
    with store.writing():
        groups.add(store, Group(name, f"Group {name}"), world.NOW)
        person = Person(name, name.title(), world.email(name), True, world.NOW)
        people.add(store, person, world.HASHED)
        part = Membership(f"m-{name}", name, Role.PRACTICE_MANAGER, group_id=name, may_attest=True)
        people.join(store, part, world.NOW)
    session = Session(store, people.actor(store, name), world.NOW)
    answering.start(session, name, f"{name}-open", carries=False)


def figures(server: Server, seconds: float, luck: Random) -> Iterator[Figure]:
    load = Load()
    with server.serving():
        threads = [
            threading.Thread(target=each, daemon=True) for each in people_of(server, load, luck)
        ]
        for thread in threads:
            thread.start()
        until(lambda: load.ready == len(threads))  # signing in is no part of it
        load.begins.set()
        load.is_over.wait(min(20, seconds / 2))
        early = memory(server)
        load.is_over.wait(max(seconds - 20, seconds / 2))
        late = memory(server)
        load.is_over.set()
        for thread in threads:
            thread.join()
    yield counted(f"requests in {seconds:.0f} s", sum(map(len, load.waits.values())), load.faults)
    for kind, waits in sorted(load.waits.items()):
        if len(waits) > 1:
            yield Figure(f"{kind}: {said(waits)}", len(waits))
    yield Figure(f"MB of memory after 20 s, {late:,} at the end (aim: flat; {AIM})", early)


def said(waits: list[float]) -> str:
    cut = statistics.quantiles(waits, n=100)
    return f"median {1000 * cut[49]:,.0f} ms, p99 {1000 * cut[98]:,.0f} ms"


def memory(server: Server) -> int:
    """Megabytes of the server and of all that it started."""
    found, left = 0, [server.master.pid]
    while left:
        process = left.pop()
        left += children(process)
        try:
            status = Path(f"/proc/{process}/status").read_text()
        except OSError:
            continue
        found += next((int(x.split()[1]) for x in status.splitlines() if x.startswith("VmRSS")), 0)
    return found // 1024


def people_of(server: Server, load: Load, luck: Random) -> Iterator[Callable[[], None]]:
    items = [item.id for item in instruments.load("qmer").items]
    for team in range(TEAMS):
        for seat in range(IN_TEAM):
            mine, wait = items[seat * 5 : seat * 5 + 5], luck.uniform(0, BETWEEN_SAVES)
            yield partial(answers, server, load, f"team{team:02}", mine, wait)
    for _ in range(READERS):
        yield partial(reads, server, load, luck.uniform(0, BETWEEN_PAGES))
    for number in range(PAPERS):
        yield partial(prints, server, load, number)
    yield partial(solves, server, load)


def signed_in(server: Server, load: Load, name: str, wait: float = 0) -> Browser:
    browser = Browser(server.port)
    browser.sign_in(world.email(name), world.PASSWORD)
    with load.lock:
        load.ready += 1
    load.begins.wait()
    load.is_over.wait(wait)
    return browser


def answers(server: Server, load: Load, name: str, items: list[str], wait: float) -> None:
    browser = signed_in(server, load, name, wait)
    saves = 0
    while not load.is_over.wait(BETWEEN_SAVES):
        item, base = items[saves % len(items)], saves // len(items)
        content = {"choice": str(saves % 3), "note": f"save {saves}", "base": base}
        path = f"/assessments/{name}-open/items/{item}"
        load.ask("saves", partial(browser.put, path, content))
        saves += 1


def reads(server: Server, load: Load, wait: float) -> None:
    browser = signed_in(server, load, "pam", wait)
    page = 1
    while not load.is_over.wait(BETWEEN_PAGES):
        path = f"/payers/fair/portfolio?page={page}"
        load.ask("pages of the portfolio", partial(browser.get, path))
        page = page % 90 + 1


def prints(server: Server, load: Load, number: int) -> None:
    """One group's brief after the other: each is asked for until it is handed out."""
    browser = signed_in(server, load, "pam")
    while not load.is_over.is_set():
        path = f"/payers/fair/groups/g{number:04}/brief.pdf"
        if load.ask("documents", partial(browser.get, path)).startswith(b"%PDF"):
            number += PAPERS
        load.is_over.wait(2)


def solves(server: Server, load: Load) -> None:
    """Solved two hundred times under uncertainty, and again when that is done."""
    browser, path = signed_in(server, load, "pam"), "/payers/fair/investment/a-scenario"
    shake = partial(browser.send, "POST", f"{path}/shake", f"csrf_token={browser.token}", FORM)
    while not load.is_over.wait(5):
        if b"Stop it" not in load.ask("looks at the scenario", partial(browser.get, path)):
            load.ask("solving asked for", shake)
