"""Rates over the counts: each is a line in a table, and each says what it is made of."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from readiness.core.periods import Period
from readiness.counts.social_risk.models import (
    FIVE,
    NEED_LABELS,
    STEP_LABELS,
    FunnelCounts,
    Need,
    Step,
)
from readiness.counts.social_risk.year import ONCE_A_YEAR, YearReach, is_recent
from readiness.counts.strata import ALL, Stratum
from readiness.statistics.rates import Rate, wilson_rate

WINDOW = 4  # closed quarters with counts that a claim is held against

PATIENT_QUARTERS = "patient-quarters"
ONCE_A_QUARTER = "each patient counted once in every quarter they were seen"
NEED_QUARTERS = (
    "needs of patients who want help, each counted once in a quarter, over the five needs"
)


TWICE = (
    "a patient seen in two of these quarters is counted twice, for counts are kept by quarter and "
    "tell nobody who came back"
)


def unit_over(quarters: int) -> str:
    """What a count of so many quarters is made of: added up, it is of patients no longer.

    >>> unit_over(1), unit_over(4)
    ('patients', 'patient-quarters')
    """
    return "patients" if quarters == 1 else PATIENT_QUARTERS


@dataclass(frozen=True)
class RateRule:
    """A rate of the whole group's row (`of_group`), or of each need's."""

    id: str
    title: str
    numerator: Step
    denominator: Step
    of_group: bool = False
    note: str = ""

    @property
    def made_of(self) -> str:
        return f"{STEP_LABELS[self.numerator]} ÷ {STEP_LABELS[self.denominator]}"


RATES = (
    RateRule("reach", "Screening reach", Step.SCREENED, Step.ELIGIBLE, of_group=True),
    RateRule(
        "positive_rate",
        "One or more needs found",
        Step.ANY_POSITIVE,
        Step.SCREENED,
        of_group=True,
        note="A higher share can mean better asking or more need. It is never scored.",
    ),
    RateRule("need_positive_rate", "Need found", Step.POSITIVE, Step.SCREENED),
    RateRule("help_wanted_rate", "Want help", Step.WANTS_HELP, Step.POSITIVE),
    RateRule(
        "response_30d",
        "Referred within 30 days",
        Step.REFERRED_30D,
        Step.WANTS_HELP,
        note="Close to the intervention rate of HEDIS SNS-E, but not that measure: this one is "
        "over those who want help.",
    ),
    RateRule("loop_known", "Outcome known", Step.OUTCOME_KNOWN, Step.WANTS_HELP),
    RateRule(
        "connection_rate",
        "Connected, of known outcomes",
        Step.CONNECTED,
        Step.OUTCOME_KNOWN,
        note="Read it with “Outcome known” beside it: of few known outcomes it says little.",
    ),
    RateRule(
        "resolution_rate",
        "Resolved, of known outcomes",
        Step.RESOLVED,
        Step.OUTCOME_KNOWN,
        note="Read it with “Outcome known” beside it: of few known outcomes it says little.",
    ),
)
BY_ID = {rule.id: rule for rule in RATES}
TOGETHER = "Five needs together"


@dataclass(frozen=True)
class NeedRates:
    """The rates of one line of the table, in the order of the rules; None where not known."""

    title: str
    rates: tuple[Rate | None, ...]


def rules(of_group: bool) -> tuple[RateRule, ...]:
    return tuple(rule for rule in RATES if rule.of_group == of_group)


def group_rates(
    counts: FunnelCounts, part: Stratum = ALL
) -> tuple[tuple[RateRule, Rate | None], ...]:
    return tuple((rule, rate_at(counts, rule, None, part)) for rule in rules(of_group=True))


def need_rates(counts: FunnelCounts) -> tuple[NeedRates, ...]:
    """A line for each need with any count, and one that adds the five up."""
    known = {cell.need for cell in counts.known if cell.stratum == ALL}
    rows = (
        NeedRates(
            NEED_LABELS[need],
            tuple(rate_at(counts, rule, need) for rule in rules(of_group=False)),
        )
        for need in Need
        if need in known
    )
    added = tuple(rate_over_needs([counts], rule) for rule in rules(of_group=False))
    return (*rows, NeedRates(TOGETHER, added)) if known - {None} else ()


def rate_at(
    counts: FunnelCounts, rule: RateRule, need: Need | None = None, part: Stratum = ALL
) -> Rate | None:
    pair = pair_of(counts, rule, need, part)
    return wilson_rate(*pair) if pair and pair[1] else None


def rate_over_needs(quarters: Iterable[FunnelCounts], rule: RateRule) -> Rate | None:
    pairs = [pair for counts in quarters for pair in pairs_of(counts, rule)]
    numerator, denominator = sum_of_pairs(pairs)
    return wilson_rate(numerator, denominator) if denominator else None


def pair_of(
    counts: FunnelCounts, rule: RateRule, need: Need | None, part: Stratum = ALL
) -> tuple[int, int] | None:
    """Numerator and denominator, or None when one is not known or they contradict each other."""
    numerator = counts.at(rule.numerator, need, part)
    denominator = counts.at(rule.denominator, need, part)
    if numerator is None or denominator is None or numerator > denominator:
        return None
    return numerator, denominator


def pairs_of(counts: FunnelCounts, rule: RateRule) -> Iterator[tuple[int, int]]:
    """What a quarter adds to a sum: its own pair, or one for each of the five needs."""
    for need in (None,) if rule.of_group else FIVE:
        if pair := pair_of(counts, rule, need):
            yield pair


def sum_of_pairs(pairs: Iterable[tuple[int, int]]) -> tuple[int, int]:
    listed = list(pairs)
    return sum(n for n, _ in listed), sum(d for _, d in listed)


@dataclass(frozen=True)
class ClaimShare:
    """What the counts say of a claim: quarters added up."""

    numerator: int
    denominator: int
    unit: str
    periods: tuple[Period, ...]  # newest first
    told_of: str = ""  # what a sum of quarters counts more than once, in words
    is_once_a_year: bool = False

    @property
    def is_added_up(self) -> bool:
        return len(self.periods) > 1

    @property
    def caution(self) -> str:
        """Why the share is not one of patients in a year; "" where it is of one quarter."""
        return self.told_of if self.is_added_up else ""

    @property
    def share(self) -> Fraction:
        """Exact, for comparing with an anchor."""
        return Fraction(self.numerator, self.denominator)

    @property
    def rate(self) -> Rate:
        return wilson_rate(self.numerator, self.denominator)


@dataclass(frozen=True)
class Claim:
    """Which rate a claimed level is held against."""

    item_id: str
    rate_id: str
    unit: str
    told_of: str = ""


CLAIMS = (
    Claim("SOCR-2", "reach", f"{PATIENT_QUARTERS}: {ONCE_A_QUARTER}", TWICE),
    Claim("SOCR-5", "loop_known", NEED_QUARTERS),
)
# Shown beside its item, and never held against it.
CONTEXT_CLAIMS = (Claim("SOCR-3", "response_30d", NEED_QUARTERS),)


def claims_shares(
    quarters: Iterable[FunnelCounts],
    today: date,
    claims: Sequence[Claim] = CLAIMS,
    year: YearReach | None = None,
) -> dict[str, ClaimShare]:
    """By item id, the share over the last four closed quarters that have its counts; of reach that
    of `year`, where it is known and recent.

    An item is absent when no quarter has both its numbers: then nothing can be said of the claim.
    """
    closed = sorted(
        (counts for counts in quarters if counts.period.is_closed_on(today)),
        key=lambda counts: counts.period,
        reverse=True,
    )
    found = {claim.item_id: share_of(closed, claim) for claim in claims}
    if year and is_recent(year, today):
        found |= {claim.item_id: of_year(year) for claim in claims if claim.rate_id == "reach"}
    return {item_id: share for item_id, share in found.items() if share}


def of_year(year: YearReach) -> ClaimShare:
    return ClaimShare(year.screened, year.seen, ONCE_A_YEAR, (year.ending,), is_once_a_year=True)


def share_of(newest_first: list[FunnelCounts], claim: Claim) -> ClaimShare | None:
    rule = BY_ID[claim.rate_id]
    having = [
        (counts.period, pairs) for counts in newest_first if (pairs := list(pairs_of(counts, rule)))
    ][:WINDOW]
    numerator, denominator = sum_of_pairs(pair for _, pairs in having for pair in pairs)
    if not denominator:
        return None
    periods = tuple(period for period, _ in having)
    return ClaimShare(numerator, denominator, claim.unit, periods, claim.told_of)
