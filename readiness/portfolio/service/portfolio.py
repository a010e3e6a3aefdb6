"""The payer’s list of every group that shares with it, its export, and one group of it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date
from fractions import Fraction

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.cycles import Cycle, ProgramCheck, asks_say, check_program
from readiness.assessments.db import assessments, cycles
from readiness.assessments.service.payer_view import (
    SubmissionLine,
    SubmittedView,
    history,
    is_reviewed_by,
    last_submitted,
    may_be_read,
    programs,
)
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.core.exports import Sheet
from readiness.core.people import Actor, Group, Payer
from readiness.core.permissions import Can
from readiness.equity.claims import WeighedClaim
from readiness.equity.service import claims
from readiness.instruments import loader as instruments
from readiness.instruments.models import Instrument
from readiness.plans.schedule import is_overdue
from readiness.plans.service import plan, tier_costs
from readiness.plans.service.plan import PlanView
from readiness.plans.tier_cost import TierCostEntry
from readiness.portfolio import db as portfolio
from readiness.portfolio.columns import file_cells
from readiness.portfolio.models import (
    MOST_COMPARED,
    SIZES,
    PortfolioQuery,
    PortfolioRow,
    PortfolioSort,
    PortfolioTally,
    parse_query,
)


@dataclass(frozen=True)
class ProgramTally:
    """How many groups of the list stand where in a cycle that asks for more."""

    cycle: Cycle
    asks: str
    by_tier: Mapping[str, int]


@dataclass(frozen=True)
class PortfolioPage:
    """One page of the list, with what stands above and around it."""

    payer: Payer
    instrument: Instrument  # whose domains are the columns
    cycles: tuple[Cycle, ...]
    query: PortfolioQuery
    lines: tuple[PortfolioRow, ...]
    tally: PortfolioTally
    programs: tuple[ProgramTally, ...]
    today: date
    without_cost: int = 0  # groups of a list ordered by cost that have a place by none

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Those that the groups shown here have used; with none, the one of the columns."""
        used = {each for line in self.lines for each in line.instruments}
        return tuple(instruments.load(*each) for each in sorted(used)) or (self.instrument,)

    @property
    def cycle(self) -> Cycle | None:
        """The one that the list is asked for: then it shows where groups stood in that cycle."""
        return next((each for each in self.cycles if each.id == self.query.cycle_id), None)

    @property
    def pages(self) -> int:
        return pages_of(self.tally.total, self.query.size)


def page(session: Session, payer_id: str, sent: Mapping[str, str]) -> PortfolioPage:
    """The page that an address asks for, or the last one when it asks for one too far."""
    payer, own, instrument = payer_context(session.store, session.actor, payer_id)
    query = parse_query(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    tally = portfolio.tally(session.store, payer_id, session.now.date(), query)
    query = replace(query, page=min(query.page, pages_of(tally.total, query.size)))
    today = session.now.date()
    raised = raised_cycles(own, query)
    without_cost = complete_costs(session, payer_id, query)
    rows = with_asked(portfolio.rows_of_page(session.store, payer_id, today, query))
    return PortfolioPage(
        payer,
        instrument,
        own,
        query,
        with_costs(session, with_programs(session.store, rows, raised)),
        tally,
        tuple(program_tallies(session.store, payer_id, today, query, raised)),
        today,
        without_cost,
    )


def compare(
    session: Session, payer_id: str, group_ids: tuple[str, ...], cycle_id: str = ""
) -> PortfolioPage:
    """A few groups side by side, in the order they were chosen; what is not shared is left out."""
    payer, own, instrument = payer_context(session.store, session.actor, payer_id)
    chosen = tuple(dict.fromkeys(group_ids))[:MOST_COMPARED]
    asked = cycle_id if cycle_id in [cycle.id for cycle in own] else ""
    query = PortfolioQuery(group_ids=chosen, cycle_id=asked)
    found = (
        portfolio.rows_of_page(session.store, payer_id, session.now.date(), query) if chosen else ()
    )
    lines = with_asked(sorted(found, key=lambda line: chosen.index(line.group_id)))
    lines = with_programs(session.store, lines, raised_cycles(own, query))
    return PortfolioPage(
        payer, instrument, own, query, lines, PortfolioTally({}), (), session.now.date()
    )


def export(session: Session, payer_id: str, sent: Mapping[str, str]) -> Sheet:
    """Every group that the address finds, on whichever page."""
    _, own, instrument = payer_context(session.store, session.actor, payer_id)
    query = parse_query(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    today, cells = session.now.date(), file_cells(instrument)
    rows = with_asked(portfolio.every_row(session.store, payer_id, today, query))
    rows = with_programs(session.store, rows, raised_cycles(own, query))
    rows = with_costs(session, rows, MOST_IN_FILE)
    return Sheet(
        "Portfolio",
        tuple(cell.heading for cell in cells),
        (tuple(cell.value(row, today) for cell in cells) for row in rows),
        (36, 8),
    )


def payer_context(
    store: Store, actor: Actor, payer_id: str
) -> tuple[Payer, tuple[Cycle, ...], Instrument]:
    """The payer, its cycles and the instrument of the newest, whose domains the list shows."""
    permissions.require(actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    own = cycles.of_payer(store, payer_id)
    wanted = (own[0].instrument_id, own[0].version) if own else (instruments.catalog()[0][0], None)
    return groups.payer(store, payer_id), own, instruments.load(*wanted)


def with_asked(rows: Iterable[PortfolioRow]) -> tuple[PortfolioRow, ...]:
    """With the number of items that each group's newest assessment asks."""
    listed = tuple(rows)
    versions = {row.instrument for row in listed if row.instrument}
    asked = {version: len(instruments.load(*version).items) for version in versions}
    return tuple(
        replace(row, asked=asked[row.instrument]) if row.instrument else row for row in listed
    )


# What the next tier costs

MOST_COSTS = 100  # worked out before a list is ordered by them: a page should not take a minute
MOST_IN_FILE = 500  # worked out for one file


def complete_costs(session: Session, payer_id: str, query: PortfolioQuery) -> int:
    """Before a list is ordered by cost. How many groups stay without one."""
    if query.sort is not PortfolioSort.COST:
        return 0
    asked = session.store, payer_id, session.now.date(), query
    if missing := portfolio.without_cost(*asked):
        tier_costs.refresh(session.store, missing[:MOST_COSTS], session.now)
        return len(portfolio.without_cost(*asked))
    return 0


def with_costs(
    session: Session, rows: tuple[PortfolioRow, ...], most: int = SIZES[-1]
) -> tuple[PortfolioRow, ...]:
    """With each figure that was not kept, or whose months have moved with the calendar; of more
    than `most` of them the rest stay without, rather than with months of another day."""
    today = session.now.date()
    due = [row.assessment_id for row in rows if row.assessment_id and row.is_cost_due(today)]
    found = tier_costs.refresh(session.store, due[:most], session.now)
    return tuple(with_cost(row, found.get(row.assessment_id or ""), today) for row in rows)


def with_cost(row: PortfolioRow, entry: TierCostEntry | None, today: date) -> PortfolioRow:
    if entry:
        return replace(row, tier_cost=entry.cost, patients=entry.patients)
    if row.tier_cost and row.is_cost_due(today):
        return replace(row, tier_cost=replace(row.tier_cost, months=None))
    return row


# What a payer's own program asks beyond the instrument


def raised_cycles(own: Iterable[Cycle], query: PortfolioQuery) -> tuple[Cycle, ...]:
    """Of a list of one cycle, that one alone."""
    return tuple(each for each in own if each.axis_min and query.cycle_id in ("", each.id))


def with_programs(
    store: Store, rows: tuple[PortfolioRow, ...], raised: Iterable[Cycle]
) -> tuple[PortfolioRow, ...]:
    """With where each group stands in the cycles it accepted that ask for more."""
    accepted = [(each, cycles.accepted_group_ids(store, each.id)) for each in raised]
    if not accepted:
        return rows
    return tuple(
        replace(
            row,
            programs=tuple(
                found
                for cycle, group_ids in accepted
                if row.group_id in group_ids and (found := program_of(row, cycle))
            ),
        )
        for row in rows
    )


def program_of(row: PortfolioRow, cycle: Cycle) -> ProgramCheck | None:
    if row.tier_id is None or row.scored_by is None:
        return None
    low = {name: None if x is None else Fraction(str(x)) for name, x in row.axes.items()}
    return check_program(cycle, instruments.load(*row.scored_by), row.tier_id, low)


def program_tallies(
    store: Store, payer_id: str, today: date, query: PortfolioQuery, raised: tuple[Cycle, ...]
) -> Iterator[ProgramTally]:
    """Over every page of the list; nothing is read where no cycle asks for more."""
    if not raised:
        return
    rows = with_programs(store, tuple(portfolio.every_row(store, payer_id, today, query)), raised)
    for cycle in raised:
        found = [each for row in rows for each in row.programs if each.cycle.id == cycle.id]
        if found:
            tiers = Counter(each.tier_id for each in found)
            yield ProgramTally(cycle, asks_say(found[0].asks), dict(sorted(tiers.items())))


def pages_of(total: int, size: int) -> int:
    return max(1, -(-total // size))


@dataclass(frozen=True)
class GroupFile:
    """One group as one payer sees it."""

    payer: Payer
    group: Group
    line: PortfolioRow  # as on the portfolio
    shown: SubmittedView | None  # None: nothing was submitted yet
    history: tuple[SubmissionLine, ...]
    programs: tuple[ProgramCheck, ...]
    may_review: bool
    weighed: tuple[WeighedClaim, ...]  # claims beside the released counts
    opened: PlanView | None  # the plan of what is shown, as this payer may read it
    today: date

    @property
    def overdue(self) -> int:
        """Actions of the plan whose due date is past."""
        opened = self.opened
        return sum(is_overdue(each, self.today) for each in opened.plan.current) if opened else 0


def as_payer(actor: Actor, payer_id: str) -> Actor:
    """The person as this payer's and nobody else's: who also works for the group reads here what
    the payer may read."""
    own = tuple(each for each in actor.memberships if each.payer_id == payer_id)
    return replace(actor, memberships=own)


def group_file(
    session: Session,
    payer_id: str,
    group_id: str,
    assessment_id: str | None,
) -> GroupFile:
    """The newest thing the group sent in, or an earlier one by its id."""
    reader = scope.of_reader(session.store, payer_id, group_id, session.now)
    permissions.require(session.actor, Can.READ_SUBMISSION, reader)
    readable = [
        a for a in assessments.of_group(session.store, group_id) if may_be_read(session.store, a)
    ]
    chosen = [a for a in readable if assessment_id in (None, a.id)]
    if assessment_id and not chosen:
        raise NotFound(NOT_SHARED)
    shown = last_submitted(session.store, chosen[0]) if chosen else None
    query = PortfolioQuery(group_ids=(group_id,))
    (line,) = with_asked(portfolio.rows_of_page(session.store, payer_id, session.now.date(), query))
    return GroupFile(
        payer=groups.payer(session.store, payer_id),
        group=groups.get(session.store, group_id),
        line=line,
        shown=shown,
        history=tuple(history(session.store, readable)),
        programs=tuple(programs(session.store, payer_id, group_id, shown)),
        may_review=shown is not None and is_reviewed_by(session.store, shown.assessment, payer_id),
        weighed=claims.of_released(session.store, group_id, shown.given, session.now.date())
        if shown
        else (),
        opened=plan.load(
            replace(session, actor=as_payer(session.actor, payer_id)), shown.assessment.id
        )
        if shown
        else None,
        today=session.now.date(),
    )
