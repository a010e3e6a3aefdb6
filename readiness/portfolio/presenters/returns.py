"""Change beside money, in the words and the drawing of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from readiness.core import formatting
from readiness.core.charts.plane import Chart, Plane, PlotPoint, chart_of, padded
from readiness.core.charts.scales import Scale
from readiness.core.formatting import one_decimal, rounded, short_day, signed
from readiness.plans.postings import dollars
from readiness.plans.returns import (
    FEWEST_GROUPS,
    AssessedState,
    ChangePerSpending,
    GroupReturn,
)
from readiness.portfolio.presenters.peers import groups_by_reason
from readiness.portfolio.service.returns import (
    ReturnExclusion,
    ReturnRow,
    Returns,
    ReturnSort,
    sort_rows,
)

MOST_NAMED = 12  # groups; more names would hide each other
TOO_FEW = f"too few groups to tell: it takes {FEWEST_GROUPS}"
COLUMNS = (
    (ReturnSort.NAME, "Group", ""),
    (ReturnSort.TIERS, "Tier", ""),
    (ReturnSort.QMS, "", "number"),
    (ReturnSort.EQR, "", "number"),
    (ReturnSort.GATES, "Gates met", "number"),
    (ReturnSort.AWARDED, "Awarded in between", "number"),
    (ReturnSort.SPENT, "Spent in between", "number"),
)


@dataclass(frozen=True)
class ReturnColumn:
    says: str
    url: str
    order: str  # "ascending", "descending" or ""
    css: str


@dataclass(frozen=True)
class ReturnCells:
    group_id: str
    name: str
    when: str
    tiers: str
    tiers_basis: str
    axes: tuple[tuple[str, str], ...]  # change, and from where to where
    gates: tuple[str, str]
    awarded: str
    spent: str


@dataclass(frozen=True)
class ReturnSum:
    """One kind of change over the portfolio."""

    title: str
    groups: str
    change: str
    dollars: str
    ratio: str


def page_of(found: Returns, asked: Mapping[str, str]) -> dict[str, Any]:
    sort, is_descending = asked_order(asked)
    lines = sort_rows(found.followed, sort, is_descending)
    drawn = chart(found)
    left_out = {line.group.name: line.left_out for line in found.lines if line.left_out}
    return {
        "found": found,
        "instruments": (found.instrument,),
        "fewest": FEWEST_GROUPS,
        "says": says(found),
        "without": without_says(found),
        "sums": sums_of(found),
        "columns": [column(found, each, sort, is_descending) for each in COLUMNS],
        "rows": [row_of(line, found) for line in lines],
        "chart": drawn,
        "chart_title": chart_title(found) if drawn else "",
        "axis": found.instrument.axes[0].title,
        "left_out": groups_by_reason(left_out.items(), ReturnExclusion),
    }


def asked_order(asked: Mapping[str, str]) -> tuple[ReturnSort, bool]:
    """What an address asks for; by name when it asks for nothing that there is."""
    wanted = asked.get("sort", "")
    sort = ReturnSort(wanted) if wanted in list(ReturnSort) else ReturnSort.NAME
    return sort, asked.get("order") == "down"


def column(
    found: Returns, which: tuple[ReturnSort, str, str], sort: ReturnSort, is_descending: bool
) -> ReturnColumn:
    """A second click on the same heading turns the order around; numbers start with the most."""
    own, title, css = which
    axes = {axis.id.casefold(): axis.title for axis in found.instrument.axes}
    down = not is_descending if own is sort else own is not ReturnSort.NAME
    way = "down" if down else "up"
    url = url_for(".show", payer_id=found.payer.id, sort=own, order=way)
    order = ("descending" if is_descending else "ascending") if own is sort else ""
    return ReturnColumn(title or axes.get(own, own.upper()), url, order, css)


def says(found: Returns) -> str:
    """Which went with which; never why."""
    paid = found.found.gates.groups
    if not found.followed:
        return "No group has two assessments that were sent in yet, so no change can be told."
    if not paid:
        return (
            f"{count(len(found.followed))} assessed twice, and none entered money spent in "
            "between. Ask groups to enter what they spent with their plans."
        )
    tiers = found.found.tiers
    which = "their" if tiers.groups == paid else f"of the {tiers.groups} that could be rated, the"
    return (
        f"{count(paid)} assessed twice and spent {dollars(found.found.gates.cents)} in between; "
        f"{which} tiers changed by {signed(rounded(tiers.change, 0))} in all."
    )


def count(groups: int) -> str:
    return "1 group was" if groups == 1 else f"{groups} groups were"


def without_says(found: Returns) -> str:
    without = found.found.without_money
    if not without:
        return ""
    return (
        f"Beside them: {len(without)} assessed twice with nothing entered as spent in between, "
        f"whose tiers changed by {signed(rounded(found.found.risen, 0))} in all. Tiers change "
        "without money too."
    )


def sums_of(found: Returns) -> list[ReturnSum]:
    axes = {axis.id: axis.title for axis in found.instrument.axes}
    named = [("Tiers", found.found.tiers, 0)]
    named += [(f"Points: {axes[id_]}", each, 1) for id_, each in found.found.axes.items()]
    named += [("Gates met", found.found.gates, 0)]
    return [sum_of(title, each, places) for title, each, places in named if each.groups]


def sum_of(title: str, kind: ChangePerSpending, places: int) -> ReturnSum:
    ratio = kind.per_dollars
    return ReturnSum(
        title,
        str(kind.groups),
        signed(rounded(kind.change, places)),
        dollars(kind.cents),
        TOO_FEW
        if ratio is None
        else f"{two(ratio.value)} (95% interval {two(ratio.low)} to {two(ratio.high)})",
    )


def two(value: float) -> str:
    return signed(rounded(value, 2))


def row_of(line: ReturnRow, found: Returns) -> ReturnCells:
    followed = line.followed
    if followed is None:
        raise AssertionError("only groups that were assessed twice have a row")
    first, latest = followed.first, followed.latest
    return ReturnCells(
        group_id=line.group.id,
        name=line.group.name,
        when=f"{short_day(first.on)} to {short_day(latest.on)}",
        tiers="cannot be told" if followed.tiers is None else signed(rounded(followed.tiers, 0)),
        tiers_basis=f"{tier_says(first)} to {tier_says(latest)}",
        axes=tuple(axis_says(followed, axis.id) for axis in found.instrument.axes),
        gates=(
            signed(rounded(followed.gates, 0)),
            f"{first.gates_met} to {latest.gates_met} of {latest.gates}",
        ),
        awarded=dollars(followed.awarded),
        spent=dollars(followed.spent) if followed.spent else "none entered",
    )


def tier_says(stand: AssessedState) -> str:
    return f"{stand.tier_id}{' (provisional)' if stand.provisional else ''}"


def axis_says(followed: GroupReturn, axis_id: str) -> tuple[str, str]:
    points = followed.points(axis_id)
    if points is None:
        return "cannot be told", ""
    first, latest = followed.first.axes[axis_id], followed.latest.axes[axis_id]
    return gained(points), f"{one_decimal(first)} to {one_decimal(latest)}"


def chart(found: Returns) -> Chart | None:
    axis = found.instrument.axes[0]
    groups = [
        Spent(line.group.name, each.spent / 100, points)
        for line in found.lines
        if (each := line.followed) and each.spent and (points := each.points(axis.id)) is not None
    ]
    return money_chart(groups, axis.title) if groups else None


@dataclass(frozen=True)
class Spent:
    """One group: dollars in between, and points gained on one axis."""

    title: str
    dollars: float
    points: float


def money_chart(groups: Sequence[Spent], axis: str) -> Chart:
    """Across: dollars, from nothing. Upright: points; the level line is no change."""
    most = 1.05 * max(each.dollars for each in groups) or 1.0
    values = [each.points for each in groups]
    plane = Plane(Scale(0, most), Scale(*padded(min(0.0, *values), max(0.0, *values))))
    dots = [
        PlotPoint(
            each.title,
            each.dollars,
            each.points,
            f"{formatting.dollars(each.dollars)}, {gained(each.points)} points",
            (formatting.dollars(each.dollars), gained(each.points)),
        )
        for each in sorted(groups, key=lambda each: (each.dollars, each.title))
    ]
    header = ("Group", "Spent in between", f"Change in points: {axis}")
    level = {"target": (plane.line(0, 0, most, 0),)}
    named = dots if len(dots) <= MOST_NAMED else ()
    return chart_of(plane, dots, header, (formatting.dollars, gained), level, named)


def gained(points: float) -> str:
    """
    >>> gained(3.25), gained(-2), gained(0)
    ('+3.3', '−2.0', '0.0')
    """
    return signed(rounded(points, 1))


def chart_title(found: Returns) -> str:
    axis = found.instrument.axes[0]
    kind = found.found.axes[axis.id]
    groups = "1 group" if kind.groups == 1 else f"{kind.groups} groups"
    return (
        f"{axis.title}: {signed(rounded(kind.change, 1))} points in all over {groups} that spent "
        f"{dollars(kind.cents)}"
    )
