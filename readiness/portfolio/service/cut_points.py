"""For a payer: how many groups change tier when one cut point is moved."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cache

from readiness.assessments.cut_points import (
    CutPoint,
    CutShift,
    ScoredGroup,
    cut_shifts,
    explained,
)
from readiness.assessments.db import runs
from readiness.core.db import Session
from readiness.core.exports import Cell, Sheet
from readiness.core.formatting import join_words
from readiness.core.people import Payer
from readiness.instruments import loader as instruments
from readiness.instruments.models import Instrument
from readiness.portfolio import db as portfolio
from readiness.portfolio.models import PortfolioQuery, PortfolioRow
from readiness.portfolio.service.portfolio import payer_context

MOST_NAMED = 50  # groups in one cell or list
Version = tuple[str, str]  # of an instrument: its id and version


@dataclass(frozen=True)
class CutPointsPage:
    payer: Payer
    instrument: Instrument  # under which the groups below stand
    versions: Mapping[Version, int]  # every one that a shared group stands under, and how many
    rows: Mapping[str, PortfolioRow]  # the groups that are counted, by id
    shifts: tuple[CutShift, ...]
    unexplained: tuple[str, ...]  # names of groups whose tier other rules gave
    without_tier: int  # groups that share and have submitted nothing yet

    @property
    def total(self) -> int:
        return len(self.rows)

    @property
    def validated(self) -> int:
        return sum(row.is_validated for row in self.rows.values())


def load(session: Session, payer_id: str, sent: Mapping[str, str]) -> CutPointsPage:
    """Of every group that shares, by the run that the portfolio shows, under one version."""
    payer, _, newest = payer_context(session.store, session.actor, payer_id)
    today = session.now.date()
    every = tuple(portfolio.every_row(session.store, payer_id, today, PortfolioQuery()))
    versions = Counter(row.scored_by for row in every if row.is_scored and row.scored_by)
    instrument = instruments.load(*chosen(versions, (newest.id, newest.version), sent))
    own = {
        row.assessment_id: row
        for row in every
        if row.is_scored and row.assessment_id and row.scored_by == version_of(instrument)
    }
    met = runs.tiers_met_otherwise(session.store, own)
    groups = [to_scored(row, met.get(key, frozenset())) for key, row in own.items()]
    counted = explained(instrument, groups)
    left = {row.group_id: row for row in own.values()}
    return CutPointsPage(
        payer=payer,
        instrument=instrument,
        versions=dict(sorted(versions.items())),
        rows={group.group_id: left.pop(group.group_id) for group in counted},
        shifts=cut_shifts(instrument, counted),
        unexplained=tuple(row.name for row in left.values()),
        without_tier=sum(not row.is_scored for row in every),
    )


def chosen(versions: Counter[Version], newest: Version, sent: Mapping[str, str]) -> Version:
    """The one asked for, or the one that most groups stand under, or the newest cycle's."""
    asked = tuple(sent.get("instrument", "").split(" "))
    if asked in versions:
        return asked[0], asked[1]
    return max(versions, key=lambda each: (versions[each], each), default=newest)


def version_of(instrument: Instrument) -> Version:
    return instrument.id, instrument.version


def to_scored(row: PortfolioRow, met_otherwise: frozenset[str]) -> ScoredGroup:
    low = {key: None if x is None else exact(x) for key, x in row.axes.items()}
    domains = (exact(x) for x in row.domains.values() if x is not None)
    return ScoredGroup(
        row.group_id, row.tier_id or "", low, min(domains, default=None), met_otherwise
    )


@cache
def exact(score: float) -> Fraction:
    """Scores are kept with one decimal, which a text of the number gives back exactly: of 0 to
    100 there are a thousand.

    >>> exact(34.9)
    Fraction(349, 10)
    """
    return Fraction(str(score))


# Its file

HEADER = (
    "Tier",
    "Minimum of",
    "Cut point",
    "Moved by (points)",
    "Would be",
    "Groups",
    "Groups that rise",
    "Groups that fall",
    "Share that changes",
    "Which groups",
)


def sheet_of(session: Session, payer_id: str, sent: Mapping[str, str]) -> Sheet:
    return Sheet("Cut points", HEADER, tuple(cells_of(load(session, payer_id, sent))), (8, 40))


def cells_of(found: CutPointsPage) -> Iterator[tuple[Cell, ...]]:
    for shift in found.shifts:
        rising = sum(each.is_rise for each in shift.changes)
        changed = len(shift.changes)
        yield (
            shift.cut.tier_id,
            subject_of(found.instrument, shift.cut),
            shift.cut.least,
            shift.by,
            shift.cut.least + shift.by,
            found.total,
            rising,
            changed - rising,
            Fraction(changed, found.total) if found.total else None,
            names_of(found, shift),
        )


def subject_of(instrument: Instrument, cut: CutPoint) -> str:
    axes = {axis.id: axis.title for axis in instrument.axes}
    return f"{axes[cut.axis_id]} ({cut.axis_id})" if cut.axis_id else "every scored domain"


def names_of(found: CutPointsPage, shift: CutShift) -> str:
    """By name with the tier each would have; past the fiftieth how many more."""
    named = [
        f"{found.rows[each.group_id].name} ({each.now} to {each.then})"
        for each in shift.changes[:MOST_NAMED]
    ]
    more = len(shift.changes) - len(named)
    return join_words([*named, f"{more:,} more"] if more else named)
