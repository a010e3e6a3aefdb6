"""What an operator does, and what works in the background, while the disk takes nothing."""

from __future__ import annotations

from contextlib import closing

import pytest
from sqlite_utils import Database, Migrations

from readiness.accounts.db import groups
from readiness.cli.database import back_up, bring_up_to_date, problems
from readiness.core import backup, encryption, migrations
from readiness.core.db import Store
from readiness.core.errors import NotSaved
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import LOST_AFTER, Job, JobState
from readiness.core.jobs.service import Runner
from readiness.core.pdf.archive import DocumentArchive
from readiness.core.people import Group
from readiness.core.sealing import key_of
from tests.conftest import job_threads
from tests.factories import world
from tests.factories.waiting import until

NOW = world.NOW


@pytest.fixture
def database(disk, peopled_database):
    return world.copy_of(peopled_database, disk.folder)


@pytest.fixture
def next_release(monkeypatch):
    """A release with one more step, which wants more room than a small disk has."""
    later = Migrations("readiness")
    for step in migrations.migrations.pending(Database(memory=True)):
        later(name=step.name)(step.fn)

    def add_much(db):
        migrations.run(db, "create table much (what blob)")
        db.conn.execute("insert into much values (zeroblob(40000000))")

    later()(add_much)
    monkeypatch.setattr(migrations, "migrations", later)


def names(path):
    with closing(Store(path)) as store:
        return [group.name for group in groups.all_groups(store)]


def test_a_database_is_not_half_made(disk):
    disk.fill()
    path = disk.folder / "readiness.db"
    with pytest.raises(NotSaved):
        bring_up_to_date(path, NOW)
    disk.make_room()
    applied, copy = bring_up_to_date(path, NOW)
    assert applied[0] == "first_release"
    assert copy is None
    assert problems(path) == []


def test_an_update_without_room_for_its_copy_changes_nothing(disk, database, next_release):
    disk.fill()
    with pytest.raises(NotSaved, match="Make room"):
        bring_up_to_date(database, NOW)
    disk.make_room()
    assert names(database) == ["Elm Physicians", "Oak Physicians"]
    assert list((disk.folder / "backups").glob("*")) == []


def test_an_update_that_runs_out_of_room_changes_nothing(disk, database, next_release):
    with pytest.raises(NotSaved):
        bring_up_to_date(database, NOW)
    with closing(Store(database)) as store:
        assert not store.db["much"].exists()
        assert [each.name for each in migrations.migrations.pending(store.db)] == ["add_much"]
    (copy,) = (disk.folder / "backups").glob("*.db")
    assert backup.verify(copy, key_of(database)).path == copy


def test_a_full_disk_keeps_no_half_of_a_copy(disk, database):
    disk.fill()
    with pytest.raises(NotSaved, match="Make room on it, or name another disk"):
        back_up(database, None, NOW)
    disk.make_room()
    assert list((disk.folder / "backups").glob("*")) == []


def test_a_copy_that_has_no_room_leaves_the_former_one_of_its_name(disk, database):
    target = disk.folder / "copy.db"
    back_up(database, target, NOW)
    disk.fill()
    with pytest.raises(NotSaved):
        back_up(database, target, NOW)
    assert backup.verify(target, key_of(database)).path == target


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_the_database_is_copied_off_a_disk_that_takes_nothing(disk, database, tmp_path, how):
    begin = {"full": disk.fill, "read-only": disk.forbid_writing}[how]
    begin()
    made, _ = back_up(database, tmp_path / "elsewhere" / "copy.db", NOW)
    assert names(made.path) == ["Elm Physicians", "Oak Physicians"]
    assert problems(database) == []


@pytest.mark.parametrize("how", ["full", "read-only"])
def test_it_is_copied_off_such_a_disk_encrypted_too(disk, database, tmp_path, how):
    to = encryption.recipients(encryption.write_identity(tmp_path / "identity", NOW))
    begin = {"full": disk.fill, "read-only": disk.forbid_writing}[how]
    begin()
    made, _ = back_up(database, tmp_path / "elsewhere" / "copy.db", NOW, to)
    encryption.decrypt(made.path, clear := tmp_path / "clear.db", tmp_path / "identity")
    assert names(clear) == ["Elm Physicians", "Oak Physicians"]


def test_a_full_disk_keeps_no_half_of_an_encrypted_copy(disk, database, tmp_path):
    to = encryption.recipients(encryption.write_identity(tmp_path / "identity", NOW))
    disk.fill(but=300_000)
    before = sorted(disk.folder.iterdir())
    with pytest.raises(NotSaved, match="Make room on it, or name another disk"):
        back_up(database, disk.folder / "copy.db", NOW, to)
    assert sorted(disk.folder.iterdir()) == before


@pytest.mark.parametrize("room", [0, 1, 2], ids=["none", "a copy", "two copies"])
def test_a_restore_without_room_leaves_everything_as_it_was(disk, database, tmp_path, room):
    made, _ = back_up(database, tmp_path / "elsewhere" / "copy.db", NOW)
    with closing(Store(database)) as store:
        groups.add(store, Group("ash", "Ash"), NOW)
    before = sorted(disk.folder.iterdir())
    disk.fill(but=room * made.path.stat().st_size + 100_000)
    with pytest.raises(NotSaved, match="Make room"):
        backup.restore(made.path, database, NOW)
    disk.make_room()
    assert names(database) == ["Ash", "Elm Physicians", "Oak Physicians"]
    assert sorted(disk.folder.iterdir()) == before
    assert problems(database) == []


def test_work_that_meets_a_full_disk_ends_and_is_told_as_over(disk, database):
    def work(report):
        disk.fill()
        return lambda store, _: store.insert("attempts", {"key": "x" * 10**7, "at": "2027"})

    job = Job("j1", "a kind", "maya", NOW, NOW, group_id="elm", result_id="r1")
    with closing(Store(database)) as store:
        Runner(database).submit(store, job, work, lambda: NOW)
        until(lambda: not job_threads())
        later = NOW + 2 * LOST_AFTER
        told = jobs.follow(store, "r1", later)
        assert told
        assert told.state is JobState.FAILED
        disk.make_room()
        assert jobs.follow(store, "r1", later) == told
        assert jobs.get(store, "j1") == told


def pack_much(path):
    with DocumentArchive(path, NOW.date()) as pack:
        for number in range(30):
            pack.add(f"{number}.pdf", b"x" * 1024**2)
        pack.finish()


def test_a_pack_of_documents_that_fills_the_disk_is_refused_in_words(disk):
    with pytest.raises(NotSaved, match="Ask your administrator for room on it"):
        pack_much(disk.folder / "plans.zip")
