"""Counts of an upload beside those that stand, as tables."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from readiness.counts.social_risk.models import (
    GROUP_STEPS,
    NEED_LABELS,
    NEED_STEPS,
    STEP_LABELS,
    FunnelCell,
    Need,
    Step,
)
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum
from readiness.imports.models import Compared
from readiness.imports.service.upload_review import QuarterPreview, SiteChanges

BLANK = "blank"


@dataclass(frozen=True)
class CellShown:
    says: str
    note: str = ""  # what stands now, where it differs


@dataclass(frozen=True)
class TableShown:
    title: str
    corner: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, tuple[CellShown, ...]], ...]


@dataclass(frozen=True)
class PartShown:
    """A breakdown, or a site: folded."""

    title: str
    tables: tuple[TableShown, ...]
    says: str = ""


def counted(number: int, thing: str) -> str:
    """
    >>> counted(1, "count"), counted(1200, "row")
    ('1 count', '1,200 rows')
    """
    return f"{number:,} {thing}{'' if number == 1 else 's'}"


def written(value: int | None) -> str:
    return BLANK if value is None else f"{value:,}"


def lines_of(part: SiteChanges, *, is_whole: bool) -> tuple[Compared, ...]:
    return tuple(line for line in part.lines if (line.cell.stratum == ALL) is is_whole)


def parts_of(quarter: QuarterPreview) -> Iterator[PartShown]:
    """The breakdowns of the group, then its sites."""
    is_new = not quarter.has_counts
    breakdowns = lines_of(quarter.sites[0], is_whole=False)
    for kind, label in STRATUM_TYPE_LABELS.items():
        if lines := tuple(line for line in breakdowns if line.cell.stratum.type is kind):
            yield PartShown(label, tables_of(lines, is_new=is_new))
    for part in quarter.sites[1:]:
        rest = len(lines_of(part, is_whole=False))
        yield PartShown(
            part.site.name if part.site else "A site that is no longer listed",
            tables_of(lines_of(part, is_whole=True), is_new=is_new),
            f"And {counted(rest, 'count')} by breakdown." if rest else "",
        )


def tables_of(lines: Iterable[Compared], *, is_new: bool) -> tuple[TableShown, ...]:
    """The group's row and the needs are made of other steps, so they are two tables."""
    listed = tuple(lines)
    groups = tuple(line for line in listed if line.cell.need is None)
    needs = tuple(line for line in listed if line.cell.need is not None)
    return tuple(
        table(title, corner, part, is_new=is_new)
        for title, corner, part in (("All needs", "Patients", groups), ("Each need", "Need", needs))
        if part
    )


IN_ORDER = dict.fromkeys((*GROUP_STEPS, *NEED_STEPS, *Step))  # first as in the grid


def table(title: str, corner: str, lines: tuple[Compared, ...], *, is_new: bool) -> TableShown:
    steps = [step for step in IN_ORDER if any(line.cell.step is step for line in lines)]
    by_cell = {line.cell: line for line in lines}
    rows = sorted({(line.cell.stratum, line.cell.need) for line in lines}, key=in_order)
    return TableShown(
        title=title,
        corner=corner,
        columns=tuple(STEP_LABELS[step] for step in steps),
        rows=tuple(
            (
                FunnelCell(steps[0], need, part).row_label,
                tuple(
                    cell_shown(by_cell.get(FunnelCell(step, need, part)), is_new=is_new)
                    for step in steps
                ),
            )
            for part, need in rows
        ),
    )


NEEDS_IN_ORDER = tuple(NEED_LABELS)


def in_order(row: tuple[Stratum, Need | None]) -> tuple[str, int]:
    part, need = row
    return part.name, NEEDS_IN_ORDER.index(need) if need else -1


def cell_shown(line: Compared | None, *, is_new: bool) -> CellShown:
    if line is None:
        return CellShown("")
    if is_new or not line.is_changed:
        return CellShown(written(line.then))
    return CellShown(written(line.then), f"now {written(line.now)}")
