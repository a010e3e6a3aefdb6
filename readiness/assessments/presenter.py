"""What is unmet and the way up, in words: the same for the group's page and its payers'."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal

from readiness.assessments.scorecard import Raise, ScoringRun, UnmetCriterion, UnmetKind
from readiness.instruments.models import Instrument, Item

GATES = {UnmetKind.ESSENTIAL: "essential gate", UnmetKind.SUPPORTING: "supporting gate"}


@dataclass(frozen=True)
class UnmetLines:
    """Every unmet criterion of the next tier."""

    required: tuple[str, ...]  # all of them, the limiting one first
    supporting: tuple[str, ...]  # of these, a few may wait
    may_wait: int


@dataclass(frozen=True)
class RaiseLine:
    item: Item
    says: str
    serves: str  # "For Social risk (SOCR)."; empty when the run does not tell


@dataclass(frozen=True)
class WayUp:
    find_out: tuple[RaiseLine, ...]  # what is not known yet comes first
    raises: tuple[RaiseLine, ...]
    effort_says: str
    reason: str  # why there is no way; empty when there is one


def unmet_lines(instrument: Instrument, run: ScoringRun) -> UnmetLines:
    above = instrument.tier_after(instrument.tier_by_id[run.tier_id])
    supporting = [each for each in run.unmet if each.kind is UnmetKind.SUPPORTING]
    required = [each for each in run.unmet if each.kind is not UnmetKind.SUPPORTING]
    return UnmetLines(
        required=tuple(criterion_says(instrument, each) for each in required),
        supporting=tuple(criterion_says(instrument, each) for each in supporting),
        may_wait=above.supporting_unmet_max if above else 0,
    )


@dataclass(frozen=True)
class CriterionText:
    name: str  # "Equity readiness (EQR)"
    has: str  # "26.2", "level 1"
    asks: str  # "needs 30", "at most 8"


def criterion_says(instrument: Instrument, criterion: UnmetCriterion) -> str:
    """Such as "Equity readiness (EQR): 26.2, needs 30"."""
    text = criterion_text(instrument, criterion)
    return f"{text.name}: {text.has}, {text.asks}"


def criterion_text(instrument: Instrument, criterion: UnmetCriterion) -> CriterionText:
    has, needs = criterion.has, plain(criterion.needs)
    match criterion.kind:
        case UnmetKind.AXIS:
            title = next(axis.title for axis in instrument.axes if axis.id == criterion.of)
            return CriterionText(f"{title} ({criterion.of})", score_of(has), f"needs {needs}")
        case UnmetKind.DOMAIN:
            title = instrument.domain_by_id[criterion.of].title
            return CriterionText(f"{title} ({criterion.of})", score_of(has), f"needs {needs}")
        case UnmetKind.ESSENTIAL | UnmetKind.SUPPORTING:
            title = instrument.item_by_id[criterion.of].title
            level = "no level" if has is None else f"level {has}"
            return CriterionText(f"{title} ({criterion.of})", level, f"needs level {needs}")
        case UnmetKind.DONT_KNOW:
            where = f" in {instrument.domain_by_id[criterion.of].title}" if criterion.of else ""
            return CriterionText(f"Answers “don’t know”{where}", str(has), f"at most {needs}")
        case UnmetKind.MISSING:
            return CriterionText("Questions answered", str(has), f"needs all {needs}")


def score_of(has: Decimal | int | None) -> str:
    return "not scored" if has is None else str(has)


def plain(value: Decimal | int) -> str:
    """Without a decimal that says nothing.

    >>> plain(Decimal("15.0")), plain(Decimal("12.5")), plain(2)
    ('15', '12.5', '2')
    """
    return str(value).removesuffix(".0")


def way_up(instrument: Instrument, run: ScoringRun) -> WayUp:
    raises = run.shortest_way or ()
    newly = frozenset(run.applies_at_end)
    steps = [(each, RaiseLine(*step_of(instrument, each, run.unmet, newly))) for each in raises]
    asked = [(each.from_level is None and each.item_id not in newly, step) for each, step in steps]
    return WayUp(
        find_out=tuple(step for is_asked, step in asked if is_asked),
        raises=tuple(step for is_asked, step in asked if not is_asked),
        effort_says=effort_says(instrument, run.effort) if run.effort else "",
        reason=run.shortest_way_reason or "",
    )


def step_of(
    instrument: Instrument,
    each: Raise,
    unmet: Iterable[UnmetCriterion],
    newly: frozenset[str] = frozenset(),
) -> tuple[Item, str, str]:
    item = instrument.item_by_id[each.item_id]
    aim = f"to level {each.to}: {item.levels[each.to]}"
    if each.item_id in newly:
        says = f"Not applicable today, and applies by then: {aim if each.to else 'with any level.'}"
    elif each.from_level is not None:
        says = f"From level {each.from_level} {aim}"
    elif each.to:
        says = f"Not known yet. Find out its level; the way takes it {aim}"
    else:
        says = "Not known yet. Find out its level."
    served = [name_of(instrument, criterion) for criterion in unmet if criterion.id in each.serves]
    return item, says, f"For {' and '.join(served)}." if served else ""


def name_of(instrument: Instrument, criterion: UnmetCriterion) -> str:
    match criterion.kind:
        case UnmetKind.AXIS:
            title = next(axis.title for axis in instrument.axes if axis.id == criterion.of)
            return f"{title} ({criterion.of})"
        case UnmetKind.DOMAIN:
            return f"{instrument.domain_by_id[criterion.of].short} ({criterion.of})"
        case UnmetKind.ESSENTIAL | UnmetKind.SUPPORTING:
            return f"the {GATES[criterion.kind]} on this item"
        case UnmetKind.DONT_KNOW:
            where = f" in {instrument.domain_by_id[criterion.of].short}" if criterion.of else ""
            return f"fewer answers “don’t know”{where}"
        case UnmetKind.MISSING:
            return "a complete assessment"


def effort_says(instrument: Instrument, effort: int) -> str:
    """What the effort counts, so that the number can be read."""
    counts = [
        f"a step to level {level} counts {each}"
        for level, each in enumerate(instrument.step_effort, start=1)
    ]
    return f"Effort {effort}: {', '.join(counts)}."
