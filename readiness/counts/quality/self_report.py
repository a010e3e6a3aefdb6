"""How many patients have told their race and ethnicity themselves, as REAL-2 defines it.

Self-reported or declined, over all active patients; the share itself counts, not a bound of it.
"""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
)

ITEM_ID = "REAL-2"
KnownCounts = Mapping[DemographicCell, int | None]  # None: hidden to protect small counts
SELF_REPORTED = {
    level: Fraction(share, 100) for level, share in ((1, 20), (2, 50), (3, 80), (4, 90))
}
MOST_DECLINED = Fraction(10, 100)  # from level 3 on, or a written review
LEAST_AT_A_SITE = Fraction(80, 100)  # at level 4


def supported_level(counts: KnownCounts) -> int | None:
    """The highest level that the counts do not contradict; None where they cannot tell.

    More declines than level 3 allows may have been reviewed in writing, so they lower nothing.
    """
    whole = shares_of(field_of(counts, ""))
    if whole is None:
        return None
    reached = [level for level, least in SELF_REPORTED.items() if whole[0] >= least]
    level = max(reached, default=0)
    return 3 if level == 4 and lowest_site(counts) < LEAST_AT_A_SITE else level


def field_of(counts: KnownCounts, site_id: str) -> KnownCounts:
    """Race and ethnicity at one place, without estimates."""
    return {
        cell: value
        for cell, value in counts.items()
        if cell.field is DemographicField.RACE
        and cell.site_id == site_id
        and cell.origin is not DemographicSource.ESTIMATED
    }


def shares_of(counts: KnownCounts) -> tuple[Fraction, Fraction, int] | None:
    """Self-reported or declined, declined, and of how many; None when one is hidden."""
    seen = {cell: value for cell, value in counts.items() if value is not None}
    total = sum(seen.values())
    if len(seen) < len(counts) or not total:
        return None
    said = sum(n for cell, n in seen.items() if cell.origin is DemographicSource.SELF_REPORT)
    declined = sum(n for cell, n in seen.items() if cell.known is DemographicStatus.DECLINED)
    return Fraction(said + declined, total), Fraction(declined, total), total


def lowest_site(counts: KnownCounts) -> Fraction:
    """Of the sites that can be told; 1 where none can."""
    sites = {cell.site_id for cell in counts if cell.site_id}
    found = [shares_of(field_of(counts, site_id)) for site_id in sites]
    return min((each[0] for each in found if each), default=Fraction(1))
