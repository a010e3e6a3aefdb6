from __future__ import annotations

import json
import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime, timedelta

import pytest
from sqlite_utils import Migrations

from readiness.accounts.db import groups
from readiness.core import audit, backup, encryption, migrations, retention, verification
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import BadInput, NotFound, NotSaved, WrongState
from readiness.core.people import Group
from readiness.core.sealing import key_of, key_path


@pytest.fixture
def store(empty_store):
    return empty_store


AT = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def filled(store):
    with store.writing():
        groups.add(store, Group("elm", "Elm"), AT)
        audit.record(store, Event(AT, "ada", "added", "group", "elm"))
    return store


def names(path):
    with closing(Store(path)) as store:
        return [group.name for group in groups.all_groups(store)]


def test_a_copy_holds_what_the_file_held_and_is_anchored(filled, tmp_path):
    made = backup.make(filled, tmp_path / "copies" / "one.db", AT)
    said = json.loads(made.manifest.read_text())
    assert (said["sha256"], said["lines"], said["head"]) == (
        backup.sha256_of(made.path),
        *audit.head(filled),
    )
    assert names(made.path) == ["Elm"]


def test_a_copy_is_made_while_somebody_is_writing(filled, tmp_path):
    with closing(Store(filled.path)) as other, other.writing():
        groups.add(other, Group("oak", "Oak"), AT)
        made = backup.make(filled, tmp_path / "one.db", AT)
    assert names(made.path) == ["Elm"]


def test_a_copy_of_a_broken_history_is_refused_and_leaves_no_file(filled, tmp_path):
    filled.db.conn.execute("drop trigger events_are_never_changed")
    filled.db.conn.execute("update events set verb = 'removed'")
    with pytest.raises(BadInput, match="at line 1"):
        backup.make(filled, tmp_path / "copies" / "one.db", AT)
    assert list((tmp_path / "copies").iterdir()) == []


def test_a_backup_comes_back_and_the_former_file_is_kept(filled, tmp_path):
    made = backup.make(filled, tmp_path / "one.db", AT)
    groups.add(filled, Group("oak", "Oak"), AT)
    former = backup.restore(made.path, filled.path, AT)
    assert names(filled.path) == ["Elm"]
    assert names(former) == ["Elm", "Oak"]


def test_somebody_reading_meanwhile_sees_one_state_or_the_other(filled, tmp_path):
    made = backup.make(filled, tmp_path / "one.db", AT)
    groups.add(filled, Group("oak", "Oak"), AT)
    with closing(Store(filled.path)) as reader:
        reader.db.conn.execute("begin")
        assert len(groups.all_groups(reader)) == 2
        backup.restore(made.path, filled.path, AT)
        assert len(groups.all_groups(reader)) == 2
        reader.db.conn.execute("commit")
        assert len(groups.all_groups(reader)) == 1


def test_a_backup_comes_back_where_there_was_nothing(filled, tmp_path):
    made = backup.make(filled, tmp_path / "one.db", AT)
    (tmp_path / "new").mkdir()
    shutil.copy(key_path(filled.path), tmp_path / "new")
    assert backup.restore(made.path, tmp_path / "new" / "readiness.db", AT) is None
    assert names(tmp_path / "new" / "readiness.db") == ["Elm"]


def test_a_backup_replaces_a_damaged_file_which_is_kept_as_it_lies(filled, tmp_path):
    made = backup.make(filled, tmp_path / "one.db", AT)
    damaged = tmp_path / "damaged.db"
    damaged.write_bytes(b"this is no database" * 1000)
    former = backup.restore(made.path, damaged, AT)
    assert names(damaged) == ["Elm"]
    assert former is not None
    assert former.read_bytes().startswith(b"this is no database")


@pytest.mark.parametrize("spoil", ["byte", "manifest", "cut", "gone"])
def test_a_backup_that_is_not_what_it_was_is_refused(filled, tmp_path, spoil):
    made = backup.make(filled, tmp_path / "one.db", AT)
    whole = made.path.read_bytes()
    if spoil == "byte":
        made.path.write_bytes(whole[:5000] + b"\xff" + whole[5001:])
    elif spoil == "cut":
        made.path.write_bytes(whole[: len(whole) // 2])
    elif spoil == "manifest":
        made.manifest.unlink()
    else:
        made.path.unlink()
    groups.add(filled, Group("oak", "Oak"), AT)
    with pytest.raises((BadInput, NotFound)):
        backup.restore(made.path, filled.path, AT)
    assert names(filled.path) == ["Elm", "Oak"]


@pytest.mark.parametrize(
    "said", ["[]", "null", '"x"', "{}", '{"sha256": 1}', "[" * 100_000, "\xff"]
)
def test_a_manifest_that_says_nothing_is_refused_in_words(filled, tmp_path, said):
    made = backup.make(filled, tmp_path / "one.db", AT)
    made.manifest.write_bytes(said.encode("latin-1"))
    with pytest.raises(BadInput, match=r"manifest|beside its backup"):
        backup.restore(made.path, filled.path, AT)
    assert names(filled.path) == ["Elm"]


def test_a_restore_waits_for_nobody_who_holds_the_file(filled, tmp_path, monkeypatch):
    made = backup.make(filled, tmp_path / "one.db", AT)
    stranger = sqlite3.connect(filled.path, isolation_level=None)
    stranger.execute("begin immediate")  # not one of our own writers: it takes no lock
    monkeypatch.setattr(backup, "PATIENCE_MS", 100)
    with pytest.raises(NotSaved, match="in use"):
        backup.restore(made.path, filled.path, AT)
    stranger.execute("rollback")
    stranger.close()
    assert names(filled.path) == ["Elm"]


@pytest.fixture
def older(tmp_path, monkeypatch):
    """A backup made by an earlier release."""
    first = Migrations("readiness")
    first()(migrations.first_release)
    with monkeypatch.context() as patch:
        patch.setattr(migrations, "migrations", first)
        with closing(Store.create(tmp_path / "older.db")) as store:
            migrations.migrate(store)
            groups.add(store, Group("ash", "Ash"), AT)
            return backup.make(store, tmp_path / "copies" / "older.db", AT).path


def test_a_backup_of_an_earlier_release_is_brought_up_to_date_on_the_way(filled, older):
    backup.restore(older, filled.path, AT)
    with closing(Store(filled.path)) as store:
        assert migrations.is_current(store)
        assert verification.problems(store, key_of(filled.path)) == []
    assert names(filled.path) == ["Ash"]
    with closing(Store.reading(older)) as store:
        assert not migrations.is_current(store)  # the backup itself stays as it was


def test_getting_ready_changes_nothing_and_leaves_nothing(filled, older):
    before = sorted(filled.path.parent.iterdir())
    with backup.prepared(older, filled.path, AT) as ready:
        assert "one_standing_for_each_assessment" in ready.applied
    assert names(filled.path) == ["Elm"]
    assert sorted(filled.path.parent.iterdir()) == before


def manifested(path):
    backup.manifest_of(path).write_text(json.dumps({"sha256": backup.sha256_of(path)}))
    return path


def test_a_file_of_another_program_is_refused_though_it_has_a_manifest(filled, tmp_path):
    path = tmp_path / "other.db"
    with closing(sqlite3.connect(path)) as other:
        other.execute("create table events (seq integer, sha256 text)")
    with pytest.raises(BadInput, match="no whole database of this program"):
        backup.restore(manifested(path), filled.path, AT)
    assert names(filled.path) == ["Elm"]


def test_a_backup_of_a_newer_release_is_refused(filled, tmp_path):
    path = backup.make(filled, tmp_path / "one.db", AT).path
    with closing(sqlite3.connect(path)) as newer:
        newer.execute(
            "insert into _sqlite_migrations (migration_set, name, applied_at)"
            " values ('readiness', 'to_come', '2028-01-01')"
        )
        newer.commit()
    with pytest.raises(BadInput, match="Install that release"):
        backup.restore(manifested(path), filled.path, AT)
    assert names(filled.path) == ["Elm"]


def test_a_log_left_by_a_lost_database_is_not_taken_for_the_next_ones(filled, tmp_path):
    made = backup.make(filled, tmp_path / "one.db", AT)
    groups.add(filled, Group("oak", "Oak"), AT)
    place = tmp_path / "new" / "readiness.db"
    place.parent.mkdir()
    log = filled.path.with_name("readiness.db-wal")
    assert log.stat().st_size
    shutil.copy(key_path(filled.path), place.parent)
    shutil.copy(log, place.parent)  # killed, and the file itself removed
    assert backup.restore(made.path, place, AT) is None
    assert names(place) == ["Elm"]


def test_the_newest_copies_are_kept(filled, tmp_path):
    folder = tmp_path / "backups"
    for day in range(16):
        at = AT + timedelta(days=day)
        backup.make(filled, backup.next_path(folder, at), at)
    kept_by_hand = backup.make(filled, folder / "before-update.db", AT)
    removed = backup.rotate(folder)
    assert [path.name for path in removed] == [
        "readiness-20270115T120000Z.db",
        "readiness-20270116T120000Z.db",
    ]
    assert len(list(folder.glob("readiness-*.db"))) == 14
    assert len(list(folder.glob("readiness-*.json"))) == 14
    assert kept_by_hand.path.exists()


@pytest.fixture
def identity(tmp_path):
    """The file of a secret key, and for whom backups are."""
    path = tmp_path / "identity"
    return path, encryption.recipients(encryption.write_identity(path, AT))


def test_an_encrypted_backup_comes_back_with_its_key_and_no_other(filled, tmp_path, identity):
    secret, to = identity
    made = backup.make(filled, tmp_path / "elsewhere" / "one.db", AT, to)
    assert sorted(path.name for path in made.path.parent.iterdir()) == [
        "one.db.age",
        "one.db.age.json",
    ]
    assert b"SQLite format 3" not in made.path.read_bytes()
    assert not list(filled.path.parent.glob("*.part"))
    place = tmp_path / "new" / "readiness.db"
    shutil.copytree(key_path(filled.path).parent, place.parent, ignore=all_but_the_key)
    another = tmp_path / "another"
    encryption.write_identity(another, AT)
    for file, why in (
        (None, "--identity FILE"),
        (another, "key that it was"),
        (place, "no secret"),
    ):
        with pytest.raises(BadInput, match=why), restorable(made.path, place, file):
            pass
    assert not list(place.parent.glob("readiness.db*"))
    with restorable(made.path, place, secret) as ready:
        assert ready.lines == made.lines
        backup.put(ready, place, AT)
    assert names(place) == ["Elm"]
    assert place.stat().st_mode & 0o777 == 0o600


def all_but_the_key(_, listed):
    return [name for name in listed if name != "history.key"]


def restorable(source, place, identity):
    return backup.prepared(source, place, AT, identity=identity)


def test_an_encrypted_backup_is_checked_and_its_head_compared_without_its_key(
    filled, tmp_path, identity
):
    made = backup.make(filled, tmp_path / "one.db", AT, identity[1])
    key = key_of(filled.path)
    assert [anchor.head for anchor in backup.kept_heads(tmp_path, key)] == [made.head]
    made.path.write_bytes(made.path.read_bytes()[:-1])
    with (
        pytest.raises(BadInput, match="not what its manifest says"),
        restorable(made.path, filled.path, identity[0]),
    ):
        pass


def test_any_program_that_speaks_age_can_open_it(filled, tmp_path, identity):
    made = backup.make(filled, tmp_path / "one.db", AT, identity[1])
    assert made.path.read_bytes().startswith(b"age-encryption.org/v1\n-> X25519 ")


@pytest.mark.parametrize("said", ["age1nonsense", "/no/such/file", "age1", "ssh-rsa x"])
def test_no_backup_is_made_for_somebody_unknown(said):
    with pytest.raises(BadInput, match="No backup was made"):
        encryption.recipients(said)


def test_whom_backups_are_for_may_stand_in_a_file(tmp_path):
    keys = [encryption.write_identity(tmp_path / name, AT) for name in ("one", "two")]
    (tmp_path / "keys").write_text("# two people\n" + "\n".join(keys))
    assert len(encryption.recipients(str(tmp_path / "keys"))) == 2
    assert len(encryption.recipients(",".join(keys))) == 2


def test_a_secret_key_is_never_written_over_another(tmp_path):
    encryption.write_identity(tmp_path / "one", AT)
    before = (tmp_path / "one").read_text()
    with pytest.raises(WrongState, match="was not changed"):
        encryption.write_identity(tmp_path / "one", AT)
    assert (tmp_path / "one").read_text() == before
    assert (tmp_path / "one").stat().st_mode & 0o777 == 0o600


def test_the_history_key_is_in_no_backup(filled, tmp_path, identity):
    """Neither as it is nor inside: whoever has all backups can write no history with them."""
    key = key_of(filled.path)
    for to in ((), identity[1]):
        made = backup.make(filled, tmp_path / "all" / "one.db", AT, to)
        plain = made.path
        if to:
            encryption.decrypt(made.path, plain := tmp_path / "plain", identity[0])
        written = plain.read_bytes() + made.manifest.read_bytes()
        assert key not in written
        assert key.hex().encode() not in written
    assert {path.suffix for path in (tmp_path / "all").iterdir()} == {".db", ".age", ".json"}


def test_encrypted_copies_make_room_too(filled, tmp_path, identity):
    folder = tmp_path / "backups"
    for day in range(16):
        at = AT + timedelta(days=day)
        backup.make(filled, backup.next_path(folder, at), at, identity[1])
    assert len(backup.rotate(folder)) == 2
    assert len(list(folder.iterdir())) == 28


def test_of_daily_backups_those_of_fourteen_days_eight_weeks_and_a_year_are_kept():
    """With retention at work each day, as it is."""
    there: set[datetime] = set()
    for day in range(800):
        there = retention.kept(there | {AT + timedelta(days=day)})
    ages = sorted((AT + timedelta(days=799) - at).days for at in there)
    assert ages[:14] == list(range(14))
    assert len([age for age in ages if age < 7 * 8]) >= 14 + 6
    assert len(there) <= 14 + 8 + 12
    assert 300 < ages[-1] < 366
