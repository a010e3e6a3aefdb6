"""One SQLite file: how it is opened, read and written.

Every write runs under a lock shared by all processes and inside `BEGIN IMMEDIATE`. A deferred
transaction that reads before it writes fails at once under contention, whatever the timeout, and
SQLite's own waiting is unfair: a saturated writer may starve for seconds.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Table

from readiness.core.errors import NotSaved
from readiness.core.people import Actor

AT_ONCE = fcntl.LOCK_EX | fcntl.LOCK_NB  # the lock, or an error where somebody has it
PATIENCE = 10  # seconds that a connection waits for another program
Parameters = Sequence[Any] | dict[str, Any]
QUESTIONS = frozenset(
    {"explain", "pragma", "select", "with"}
)  # how a statement that changes nothing begins

# What the disk, or a stranger in the file, may answer; anything else is a mistake of ours.
REFUSALS = frozenset(
    {
        sqlite3.SQLITE_BUSY,
        sqlite3.SQLITE_LOCKED,
        sqlite3.SQLITE_FULL,
        sqlite3.SQLITE_IOERR,
        sqlite3.SQLITE_READONLY,
        sqlite3.SQLITE_CANTOPEN,
        sqlite3.SQLITE_CORRUPT,
        sqlite3.SQLITE_NOTADB,
        sqlite3.SQLITE_NOMEM,
    }
)


def refuses(error: sqlite3.DatabaseError | OSError) -> bool:
    if isinstance(error, OSError):
        return True
    code = getattr(error, "sqlite_errorcode", None)
    return code is not None and code & 0xFF in REFUSALS  # the low byte is the kind


class Store:
    """A connection to the file. Cheap to open, one for each thread or request."""

    def __init__(self, path: Path) -> None:
        self.path = path
        connection = sqlite3.connect(
            path, timeout=PATIENCE, isolation_level=None, check_same_thread=False
        )
        self.db = Database(connection)
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
        self._depth = 0

    @classmethod
    def reading(cls, path: Path) -> Store:
        """A file that nobody writes, such as a backup: opened without touching it."""
        store = cls.__new__(cls)
        store.path, store._depth = path, 0
        address = f"{path.resolve().as_uri()}?mode=ro&immutable=1"
        store.db = Database(sqlite3.connect(address, uri=True, isolation_level=None))
        return store

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything inside is stored together, or nothing is.

        Blocks may nest: whoever catches the error of an inner one keeps nothing of it.
        """
        if self._depth:
            with self._savepoint():
                yield
            return
        try:
            with self._lock(), self._transaction():
                yield
        except (sqlite3.DatabaseError, OSError) as error:
            if not refuses(error):
                raise
            raise NotSaved(
                "This could not be saved: the disk or the database refused. "
                "Nothing was changed. Try again in a minute, or tell your administrator."
            ) from error

    def keep(self, change: Callable[[], None]) -> bool:
        """Store what can be worked out again, and say whether it was stored.

        Nobody waits for it and nothing fails by it: while somebody else writes, or where the disk
        or the database refuses, it is let be. Inside a transaction it is a part of that one.
        """
        if self._depth:
            change()
            return True
        try:
            with self._lock(AT_ONCE), self._without_waiting(), self._transaction():
                change()
        except (sqlite3.DatabaseError, OSError) as error:
            if not refuses(error):
                raise
            return False
        return True

    def locked(self) -> AbstractContextManager[None]:
        """Keep every writer out, without a transaction: for changing the whole file."""
        return self._lock()

    @contextmanager
    def _lock(self, how: int = fcntl.LOCK_EX) -> Iterator[None]:
        handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, how)
            yield
        finally:
            os.close(handle)  # closing lets go of the lock

    @contextmanager
    def _without_waiting(self) -> Iterator[None]:
        """For a program other than ours that holds the file without our lock."""
        self.db.conn.execute("pragma busy_timeout = 0")
        try:
            yield
        finally:
            self.db.conn.execute(f"pragma busy_timeout = {1000 * PATIENCE}")

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self.db.conn.execute("begin immediate")
            self._depth = 1
            yield
            self.db.conn.execute("commit")
        except BaseException:
            if self.db.conn.in_transaction:  # a full disk may have ended it already
                self.db.conn.execute("rollback")
            raise
        finally:
            self._depth = 0

    @contextmanager
    def _savepoint(self) -> Iterator[None]:
        name = f"inner_{self._depth}"
        self.db.conn.execute(f"savepoint {name}")
        self._depth += 1
        try:
            yield
        except BaseException:
            if self.db.conn.in_transaction:
                self.db.conn.execute(f"rollback to {name}")
                self.db.conn.execute(f"release {name}")
            raise
        else:
            self.db.conn.execute(f"release {name}")
        finally:
            self._depth -= 1

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Everything asked inside is answered as of one moment, whoever writes meanwhile."""
        if self.db.conn.in_transaction:
            yield
            return
        self.db.conn.execute("begin")
        try:
            yield
        finally:
            self.db.conn.execute("rollback")

    def table(self, name: str) -> Table:
        return self.db.table(name)

    def rows(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        """Asked as it stands: sqlite-utils would put each question into a savepoint of its own."""
        if sql.split(maxsplit=1)[0].lower() not in QUESTIONS:
            raise AssertionError("a change belongs into `execute`")
        cursor = self.db.conn.execute(sql, parameters)
        names = [column[0] for column in cursor.description]
        yield from (dict(zip(names, row, strict=True)) for row in cursor)

    def row(self, sql: str, parameters: Parameters = ()) -> dict[str, Any] | None:
        return next(self.rows(sql, parameters), None)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one change inside `writing()` and return how many rows it touched."""
        if not self._depth:
            raise AssertionError("a change belongs inside `with store.writing()`")
        return int(self.db.conn.execute(sql, parameters).rowcount)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        self.execute(f"insert into {table} ({names}) values ({marks})", dict(row))  # noqa: S608 - our names

    def close(self) -> None:
        self.db.close()


@dataclass(frozen=True)
class Session:
    """What one request, command or test acts with: the connection, the person and the moment."""

    store: Store
    actor: Actor
    now: datetime
