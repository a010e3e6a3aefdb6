"""The application in this process, with what every address needs, and what a request changed."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from flask.testing import FlaskClient
from werkzeug.routing import Rule

from app import create_app
from readiness.core.config import Settings
from readiness.core.db import Store
from tests.core.web import test_routes as routes
from tests.factories import everything, world

OF_SIGNING_IN = frozenset({"sessions", "attempts", "known_browsers"})
State = dict[str, int]  # by table


class Inside:
    """`visitors` are those of the table of routes; the clock stands still."""

    def __init__(self, folder: Path) -> None:
        self.path = folder / "readiness.db"
        with closing(Store.create(self.path)) as store:
            everything.fill(store)
            for person_id in routes.VISITORS[1:]:
                world.start_session(store, f"session-of-{person_id}", person_id, world.NOW)
            self.before = sqlite3.connect(":memory:")
            store.db.conn.backup(self.before)
        self.app = create_app(Settings(folder, "x" * 32, is_demo=True, quick_hashing=True))
        self.app.config.update(PROPAGATE_EXCEPTIONS=False, CLOCK=world.Clock())
        self.app.logger.disabled = True  # until it is closed: it is the whole process's
        self.seen = sqlite3.connect(self.path)
        self.version, self.state = -1, State()

    def client(self, visitor: str) -> FlaskClient:
        made = self.app.test_client()
        if visitor != "nobody":
            made.set_cookie(self.app.config["SIGN_IN_COOKIE"], f"session-of-{visitor}")
        return made

    def address(self, rule: Rule, visitor: str) -> str:
        return str(routes.address(self.app, rule, visitor))

    def changed(self) -> list[str]:
        """The tables in which something is not as it was at the last look, but for signing in."""
        (version,) = self.seen.execute("pragma data_version").fetchone()
        if version == self.version:
            return []
        before, self.version, self.state = self.state, version, dict(self.stored())
        return sorted(t for t in self.state if self.state[t] != before.get(t))

    def stored(self) -> Iterator[tuple[str, int]]:
        tables = self.seen.execute("select name from sqlite_schema where type = 'table'").fetchall()
        for (table,) in tables:
            if table not in OF_SIGNING_IN and not table.startswith("sqlite_"):
                rows = self.seen.execute(f"select * from {table}").fetchall()  # noqa: S608
                yield table, hash(tuple(rows))

    def put_back(self) -> None:
        """As it was in the beginning; what goes on in the background is stopped."""
        with closing(Store(self.path)) as store, store.writing():
            store.execute("update jobs set state = 'canceled' where ended_at is null")
        self.wait()
        with closing(sqlite3.connect(self.path)) as target:
            self.before.backup(target)
        self.changed()

    def wait(self) -> None:
        """Until what goes on in the background has ended."""
        for each in threading.enumerate():
            if each.name.startswith("job "):
                each.join()

    def close(self) -> None:
        self.put_back()
        self.seen.close()
        self.before.close()
        self.app.config["PRINTER"].close()
        self.app.logger.disabled = False


@contextmanager
def inside(folder: Path) -> Iterator[Inside]:
    made = Inside(folder)
    try:
        made.changed()
        yield made
    finally:
        made.close()
