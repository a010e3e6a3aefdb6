"""What is stored of people's passkeys, and the challenge that a session has to have signed."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.passkeys import LASTS, Passkey
from readiness.core.db import Store
from readiness.core.sealing import row_key
from readiness.core.serialization import from_row, to_row


def of_person(store: Store, person_id: str) -> tuple[Passkey, ...]:
    """The oldest first."""
    found = store.rows(
        "select * from passkeys where person_id = ? order by added_at, id", (person_id,)
    )
    return tuple(from_row(Passkey, row) for row in found)


def add(store: Store, passkey: Passkey) -> bool:
    """Whether it was not here already, for anybody."""
    taken = "select 1 from passkeys where credential_id = ?"
    with store.writing():
        if store.row(taken, (passkey.credential_id,)):
            return False
        store.insert("passkeys", to_row(passkey))
    return True


def use(store: Store, passkey_id: str, sign_count: int, at: datetime) -> bool:
    """Whether it counts on from the last time, or does not count at all: a copy of it would give
    a number that was given before. Of two at once, one is told no."""
    with store.writing():
        return bool(
            store.execute(
                "update passkeys set sign_count = :count, last_used_at = :at where id = :id"
                " and (sign_count < :count or (sign_count = 0 and :count = 0))",
                {"count": sign_count, "at": at.isoformat(), "id": passkey_id},
            )
        )


def remove(store: Store, person_id: str, passkey_id: str) -> bool:
    """Whether there was one of theirs to remove."""
    with store.writing():
        held = [each.id for each in of_person(store, person_id) if each.id == passkey_id]
        forget(store, held)
    return bool(held)


def remove_all(store: Store, person_id: str) -> None:
    with store.writing():
        forget(store, [each.id for each in of_person(store, person_id)])


def forget(store: Store, ids: list[str]) -> None:
    for id_ in ids:
        store.execute("delete from passkeys where id = ?", (id_,))
    store.add_seals([("passkeys", row_key("passkeys", {"id": id_}), None) for id_ in ids])


def ask(store: Store, session_id: str, challenge: str, at: datetime) -> None:
    """In place of what this session was asked before."""
    with store.writing():
        store.execute(
            "update sessions set challenge = ?, challenge_at = ? where token_sha256 = ?",
            (challenge, at.isoformat(), session_id),
        )


def take_challenge(store: Store, session_id: str, now: datetime) -> str:
    """What this session was asked a short while ago, once only; otherwise nothing."""
    here = {"id": session_id, "since": (now - LASTS).isoformat(), "now": now.isoformat()}
    with store.writing():
        asked = store.row(
            "select challenge from sessions where token_sha256 = :id"
            " and challenge_at > :since and challenge_at <= :now",
            here,
        )
        store.execute("update sessions set challenge = '' where token_sha256 = :id", here)
    return str(asked["challenge"]) if asked else ""
