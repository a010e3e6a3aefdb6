"""How far tiers hang on their cut points: what changes when one minimum of one tier is moved.

Scores are read as they stood in each group's run, rounded to the one decimal that is compared; no
answer is scored again. One cut is moved at a time, every other criterion stays as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from readiness.assessments.scorecard import CriterionKind
from readiness.instruments.models import Instrument

MOVES = tuple(Fraction(tenths, 10) for tenths in (-50, -25, 25, 50))  # points of a score
CUT_KINDS = frozenset({CriterionKind.AXIS, CriterionKind.DOMAIN})


@dataclass(frozen=True)
class CutPoint:
    """The least low score, 0 to 100, that one tier asks of one axis or of every scored domain."""

    tier_id: str
    axis_id: str  # "" for the minimum of every scored domain
    least: Fraction


@dataclass(frozen=True)
class ScoredGroup:
    """What a group's run says, as far as a cut point can matter; scores are low ones, 0 to 100."""

    group_id: str
    tier_id: str  # as it was awarded
    axes: Mapping[str, Fraction | None]
    lowest_domain: Fraction | None  # of the scored domains; None: none is scored
    met_otherwise: frozenset[str]  # tiers of which everything but minimums is met


@dataclass(frozen=True)
class TierChange:
    group_id: str
    now: str  # tier ids
    then: str

    @property
    def is_rise(self) -> bool:
        return self.then > self.now


@dataclass(frozen=True)
class CutShift:
    """One cut moved by some points, and the groups whose tier is another one then."""

    cut: CutPoint
    by: Fraction
    changes: tuple[TierChange, ...]

    @property
    def size(self) -> Fraction:
        return abs(self.by)


def cuts_of(instrument: Instrument) -> tuple[CutPoint, ...]:
    """Every minimum that a tier asks for, lowest tier first: its axes, then its domains."""
    return tuple(
        CutPoint(tier.id, axis_id, least)
        for tier in instrument.tiers
        for axis_id, least in (
            *((axis.id, tier.axis_min.get(axis.id, Fraction(0))) for axis in instrument.axes),
            ("", tier.domain_min),
        )
        if least > 0
    )


def is_cleared(group: ScoredGroup, cut: CutPoint) -> bool:
    """As scoring judges it: a minimum of 0 asks for nothing, and only scored domains are asked."""
    if cut.least <= 0:
        return True
    if not cut.axis_id:
        return group.lowest_domain is None or group.lowest_domain >= cut.least
    has = group.axes.get(cut.axis_id)
    return has is not None and has >= cut.least


def tier_under(tier_ids: Sequence[str], cuts: Iterable[CutPoint], group: ScoredGroup) -> str:
    """The highest tier that holds together with all below it. `tier_ids` from the lowest up."""
    missed = {cut.tier_id for cut in cuts if not is_cleared(group, cut)}
    reached = tier_ids[0]
    for tier_id in tier_ids:
        if tier_id in missed or tier_id not in group.met_otherwise:
            break
        reached = tier_id
    return reached


def explained(instrument: Instrument, groups: Iterable[ScoredGroup]) -> tuple[ScoredGroup, ...]:
    """Those whose tier follows from these scores: ours cannot move what other rules awarded."""
    tier_ids, cuts = [tier.id for tier in instrument.tiers], cuts_of(instrument)
    return tuple(group for group in groups if tier_under(tier_ids, cuts, group) == group.tier_id)


def cut_shifts(
    instrument: Instrument, groups: Sequence[ScoredGroup], moves: Sequence[Fraction] = MOVES
) -> tuple[CutShift, ...]:
    """Every cut moved by each of `moves` (points), one at a time, over groups that are explained.

    Which groups change, in the order of `groups`; the awarded tier alone is followed, not whether
    it is provisional.
    """
    cuts = cuts_of(instrument)
    return tuple(
        CutShift(cut, by, tuple(changes(instrument, cuts, cut, by, groups)))
        for cut in cuts
        for by in moves
    )


def changes(
    instrument: Instrument,
    cuts: Sequence[CutPoint],
    cut: CutPoint,
    by: Fraction,
    groups: Iterable[ScoredGroup],
) -> Iterable[TierChange]:
    moved = replace(cut, least=cut.least + by)
    lower, higher = sorted((cut, moved), key=lambda each: each.least)
    others = tuple(moved if each == cut else each for each in cuts)
    tier_ids = [tier.id for tier in instrument.tiers]
    for group in groups:
        if not is_cleared(group, higher) and is_cleared(group, lower):  # else nothing changes
            then = tier_under(tier_ids, others, group)
            if then != group.tier_id:
                yield TierChange(group.group_id, group.tier_id, then)


def most_changed(shifts: Iterable[CutShift], size: Fraction) -> tuple[int, tuple[CutPoint, ...]]:
    """The most groups that one cut changes when it moves by `size` points either way, and which
    cuts do so; no cut when none changes any."""
    of_size = [shift for shift in shifts if shift.size == size]
    most = max((len(shift.changes) for shift in of_size), default=0)
    worst = [shift.cut for shift in of_size if most and len(shift.changes) == most]
    return most, tuple(dict.fromkeys(worst))
