"""What a group says of its equity work, beside what its counts show.

Shown to the group before it sends in, and to its reviewer; it never changes a level. The items and
what their levels ask for are those of the questionnaire; only what can be counted is weighed.
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
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
)
from readiness.counts.strata import Stratum, StratumType
from readiness.equity.change import change_between, sign_of
from readiness.equity.known import MARK
from readiness.equity.tables import NO_GROUP, TOTAL, Table
from readiness.statistics.comparisons import Difference
from readiness.statistics.data_quality import completeness

YEAR = 4  # quarters
BY_RACE = frozenset({StratumType.RACE, StratumType.RACE_1997, StratumType.ETHNICITY})
BY_OTHER = frozenset({StratumType.PAYER, StratumType.AGE})


class Verdict(StrEnum):
    AGREES = "agrees"
    DIFFERS = "does not agree"
    UNTOLD = "cannot be told"


@dataclass(frozen=True)
class Weighed:
    """One claim beside the counts."""

    item_id: str
    level: int
    claim: str  # in the fewest words
    verdict: Verdict
    says: str


KnownCounts = Mapping[DemographicCell, int | None]  # None: hidden to protect small counts


@dataclass(frozen=True)
class Evidence:
    """The counts of every closed period, as whoever reads the verdicts may see them."""

    tables: tuple[Table, ...]
    known: Mapping[Period, KnownCounts] = field(default_factory=dict)
    references: Mapping[Period, str] = field(default_factory=dict)  # "race_omb2024.white"
    directions: Mapping[str, Direction] = field(default_factory=dict)  # by measure
    titles: Mapping[str, str] = field(default_factory=dict)  # of measures


Weigh = Callable[[int, Evidence, date], tuple[Verdict, str]]


def weighed(levels: Mapping[str, int], evidence: Evidence, today: date) -> tuple[Weighed, ...]:
    """Every claim that counts can speak to, in the order the items are asked."""
    return tuple(
        Weighed(item_id, levels[item_id], claim, *weigh(levels[item_id], evidence, today))
        for item_id, (least, claim, weigh) in CLAIMS.items()
        if levels.get(item_id, 0) >= least
    )


# "80 percent have told us themselves"

SELF_REPORTED = {
    level: Fraction(share, 100) for level, share in ((1, 20), (2, 50), (3, 80), (4, 90))
}
MOST_DECLINED = Fraction(10, 100)  # from level 3 on, or a written review
LEAST_AT_A_SITE = Fraction(80, 100)  # at level 4


def self_reported(level: int, evidence: Evidence, today: date) -> tuple[Verdict, str]:
    """By the item's own definition: self-reported or declined, over all; its point value counts."""
    ending = max((each for each in evidence.known if each.is_closed_on(today)), default=None)
    counts = field_of(evidence.known[ending], "") if ending else {}
    if not ending or not counts:
        return Verdict.UNTOLD, "No counts of how race and ethnicity are known were found."
    if (whole := shares_of(counts)) is None:
        return Verdict.UNTOLD, "A count of how race and ethnicity are known is hidden."
    share, declined, total = whole
    says = (
        f"Self-reported or declined: {percent_rounded_down(share)} of {total:,} active patients, "
        f"in the 12 months to {ending.label}; level {level} asks for "
        f"{percent_rounded_down(SELF_REPORTED[level])}. {known_says(counts)}"
    )
    if share < SELF_REPORTED[level]:
        return Verdict.DIFFERS, says
    if level == 4 and (low := lowest_site(evidence.known[ending])) < LEAST_AT_A_SITE:
        return Verdict.DIFFERS, f"{says} One site has {percent_rounded_down(low)}, under 80 %."
    if level >= 3 and declined > MOST_DECLINED:
        refused = percent_rounded_down(declined)
        says += f" {refused} declined, over 10 %: a written review of why is asked for."
        return Verdict.UNTOLD, says
    return Verdict.AGREES, says


def field_of(counts: KnownCounts, site_id: str) -> KnownCounts:
    """Race and ethnicity at one place, without estimates."""
    return {
        cell: value
        for cell, value in counts.items()
        if cell.field is DemographicField.RACE
        and cell.site_id == site_id
        and cell.origin is not DemographicSource.ESTIMATED
    }


def shares_of(counts: KnownCounts) -> tuple[Fraction, Fraction, int] | None:
    """Self-reported or declined, declined, and of how many; None when one is hidden."""
    seen = {cell: value for cell, value in counts.items() if value is not None}
    total = sum(seen.values())
    if len(seen) < len(counts) or not total:
        return None
    said = sum(n for cell, n in seen.items() if cell.origin is DemographicSource.SELF_REPORT)
    declined = sum(n for cell, n in seen.items() if cell.known is DemographicStatus.DECLINED)
    return Fraction(said + declined, total), Fraction(declined, total), total


def known_says(counts: KnownCounts) -> str:
    """The bound that gates on measurement use."""
    known = sum(n or 0 for cell, n in counts.items() if cell.known is DemographicStatus.KNOWN)
    found = completeness(known, sum(n or 0 for n in counts.values()), MARK)
    return (
        f"Known from any source: {percent_rounded_down(Fraction(found.share))}, "
        f"with a lower bound of {percent_rounded_down(Fraction(found.low))}."
    )


def lowest_site(counts: KnownCounts) -> Fraction:
    """Of the sites that can be told; 1 where none can."""
    sites = {cell.site_id for cell in counts if cell.site_id}
    found = [shares_of(field_of(counts, site_id)) for site_id in sites]
    return min((each[0] for each in found if each), default=Fraction(1))


# "We split our results"


def split(level: int, evidence: Evidence, today: date) -> tuple[Verdict, str]:
    """Whether counts exist for the splits that a level asks for; hidden ones exist too."""
    recent = [table for table in evidence.tables if is_of_last_year(table, today)]
    measures = sorted({table.place.measure for table in recent})
    if not measures:
        return Verdict.UNTOLD, "No counts of a period that ended in the last 12 months were found."
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
    return (Verdict.AGREES if reached >= level else Verdict.DIFFERS), says


SPLITS_ASKED = {
    2: "one measure split once",
    3: "all of them split by race and ethnicity twice, and by language once",
    4: "all of them split by race and ethnicity four times, by language, by site and by one more",
}


def split_level(recent: list[Table], by_race: list[int], by_language: list[int]) -> int:
    if min(by_race) >= 2 and min(by_language) >= 1:
        kinds = {table.place.stratum_type for table in recent if is_split(table)}
        is_close = StratumType.SITE in kinds and bool(kinds & BY_OTHER)
        return 4 if min(by_race) >= YEAR and is_close else 3
    return 2 if max(by_race) or max(by_language) else 0


def is_of_last_year(table: Table, today: date) -> bool:
    ending = period(table.place.period)
    return ending.is_closed_on(today) and not ending.plus(YEAR).is_closed_on(today)


def is_split(table: Table) -> bool:
    there = [name for name in table.counts if name not in NO_GROUP]
    return table.place.stratum_type != TOTAL and len(there) > 1


def times_split(recent: Iterable[Table], measure: str, kinds: Iterable[str]) -> int:
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
class Moved:
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


def narrowed(level: int, evidence: Evidence, today: date) -> tuple[Verdict, str]:
    ending = newest_declared(evidence, today)
    if ending is None:
        return Verdict.UNTOLD, "No reference is declared, so no gap can be told."
    moved, before = list(moves(evidence, ending, YEAR)), list(moves(evidence, ending, 2 * YEAR))
    if not moved:
        says = "No group that is behind can be compared with the year before."
        return Verdict.UNTOLD, says
    if level == 1:
        return Verdict.AGREES, f"Rates were counted again by {ending.label}, a year later."
    best = max(moved, key=lambda each: (each.is_defended, each.may_be, each.gap.difference))
    says = moved_says(best, evidence, ending, len(moved))
    if level == 2:
        rose = any(each.rate.difference > 0 for each in moved)
        return (Verdict.AGREES if rose else Verdict.DIFFERS), says
    defended = {each.measure for each in moved if each.is_defended}
    lasting = any(each.is_defended for each in before)
    if defended and (level == 3 or len(defended) > 1 or lasting):
        return Verdict.AGREES, says
    if level == 4 and defended:
        return Verdict.DIFFERS, f"{says} Level 4 asks for two measures, or for two years."
    if any(each.may_be for each in moved):
        return Verdict.UNTOLD, f"{says} This may be chance, or another group fell."
    return Verdict.DIFFERS, says


def newest_declared(evidence: Evidence, today: date) -> Period | None:
    return max(
        (each for each, own in evidence.references.items() if own and each.is_closed_on(today)),
        default=None,
    )


def moves(evidence: Evidence, ending: Period, quarters: int) -> Iterator[Moved]:
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
            yield from moves_of(before, after, reference, direction)


def moves_of(before: Table, after: Table, reference: str, direction: Direction) -> Iterator[Moved]:
    sign = sign_of(direction)
    changes = change_between(before, after, reference, direction).strata
    fell = {each.stratum for each in changes if signed(each.rate, sign).high < 0}
    for each in changes:
        if each.gap is None:
            continue
        old, new = (sign * gap(table, each.stratum, reference) for table in (before, after))
        if old < 0:
            yield Moved(
                after.place.measure,
                each.stratum,
                signed(each.rate, sign),
                signed(each.gap, sign),
                abs(new) < abs(old),
                bool(fell - {each.stratum}),
            )


def gap(table: Table, stratum: str, reference: str) -> Fraction:
    own, other = table.groups[stratum], table.groups[reference]
    return Fraction(*own) - Fraction(*other)


def signed(found: Difference, sign: int) -> Difference:
    return found if sign > 0 else found.reversed


def moved_says(best: Moved, evidence: Evidence, ending: Period, looked_at: int) -> str:
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
    "REAL-2": (1, "how many patients have told their race themselves", self_reported),
    "EQME-1": (2, "results are split by patient group", split),
    "EQME-5": (1, "a gap narrowed", narrowed),
}
