"""What a group says of its equity work, beside what its counts show.

Shown to the group before it sends in and beside its result, to its payers and its reviewer. It
changes no level by itself: of these claims only REAL-2 is lowered in the supported run, by what
was released. The items and what their levels ask for are those of the questionnaire; only what can
be counted is weighed.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from fractions import Fraction
from functools import partial

from readiness.core.formatting import percent_rounded_down
from readiness.core.periods import Period, period
from readiness.counts.measures.models import Direction
from readiness.counts.quality.models import DemographicStatus
from readiness.counts.quality.self_report import (
    LEAST_AT_A_SITE,
    MOST_DECLINED,
    SELF_REPORTED,
    KnownCounts,
    field_of,
    lowest_site,
    shares_of,
)
from readiness.counts.strata import Stratum, StratumType
from readiness.equity.change import change_between, sign_of
from readiness.equity.data_quality import MARK
from readiness.equity.tables import NO_GROUP, TOTAL, StratumTable
from readiness.statistics.comparisons import Difference
from readiness.statistics.data_quality import completeness

YEAR = 4  # quarters
BY_RACE = frozenset({StratumType.RACE, StratumType.RACE_1997, StratumType.ETHNICITY})
BY_OTHER = frozenset({StratumType.PAYER, StratumType.AGE})


class ClaimVerdict(StrEnum):
    AGREES = "agrees"
    DIFFERS = "does not agree"
    UNTOLD = "cannot be told"


@dataclass(frozen=True)
class WeighedClaim:
    """One claim beside the counts."""

    item_id: str
    level: int
    claim: str  # in the fewest words
    verdict: ClaimVerdict
    says: str


@dataclass(frozen=True)
class ClaimEvidence:
    """The counts of every closed period, as whoever reads the verdicts may see them."""

    tables: tuple[StratumTable, ...]
    known: Mapping[Period, KnownCounts] = field(default_factory=dict)
    references: Mapping[Period, str] = field(default_factory=dict)  # "race_omb2024.white"
    directions: Mapping[str, Direction] = field(default_factory=dict)  # by measure
    titles: Mapping[str, str] = field(default_factory=dict)  # of measures


Weigh = Callable[[int, ClaimEvidence, date], tuple[ClaimVerdict, str]]


def weigh_claims(
    levels: Mapping[str, int], evidence: ClaimEvidence, today: date
) -> tuple[WeighedClaim, ...]:
    """Every claim that counts can speak to, in the order the items are asked."""
    return tuple(
        WeighedClaim(item_id, levels[item_id], claim, *weigh(levels[item_id], evidence, today))
        for item_id, (least, claim, weigh) in CLAIMS.items()
        if levels.get(item_id, 0) >= least
    )


# "80 percent have told us themselves"


def weigh_self_report(level: int, evidence: ClaimEvidence, today: date) -> tuple[ClaimVerdict, str]:
    """By the item's own definition: self-reported or declined, over all; its point value counts."""
    ending = max((each for each in evidence.known if each.is_closed_on(today)), default=None)
    counts = field_of(evidence.known[ending], "") if ending else {}
    if not ending or not counts:
        return ClaimVerdict.UNTOLD, "No counts of how race and ethnicity are known were found."
    if (whole := shares_of(counts)) is None:
        return ClaimVerdict.UNTOLD, "A count of how race and ethnicity are known is hidden."
    share, declined, total = whole
    says = (
        f"Self-reported or declined: {percent_rounded_down(share)} of {total:,} active patients, "
        f"in the 12 months to {ending.label}; level {level} asks for "
        f"{percent_rounded_down(SELF_REPORTED[level])}. {known_says(counts)}"
    )
    if share < SELF_REPORTED[level]:
        return ClaimVerdict.DIFFERS, says
    if level == 4 and (low := lowest_site(evidence.known[ending])) < LEAST_AT_A_SITE:
        return ClaimVerdict.DIFFERS, f"{says} One site has {percent_rounded_down(low)}, under 80 %."
    if level >= 3 and declined > MOST_DECLINED:
        refused = percent_rounded_down(declined)
        says += f" {refused} declined, over 10 %: a written review of why is asked for."
        return ClaimVerdict.UNTOLD, says
    return ClaimVerdict.AGREES, says


def known_says(counts: KnownCounts) -> str:
    """The bound that gates on measurement use."""
    known = sum(n or 0 for cell, n in counts.items() if cell.known is DemographicStatus.KNOWN)
    found = completeness(known, sum(n or 0 for n in counts.values()), MARK)
    return (
        f"Known from any source: {percent_rounded_down(Fraction(found.share))}, "
        f"with a lower bound of {percent_rounded_down(Fraction(found.low))}."
    )


# "We split our results"


def weigh_splits(level: int, evidence: ClaimEvidence, today: date) -> tuple[ClaimVerdict, str]:
    """Whether counts exist for the splits that a level asks for; hidden ones exist too."""
    recent = [table for table in evidence.tables if is_of_last_year(table, today)]
    measures = sorted({table.place.measure for table in recent})
    if not measures:
        return (
            ClaimVerdict.UNTOLD,
            "No counts of a period that ended in the last 12 months were found.",
        )
    times = partial(times_split, recent)
    by_race = [times(each, BY_RACE) for each in measures]
    by_language = [times(each, {StratumType.LANGUAGE}) for each in measures]
    reached = split_level(recent, by_race, by_language)
    says = (
        f"In the last 12 months {len(measures)} {plural(len(measures), 'measure')} "
        f"{plural(len(measures), 'was', 'were')} counted: split by race or ethnicity "
        f"{between(by_race)}, by language {between(by_language)}. Level {level} asks for "
        f"{SPLITS_ASKED[level]}."
    )
    return (ClaimVerdict.AGREES if reached >= level else ClaimVerdict.DIFFERS), says


SPLITS_ASKED = {
    2: "one measure split once",
    3: "all of them split by race and ethnicity twice, and by language once",
    4: "all of them split by race and ethnicity four times, by language, by site and by one more",
}


def split_level(recent: list[StratumTable], by_race: list[int], by_language: list[int]) -> int:
    if min(by_race) >= 2 and min(by_language) >= 1:
        kinds = {table.place.stratum_type for table in recent if is_split(table)}
        is_close = StratumType.SITE in kinds and bool(kinds & BY_OTHER)
        return 4 if min(by_race) >= YEAR and is_close else 3
    return 2 if max(by_race) or max(by_language) else 0


def is_of_last_year(table: StratumTable, today: date) -> bool:
    ending = period(table.place.period)
    return ending.is_closed_on(today) and not ending.plus(YEAR).is_closed_on(today)


def is_split(table: StratumTable) -> bool:
    there = [name for name in table.counts if name not in NO_GROUP]
    return table.place.stratum_type != TOTAL and len(there) > 1


def times_split(recent: Iterable[StratumTable], measure: str, kinds: Iterable[str]) -> int:
    """In how many periods."""
    return len(
        {
            table.place.period
            for table in recent
            if table.place.measure == measure
            and table.place.stratum_type in kinds
            and is_split(table)
        }
    )


def between(times: list[int]) -> str:
    """
    >>> between([1, 1]), between([0, 2]), between([0])
    ('once each', 'from 0 to 2 times', 'not once')
    """
    low, high = min(times), max(times)
    if low != high:
        return f"from {low} to {high} times"
    return {0: "not once", 1: "once each"}.get(low, f"{low} times each")


def plural(number: int, one: str, many: str = "") -> str:
    return one if number == 1 else many or f"{one}s"


# "The gap narrowed"


@dataclass(frozen=True)
class GapMovement:
    """A group that was behind the declared reference, and how it fared since."""

    measure: str
    stratum: str
    rate: Difference  # signed so that more is better
    gap: Difference  # signed so that more is narrower
    is_smaller: bool
    somebody_fell: bool  # another group, by more than chance would explain

    @property
    def is_defended(self) -> bool:
        """More than chance would explain, through those behind, and at nobody's cost."""
        is_sure = self.rate.low > 0 and self.gap.low > 0
        return is_sure and self.is_smaller and not self.somebody_fell

    @property
    def may_be(self) -> bool:
        return self.is_smaller and self.rate.difference > 0


def weigh_narrowing(level: int, evidence: ClaimEvidence, today: date) -> tuple[ClaimVerdict, str]:
    ending = newest_declared(evidence, today)
    if ending is None:
        return ClaimVerdict.UNTOLD, "No reference is declared, so no gap can be told."
    moved, before = (
        list(gap_movements(evidence, ending, YEAR)),
        list(gap_movements(evidence, ending, 2 * YEAR)),
    )
    if not moved:
        says = "No group that is behind can be compared with the year before."
        return ClaimVerdict.UNTOLD, says
    if level == 1:
        return ClaimVerdict.AGREES, f"Rates were counted again by {ending.label}, a year later."
    best = max(moved, key=lambda each: (each.is_defended, each.may_be, each.gap.difference))
    says = movement_says(best, evidence, ending, len(moved))
    if level == 2:
        rose = any(each.rate.difference > 0 for each in moved)
        return (ClaimVerdict.AGREES if rose else ClaimVerdict.DIFFERS), says
    defended = {each.measure for each in moved if each.is_defended}
    lasting = any(each.is_defended for each in before)
    if defended and (level == 3 or len(defended) > 1 or lasting):
        return ClaimVerdict.AGREES, says
    if level == 4 and defended:
        return ClaimVerdict.DIFFERS, f"{says} Level 4 asks for two measures, or for two years."
    if any(each.may_be for each in moved):
        return ClaimVerdict.UNTOLD, f"{says} This may be chance, or another group fell."
    return ClaimVerdict.DIFFERS, says


def newest_declared(evidence: ClaimEvidence, today: date) -> Period | None:
    return max(
        (each for each, own in evidence.references.items() if own and each.is_closed_on(today)),
        default=None,
    )


def gap_movements(evidence: ClaimEvidence, ending: Period, quarters: int) -> Iterator[GapMovement]:
    """Of every measure split as the reference is, against so many quarters before."""
    kind, _, reference = evidence.references[ending].partition(".")
    by_place = {
        (table.place.measure, table.place.period): table
        for table in evidence.tables
        if table.place.stratum_type == kind
    }
    for (measure, written), after in by_place.items():
        before = by_place.get((measure, str(ending.plus(-quarters))))
        if written == str(ending) and before:
            direction = evidence.directions.get(measure, Direction.HIGHER)
            yield from movements_between(before, after, reference, direction)


def movements_between(
    before: StratumTable, after: StratumTable, reference: str, direction: Direction
) -> Iterator[GapMovement]:
    sign = sign_of(direction)
    changes = change_between(before, after, reference, direction).strata
    fell = {each.stratum for each in changes if signed(each.rate, sign).high < 0}
    for each in changes:
        if each.gap is None:
            continue
        old, new = (sign * gap(table, each.stratum, reference) for table in (before, after))
        if old < 0:
            yield GapMovement(
                after.place.measure,
                each.stratum,
                signed(each.rate, sign),
                signed(each.gap, sign),
                abs(new) < abs(old),
                bool(fell - {each.stratum}),
            )


def gap(table: StratumTable, stratum: str, reference: str) -> Fraction:
    own, other = table.groups[stratum], table.groups[reference]
    return Fraction(*own) - Fraction(*other)


def signed(found: Difference, sign: int) -> Difference:
    return found if sign > 0 else found.reversed


def movement_says(
    best: GapMovement, evidence: ClaimEvidence, ending: Period, looked_at: int
) -> str:
    kind, _, reference = evidence.references[ending].partition(".")
    own, other = (Stratum(StratumType(kind), name).label for name in (best.stratum, reference))
    title = evidence.titles.get(best.measure, best.measure)
    return (
        f"Best of {looked_at} {plural(looked_at, 'gap')} looked at, in the year to {ending.label}: "
        f"{title}, {own} beside {other}. The rate got better by {in_points(best.rate)}, and "
        f"the gap smaller by {in_points(best.gap)}."
    )


def in_points(found: Difference) -> str:
    """
    >>> in_points(Difference(0.05, -0.012, 0.112))
    '5.0 points (−1.2 to 11.2)'
    """
    middle, low, high = (
        f"{100 * each:.1f}".replace("-", "−") for each in (found.difference, found.low, found.high)
    )
    return f"{middle} points ({low} to {high})"


CLAIMS: Mapping[str, tuple[int, str, Weigh]] = {  # from which level on there is something to weigh
    "REAL-2": (1, "how many patients have told their race themselves", weigh_self_report),
    "EQME-1": (2, "results are split by patient group", weigh_splits),
    "EQME-5": (1, "a gap narrowed", weigh_narrowing),
}
