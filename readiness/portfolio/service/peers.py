"""Quality measures of all groups that share with a payer, beside each other.

Only what was released is read, and only of groups that have submitted something.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.people import Group, Payer
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import QualityMeasure
from readiness.counts.strata import STRATA, STRATUM_TYPE_LABELS, StratumType
from readiness.equity.entered import ESTIMATED, KINDS, rows_of
from readiness.equity.gaps import StratumRate, rate_of
from readiness.equity.peers import Standing, Vote, gap_standing, rate_standing, vote_of
from readiness.equity.portfolio import (
    FunnelOfAll,
    FunnelPoint,
    GapsOfAll,
    GroupGap,
    funnel_of,
    gaps_of_all,
)
from readiness.equity.tables import NO_GROUP, TOTAL, Count, Table, tables_of
from readiness.portfolio.db import peers
from readiness.portfolio.db.peers import Offer, Sent, Sharing


@dataclass(frozen=True)
class Wish:
    """What an address asks for; what is empty or not there is the first there is."""

    measure_id: str = ""
    period: str = ""
    kind: str = ""
    stratum: str = ""
    reference: str = ""


@dataclass(frozen=True)
class Choices:
    """What there is to choose from, and what was chosen."""

    measures: tuple[QualityMeasure, ...]
    kinds: tuple[str, ...]
    periods: tuple[Period, ...]  # newest first
    measure: QualityMeasure
    kind: str
    period: Period


@dataclass(frozen=True)
class Line:
    """One group in this view."""

    group: Group
    declared: str  # the stratum it declared as reference for this split; "" for none
    number: int | None  # of the release; None: nothing to read
    rate: StratumRate | None  # of the stratum, where it can be seen
    rate_standing: Standing
    gap_standing: Standing
    own: Count | None
    other: Count | None  # of the reference
    gap: GroupGap | None
    point: FunnelPoint | None


@dataclass(frozen=True)
class Compared:
    """One stratum of one measure over all groups."""

    choices: Choices
    strata: tuple[str, ...]
    stratum: str
    vote: Vote
    reference: str  # "": none was declared and none chosen, so that no gap is shown
    is_chosen: bool  # the reference stands in the address
    lines: tuple[Line, ...]
    gaps: GapsOfAll | None
    funnel: FunnelOfAll | None


@dataclass(frozen=True)
class Peers:
    payer: Payer
    shared: int  # groups
    found: Compared | None  # None: no group has released a quality measure


def compare(session: Session, payer_id: str, wish: Wish) -> Peers:
    permissions.require(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    shared = peers.sharing(session.store, payer_id, session.now.date())
    offers = offers_of(session.store, shared, session.now.date())
    choices = choices_of(offers, wish)
    found = compared(session.store, shared, choices, wish, session.now.date()) if choices else None
    return Peers(groups.payer(session.store, payer_id), len(shared), found)


def offers_of(store: Store, shared: Iterable[Sharing], today: date) -> tuple[Offer, ...]:
    every = peers.offers(store, readable_ids(shared))
    known = measure_files.load_quality().by_id
    return tuple(
        each for each in every if each.period.is_closed_on(today) and each.measure_id in known
    )


def readable_ids(shared: Iterable[Sharing]) -> list[str]:
    return [each.group.id for each in shared if each.has_submitted]


def kind_of(offer: Offer) -> str:
    return f"{offer.stratum_type}_{ESTIMATED}" if offer.is_estimated else offer.stratum_type


def choices_of(offers: Sequence[Offer], wish: Wish) -> Choices | None:
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
    return Choices(measures, kinds, periods, measure, kind, (asked or [usual(there)])[0])


def kind_order(kind: str) -> tuple[int, str]:
    plain = kind.removesuffix(f"_{ESTIMATED}")
    names = [str(each) for each in KINDS]
    return names.index(plain) if plain in names else len(names), kind


def first_kind(kinds: Sequence[str]) -> str:
    """One with groups of people to compare, where there is one."""
    return next((kind for kind in kinds if kind != TOTAL), kinds[0])


def usual(groups_by_period: Mapping[Period, int]) -> Period:
    """The newest that at least half as many groups have as the best one."""
    most = max(groups_by_period.values())
    return max(each for each, number in groups_by_period.items() if 2 * number >= most)


def compared(
    store: Store, shared: Sequence[Sharing], choices: Choices, wish: Wish, today: date
) -> Compared:
    sent = {
        each.group_id: each
        for each in peers.of_measure(store, readable_ids(shared), choices.measure.id)
        if each.period == choices.period and each.period.is_closed_on(today)
    }
    tables = {id_: table for id_, each in sent.items() if (table := table_of(each, choices.kind))}
    strata = strata_of(choices.kind, tables.values())
    declared = {id_: declared_in(sent[id_], choices.kind) for id_ in tables}
    vote = vote_of(declared, strata)
    is_chosen = wish.reference in strata and choices.kind != TOTAL
    reference = wish.reference if is_chosen else vote.reference
    listed = list(tables.values())
    stratum = stratum_of(strata, wish.stratum, reference, listed)
    gaps = gaps_of_all(stratum, listed, reference) if reference and stratum != reference else None
    funnel = funnel_of(stratum, listed)
    lines = tuple(
        line_of(each, sent, tables.get(each.group.id), (stratum, reference), gaps, funnel, declared)
        for each in shared
    )
    return Compared(choices, strata, stratum, vote, reference, is_chosen, lines, gaps, funnel)


def table_of(sent: Sent, kind: str) -> Table | None:
    rows = rows_of(sent.group_id, sent.period, sent.values)
    return next(iter(tables_of(r for r in rows if r.place.stratum_type == kind)), None)


def strata_of(kind: str, tables: Iterable[Table]) -> tuple[str, ...]:
    """Groups of people that one of the tables has, in the order of their list."""
    there = {stratum for table in tables for stratum in table.counts}
    if kind == TOTAL:
        return (TOTAL,)
    return tuple(each for each in names_of(kind) if each in there - NO_GROUP)


def names_of(kind: str) -> dict[str, str]:
    """Every stratum of one way of splitting, with its label."""
    plain = StratumType(kind.removesuffix(f"_{ESTIMATED}"))
    return STRATA.get(plain) or {TOTAL: STRATUM_TYPE_LABELS[plain]}


def declared_in(sent: Sent, kind: str) -> str:
    """The declared stratum, where it is one of this split."""
    declared, _, name = sent.reference.partition(".")
    return name if declared == kind else ""


def stratum_of(strata: Sequence[str], wanted: str, reference: str, tables: Sequence[Table]) -> str:
    """What is asked for, else the one that most groups can show, whatever its rates are."""
    others = [each for each in strata if each != reference] or [*strata, ""]
    seen = {each: sum(rate_standing(t, each) is Standing.SEEN for t in tables) for each in others}
    return wanted if wanted in strata else max(others, key=lambda each: seen[each])


def line_of(
    shared: Sharing,
    sent: Mapping[str, Sent],
    table: Table | None,
    chosen: tuple[str, str],
    gaps: GapsOfAll | None,
    funnel: FunnelOfAll | None,
    declared: Mapping[str, str],
) -> Line:
    id_, (stratum, reference) = shared.group.id, chosen
    seen, may_compare = rate_standing(table, stratum), gap_standing(table, stratum, reference)
    if not shared.has_submitted:
        seen = may_compare = Standing.NOT_SUBMITTED
    own, other = (table.counts.get(each) if table else None for each in chosen)
    return Line(
        group=shared.group,
        declared=declared.get(id_, ""),
        number=sent[id_].number if id_ in sent else None,
        rate=rate_of(stratum, own) if own and seen is Standing.SEEN else None,
        rate_standing=seen,
        gap_standing=may_compare,
        own=own,
        other=other,
        gap=next((each for each in gaps.groups if each.group_id == id_), None) if gaps else None,
        point=next((each for each in funnel.points if each.group_id == id_), None)
        if funnel
        else None,
    )
