"""What a cost book corrects in an instrument that is sealed: costs, effects, staffing and sources.

A sealed instrument never changes, but a price or a source in it may turn out wrong. None of these
four takes part in a score, so that a correction cannot change a tier; each says why and since when.
"""

from __future__ import annotations

from collections.abc import Iterator, Set
from dataclasses import dataclass, replace
from datetime import date

from msgspec import Struct

from readiness.core.typed_file import Day, Finding, Id
from readiness.instruments.consistency import COUNTED
from readiness.instruments.file_format import CostPart, EffectPart, cost_of, effect_of
from readiness.instruments.models import Cost, Effect, Instrument, Intervention, Source
from readiness.instruments.quantities import parse_quantity
from readiness.instruments.references import suggestion

SEEN = "V"  # the mark of a source that was seen at its address


@dataclass(frozen=True)
class Correction:
    """Of one intervention; None and "" leave what the instrument says."""

    intervention_id: str
    why: str
    as_of: date
    cost: Cost | None
    effect: Effect | None
    staffing: str


@dataclass(frozen=True)
class SourceCorrection:
    source: Source
    why: str
    as_of: date


@dataclass(frozen=True)
class Corrections:
    interventions: tuple[Correction, ...] = ()
    sources: tuple[SourceCorrection, ...] = ()


def corrected(instrument: Instrument, corrections: Corrections) -> Instrument:
    """The instrument as it is planned with and cited: its seal stays that of its file."""
    by_id = {each.intervention_id: each for each in corrections.interventions}
    sources = {each.source.id: cited(each) for each in corrections.sources}
    unseen = {own for own, source in sources.items() if source.verified != SEEN}
    mended = (
        corrected_intervention(each, by_id[each.id]) if each.id in by_id else each
        for each in instrument.interventions
    )
    return replace(
        instrument,
        interventions=tuple(marked_down(each, unseen) for each in mended),
        sources=tuple(sources.get(each.id, each) for each in instrument.sources),
    )


def marked_down(each: Intervention, unseen: Set[str]) -> Intervention:
    """An effect is no better known than the sources it cites."""
    to_check = [own for own in each.effect.source_ids if own in unseen]
    if not to_check:
        return each
    status = f"{each.effect.status}; check {' and '.join(to_check)} before quoting"
    return replace(each, effect=replace(each.effect, status=status))


def corrected_intervention(each: Intervention, correction: Correction) -> Intervention:
    cost = correction.cost
    return replace(
        each,
        cost=replace(cost, basis=f"{cost.basis}. {says(correction)}") if cost else each.cost,
        effect=correction.effect or each.effect,
        staffing=correction.staffing or each.staffing,
    )


def says(correction: Correction) -> str:
    day = correction.as_of
    return f"Corrected {day:%b} {day.day}, {day.year}: {correction.why}"


def cited(correction: SourceCorrection) -> Source:
    """A source that was not seen at its steward's says so wherever it is cited."""
    source = correction.source
    if source.verified == SEEN:
        return source
    return replace(source, what=f"{source.what} ({correction.why})")


# In the cost book's file


class CorrectionPart(Struct, frozen=True, kw_only=True):
    id: Id
    why: str
    as_of: Day
    cost: CostPart | None = None
    effect: EffectPart | None = None
    staffing: str = ""


class SourceCorrectionPart(Struct, frozen=True, kw_only=True):
    id: Id
    what: str
    at: str
    verified: str
    why: str
    as_of: Day


class CorrectionsPart(Struct, frozen=True, kw_only=True):
    interventions: tuple[CorrectionPart, ...] = ()
    sources: tuple[SourceCorrectionPart, ...] = ()


def corrections_of(part: CorrectionsPart) -> Corrections:
    return Corrections(
        tuple(map(correction_of, part.interventions)),
        tuple(
            SourceCorrection(
                Source(each.id, each.what, each.at, each.verified),
                each.why,
                date.fromisoformat(each.as_of),
            )
            for each in part.sources
        ),
    )


def correction_of(part: CorrectionPart) -> Correction:
    return Correction(
        intervention_id=part.id,
        why=part.why,
        as_of=date.fromisoformat(part.as_of),
        cost=cost_of(part.cost) if part.cost else None,
        effect=effect_of(part.effect) if part.effect else None,
        staffing=part.staffing,
    )


def days_corrected(part: CorrectionsPart) -> Iterator[tuple[tuple[str, ...], str]]:
    for each in part.interventions:
        yield ("corrects", "interventions", each.id), each.as_of
    for source in part.sources:
        yield ("corrects", "sources", source.id), source.as_of


def marks_corrected(part: CorrectionsPart) -> Iterator[tuple[tuple[str, ...], str]]:
    for each in part.interventions:
        at = ("corrects", "interventions", each.id)
        if each.cost:
            yield (*at, "cost", "status"), each.cost.status
        if each.effect:
            yield (*at, "effect", "status"), each.effect.status
    for source in part.sources:
        yield ("corrects", "sources", source.id, "verified"), source.verified


def impossible_corrections(part: CorrectionsPart, instrument: Instrument) -> Iterator[Finding]:
    """What is corrected exists, and can be so."""
    sources = {each.id for each in instrument.sources}
    for each in part.interventions:
        at = ("corrects", "interventions", each.id)
        if each.id not in instrument.intervention_by_id:
            yield at, suggestion("interventions", each.id, instrument.intervention_by_id)
        if not (each.cost or each.effect or each.staffing):
            yield at, "this corrects nothing: write cost, effect or staffing"
        if each.cost:
            yield from impossible_cost(each.cost, (*at, "cost"), instrument)
        for named in each.effect.sources if each.effect else ():
            if named not in sources:
                yield (*at, "effect", "sources"), suggestion("sources", named, sources)
    for source in part.sources:
        if source.id not in sources:
            at = ("corrects", "sources", source.id)
            yield at, suggestion("sources", source.id, sources)


def impossible_cost(
    cost: CostPart, at: tuple[str, ...], instrument: Instrument
) -> Iterator[Finding]:
    likely = cost.low if cost.likely is None else cost.likely
    if not cost.low <= likely <= cost.high:
        yield at, "low, likely and high do not rise: put them in order"
    if cost.quantity is None:
        return
    try:
        keys = parse_quantity(cost.quantity).keys
    except (ValueError, RecursionError, MemoryError):
        yield (*at, "quantity"), "this is not a quantity: write one like sites * 2"
        return
    counted = {key for key, each in instrument.field_by_key.items() if each.type in COUNTED}
    for key in sorted(keys - counted):
        yield (*at, "quantity"), f"{key} is not a context field with a number: name one that is"
