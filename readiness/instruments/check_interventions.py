"""Interventions: figures that can be, and a way to begin each from nothing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Any

from readiness.instruments.file_format import Written
from readiness.instruments.file_shapes import Path
from readiness.instruments.models import Instrument
from readiness.instruments.quantities import parse_quantity

Finding = tuple[Path, str]

COUNTED = ("integer", "number", "share")


def impossible_figures(written: Written, _: Instrument) -> Iterator[Finding]:
    for each in written["interventions"]:
        at = ("interventions", each["id"])
        low, high, likely = (each["cost"][part] for part in ("low", "high", "likely"))
        if low > high:
            yield (*at, "cost", "low"), "the low cost is above the high one: swap or mend them"
        elif likely is not None and not low <= likely <= high:
            yield (*at, "cost", "likely"), "the likely cost lies outside low to high: mend it"
        months = each["months_to_effect"]
        if len(months) > 2 or list(months) != sorted(months):
            yield (
                (*at, "months_to_effect"),
                "these are not two months in order: write the earlier first",
            )


def bad_quantities(written: Written, instrument: Instrument) -> Iterator[Finding]:
    """How many units a group needs is worked out from countable things known about it."""
    counted = {key for key, field in instrument.field_by_key.items() if field.type in COUNTED}
    for each in written["interventions"]:
        text = each["cost"]["quantity"]
        if text is None:
            continue
        path = ("interventions", each["id"], "cost", "quantity")
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


def items_without_help(_: Written, instrument: Instrument) -> Iterator[Finding]:
    for item in instrument.items:
        if not item.intervention_ids:
            says = f"no intervention helps with {item.id}: add it to the items of one"
            yield ("items", item.id), says


def actions_out_of_reach(written: Written, _: Instrument) -> Iterator[Finding]:
    """From a group with nothing, each intervention must come into reach in some order.

    A prerequisite is in reach once an intervention that is in reach improves its item; so what
    is left over waits for itself, alone or in a circle.
    """
    waiting = {each["id"]: each for each in written["interventions"]}
    raised: set[str] = set()
    while ready := [own for own, each in waiting.items() if raised >= set(each["prerequisites"])]:
        for own in ready:
            raised.update(waiting.pop(own)["items"])
    for own, each in waiting.items():
        stuck = ", ".join(sorted(set(each["prerequisites"]) - raised))
        path = ("interventions", own, "prerequisites")
        yield path, f"nothing that can be begun improves {stuck} first: let an intervention do so"


def unmarked_estimates(written: Written, _: Instrument) -> Iterator[Finding]:
    """An estimate must never read like a measurement, so figures carry their marks."""
    marks = written["marks"]
    if not marks:
        return
    known = ", ".join(marks)
    for path, status in statuses(written):
        if not re.search(rf"\b(?:{'|'.join(map(re.escape, marks))})\b", status):
            yield path, f"{status[:60]!r} carries none of the marks {known}: add one"


def statuses(written: dict[str, Any]) -> Iterator[tuple[Path, str]]:
    for each in written["interventions"]:
        for part in ("effect", "cost"):
            yield ("interventions", each["id"], part, "status"), each[part]["status"]
    for framework in written["frameworks"]:
        yield ("frameworks", framework["id"], "status"), framework["status"]
    for source in written["sources"]:
        yield ("sources", source["id"], "verified"), source["verified"]
