"""Groups beside each other, in the words and drawings of their page."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from readiness.core.charts.scales import Figure
from readiness.core.formatting import p_value, percent, percent_interval, points_interval
from readiness.counts.measures.models import Direction
from readiness.equity.across_groups import THIRDS, GapsOfAll, GroupGap, Position
from readiness.equity.charts import GroupGapRow, caterpillar_of, funnel_chart
from readiness.equity.gates import Comparability
from readiness.equity.service.results import kind_label
from readiness.equity.tables import TOTAL, StratumCount
from readiness.portfolio.service.peers import (
    PeerComparison,
    PeerFilters,
    PeerPage,
    PeerRow,
    names_of,
)

CLEAR = 0.05
DIRECTIONS = {
    Direction.HIGHER: "A higher rate is better.",
    Direction.LOWER: "A lower rate is better.",
    Direction.NONE: "Neither a higher nor a lower rate is better.",
}
PLACES = {each: each[0].upper() + each[1:] for each in THIRDS}
NO_PLACE = "–"


@dataclass(frozen=True)
class Row:
    """One group of the table, ready to read."""

    group_id: str
    period: str | None  # None: it released nothing of the period that is shown
    name: str
    rate: str
    made_of: str
    beyond: str
    gap: str
    shrunken: str
    p_holm: str
    p_bh: str
    place: str
    declared: str


def page_of(peers: PeerPage, wish: PeerFilters) -> dict[str, Any]:
    """Everything the template writes of what was found."""
    found = peers.found
    if found is None:
        return {"peers": peers, "found": None}
    names = names_of(found.choices.kind)
    groups = {line.group.id: line.group.name for line in found.lines}
    return {
        "peers": peers,
        "found": found,
        "options": options(found, names),
        "chosen_reference": wish.reference if found.is_chosen else "",
        "kept": kept(found),
        "stratum": names.get(found.stratum, ""),
        "reference": names.get(found.reference, ""),
        "direction": DIRECTIONS[found.choices.measure.direction],
        "vote": vote_says(found, names),
        "otherwise": otherwise(found, names),
        "absent": absent(found),
        "funnel": funnel_chart(found.funnel, groups) if found.funnel else None,
        "funnel_title": funnel_title(found),
        "funnel_says": funnel_says(found),
        "gaps": caterpillar(found, groups, names),
        "gaps_title": gaps_title(found.gaps, names) if found.gaps else "",
        "rows": [row_of(line, found, names) for line in found.lines],
    }


def options(found: PeerComparison, names: Mapping[str, str]) -> dict[str, list[tuple[str, str]]]:
    """What each choice offers: (value, words)."""
    choices = found.choices
    strata = [(each, names[each]) for each in found.strata]
    declared = names.get(found.vote.reference, "none declared")
    return {
        "measure": [(each.id, each.title) for each in choices.measures],
        "period": [(str(each), f"End of {each.label}") for each in choices.periods],
        "by": [(each, kind_label(each)) for each in choices.kinds],
        "of": strata,
        "reference": [("", f"As most groups declared: {declared}"), *strata],
    }


def kept(found: PeerComparison) -> dict[str, str]:
    """The address of what is shown, for its files."""
    choices = found.choices
    address = {
        "measure": choices.measure.id,
        "period": str(choices.period),
        "by": choices.kind,
        "of": found.stratum,
    }
    return address | ({"reference": found.reference} if found.is_chosen else {})


def vote_says(found: PeerComparison, names: Mapping[str, str]) -> str:
    """With whom the others are compared, and who said so."""
    vote = found.vote
    if found.choices.kind == TOTAL:
        return "All patients together have nobody to be compared with, so no gap is shown."
    declared = ""
    if vote.reference:
        whom = f"{vote.groups} of {vote.asked} groups" if vote.asked > 1 else "the one group"
        tied = ", as often as another one" if vote.is_tied else ""
        declared = f"{names[vote.reference]}, which {whom} declared{tied}"
    if found.is_chosen:
        most = f" Most groups declared {declared}." if declared else " No group declared one."
        return f"Compared with {names[found.reference]}, chosen for this view.{most}"
    if declared:
        return f"Compared with {declared}."
    return (
        "No group declared a reference for this split, so no gap is shown: the program never "
        "picks one. Choose one above to see gaps."
    )


def otherwise(found: PeerComparison, names: Mapping[str, str]) -> list[str]:
    """Groups that declared another reference than the one of this view, or none."""
    if not found.reference:
        return []
    return [
        f"{line.group.name}: {names.get(line.declared, 'none declared for this split')}"
        for line in found.lines
        if line.number is not None
        and line.rate_comparability is not Comparability.NOT_RELEASED
        and line.declared != found.reference
    ]


def absent(found: PeerComparison) -> list[tuple[str, list[str]]]:
    """Groups that cannot be seen or compared here, by why."""
    by_why: dict[str, list[str]] = {}
    for line in found.lines:
        why = line.gap_comparability if found.gaps is not None else line.rate_comparability
        if why is not Comparability.SEEN:
            by_why.setdefault(str(why), []).append(line.group.name)
    order = [str(each) for each in Comparability]
    return [(why[0].upper() + why[1:], by_why[why]) for why in order if why in by_why]


def funnel_title(found: PeerComparison) -> str:
    if not found.funnel:
        return ""
    groups = len(found.funnel.points)
    alarms = sum(each.signal == "alarm" for each in found.funnel.points)
    warnings = sum(each.signal == "warning" for each in found.funnel.points)
    if not alarms and not warnings:
        return f"None of {groups} groups lies beyond the limits that chance would draw"
    if not alarms:
        return (
            f"{warnings} of {groups} groups beyond the warning limits, none beyond the alarm ones"
        )
    more = f", {warnings} more beyond the warning limits" if warnings else ""
    return f"{alarms} of {groups} groups beyond the alarm limits{more}"


def funnel_says(found: PeerComparison) -> str:
    """About what, and how much more groups scatter than chance would make them."""
    funnel = found.funnel
    if funnel is None:
        return "Fewer than 5 groups can be seen here: no funnel is drawn."
    about = (
        f"The line is the rate of all their patients together, {percent(funnel.target, 1)}. "
        "Chance alone puts 1 group in 20 beyond the warning limits (1.96 standard errors) and 1 "
        "in 500 beyond the alarm limits (3.09)."
    )
    if funnel.overdispersion <= 1:
        return f"{about} Groups scatter no more than that, so the limits are not widened."
    return (
        f"{about} Groups scatter {funnel.overdispersion:.1f} times as much as chance would make "
        "them (in variance), which one group alone cannot answer for: the limits are widened by "
        "that much."
    )


def caterpillar(
    found: PeerComparison, groups: Mapping[str, str], names: Mapping[str, str]
) -> Figure | None:
    if not found.gaps or not found.gaps.groups:
        return None
    rows = [
        GroupGapRow(groups[each.group_id], each.gap, each.shrunken) for each in found.gaps.groups
    ]
    return caterpillar_of(rows, names[found.reference])


def gaps_title(gaps: GapsOfAll, names: Mapping[str, str]) -> str:
    """What may be claimed of single groups, and what is worth a look."""
    whose, groups = names[gaps.stratum], len(gaps.groups)
    claimed = sum(each.p_holm < CLEAR for each in gaps.groups)
    screened = sum(each.p_bh < CLEAR for each in gaps.groups)
    if not screened:
        gaps_says = "the one gap" if groups == 1 else f"none of {groups} gaps"
        clear = "may be chance" if groups == 1 else "is clear of chance, counting every comparison"
        return f"{whose}: {gaps_says} {clear}"
    return (
        f"{whose}: {claimed} of {groups} gaps can be claimed (Holm), {screened} are worth a look "
        "(Benjamini and Hochberg)"
    )


def row_of(line: PeerRow, found: PeerComparison, names: Mapping[str, str]) -> Row:
    gap = line.gap
    none = "–" if found.gaps is None else str(line.gap_comparability)
    return Row(
        group_id=line.group.id,
        period=None if line.number is None else str(found.choices.period),
        name=line.group.name,
        rate=rate_says(line),
        made_of=made_of(line.own),
        beyond=f"the {line.point.signal} limits" if line.point and line.point.signal else "–",
        gap=points_interval(gap.gap) if gap else none,
        shrunken=points_interval(gap.shrunken) if gap else "–",
        p_holm=p_value(gap.p_holm) if gap else "–",
        p_bh=p_value(gap.p_bh) if gap else "–",
        place=place_says(gap),
        declared=names.get(line.declared, "–"),
    )


def rate_says(line: PeerRow) -> str:
    rate = line.rate
    if rate is None or rate.rate is None:
        return str(line.rate_comparability)
    return percent_interval(rate.rate, rate.low, rate.high)


def made_of(count: StratumCount | None) -> str:
    if count is None or count.numerator is None or count.denominator is None:
        return "–"
    return f"{count.numerator:,} of {count.denominator:,}"


def place_says(gap: GroupGap | None) -> str:
    """Among peers, from the lowest gap."""
    place = gap.position if gap else Position()
    if place.third:
        return PLACES[place.third]
    return NO_PLACE if place.percentile is None else f"Percentile {place.percentile:.0f}"
