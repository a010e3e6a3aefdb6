"""What groups of one payer released, as an incentive is tried on it and as it is stored with a run.

Plain values: a run keeps them, so that it can be done again when newer numbers are there.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

Pairs = Mapping[str, tuple[int, int]]  # stratum -> patients who meet a measure, of those counted


@dataclass(frozen=True)
class GroupNumbers:
    """One group. What is hidden to protect small counts, or not counted, is absent."""

    group_id: str
    name: str
    tier: int | None  # by the deciding run; None: of an instrument with other tiers
    patients: int  # counted in the measures, each as often as it is counted
    screened: tuple[int, int] | None  # positive for any need, of those screened
    release: int  # number of its release of quality measures
    quarters: tuple[str, ...]  # of its releases of screening counts
    counts: Mapping[str, Pairs]  # by measure


@dataclass(frozen=True)
class LeftOut:
    name: str
    why: str


@dataclass(frozen=True)
class Numbers:
    """Every group that could be taken in, split one way in one period, and who could not."""

    kind: str  # how patients are split: estimated race is a kind of its own
    period: str
    reference: str
    reference_says: str
    measure_ids: tuple[str, ...]
    lower_is_better: tuple[str, ...]  # of the measures
    strata: tuple[str, ...]
    groups: tuple[GroupNumbers, ...]
    left_out: tuple[LeftOut, ...] = ()

    @property
    def names(self) -> dict[str, str]:
        return {each.group_id: each.name for each in self.groups}


def numbers_out(numbers: Numbers) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "kind": numbers.kind,
        "period": numbers.period,
        "reference": numbers.reference,
        "reference_says": numbers.reference_says,
        "measures": list(numbers.measure_ids),
        "lower_is_better": list(numbers.lower_is_better),
        "strata": list(numbers.strata),
        "groups": [group_out(each) for each in numbers.groups],
        "left_out": [{"name": each.name, "why": each.why} for each in numbers.left_out],
    }


def group_out(group: GroupNumbers) -> dict[str, Any]:
    return {
        "group": group.group_id,
        "name": group.name,
        "tier": group.tier,
        "patients": group.patients,
        "screened": list(group.screened) if group.screened else None,
        "release": group.release,
        "quarters": list(group.quarters),
        "counts": {
            measure: {stratum: list(pair) for stratum, pair in pairs.items()}
            for measure, pairs in group.counts.items()
        },
    }


def numbers_in(stored: Mapping[str, Any]) -> Numbers:
    return Numbers(
        kind=stored["kind"],
        period=stored["period"],
        reference=stored["reference"],
        reference_says=stored["reference_says"],
        measure_ids=tuple(stored["measures"]),
        lower_is_better=tuple(stored["lower_is_better"]),
        strata=tuple(stored["strata"]),
        groups=tuple(group_in(each) for each in stored["groups"]),
        left_out=tuple(LeftOut(each["name"], each["why"]) for each in stored["left_out"]),
    )


def group_in(stored: Mapping[str, Any]) -> GroupNumbers:
    return GroupNumbers(
        group_id=stored["group"],
        name=stored["name"],
        tier=stored["tier"],
        patients=stored["patients"],
        screened=pair_in(stored["screened"]) if stored["screened"] else None,
        release=stored["release"],
        quarters=tuple(stored["quarters"]),
        counts={
            measure: {stratum: pair_in(pair) for stratum, pair in pairs.items()}
            for measure, pairs in stored["counts"].items()
        },
    )


def pair_in(stored: Sequence[int]) -> tuple[int, int]:
    above, below = stored
    return above, below
