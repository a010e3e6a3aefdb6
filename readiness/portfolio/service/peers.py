"""Quality measures of all groups that share with a payer, beside each other.

Only what was released is read, and only of groups that have submitted something.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.exports import Cell, Sheet
from readiness.core.people import Group, Payer
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import QualityMeasure
from readiness.counts.strata import STRATA, STRATUM_TYPE_LABELS, StratumType
from readiness.equity import db as peers
from readiness.equity.across_groups import (
    FunnelOfAll,
    FunnelPoint,
    GapsOfAll,
    GroupGap,
    funnel_of,
    gaps_of_all,
)
from readiness.equity.db import ReleasedMeasure, ReleasedSplit, SharingGroup
from readiness.equity.gaps import StratumRate, rate_of
from readiness.equity.gates import (
    Comparability,
    ReferenceVote,
    gap_comparability,
    rate_comparability,
    reference_vote,
)
from readiness.equity.tables import (
    ESTIMATED,
    KINDS,
    NO_GROUP,
    TOTAL,
    StratumCount,
    StratumTable,
    kind_label,
    rows_of,
    tables_split_by,
)
from readiness.statistics.comparisons import Difference
from readiness.statistics.rates import Interval


@dataclass(frozen=True)
class PeerFilters:
    """What an address asks for; what is empty or not there is the first there is."""

    measure_id: str = ""
    period: str = ""
    kind: str = ""
    stratum: str = ""
    reference: str = ""


@dataclass(frozen=True)
class PeerFilterOptions:
    """What there is to choose from, and what was chosen."""

    measures: tuple[QualityMeasure, ...]
    kinds: tuple[str, ...]
    periods: tuple[Period, ...]  # newest first
    measure: QualityMeasure
    kind: str
    period: Period


@dataclass(frozen=True)
class PeerRow:
    """One group in this view."""

    group: Group
    declared: str  # the stratum it declared as reference for this split; "" for none
    number: int | None  # of the release; None: nothing to read
    rate: StratumRate | None  # of the stratum, where it can be seen
    rate_comparability: Comparability
    gap_comparability: Comparability
    own: StratumCount | None
    other: StratumCount | None  # of the reference
    gap: GroupGap | None
    point: FunnelPoint | None


@dataclass(frozen=True)
class PeerComparison:
    """One stratum of one measure over all groups."""

    choices: PeerFilterOptions
    strata: tuple[str, ...]
    stratum: str
    vote: ReferenceVote
    reference: str  # "": none was declared and none chosen, so that no gap is shown
    is_chosen: bool  # the reference stands in the address
    lines: tuple[PeerRow, ...]
    gaps: GapsOfAll | None
    funnel: FunnelOfAll | None


@dataclass(frozen=True)
class PeerPage:
    payer: Payer
    shared: int  # groups
    found: PeerComparison | None  # None: no group has released a quality measure


def compare(session: Session, payer_id: str, wish: PeerFilters) -> PeerPage:
    permissions.require(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    shared = peers.sharing_groups(session.store, payer_id, session.now.date())
    offers = closed_splits(session.store, shared, session.now.date())
    choices = choices_of(offers, wish)
    found = (
        comparison_of(session.store, shared, choices, wish, session.now.date()) if choices else None
    )
    return PeerPage(groups.payer(session.store, payer_id), len(shared), found)


def closed_splits(
    store: Store, shared: Iterable[SharingGroup], today: date
) -> tuple[ReleasedSplit, ...]:
    every = peers.released_splits(store, readable_ids(shared))
    known = measure_files.load_quality().by_id
    return tuple(
        each for each in every if each.period.is_closed_on(today) and each.measure_id in known
    )


def readable_ids(shared: Iterable[SharingGroup]) -> list[str]:
    return [each.group.id for each in shared if each.has_submitted]


def kind_of(offer: ReleasedSplit) -> str:
    return f"{offer.stratum_type}_{ESTIMATED}" if offer.is_estimated else offer.stratum_type


def choices_of(offers: Sequence[ReleasedSplit], wish: PeerFilters) -> PeerFilterOptions | None:
    """A wish that leads nowhere is passed over: a form sends what the former page offered."""
    if not offers:
        return None
    ids = {each.measure_id for each in offers}
    measures = tuple(m for m in measure_files.load_quality().measures if m.id in ids)
    measure = next((m for m in measures if m.id == wish.measure_id), measures[0])
    own = [each for each in offers if each.measure_id == measure.id]
    kinds = tuple(sorted({kind_of(each) for each in own}, key=kind_order))
    kind = wish.kind if wish.kind in kinds else first_kind(kinds)
    there = {each.period: each.groups for each in own if kind_of(each) == kind}
    periods = tuple(sorted(there, reverse=True))
    asked = [each for each in periods if str(each) == wish.period]
    return PeerFilterOptions(
        measures, kinds, periods, measure, kind, (asked or [usual_period(there)])[0]
    )


def kind_order(kind: str) -> tuple[int, str]:
    plain = kind.removesuffix(f"_{ESTIMATED}")
    names = [str(each) for each in KINDS]
    return names.index(plain) if plain in names else len(names), kind


def first_kind(kinds: Sequence[str]) -> str:
    """One with groups of people to compare, where there is one."""
    return next((kind for kind in kinds if kind != TOTAL), kinds[0])


def usual_period(groups_by_period: Mapping[Period, int]) -> Period:
    """The newest that at least half as many groups have as the best one."""
    most = max(groups_by_period.values())
    return max(each for each, number in groups_by_period.items() if 2 * number >= most)


def comparison_of(
    store: Store,
    shared: Sequence[SharingGroup],
    choices: PeerFilterOptions,
    wish: PeerFilters,
    today: date,
) -> PeerComparison:
    sent = {
        each.group_id: each
        for each in peers.releases_of_measure(store, readable_ids(shared), choices.measure.id)
        if each.period == choices.period and each.period.is_closed_on(today)
    }
    tables = {id_: table for id_, each in sent.items() if (table := table_of(each, choices.kind))}
    strata = strata_of(choices.kind, tables.values())
    declared = {id_: declared_in(sent[id_], choices.kind) for id_ in tables}
    vote = reference_vote(declared, strata)
    is_chosen = wish.reference in strata and choices.kind != TOTAL
    reference = wish.reference if is_chosen else vote.reference
    listed = list(tables.values())
    stratum = stratum_of(strata, wish.stratum, reference, listed)
    gaps = gaps_of_all(stratum, listed, reference) if reference and stratum != reference else None
    funnel = funnel_of(stratum, listed)
    lines = tuple(
        row_of(each, sent, tables.get(each.group.id), (stratum, reference), gaps, funnel, declared)
        for each in shared
    )
    return PeerComparison(choices, strata, stratum, vote, reference, is_chosen, lines, gaps, funnel)


def table_of(sent: ReleasedMeasure, kind: str) -> StratumTable | None:
    rows = rows_of(sent.group_id, sent.period, sent.values)
    return next(iter(tables_split_by(kind, rows)), None)


def strata_of(kind: str, tables: Iterable[StratumTable]) -> tuple[str, ...]:
    """Groups of people that one of the tables has, in the order of their list."""
    there = {stratum for table in tables for stratum in table.counts}
    if kind == TOTAL:
        return (TOTAL,)
    return tuple(each for each in names_of(kind) if each in there - NO_GROUP)


def names_of(kind: str) -> dict[str, str]:
    """Every stratum of one way of splitting, with its label."""
    plain = StratumType(kind.removesuffix(f"_{ESTIMATED}"))
    return STRATA.get(plain) or {TOTAL: STRATUM_TYPE_LABELS[plain]}


def declared_in(sent: ReleasedMeasure, kind: str) -> str:
    """The declared stratum, where it is one of this split."""
    declared, _, name = sent.reference.partition(".")
    return name if declared == kind else ""


def stratum_of(
    strata: Sequence[str], wanted: str, reference: str, tables: Sequence[StratumTable]
) -> str:
    """What is asked for, else the one that most groups can show, whatever its rates are."""
    others = [each for each in strata if each != reference] or [*strata, ""]
    seen = {
        each: sum(rate_comparability(t, each) is Comparability.SEEN for t in tables)
        for each in others
    }
    return wanted if wanted in strata else max(others, key=lambda each: seen[each])


def row_of(
    shared: SharingGroup,
    sent: Mapping[str, ReleasedMeasure],
    table: StratumTable | None,
    chosen: tuple[str, str],
    gaps: GapsOfAll | None,
    funnel: FunnelOfAll | None,
    declared: Mapping[str, str],
) -> PeerRow:
    id_, (stratum, reference) = shared.group.id, chosen
    seen, may_compare = (
        rate_comparability(table, stratum),
        gap_comparability(table, stratum, reference),
    )
    if not shared.has_submitted:
        seen = may_compare = Comparability.NOT_SUBMITTED
    own, other = (table.counts.get(each) if table else None for each in chosen)
    return PeerRow(
        group=shared.group,
        declared=declared.get(id_, ""),
        number=sent[id_].number if id_ in sent else None,
        rate=rate_of(stratum, own) if own and seen is Comparability.SEEN else None,
        rate_comparability=seen,
        gap_comparability=may_compare,
        own=own,
        other=other,
        gap=next((each for each in gaps.groups if each.group_id == id_), None) if gaps else None,
        point=next((each for each in funnel.points if each.group_id == id_), None)
        if funnel
        else None,
    )


COMPARISON_HEADER = (
    "Group",
    "Measure",
    "12 months to",
    "Release",
    "Split by",
    "Patients of",
    "Meet the measure",
    "Counted in it",
    "Rate (share)",
    "Rate from",
    "Rate to",
    "Rate is",
    "Funnel: warning from",
    "Funnel: warning to",
    "Funnel: alarm from",
    "Funnel: alarm to",
    "Funnel: beyond",
    "Reference in this view",
    "Reference the group declared",
    "Reference: meet the measure",
    "Reference: counted in it",
    "Gap (share, minus the reference)",
    "Gap from",
    "Gap to",
    "Gap is",
    "Gap drawn toward the mean",
    "Drawn in from",
    "Drawn in to",
    "p",
    "p by Holm (for claims)",
    "p by Benjamini and Hochberg (for screening)",
    "Place among groups",
)


def comparison_sheet(found: PeerComparison) -> Sheet:
    rows = comparison_rows(found)
    return Sheet("Groups", COMPARISON_HEADER, rows, (36, 28, 12, 9, 20, 32))


def comparison_rows(found: PeerComparison) -> Iterator[tuple[Cell, ...]]:
    choices, names = found.choices, names_of(found.choices.kind)
    for line in found.lines:
        limits = line.point.limits if line.point else None
        yield (
            line.group.name,
            choices.measure.title,
            str(choices.period),
            line.number,
            kind_label(choices.kind),
            names.get(found.stratum, found.stratum),
            *count_cells(line.own),
            *((line.rate.rate, line.rate.low, line.rate.high) if line.rate else (None,) * 3),
            line.rate_comparability,
            *interval_cells(limits.warning if limits else None),
            *interval_cells(limits.alarm if limits else None),
            line.point.signal if line.point else "",
            names.get(found.reference, ""),
            names.get(line.declared, ""),
            *count_cells(line.other if found.reference else None),
            *gap_cells(line, found),
        )


def count_cells(count: StratumCount | None) -> tuple[Cell, Cell]:
    """Blank where it was not counted."""
    if count is None:
        return None, None
    above, below = (HIDDEN if n is None else n for n in (count.numerator, count.denominator))
    return above, below


def interval_cells(interval: Interval | None) -> tuple[Cell, Cell]:
    return (interval.low, interval.high) if interval else (None, None)


def gap_cells(line: PeerRow, found: PeerComparison) -> tuple[Cell, ...]:
    if not found.gaps:
        return (None,) * 11
    gap = line.gap
    if gap is None:
        return (None, None, None, line.gap_comparability, *(None,) * 7)
    return (
        *difference_cells(gap.gap),
        Comparability.SEEN,
        *difference_cells(gap.shrunken),
        gap.p,
        gap.p_holm,
        gap.p_bh,
        position_says(gap.position.third, gap.position.percentile),
    )


def position_says(third: str | None, percentile: float | None) -> str:
    """Nothing below five groups."""
    return third or ("" if percentile is None else f"percentile {percentile:.0f}")


def difference_cells(found: Difference | None) -> tuple[Cell, Cell, Cell]:
    return (found.difference, found.low, found.high) if found else (None, None, None)
