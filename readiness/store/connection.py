"""One SQLite file: how it is opened, read and written.

Every write runs under a lock shared by all processes and inside `BEGIN IMMEDIATE`. A deferred
transaction that reads before it writes fails at once under contention, whatever the timeout, and
SQLite's own waiting is unfair: a saturated writer may starve for seconds.
"""

from __future__ import annotations

import fcntl
import os
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Table

from readiness.domain.errors import NotSaved

Parameters = Sequence[Any] | Mapping[str, Any]


class Store:
    """A connection to the file. Cheap to open, one for each thread or request."""

    def __init__(self, path: Path) -> None:
        self.path = path
        connection = sqlite3.connect(
            path, timeout=10, isolation_level=None, check_same_thread=False
        )
        self.db = Database(connection)
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
        self._depth = 0

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Everything inside is stored together, or nothing is. Blocks may nest."""
        if self._depth:
            self._depth += 1
            try:
                yield
            finally:
                self._depth -= 1
            return
        with self._lock(), self._transaction():
            yield

    @contextmanager
    def _lock(self) -> Iterator[None]:
        handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield
        finally:
            os.close(handle)  # closing lets go of the lock

    @contextmanager
    def _transaction(self) -> Iterator[None]:
        try:
            self.db.conn.execute("begin immediate")
            self._depth = 1
            yield
            self.db.conn.execute("commit")
        except sqlite3.OperationalError as error:  # disk full, I/O error, locked by a stranger
            self.db.rollback()
            raise NotSaved(
                "This could not be saved: the disk or the database refused. "
                "Nothing was changed. Try again in a minute, or tell your administrator."
            ) from error
        except BaseException:
            self.db.rollback()
            raise
        finally:
            self._depth = 0

    def table(self, name: str) -> Table:
        return self.db.table(name)

    def rows(self, sql: str, parameters: Parameters = ()) -> Iterator[dict[str, Any]]:
        yield from self.db.query(sql, parameters)

    def row(self, sql: str, parameters: Parameters = ()) -> dict[str, Any] | None:
        return next(iter(self.db.query(sql, parameters)), None)

    def execute(self, sql: str, parameters: Parameters = ()) -> int:
        """Run one change inside `writing()` and return how many rows it touched."""
        if not self._depth:
            raise AssertionError("a change belongs inside `with store.writing()`")
        return int(self.db.conn.execute(sql, parameters).rowcount)

    def insert(self, table: str, row: Mapping[str, Any]) -> None:
        names = ", ".join(row)
        marks = ", ".join(f":{name}" for name in row)
        self.execute(f"insert into {table} ({names}) values ({marks})", row)

    def close(self) -> None:
        self.db.close()
