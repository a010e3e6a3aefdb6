"""The tables of the first release, and the way on from them."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path
from sqlite3 import IntegrityError

import pytest
from sqlite_utils import Database, Migrations

from app import create_app
from readiness.accounts.db import groups
from readiness.cli.database import bring_up_to_date, problems
from readiness.core import backup, migrations
from readiness.core.db import Store
from readiness.core.errors import WrongState
from readiness.core.people import Group
from readiness.core.sealing import key_path
from tests.conftest import settings_for
from tests.factories import world

NOW = world.NOW


@pytest.fixture
def next_release(monkeypatch):
    """A release that adds a column, as the next one may."""
    later = Migrations("readiness")
    for step in migrations.migrations.pending(Database(memory=True)):
        later(name=step.name)(step.fn)

    def add_a_column(db):
        migrations.run(db, "alter table groups add column region text not null default ''")

    later()(add_a_column)
    monkeypatch.setattr(migrations, "migrations", later)


@pytest.fixture
def database(tmp_path) -> Path:
    """Of the first release, with people and groups in it."""
    path: Path = tmp_path / "readiness.db"
    bring_up_to_date(path, NOW)
    with closing(Store(path)) as store:
        world.fill(store)
    return path


OLD_WORLD = (
    "insert into groups (id, name, created_at) values ('elm', 'Elm', '2026-12-01')",
    "insert into payers (id, name, created_at) values ('fair', 'Fair', '2026-12-01')",
    (
        "insert into people (id, name, email, created_at)"
        " values ('maya', 'Maya', 'maya@example.org', '2026-12-01')"
    ),
)
OLD_ASSESSMENT = (
    "insert into assessments (id, group_id, instrument_id, version, instrument_sha256, title,"
    " status, created_at, revision, changed_at) values ('a1', 'elm', 'qmer', '2026.1', '', 'First',"
    " 'submitted', '2026-12-01', 0, '2026-12-01')"
)
OLD_RUN = (
    "insert into runs (id, assessment_id, kind, engine_version, instrument_sha256, inputs_sha256,"
    " inputs, result, at) values ('r1', 'a1', 'claimed', '1', '', '', '{}', '{}', '2026-12-01')"
)


def test_standings_of_the_first_release_stay_as_those_of_the_newest_submission(
    tmp_path, monkeypatch
):
    first = Migrations("readiness")
    first()(migrations.first_release)
    path = tmp_path / "readiness.db"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", first)
        bring_up_to_date(path, NOW)
    with closing(Store(path)) as store, store.writing():
        for row in OLD_WORLD:
            store.execute(row)
        store.execute(OLD_ASSESSMENT)
        store.execute(OLD_RUN)
        store.execute(
            "insert into standings (group_id, assessment_id, run_id, tier, changed_at)"
            " values ('elm', 'a1', 'r1', 'T2', '2026-12-01')"
        )
    bring_up_to_date(path, NOW)
    with closing(Store(path)) as store:
        rows = list(store.rows("select group_id, assessment_id, is_newest, tier from standings"))
    assert rows == [{"group_id": "elm", "assessment_id": "a1", "is_newest": 1, "tier": "T2"}]
    assert problems(path) == []


def test_states_of_scenarios_stay_and_one_may_now_be_funded(tmp_path, monkeypatch):
    before = Migrations("readiness")
    for step in (
        migrations.first_release,
        migrations.one_standing_for_each_assessment,
        migrations.life_of_a_scenario,
    ):
        before()(step)
    path = tmp_path / "readiness.db"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", before)
        bring_up_to_date(path, NOW)
    state = "insert into allocation_statuses (allocation_id, number, name, state, at, person_id)"
    with closing(Store(path)) as store, store.writing():
        for row in OLD_WORLD:
            store.execute(row)
        store.execute(
            "insert into allocations (id, payer_id, name, asked_by, asked_at, settings, seed)"
            " values ('s1', 'fair', 'Spring', 'pam', '2027-01-15', '{}', 7)"
        )
        store.execute(f"{state} values ('s1', 1, 'Spring', 'approved', '2027-01-15', 'pam')")
    bring_up_to_date(path, NOW)
    with closing(Store(path)) as store:
        with store.writing():
            store.execute(f"{state} values ('s1', 2, 'Spring', 'funded', '2027-01-16', 'pam')")
        rows = list(store.rows("select number, state, awards from allocation_statuses"))
        with pytest.raises(IntegrityError, match="only ever added"), store.writing():
            store.execute("update allocation_statuses set name = 'Other'")
    assert [tuple(row.values()) for row in rows] == [(1, "approved", "[]"), (2, "funded", "[]")]
    assert problems(path) == []


def test_a_database_of_the_first_release_is_current(database):
    assert bring_up_to_date(database, NOW) == ([], None)


def test_an_upgrade_keeps_what_is_there_and_makes_a_backup_first(database, request):
    with closing(Store(database)) as store:
        before = groups.get(store, "elm")
    request.getfixturevalue("next_release")
    applied, backup = bring_up_to_date(database, NOW)
    assert applied == ["add_a_column"]
    assert backup
    assert backup.path.exists()
    with closing(Store(database)) as store:
        assert groups.get(store, "elm") == before
        assert store.row("select region from groups where id = 'elm'") == {"region": ""}
    assert problems(database) == []


def test_a_database_of_a_newer_release_is_refused(database, request):
    with pytest.MonkeyPatch.context() as patch:
        later = Migrations("readiness")
        for step in migrations.migrations.pending(Database(memory=True)):
            later(name=step.name)(step.fn)
        later(name="to_come")(lambda db: db.conn.execute("create table to_come (x)"))
        patch.setattr(migrations, "migrations", later)
        bring_up_to_date(database, NOW)
    with pytest.raises(WrongState, match=r"newer release.*\(to_come\).*database restore FILE"):
        bring_up_to_date(database, NOW)
    assert problems(database)[0].startswith("A newer release of this program")
    with pytest.raises(SystemExit, match="Install that release"):
        create_app(settings_for(database))


def test_a_file_of_another_program_is_refused_and_left_as_it_is(tmp_path):
    path = tmp_path / "readiness.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table events (seq integer, sha256 text)")
    with pytest.raises(WrongState, match="no whole database of this program"):
        bring_up_to_date(path, NOW)
    with pytest.raises(SystemExit, match="Check the path"):
        create_app(settings_for(path))
    with closing(sqlite3.connect(path)) as other:
        assert other.execute("select name from sqlite_schema").fetchall() == [("events",)]


def test_an_older_database_is_not_served_and_said_to_be_older(database, request):
    request.getfixturevalue("next_release")
    assert problems(database) == [migrations.OLDER]
    with pytest.raises(SystemExit, match="Run: flask database migrate"):
        create_app(settings_for(database))


def test_a_database_that_lost_a_part_is_not_served(database):
    with closing(sqlite3.connect(database)) as other:
        other.execute("drop trigger events_are_never_changed")
    assert "lacks the trigger events_are_never_changed" in problems(database)[0]
    with pytest.raises(SystemExit, match="first of 1 missing"):
        create_app(settings_for(database))


def test_every_statement_of_the_tables_is_run(tmp_path):
    with closing(Store.create(tmp_path / "readiness.db")) as store:
        migrations.migrate(store)
        made = {row["name"] for row in store.rows("select name from sqlite_master")}
    named = migrations.TABLES.read_text(encoding="utf-8").split("create ")[1:]
    words = [each.split()[2 if each.startswith("unique") else 1] for each in named]
    assert len(words) > 70
    assert set(words) <= made


def everything_in(folder: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}


def test_a_dry_run_tells_what_would_be_applied_and_changes_nothing(database, request):
    before = everything_in(database.parent)
    assert backup.rehearsed(database) == []
    request.getfixturevalue("next_release")
    assert backup.rehearsed(database) == ["add_a_column"]
    assert everything_in(database.parent) == before
    assert bring_up_to_date(database, NOW)[0] == ["add_a_column"]


def test_a_dry_run_makes_no_key_of_the_history(tmp_path, monkeypatch):
    """Of a database from before there were any, as the update itself would."""
    early = Migrations("readiness")
    for step in migrations.migrations.pending(Database(memory=True)):
        if step.name == "marks_that_need_a_key":
            break
        early(name=step.name)(step.fn)
    path = tmp_path / "readiness.db"
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", early)
        bring_up_to_date(path, NOW)
    assert backup.rehearsed(path)[0] == "marks_that_need_a_key"
    assert not key_path(path).exists()


def test_a_dry_run_meets_the_fault_that_the_update_would(database, monkeypatch):
    later = Migrations("readiness")
    for step in migrations.migrations.pending(Database(memory=True)):
        later(name=step.name)(step.fn)
    later(name="fails")(lambda db: db.conn.execute("insert into groups (id) values (null)"))
    monkeypatch.setattr(migrations, "migrations", later)
    before = everything_in(database.parent)
    with pytest.raises(IntegrityError):
        backup.rehearsed(database)
    assert everything_in(database.parent) == before
    assert [path for path in database.parent.iterdir() if path.is_dir()] == []


def test_the_former_release_comes_back_with_the_backup_made_before(database, monkeypatch):
    with monkeypatch.context() as patch:
        later = Migrations("readiness")
        for step in migrations.migrations.pending(Database(memory=True)):
            later(name=step.name)(step.fn)
        later(name="to_come")(lambda db: db.conn.execute("create table to_come (x)"))
        patch.setattr(migrations, "migrations", later)
        _, made = bring_up_to_date(database, NOW)
        with closing(Store(database)) as store, store.writing():
            groups.add(store, Group("late", "Saved since"), NOW)
    assert made
    with pytest.raises(SystemExit, match="Install that release"):
        create_app(settings_for(database))  # the former program, with the later file
    former = backup.restore(made.path, database, NOW)
    create_app(settings_for(database))
    assert problems(database) == []
    assert former
    for path, name in ((database, None), (former, "Saved since")):
        with closing(Store(path)) as store:
            row = store.row("select name from groups where id = 'late'")
        assert (row and row["name"]) == name
