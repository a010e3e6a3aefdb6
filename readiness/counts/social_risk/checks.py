"""What cannot be true of a quarter's counts, and what is unusual. Each rule is a line in a table.

A blank is not known: whatever needs it is not checked, and never taken for zero.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from itertools import pairwise

from readiness.counts.models import CountFinding, Severity
from readiness.counts.social_risk.models import (
    FIVE,
    GROUP_STEPS,
    NEED_STEPS,
    STEP_LABELS,
    FunnelCell,
    FunnelCounts,
    Need,
    Step,
)
from readiness.counts.strata import (
    STRATA,
    STRATUM_TYPE_LABELS,
    UNKNOWN,
    Stratum,
    StratumType,
    strata_of,
)

Finding = CountFinding[FunnelCell]


@dataclass(frozen=True)
class ChainTerm:
    """One number in a rule: a step, or several added; of the group's row or of one need.

    `in_part` are steps of the need "any" that a file may tell: patients who answered some of the
    questions clearly and others not. They are added where they are known.
    """

    steps: tuple[Step, ...]
    of_group: bool
    in_part: tuple[Step, ...] = ()

    def cells(self, need: Need | None, stratum: Stratum) -> tuple[FunnelCell, ...]:
        row = None if self.of_group else need
        return tuple(FunnelCell(step, row, stratum) for step in self.steps)

    def worth(self, counts: FunnelCounts, need: Need | None, stratum: Stratum) -> int | None:
        values = [counts.known.get(cell) for cell in self.cells(need, stratum)]
        known = [value for value in values if value is not None]
        if len(known) < len(values):
            return None
        return sum(known) + (self.open_answers(counts, stratum) or 0)

    def open_answers(self, counts: FunnelCounts, stratum: Stratum) -> int | None:
        values = [counts.at(step, Need.ANY, stratum) for step in self.in_part]
        known = [value for value in values if value is not None]
        return sum(known) if known else None

    def label(self, need: Need | None, stratum: Stratum) -> str:
        """
        >>> group(Step.SCREENED, Step.DECLINED).label(None, Stratum())
        'All patients, Screened and Declined'
        """
        steps = " and ".join(STEP_LABELS[step] for step in self.steps)
        return f"{self.cells(need, stratum)[0].row_label}, {steps}"


def group(*steps: Step) -> ChainTerm:
    return ChainTerm(steps, of_group=True)


def need(step: Step) -> ChainTerm:
    return ChainTerm((step,), of_group=False)


# Each number is at least the next one that is known: a blank in between hides no contradiction.
GROUP_CHAINS: dict[str, tuple[ChainTerm, ...]] = {
    "group-falls": (
        group(Step.ELIGIBLE),
        group(Step.SCREENING_OFFERED),
        group(Step.SCREENED, Step.DECLINED),
        group(Step.SCREENED),
        group(Step.ANY_POSITIVE),
    ),
    "declined-were-offered": (
        group(Step.ELIGIBLE),
        group(Step.SCREENING_OFFERED),
        group(Step.SCREENED, Step.DECLINED),
        group(Step.DECLINED),
    ),
}
TO_REFERRED = (
    group(Step.ELIGIBLE),
    group(Step.SCREENING_OFFERED),
    ChainTerm(
        (Step.SCREENED, Step.DECLINED), of_group=True, in_part=(Step.UNKNOWN, Step.INCOMPLETE)
    ),
    ChainTerm(
        (Step.SCREENED,), of_group=True, in_part=(Step.DECLINED, Step.UNKNOWN, Step.INCOMPLETE)
    ),
    need(Step.SCREENED),
    need(Step.POSITIVE),
    need(Step.WANTS_HELP),
    need(Step.REFERRED),
)
NEED_CHAINS: dict[str, tuple[ChainTerm, ...]] = {
    "need-falls": (
        *TO_REFERRED,
        need(Step.OUTCOME_KNOWN),
        need(Step.CONNECTED),
        need(Step.RESOLVED),
    ),
    "in-time-were-referred": (*TO_REFERRED, need(Step.REFERRED_30D)),
}
FIVE_CHAINS: dict[str, tuple[ChainTerm, ...]] = {
    "any-holds-each": (group(Step.ANY_POSITIVE), need(Step.POSITIVE)),
}


def contradictions(counts: FunnelCounts) -> tuple[Finding, ...]:
    found = [
        *(finding for part in counts.strata for finding in within(counts, part)),
        *parts_over_whole(counts),
    ]
    told: dict[tuple[FunnelCell, tuple[FunnelCell, ...]], Finding] = {}
    for finding in found:
        told.setdefault((finding.cell, finding.also), finding)  # chains share stretches
    return tuple(told.values())


def within(counts: FunnelCounts, part: Stratum) -> Iterator[Finding]:
    """The rules that hold for all patients and for each part of them alike."""
    for rule_id, chain in GROUP_CHAINS.items():
        yield from breaks(rule_id, chain, counts, None, part)
    for rows, chains in ((tuple(Need), NEED_CHAINS), (FIVE, FIVE_CHAINS)):
        for row in rows:
            for rule_id, chain in chains.items():
                yield from breaks(rule_id, known_terms(chain, counts, row, part), counts, row, part)
    yield from any_over_sum(counts, part)


def known_terms(
    chain: Iterable[ChainTerm], counts: FunnelCounts, row: Need, part: Stratum
) -> Iterator[ChainTerm]:
    """Of a need beyond the five, a file may tell of patients who were asked nothing else.

    They stand in nobody's row of all needs, so that row is no upper bound; the eligible are.
    """
    is_alone = row not in FIVE and counts.at(Step.INCOMPLETE, row, part) is not None
    for term in chain:
        if not (is_alone and term.of_group and Step.SCREENED in term.steps):
            yield term


def breaks(
    rule_id: str, chain: Iterable[ChainTerm], counts: FunnelCounts, row: Need | None, part: Stratum
) -> Iterator[Finding]:
    """Where a number is larger than the one that it is a part of."""
    worth = [(term, term.worth(counts, row, part)) for term in chain]
    known = [(term, value) for term, value in worth if value is not None]
    for (left, most), (right, value) in pairwise(known):
        if most < value:
            cells = right.cells(row, part)
            yield Finding(
                rule_id,
                Severity.HARD,
                cells[0],
                f"{value:,}{together(right)} cannot be more than {left.label(row, part)}"
                f"{also_in_part(left, counts, part)} ({most:,}). Check these numbers.",
                (*cells[1:], *left.cells(row, part)),
            )


def together(term: ChainTerm) -> str:
    steps = " and ".join(STEP_LABELS[step] for step in term.steps)
    return f" ({steps} together)" if len(term.steps) > 1 else ""


def also_in_part(term: ChainTerm, counts: FunnelCounts, part: Stratum) -> str:
    return " and answered in part" if term.open_answers(counts, part) else ""


def any_over_sum(counts: FunnelCounts, part: Stratum) -> Iterator[Finding]:
    """Nobody has "one or more" needs without having one: checked once all that are asked are in.

    A need that nobody was asked about adds nobody.
    """
    total = counts.at(Step.ANY_POSITIVE, None, part)
    each = [
        0 if counts.at(Step.SCREENED, row, part) == 0 else counts.at(Step.POSITIVE, row, part)
        for row in FIVE
    ]
    known = [value for value in each if value is not None]
    if total is None or len(known) < len(each) or total <= sum(known):
        return
    yield Finding(
        "any-within-sum",
        Severity.HARD,
        FunnelCell(Step.ANY_POSITIVE, None, part),
        f"{total:,} cannot be more than the five needs added up ({sum(known):,}). "
        "Check these numbers.",
        tuple(FunnelCell(Step.POSITIVE, row, part) for row in FIVE),
    )


def parts_over_whole(counts: FunnelCounts) -> Iterator[Finding]:
    """Parts that exclude each other cannot add up to more than the whole."""
    rows: tuple[tuple[Need | None, tuple[Step, ...]], ...] = (
        (None, GROUP_STEPS),
        *((row, NEED_STEPS) for row in Need),
    )
    for kind in STRATA:
        for row, steps in rows:
            for step in steps:
                yield from part_over_whole(counts, kind, row, step)


def part_over_whole(
    counts: FunnelCounts, kind: StratumType, row: Need | None, step: Step
) -> Iterator[Finding]:
    whole = counts.at(step, row)
    parts = {
        part: value for part in strata_of(kind) if (value := counts.at(step, row, part)) is not None
    }
    if whole is None or sum(parts.values()) <= whole:
        return
    first = next(iter(parts))
    label = FunnelCell(step, row).label.removeprefix("All patients, ")
    yield Finding(
        f"parts-over-whole-{kind}",
        Severity.HARD,
        FunnelCell(step, row, first),
        f"{STRATUM_TYPE_LABELS[kind]} adds up to {sum(parts.values()):,} in {label}, more than the "
        f"{whole:,} of all patients. Count each patient in one part only.",
        (FunnelCell(step, row),),
    )


# What a quarter must hold before it can be called complete; every other blank may stay "not known".
NEEDED = (Step.ELIGIBLE, Step.SCREENED)


def missing(counts: FunnelCounts) -> tuple[FunnelCell, ...]:
    return tuple(FunnelCell(step) for step in NEEDED if counts.at(step) is None)


# What is unusual.

MUCH_UNKNOWN = Fraction(20, 100)
BIG_CHANGE = Fraction(25, 100)


@dataclass(frozen=True)
class Band:
    """A share of the whole group that is unusual outside its limits."""

    rule_id: str
    numerator: Step
    denominator: Step
    low: Fraction
    high: Fraction
    says: str  # what to look at


BANDS = (
    Band(
        "positive-rate-unusual",
        Step.ANY_POSITIVE,
        Step.SCREENED,
        Fraction(2, 100),
        Fraction(80, 100),
        "Check both numbers, or explain: {share} of those screened have a need",
    ),
    Band(
        "nearly-all-screened",
        Step.SCREENED,
        Step.ELIGIBLE,
        Fraction(0),
        Fraction(98, 100),
        "Check that all eligible patients were counted, or explain: {share} of them were screened",
    ),
)


WATCHED = (  # shares of which a sudden change is unusual
    ("reach-jumped", Step.SCREENED, Step.ELIGIBLE, "screening reach"),
    ("positive-rate-jumped", Step.ANY_POSITIVE, Step.SCREENED, "the share with a need"),
)


def oddities(counts: FunnelCounts, before: FunnelCounts | None = None) -> tuple[Finding, ...]:
    """Everything odd; `before` is the quarter before, if it has counts."""
    return (
        *(finding for rule in ODD for finding in rule(counts)),
        *(jumps(counts, before) if before else ()),
    )


def share_at(counts: FunnelCounts, numerator: Step, denominator: Step) -> Fraction | None:
    some, whole = counts.at(numerator), counts.at(denominator)
    return Fraction(some, whole) if some is not None and whole else None


def unusual_shares(counts: FunnelCounts) -> Iterator[Finding]:
    for band in BANDS:
        share = share_at(counts, band.numerator, band.denominator)
        if share is None or band.low <= share <= band.high:
            continue
        yield Finding(
            band.rule_id,
            Severity.SOFT,
            FunnelCell(band.numerator),
            f"{band.says.format(share=percent(share))}.",
            (FunnelCell(band.denominator),),
        )


def jumps(counts: FunnelCounts, before: FunnelCounts) -> Iterator[Finding]:
    for rule_id, numerator, denominator, name in WATCHED:
        now, then = (share_at(each, numerator, denominator) for each in (counts, before))
        if now is None or then is None or abs(now - then) <= BIG_CHANGE:
            continue
        yield Finding(
            rule_id,
            Severity.SOFT,
            FunnelCell(numerator),
            f"Check, or explain: {name} went from {percent(then)} in {before.period.label} "
            f"to {percent(now)}.",
            (FunnelCell(denominator),),
        )


def unhelped_for_safety(counts: FunnelCounts) -> Iterator[Finding]:
    positive = counts.at(Step.POSITIVE, Need.SAFETY)
    if positive and counts.at(Step.REFERRED, Need.SAFETY) == 0:
        yield Finding(
            "safety-without-referral",
            Severity.SOFT,
            FunnelCell(Step.REFERRED, Need.SAFETY),
            f"Safety: {positive:,} with this need and nobody referred. "
            "Confirm that the safety protocol was used, and say so here.",
            (FunnelCell(Step.POSITIVE, Need.SAFETY),),
        )


def much_unknown(counts: FunnelCounts) -> Iterator[Finding]:
    """Judged on those screened, or where that is not entered on those eligible."""
    for kind in STRATA:
        unknown = Stratum(kind, UNKNOWN)
        for step in (Step.SCREENED, Step.ELIGIBLE):
            some = counts.at(step, None, unknown)
            parts = sum(counts.at(step, None, part) or 0 for part in strata_of(kind))
            whole = counts.at(step) or parts
            if some is None or not whole:
                continue
            if Fraction(some, whole) > MUCH_UNKNOWN:
                yield Finding(
                    f"much-unknown-{kind}",
                    Severity.SOFT,
                    FunnelCell(step, None, unknown),
                    f"{STRATUM_TYPE_LABELS[kind]} is not known for "
                    f"{percent(Fraction(some, whole))} ({some:,} of {whole:,}). "
                    "Look for missing records, or explain.",
                    (FunnelCell(step),),
                )
            break


ODD: tuple[Callable[[FunnelCounts], Iterator[Finding]], ...] = (
    unusual_shares,
    unhelped_for_safety,
    much_unknown,
)


def percent(share: Fraction) -> str:
    """
    >>> percent(Fraction(985, 1000)), percent(Fraction(2, 3))
    ('98.5%', '66.7%')
    """
    return f"{float(share):.1%}"
