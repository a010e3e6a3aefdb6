"""The tables in which counts are entered: rows, columns and which cell stands where."""

from __future__ import annotations

from collections.abc import Iterable

from readiness.counts.models import Grid, Heading
from readiness.counts.social_risk.models import (
    BY_HAND,
    GROUP_MEANINGS,
    GROUP_STEPS,
    NEED_LABELS,
    NEED_MEANINGS,
    NEED_STEPS,
    OPTIONAL,
    STEP_LABELS,
    FunnelCell,
    Need,
    Step,
)
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum, StratumType, strata_of

ALSO = {
    Step.SCREENING_OFFERED: ("offered",),
    Step.ANY_POSITIVE: ("any positive", "any need"),
    Step.WANTS_HELP: ("wanted help", "want help"),
    Step.REFERRED_30D: ("referred within 30 days",),
    Need.FINANCIAL: ("financial",),
    Need.DIGITAL: ("digital",),
    Need.SOCIAL: ("social",),
    Need.TRANSPORTATION: ("transport",),
}
ALSO_OF_A_NEED = {Step.SCREENED: ("asked", "answered")}


def group_columns() -> tuple[Heading, ...]:
    return tuple(
        Heading(step, STEP_LABELS[step], ALSO.get(step, ()), GROUP_MEANINGS[step])
        for step in GROUP_STEPS
    )


def need_columns() -> tuple[Heading, ...]:
    return tuple(
        Heading(
            step,
            STEP_LABELS[step],
            (*ALSO.get(step, ()), *ALSO_OF_A_NEED.get(step, ())),
            NEED_MEANINGS[step],
        )
        for step in NEED_STEPS
    )


def strata_grid(parts: Iterable[Stratum], title: str) -> Grid[FunnelCell]:
    """The steps of the whole group, a row for each part."""
    listed = tuple(parts)
    return Grid(
        id="group",
        title=title,
        rows=tuple(Heading(part.name, part.label) for part in listed),
        columns=group_columns(),
        cells={
            (part.name, step): FunnelCell(step, None, part)
            for part in listed
            for step in GROUP_STEPS
        },
    )


def needs_grid(part: Stratum) -> Grid[FunnelCell]:
    return Grid(
        id="needs",
        title="Each need",
        rows=tuple(
            Heading(need, NEED_LABELS[need], ALSO.get(need, ()), is_optional=need in OPTIONAL)
            for need in BY_HAND
        ),
        columns=need_columns(),
        corner="Need",
        cells={
            (need, step): FunnelCell(step, need, part) for need in BY_HAND for step in NEED_STEPS
        },
    )


def grids_of_part(part: Stratum = ALL) -> tuple[Grid[FunnelCell], ...]:
    """All that can be entered for all patients, or for one part of them."""
    return (strata_grid((part,), "All needs"), needs_grid(part))


def grids_of_type(kind: StratumType) -> tuple[Grid[FunnelCell], ...]:
    """The parts side by side."""
    return (strata_grid(strata_of(kind), STRATUM_TYPE_LABELS[kind]),)
