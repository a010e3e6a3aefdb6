"""People and the parts they play."""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime

from readiness.core.db import Store
from readiness.core.errors import NotFound
from readiness.core.people import Actor, Membership, Person, Role
from readiness.core.serialization import from_row, to_row

OWN_TABLES = (
    "recovery_codes",
    "second_factors",
    "passkeys",
    "identities",
    "known_browsers",
    "sessions",
    "told",
    "letters",
    "memberships",
)


def add(store: Store, person: Person, password_hash: str | None) -> None:
    with store.writing():
        store.insert("people", {**to_row(person), "password_hash": password_hash})


def get(store: Store, person_id: str) -> Person:
    row = store.row("select * from people where id = ?", (person_id,))
    if row is None:
        raise NotFound("There is no such person.")
    return from_row(Person, row)


def by_email(store: Store, email: str) -> Person | None:
    row = store.row("select * from people where email = ?", (email,))
    return from_row(Person, row) if row else None


def password_hash(store: Store, email: str) -> str | None:
    """The stored hash of an active person, or None."""
    row = store.row("select password_hash from people where email = ? and is_active", (email,))
    return row["password_hash"] if row else None


def password_hash_of(store: Store, person_id: str) -> str | None:
    row = store.row("select password_hash from people where id = ? and is_active", (person_id,))
    return row["password_hash"] if row else None


def set_password(store: Store, person_id: str, hashed: str) -> None:
    with store.writing():
        store.execute("update people set password_hash = ? where id = ?", (hashed, person_id))
        store.seal("people", {"id": person_id})


def set_active(store: Store, person_id: str, *, is_active: bool) -> None:
    with store.writing():
        store.execute("update people set is_active = ? where id = ?", (is_active, person_id))
        store.seal("people", {"id": person_id})


def search(store: Store, words: str, limit: int, offset: int) -> tuple[list[Person], int]:
    """People whose name or e-mail contains the words, by name; and how many there are in all."""
    found = store.rows(
        "select * from people where instr(lower(name || ' ' || email), lower(:words))"
        " order by name, id limit :limit offset :offset",
        {"words": words, "limit": limit, "offset": offset},
    )
    total = store.row(
        "select count(*) as n from people where instr(lower(name || ' ' || email), lower(?))",
        (words,),
    )
    return [from_row(Person, row) for row in found], int(total["n"]) if total else 0


def with_ids(store: Store, ids: Iterable[str]) -> dict[str, Person]:
    """Those of the people who exist, by id."""
    wanted = json.dumps(sorted(set(ids)))
    return {
        row["id"]: from_row(Person, row)
        for row in store.rows(
            "select * from people where id in (select value from json_each(?))", (wanted,)
        )
    }


def remove(store: Store, person_id: str) -> None:
    """Forget a person who plays no part any more. The history keeps the bare id."""
    with store.writing():
        for table in OWN_TABLES:
            store.execute(f"delete from {table} where person_id = ?", (person_id,))  # noqa: S608
        store.execute("delete from people where id = ?", (person_id,))


def join(store: Store, membership: Membership, at: datetime) -> None:
    with store.writing():
        store.insert("memberships", {**to_row(membership), "started_at": at.isoformat()})


def leave(store: Store, membership_id: str, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update memberships set ended_at = ? where id = ? and ended_at is null",
            (at.isoformat(), membership_id),
        )
        store.seal("memberships", {"id": membership_id})


def change(store: Store, membership: Membership) -> None:
    """Write the role and the leave to attest; person and place never change."""
    with store.writing():
        store.execute(
            "update memberships set role = ?, may_attest = ? where id = ? and ended_at is null",
            (membership.role, int(membership.may_attest), membership.id),
        )
        store.seal("memberships", {"id": membership.id})


def membership(store: Store, membership_id: str) -> Membership:
    row = store.row("select * from memberships where id = ? and ended_at is null", (membership_id,))
    if row is None:
        raise NotFound("There is no such person on this team. Reload the page.")
    return from_row(Membership, row)


def of_installation(store: Store) -> tuple[Membership, ...]:
    """Administrators and auditors."""
    return tuple(
        from_row(Membership, row)
        for row in store.rows(
            "select * from memberships where group_id is null and payer_id is null"
            " and ended_at is null order by started_at, id"
        )
    )


def administrators(store: Store) -> tuple[Membership, ...]:
    """Those of active people: somebody who is disabled administers nothing."""
    return tuple(
        from_row(Membership, row)
        for row in store.rows(
            "select m.* from memberships m join people p on p.id = m.person_id and p.is_active"
            " where m.role = ? and m.ended_at is null order by m.started_at, m.id",
            (Role.ADMINISTRATOR,),
        )
    )


def only_of_group(store: Store, group_id: str) -> tuple[str, ...]:
    """People who never played a part anywhere but in this group."""
    return tuple(
        row["person_id"]
        for row in store.rows(
            "select person_id from memberships group by person_id"
            " having min(coalesce(group_id, '') = ?) = 1",
            (group_id,),
        )
    )


def memberships(
    store: Store,
    *,
    person_id: str | None = None,
    group_id: str | None = None,
    payer_id: str | None = None,
) -> tuple[Membership, ...]:
    """The current ones of a person, a group or a payer; of everybody without any.

    Only what is asked for stands in the query: every request asks, and an index has to find it.
    """
    asked = {"person_id": person_id, "group_id": group_id, "payer_id": payer_id}
    given = {column: wanted for column, wanted in asked.items() if wanted is not None}
    where = " and ".join(["ended_at is null", *(f"{column} = :{column}" for column in given)])
    return tuple(
        from_row(Membership, row)
        for row in store.rows(
            f"select * from memberships where {where} order by started_at, id",  # noqa: S608 - our names
            given,
        )
    )


def actor(store: Store, person_id: str) -> Actor:
    person = get(store, person_id)
    return Actor(person.id, person.name, memberships(store, person_id=person_id))
