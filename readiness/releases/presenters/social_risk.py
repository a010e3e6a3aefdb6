"""Released counts laid out as tables, for payers and, beside its own counts, for the group."""

from __future__ import annotations

from collections.abc import Collection, Hashable, Mapping
from dataclasses import dataclass
from typing import TypeVar

from readiness.core.formatting import day, percent
from readiness.core.small_cells import HIDDEN
from readiness.counts.models import PeriodState
from readiness.counts.social_risk.models import NEED_LABELS, STEP_LABELS, FunnelCell
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, strata_of
from readiness.disclosure.release import SocialRiskRelease
from readiness.disclosure.social_risk_table import (
    FEWEST_FOR_NEEDS_OF_PARTS,
    FEWEST_FOR_PARTS,
    GROUP_STEPS,
    NEED_STEPS,
    NEEDS,
    PART_TERMS,
    PART_TYPES,
    Term,
)
from readiness.releases.service.social_risk import GroupView

NOT_KNOWN = "–"
Shown = TypeVar("Shown", bound=Hashable)  # where a number stands: of screens, or behind equity


@dataclass(frozen=True)
class Number:
    """What readers outside see, and for the group what it counted itself."""

    says: str
    own: str = ""  # only where it differs
    is_hidden: bool = False


@dataclass(frozen=True)
class Line:
    title: str
    numbers: tuple[Number, ...]


@dataclass(frozen=True)
class Grid:
    title: str
    corner: str
    columns: tuple[str, ...]
    lines: tuple[Line, ...]


def column_of(term: Term) -> str:
    """
    >>> from readiness.counts.social_risk.models import Need, Step
    >>> column_of((Need.FOOD, Step.POSITIVE))
    'Food: need found'
    """
    need, step = term
    return f"{NEED_LABELS[need]}: {STEP_LABELS[step].lower()}" if need else STEP_LABELS[step]


@dataclass(frozen=True)
class Layout:
    """Which number stands where, before what nobody counted is left out."""

    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[FunnelCell, ...]], ...]


LAYOUTS = (
    Layout(
        "All needs",
        "Patients",
        tuple(STEP_LABELS[step] for step in GROUP_STEPS),
        ((ALL.label, tuple(FunnelCell(step) for step in GROUP_STEPS)),),
    ),
    Layout(
        "Each need",
        "Need",
        tuple(STEP_LABELS[step] for step in NEED_STEPS),
        tuple(
            (NEED_LABELS[need], tuple(FunnelCell(step, need) for step in NEED_STEPS))
            for need in NEEDS
        ),
    ),
    *(
        Layout(
            STRATUM_TYPE_LABELS[kind],
            "Patients",
            tuple(column_of(term) for term in PART_TERMS),
            tuple(
                (part.label, tuple(FunnelCell(step, need, part) for need, step in PART_TERMS))
                for part in strata_of(kind)
            ),
        )
        for kind in PART_TYPES
    ),
)


def grids_of(
    release: SocialRiskRelease | None, own: Mapping[FunnelCell, int] | None = None
) -> tuple[Grid, ...]:
    """`own` is what the group counts today, for its own eyes."""
    values = release.values if release else {}
    known = {*values, *(own or {})}
    return tuple(grid for each in LAYOUTS if (grid := grid_of(each, known, values, own)).lines)


def grid_of(
    layout: Layout,
    known: Collection[FunnelCell],
    values: Mapping[FunnelCell, int | None],
    own: Mapping[FunnelCell, int] | None,
) -> Grid:
    rows = [(title, cells) for title, cells in layout.rows if any(c in known for c in cells)]
    used = [n for n in range(len(layout.columns)) if any(cells[n] in known for _, cells in rows)]
    return Grid(
        layout.title,
        layout.corner,
        tuple(layout.columns[n] for n in used),
        tuple(
            Line(title, tuple(number(cells[n], values, own) for n in used)) for title, cells in rows
        ),
    )


def number(
    cell: Shown, values: Mapping[Shown, int | None], own: Mapping[Shown, int] | None
) -> Number:
    value = values.get(cell)
    is_hidden = cell in values and value is None
    says = HIDDEN if is_hidden else NOT_KNOWN if value is None else f"{value:,}"
    counted = (own or {}).get(cell)
    differs = own is not None and counted != value
    return Number(says, own_says(counted) if differs else "", is_hidden)


def own_says(counted: int | None) -> str:
    return "yours: not known" if counted is None else f"yours: {counted:,}"


# In words.


def released_says(release: SocialRiskRelease) -> str:
    shown = len(release.values) - release.hidden
    return (
        f"Release {release.number} of {release.period.label}, {day(release.made_at)}: "
        f"{shown:,} numbers shown, {release.hidden:,} hidden."
    )


def rule_says(release: SocialRiskRelease) -> str:
    return (
        f"Counts from 1 to {release.threshold - 1} are hidden, and every other count with which "
        "one of them could be worked out by adding or subtracting. Zeros are shown. Breakdowns by "
        f"language, race and ethnicity, insurance and age leave from {FEWEST_FOR_PARTS:,} eligible "
        f"patients on, and breakdowns of each need from {FEWEST_FOR_NEEDS_OF_PARTS:,} on."
    )


def audit_says(own: GroupView) -> str:
    """What was proved of the release, for the group that it came from."""
    if own.release is None:
        return ""
    beside = " and in the releases before" if own.release.number > 1 else ""
    again = "once" if own.release.rounds == 1 else f"{own.release.rounds} times"
    return (
        f"Before it left, this release was checked {again}: for every number that is not shown, "
        f"and for every difference of two, what could follow from all that is shown here{beside}. "
        f"Nobody can tell of any of them that it lies from 1 to {own.release.threshold - 1}. "
        f"{percent(own.release.hidden_share)} of the numbers are hidden for it."
    )


def state_says(own: GroupView) -> str:
    if own.release is None and own.state is PeriodState.COMPLETE:
        return "Nothing has left yet. Mark the quarter complete again to let its counts out."
    if own.release is None:
        return "Nothing has left yet. It does when you mark the quarter complete."
    if own.is_edited:
        return (
            "You changed counts since. Payers go on reading this release until you mark the "
            "quarter complete again."
        )
    if own.is_behind:
        return (
            "Your counts changed since, by so few patients in one number or more that the change "
            "itself could point at somebody. So payers go on reading this release."
        )
    return "Payers you share with read this release, once you have submitted an assessment."
