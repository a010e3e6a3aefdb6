"""Cycles: a payer asks groups to assess themselves by a day; a group decides what it shares."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from fractions import Fraction

from readiness.assessments.models import AssessmentStatus
from readiness.core.errors import Problem
from readiness.core.numbers import number_in
from readiness.instruments.models import Instrument

LONGEST_NAME = 80
HIGHEST_SCORE = Fraction(100)
LONGEST_SCORE = 8  # characters


@dataclass(frozen=True)
class Cycle:
    """One round of one payer's programme."""

    id: str
    payer_id: str
    name: str  # "2026 baseline"
    instrument_id: str
    version: str
    opens_on: date
    due_on: date
    created_at: datetime
    created_by: str
    axis_min: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Invitation:
    """A group asked into a cycle. Accepting it grants the payer sight of what is submitted."""

    cycle_id: str
    group_id: str
    invited_at: datetime
    invited_by: str
    answered_at: datetime | None = None
    answered_by: str | None = None
    accepted: bool | None = None
    assessment_id: str | None = None


@dataclass(frozen=True)
class Grant:
    """What a group shares with a payer, until when; revocable at any time."""

    id: str
    group_id: str
    payer_id: str
    cycle_id: str | None
    granted_at: datetime
    granted_by: str
    expires_on: date | None = None
    revoked_at: datetime | None = None

    def is_open(self, today: date) -> bool:
        """A grant's last day still counts; one taken back counts no more from that moment."""
        return self.revoked_at is None and (self.expires_on is None or self.expires_on >= today)


class CycleStage(StrEnum):
    """How far an invited group has come, as its payer may know it."""

    NO_REPLY = "no reply yet"
    DECLINED = "declined"
    STOPPED = "no longer sharing"
    NOT_STARTED = "accepted, not started"
    STARTED = "started"
    SUBMITTED = "submitted"
    CHANGES_REQUESTED = "changes requested"
    ACCEPTED = "review finished"
    WITHDRAWN = "withdrawn by the group"


STAGES: dict[AssessmentStatus, CycleStage] = {
    AssessmentStatus.IN_PROGRESS: CycleStage.STARTED,
    AssessmentStatus.SUBMITTED: CycleStage.SUBMITTED,
    AssessmentStatus.CHANGES_REQUESTED: CycleStage.CHANGES_REQUESTED,
    AssessmentStatus.ACCEPTED: CycleStage.ACCEPTED,
    AssessmentStatus.WITHDRAWN: CycleStage.WITHDRAWN,
}


@dataclass(frozen=True)
class InvitedGroup:
    """One invited group on the payer's list. Of a draft it holds the progress, nothing else."""

    group_id: str
    group_name: str
    invited_at: datetime
    accepted: bool | None
    is_shared: bool
    status: AssessmentStatus | None = None
    answered: int = 0

    @property
    def stage(self) -> CycleStage:
        if self.accepted is None:
            return CycleStage.NO_REPLY
        if not self.accepted:
            return CycleStage.DECLINED
        if not self.is_shared:
            return CycleStage.STOPPED
        if self.status is None or (
            self.status is AssessmentStatus.IN_PROGRESS and not self.answered
        ):
            return CycleStage.NOT_STARTED
        return STAGES[self.status]


def problems_of(cycle: Cycle, instrument: Instrument) -> Iterator[Problem]:
    """Everything wrong with a cycle before it is opened, by field."""
    if not cycle.name.strip():
        yield Problem("name", "Give the cycle a name, such as 2027 baseline.")
    if len(cycle.name) > LONGEST_NAME:
        yield Problem("name", f"Shorten the name to {LONGEST_NAME} characters.")
    if cycle.due_on <= cycle.opens_on:
        yield Problem("due_on", "Choose a due date after the day it opens.")
    yield from problems_of_minimums(instrument, cycle.axis_min)


def problems_of_minimums(
    instrument: Instrument, axis_min: Mapping[str, Mapping[str, Fraction]]
) -> Iterator[Problem]:
    """A program may ask for more than the instrument does, never for less."""
    titles = {axis.id: axis.title for axis in instrument.axes}
    for tier_id, minimums in axis_min.items():
        for axis_id, asked in minimums.items():
            least = instrument.tier_by_id[tier_id].axis_min.get(axis_id, Fraction(0))
            if not least <= asked <= HIGHEST_SCORE:
                yield Problem(
                    f"{tier_id}-{axis_id}",
                    f"For {tier_id} the instrument asks for {float(least):g} in "
                    f"{titles[axis_id]}: enter {float(least):g} to 100, or leave it empty.",
                )


@dataclass(frozen=True)
class RaisedMinimum:
    """A minimum that one program sets above the instrument's."""

    tier_id: str
    axis_title: str
    asks: Fraction
    instead_of: Fraction
    has: Fraction | None = None

    @property
    def is_met(self) -> bool:
        return self.has is not None and self.has >= self.asks


def raised_minimums(
    cycle: Cycle, instrument: Instrument, low_scores: Mapping[str, Fraction | None]
) -> tuple[RaisedMinimum, ...]:
    """What the program asks beyond the instrument, lowest tier first, beside what a group has."""
    return tuple(
        RaisedMinimum(tier.id, axis.title, asked, least, low_scores.get(axis.id))
        for tier in instrument.tiers
        for axis in instrument.axes
        if (asked := cycle.axis_min.get(tier.id, {}).get(axis.id)) is not None
        and asked > (least := tier.axis_min.get(axis.id, Fraction(0)))
    )


def tier_in_program(tier_id: str, instrument: Instrument, asks: tuple[RaisedMinimum, ...]) -> str:
    """The awarded tier, or the one below the first whose added minimum is not yet met."""
    first = min(
        (instrument.tier_by_id[ask.tier_id].number for ask in asks if not ask.is_met), default=None
    )
    awarded = instrument.tier_by_id[tier_id].number
    if first is None or first > awarded:
        return tier_id
    return next(tier.id for tier in instrument.tiers if tier.number == first - 1)


@dataclass(frozen=True)
class ProgramCheck:
    """A cycle that asks for more than the instrument, and where a group stands in it."""

    cycle: Cycle
    asks: tuple[RaisedMinimum, ...]
    tier_id: str

    @property
    def says(self) -> str:
        return f"{self.tier_id} in {self.cycle.name}, which asks for more: {asks_say(self.asks)}"


def check_program(
    cycle: Cycle,
    instrument: Instrument,
    tier_id: str,
    low_scores: Mapping[str, Fraction | None],
) -> ProgramCheck | None:
    """None where the program asks for no more, or by another instrument."""
    if (cycle.instrument_id, cycle.version) != (instrument.id, instrument.version):
        return None
    asks = raised_minimums(cycle, instrument, low_scores)
    return ProgramCheck(cycle, asks, tier_in_program(tier_id, instrument, asks)) if asks else None


def asks_say(asks: tuple[RaisedMinimum, ...]) -> str:
    """
    >>> asks_say((RaisedMinimum("T2", "Equity", Fraction(70), Fraction(40)),))
    'T2 from 70 in Equity (instrument: 40)'
    """
    return "; ".join(
        f"{ask.tier_id} from {float(ask.asks):g} in {ask.axis_title}"
        f" (instrument: {float(ask.instead_of):g})"
        for ask in asks
    )


def score_in(text: str) -> float | None:
    """A score from 0 to 100 with at most a few digits, or None.

    >>> score_in("40"), score_in("40.5"), score_in("40,5"), score_in("101")
    (40.0, 40.5, None, None)
    """
    found = number_in(text) if len(text) <= LONGEST_SCORE else None
    return float(found) if found is not None and 0 <= found <= HIGHEST_SCORE else None
