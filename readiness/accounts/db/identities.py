"""Who is known to the identity provider as whom, and what it was asked."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.db.tokens import digest
from readiness.accounts.single_sign_on import LASTS, Identity, SignOnRequest
from readiness.core.db import Store
from readiness.core.sealing import row_key
from readiness.core.serialization import from_row, to_row


def find(store: Store, issuer: str, subject: str) -> Identity | None:
    row = store.row("select * from identities where issuer = ? and subject = ?", (issuer, subject))
    return from_row(Identity, row) if row else None


def of_person(store: Store, person_id: str, issuer: str) -> tuple[Identity, ...]:
    found = store.rows(
        "select * from identities where person_id = ? and issuer = ? order by linked_at, subject",
        (person_id, issuer),
    )
    return tuple(from_row(Identity, row) for row in found)


def link(store: Store, identity: Identity) -> bool:
    """Whether it was nobody's before."""
    with store.writing():
        if find(store, identity.issuer, identity.subject):
            return False
        store.insert("identities", to_row(identity))
    return True


def unlink(store: Store, person_id: str, issuer: str) -> bool:
    """Whether there was one of theirs."""
    with store.writing():
        held = of_person(store, person_id, issuer)
        for each in held:
            store.execute(
                "delete from identities where issuer = ? and subject = ?",
                (each.issuer, each.subject),
            )
        keys = [row_key("identities", to_row(each)) for each in held]
        store.add_seals(("identities", key, None) for key in keys)
    return bool(held)


def note_use(store: Store, identity: Identity, at: datetime) -> None:
    with store.writing():
        store.execute(
            "update identities set last_used_at = ? where issuer = ? and subject = ?",
            (at.isoformat(), identity.issuer, identity.subject),
        )


def ask(store: Store, request: SignOnRequest, state: str) -> None:
    with store.writing():
        forget_older(store, request.at - LASTS)
        store.insert("sign_on_requests", {"state_sha256": digest(state), **to_row(request)})


def forget_older(store: Store, before: datetime) -> None:
    """What nobody came back for."""
    with store.writing():
        store.execute("delete from sign_on_requests where at <= ?", (before.isoformat(),))


def take(store: Store, state: str, now: datetime) -> SignOnRequest | None:
    """What was asked under this state a short while ago, once only."""
    key = digest(state)
    with store.writing():
        row = store.row(
            "select * from sign_on_requests where state_sha256 = ? and at > ? and at <= ?",
            (key, (now - LASTS).isoformat(), now.isoformat()),
        )
        store.execute("delete from sign_on_requests where state_sha256 = ?", (key,))
    return from_row(SignOnRequest, row) if row else None
