"""One-time links, and how a token is kept: as its hash only."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.accounts.team import LinkPurpose, OneTimeLink
from readiness.core.db import Store
from readiness.core.serialization import from_row, to_row


def digest(token: str) -> str:
    """Tokens are stored hashed: whoever reads the file cannot sign in with it."""
    return hashlib.sha256(token.encode()).hexdigest()


def add_link(store: Store, link: OneTimeLink) -> None:
    with store.writing():
        row = to_row(link)
        row["token_sha256"] = row.pop("id")
        store.insert("letters", row)


def get_link(store: Store, letter_id: str) -> OneTimeLink | None:
    row = store.row("select * from letters where token_sha256 = ?", (letter_id,))
    return to_link(row) if row else None


def use_link(store: Store, letter_id: str, at: datetime) -> bool:
    """Whether this was the first use. Of two at once, one is told no."""
    with store.writing():
        return bool(
            store.execute(
                "update letters set used_at = ? where token_sha256 = ? and used_at is null"
                " and expires_at > ?",
                (at.isoformat(), letter_id, at.isoformat()),
            )
        )


def withdraw_link(store: Store, letter_id: str) -> None:
    with store.writing():
        store.execute(
            "delete from letters where token_sha256 = ? and used_at is null", (letter_id,)
        )


def withdraw_invitations(
    store: Store, email: str, group_id: str | None, payer_id: str | None
) -> None:
    """Earlier invitations of the same person to the same place: a new one replaces them."""
    with store.writing():
        store.execute(
            "delete from letters where purpose = ? and email = ? and group_id is ?"
            " and payer_id is ? and used_at is null",
            (LinkPurpose.INVITATION, email, group_id, payer_id),
        )


def withdraw_resets(store: Store, person_id: str) -> None:
    with store.writing():
        store.execute(
            "delete from letters where purpose = ? and person_id = ? and used_at is null",
            (LinkPurpose.NEW_PASSWORD, person_id),
        )


def invitations(
    store: Store, now: datetime, *, group_id: str | None = None, payer_id: str | None = None
) -> tuple[OneTimeLink, ...]:
    """Those still open for one group, one payer or (without either) administrators."""
    return tuple(
        to_link(row)
        for row in store.rows(
            "select * from letters where purpose = ? and group_id is ? and payer_id is ?"
            " and used_at is null and expires_at > ? order by written_at, email",
            (LinkPurpose.INVITATION, group_id, payer_id, now.isoformat()),
        )
    )


def to_link(row: Mapping[str, Any]) -> OneTimeLink:
    author = row["written_by"] or ""
    return from_row(OneTimeLink, {**row, "id": row["token_sha256"], "written_by": author})
