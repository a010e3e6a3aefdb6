"""What a group's social-risk counts say of the levels it claims."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from fractions import Fraction

from readiness.domain.screening_rates import Share
from readiness.store import Store


def shares(store: Store, group_id: str, today: date) -> Mapping[str, Share]:
    """By item id, over the last four closed quarters with counts."""
    return {}


def as_fractions(found: Mapping[str, Share]) -> dict[str, Fraction]:
    return {item_id: each.share for item_id, each in found.items()}
