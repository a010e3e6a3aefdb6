"""From what groups of a payer released to the numbers that an incentive is tried on."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from readiness.core.db import Store
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import QualityMeasure
from readiness.counts.social_risk.models import Step
from readiness.disclosure import released_counts
from readiness.disclosure.db import social_risk
from readiness.disclosure.released_counts import SocialRiskRelease
from readiness.equity import db as peers
from readiness.equity.db import ReleasedMeasure, ReleasedSplit, SharingGroup
from readiness.equity.gates import ReferenceVote, reference_vote
from readiness.equity.tables import TOTAL, StratumTable
from readiness.incentives.models import GroupLeftOut, GroupNumbers, ReleasedNumbers
from readiness.portfolio import db as portfolio
from readiness.portfolio.models import TIERS, PortfolioQuery
from readiness.portfolio.service.peers import (
    closed_splits,
    declared_in,
    kind_of,
    kind_order,
    names_of,
    readable_ids,
    strata_of,
    table_of,
    usual_period,
)

NOT_SHARED_NOW = "no longer shared"
FEWEST_GROUPS = 2  # to try an incentive on: one group has nobody to share a pool with
NOT_SUBMITTED = "nothing submitted yet"
NOT_RELEASED = "nothing released of these measures, split this way, for this period"
NOTHING_SEEN = f"every count of these measures is {HIDDEN}"


@dataclass(frozen=True)
class NumbersFilters:
    """What a form asks for; what is empty or not there is the usual."""

    kind: str = ""
    period: str = ""
    reference: str = ""


@dataclass(frozen=True)
class MeasureOption:
    """A measure, and how many groups released it for this split and period."""

    measure: QualityMeasure
    groups: int


@dataclass(frozen=True)
class NumbersOptions:
    """What an incentive can be tried on, and what was chosen."""

    kinds: tuple[str, ...]
    periods: tuple[Period, ...]  # newest first
    measures: tuple[MeasureOption, ...]
    strata: tuple[str, ...]
    kind: str
    period: Period
    vote: ReferenceVote
    reference: str  # "": none was declared and none chosen
    is_chosen: bool  # by the payer

    @property
    def usual_measures(self) -> tuple[str, ...]:
        """Those that at least half as many groups released as the commonest."""
        most = max(each.groups for each in self.measures)
        return tuple(each.measure.id for each in self.measures if 2 * each.groups >= most)


def options_for(
    store: Store, payer_id: str, filters: NumbersFilters, today: date
) -> NumbersOptions | None:
    """None as long as no group has released a measure split into groups of patients."""
    shared = peers.sharing_groups(store, payer_id, today)
    offers = [each for each in closed_splits(store, shared, today) if kind_of(each) != TOTAL]
    if not offers:
        return None
    kinds = tuple(sorted({kind_of(each) for each in offers}, key=kind_order))
    kind = filters.kind if filters.kind in kinds else kinds[0]
    own = [each for each in offers if kind_of(each) == kind]
    there = groups_by_period(own)
    periods = tuple(sorted(there, reverse=True))
    asked = [each for each in periods if str(each) == filters.period]
    period = (asked or [usual_period(there)])[0]
    offered = measure_options(own, period)
    sent = sent_of(store, shared, [each.measure.id for each in offered], period)
    strata, vote = strata_and_vote(sent, kind)
    is_chosen = filters.reference in strata
    reference = filters.reference if is_chosen else vote.reference
    return NumbersOptions(kinds, periods, offered, strata, kind, period, vote, reference, is_chosen)


def groups_by_period(offers: Sequence[ReleasedSplit]) -> dict[Period, int]:
    """How many groups released the commonest measure of each period."""
    found: Counter[Period] = Counter()
    for each in offers:
        found[each.period] = max(found[each.period], each.groups)
    return dict(found)


def measure_options(offers: Sequence[ReleasedSplit], period: Period) -> tuple[MeasureOption, ...]:
    groups = {each.measure_id: each.groups for each in offers if each.period == period}
    listed = measure_files.load_quality().measures
    return tuple(MeasureOption(each, groups[each.id]) for each in listed if each.id in groups)


def sent_of(
    store: Store, shared: Sequence[SharingGroup], measure_ids: Sequence[str], period: Period
) -> dict[str, dict[str, ReleasedMeasure]]:
    """The newest release of the period, by measure and group."""
    ids = readable_ids(shared)
    return {
        measure_id: {
            each.group_id: each
            for each in peers.releases_of_measure(store, ids, measure_id)
            if each.period == period
        }
        for measure_id in measure_ids
    }


def tables_in(sent: Mapping[str, ReleasedMeasure], kind: str) -> dict[str, StratumTable]:
    return {id_: table for id_, each in sent.items() if (table := table_of(each, kind))}


def strata_and_vote(
    sent: Mapping[str, Mapping[str, ReleasedMeasure]], kind: str
) -> tuple[tuple[str, ...], ReferenceVote]:
    """A group's declaration is one for all its measures, so each group has one vote."""
    tables = {name: tables_in(own, kind) for name, own in sent.items()}
    strata = strata_of(kind, [each for own in tables.values() for each in own.values()])
    declared = {
        id_: declared_in(sent[name][id_], kind) for name, own in tables.items() for id_ in own
    }
    return strata, reference_vote(declared, strata)


def reference_says(choices: NumbersOptions) -> str:
    """Who said with whom the others are compared."""
    names, vote = names_of(choices.kind), choices.vote
    if choices.is_chosen:
        return f"{names[choices.reference]}, chosen for this run"
    if not choices.reference:
        return "none declared"
    tied = ", as often as another one" if vote.is_tied else ""
    return f"{names[choices.reference]}, declared by {vote.groups} of {vote.asked} groups{tied}"


def numbers_of(
    store: Store, payer_id: str, choices: NumbersOptions, measure_ids: Sequence[str], today: date
) -> ReleasedNumbers:
    """Released numbers alone; a group counts when it can show one stratum of one measure."""
    shared = peers.sharing_groups(store, payer_id, today)
    sent = sent_of(store, shared, measure_ids, choices.period)
    tables = {name: tables_in(own, choices.kind) for name, own in sent.items()}
    tiers, by_id = tiers_of(store, payer_id, today), measure_files.load_quality().by_id
    groups, left_out = [], []
    for each in shared:
        id_ = each.group.id
        own = {name: tables[name][id_] for name in measure_ids if id_ in tables[name]}
        if why := why_left_out(each, own):
            left_out.append(GroupLeftOut(each.group.name, why, id_))
            continue
        mine = {name: sent[name][id_] for name in own}
        quarters = released_counts.latest_quarters(
            social_risk.latest_of_group(store, id_, released_counts.QUARTERS), today
        )
        groups.append(group_numbers(each.group, tiers.get(id_), own, mine, quarters))
    return ReleasedNumbers(
        kind=choices.kind,
        period=str(choices.period),
        reference=choices.reference,
        reference_says=reference_says(choices),
        measure_ids=tuple(measure_ids),
        lower_is_better=tuple(id_ for id_ in measure_ids if not by_id[id_].is_higher_better),
        strata=choices.strata,
        groups=tuple(groups),
        left_out=tuple(left_out),
    )


def still_readable(numbers: ReleasedNumbers, shared: Sequence[SharingGroup]) -> ReleasedNumbers:
    """The same numbers without every group that does not share any more."""
    readable, sharing = set(readable_ids(shared)), {each.group.id for each in shared}
    names = {each.group.name for each in shared}
    groups = tuple(each for each in numbers.groups if each.group_id in readable)
    left_out = tuple(
        each
        for each in numbers.left_out
        if each.group_id in sharing or (not each.group_id and each.name in names)
    )
    if ended := len(numbers.left_out) - len(left_out):
        left_out += (GroupLeftOut(counted_groups(ended), NOT_SHARED_NOW),)
    says = f"{names_of(numbers.kind)[numbers.reference]}, as it was tried first"
    return numbers.narrowed(groups, left_out, says)


def counted_groups(number: int) -> str:
    """
    >>> counted_groups(1), counted_groups(2)
    ('1 group', '2 groups')
    """
    return f"{number} group{'s' if number > 1 else ''}"


def why_left_out(shared: SharingGroup, own: Mapping[str, StratumTable]) -> str:
    """Why a group is not taken in; nothing when it is."""
    if not shared.has_submitted:
        return NOT_SUBMITTED
    if not own:
        return NOT_RELEASED
    return "" if any(table.groups for table in own.values()) else NOTHING_SEEN


def tiers_of(store: Store, payer_id: str, today: date) -> dict[str, int]:
    """By the deciding run: the validated one once accepted, else the lower of the two before."""
    lines = portfolio.every_row(store, payer_id, today, PortfolioQuery())
    return {each.group_id: int(each.tier_id[1:]) for each in lines if each.tier_id in TIERS}


def group_numbers(
    group: Group,
    tier: int | None,
    own: Mapping[str, StratumTable],
    sent: Mapping[str, ReleasedMeasure],
    quarters: Sequence[SocialRiskRelease],
) -> GroupNumbers:
    return GroupNumbers(
        group_id=group.id,
        name=group.name,
        tier=tier,
        patients=sum(counted_in(own[name], sent[name]) for name in own),
        screened=released_counts.share_over(quarters, Step.ANY_POSITIVE, Step.SCREENED).for_a_rate,
        release=next(iter(sent.values())).number,
        quarters=tuple(str(each.period) for each in quarters),
        counts={name: table.groups for name, table in own.items()},
    )


def counted_in(table: StratumTable, sent: ReleasedMeasure) -> int:
    """Everybody the measure counts, as released; where that is hidden, those that can be seen."""
    whole = table_of(sent, TOTAL)
    total = whole.counts[TOTAL].denominator if whole and TOTAL in whole.counts else None
    return total or sum(below for _, below in table.groups.values())
