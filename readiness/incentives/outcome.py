"""What a simulation says of one design in one scenario, every number with its Monte Carlo error."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from enum import StrEnum

from readiness.incentives.design import Design
from readiness.incentives.scenario import Scenario

HIGHEST_THIRD = "highest third"  # by social risk


@dataclass(frozen=True)
class Simulated:
    """A mean over replicates, and the standard error that more replicates would lessen."""

    value: float
    error: float


class Standing(StrEnum):
    """Whether a group can be paid at all under a design, and if not, the first reason."""

    TAKES_PART = "takes part"
    TIER = "its tier is below the one asked for"
    TIER_UNKNOWN = "its tier is not known"
    NOT_SHOWN = "its numbers are hidden or absent"
    TOO_FEW = "too few people in its groups of people"
    UNRELIABLE = "its numbers are not reliable enough"
    UNTOLD = "how reliable its numbers are cannot be told"
    NOBODY_BEHIND = "nobody in it is behind the reference, and the pool is divided by people behind"


@dataclass(frozen=True)
class GroupOutcome:
    group_id: str
    patients: int
    standing: Standing
    measures: int  # that count for it, of the design's
    most: float  # dollars, its part of the pool
    chance: Simulated  # of being paid anything, 0 to 1
    dollars: Simulated  # in the mean of replicates


@dataclass(frozen=True)
class Slice:
    """Some of the groups together: a tier, or a third by social risk."""

    name: str
    groups: int
    taking_part: int
    patients: int
    patient_share: float  # of all groups of the ground, 0 to 1
    dollars: Simulated
    dollar_share: Simulated | None  # of what is paid, 0 to 1; None where nothing ever is


@dataclass(frozen=True)
class Outcome:
    design: Design
    scenario: Scenario
    replicates: int
    groups: tuple[GroupOutcome, ...]  # in the ground's order
    paid: Simulated  # share of the groups taking part that are paid anything
    paid_of_changed: Simulated | None  # the same of those in which something truly changed
    paid_of_unchanged: Simulated | None
    changed: int  # groups taking part in which something truly changed on a measure that counts
    nobody: Simulated  # chance that no group is paid
    fell: Simulated | None  # share of measures that count on which a group of people fell too far
    spent: Simulated  # dollars
    unspent: Simulated  # dollars, which stay with the payer
    measures_counted: int  # group-measures that count, of `measures_asked`
    measures_asked: int  # groups times measures of the design
    cells_not_shown: int  # groups of people of these that are hidden or absent
    cells_too_few: int  # and that have fewer people than asked for
    by_tier: tuple[Slice, ...]
    by_social_risk: tuple[Slice, ...]  # lowest third first; "not known" last, if any
    concentration: Simulated | None  # of dollars over patients, by social risk; above 0: toward it
    present_concentration: float | None
    concentration_groups: int  # with a known social risk

    @property
    def taking_part(self) -> int:
        return sum(group.standing is Standing.TAKES_PART for group in self.groups)

    def left_out(self) -> dict[Standing, int]:
        """How many groups take no part, by the reason."""
        found = Counter(group.standing for group in self.groups)
        return {why: found[why] for why in Standing if found[why] and why is not TAKES_PART}


TAKES_PART = Standing.TAKES_PART
