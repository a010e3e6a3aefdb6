"""The payer's view of every group that shares with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.cycles import Cycle
from readiness.assessments.db import cycles
from readiness.core import exports, permissions
from readiness.core.db import Session, Store
from readiness.core.people import Actor, Payer
from readiness.core.permissions import Can
from readiness.core.small_cells import HIDDEN
from readiness.instruments import loader as instruments
from readiness.instruments.models import Instrument
from readiness.portfolio.db import groups as portfolio
from readiness.portfolio.models import (
    MOST_COMPARED,
    NOT_STARTED,
    Line,
    Query,
    Tally,
    query_of,
    reach_of,
)

Cell = str | int | float | date | None
VALIDATED, UNREVIEWED = "validated", "lower of claimed and supported by counts"


@dataclass(frozen=True)
class Listing:
    """One page of the list, with what stands above and around it."""

    payer: Payer
    instrument: Instrument  # whose domains are the columns
    cycles: tuple[Cycle, ...]
    query: Query
    lines: tuple[Line, ...]
    tally: Tally
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


def listing(session: Session, payer_id: str, sent: Mapping[str, str]) -> Listing:
    """The page that an address asks for, or the last one when it asks for one too far."""
    payer, own, instrument = columns(session.store, session.actor, payer_id)
    query = query_of(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    tally = portfolio.tally(session.store, payer_id, session.now.date(), query)
    query = replace(query, page=min(query.page, pages_of(tally.total, query.size)))
    lines = portfolio.lines(session.store, payer_id, session.now.date(), query)
    return Listing(payer, instrument, own, query, lines, tally, asked_by(lines), session.now.date())


def compare(session: Session, payer_id: str, group_ids: tuple[str, ...]) -> Listing:
    """A few groups side by side, in the order they were chosen; what is not shared is left out."""
    payer, own, instrument = columns(session.store, session.actor, payer_id)
    chosen = tuple(dict.fromkeys(group_ids))[:MOST_COMPARED]
    query = Query(group_ids=chosen)
    found = portfolio.lines(session.store, payer_id, session.now.date(), query) if chosen else ()
    lines = tuple(sorted(found, key=lambda line: chosen.index(line.group_id)))
    tally = Tally({})
    return Listing(payer, instrument, own, query, lines, tally, asked_by(lines), session.now.date())


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
    _, own, instrument = columns(session.store, session.actor, payer_id)
    query = query_of(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    lines = tuple(portfolio.every_line(session.store, payer_id, session.now.date(), query))
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
    line: Line, instrument: Instrument, asked: Mapping[tuple[str, str], int], today: date
) -> tuple[Cell, ...]:
    tier = instrument.tier_by_id.get(line.tier_id or "")
    return (
        line.name,
        line.tier_id or "",
        tier.title if tier else "",
        basis(line),
        line.title,
        said(line.is_scored, line.provisional),
        line.tier_expires_on if line.provisional else None,
        said(line.is_scored, line.is_expired(today)),
        line.limiting_factor,
        *(axis_score(line, axis.id) for axis in instrument.axes),
        *(line.domains.get(domain.id) for domain in instrument.domains),
        *counted(line),
        line.status or NOT_STARTED,
        line.answered,
        asked.get(line.instrument) if line.instrument else None,
        line.changed_at.date() if line.changed_at else None,
    )


def basis(line: Line) -> str:
    if not line.is_scored:
        return ""
    return VALIDATED if line.is_validated else UNREVIEWED


def said(is_known: bool, is_so: bool) -> str:
    return ("yes" if is_so else "no") if is_known else ""


def counted(line: Line) -> tuple[Cell, Cell, Cell]:
    """Screened, eligible and their share, or the words that say why none is shown."""
    if not line.quarters:
        return None, None, None
    reach = reach_of(line)
    counts = [HIDDEN if each is None else each for each in (line.screened, line.eligible)]
    share = HIDDEN if reach.is_hidden else reach.share and round(reach.share, 4)
    return counts[0], counts[1], share


def axis_score(line: Line, axis_id: str) -> float | None:
    return {"QMS": line.qms, "EQR": line.eqr}.get(axis_id)


def columns(
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
    first = instruments.catalogue()[0][0]
    return groups.payer(store, payer_id), own, instruments.load(first)


def asked_by(lines: tuple[Line, ...]) -> dict[tuple[str, str], int]:
    versions = {line.instrument for line in lines if line.instrument}
    return {version: len(instruments.load(*version).items) for version in versions}


def pages_of(total: int, size: int) -> int:
    return max(1, -(-total // size))
