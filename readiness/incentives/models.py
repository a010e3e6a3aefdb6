"""Runs of the laboratory: what they are tried on, what is supposed, and what comes of each design.

What is stored as JSON has the names of the fields, or those after `rename`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any, NamedTuple

import msgspec
from msgspec import Struct

from readiness.core.periods import Period
from readiness.core.serialization import from_json
from readiness.incentives.design import Design


@dataclass(frozen=True)
class LaboratoryRun:
    """Everything in plain values, as JSON keeps it."""

    id: str
    payer_id: str
    asked_by: str
    asked_at: datetime
    designs: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]  # points, replicates, seed
    numbers: Mapping[str, Any]  # what it is tried on
    outcome: Mapping[str, Any] | None = None  # None: not done
    engine: str = ""  # what made the outcome, with its versions
    done_at: datetime | None = None
    ended: int = 0  # groups it was tried on that no longer share: neither they nor the outcome


@dataclass(frozen=True)
class RunSummary:
    """One line of the list: a run's numbers and outcome may be large."""

    id: str
    asked_at: datetime
    author: str
    designs: tuple[str, ...]
    group_ids: tuple[str, ...]
    period: Period
    is_done: bool
    ended: int = 0  # of these, groups that no longer share

    @property
    def groups(self) -> int:
        return len(self.group_ids)


Pairs = Mapping[str, tuple[int, int]]  # stratum -> patients who meet a measure, of those counted


class GroupNumbers(Struct, frozen=True, rename={"group_id": "group"}):
    """One group. What is hidden to protect small counts, or not counted, is absent."""

    group_id: str
    name: str
    tier: int | None  # by the deciding run; None: of an instrument with other tiers
    patients: int  # patient-measures: each patient counted once in every measure
    screened: tuple[int, int] | None  # positive for any need, of those screened: patient-quarters
    release: int  # number of its release of quality measures
    quarters: tuple[str, ...]  # of its releases of screening counts
    counts: Mapping[str, Pairs]  # by measure


@dataclass(frozen=True)
class GroupLeftOut:
    name: str
    why: str
    group_id: str = ""  # "": of a run from before it was kept


class ReleasedNumbers(Struct, frozen=True, rename={"measure_ids": "measures"}):
    """Every group that could be taken in, split one way in one period, and who could not."""

    kind: str  # how patients are split: estimated race is a kind of its own
    period: str
    reference: str
    reference_says: str
    measure_ids: tuple[str, ...]
    lower_is_better: tuple[str, ...]  # of the measures
    strata: tuple[str, ...]
    groups: tuple[GroupNumbers, ...]
    left_out: tuple[GroupLeftOut, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        return {each.group_id: each.name for each in self.groups}

    def narrowed(
        self,
        groups: tuple[GroupNumbers, ...],
        left_out: tuple[GroupLeftOut, ...],
        reference_says: str,
    ) -> ReleasedNumbers:
        """Only these of its groups, with no trace of the others: what was said of the reference
        counts who declared it, and a group of people may be there in one of them alone."""
        if groups == self.groups:
            return msgspec.structs.replace(self, left_out=left_out)
        seen = {name for each in groups for pairs in each.counts.values() for name in pairs}
        strata = tuple(e for e in self.strata if e in seen or e == self.reference)
        return msgspec.structs.replace(
            self, groups=groups, left_out=left_out, reference_says=reference_says, strata=strata
        )


class TrueChange(StrEnum):
    NOTHING = "nothing truly changes"
    TRUE_GAIN = "the lower groups truly improve"
    HIGHER_FALLS = "the higher group truly falls"


@dataclass(frozen=True)
class Scenario:
    """By how many percentage points; nothing changes by none.

    TRUE_GAIN: each group of people truly behind the reference improves by so many points, but never
    past the reference. HIGHER_FALLS: the reference falls by so many points, but never below a rate
    of 0, wherever anybody is truly behind it; all others stay.
    """

    kind: TrueChange
    points: float = 0.0


NOTHING = Scenario(TrueChange.NOTHING)
HIGHEST_THIRD = "highest third"  # by social risk


class Simulated(NamedTuple):
    """A mean over replicates, and the standard error that more replicates would lessen."""

    value: float
    error: float


class Eligibility(StrEnum):
    """Whether a group can be paid at all under a design, and if not, the first reason."""

    TAKES_PART = "takes part"
    TIER = "its tier is below the one asked for"
    TIER_UNKNOWN = "its tier is not known"
    NOT_SHOWN = "its numbers are hidden or absent"
    TOO_FEW = "too few people in its groups of people"
    UNRELIABLE = "its numbers are not reliable enough"
    UNTOLD = "how reliable its numbers are cannot be told"
    NOBODY_BEHIND = "nobody in it is behind the reference, and the pool is divided by people behind"


class GroupOutcome(Struct, frozen=True, rename={"group_id": "group", "eligibility": "standing"}):
    group_id: str
    patients: int
    eligibility: Eligibility
    measures: int  # that count for it, of the design's
    most: float  # dollars, its part of the pool
    chance: Simulated  # of being paid anything, 0 to 1
    dollars: Simulated  # in the mean of replicates


@dataclass(frozen=True)
class GroupSlice:
    """Some of the groups together: a tier, or a third by social risk."""

    name: str
    groups: int
    taking_part: int
    patients: int
    patient_share: float  # of all groups of the population, 0 to 1
    dollars: Simulated
    dollar_share: Simulated | None  # of what is paid, 0 to 1; None where nothing ever is


class PriorBasis(StrEnum):
    OWN = "how the groups themselves differ"
    DECLARED = "a prior that was given"
    WEAK = "a weak prior, worth two patients"


@dataclass(frozen=True)
class PriorFact:
    """What the true rates of one group of people on one measure were drawn toward.

    Shares with a good result; the gap is the reference's rate minus theirs, where they are drawn
    with it, and its spread the standard deviation of true gaps at one level of the reference.
    """

    measure_id: str
    stratum: str
    basis: PriorBasis
    groups: int  # that show it
    rate: float  # in the middle
    gap: float | None
    spread: float  # standard deviation of true rates, or gaps


@dataclass(frozen=True)
class DesignOutcome:
    """What a simulation says of one design in one scenario."""

    design: Design
    scenario: Scenario
    replicates: int
    changed: float  # groups taking part in which something truly changed on a measure that counts
    measures_counted: int  # group-measures that count, of `measures_asked`
    measures_asked: int  # groups times measures of the design
    cells_not_shown: int  # groups of people of these that are hidden or absent
    cells_too_few: int  # and that have fewer people than asked for
    present_concentration: float | None
    concentration_groups: int  # with a known social risk
    paid: Simulated  # share of the groups taking part that are paid anything
    paid_of_changed: Simulated | None  # the same of those in which something truly changed
    paid_of_unchanged: Simulated | None
    nobody: Simulated  # chance that no group is paid
    fell: Simulated | None  # share of measures that count on which a group of people fell too far
    spent: Simulated  # dollars
    unspent: Simulated  # dollars, which stay with the payer
    concentration: Simulated | None  # of dollars over patients, by social risk; above 0: toward it
    groups: tuple[GroupOutcome, ...]  # in the population's order
    by_tier: tuple[GroupSlice, ...]
    by_social_risk: tuple[GroupSlice, ...]  # lowest third first; "not known" last, if any

    @property
    def taking_part(self) -> int:
        return sum(group.eligibility is Eligibility.TAKES_PART for group in self.groups)

    def left_out(self) -> dict[Eligibility, int]:
        """How many groups take no part, by the reason."""
        found = Counter(group.eligibility for group in self.groups)
        return {why: found[why] for why in Eligibility if found[why] and why is not TAKES_PART}


TAKES_PART = Eligibility.TAKES_PART


def plain(value: object) -> dict[str, Any]:
    """As JSON keeps it, in the order in which it was made: a document lists it so."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return found


def outcome_out(outcome: DesignOutcome) -> dict[str, Any]:
    """Without its design, which stands beside it."""
    return {name: each for name, each in plain(outcome).items() if name != "design"}


def outcome_in(stored: Mapping[str, Any], design: Design) -> DesignOutcome:
    return from_json(DesignOutcome, {**stored, "design": plain(design)})
