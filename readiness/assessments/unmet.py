"""What keeps a group from a tier: every unmet criterion, and which of them a raise serves."""

from __future__ import annotations

from collections.abc import Iterable
from fractions import Fraction

from readiness.assessments.scorecard import (
    Criterion,
    CriterionKind,
    UnmetCriterion,
    UnmetKind,
)
from readiness.assessments.tiers import TierResult, exact_score, is_open
from readiness.instruments.answers import AnswerKind, Answers
from readiness.instruments.models import Instrument, Tier

LIMITING_FIRST = (  # which unmet criterion is named as the one that holds a group back
    CriterionKind.COMPLETE,
    CriterionKind.DONT_KNOW_DOMAIN,
    CriterionKind.DONT_KNOW_OVERALL,
    CriterionKind.NOT_APPLICABLE,
    CriterionKind.ESSENTIAL,
    CriterionKind.DOMAIN,
    CriterionKind.AXIS,
    CriterionKind.SUPPORTING,
)
KINDS: dict[CriterionKind, UnmetKind] = {
    CriterionKind.COMPLETE: UnmetKind.MISSING,
    CriterionKind.DONT_KNOW_DOMAIN: UnmetKind.DONT_KNOW,
    CriterionKind.DONT_KNOW_OVERALL: UnmetKind.DONT_KNOW,
    CriterionKind.NOT_APPLICABLE: UnmetKind.DOMAIN,
    CriterionKind.ESSENTIAL: UnmetKind.ESSENTIAL,
    CriterionKind.DOMAIN: UnmetKind.DOMAIN,
    CriterionKind.AXIS: UnmetKind.AXIS,
    CriterionKind.SUPPORTING: UnmetKind.SUPPORTING,
}


# What holds a group back.


def limiting_factor(instrument: Instrument, answers: Answers, result: TierResult) -> str:
    """The one criterion of the next tier to turn to first; "" when there is no next tier."""
    above = instrument.tier_after(result.tier)
    if above is None:
        return ""
    asked = next(trace.criteria for trace in result.trace if trace.tier_id == above.id)
    return most_limiting(instrument, answers, asked).says


def most_limiting(
    instrument: Instrument, answers: Answers, asked: tuple[Criterion, ...]
) -> Criterion:
    return limiting_order(instrument, answers, asked)[0]


def limiting_order(
    instrument: Instrument, answers: Answers, asked: Iterable[Criterion]
) -> list[Criterion]:
    """The open criteria of a tier: by kind, then what no raise can mend, then the furthest from
    its need, then the first asked.

    Of the open supporting gates a few may wait. Any of them would do, so there the nearest comes
    first.
    """
    order = {item.id: place for place, item in enumerate(instrument.items)}

    def place_of(criterion: Criterion) -> tuple[int, bool, Fraction, int]:
        fixed, short = is_not_applicable(criterion, answers), shortfall(criterion)
        if criterion.asks is CriterionKind.SUPPORTING:
            return LIMITING_FIRST.index(criterion.asks), fixed, short, order[criterion.subject_id]
        at = order.get(criterion.subject_id, 0)
        return LIMITING_FIRST.index(criterion.asks), not fixed, -short, at

    return sorted((each for each in asked if each.asks in KINDS and is_open(each)), key=place_of)


def is_not_applicable(criterion: Criterion, answers: Answers) -> bool:
    answer = answers.get(criterion.subject_id)
    return answer is not None and answer.kind is AnswerKind.NOT_APPLICABLE


def shortfall(criterion: Criterion) -> Fraction:
    return abs(Fraction(criterion.needs) - Fraction(criterion.has or 0))


# Every unmet criterion, and what a raise does about it.


def unmet_criteria(
    instrument: Instrument, answers: Answers, result: TierResult, target: Tier
) -> tuple[UnmetCriterion, ...]:
    """What is unmet in every tier above the awarded one, up to and with `target`.

    Lower tiers first; in each the limiting criterion first. Empty when `target` is not above the
    awarded tier. Open supporting gates stand last in their tier, also where all of them may wait:
    `supporting_unmet_max` of the tier says how many may.
    """
    return tuple(
        unmet_of(tier, criterion)
        for tier, trace in zip(instrument.tiers, result.trace, strict=True)
        if result.tier.number < tier.number <= target.number
        for criterion in limiting_order(instrument, answers, trace.criteria)
    )


def unmet_of(tier: Tier, criterion: Criterion) -> UnmetCriterion:
    """A domain without a score is short of its minimum, and has nothing."""
    unscored = criterion.asks is CriterionKind.NOT_APPLICABLE
    return UnmetCriterion(
        id=f"{tier.id}:{criterion.id}",
        kind=KINDS[criterion.asks],
        of=criterion.subject_id,
        needs=exact_score(tier.domain_min) if unscored else criterion.needs,
        has=None if unscored else criterion.has,
    )


def served_by(
    instrument: Instrument,
    answers: Answers,
    item_id: str,
    to: int,
    unmet: Iterable[UnmetCriterion],
) -> tuple[str, ...]:
    """The ids of the unmet criteria that bringing the item to level `to` helps to meet.

    Its gate, when `to` reaches it; the minimums of its domain and axis, when they have a score and
    the level rises; completeness, when it has no answer; the don't-know limits, when it is not
    known. Empty for an item answered "not applicable".
    """
    served = (each for each in unmet if serves(instrument, answers, item_id, to, each))
    return tuple(each.id for each in served)


def serves(
    instrument: Instrument, answers: Answers, item_id: str, to: int, criterion: UnmetCriterion
) -> bool:
    answer, domain_id = answers.get(item_id), instrument.item_by_id[item_id].domain_id
    if answer is not None and answer.kind is AnswerKind.NOT_APPLICABLE:
        return False
    rises = criterion.has is not None and to > (answer.level or 0 if answer else 0)
    match criterion.kind:
        case UnmetKind.MISSING:
            return answer is None
        case UnmetKind.DONT_KNOW:
            unknown = answer is not None and answer.kind is AnswerKind.DONT_KNOW
            return unknown and criterion.of in ("", domain_id)
        case UnmetKind.DOMAIN:
            return rises and criterion.of == domain_id
        case UnmetKind.AXIS:
            return rises and criterion.of == instrument.domain_by_id[domain_id].axis_id
        case UnmetKind.ESSENTIAL | UnmetKind.SUPPORTING:
            return criterion.of == item_id and to >= criterion.needs
