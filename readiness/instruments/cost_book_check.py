"""A cost book read beside its instrument: what it names exists, and what it delivers can be.

Whether an anchor justifies a level is for people to judge, by the reason that stands beside it.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator
from pathlib import Path

from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.typed_file import Finding
from readiness.core.yaml_file import MOST_BYTES
from readiness.instruments import cost_book, loader, sealed_files
from readiness.instruments.consistency import parse_or_explain
from readiness.instruments.corrections import impossible_corrections, marks_corrected
from readiness.instruments.cost_book import CostFile
from readiness.instruments.models import Instrument
from readiness.instruments.references import suggestion

NOTES = re.compile(rb"^(notes|own_days|day_rate):", re.MULTILINE)


def is_cost_book(path: Path) -> bool:
    """By what stands in it; a file that cannot be read is none."""
    try:
        with path.open("rb") as file:
            return NOTES.search(file.read(MOST_BYTES)) is not None
    except OSError:
        return False


def problems_of(path: Path) -> tuple[Problem, ...]:
    """Everything that is wrong with a cost book, in the order of its lines. Empty: nothing."""
    with path.open("rb") as file:
        raw = file.read(MOST_BYTES + 1)
        return sealed_files.check(raw, CostFile, all_contradictions, [cost_book.FOLDER])[1]


def all_contradictions(written: CostFile) -> Iterator[Finding]:
    yield from cost_book.contradictions(written)
    try:
        instrument = loader.load(written.id, written.version)
    except (NotFound, BadInput):
        says = f"there is no sound instrument {written.id} in version {written.version}: name one"
        yield ("version",), says
        return
    for check in CHECKS:
        yield from check(written, instrument)


def notes_that_do_not_match(written: CostFile, instrument: Instrument) -> Iterator[Finding]:
    known = instrument.intervention_by_id
    noted = {each.id for each in written.notes}
    for each in written.notes:
        if each.id not in known:
            yield ("notes", each.id, "id"), suggestion("interventions", each.id, known)
    if missing := [own for own in known if own not in noted]:
        yield ("notes",), f"{', '.join(missing)} has no note: write one for each intervention"


def impossible_deliveries(written: CostFile, instrument: Instrument) -> Iterator[Finding]:
    for each in written.notes:
        intervention = instrument.intervention_by_id.get(each.id)
        if intervention is None:
            continue
        needs = {p.item_id: p.level for p in intervention.prerequisites} | each.needs
        for item_id, delivery in each.delivers.items():
            at = ("notes", each.id, "delivers", item_id)
            if item_id not in instrument.item_by_id:
                yield at, suggestion("items", item_id, instrument.item_by_id)
            elif item_id not in intervention.item_ids:
                yield at, not_named(each.id, item_id, intervention.item_ids)
            elif delivery.level <= needs.get(item_id, 0):
                says = f"{each.id} begins only at level {needs[item_id]}: deliver more or nothing"
                yield (*at, "level"), says


def impossible_needs(written: CostFile, instrument: Instrument) -> Iterator[Finding]:
    """What own work or an intervention needs first: known items, and never itself."""
    for item_id, part in written.own_needs.items():
        if item_id not in instrument.item_by_id:
            says = suggestion("items", item_id, instrument.item_by_id)
            yield ("own_needs", item_id), says
        for needed in part.needs:
            at = ("own_needs", item_id, "needs", needed)
            if needed == item_id:
                yield at, f"own work on {item_id} cannot need {item_id} first: take it out"
            elif item_id in getattr(written.own_needs.get(needed), "needs", {}):
                yield at, f"{item_id} and {needed} need each other first: take one out"
            elif needed not in instrument.item_by_id:
                yield at, suggestion("items", needed, instrument.item_by_id)
    for each in written.notes:
        for needed in each.needs.keys() - instrument.item_by_id.keys():
            yield (
                ("notes", each.id, "needs", needed),
                suggestion("items", needed, instrument.item_by_id),
            )


def not_named(own: str, item_id: str, items: Collection[str]) -> str:
    return f"{own} does not name {item_id} among its items ({', '.join(items)}): take it out"


def unknown_facts(written: CostFile, instrument: Instrument) -> Iterator[Finding]:
    """A population is told by facts: an answer that decided could make a better group worse off."""
    for each in written.notes:
        parsed = parse_or_explain(each.population.when) if each.population.when else ""
        if isinstance(parsed, str):
            continue
        at = ("notes", each.id, "population", "when")
        for key in sorted(parsed.keys - instrument.field_by_key.keys()):
            yield at, suggestion("context keys", key, instrument.field_by_key)
        for item_id in sorted(parsed.item_ids):
            yield at, f"{item_id} is an answer, not a fact about the group: use context keys"
        if not parsed.keys and not parsed.item_ids:
            yield at, "this reads nothing about the group: name a context key"


def bad_corrections(written: CostFile, instrument: Instrument) -> Iterator[Finding]:
    yield from impossible_corrections(written.corrects, instrument)


def unmarked(written: CostFile, instrument: Instrument) -> Iterator[Finding]:
    """An estimate must never read like a measurement."""
    marks = instrument.marks
    for at, status in (*statuses(written), *marks_corrected(written.corrects)):
        if marks and not re.search(rf"\b(?:{'|'.join(map(re.escape, marks))})\b", status):
            says = f"{status[:60]!r} carries none of the marks {', '.join(marks)}: add one"
            yield at, says


def statuses(written: CostFile) -> Iterator[tuple[tuple[str, ...], str]]:
    yield ("own_days", "status"), written.own_days.status
    yield ("day_rate", "status"), written.day_rate.status
    yield ("margin", "status"), written.margin.status
    for item_id, part in written.own_needs.items():
        yield ("own_needs", item_id, "status"), part.status
    for each in written.notes:
        at = ("notes", each.id)
        yield (*at, "status"), each.status
        yield (*at, "population", "status"), each.population.status
        for item_id, delivery in each.delivers.items():
            yield (*at, "delivers", item_id, "status"), delivery.status


CHECKS: tuple[Callable[[CostFile, Instrument], Iterator[Finding]], ...] = (
    notes_that_do_not_match,
    impossible_deliveries,
    impossible_needs,
    unknown_facts,
    bad_corrections,
    unmarked,
)
