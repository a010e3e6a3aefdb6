"""Whose ground a group's things stand on."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.db import groups
from readiness.core.db import Store
from readiness.core.permissions import Ground


def of_group(store: Store, group_id: str, now: datetime) -> Ground:
    return Ground(group_id, groups.readers(store, group_id, now.date()))


def of_payer(payer_id: str) -> Ground:
    return Ground(payer_ids=frozenset({payer_id}))


def of_reader(store: Store, payer_id: str, group_id: str, now: datetime) -> Ground:
    """What one payer may read of one group: nobody's ground when nothing is shared today."""
    shared = payer_id in groups.readers(store, group_id, now.date())
    return Ground(payer_ids=frozenset({payer_id} if shared else ()))
