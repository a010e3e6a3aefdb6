"""What an investment in one group would raise or reach, and how much of the need that is."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from readiness.instruments.models import Instrument
from readiness.investment.models import (
    Candidate,
    GroupBaseline,
    GroupOffer,
    InvestmentPurpose,
    PatientsBehind,
    Tag,
    TierPackage,
)
from readiness.plans.models import LevelRise

NEXT, READY = "tier:next", "tier:ready"  # what packages alone serve
REACH_WEIGHT = 3  # a measure with a gap weighs as a step on an essential gate, for need
FIRST_FOR_INFRASTRUCTURE = 2  # need counts so many times in a group at Foundation


def is_reach(purpose_id: str) -> bool:
    return purpose_id.startswith("reach:")


def purposes_of(
    baseline: GroupBaseline,
    rises: Mapping[str, LevelRise],
    behind: Mapping[str, Sequence[PatientsBehind]],
    offered: Iterable[Candidate | TierPackage],
) -> Iterator[InvestmentPurpose]:
    """Only what something offered serves. `rises` by item, `behind` by measure."""
    group_id = baseline.group_id
    served = {each for choice in offered for each in choice.serves}
    if NEXT in served:
        yield InvestmentPurpose(group_id, NEXT, "all of the way to a higher tier", next_tier=1)
    if READY in served:
        yield InvestmentPurpose(group_id, READY, "all of the way to Incentive-ready", ready=1)
    for item_id, rise in rises.items():
        if (purpose_id := f"lift:{item_id}") in served:
            steps, says = rise.gap * rise.weight, lift_says(baseline.instrument, rise)
            yield InvestmentPurpose(group_id, purpose_id, says, readiness=steps)
    for measure_id, found in behind.items():
        if (purpose_id := f"reach:{measure_id}") in served:
            yield InvestmentPurpose(
                group_id,
                purpose_id,
                "; ".join(each.says for each in found),
                people=sum(each.people for each in found),
                people_error=sum(each.error**2 for each in found) ** 0.5,
            )


def lift_says(instrument: Instrument, rise: LevelRise) -> str:
    now = "from what is not known" if rise.from_level is None else f"from level {rise.from_level}"
    gate = {3: ", an essential gate", 2: ", a supporting gate"}.get(rise.weight, "")
    return f"{instrument.item_by_id[rise.item_id].short} {now} to {rise.to}{gate}"


def with_need(
    purposes: Iterable[InvestmentPurpose], offer: GroupOffer
) -> tuple[InvestmentPurpose, ...]:
    """The group's patients at social risk, shared out over its work; doubled at Foundation."""
    listed = tuple(purposes)
    work = sum(weight_of(each) for each in listed)
    first = FIRST_FOR_INFRASTRUCTURE if offer.tier_id == Tag.FOUNDATION else 1
    at_risk = offer.risk.share * (offer.patients or 0) * first
    return tuple(
        replace(each, need=at_risk * weight_of(each) / work if work else 0.0) for each in listed
    )


def weight_of(purpose: InvestmentPurpose) -> int:
    """Of one purpose in its group's work; the tier is that work and not something besides."""
    return REACH_WEIGHT if is_reach(purpose.id) else purpose.readiness
