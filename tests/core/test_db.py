from __future__ import annotations

import sqlite3
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from readiness.core import db
from readiness.core.db import Store
from readiness.core.errors import NotReadable, NotSaved
from tests.factories import world
from tests.factories.small_disk import mounted
from tests.factories.waiting import PATIENCE, until


@pytest.fixture
def store(empty_store):
    return empty_store


def add(store, key):
    with store.writing():
        store.insert("attempts", {"key": key, "at": "2027-01-15"})


def add_and_fail(store, key):
    with store.writing():
        add(store, key)
        raise ZeroDivisionError


def add_many(store, count):
    with store.writing():
        for number in range(count):
            add(store, f"{number}" * 50)


def keys(store):
    return [row["key"] for row in store.rows("select key from attempts order by key")]


def test_a_change_outside_a_transaction_is_a_mistake_of_ours(store):
    with pytest.raises(AssertionError):
        store.execute("delete from attempts")


def test_all_of_a_block_is_stored_or_nothing(store):
    with pytest.raises(ZeroDivisionError):
        add_and_fail(store, "one")
    assert keys(store) == []
    add(store, "two")
    assert keys(store) == ["two"]


def test_whoever_catches_an_inner_error_keeps_nothing_of_the_inner_block(store):
    with store.writing():
        add(store, "outer")
        with pytest.raises(ZeroDivisionError):
            add_and_fail(store, "inner")
        add(store, "after")
    assert keys(store) == ["after", "outer"]


def test_an_inner_block_is_undone_with_the_outer_one(store):
    with pytest.raises(ZeroDivisionError):
        add_and_fail(store, "inner")
    assert keys(store) == []


def keep(store, key):
    return store.keep(lambda: add(store, key))


def keep_and_fail(store, key):
    with store.writing():
        assert keep(store, key)
        raise ZeroDivisionError


def test_what_can_be_worked_out_again_is_kept_when_nobody_writes(store):
    assert keep(store, "one")
    assert keys(store) == ["one"]


def test_within_a_transaction_it_is_a_part_of_that_one(store):
    with pytest.raises(ZeroDivisionError):
        keep_and_fail(store, "one")
    assert keys(store) == []


def test_it_is_let_be_at_once_while_somebody_else_writes(store):
    with closing(Store(store.path)) as other, other.writing():
        assert not keep(store, "one")
    assert keep(store, "two")
    assert keys(store) == ["two"]


def test_it_is_let_be_at_once_while_another_program_holds_the_file(store):
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        assert not keep(store, "one")
    assert store.row("pragma busy_timeout") == {"timeout": 10_000}
    assert keep(store, "two")


def test_it_is_let_be_where_the_file_cannot_be_written(store):
    store.db.conn.execute("pragma query_only = on")
    assert not keep(store, "one")
    store.db.conn.execute("pragma query_only = off")
    assert keys(store) == []


def test_a_mistake_in_keeping_is_not_blamed_on_the_disk(store):
    with pytest.raises(sqlite3.OperationalError):
        store.keep(lambda: store.execute("update no_such_table set x = 1") and None)


def test_every_connection_keeps_references_and_flushes_to_disk(store):
    assert store.row("pragma foreign_keys") == {"foreign_keys": 1}
    assert store.row("pragma synchronous") == {"synchronous": 2}
    assert store.row("pragma journal_mode") == {"journal_mode": "wal"}


def test_a_full_disk_is_told_as_not_saved_and_leaves_nothing_behind(empty_database, tmp_path):
    with mounted(tmp_path / "disk") as disk:
        path = world.copy_of(empty_database, disk.folder)
        with closing(Store(Path(path))) as store:
            with pytest.raises(NotSaved):
                add_many(store, 200_000)
            assert keys(store) == []
            add(store, "later")
            assert keys(store) == ["later"]


def test_a_connection_opened_on_a_full_disk_reads_on(empty_database, tmp_path):
    with mounted(tmp_path / "disk") as disk:
        path = world.copy_of(empty_database, disk.folder)
        with closing(Store(path)) as before:
            add(before, "before")
        disk.fill()
        with closing(Store(path)) as opened:
            assert keys(opened) == ["before"]
            with pytest.raises(NotSaved):
                add(opened, "meanwhile")
            assert not keep(opened, "meanwhile")
        disk.make_room()
        with closing(Store(path)) as after:
            add(after, "after")
            assert keys(after) == ["after", "before"]


def test_what_stands_in_the_log_alone_is_never_left_out(empty_database, tmp_path):
    """A power cut may leave a log, and a disk no room to read it in: better no answer."""
    with mounted(tmp_path / "disk") as disk:
        path = world.copy_of(empty_database, disk.folder)
        with closing(Store(path)) as before:
            add(before, "before")
            log = path.with_name("readiness.db-wal").read_bytes()
        path.with_name("readiness.db-wal").write_bytes(log)
        disk.fill()
        with pytest.raises(NotReadable, match="cannot read its database just now"):
            Store(path)


def test_a_file_that_is_not_there_is_never_made_by_opening_it(tmp_path):
    with pytest.raises(NotReadable):
        Store(tmp_path / "readiness.db")
    assert list(tmp_path.iterdir()) == []


def test_a_change_waits_for_another_writer_no_longer_than_its_patience(store, monkeypatch):
    monkeypatch.setattr(db, "PATIENCE", 0.1)
    with closing(Store(store.path)) as other:
        with other.writing(), pytest.raises(NotSaved, match="somebody else has been saving"):
            add(store, "one")
        add(store, "two")
    assert keys(store) == ["two"]


def test_a_change_waits_for_another_program_no_longer_than_its_patience(store, monkeypatch):
    monkeypatch.setattr(db, "PATIENCE", 0.1)
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("begin immediate")
        with pytest.raises(NotSaved, match="somebody else has been saving"):
            add(store, "one")
        assert keys(store) == []
        other.execute("rollback")
    add(store, "two")
    assert keys(store) == ["two"]


def test_of_one_process_one_change_alone_waits_long(store, monkeypatch):
    """The others are refused soon, so that their threads go on answering whoever reads."""
    monkeypatch.setattr(db, "PATIENCE", PATIENCE)
    monkeypatch.setattr(db, "SHORT", 0.1)
    with ThreadPoolExecutor(4) as pool:
        with store.writing():
            changes = [pool.submit(add_elsewhere, store.path, str(number)) for number in range(4)]
            until(lambda: sum(each.done() for each in changes) == 3)
            assert [type(each.exception()) for each in changes if each.done()] == [NotSaved] * 3
        assert [each.exception() for each in changes].count(None) == 1
    assert len(keys(store)) == 1


def add_elsewhere(path, key):
    with closing(Store(path)) as other:
        add(other, key)


def test_a_lock_file_that_cannot_be_opened_is_told_as_not_saved(store):
    store.path = store.path / "not a folder"
    with pytest.raises(NotSaved):
        add(store, "one")


def test_a_mistake_of_ours_is_not_blamed_on_the_disk(store):
    with pytest.raises(sqlite3.OperationalError), store.writing():
        store.execute("update no_such_table set x = 1")
    with pytest.raises(sqlite3.IntegrityError), store.writing():
        store.insert("sites", {"id": "s", "group_id": "nowhere", "name": "S"})
    add(store, "after")
    assert keys(store) == ["after"]


WRITER = """
import sys
from pathlib import Path
from readiness.core.db import Store
store = Store(Path(sys.argv[1]))
for number in range(40):
    with store.writing():
        n = store.row("select count(*) as n from attempts")["n"]
        store.insert("attempts", {"key": str(n), "at": "2027-01-15"})
"""


@pytest.mark.slow
def test_processes_that_read_and_then_write_wait_for_each_other(store):
    """Without the lock and an immediate transaction each would write a number twice, or fail."""
    command = [sys.executable, "-c", WRITER, str(store.path)]
    writers = [subprocess.Popen(command) for _ in range(3)]
    assert [writer.wait(timeout=600) for writer in writers] == [0, 0, 0]
    assert sorted(map(int, keys(store))) == list(range(120))


def test_a_file_opened_for_reading_is_not_written(store, tmp_path):
    store.db.conn.execute("pragma wal_checkpoint(truncate)")
    with closing(Store.reading(store.path)) as reading, pytest.raises(NotSaved):
        add(reading, "one")


def test_a_question_that_would_change_something_is_a_mistake_of_ours(store):
    with pytest.raises(AssertionError):
        list(store.rows("delete from attempts returning key"))


def test_a_question_opens_no_savepoint(store):
    asked: list[str] = []
    store.db.conn.set_trace_callback(asked.append)
    assert store.row("select 1 as one") == {"one": 1}
    assert asked == ["select 1 as one"]
