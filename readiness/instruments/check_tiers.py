"""Tiers ask for more the higher they are, and never for the same thing twice."""

from __future__ import annotations

from collections.abc import Iterator
from fractions import Fraction
from itertools import pairwise

from readiness.instruments.file_format import Written
from readiness.instruments.file_shapes import Path
from readiness.instruments.models import Gate, GateKind, Instrument

Finding = tuple[Path, str]

PART = {GateKind.ESSENTIAL: "essential_gates", GateKind.SUPPORTING: "supporting_gates"}


def place_of(gate: Gate) -> Path:
    return ("tiers", gate.tier_id, PART[gate.kind], gate.item_id)


def tiers_out_of_order(written: Written, _: Instrument) -> Iterator[Finding]:
    for number, tier in enumerate(written["tiers"]):
        if tier["id"] != f"T{number}":
            path = ("tiers", tier["id"], "id")
            yield path, f"tiers are T0, T1, … in this order: call this one T{number}"
    asked = ("axis_min", "domain_min", "essential_gates", "supporting_gates")
    for tier in written["tiers"][:1]:
        if any(tier[part] for part in asked):
            yield ("tiers", tier["id"]), "the lowest tier asks for nothing: take its rules out"


def minimums_that_do_not_rise(_: Written, instrument: Instrument) -> Iterator[Finding]:
    for lower, higher in pairwise(instrument.tiers):
        at = ("tiers", higher.id)
        for axis in instrument.axes:
            low = lower.axis_min.get(axis.id, Fraction(0))
            high = higher.axis_min.get(axis.id, Fraction(0))
            if not rises(low, high):
                yield (*at, "axis_min", axis.id), not_above(higher.id, high, lower.id, low)
        if not rises(lower.domain_min, higher.domain_min):
            says = not_above(higher.id, higher.domain_min, lower.id, lower.domain_min)
            yield (*at, "domain_min"), says


def rises(low: Fraction, high: Fraction) -> bool:
    """Nothing asked of either tier is fine; the same of both is not."""
    return high > low or high == low == 0


def not_above(higher: str, high: Fraction, lower: str, low: Fraction) -> str:
    return f"{higher} asks for {float(high):g}, {lower} for {float(low):g}: ask {higher} for more"


def gates_by_item(instrument: Instrument) -> dict[str, list[Gate]]:
    """Also for items that do not exist, or whose domain does not."""
    gates: dict[str, list[Gate]] = {}
    for tier in instrument.tiers:
        for gate in tier.gates:
            gates.setdefault(gate.item_id, []).append(gate)
    return gates


def gates_that_do_not_rise(_: Written, instrument: Instrument) -> Iterator[Finding]:
    """A level lower than one asked before can never decide anything."""
    for gates in gates_by_item(instrument).values():
        for lower, higher in pairwise(gates):
            if lower.tier_id == higher.tier_id:
                continue
            seen = f"{lower.tier_id} already asks for level {lower.level}"
            if higher.level < lower.level:
                yield place_of(higher), f"{seen}: a gate may not fall; raise it or take it out"
            elif higher.level == lower.level and lower.kind is GateKind.ESSENTIAL:
                yield place_of(higher), f"{seen} and never less: take this gate out"


def gates_asked_twice(written: Written, _: Instrument) -> Iterator[Finding]:
    at: Path
    for tier in written["tiers"]:
        gates = tier["essential_gates"].keys() | tier["supporting_gates"].keys()
        for item in sorted(tier["essential_gates"].keys() & tier["supporting_gates"].keys()):
            path = ("tiers", tier["id"], "supporting_gates", item)
            yield path, f"{item} is also an essential gate of {tier['id']}: keep one of the two"
        for item in tier["not_applicable_meets"]:
            if item not in gates:
                at = ("tiers", tier["id"], "not_applicable_meets")
                yield at, f"{item} is not a gate of {tier['id']}: add the gate or take it out"
        if tier["supporting_unmet_max"] > len(tier["supporting_gates"]):
            at = ("tiers", tier["id"], "supporting_unmet_max")
            yield at, "more gates may be unmet than there are supporting ones: lower it"


def gates_without_reason(written: Written, instrument: Instrument) -> Iterator[Finding]:
    """Why an item is a gate is told at the item, once; and only for gates."""
    all_gates = gates_by_item(instrument)
    for item in written["items"]:
        path = ("items", item["id"], "gate_why")
        gates = all_gates.get(item["id"])
        if gates and not item["gate_why"]:
            yield path, f"{item['id']} is a gate of {gates[0].tier_id}: say why"
        if item["gate_why"] and not gates:
            yield path, f"no tier has {item['id']} as a gate: take the reason out or add the gate"


def supports_that_do_not_rise(written: Written, _: Instrument) -> Iterator[Finding]:
    """Checking a claim against counts needs a metric that is counted, and rising shares."""
    for item in written["items"]:
        path = ("items", item["id"], "support_at")
        counted = bool(item["metric"] and item["metric"]["from_counts"])
        if counted != bool(item["support_at"]):
            yield path, "a metric with from_counts and support_at go together: write both"
        if unknown := sorted(set(item["support_at"]) - set("1234")):
            yield path, f"{unknown[0]} is not a level from 1 to 4: write the level"
        shares = [share for _, share in sorted(item["support_at"].items())]
        if any(low >= high for low, high in pairwise(shares)):
            yield path, "a higher level must need a larger share: raise it"
