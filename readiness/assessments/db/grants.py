"""What a group shares, with whom, since when and until when."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime
from typing import Any

from readiness.assessments.cycles import Grant
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import NotFound


def add(store: Store, grant: Grant, event: Event) -> None:
    with store.writing():
        store.insert(
            "grants",
            {
                "id": grant.id,
                "group_id": grant.group_id,
                "payer_id": grant.payer_id,
                "cycle_id": grant.cycle_id,
                "granted_at": grant.granted_at.isoformat(),
                "granted_by": grant.granted_by,
                "expires_on": grant.expires_on.isoformat() if grant.expires_on else None,
            },
        )
        audit.record(store, event)


def revoke(store: Store, group_id: str, payer_id: str, at: datetime, event: Event) -> None:
    """Take back everything that the group shares with the payer, at once."""
    with store.writing():
        changed = store.execute(
            "update grants set revoked_at = ?, revoked_by = ?"
            " where group_id = ? and payer_id = ? and revoked_at is null",
            (at.isoformat(), event.actor_id, group_id, payer_id),
        )
        if not changed:
            raise NotFound("Nothing is shared with that payer. Reload the page to see what is.")
        audit.record(store, event)


def of_group(store: Store, group_id: str) -> tuple[Grant, ...]:
    """All of them, also those taken back, newest first."""
    return tuple(
        from_row(row)
        for row in store.rows(
            "select * from grants where group_id = ? order by granted_at desc, id", (group_id,)
        )
    )


def from_row(row: Mapping[str, Any]) -> Grant:
    return Grant(
        id=row["id"],
        group_id=row["group_id"],
        payer_id=row["payer_id"],
        cycle_id=row["cycle_id"],
        granted_at=datetime.fromisoformat(row["granted_at"]),
        granted_by=row["granted_by"],
        expires_on=date.fromisoformat(row["expires_on"]) if row["expires_on"] else None,
        revoked_at=datetime.fromisoformat(row["revoked_at"]) if row["revoked_at"] else None,
    )
