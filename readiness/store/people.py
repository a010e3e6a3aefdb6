"""People, the parts they play, and their sessions."""

from __future__ import annotations

import hashlib
from datetime import datetime
from typing import Any

from readiness.domain.errors import NotFound
from readiness.domain.people import Actor, Membership, Person, Role
from readiness.store.connection import Store


def digest(token: str) -> str:
    """Tokens are stored hashed: whoever reads the file cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def add(store: Store, person: Person, password_hash: str | None) -> None:
    with store.writing():
        store.insert(
            "people",
            {
                "id": person.id,
                "name": person.name,
                "email": person.email,
                "password_hash": password_hash,
                "is_active": int(person.is_active),
                "created_at": person.created_at.isoformat(),
            },
        )


def get(store: Store, person_id: str) -> Person:
    row = store.row("select * from people where id = ?", (person_id,))
    if row is None:
        raise NotFound("There is no such person.")
    return to_person(row)


def by_email(store: Store, email: str) -> Person | None:
    row = store.row("select * from people where email = ?", (email,))
    return to_person(row) if row else None


def password_hash(store: Store, email: str) -> str | None:
    """The stored hash of an active person, or None."""
    row = store.row("select password_hash from people where email = ? and is_active", (email,))
    return row["password_hash"] if row else None


def set_password(store: Store, person_id: str, hashed: str) -> None:
    with store.writing():
        store.execute("update people set password_hash = ? where id = ?", (hashed, person_id))


def set_active(store: Store, person_id: str, *, is_active: bool) -> None:
    with store.writing():
        store.execute("update people set is_active = ? where id = ?", (is_active, person_id))


def names(store: Store) -> dict[str, str]:
    """Every person's name by id, for lines of history."""
    return {row["id"]: row["name"] for row in store.rows("select id, name from people")}


def join(store: Store, membership: Membership, at: datetime) -> None:
    with store.writing():
        store.insert(
            "memberships",
            {
                "id": membership.id,
                "person_id": membership.person_id,
                "role": membership.role,
                "group_id": membership.group_id,
                "payer_id": membership.payer_id,
                "may_attest": int(membership.may_attest),
                "started_at": at.isoformat(),
            },
        )


def leave(store: Store, membership_id: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update memberships set ended_at = ? where id = ? and ended_at is null",
            (at.isoformat(), membership_id),
        )


def memberships(
    store: Store,
    *,
    person_id: str | None = None,
    group_id: str | None = None,
    payer_id: str | None = None,
) -> tuple[Membership, ...]:
    """The current ones of a person, a group or a payer; of everybody without any."""
    return tuple(
        to_membership(row)
        for row in store.rows(
            "select * from memberships where ended_at is null"
            " and (:person is null or person_id = :person)"
            " and (:group is null or group_id = :group)"
            " and (:payer is null or payer_id = :payer)"
            " order by started_at, id",
            {"person": person_id, "group": group_id, "payer": payer_id},
        )
    )


def actor(store: Store, person_id: str) -> Actor:
    person = get(store, person_id)
    return Actor(person.id, person.name, memberships(store, person_id=person_id))


def open_session(store: Store, token: str, person_id: str, at: datetime) -> None:
    with store.writing():
        store.insert(
            "sessions",
            {
                "token_sha256": digest(token),
                "person_id": person_id,
                "created_at": at.isoformat(),
                "seen_at": at.isoformat(),
            },
        )


def session(store: Store, token: str) -> tuple[str, datetime, datetime] | None:
    """(person id, created at, seen at) of a session that nobody ended, of an active person."""
    row = store.row(
        "select s.* from sessions s join people p on p.id = s.person_id and p.is_active"
        " where s.token_sha256 = ? and s.ended_at is null",
        (digest(token),),
    )
    if row is None:
        return None
    created, seen = (datetime.fromisoformat(row[name]) for name in ("created_at", "seen_at"))
    return row["person_id"], created, seen


def see_session(store: Store, token: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update sessions set seen_at = ? where token_sha256 = ?",
            (at.isoformat(), digest(token)),
        )


def end_session(store: Store, token: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update sessions set ended_at = ? where token_sha256 = ? and ended_at is null",
            (at.isoformat(), digest(token)),
        )


def end_sessions_of(store: Store, person_id: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update sessions set ended_at = ? where person_id = ? and ended_at is null",
            (at.isoformat(), person_id),
        )


def note_attempt(store: Store, key: str, at: datetime) -> None:
    with store.writing():
        store.insert("attempts", {"key": digest(key), "at": at.isoformat()})


def attempts_since(store: Store, key: str, since: datetime) -> int:
    row = store.row(
        "select count(*) as n from attempts where key = ? and at > ?",
        (digest(key), since.isoformat()),
    )
    return int(row["n"]) if row else 0


def forget_attempts(store: Store, before: datetime) -> None:
    with store.writing():
        store.execute("delete from attempts where at <= ?", (before.isoformat(),))


def to_person(row: dict[str, Any]) -> Person:
    return Person(
        id=row["id"],
        name=row["name"],
        email=row["email"],
        is_active=bool(row["is_active"]),
        created_at=datetime.fromisoformat(row["created_at"]),
    )


def to_membership(row: dict[str, Any]) -> Membership:
    return Membership(
        id=row["id"],
        person_id=row["person_id"],
        role=Role(row["role"]),
        group_id=row["group_id"],
        payer_id=row["payer_id"],
        may_attest=bool(row["may_attest"]),
    )
