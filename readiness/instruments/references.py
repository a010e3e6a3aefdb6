"""Ids: each names one thing, and each thing that is named exists."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from msgspec import Struct

from readiness.core.typed_file import Finding, Path
from readiness.instruments.file_format import InstrumentFile, InterventionPart, TierPart
from readiness.instruments.models import LEVELS, Instrument

LISTS = (
    "axes",
    "domains",
    "tiers",
    "items",
    "interventions",
    "context",
    "core_measures",
    "frameworks",
    "sources",
)
SOURCE_IN_TEXT = re.compile(r"\bS[0-9]{2}[a-z]?\b")


def ids(written: InstrumentFile, part: str) -> frozenset[str]:
    return frozenset(each.id for each in getattr(written, part))


def repeated_ids(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    for part in LISTS:
        for own, times in Counter(each.id for each in getattr(written, part)).items():
            if times > 1:
                yield (part, own), f"the id {own} is used {times} times: give each its own"
    keys = Counter(field.key for item in written.context for field in item.fields)
    for item in written.context:
        for field in item.fields:
            if keys[field.key] > 1:
                path = ("context", item.id, "fields", field.key)
                yield path, f"the key {field.key} is used more than once: give each its own"


def unknown_ids(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """Every place where one thing names another."""
    known = {part: ids(written, part) for part in LISTS}
    for path, part, named in links(written):
        if named not in known[part]:
            yield path, suggestion(part, named, known[part])
    elements = {each.id: each.elements for each in written.frameworks}
    for item in written.items:
        for framework, elements_named in item.crosswalk.items():
            for element in elements_named:
                if framework in elements and element not in elements[framework]:
                    path = ("items", item.id, "crosswalk", framework)
                    yield path, suggestion(f"elements of {framework}", element, elements[framework])


def suggestion(part: str, named: str, known: Collection[str]) -> str:
    close = get_close_matches(named, list(known), n=1)
    hint = f"write {close[0]}" if close else "add it there or take it out here"
    return f"{named} is not among the {part.replace('_', ' ')}: {hint}"


def links(written: InstrumentFile) -> Iterator[tuple[Path, str, str]]:
    """(where, the list that is meant, the id that is named)."""
    yield ("limits", "na_cap"), "tiers", written.limits.na_cap
    for domain in written.domains:
        yield ("domains", domain.id, "axis"), "axes", domain.axis
    for item in written.items:
        yield ("items", item.id, "domain"), "domains", item.domain
        for framework in item.crosswalk:
            yield ("items", item.id, "crosswalk", framework), "frameworks", framework
    for tier in written.tiers:
        yield from tier_links(tier)
    for each in written.interventions:
        yield from intervention_links(each)


def tier_links(tier: TierPart) -> Iterator[tuple[Path, str, str]]:
    at = ("tiers", tier.id)
    for axis in tier.axis_min:
        yield (*at, "axis_min", axis), "axes", axis
    for item in tier.essential_gates:
        yield (*at, "essential_gates", item), "items", item
    for item in tier.supporting_gates:
        yield (*at, "supporting_gates", item), "items", item
    for item in tier.not_applicable_meets:
        yield (*at, "not_applicable_meets"), "items", item


def intervention_links(each: InterventionPart) -> Iterator[tuple[Path, str, str]]:
    at = ("interventions", each.id)
    for item in each.items:
        yield (*at, "items"), "items", item
    for item in each.prerequisites:
        yield (*at, "prerequisites", item), "items", item
    for measure in each.measures:
        yield (*at, "measures"), "core_measures", measure
    for source in each.effect.sources:
        yield (*at, "effect", "sources"), "sources", source


def unknown_in_texts(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    """A text that cites S99 or sends the reader to LEAD-9 must not send them nowhere."""
    prefixes = sorted(re.escape(own) for own in ids(written, "domains") | {"CTX"} if own)
    item_in_text = re.compile(rf"\b(?:{'|'.join(prefixes)})-[0-9]+\b")
    known = ids(written, "items") | ids(written, "context")
    for path, text in texts(written, ()):
        for cited in SOURCE_IN_TEXT.findall(text):
            if cited not in ids(written, "sources"):
                yield path, f"{cited} is cited but is not among the sources: add it there"
        for named in item_in_text.findall(text):
            if named not in known:
                yield path, f"{named} is mentioned but does not exist: name one that does"


def texts(part: Any, path: Path) -> Iterator[tuple[Path, str]]:
    """Every sentence of a file (never an id alone) with its place."""
    if isinstance(part, str) and " " in part:
        yield path, part
    elif isinstance(part, tuple):
        for n, inner in enumerate(part, 1):
            own = getattr(inner, "id", None) or getattr(inner, "key", None) or f"number {n}"
            yield from texts(inner, (*path, own))
    elif isinstance(part, Mapping) or hasattr(part, "__dataclass_fields__"):
        entries = part if isinstance(part, Mapping) else vars(part)
        for key, inner in entries.items():
            yield from texts(inner, (*path, key))
    elif isinstance(part, Struct):
        for key in part.__struct_fields__:
            if key != "na_when":  # a condition is checked as one
                yield from texts(getattr(part, key), (*path, key))


def nothing_inside(_: InstrumentFile, instrument: Instrument) -> Iterator[Finding]:
    for axis in instrument.axes:
        if not axis.domain_ids:
            yield ("axes", axis.id), f"the axis {axis.id} has no domain: add one or take it out"
    for domain in instrument.domains:
        if not domain.items:
            yield ("domains", domain.id), f"the domain {domain.id} has no item: add one"


def scale_out_of_order(written: InstrumentFile, _: Instrument) -> Iterator[Finding]:
    if [level.level for level in written.scale.levels] != list(LEVELS):
        yield ("scale", "levels"), "the scale has the levels 0 to 4 in order: write each once"
