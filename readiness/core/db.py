"""One SQLite file: how it is opened, read and written.

Every write runs under a lock shared by all processes and inside `BEGIN IMMEDIATE`. A deferred
transaction that reads before it writes fails at once under contention, whatever the timeout, and
SQLite's own waiting is unfair: a saturated writer may starve for seconds.
"""

from __future__ import annotations

import errno
import fcntl
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlite_utils import Database
from sqlite_utils.db import Table

from readiness.core.errors import NotReadable, NotSaved
from readiness.core.people import Actor
from readiness.core.sealing import FIRST, GONE, SEALED, content_of, key_of, next_seal, row_key

PATIENCE = 10  # seconds that a change waits for other writers, ours and other programs together
SHORT = 1  # seconds of waiting that any number of threads may spend
LONG_WAIT = threading.BoundedSemaphore(1)
PAUSE = 0.001  # seconds between two looks at the lock: a lock of the system knows no time limit
NOT_NOW = "Nothing was changed. Try again in a minute, or tell your administrator."
REFUSED = f"This could not be saved: the disk or the database refused. {NOT_NOW}"
BUSY = f"This could not be saved: somebody else has been saving for too long. {NOT_NOW}"
MISSING = (
    "The database is missing. Tell your administrator: a backup can be brought back with "
    "flask database restore, and a new one is made by flask database migrate."
)
UNREADABLE = f"The server cannot read its database just now. {NOT_NOW}"
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


DAMAGE = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
OTHERS = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})  # somebody else has the file


def kind_of(error: Exception) -> int | None:
    code = getattr(error, "sqlite_errorcode", None)
    return None if code is None else code & 0xFF  # the low byte


def refuses(error: sqlite3.DatabaseError | OSError) -> bool:
    return isinstance(error, OSError) or kind_of(error) in REFUSALS


def is_damage(error: Exception) -> bool:
    return kind_of(error) in DAMAGE


def has_no_room(error: Exception) -> bool:
    if isinstance(error, OSError):
        return error.errno == errno.ENOSPC
    return kind_of(error) in (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR)


def not_saved(error: sqlite3.DatabaseError | OSError) -> NotSaved:
    is_busy = isinstance(error, BlockingIOError) or kind_of(error) in OTHERS
    return NotSaved(BUSY if is_busy else REFUSED)


def wait_for(handle: int, until: float) -> None:
    """Take the lock, or say that it could not be had.

    Only one thread of a process waits for longer than SHORT: the others go on serving readers.
    """
    if taken(handle, min(until, time.monotonic() + SHORT)):
        return
    if not LONG_WAIT.acquire(blocking=False):
        raise BlockingIOError
    try:
        if not taken(handle, until):
            raise BlockingIOError
    finally:
        LONG_WAIT.release()


def taken(handle: int, until: float) -> bool:
    while True:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            if time.monotonic() >= until:
                return False
            time.sleep(PAUSE)
        else:
            return True


def connected(path: Path, how: str) -> sqlite3.Connection:
    return sqlite3.connect(
        f"{path.absolute().as_uri()}?{how}",
        uri=True,
        timeout=PATIENCE,
        isolation_level=None,
        check_same_thread=False,
    )


def for_reading_and_writing(path: Path) -> sqlite3.Connection:
    connection = connected(path, "mode=rw")
    try:
        for pragma in ("journal_mode = wal", "synchronous = full", "foreign_keys = on"):
            connection.execute(f"pragma {pragma}")
    except sqlite3.DatabaseError:
        connection.close()
        raise
    return connection


def for_reading(path: Path) -> sqlite3.Connection:
    return connected(path, "mode=ro&immutable=1")


def has_log(path: Path) -> bool:
    """Whether something saved stands beside the file only, where `for_reading` does not look."""
    log = path.with_name(f"{path.name}-wal")
    return log.exists() and log.stat().st_size > 0


class Store:
    """A connection to a file that is there. Cheap to open, one for each thread or request.

    SQLite keeps two files beside the first while anybody has it open. A full or read-only disk has
    no place for them: the file is then opened for reading alone, and each change is refused.
    """

    def __init__(self, path: Path) -> None:
        self.path, self._depth = path, 0
        if not path.exists():
            raise NotReadable(MISSING)
        try:
            try:
                connection = for_reading_and_writing(path)
            except sqlite3.DatabaseError as error:
                if not refuses(error) or kind_of(error) in DAMAGE | OTHERS or has_log(path):
                    raise
                connection = for_reading(path)
        except sqlite3.DatabaseError as error:
            if not refuses(error) or is_damage(error):
                raise
            raise NotReadable(UNREADABLE) from error
        self.db = Database(connection)

    @classmethod
    def create(cls, path: Path) -> Store:
        """Open the file, made where there is none: for bringing a database up to date alone."""
        try:
            path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
            os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
        except OSError as error:
            raise NotSaved(REFUSED) from error
        return cls(path)

    @classmethod
    def reading(cls, path: Path) -> Store:
        """A file that nobody writes, such as a backup: opened without touching it."""
        store = cls.__new__(cls)
        store.path, store._depth = path, 0
        store.db = Database(for_reading(path))
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
            with self._lock(PATIENCE) as left, self._waiting(left), self._transaction():
                yield
        except (sqlite3.DatabaseError, OSError) as error:
            if not refuses(error):
                raise
            raise not_saved(error) from error

    def keep(self, change: Callable[[], None]) -> bool:
        """Store what can be worked out again, and say whether it was stored.

        Nobody waits for it and nothing fails by it: while somebody else writes, or where the disk
        or the database refuses, it is let be. Inside a transaction it is a part of that one.
        """
        if self._depth:
            change()
            return True
        try:
            with self._lock(0) as left, self._waiting(left), self._transaction():
                change()
        except (sqlite3.DatabaseError, OSError) as error:
            if not refuses(error):
                raise
            return False
        return True

    def locked(self) -> AbstractContextManager[float]:
        """Keep every writer out, without a transaction: for changing the whole file."""
        return self._lock(PATIENCE)

    @contextmanager
    def _lock(self, patience: float) -> Iterator[float]:
        """The lock that all our processes write under; gives the seconds of patience left."""
        until = time.monotonic() + patience
        handle = os.open(f"{self.path}.lock", os.O_RDWR | os.O_CREAT, 0o600)
        try:
            wait_for(handle, until)
            yield max(0.0, until - time.monotonic())
        finally:
            os.close(handle)  # closing lets go of the lock

    @contextmanager
    def _waiting(self, seconds: float) -> Iterator[None]:
        """For a program other than ours that holds the file without our lock."""
        self.db.conn.execute(f"pragma busy_timeout = {int(1000 * seconds)}")
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
        try:
            cursor = self.db.conn.execute(sql, parameters)
            names = [column[0] for column in cursor.description]
            yield from (dict(zip(names, row, strict=True)) for row in cursor)
        except sqlite3.DatabaseError as error:
            if self._depth or not refuses(error) or is_damage(error):
                raise
            raise NotReadable(UNREADABLE) from error

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
        if table in SEALED:
            self.seal(table, {name: row[name] for name in SEALED[table][0]})

    def seal(self, table: str, where: Mapping[str, Any]) -> None:
        """Mark the rows that these values name, as they stand now."""
        test = " and ".join(f"{name} = :{name}" for name in where)
        rows = self.rows(f"select * from {table} where {test}", dict(where))  # noqa: S608
        self.add_seals((table, row_key(table, row), row) for row in list(rows))

    def add_seals(self, marked: Iterable[tuple[str, str, Mapping[str, Any] | None]]) -> None:
        """One for each (table, key of the row, the row or None where it is gone)."""
        key = key_of(self.path)
        before = self.last_mark()
        for table, of_row, row in marked:
            content = content_of(key, table, row) if row else GONE
            seal = next_seal(key, before, table, of_row, content)
            self.insert("row_seals", vars(seal))
            before = seal.mark

    def last_mark(self) -> str:
        last = self.row("select mark from row_seals order by seq desc limit 1")
        return last["mark"] if last else FIRST

    def seal_gone(self) -> None:
        """After a removal: what was marked and is no more was taken out by us."""
        with self.writing():
            self.add_seals([(table, of_row, None) for table, of_row in self.unexplained()])

    def unexplained(self) -> list[tuple[str, str]]:
        """(table, key) of the rows that were marked, are not there and were not removed by us."""
        there = {
            (table, row_key(table, row)) for table in SEALED for row in self.rows(keys_sql(table))
        }
        newest = self.rows(
            "select table_name, row_key from row_seals where content <> ''"
            " and seq in (select max(seq) from row_seals group by table_name, row_key)"
        )
        marked = ((row["table_name"], row["row_key"]) for row in newest)
        return [each for each in marked if each not in there]

    def close(self) -> None:
        self.db.close()


def keys_sql(table: str) -> str:
    return f"select {', '.join(SEALED[table][0])} from {table}"  # noqa: S608 - our names


@dataclass(frozen=True)
class Session:
    """What one request, command or test acts with: the connection, the person and the moment."""

    store: Store
    actor: Actor
    now: datetime
