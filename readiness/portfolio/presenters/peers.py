"""Released quality measures as a payer reads them: groups beside each other, and one group."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from readiness.core.charts.scales import Figure
from readiness.core.formatting import short_day
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import Direction
from readiness.counts.quality.models import QualityCell
from readiness.equity.across_groups import GapsOfAll
from readiness.equity.charts import GroupGapRow, caterpillar_of, funnel_chart
from readiness.equity.findings import Declarations, findings_of
from readiness.equity.gates import USE_LABELS, Comparability
from readiness.equity.tables import (
    NO_GROUP,
    NO_GROUP_LABELS,
    TOTAL,
    StratumRow,
    kind_label,
    rows_of,
)
from readiness.portfolio.service.peers import (
    PeerComparison,
    PeerFilters,
    PeerPage,
    PeerRow,
    kind_order,
    names_of,
)
from readiness.releases.service.publication import PayerView

CLEAR = 0.05
DIRECTIONS = {
    Direction.HIGHER: "A higher rate is better.",
    Direction.LOWER: "A lower rate is better.",
    Direction.NONE: "Neither a higher nor a lower rate is better.",
}


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
        "kept": file_address(found),
        "stratum": names.get(found.stratum, ""),
        "reference": names.get(found.reference, ""),
        "direction": DIRECTIONS[found.choices.measure.direction],
        "total": TOTAL,
        "otherwise": otherwise(found),
        "absent": absent(found),
        "funnel": funnel_chart(found.funnel, groups) if found.funnel else None,
        "funnel_title": funnel_title(found),
        "gaps": caterpillar(found, groups, names),
        "gaps_title": gaps_title(found.gaps, names) if found.gaps else "",
        "names": names,
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


def file_address(found: PeerComparison) -> dict[str, str]:
    """The address of what is shown, for its files."""
    choices = found.choices
    address = {
        "measure": choices.measure.id,
        "period": str(choices.period),
        "by": choices.kind,
        "of": found.stratum,
    }
    return address | ({"reference": found.reference} if found.is_chosen else {})


def otherwise(found: PeerComparison) -> list[PeerRow]:
    """Groups that declared another reference than the one of this view, or none."""
    return [
        line
        for line in found.lines
        if found.reference
        and line.number is not None
        and line.rate_comparability is not Comparability.NOT_RELEASED
        and line.declared != found.reference
    ]


def absent(found: PeerComparison) -> list[tuple[str, list[str]]]:
    """Groups that cannot be seen or compared here, by why."""
    why = {
        line.group.name: line.gap_comparability if found.gaps else line.rate_comparability
        for line in found.lines
    }
    seen_too = groups_by_reason(why.items(), Comparability)
    return [pair for pair in seen_too if pair[0].lower() != Comparability.SEEN]


def groups_by_reason(
    pairs: Iterable[tuple[str, str]], order: Iterable[str]
) -> list[tuple[str, list[str]]]:
    """`pairs`: a group's name and why it is left out, "" where it is not."""
    found: dict[str, list[str]] = {}
    for name, why in pairs:
        found.setdefault(str(why), []).append(name)
    return [(why[0].upper() + why[1:], found[why]) for why in map(str, order) if why in found]


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


# One group


def group_page(read: PayerView[QualityCell]) -> dict[str, Any]:
    release = read.release
    if release is None:
        return {"read": read, "by_measure": (), "says": ""}
    kind, _, name = release.reference.partition(".")
    listed = measure_files.load_quality()
    reference = names_of(kind).get(name, "") if name else ""
    declared = Declarations(
        references={kind: reference} if reference else {},
        directions={each.id: each.direction for each in listed.measures},
    )
    rows = label_strata(rows_of(read.group.id, release.period, release.values))
    tables = findings_of(rows, declared).tables
    by_measure = [
        (measure, sorted(own, key=lambda each: kind_order(each.table.place.stratum_type)))
        for measure in listed.measures
        if (own := [each for each in tables if each.table.place.measure == measure.id])
    ]
    hidden = f"{release.hidden} of {len(release.values)} numbers are {HIDDEN}"
    says = f"Release {release.number} of {short_day(release.made_at)}; {hidden}."
    return {
        "read": read,
        "by_measure": by_measure,
        "directions": DIRECTIONS,
        "kind_label": kind_label,
        "not_groups": NO_GROUP_LABELS,
        "uses": USE_LABELS,
        "total": TOTAL,
        "hidden": HIDDEN,
        "says": says,
        "reference": reference,
    }


def label_strata(rows: Iterable[StratumRow]) -> Iterator[StratumRow]:
    """Strata under the names that people read, but for those that are no group of people."""
    for row in rows:
        names = names_of(row.place.stratum_type)
        is_group = row.stratum not in NO_GROUP
        yield replace(row, stratum=names.get(row.stratum, row.stratum)) if is_group else row
