"""Change between two assessments beside the money spent in between, over a payer's groups.

Only what this payer may read: assessments that were sent in, by the run that decides, and the sums
of what the groups entered for their plans, without what other payers awarded.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TypeVar

from readiness.accounts.service import scope
from readiness.assessments.db import runs as submission_queries
from readiness.assessments.db.runs import RunOutcome, SubmittedAssessment
from readiness.assessments.models import RunKind
from readiness.assessments.service.scoring import effective_of
from readiness.core import permissions
from readiness.core.db import Session
from readiness.core.exports import Cell, Sheet
from readiness.core.people import Group, Payer
from readiness.core.permissions import Can
from readiness.equity import db as peers
from readiness.equity.db import SharingGroup
from readiness.instruments import loader as instruments
from readiness.instruments.models import Instrument
from readiness.plans import db as ledger
from readiness.plans import postings
from readiness.plans.postings import Posting, Totals
from readiness.plans.returns import (
    AssessedState,
    GroupReturn,
    PortfolioReturns,
    portfolio_returns,
)
from readiness.plans.service import money
from readiness.portfolio.service import portfolio

Owned = TypeVar("Owned", Posting, SubmittedAssessment)
Version = tuple[str, str]  # of an instrument: its id and version


class ReturnExclusion(StrEnum):
    """Why a group is not followed, as a person reads it."""

    NOT_SUBMITTED = "nothing was sent in yet"
    ONCE = "one assessment was sent in, a second one not yet"
    OTHER_QUESTIONS = "the two assessments answered different versions of the instrument"
    NO_MONEY = "assessed twice, with nothing entered as spent in between"


class ReturnSort(StrEnum):
    NAME = "name"
    SPENT = "spent"
    AWARDED = "awarded"
    TIERS = "tiers"
    GATES = "gates"
    QMS = "qms"
    EQR = "eqr"


@dataclass(frozen=True)
class ReturnRow:
    """One group that shares with the payer."""

    group: Group
    followed: GroupReturn | None
    left_out: str  # why; "" where it was assessed twice and spent money


@dataclass(frozen=True)
class Returns:
    payer: Payer
    instrument: Instrument
    lines: tuple[ReturnRow, ...]  # by name
    found: PortfolioReturns

    @property
    def followed(self) -> tuple[ReturnRow, ...]:
        """Assessed twice, with or without money."""
        return tuple(line for line in self.lines if line.followed)

    @property
    def first_on(self) -> date | None:
        return min((e.followed.first.on for e in self.lines if e.followed), default=None)

    @property
    def latest_on(self) -> date | None:
        return max((e.followed.latest.on for e in self.lines if e.followed), default=None)


def load(session: Session, payer_id: str) -> Returns:
    permissions.require(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    payer, _, instrument = portfolio.payer_context(session.store, session.actor, payer_id)
    shared = peers.sharing_groups(session.store, payer_id, session.now.date())
    ids = [each.group.id for each in shared]
    paid, sent = (
        by_group(
            money.told_to(session.store, [payer_id], ledger.postings_of_groups(session.store, ids))
        ),
        by_group(submission_queries.submitted_assessments(session.store, ids)),
    )
    scored, lowest = (
        submission_queries.run_outcomes(session.store, ends_of(sent)),
        lowest_of(sent.values()),
    )
    lines = tuple(
        line_of(each, sent.get(id_, []), scored, paid.get(id_, []), lowest)
        for each, id_ in zip(shared, ids, strict=True)
    )
    followed = [line.followed for line in lines if line.followed]
    axis_ids = tuple(axis.id for axis in instrument.axes)
    return Returns(payer, instrument, lines, portfolio_returns(followed, axis_ids))


def by_group(every: Iterable[Owned]) -> dict[str, list[Owned]]:
    found: dict[str, list[Owned]] = {}
    for each in every:
        found.setdefault(each.group_id, []).append(each)
    return found


def line_of(
    shared: SharingGroup,
    sent: Sequence[SubmittedAssessment],
    scored: Mapping[str, Mapping[RunKind, RunOutcome]],
    paid: Sequence[Posting],
    lowest: Mapping[Version, str],
) -> ReturnRow:
    group = shared.group
    if not sent:
        return ReturnRow(group, None, ReturnExclusion.NOT_SUBMITTED)
    first, latest = sent[0], sent[-1]
    if len(sent) == 1:
        return ReturnRow(group, None, ReturnExclusion.ONCE)
    if version(first) != version(latest):
        return ReturnRow(group, None, ReturnExclusion.OTHER_QUESTIONS)
    unrated = lowest[version(first)]
    both = [stand_of(each, scored.get(each.assessment_id, {}), unrated) for each in (first, latest)]
    if both[0] is None or both[1] is None:
        return ReturnRow(group, None, ReturnExclusion.ONCE)
    between = spent_between(paid, first.at.date(), latest.at.date())
    followed = GroupReturn(group.id, both[0], both[1], between.award, between.spent)
    return ReturnRow(group, followed, "" if between.spent else ReturnExclusion.NO_MONEY)


def ends_of(sent: Mapping[str, Sequence[SubmittedAssessment]]) -> list[str]:
    """The first and the latest assessment of each group that has two."""
    both = [(each[0], each[-1]) for each in sent.values() if len(each) > 1]
    return [each.assessment_id for pair in both for each in pair]


def version(sent: SubmittedAssessment) -> Version:
    return sent.instrument_id, sent.version


def lowest_of(sent: Iterable[Sequence[SubmittedAssessment]]) -> dict[Version, str]:
    """The tier of what cannot be rated, in each version that is compared."""
    versions = {version(each[0]) for each in sent if version(each[0]) == version(each[-1])}
    return {each: instruments.load(*each).tiers[0].id for each in versions}


def stand_of(
    sent: SubmittedAssessment, runs: Mapping[RunKind, RunOutcome], unrated: str
) -> AssessedState | None:
    decisive = effective_of(sent.status, runs)
    if decisive is None:
        return None
    return AssessedState(
        on=sent.at.date(),
        title=sent.title,
        run_kind=decisive.kind,
        tier_id=decisive.tier_id,
        tier=None if decisive.tier_id == unrated else int(decisive.tier_id[1:]),
        provisional=decisive.provisional,
        axes=decisive.axes,
        gates_met=sum(decisive.gates),
        gates=len(decisive.gates),
    )


def spent_between(paid: Sequence[Posting], first: date, latest: date) -> Totals:
    """After the first day, up to and with the latest."""
    standing = postings.uncorrected(paid)
    return postings.totals(each for each in standing if first < each.on <= latest)


# In which order


def sort_rows(
    lines: Sequence[ReturnRow], sort: ReturnSort, is_descending: bool
) -> tuple[ReturnRow, ...]:
    """What cannot be told comes last, whichever way; of equals by name."""
    by_name = sorted(lines, key=lambda line: (line.group.name.casefold(), line.group.id))
    if sort is ReturnSort.NAME:
        return tuple(reversed(by_name) if is_descending else by_name)
    values = {line.group.id: value_of(line, sort) for line in by_name}
    known = [(found, line) for line in by_name if (found := values[line.group.id]) is not None]
    known.sort(key=lambda pair: pair[0], reverse=is_descending)
    unknown = [line for line in by_name if values[line.group.id] is None]
    return (*(line for _, line in known), *unknown)


def value_of(line: ReturnRow, sort: ReturnSort) -> float | None:
    followed = line.followed
    if followed is None:
        return None
    values: Mapping[ReturnSort, float | None] = {
        ReturnSort.SPENT: followed.spent,
        ReturnSort.AWARDED: followed.awarded,
        ReturnSort.TIERS: followed.tiers,
        ReturnSort.GATES: followed.gates,
        ReturnSort.QMS: followed.points("QMS"),
        ReturnSort.EQR: followed.points("EQR"),
    }
    return values[sort]


def sheet_of(found: Returns) -> Sheet:
    return Sheet("Change and money", header(found), rows(found), (36,))


def header(found: Returns) -> tuple[str, ...]:
    axes = [axis.title for axis in found.instrument.axes]
    return (
        "Group",
        "Left out: why",
        *(
            f"{when}: {what}"
            for when in ("First", "Latest")
            for what in (
                "assessment",
                "sent in on",
                "rests on",
                "tier",
                "provisional",
                *(f"{title} (0 to 100)" for title in axes),
                "gates met",
                "gates asked",
            )
        ),
        "Change in tiers",
        *(f"Change in points: {title}" for title in axes),
        "Change in gates met",
        "Awarded in between ($)",
        "Spent in between ($)",
    )


def rows(found: Returns) -> Iterator[tuple[Cell, ...]]:
    axes = tuple(axis.id for axis in found.instrument.axes)
    for line in found.lines:
        yield row_of(line, axes)


def row_of(line: ReturnRow, axes: tuple[str, ...]) -> tuple[Cell, ...]:
    followed = line.followed
    if followed is None:
        return line.group.name, line.left_out, *(None,) * (2 * (7 + len(axes)) + 4 + len(axes))
    return (
        line.group.name,
        line.left_out,
        *stand_cells(followed.first, axes),
        *stand_cells(followed.latest, axes),
        *change_cells(followed, axes),
        followed.awarded / 100,
        followed.spent / 100,
    )


def stand_cells(stand: AssessedState, axes: tuple[str, ...]) -> tuple[Cell, ...]:
    return (
        stand.title,
        stand.on,
        stand.run_kind,
        stand.tier_id,
        stand.provisional,
        *(stand.axes.get(axis_id) for axis_id in axes),
        stand.gates_met,
        stand.gates,
    )


def change_cells(followed: GroupReturn, axes: tuple[str, ...]) -> tuple[Cell, ...]:
    return (
        followed.tiers,
        *(tenths(followed.points(axis_id)) for axis_id in axes),
        followed.gates,
    )


def tenths(points: float | None) -> float | None:
    """A difference of two scores with one decimal has one decimal."""
    return None if points is None else round(points, 1)
