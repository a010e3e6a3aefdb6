"""What somebody does who has the file, but not the key, is found; what this program does is not."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.administration import service as administration
from readiness.assessments.service import sharing
from readiness.core import anchors, audit, backup, migrations, sealing, verification
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, NotSaved, WrongState
from readiness.core.migrations import new_key
from readiness.core.sealing import key_of, key_path
from tests.factories import assessments, world

NOW = world.NOW


@pytest.fixture
def path(store):
    """A group that answered and submitted."""
    made = assessments.started(store, NOW)
    assessments.answer(store, made.id, NOW)
    assessments.sent_in(store, made.id, NOW)
    return store.path


def by_hand(path, *statements):
    """As with any SQLite browser: nothing of the program is asked."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        for statement in statements:
            file.execute(statement)


def problems(path):
    with closing(Store(path)) as store:
        return verification.problems(store, key_of(path))


def unguarded(table, change, what="changed"):
    guard = f"{table}_are_never_{what}"
    return (f"drop trigger {guard}", change)


TAMPERED = {
    "a password": "update people set password_hash = 'mine' where id = 'maya'",
    "an answer": "update answers set level = 3 where item_id = 'LEAD-1'",
    "a note": "update answers set note = 'nothing to see' where item_id = 'LEAD-1'",
    "an answer put in": "insert into answers (assessment_id, item_id, revision, kind, level,"
    " author_id, at) select assessment_id, item_id, 9, kind, 3, author_id, at from answers"
    " where item_id = 'LEAD-1'",
    "an answer taken out": "delete from answers where item_id = 'LEAD-1'",
    "a submission": "update submissions set attested_name = 'Somebody Else'",
    "which answer was sent": "update submitted_answers set revision = 2 where item_id = 'LEAD-1'",
    "a run": "update runs set result = replace(result, 'T0', 'T3')",
    "a grant": "update grants set expires_on = '2099-01-01'",
    "a grant for another": "update grants set payer_id = 'far'",
    "a role": "update memberships set may_attest = 1 where id = 'm-cara'",
    "a part put in": "insert into memberships (id, person_id, role, started_at)"
    " values ('m-x', 'cara', 'administrator', '2027-01-01')",
    "a trigger": "drop trigger events_are_never_changed",
    "a trigger of one's own": "create trigger mine after insert on events begin select 1; end",
    "a column": "alter table people add column note text",
}


@pytest.mark.parametrize("what", TAMPERED)
def test_whatever_is_changed_by_hand_is_found(path, what):
    assert problems(path) == []
    by_hand(path, TAMPERED[what])
    assert problems(path)


def forge_chain(path):
    """All hashes worked out anew, as anybody can who reads the program's text, but for the key."""
    with closing(sqlite3.connect(path, isolation_level=None)) as file:
        file.row_factory = sqlite3.Row
        before = sealing.FIRST
        for line in list(file.execute("select * from events order by seq")):
            hashed = audit.plain_hash(before, dict(line))
            file.execute(
                "update events set before_sha256 = ?, sha256 = ? where seq = ?",
                (before, hashed, line["seq"]),
            )
            before = hashed


def test_a_chain_that_was_worked_out_anew_is_found(path):
    [guard] = list(sqlite3.connect(path).execute(GUARD))
    by_hand(
        path,
        "drop trigger events_are_never_changed",
        "update events set actor_id = 'cara' where seq = 2",
    )
    forge_chain(path)
    by_hand(path, "delete from history_keys", guard[0])
    assert problems(path) == ["The history was changed or cut at line 1."]


GUARD = "select sql from sqlite_schema where name = 'events_are_never_changed'"


def test_a_tail_that_was_cut_with_its_counter_is_found_by_what_was_kept_elsewhere(path, tmp_path):
    with closing(Store(path)) as store:
        copy = backup.make(store, tmp_path / "copies" / "one.db", NOW)
        kept = [anchors.present(store, NOW)]
    [guard] = [sql for (sql,) in sqlite3.connect(path).execute(GUARD.replace("changed", "removed"))]
    by_hand(
        path,
        "drop trigger events_are_never_removed",
        "delete from events where seq > 3",
        "update sqlite_sequence set seq = 3 where name = 'events'",
        guard,
    )
    assert problems(path) == []  # the chain alone cannot know
    with closing(Store(path)) as store:
        found = list(anchors.faults(store, kept))
        heads = list(backup.kept_heads(copy.path.parent, key_of(path)))
        assert found == list(anchors.faults(store, heads))
    assert found[0].startswith("Lines were cut off: on 2027-01-15 12:00 there were ")


def test_rows_cut_off_with_their_marks_are_missed_by_the_history(path):
    [guard] = list(
        sqlite3.connect(path).execute(
            "select sql from sqlite_schema where name = 'row_seals_are_never_removed'"
        )
    )
    by_hand(
        path,
        "drop trigger row_seals_are_never_removed",
        "delete from row_seals where seq > 20",
        "delete from answers",
        guard[0],
    )
    assert "Marks on rows were cut off: the history knows of later ones." in problems(path)


def test_a_mark_cannot_be_made_without_the_key(path):
    key = b"guessed"
    with closing(Store(path)) as store:
        row = store.row("select * from people where id = 'maya'")
        assert row
        row["password_hash"] = "mine"
        of_row = sealing.row_key("people", row)
        content = sealing.content_of(key, "people", row)
        seal = sealing.next_seal(key, store.last_mark(), "people", of_row, content)
        with store.writing():
            store.insert("row_seals", vars(seal))
            store.execute("update people set password_hash = 'mine' where id = 'maya'")
    assert [each for each in problems(path) if each.startswith("The marks on rows were changed")]


def test_what_the_program_does_is_no_fault(path, store):
    maya = people.actor(store, "maya")
    session = Session(store, maya, NOW + timedelta(hours=1))
    people.set_password(store, "cara", "another hash")
    people.set_active(store, "cara", is_active=False)
    people.leave(store, "m-cara", NOW)
    sharing.stop(session, "elm", "fair")
    assert problems(path) == []


def test_a_group_that_was_removed_leaves_no_fault(path, store, app):
    maya = people.actor(store, "maya")
    administration.remove_group(
        Session(store, maya, NOW), app.config["HASHER"], "elm", "Elm Physicians", world.PASSWORD
    )
    assert problems(path) == []


def test_nothing_is_saved_without_the_key(path):
    key_path(path).rename(path.parent / "elsewhere")
    key_of.cache_clear()
    with closing(Store(path)) as store, pytest.raises(NotSaved, match="key of the history"):
        people.set_active(store, "cara", is_active=False)
    with closing(Store(path)) as store:
        assert people.get(store, "cara").is_active
        assert verification.problems(store, None) == [verification.NO_KEY]


def test_a_lost_key_is_followed_by_another_and_the_history_says_so(path):
    with closing(Store(path)) as store, pytest.raises(WrongState, match="The key is there"):
        new_key(store, NOW)
    key_path(path).unlink()
    key_of.cache_clear()
    with closing(Store(path)) as store:
        new_key(store, NOW)
        people.set_active(store, "cara", is_active=False)
        assert audit.lines(store, "true", (), 1, None)[0][1].verb.startswith("began a new key")
    assert problems(path) == []
    by_hand(path, "update people set password_hash = 'mine' where id = 'maya'")
    assert len(problems(path)) == 1


def test_marks_that_were_taken_out_whole_are_not_begun_anew(path):
    """As if the file were older than marks are: an update would then make it whole."""
    by_hand(
        path,
        "drop table history_keys",
        "drop table row_seals",
        "alter table events drop column rows_mark",
        "delete from _sqlite_migrations where name = 'marks_that_need_a_key'",
    )
    with closing(Store(path)) as store, pytest.raises(WrongState, match="took the marks out"):
        migrations.migrate(store)


def test_a_backup_is_not_taken_for_another_by_its_manifest(path, tmp_path):
    with closing(Store(path)) as store:
        made = backup.make(store, tmp_path / "one.db", NOW)
    by_hand(made.path, "update people set name = 'Somebody Else' where id = 'maya'")
    text = made.manifest.read_text().replace(made.sha256, backup.sha256_of(made.path))
    made.manifest.write_text(text)
    with pytest.raises(BadInput, match="not what its manifest says"):
        backup.verify(made.path, key_of(path))


def test_a_backup_brought_back_is_no_cut_but_a_cut_before_it_is(path, tmp_path):
    folder = tmp_path / "backups"
    with closing(Store(path)) as store:
        early = backup.make(store, folder / "readiness-1.db", NOW)
        with store.writing():
            audit.record(store, Event(NOW, "maya", "answered", "assessment", "a1", "elm"))
        backup.make(store, folder / "readiness-2.db", NOW + timedelta(hours=1))
    backup.restore(early.path, path, NOW + timedelta(hours=2))
    with closing(Store(path)) as store:
        heads = list(backup.kept_heads(folder, key_of(path)))
        assert len(heads) == 2
        assert list(anchors.faults(store, heads)) == []
        later = anchors.Anchor(NOW + timedelta(hours=3), 10_000, "0" * 64)
        assert list(anchors.faults(store, [later])) != []
    assert problems(path) == []


def test_a_backup_comes_back_without_the_key_where_it_is_lost(path, tmp_path):
    with closing(Store(path)) as store:
        made = backup.make(store, tmp_path / "one.db", NOW)
    place = tmp_path / "new" / "readiness.db"
    with pytest.raises(BadInput, match="--lost-key"), backup.prepared(made.path, place, NOW):
        pass
    with backup.prepared(made.path, place, NOW, lost_key=True) as ready:
        backup.put(ready, place, NOW)
    assert problems(place) == []
