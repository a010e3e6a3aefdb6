from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import UTC, datetime

import pytest

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.sealing import key_of


@pytest.fixture
def store(empty_store):
    return empty_store


AT = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


def an_event(number: int, **changes) -> Event:
    given = {"group_id": "elm", "detail": {"item": f"LEAD-{number}", "level": 2}} | changes
    return Event(AT, "maya", "answered", "assessment", "a1", **given)


@pytest.fixture
def store_with_history(store):
    with store.writing():
        for number in range(5):
            audit.record(store, an_event(number))
    return store


def record_and_fail(store, event):
    with store.writing():
        audit.record(store, event)
        raise ZeroDivisionError


def tamper(store, sql):
    for trigger in ("events_are_never_changed", "events_are_never_removed"):
        store.db.conn.execute(f"drop trigger {trigger}")
    store.db.conn.execute(sql)


def test_a_line_comes_back_as_it_was_told(store):
    with store.writing():
        audit.record(store, an_event(1, payer_id="fair"))
    assert audit.of_group(store, "elm") == [an_event(1, payer_id="fair")]
    assert audit.of_payer(store, "fair") == [an_event(1, payer_id="fair")]


@pytest.mark.parametrize(
    "sql", ["update events set verb = 'x'", "delete from events", "delete from events where seq=5"]
)
def test_the_history_is_append_only(store_with_history, sql):
    with pytest.raises(sqlite3.IntegrityError, match="append-only"):
        store_with_history.db.conn.execute(sql)
    assert audit.first_broken(store_with_history, key_of(store_with_history.path)) is None


@pytest.mark.parametrize(
    ("sql", "line"),
    [
        ("update events set verb = 'accepted' where seq = 2", 2),
        ("update events set detail = 'not json' where seq = 3", 3),
        ("update events set actor_id = 'omar' where seq = 1", 1),
        ("delete from events where seq = 4", 4),
        ("delete from events where seq = 1", 1),
        ("delete from events where seq >= 4", 4),
        ("delete from events", 1),
        ("update events set sha256 = before_sha256 where seq = 5", 5),
    ],
)
def test_a_line_that_was_changed_removed_or_cut_is_found(store_with_history, sql, line):
    tamper(store_with_history, sql)
    assert audit.first_broken(store_with_history, key_of(store_with_history.path)) == line


def test_lines_that_changed_places_are_found(store_with_history):
    tamper(
        store_with_history,
        "update events set seq = case seq when 2 then 30 else 2 end where seq in (2, 3)",
    )
    assert audit.first_broken(store_with_history, key_of(store_with_history.path)) == 2


def test_a_change_that_is_undone_leaves_no_line_and_no_gap(store_with_history):
    store = store_with_history
    with pytest.raises(ZeroDivisionError):
        record_and_fail(store, an_event(6))
    with store.writing():
        audit.record(store, an_event(7))
    assert audit.first_broken(store, key_of(store.path)) is None
    assert audit.head(store)[0] == 6


def test_the_history_is_read_newest_first_and_page_by_page(store_with_history):
    first = audit.lines(store_with_history, "group_id = ?", ("elm",), 2, None)
    assert [number for number, _ in first] == [5, 4]
    assert [n for n, _ in audit.lines(store_with_history, "group_id = ?", ("elm",), 9, 4)] == [
        3,
        2,
        1,
    ]
    assert audit.lines(store_with_history, "group_id = ?", ("oak",), 9, None) == []


def test_a_line_is_told_only_with_the_change_it_tells_of(store):
    with pytest.raises(AssertionError):
        audit.record(store, an_event(1))


def test_whoever_writes_while_the_history_is_checked_raises_no_alarm(store_with_history):
    """The lines and the counter that gave out their numbers are read as of one moment."""
    with closing(Store(store_with_history.path)) as other:

        def write(asked: str) -> None:
            if "sqlite_sequence" in asked:
                with other.writing():
                    audit.record(other, an_event(9))

        store_with_history.db.conn.set_trace_callback(write)
        assert audit.first_broken(store_with_history, key_of(store_with_history.path)) is None
        assert audit.head(other)[0] == 6
