"""Which groups a payer may read today: one rule for everything that was worked out before.

A grant opens what a group submitted until it ends. Whatever a payer once made of it is held against
the grants of today when it is read, when it is done again, and when a job is about to keep it.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import date

from readiness.core.db import Store
from readiness.core.errors import WrongState
from readiness.equity import db as peers

ENDED_MEANWHILE = (
    "A group stopped sharing while this was worked out, so nothing of it was kept. Start it again; "
    "it will be worked out without that group."
)


def readable_names(store: Store, payer_id: str, today: date) -> dict[str, str]:
    """By id: the groups that share today and have submitted something."""
    shared = peers.sharing_groups(store, payer_id, today)
    return {each.group.id: each.group.name for each in shared if each.has_submitted}


def require_readable(store: Store, payer_id: str, group_ids: Collection[str], today: date) -> None:
    """For what a job is about to keep: all of it, or nothing."""
    if not set(group_ids) <= readable_names(store, payer_id, today).keys():
        raise WrongState(ENDED_MEANWHILE)
