"""Released quality counts of a group, for services that have asked who reads."""

from __future__ import annotations

from datetime import date

from readiness.core.db import Store
from readiness.disclosure.db import quality as stored
from readiness.disclosure.quality_release import QualityRelease


def readable(store: Store, group_id: str, today: date) -> tuple[QualityRelease, ...]:
    """Newest period first. Whoever calls this asks first whether the reader may read the group."""
    return tuple(
        each
        for each in reversed(stored.latest_of_group(store, group_id))
        if each.period.is_closed_on(today)
    )
