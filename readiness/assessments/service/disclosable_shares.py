"""Which levels that rest on counts payers may read, beside the counts that were released."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from readiness.core.db import Store
from readiness.core.small_cells import FEWEST
from readiness.counts.db import social_risk
from readiness.counts.models import PeriodState
from readiness.counts.social_risk.rates import BY_ID, CLAIMS, ClaimShare
from readiness.disclosure import levels
from readiness.disclosure.db import social_risk as releases
from readiness.instruments.models import Item


def tellable(
    store: Store, group_id: str, items: Mapping[str, Item], shares: Mapping[str, ClaimShare]
) -> dict[str, Fraction]:
    """The shares whose levels payers may read beside what was released."""
    newest = {
        each.period: each
        for each in releases.latest_of_group(store, group_id)
        if social_risk.state(store, group_id, each.period)[0] is PeriodState.COMPLETE
    }
    threshold = max((each.threshold for each in newest.values()), default=FEWEST)
    rates = {claim.item_id: BY_ID[claim.rate_id] for claim in CLAIMS}

    def may_be_told(item_id: str, share: ClaimShare) -> bool:
        pairs = [
            pair
            for quarter in share.periods
            for pair in levels.share_bounds(newest.get(quarter), rates[item_id])
        ]
        marks = tuple(items[item_id].support_at.values())
        return levels.is_disclosable(pairs, marks, threshold)

    return {
        item_id: share.share
        for item_id, share in shares.items()
        if item_id in items and may_be_told(item_id, share)
    }
