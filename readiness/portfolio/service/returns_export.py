"""Change beside money as a file: a line for every group that shares, followed or not."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.core import exports
from readiness.core.exports import Cell
from readiness.plans.returns import Followed, Stand
from readiness.portfolio.service.returns import Line, Returns


def as_csv(found: Returns) -> bytes:
    return exports.csv_of(header(found), rows(found))


def as_xlsx(found: Returns) -> bytes:
    return exports.xlsx_of([exports.Sheet("Change and money", header(found), rows(found), (36,))])


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


def row_of(line: Line, axes: tuple[str, ...]) -> tuple[Cell, ...]:
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


def stand_cells(stand: Stand, axes: tuple[str, ...]) -> tuple[Cell, ...]:
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


def change_cells(followed: Followed, axes: tuple[str, ...]) -> tuple[Cell, ...]:
    return (
        followed.tiers,
        *(tenths(followed.points(axis_id)) for axis_id in axes),
        followed.gates,
    )


def tenths(points: float | None) -> float | None:
    """A difference of two scores with one decimal has one decimal."""
    return None if points is None else round(points, 1)
