from __future__ import annotations

import sqlite3
from datetime import UTC, datetime, timedelta

import pytest

from readiness.accounts.db import groups, people, sessions, tokens
from readiness.accounts.team import LinkPurpose, OneTimeLink
from readiness.core.errors import NotFound
from readiness.core.people import Group, Membership, Person, Role
from tests.factories import world


@pytest.fixture
def store(empty_store):
    return empty_store


AT = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)


def a_person(person_id="maya", **changes):
    given = {"name": person_id.title(), "email": f"{person_id}@example.org", "is_active": True}
    return Person(id=person_id, created_at=AT, **given | changes)


@pytest.fixture
def maya(store):
    people.add(store, a_person(), "hash")
    groups.add(store, Group("elm", "Elm"), AT)
    people.join(store, Membership("m1", "maya", Role.CARE_TEAM, group_id="elm"), AT)
    return a_person()


def test_an_address_finds_its_person_in_any_case(store, maya):
    assert people.by_email(store, "MAYA@Example.org") == maya


def test_an_address_belongs_to_one_person(store, maya):
    with pytest.raises(sqlite3.IntegrityError):
        people.add(store, a_person("other", email="Maya@example.org"), None)


def test_a_disabled_person_has_no_password(store, maya):
    people.set_active(store, "maya", is_active=False)
    assert people.password_hash(store, maya.email) is None
    assert people.password_hash_of(store, "maya") is None


def test_an_ended_membership_is_gone_from_the_actor_but_stays_in_the_file(store, maya):
    people.leave(store, "m1", AT)
    assert people.actor(store, "maya").memberships == ()
    with pytest.raises(NotFound):
        people.membership(store, "m1")
    assert store.row("select ended_at from memberships") == {"ended_at": AT.isoformat()}


def test_what_every_request_asks_is_found_by_an_index(store, maya):
    asked: list[str] = []
    store.db.conn.set_trace_callback(asked.append)
    sessions.find(store, "token")
    people.actor(store, "maya")
    store.db.conn.set_trace_callback(None)
    questions = [sql for sql in asked if sql.startswith("select")]
    steps = [row["detail"] for sql in questions for row in store.rows(f"explain query plan {sql}")]
    assert len(questions) == 3
    assert not [step for step in steps if step.startswith("SCAN")]


def test_search_takes_every_character_literally(store, maya):
    people.add(store, a_person("b", name="50% off_"), None)
    assert [p.id for p in people.search(store, "50%", 9, 0)[0]] == ["b"]
    assert [p.id for p in people.search(store, "_", 9, 0)[0]] == ["b"]
    assert people.search(store, "", 1, 1) == ([maya], 2)
    assert people.search(store, "' or 1=1 --", 9, 0) == ([], 0)


def test_those_only_ever_in_one_group_are_known(store, maya):
    people.add(store, a_person("both"), None)
    groups.add(store, Group("oak", "Oak"), AT)
    people.join(store, Membership("m2", "both", Role.CARE_TEAM, group_id="elm"), AT)
    people.join(store, Membership("m3", "both", Role.CARE_TEAM, group_id="oak"), AT)
    people.leave(store, "m3", AT)
    assert people.only_of_group(store, "elm") == ("maya",)


def test_tokens_are_never_stored_in_the_clear(store, maya):
    world.start_session(store, "the-token", "maya", AT)
    tokens.add_link(
        store,
        OneTimeLink(
            tokens.digest("link-token"),
            LinkPurpose.NEW_PASSWORD,
            maya.email,
            "ada",
            AT,
            AT + timedelta(hours=1),
            person_id="maya",
        ),
    )
    dump = "\n".join(store.db.conn.iterdump())
    assert "the-token" not in dump
    assert "link-token" not in dump


def test_a_one_time_link_is_used_once(store, maya):
    letter = OneTimeLink(
        "id", LinkPurpose.INVITATION, "x@example.org", "ada", AT, AT + timedelta(days=7)
    )
    tokens.add_link(store, letter)
    assert tokens.use_link(store, "id", AT)
    assert not tokens.use_link(store, "id", AT)


def test_a_one_time_link_that_ran_out_is_not_used(store):
    letter = OneTimeLink(
        "id", LinkPurpose.INVITATION, "x@example.org", "ada", AT, AT + timedelta(days=7)
    )
    tokens.add_link(store, letter)
    assert not tokens.use_link(store, "id", AT + timedelta(days=7))
