"""Change beside money, in the words and the drawing of its page."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from flask import url_for

from readiness.core import formatting
from readiness.core.charts.plane import Chart, Plane, PlotPoint, chart_of, padded
from readiness.core.charts.scales import Scale
from readiness.core.formatting import Number, rounded, signed
from readiness.plans.postings import dollars
from readiness.plans.returns import (
    FEWEST_GROUPS,
    ChangePerSpending,
)
from readiness.portfolio.columns import SortableHeading, order_of
from readiness.portfolio.presenters.peers import groups_by_reason
from readiness.portfolio.service.returns import (
    ReturnExclusion,
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
        "ratio_says": ratio_says,
        "columns": [column(found, each, sort, is_descending) for each in COLUMNS],
        "lines": lines,
        "change": change,
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
) -> SortableHeading:
    """Numbers start with the most."""
    own, title, css = which
    axes = {axis.id.casefold(): axis.title for axis in found.instrument.axes}
    down = not is_descending if own is sort else own is not ReturnSort.NAME
    way = "down" if down else "up"
    url = url_for(".show", payer_id=found.payer.id, sort=own, order=way)
    order = order_of(own is sort, is_descending)
    return SortableHeading(title or axes.get(own, own.upper()), url, order, css)


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
        f"{which} tiers changed by {change(tiers.change, 0)} in all."
    )


def count(groups: int) -> str:
    return "1 group was" if groups == 1 else f"{groups} groups were"


def without_says(found: Returns) -> str:
    without = found.found.without_money
    if not without:
        return ""
    return (
        f"Beside them: {len(without)} assessed twice with nothing entered as spent in between, "
        f"whose tiers changed by {change(found.found.risen, 0)} in all. Tiers change "
        "without money too."
    )


def sums_of(found: Returns) -> list[tuple[str, int, ChangePerSpending]]:
    """Each kind of change over the portfolio: its title, its decimals and what was found."""
    axes = {axis.id: axis.title for axis in found.instrument.axes}
    kinds = [
        ("Tiers", 0, found.found.tiers),
        *((f"Points: {axes[id_]}", 1, each) for id_, each in found.found.axes.items()),
        ("Gates met", 0, found.found.gates),
    ]
    return [kind for kind in kinds if kind[2].groups]


def ratio_says(kind: ChangePerSpending) -> str:
    ratio = kind.per_dollars
    if ratio is None:
        return TOO_FEW
    value, low, high = (change(each, 2) for each in (ratio.value, ratio.low, ratio.high))
    return f"{value} (95% interval {low} to {high})"


def change(value: Number, places: int) -> str:
    """
    >>> change(3.25, 1), change(-2, 1), change(0, 1)
    ('+3.3', '−2.0', '0.0')
    """
    return signed(rounded(value, places))


def chart(found: Returns) -> Chart | None:
    axis = found.instrument.axes[0]
    groups = [
        GroupSpending(line.group.name, each.spent / 100, points)
        for line in found.lines
        if (each := line.followed) and each.spent and (points := each.points(axis.id)) is not None
    ]
    return money_chart(groups, axis.title) if groups else None


@dataclass(frozen=True)
class GroupSpending:
    """One group: dollars in between, and points gained on one axis."""

    title: str
    dollars: float
    points: float


def money_chart(groups: Sequence[GroupSpending], axis: str) -> Chart:
    """Across: dollars, from nothing. Upright: points; the level line is no change."""
    most = 1.05 * max(each.dollars for each in groups) or 1.0
    values = [each.points for each in groups]
    plane = Plane(Scale(0, most), Scale(*padded(min(0.0, *values), max(0.0, *values))))
    dots = [
        PlotPoint(
            each.title,
            each.dollars,
            each.points,
            f"{formatting.dollars(each.dollars)}, {points_change(each.points)} points",
            (formatting.dollars(each.dollars), points_change(each.points)),
        )
        for each in sorted(groups, key=lambda each: (each.dollars, each.title))
    ]
    header = ("Group", "Spent in between", f"Change in points: {axis}")
    level = {"target": (plane.line(0, 0, most, 0),)}
    named = dots if len(dots) <= MOST_NAMED else ()
    return chart_of(plane, dots, header, (formatting.dollars, points_change), level, named)


def points_change(points: float) -> str:
    return change(points, 1)


def chart_title(found: Returns) -> str:
    axis = found.instrument.axes[0]
    kind = found.found.axes[axis.id]
    groups = "1 group" if kind.groups == 1 else f"{kind.groups} groups"
    return (
        f"{axis.title}: {change(kind.change, 1)} points in all over {groups} that spent "
        f"{dollars(kind.cents)}"
    )
