"""Designs and outcomes of the laboratory as JSON keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import fields
from enum import StrEnum
from typing import Any

from readiness.incentives.design import Design, GapKind, Joining, Lower, PoolSplit, Rule
from readiness.incentives.models import (
    DesignOutcome,
    Eligibility,
    GroupLeftOut,
    GroupNumbers,
    GroupOutcome,
    GroupSlice,
    ReleasedNumbers,
    Scenario,
    Simulated,
    TrueChange,
)

WORDS: dict[str, type[StrEnum]] = {  # what of a design is a word from a list
    "rule": Rule,
    "split": PoolSplit,
    "lower": Lower,
    "gap": GapKind,
    "joining": Joining,
}
PLAIN = (  # what of an outcome is a number as it stands
    "replicates",
    "changed",
    "measures_counted",
    "measures_asked",
    "cells_not_shown",
    "cells_too_few",
    "present_concentration",
    "concentration_groups",
)
SIMULATED = (
    "paid",
    "paid_of_changed",
    "paid_of_unchanged",
    "nobody",
    "fell",
    "spent",
    "unspent",
    "concentration",
)


def design_out(design: Design) -> dict[str, Any]:
    plain = {field.name: getattr(design, field.name) for field in fields(design)}
    return {
        **{name: str(value) if name in WORDS else value for name, value in plain.items()},
        "measure_ids": list(design.measure_ids),
        "weights": {str(rule): weight for rule, weight in design.weights.items()},
    }


def design_in(stored: Mapping[str, Any]) -> Design:
    """What a later version has added stands at its usual."""
    known = {field.name for field in fields(Design)}
    words = {name: WORDS[name](value) for name, value in stored.items() if name in WORDS}
    return Design(
        **{name: value for name, value in stored.items() if name in known}
        | words
        | {
            "measure_ids": tuple(stored["measure_ids"]),
            "weights": {Rule(rule): weight for rule, weight in stored["weights"].items()},
        }
    )


def outcome_out(outcome: DesignOutcome) -> dict[str, Any]:
    """Without its design, which stands beside it."""
    return {
        "scenario": {"kind": str(outcome.scenario.kind), "points": outcome.scenario.points},
        **{name: getattr(outcome, name) for name in PLAIN},
        **{name: simulated_out(getattr(outcome, name)) for name in SIMULATED},
        "groups": [group_out(each) for each in outcome.groups],
        "by_tier": [slice_out(each) for each in outcome.by_tier],
        "by_social_risk": [slice_out(each) for each in outcome.by_social_risk],
    }


def outcome_in(stored: Mapping[str, Any], design: Design) -> DesignOutcome:
    simulated: dict[str, Any] = {name: simulated_in(stored[name]) for name in SIMULATED}
    return DesignOutcome(
        design=design,
        scenario=Scenario(TrueChange(stored["scenario"]["kind"]), stored["scenario"]["points"]),
        **{name: stored[name] for name in PLAIN},
        **simulated,
        groups=tuple(group_in(each) for each in stored["groups"]),
        by_tier=tuple(slice_in(each) for each in stored["by_tier"]),
        by_social_risk=tuple(slice_in(each) for each in stored["by_social_risk"]),
    )


def simulated_out(found: Simulated | None) -> list[float] | None:
    return [found.value, found.error] if found else None


def simulated_in(stored: Sequence[float] | None) -> Simulated | None:
    return Simulated(*stored) if stored else None


def group_out(group: GroupOutcome) -> dict[str, Any]:
    return {
        "group": group.group_id,
        "patients": group.patients,
        "standing": str(group.eligibility),
        "measures": group.measures,
        "most": group.most,
        "chance": simulated_out(group.chance),
        "dollars": simulated_out(group.dollars),
    }


def group_in(stored: Mapping[str, Any]) -> GroupOutcome:
    return GroupOutcome(
        group_id=stored["group"],
        patients=stored["patients"],
        eligibility=Eligibility(stored["standing"]),
        measures=stored["measures"],
        most=stored["most"],
        chance=Simulated(*stored["chance"]),
        dollars=Simulated(*stored["dollars"]),
    )


def slice_out(part: GroupSlice) -> dict[str, Any]:
    return {
        "name": part.name,
        "groups": part.groups,
        "taking_part": part.taking_part,
        "patients": part.patients,
        "patient_share": part.patient_share,
        "dollars": simulated_out(part.dollars),
        "dollar_share": simulated_out(part.dollar_share),
    }


def slice_in(stored: Mapping[str, Any]) -> GroupSlice:
    return GroupSlice(
        name=stored["name"],
        groups=stored["groups"],
        taking_part=stored["taking_part"],
        patients=stored["patients"],
        patient_share=stored["patient_share"],
        dollars=Simulated(*stored["dollars"]),
        dollar_share=simulated_in(stored["dollar_share"]),
    )


def numbers_out(numbers: ReleasedNumbers) -> dict[str, Any]:
    """As JSON keeps it."""
    return {
        "kind": numbers.kind,
        "period": numbers.period,
        "reference": numbers.reference,
        "reference_says": numbers.reference_says,
        "measures": list(numbers.measure_ids),
        "lower_is_better": list(numbers.lower_is_better),
        "strata": list(numbers.strata),
        "groups": [group_numbers_out(each) for each in numbers.groups],
        "left_out": [{"name": each.name, "why": each.why} for each in numbers.left_out],
    }


def group_numbers_out(group: GroupNumbers) -> dict[str, Any]:
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


def numbers_in(stored: Mapping[str, Any]) -> ReleasedNumbers:
    return ReleasedNumbers(
        kind=stored["kind"],
        period=stored["period"],
        reference=stored["reference"],
        reference_says=stored["reference_says"],
        measure_ids=tuple(stored["measures"]),
        lower_is_better=tuple(stored["lower_is_better"]),
        strata=tuple(stored["strata"]),
        groups=tuple(group_numbers_in(each) for each in stored["groups"]),
        left_out=tuple(GroupLeftOut(each["name"], each["why"]) for each in stored["left_out"]),
    )


def group_numbers_in(stored: Mapping[str, Any]) -> GroupNumbers:
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
