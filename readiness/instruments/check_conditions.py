"""Conditions read what exists, and the fields they read can be filled in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from readiness.instruments.conditions import Condition, parse_condition
from readiness.instruments.file_format import Written
from readiness.instruments.file_shapes import Path
from readiness.instruments.models import Instrument

Finding = tuple[Path, str]

MOST_CHARACTERS = 500  # a longer rule is not one that a person can check


def bad_conditions(written: Written, instrument: Instrument) -> Iterator[Finding]:
    for item in written["items"]:
        if text := item["na_when"]:
            path = ("items", item["id"], "na_when")
            known = frozenset(each["id"] for each in written["items"])
            for says in problems_of_condition(text, item["id"], instrument, known):
                yield path, says


def problems_of_condition(
    text: str, item_id: str, instrument: Instrument, item_ids: frozenset[str]
) -> Iterator[str]:
    parsed = parsed_or_why(text)
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


def parsed_or_why(text: str) -> Condition | str:
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


def conditions_half_told(written: Written, _: Instrument) -> Iterator[Finding]:
    """A program reads na_when, a person na_says: an item has both or neither."""
    for item in written["items"]:
        if bool(item["na_when"]) != bool(item["na_says"]):
            missing = "na_says" if item["na_when"] else "na_when"
            yield ("items", item["id"], missing), "na_when and na_says go together: write both"


def bad_fields(written: Written, _: Instrument) -> Iterator[Finding]:
    for item in written["context"]:
        for field in item["fields"]:
            at = ("context", item["id"], "fields", field["key"])
            yield from problems_of_field(field, at)
            if (field["type"] == "table") != bool(field["columns"]):
                yield (*at, "columns"), "a table has columns, nothing else does: mend the type"
            for column in field["columns"]:
                inner = (*at, "columns", column["key"])
                yield from problems_of_field(column, inner)
                if column["type"] == "table":
                    yield (*inner, "type"), "a table may not stand in a table: choose another type"


def problems_of_field(field: dict[str, Any], at: Path) -> Iterator[Finding]:
    if (field["type"] in ("choice", "choices")) != bool(field["choices"]):
        yield (*at, "choices"), "a choice has choices, nothing else does: mend the type"
    low, high = field["minimum"], field["maximum"]
    if low is not None and high is not None and low >= high:
        yield (*at, "maximum"), "the maximum must be above the minimum: raise it"
