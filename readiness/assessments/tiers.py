"""What each tier asks for, what the answers have, and which tier they reach.

Tiers are decided on low scores, where a don't-know counts as level 0, so that not knowing can
never raise a tier. Numbers are rounded once, and compared as they are shown.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache
from math import floor

from readiness.assessments.scorecard import (
    Cap,
    Criterion,
    CriterionKind,
    CriterionVerdict,
    GateResult,
    TierTrace,
    one_decimal,
)
from readiness.assessments.scoring import AnswerTally, ScoreEstimate, Scores, score
from readiness.instruments.answers import AnswerKind, Answers
from readiness.instruments.models import Gate, GateKind, Instrument, Tier

GATES: dict[GateKind, CriterionKind] = {
    GateKind.ESSENTIAL: CriterionKind.ESSENTIAL,
    GateKind.SUPPORTING: CriterionKind.SUPPORTING,
}


@dataclass(frozen=True)
class TierResult:
    """The tier reached, and the reasons."""

    tier: Tier
    scores: Scores
    missing: tuple[str, ...]
    gates: tuple[GateResult, ...]
    trace: tuple[TierTrace, ...]
    provisional: bool
    caps: tuple[Cap, ...]


def evaluate(instrument: Instrument, answers: Answers) -> TierResult:
    """The highest tier whose criteria are met together with those of every tier below it."""
    found = score(instrument, answers)
    trace = tuple(trace_tiers(instrument, answers, found))
    tier = instrument.tier_by_id[[part.tier_id for part in trace if part.holds][-1]]
    gates = tuple(gate_result(gate, answers) for each in instrument.tiers for gate in each.gates)
    return TierResult(
        tier=tier,
        scores=found,
        missing=missing(instrument, answers),
        gates=gates,
        trace=trace,
        provisional=is_provisional(instrument, tier, gates),
        caps=tuple(caps(instrument, found)),
    )


def reaches(instrument: Instrument, answers: Answers, tier: Tier) -> bool:
    """The same question about one tier, which needs to look at none above it."""
    trace = trace_tiers(instrument, answers, score(instrument, answers))
    return next(part.holds for part in trace if part.tier_id == tier.id)


def missing(instrument: Instrument, answers: Answers) -> tuple[str, ...]:
    return tuple(item.id for item in instrument.items if item.id not in answers)


def is_provisional(instrument: Instrument, tier: Tier, gates: tuple[GateResult, ...]) -> bool:
    """A supporting gate of the awarded tier, or of one below it, is still open."""
    return any(
        not gate.met
        and gate.kind is GateKind.SUPPORTING
        and instrument.tier_by_id[gate.tier_id].number <= tier.number
        for gate in gates
    )


def gate_result(gate: Gate, answers: Answers) -> GateResult:
    answer = answers.get(gate.item_id)
    has = answer.level if answer else None
    excused = (
        answer is not None and answer.kind is AnswerKind.NOT_APPLICABLE and gate.na_alternative
    )
    return GateResult(
        tier_id=gate.tier_id,
        item_id=gate.item_id,
        kind=gate.kind,
        needs=gate.level,
        has=has,
        met=excused or (has is not None and has >= gate.level),
    )


def trace_tiers(instrument: Instrument, answers: Answers, found: Scores) -> Iterator[TierTrace]:
    holds = True
    for tier in instrument.tiers:
        asked = tuple(criteria(instrument, tier, answers, found))
        met = not any(blocks(criterion) for criterion in asked)
        holds = holds and met
        yield TierTrace(tier.id, tier.title, met, holds, asked)


def blocks(criterion: Criterion) -> bool:
    """Supporting gates are judged together, by how many of them wait."""
    return is_open(criterion) and criterion.asks is not CriterionKind.SUPPORTING


def criteria(
    instrument: Instrument, tier: Tier, answers: Answers, found: Scores
) -> Iterator[Criterion]:
    if tier.number == 0:
        return
    if tier.number == 1:
        yield from ratable_criteria(instrument, answers, found)
    if tier.number > instrument.tier_by_id[instrument.limits.na_cap].number:
        yield from enough_applies(instrument, tier, found)
    yield from axis_minimums(instrument, tier, found)
    yield from domain_minimums(instrument, tier, found)
    yield from gate_criteria(instrument, tier, answers)


# Ratable at all: every item answered, and few enough don't-knows.


def ratable_criteria(
    instrument: Instrument, answers: Answers, found: Scores
) -> Iterator[Criterion]:
    yield completeness(instrument, answers)
    for domain in instrument.domains:
        yield few_dont_knows(
            found.tally_by_domain[domain.id],
            instrument.limits.dk_per_domain,
            domain.id,
            f" in {domain.title}",
        )
    yield few_dont_knows(found.tally, instrument.limits.dk_overall, "", "")


def completeness(instrument: Instrument, answers: Answers) -> Criterion:
    blank = missing(instrument, answers)
    total = len(instrument.items)
    says = f"Every one of the {total} items has an answer."
    if blank:
        first = item_name(instrument, blank[0])
        others = f", and {len(blank) - 1} more have none either" if len(blank) > 1 else ""
        says = f"Every item needs an answer: {first} has none yet{others}."
    verdict = CriterionVerdict.NOT_YET if blank else CriterionVerdict.MET
    return Criterion(
        "complete", CriterionKind.COMPLETE, "", total, total - len(blank), verdict, says
    )


def most_dont_knows(tally: AnswerTally, limit: Fraction) -> int:
    return floor(limit * tally.counted)


def few_dont_knows(tally: AnswerTally, limit: Fraction, domain_id: str, where: str) -> Criterion:
    most = most_dont_knows(tally, limit)
    return Criterion(
        id=f"dont-know:{domain_id or 'overall'}",
        asks=CriterionKind.DONT_KNOW_DOMAIN if domain_id else CriterionKind.DONT_KNOW_OVERALL,
        subject_id=domain_id,
        needs=most,
        has=tally.dont_know,
        verdict=CriterionVerdict.MET if tally.dont_know <= most else CriterionVerdict.NOT_YET,
        says=(
            f'Of {tally.counted} applicable items{where}, at most {most} may be "don\'t know"; '
            f"{count_phrase(tally.dont_know)}."
        ),
    )


def count_phrase(number: int) -> str:
    return {0: "none is", 1: "1 is"}.get(number, f"{number} are")


# Enough items apply: a domain that is not scored keeps the higher tiers closed.


def most_not_applicable(tally: AnswerTally, limit: Fraction) -> int:
    return floor(limit * tally.items)


def enough_applies(instrument: Instrument, tier: Tier, found: Scores) -> Iterator[Criterion]:
    for domain in instrument.domains:
        tally = found.tally_by_domain[domain.id]
        most = most_not_applicable(tally, instrument.limits.na_per_domain)
        scored = found.domains[domain.id].low is not None
        yield Criterion(
            id=f"not-applicable:{domain.id}",
            asks=CriterionKind.NOT_APPLICABLE,
            subject_id=domain.id,
            needs=most,
            has=tally.not_applicable,
            verdict=CriterionVerdict.MET if scored else CriterionVerdict.NOT_YET,
            says=(
                f"{tier.id} needs a score in {domain.title}, where at most {most} of "
                f"{tally.items} items may be not applicable; {count_phrase(tally.not_applicable)}."
            ),
        )


def caps(instrument: Instrument, found: Scores) -> Iterator[Cap]:
    highest = instrument.tier_by_id[instrument.limits.na_cap]
    for domain in instrument.domains:
        tally = found.tally_by_domain[domain.id]
        if found.domains[domain.id].low is None:
            yield Cap(
                highest.id,
                domain.id,
                f"{domain.title} is not scored, because {tally.not_applicable} of its "
                f"{tally.items} items are not applicable; "
                f"the tier can be {highest.id} {highest.title} at most.",
            )


# Scores: the minimum of each axis, and of each scored domain.


def axis_minimums(instrument: Instrument, tier: Tier, found: Scores) -> Iterator[Criterion]:
    for axis in instrument.axes:
        if axis.id in tier.axis_min:
            yield minimum(
                tier,
                CriterionKind.AXIS,
                axis.id,
                axis.title,
                found.axes[axis.id],
                tier.axis_min[axis.id],
            )


def domain_minimums(instrument: Instrument, tier: Tier, found: Scores) -> Iterator[Criterion]:
    for domain in instrument.domains:
        if tier.domain_min > 0 and found.domains[domain.id].low is not None:
            yield minimum(
                tier,
                CriterionKind.DOMAIN,
                domain.id,
                domain.title,
                found.domains[domain.id],
                tier.domain_min,
            )


def minimum(
    tier: Tier,
    asks: CriterionKind,
    subject_id: str,
    title: str,
    estimate: ScoreEstimate,
    least: Fraction,
) -> Criterion:
    """A minimum of 0 asks for nothing, so it holds even where there is no score."""
    has, needs = estimate.rounded.low, exact_score(least)
    reached = least <= 0 or (has is not None and has >= least)
    unmet = CriterionVerdict.UNANSWERABLE if has is None else CriterionVerdict.NOT_YET
    scored = "it has no score" if has is None else f"its score is {has}"
    return Criterion(
        id=f"{'axis' if asks is CriterionKind.AXIS else 'domain'}:{subject_id}",
        asks=asks,
        subject_id=subject_id,
        needs=needs,
        has=has,
        verdict=CriterionVerdict.MET if reached else unmet,
        says=f"{tier.id} needs {title} ({subject_id}) at {needs} or more; {scored}.",
    )


@cache
def exact_score(least: Fraction) -> Decimal:
    """With one decimal; with more only where a minimum is written with more."""
    rounded = one_decimal(least)
    return rounded if rounded == least else Decimal(least.numerator) / Decimal(least.denominator)


# Gates: items that must have reached a level of their own.


def gate_criteria(instrument: Instrument, tier: Tier, answers: Answers) -> Iterator[Criterion]:
    for gate in tier.gates:
        yield gate_criterion(instrument, gate, answers)
    supporting = [gate for gate in tier.gates if gate.kind is GateKind.SUPPORTING]
    if supporting:
        waiting = sum(not gate_result(gate, answers).met for gate in supporting)
        most = tier.supporting_unmet_max
        yield Criterion(
            id="supporting",
            asks=CriterionKind.ALLOWANCE,
            subject_id="",
            needs=most,
            has=waiting,
            verdict=CriterionVerdict.MET if waiting <= most else CriterionVerdict.NOT_YET,
            says=(
                f"Of the {len(supporting)} supporting items of {tier.id}, at most {most} may "
                f"be below their level; {count_phrase(waiting)}."
            ),
        )


def gate_criterion(instrument: Instrument, gate: Gate, answers: Answers) -> Criterion:
    result = gate_result(gate, answers)
    unmet = CriterionVerdict.UNANSWERABLE if result.has is None else CriterionVerdict.NOT_YET
    return Criterion(
        id=f"gate:{gate.item_id}",
        asks=GATES[gate.kind],
        subject_id=gate.item_id,
        needs=gate.level,
        has=result.has,
        verdict=CriterionVerdict.MET if result.met else unmet,
        says=(
            f"{gate.tier_id} needs {item_name(instrument, gate.item_id)} at level {gate.level}; "
            f"{answer_state(gate.item_id, answers)}."
        ),
    )


def answer_state(item_id: str, answers: Answers) -> str:
    answer = answers.get(item_id)
    if answer is None:
        return "it has no answer yet"
    if answer.kind is AnswerKind.LEVEL:
        return f"it is at level {answer.level}"
    return f'it is answered "{answer.kind}"'


def item_name(instrument: Instrument, item_id: str) -> str:
    return f"{item_id} ({instrument.item_by_id[item_id].title})"


def is_open(criterion: Criterion) -> bool:
    return criterion.verdict is not CriterionVerdict.MET
