"""What a file says that cannot all be true. Each check is a function in the list at the end."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from fractions import Fraction
from itertools import pairwise

from readiness.core.typed_file import Finding, Path
from readiness.instruments import references
from readiness.instruments.conditions import Condition, parse_condition
from readiness.instruments.file_format import ColumnPart, InstrumentFile
from readiness.instruments.models import (
    LEVELS,
    ApplicabilityRule,
    Gate,
    GateKind,
    Instrument,
)
from readiness.instruments.quantities import parse_quantity

PART = {GateKind.ESSENTIAL: "essential_gates", GateKind.SUPPORTING: "supporting_gates"}
MOST_CHARACTERS = 500  # a longer rule is not one that a person can check
COUNTED = ("integer", "number", "share")


def path_of(gate: Gate) -> Path:
    return ("tiers", gate.tier_id, PART[gate.kind], gate.item_id)


# Tiers ask for more the higher they are, and never for the same thing twice


def tiers_out_of_order(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    for number, tier in enumerate(written.tiers):
        if tier.id != f"T{number}":
            path = ("tiers", tier.id, "id")
            yield path, f"tiers are T0, T1, … in this order: call this one T{number}"
    for tier in written.tiers[:1]:
        gates = tier.essential_gates or tier.supporting_gates
        if tier.axis_min or tier.domain_min or gates:
            yield ("tiers", tier.id), "the lowest tier asks for nothing: take its rules out"


def minimums_that_do_not_rise(_: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
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


def efforts_that_fall(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """The way up would otherwise leap over levels instead of going through them."""
    for level, (lower, higher) in enumerate(pairwise(written.step_effort), start=2):
        if higher < lower:
            says = f"the step to level {level} costs {higher}, the one before {lower}"
            yield ("step_effort",), f"{says}: a higher step may not cost less"


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


def gates_that_do_not_rise(_: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
    """A level lower than one asked before can never decide anything."""
    for gates in gates_by_item(instrument).values():
        for lower, higher in pairwise(gates):
            if lower.tier_id == higher.tier_id:
                continue
            seen = f"{lower.tier_id} already asks for level {lower.level}"
            if higher.level < lower.level:
                yield path_of(higher), f"{seen}: a gate may not fall; raise it or take it out"
            elif higher.level == lower.level and lower.kind is GateKind.ESSENTIAL:
                yield path_of(higher), f"{seen} and never less: take this gate out"


def gates_asked_twice(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    at: Path
    for tier in written.tiers:
        gates = tier.essential_gates.keys() | tier.supporting_gates.keys()
        for item in sorted(tier.essential_gates.keys() & tier.supporting_gates.keys()):
            path = ("tiers", tier.id, "supporting_gates", item)
            yield path, f"{item} is also an essential gate of {tier.id}: keep one of the two"
        for item in tier.not_applicable_meets:
            if item not in gates:
                at = ("tiers", tier.id, "not_applicable_meets")
                yield at, f"{item} is not a gate of {tier.id}: add the gate or take it out"
        if tier.supporting_unmet_max > len(tier.supporting_gates):
            at = ("tiers", tier.id, "supporting_unmet_max")
            yield at, "more gates may be unmet than there are supporting ones: lower it"


def gates_without_reason(written: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
    """Why an item is a gate is told at the item, once; and only for gates."""
    all_gates = gates_by_item(instrument)
    for item in written.items:
        path = ("items", item.id, "gate_why")
        gates = all_gates.get(item.id)
        if gates and not item.gate_why:
            yield path, f"{item.id} is a gate of {gates[0].tier_id}: say why"
        if item.gate_why and not gates:
            yield path, f"no tier has {item.id} as a gate: take the reason out or add the gate"


def levels_that_are_not_five(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """Never four, never six."""
    wanted = {str(level) for level in LEVELS}
    for item in written.items:
        if item.levels.keys() != wanted:
            seen = ", ".join(key[:20] for key in item.levels) or "none"
            says = f"an item has the five levels 0 to 4, here are {seen}: write all five"
            yield ("items", item.id, "levels"), says


def supports_that_do_not_rise(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """Checking a claim against counts needs a metric that is counted, and rising shares."""
    for item in written.items:
        path = ("items", item.id, "support_at")
        counted = bool(item.metric and item.metric.from_counts)
        if counted != bool(item.support_at):
            yield path, "a metric with from_counts and support_at go together: write both"
        if unknown := sorted(set(item.support_at) - set("1234")):
            yield path, f"{unknown[0]} is not a level from 1 to 4: write the level"
        shares = [share for _, share in sorted(item.support_at.items())]
        if any(low >= high for low, high in pairwise(shares)):
            yield path, "a higher level must need a larger share: raise it"


# Conditions read what exists, and the fields they read can be filled in


def bad_conditions(written: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
    for item in written.items:
        if text := item.na_when:
            path = ("items", item.id, "na_when")
            known = frozenset(each.id for each in written.items)
            for says in problems_of_condition(text, item.id, instrument, known):
                yield path, says
            if instrument.not_applicable is ApplicabilityRule.BY_FACT:
                for says in answers_that_decide(text):
                    yield path, says


def answers_that_decide(text: str) -> Iterator[str]:
    """Where facts decide, no answer may: a raised level could take another item's score away."""
    parsed = parse_or_explain(text)
    for named in () if isinstance(parsed, str) else sorted(parsed.item_ids):
        yield f"{named} is an answer, and here facts of the group decide: use context keys"


def problems_of_condition(
    text: str, item_id: str, instrument: Instrument, item_ids: frozenset[str]
) -> Iterator[str]:
    parsed = parse_or_explain(text)
    if isinstance(parsed, str):
        yield parsed
        return
    for key in sorted(parsed.keys - instrument.field_by_key.keys()):
        yield f"{key} is not a key of any context field: add the field or mend the name"
    for named in sorted(parsed.item_ids - item_ids):
        yield f"{named} is not among the items: name one that is"
    if item_id in parsed.item_ids:
        yield f"{item_id} would decide about itself: read another item"
    if not parsed.keys and not parsed.item_ids:
        yield "this reads nothing about the group: name a context key or an item"


def parse_or_explain(text: str) -> Condition | str:
    """The condition, or the sentence that says what is wrong with it."""
    if len(text) > MOST_CHARACTERS:
        return f"a condition may have {MOST_CHARACTERS} characters: shorten it"
    try:
        return parse_condition(text)
    except (RecursionError, MemoryError):
        return "the condition is nested too deeply: shorten it"
    except ValueError as error:
        says = str(error)
        return says if ": " in says else f"{says}: write one like sites == 1"


def conditions_without_words(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """A program reads na_when, a person na_says: an item has both or neither."""
    for item in written.items:
        if bool(item.na_when) != bool(item.na_says):
            missing = "na_says" if item.na_when else "na_when"
            yield ("items", item.id, missing), "na_when and na_says go together: write both"


def bad_fields(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    for item in written.context:
        for field in item.fields:
            at = ("context", item.id, "fields", field.key)
            yield from problems_of_field(field, at)
            if (field.type == "table") != bool(field.columns):
                yield (*at, "columns"), "a table has columns, nothing else does: mend the type"
            for column in field.columns:
                inner = (*at, "columns", column.key)
                yield from problems_of_field(column, inner)
                if column.type == "table":
                    yield (*inner, "type"), "a table may not stand in a table: choose another type"


def problems_of_field(field: ColumnPart, at: Path) -> Iterator[Finding]:
    if (field.type in ("choice", "choices")) != bool(field.choices):
        yield (*at, "choices"), "a choice has choices, nothing else does: mend the type"
    low, high = field.minimum, field.maximum
    if low is not None and high is not None and low >= high:
        yield (*at, "maximum"), "the maximum must be above the minimum: raise it"


# Interventions: figures that can be, and a way to begin each from nothing


def impossible_figures(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    for each in written.interventions:
        at = ("interventions", each.id)
        low, high, likely = each.cost.low, each.cost.high, each.cost.likely
        if low > high:
            yield (*at, "cost", "low"), "the low cost is above the high one: swap or mend them"
        elif likely is not None and not low <= likely <= high:
            yield (*at, "cost", "likely"), "the likely cost lies outside low to high: mend it"
        months = each.months_to_effect
        if len(months) > 2 or list(months) != sorted(months):
            yield (
                (*at, "months_to_effect"),
                "these are not two months in order: write the earlier first",
            )


def bad_quantities(written: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
    """How many units a group needs is worked out from countable things known about it."""
    counted = {key for key, field in instrument.field_by_key.items() if field.type in COUNTED}
    for each in written.interventions:
        text = each.cost.quantity
        if text is None:
            continue
        path = ("interventions", each.id, "cost", "quantity")
        try:
            keys = parse_quantity(text).keys
        except (RecursionError, MemoryError):
            yield path, "the quantity is nested too deeply: shorten it"
            continue
        except ValueError as error:
            says = str(error)
            hint = "use numbers, context keys and + - * /"
            yield path, says if ": " in says else f"{says}: {hint}"
            continue
        for key in sorted(keys - counted):
            yield path, f"{key} is not a context field with a number: name one that is"


def items_without_help(_: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
    for item in instrument.items:
        if not item.intervention_ids:
            says = f"no intervention helps with {item.id}: add it to the items of one"
            yield ("items", item.id), says


def actions_out_of_reach(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """From a group with nothing, each intervention must come into reach in some order.

    A prerequisite is in reach once an intervention that is in reach improves its item; so what
    is left over waits for itself, alone or in a circle.
    """
    waiting = {each.id: each for each in written.interventions}
    raised: set[str] = set()
    while ready := [own for own, each in waiting.items() if raised >= each.prerequisites.keys()]:
        for own in ready:
            raised.update(waiting.pop(own).items)
    for own, each in waiting.items():
        stuck = ", ".join(sorted(each.prerequisites.keys() - raised))
        path = ("interventions", own, "prerequisites")
        yield path, f"nothing that can be begun improves {stuck} first: let an intervention do so"


def unmarked_estimates(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """An estimate must never read like a measurement, so figures carry their marks."""
    marks = written.marks
    if not marks:
        return
    known = ", ".join(marks)
    for path, status in statuses(written):
        if not re.search(rf"\b(?:{'|'.join(map(re.escape, marks))})\b", status):
            yield path, f"{status[:60]!r} carries none of the marks {known}: add one"


def statuses(written: InstrumentFile) -> Iterator[tuple[Path, str]]:
    for each in written.interventions:
        yield ("interventions", each.id, "effect", "status"), each.effect.status
        yield ("interventions", each.id, "cost", "status"), each.cost.status
    for framework in written.frameworks:
        yield ("frameworks", framework.id, "status"), framework.status
    for source in written.sources:
        yield ("sources", source.id, "verified"), source.verified


CHECKS: tuple[Callable[[InstrumentFile, Instrument], Iterator[Finding]], ...] = (
    references.repeated_ids,
    references.unknown_ids,
    references.unknown_in_texts,
    references.nothing_inside,
    references.scale_out_of_order,
    levels_that_are_not_five,
    tiers_out_of_order,
    minimums_that_do_not_rise,
    efforts_that_fall,
    gates_that_do_not_rise,
    gates_asked_twice,
    gates_without_reason,
    supports_that_do_not_rise,
    bad_conditions,
    conditions_without_words,
    bad_fields,
    impossible_figures,
    bad_quantities,
    items_without_help,
    actions_out_of_reach,
    unmarked_estimates,
)


def contradictions(written: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
    for check in CHECKS:
        yield from check(written, instrument)
