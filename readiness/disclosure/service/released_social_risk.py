"""Released social-risk counts of a group, for services that have asked who reads."""

from __future__ import annotations

from datetime import date

from readiness.core.db import Store
from readiness.disclosure.db import social_risk as releases
from readiness.disclosure.social_risk_release import Release


def readable(store: Store, group_id: str, today: date) -> tuple[Release, ...]:
    """Newest quarter first."""
    return tuple(
        each
        for each in reversed(releases.latest_of_group(store, group_id))
        if each.period.is_closed_on(today)
    )
