"""What is odd about a quarter's counts: it may be true, and then a short explanation says why.

Odd is judged over all patients only: in a small part of them nearly everything is odd.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from fractions import Fraction

from readiness.counts.social_risk.checks import Finding, Severity
from readiness.counts.social_risk.models import (
    STRATA,
    STRATUM_TYPE_LABELS,
    UNKNOWN,
    Cell,
    FunnelCounts,
    Need,
    Step,
    Stratum,
    strata_of,
)

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
            Cell(band.numerator),
            f"{band.says.format(share=percent(share))}.",
            (Cell(band.denominator),),
        )


def jumps(counts: FunnelCounts, before: FunnelCounts) -> Iterator[Finding]:
    for rule_id, numerator, denominator, name in WATCHED:
        now, then = (share_at(each, numerator, denominator) for each in (counts, before))
        if now is None or then is None or abs(now - then) <= BIG_CHANGE:
            continue
        yield Finding(
            rule_id,
            Severity.SOFT,
            Cell(numerator),
            f"Check, or explain: {name} went from {percent(then)} in {before.period.label} "
            f"to {percent(now)}.",
            (Cell(denominator),),
        )


def unhelped_for_safety(counts: FunnelCounts) -> Iterator[Finding]:
    positive = counts.at(Step.POSITIVE, Need.SAFETY)
    if positive and counts.at(Step.REFERRED, Need.SAFETY) == 0:
        yield Finding(
            "safety-without-referral",
            Severity.SOFT,
            Cell(Step.REFERRED, Need.SAFETY),
            f"Safety: {positive:,} with this need and nobody referred. "
            "Confirm that the safety protocol was used, and say so here.",
            (Cell(Step.POSITIVE, Need.SAFETY),),
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
                    Cell(step, None, unknown),
                    f"{STRATUM_TYPE_LABELS[kind]} is not known for "
                    f"{percent(Fraction(some, whole))} ({some:,} of {whole:,}). "
                    "Look for missing records, or explain.",
                    (Cell(step),),
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
