"""Released counts laid out as tables, for payers and, beside its own counts, for the group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.core.periods import Period
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures import loader as measure_files
from readiness.counts.models import CellT, Grid, Heading
from readiness.counts.quality.grids import demographic_grids, measure_grids
from readiness.counts.quality.models import QualityCell
from readiness.counts.social_risk.models import NEED_LABELS, STEP_LABELS, FunnelCell
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, StratumType, strata_of
from readiness.disclosure.quality_table import ALWAYS, SCHEMES
from readiness.disclosure.released_counts import Release
from readiness.disclosure.social_risk_table import (
    GROUP_STEPS,
    NEED_STEPS,
    NEEDS,
    PART_TERMS,
    PART_TYPES,
    Term,
)

NOT_KNOWN = "–"
QUALITY_TYPES = tuple(kind for kind in StratumType if kind in ALWAYS.union(*SCHEMES))


@dataclass(frozen=True)
class ReleasedNumber:
    """What readers outside see, and for the group what it counted itself."""

    says: str
    own: str = ""  # only where it differs
    is_hidden: bool = False


@dataclass(frozen=True)
class ReleasedGrid:
    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[ReleasedNumber, ...]], ...]


def grids_of(
    layouts: Iterable[Grid[CellT]],
    release: Release[CellT] | None,
    own: Mapping[CellT, int] | None = None,
) -> tuple[ReleasedGrid, ...]:
    """What nobody counted is left out. `own` is what the group counts today, for its own eyes."""
    values = release.values if release else {}
    return tuple(found for each in layouts if (found := grid_of(each, values, own)).rows)


def grid_of(
    layout: Grid[CellT], values: Mapping[CellT, int | None], own: Mapping[CellT, int] | None
) -> ReleasedGrid:
    cells = layout.cells
    known = {at for at, cell in cells.items() if cell in values or cell in (own or {})}
    columns = [c for c in layout.columns if any((row.key, c.key) in known for row in layout.rows)]
    rows = [row for row in layout.rows if any((row.key, c.key) in known for c in columns)]
    return ReleasedGrid(
        layout.title,
        layout.corner,
        tuple(column.label for column in columns),
        tuple(
            (row.label, tuple(number(cells[row.key, c.key], values, own) for c in columns))
            for row in rows
        ),
    )


def number(
    cell: CellT, values: Mapping[CellT, int | None], own: Mapping[CellT, int] | None
) -> ReleasedNumber:
    value = values.get(cell)
    is_hidden = cell in values and value is None
    says = HIDDEN if is_hidden else NOT_KNOWN if value is None else f"{value:,}"
    counted = (own or {}).get(cell)
    differs = own is not None and counted != value
    yours = "yours: not known" if counted is None else f"yours: {counted:,}"
    return ReleasedNumber(says, yours if differs else "", is_hidden)


# Which number stands where.


def social_risk_layouts() -> Iterator[Grid[FunnelCell]]:
    steps = [(None, step) for step in GROUP_STEPS]
    yield layout("All needs", terms_of(steps), {ALL.label: [FunnelCell(step) for _, step in steps]})
    yield layout(
        "Each need",
        [STEP_LABELS[step] for step in NEED_STEPS],
        {NEED_LABELS[need]: [FunnelCell(step, need) for step in NEED_STEPS] for need in NEEDS},
        corner="Need",
    )
    for kind in PART_TYPES:
        yield layout(
            STRATUM_TYPE_LABELS[kind],
            terms_of(PART_TERMS),
            {
                part.label: [FunnelCell(step, need, part) for need, step in PART_TERMS]
                for part in strata_of(kind)
            },
        )


def terms_of(terms: Iterable[Term]) -> list[str]:
    """
    >>> from readiness.counts.social_risk.models import Need, Step
    >>> terms_of([(Need.FOOD, Step.POSITIVE)])
    ['Food: need found']
    """
    return [
        f"{NEED_LABELS[need]}: {STEP_LABELS[step].lower()}" if need else STEP_LABELS[step]
        for need, step in terms
    ]


def layout(
    title: str,
    columns: Iterable[str],
    rows: Mapping[str, Sequence[FunnelCell]],
    corner: str = "Patients",
) -> Grid[FunnelCell]:
    headings = tuple(Heading(label, label) for label in columns)
    return Grid(
        title,
        title,
        tuple(Heading(label, label) for label in rows),
        headings,
        {
            (label, heading.key): cell
            for label, cells in rows.items()
            for heading, cell in zip(headings, cells, strict=True)
        },
        corner,
    )


def quality_layouts(period: Period) -> Iterator[Grid[QualityCell]]:
    """One for each breakdown and each field of the record."""
    for kind in QUALITY_TYPES:
        for grid in measure_grids(measure_files.load_quality(), period, kind):
            title = f"{STRATUM_TYPE_LABELS[kind]}: {grid.title.lower()}"
            estimated = {at: replace(cell, is_estimated=True) for at, cell in grid.cells.items()}
            yield replace(grid, title=title, corner="Patients")
            yield replace(
                grid, title=f"{title}, estimated by a payer", corner="Patients", cells=estimated
            )
    for each in demographic_grids({}):
        yield replace(each, title=f"{each.title} in the record", corner="Patients")
