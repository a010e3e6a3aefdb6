"""Change between two assessments beside the money spent in between, over a payer's groups.

Only what payers may read: assessments that were sent in, by the run that decides, and the sums of
what the groups entered for their plans.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum

from readiness import access
from readiness.access import Can
from readiness.domain import postings
from readiness.domain.assessment import Assessment
from readiness.domain.instrument import Instrument
from readiness.domain.people import Actor, Group, Payer
from readiness.domain.postings import Posting, Totals
from readiness.domain.returns import Followed, Portfolio, Stand, portfolio_of
from readiness.domain.run_json import from_json
from readiness.store import Store, assessments, peers
from readiness.store import postings as ledger
from readiness.store.peers import Sharing
from readiness.usecases import ground, pinned, portfolio, submission
from readiness.usecases.standing import deciding, low


class LeftOut(StrEnum):
    """Why a group is not followed, as a person reads it."""

    NOT_SUBMITTED = "nothing was sent in yet"
    ONCE = "one assessment was sent in, a second one not yet"
    OTHER_QUESTIONS = "the two assessments answered different versions of the instrument"
    NO_MONEY = "assessed twice, with nothing entered as spent in between"


class Sort(StrEnum):
    NAME = "name"
    SPENT = "spent"
    AWARDED = "awarded"
    TIERS = "tiers"
    GATES = "gates"
    QMS = "qms"
    EQR = "eqr"


@dataclass(frozen=True)
class Line:
    """One group that shares with the payer."""

    group: Group
    followed: Followed | None
    left_out: str  # why; "" where it was assessed twice and spent money


@dataclass(frozen=True)
class Returns:
    payer: Payer
    instrument: Instrument
    lines: tuple[Line, ...]  # by name
    found: Portfolio

    @property
    def followed(self) -> tuple[Line, ...]:
        """Assessed twice, with or without money."""
        return tuple(line for line in self.lines if line.followed)

    @property
    def first_on(self) -> date | None:
        return min((e.followed.first.on for e in self.lines if e.followed), default=None)

    @property
    def latest_on(self) -> date | None:
        return max((e.followed.latest.on for e in self.lines if e.followed), default=None)


def read(store: Store, actor: Actor, payer_id: str, now: datetime) -> Returns:
    access.require(actor, Can.REVIEW_PORTFOLIO, ground.of_payer(payer_id))
    payer, _, instrument = portfolio.columns(store, actor, payer_id)
    shared = peers.sharing(store, payer_id, now.date())
    paid = by_group(ledger.of_groups(store, [each.group.id for each in shared]))
    lines = tuple(line_of(store, each, paid.get(each.group.id, [])) for each in shared)
    followed = [line.followed for line in lines if line.followed]
    axis_ids = tuple(axis.id for axis in instrument.axes)
    return Returns(payer, instrument, lines, portfolio_of(followed, axis_ids))


def by_group(every: Iterable[Posting]) -> dict[str, list[Posting]]:
    found: dict[str, list[Posting]] = {}
    for each in every:
        found.setdefault(each.group_id, []).append(each)
    return found


def line_of(store: Store, shared: Sharing, paid: Sequence[Posting]) -> Line:
    group = shared.group
    sent = sent_in(store, group.id) if shared.has_submitted else []
    if not sent:
        return Line(group, None, LeftOut.NOT_SUBMITTED)
    if len(sent) == 1:
        return Line(group, None, LeftOut.ONCE)
    (first_on, first), (latest_on, latest) = sent[0], sent[-1]
    if version(first) != version(latest):
        return Line(group, None, LeftOut.OTHER_QUESTIONS)
    stands = stand_of(store, first, first_on), stand_of(store, latest, latest_on)
    if stands[0] is None or stands[1] is None:
        return Line(group, None, LeftOut.ONCE)
    between = spent_between(paid, first_on, latest_on)
    followed = Followed(group.id, stands[0], stands[1], between.award, between.spent)
    return Line(group, followed, "" if between.spent else LeftOut.NO_MONEY)


def sent_in(store: Store, group_id: str) -> list[tuple[date, Assessment]]:
    """What payers may read, by the day that it was sent in, the first one first."""
    found = [
        (assessments.submissions(store, each.id)[-1].at, each)
        for each in assessments.of_group(store, group_id)
        if submission.may_be_read(store, each)
    ]
    ordered = sorted(found, key=lambda pair: (pair[0], pair[1].id))
    return [(at.date(), each) for at, each in ordered]


def version(assessment: Assessment) -> tuple[str, str]:
    return assessment.instrument_id, assessment.version


def stand_of(store: Store, assessment: Assessment, on: date) -> Stand | None:
    decisive = deciding(store, assessment)
    if decisive is None:
        return None
    run = from_json(decisive.result)
    instrument = pinned.instrument_of(assessment)
    is_rated = run.tier_id != instrument.tiers[0].id
    return Stand(
        on=on,
        title=assessment.title,
        run_kind=decisive.kind,
        tier_id=run.tier_id,
        tier=instrument.tier_by_id[run.tier_id].number if is_rated else None,
        provisional=run.provisional,
        axes={axis_id: low(run, axis_id) for axis_id in run.axes},
        gates_met=sum(gate.met for gate in run.gates),
        gates=len(run.gates),
    )


def spent_between(paid: Sequence[Posting], first: date, latest: date) -> Totals:
    """After the first day, up to and with the latest."""
    standing = postings.standing(paid)
    return postings.totals(each for each in standing if first < each.on <= latest)


# In which order


def ordered(lines: Sequence[Line], sort: Sort, is_descending: bool) -> tuple[Line, ...]:
    """What cannot be told comes last, whichever way; of equals by name."""
    by_name = sorted(lines, key=lambda line: (line.group.name.casefold(), line.group.id))
    if sort is Sort.NAME:
        return tuple(reversed(by_name) if is_descending else by_name)
    values = {line.group.id: value_of(line, sort) for line in by_name}
    known = [(found, line) for line in by_name if (found := values[line.group.id]) is not None]
    known.sort(key=lambda pair: pair[0], reverse=is_descending)
    unknown = [line for line in by_name if values[line.group.id] is None]
    return (*(line for _, line in known), *unknown)


def value_of(line: Line, sort: Sort) -> float | None:
    followed = line.followed
    if followed is None:
        return None
    values: Mapping[Sort, float | None] = {
        Sort.SPENT: followed.spent,
        Sort.AWARDED: followed.awarded,
        Sort.TIERS: followed.tiers,
        Sort.GATES: followed.gates,
        Sort.QMS: followed.points("QMS"),
        Sort.EQR: followed.points("EQR"),
    }
    return values[sort]
