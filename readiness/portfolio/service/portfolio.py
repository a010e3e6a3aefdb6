"""The payer’s list of every group that shares with it, its export, and one group of it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.cycles import Cycle
from readiness.assessments.db import assessments, cycles
from readiness.assessments.service.payer_view import (
    ProgramCheck,
    SubmissionLine,
    SubmittedView,
    history,
    is_reviewed_by,
    last_submitted,
    may_be_read,
    programs,
)
from readiness.core import exports, permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.core.people import Actor, Group, Payer
from readiness.core.permissions import Can
from readiness.core.small_cells import HIDDEN
from readiness.instruments import loader as instruments
from readiness.instruments.models import Instrument
from readiness.portfolio import db as portfolio
from readiness.portfolio.models import (
    MOST_COMPARED,
    NOT_STARTED,
    PortfolioQuery,
    PortfolioRow,
    PortfolioTally,
    parse_query,
    screening_reach,
)

Cell = str | int | float | date | None
VALIDATED, UNREVIEWED = "validated", "lower of claimed and supported by counts"


@dataclass(frozen=True)
class PortfolioPage:
    """One page of the list, with what stands above and around it."""

    payer: Payer
    instrument: Instrument  # whose domains are the columns
    cycles: tuple[Cycle, ...]
    query: PortfolioQuery
    lines: tuple[PortfolioRow, ...]
    tally: PortfolioTally
    asked: Mapping[tuple[str, str], int]  # (instrument id, version) -> number of items
    today: date

    @property
    def instruments(self) -> tuple[Instrument, ...]:
        """Those that the groups shown here have used; with none, the one of the columns."""
        used = {each for line in self.lines for each in line.instruments}
        return tuple(instruments.load(*each) for each in sorted(used)) or (self.instrument,)

    @property
    def pages(self) -> int:
        return pages_of(self.tally.total, self.query.size)


def page(session: Session, payer_id: str, sent: Mapping[str, str]) -> PortfolioPage:
    """The page that an address asks for, or the last one when it asks for one too far."""
    payer, own, instrument = payer_context(session.store, session.actor, payer_id)
    query = parse_query(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    tally = portfolio.tally(session.store, payer_id, session.now.date(), query)
    query = replace(query, page=min(query.page, pages_of(tally.total, query.size)))
    lines = portfolio.rows_of_page(session.store, payer_id, session.now.date(), query)
    return PortfolioPage(
        payer, instrument, own, query, lines, tally, asked_by(lines), session.now.date()
    )


def compare(session: Session, payer_id: str, group_ids: tuple[str, ...]) -> PortfolioPage:
    """A few groups side by side, in the order they were chosen; what is not shared is left out."""
    payer, own, instrument = payer_context(session.store, session.actor, payer_id)
    chosen = tuple(dict.fromkeys(group_ids))[:MOST_COMPARED]
    query = PortfolioQuery(group_ids=chosen)
    found = (
        portfolio.rows_of_page(session.store, payer_id, session.now.date(), query) if chosen else ()
    )
    lines = tuple(sorted(found, key=lambda line: chosen.index(line.group_id)))
    tally = PortfolioTally({})
    return PortfolioPage(
        payer, instrument, own, query, lines, tally, asked_by(lines), session.now.date()
    )


def export_csv(session: Session, payer_id: str, sent: Mapping[str, str]) -> bytes:
    header, rows = export(session, payer_id, sent)
    return exports.csv_of(header, rows)


def export_xlsx(session: Session, payer_id: str, sent: Mapping[str, str]) -> bytes:
    header, rows = export(session, payer_id, sent)
    return exports.xlsx_of([exports.Sheet("Portfolio", header, rows, (36, 8))])


def export(
    session: Session, payer_id: str, sent: Mapping[str, str]
) -> tuple[tuple[str, ...], Iterator[tuple[Cell, ...]]]:
    """Every group that the address finds, on whichever page."""
    _, own, instrument = payer_context(session.store, session.actor, payer_id)
    query = parse_query(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    lines = tuple(portfolio.every_row(session.store, payer_id, session.now.date(), query))
    asked = asked_by(lines)
    return header(instrument), (row(line, instrument, asked, session.now.date()) for line in lines)


def header(instrument: Instrument) -> tuple[str, ...]:
    return (
        "Group",
        "Tier",
        "Tier name",
        "Tier is",
        "Assessment",
        "Provisional",
        "Provisional until",
        "Expired",
        "What holds it back",
        *(f"{axis.title} (0 to 100)" for axis in instrument.axes),
        *(f"{domain.title} (0 to 100)" for domain in instrument.domains),
        "Patients screened",
        "Patients eligible",
        "Screening reach (share)",
        "Status of the newest assessment",
        "Items answered",
        "Items asked",
        "Last change",
    )


def row(
    line: PortfolioRow, instrument: Instrument, asked: Mapping[tuple[str, str], int], today: date
) -> tuple[Cell, ...]:
    tier = instrument.tier_by_id.get(line.tier_id or "")
    return (
        line.name,
        line.tier_id or "",
        tier.title if tier else "",
        basis(line),
        line.title,
        yes_or_no(line.is_scored, line.provisional),
        line.tier_expires_on if line.provisional else None,
        yes_or_no(line.is_scored, line.is_expired(today)),
        line.limiting_factor,
        *(axis_score(line, axis.id) for axis in instrument.axes),
        *(line.domains.get(domain.id) for domain in instrument.domains),
        *counted(line),
        line.status or NOT_STARTED,
        line.answered,
        asked.get(line.instrument) if line.instrument else None,
        line.changed_at.date() if line.changed_at else None,
    )


def basis(line: PortfolioRow) -> str:
    if not line.is_scored:
        return ""
    return VALIDATED if line.is_validated else UNREVIEWED


def yes_or_no(is_known: bool, is_so: bool) -> str:
    return ("yes" if is_so else "no") if is_known else ""


def counted(line: PortfolioRow) -> tuple[Cell, Cell, Cell]:
    """Screened, eligible and their share, or the words that say why none is shown."""
    if not line.quarters:
        return None, None, None
    reach = screening_reach(line)
    counts = [HIDDEN if each is None else each for each in (line.screened, line.eligible)]
    share = HIDDEN if reach.is_hidden else reach.share and round(reach.share, 4)
    return counts[0], counts[1], share


def axis_score(line: PortfolioRow, axis_id: str) -> float | None:
    return {"QMS": line.qms, "EQR": line.eqr}.get(axis_id)


def payer_context(
    store: Store, actor: Actor, payer_id: str
) -> tuple[Payer, tuple[Cycle, ...], Instrument]:
    """The payer, its cycles and the instrument of the newest, whose domains the list shows."""
    permissions.require(actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    own = cycles.of_payer(store, payer_id)
    if own:
        return (
            groups.payer(store, payer_id),
            own,
            instruments.load(own[0].instrument_id, own[0].version),
        )
    first = instruments.catalog()[0][0]
    return groups.payer(store, payer_id), own, instruments.load(first)


def asked_by(lines: tuple[PortfolioRow, ...]) -> dict[tuple[str, str], int]:
    versions = {line.instrument for line in lines if line.instrument}
    return {version: len(instruments.load(*version).items) for version in versions}


def pages_of(total: int, size: int) -> int:
    return max(1, -(-total // size))


@dataclass(frozen=True)
class GroupFile:
    """One group as one payer sees it."""

    payer: Payer
    group: Group
    line: PortfolioRow  # as on the portfolio
    asked: int | None  # items of the newest assessment's instrument
    shown: SubmittedView | None  # None: nothing was submitted yet
    history: tuple[SubmissionLine, ...]
    programs: tuple[ProgramCheck, ...]
    may_review: bool
    today: date


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
    (line,) = portfolio.rows_of_page(session.store, payer_id, session.now.date(), query)
    return GroupFile(
        payer=groups.payer(session.store, payer_id),
        group=groups.get(session.store, group_id),
        line=line,
        asked=len(instruments.load(*line.instrument).items) if line.instrument else None,
        shown=shown,
        history=tuple(history(session.store, readable)),
        programs=tuple(programs(session.store, payer_id, group_id, shown)),
        may_review=shown is not None and is_reviewed_by(session.store, shown.assessment, payer_id),
        today=session.now.date(),
    )
