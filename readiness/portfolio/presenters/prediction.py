"""Readiness at first against later change in a gap, in words and a drawing."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness.core.charts.plane import Chart
from readiness.core.formatting import points
from readiness.counts.measures.models import Direction
from readiness.equity.charts import ScoreChange, scatter_of
from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.equity.prediction import FEWEST_GROUPS, STEP, Link
from readiness.equity.tables import kind_label
from readiness.portfolio.presenters.peers import DIRECTIONS, groups_by_reason
from readiness.portfolio.service.peers import names_of
from readiness.portfolio.service.prediction import PredictionAnalysis, PredictionPage
from readiness.statistics.regression import Slope


def page_of(asked: PredictionPage) -> dict[str, Any]:
    found = asked.found
    if found is None:
        return {"asked": asked, "found": None, "instruments": (asked.instrument,)}
    names, titles = names_of(found.spans.kind), asked.titles
    left_out = {line.group.name: line.left_out for line in found.lines if line.left_out}
    return {
        "asked": asked,
        "found": found,
        "instruments": (asked.instrument,),
        "fewest": FEWEST_GROUPS,
        "step": STEP,
        "options": options(asked, found, names),
        "chosen_reference": found.reference if found.is_chosen else "",
        "kept": file_address(found),
        "noun": noun,
        "stratum": names.get(found.stratum, ""),
        "reference": names.get(found.reference, ""),
        "direction": DIRECTIONS[found.spans.measure.direction],
        "says": says(found),
        "groups_for_spread": GROUPS_FOR_SPREAD,
        "score_title": titles[found.score_id],
        "chart": chart_of(found, titles[found.score_id]),
        "chart_title": chart_title(found, titles[found.score_id]),
        "chart_key": chart_key(found),
        "titles": titles,
        "slope_says": slope_says,
        "link_says": link_says,
        "left_out": groups_by_reason(left_out.items(), sorted(set(left_out.values()))),
    }


def options(
    asked: PredictionPage, found: PredictionAnalysis, names: Mapping[str, str]
) -> dict[str, list[tuple[str, str]]]:
    spans = found.spans
    strata = [(each, names[each]) for each in found.strata]
    declared = names.get(found.vote.reference, "none declared")
    return {
        "measure": [(each.id, each.title) for each in spans.measures],
        "by": [(each, kind_label(each)) for each in spans.kinds],
        "of": [each for each in strata if each[0] != found.reference],
        "reference": [("", f"As most groups declared: {declared}"), *strata],
        "before": [(str(each), f"End of {each.label}") for each in spans.befores],
        "after": [(str(each), f"End of {each.label}") for each in spans.afters],
        "score": list(asked.titles.items()),
    }


def file_address(found: PredictionAnalysis) -> dict[str, str]:
    spans = found.spans
    address = {
        "measure": spans.measure.id,
        "by": spans.kind,
        "of": found.stratum,
        "before": str(spans.before),
        "after": str(spans.after),
    }
    return address | ({"reference": found.reference} if found.is_chosen else {})


def says(found: PredictionAnalysis) -> str:
    """The answer, or honestly none."""
    groups, told = found.prediction.groups, [each for each in links_of(found) if each.is_told]
    if groups < FEWEST_GROUPS:
        return (
            f"Whether readiness goes with later change in this gap cannot be told from {groups} "
            f"{noun(groups)}: it takes {FEWEST_GROUPS} with scores and both gaps."
        )
    if not told:
        return (
            f"Whether readiness goes with later change in this gap cannot be told from {groups} "
            "groups: of every score the intervals below allow for no link."
        )
    scores = f"{len(told)} of {len(links_of(found))} scores"
    goes = "goes" if len(told) == 1 else "go"
    return f"In these {groups} groups {scores} {goes} with later change in this gap."


def noun(groups: int) -> str:
    return "group" if groups == 1 else "groups"


def links_of(found: PredictionAnalysis) -> tuple[Link, ...]:
    return found.prediction.links


def shown_link(found: PredictionAnalysis) -> Link:
    return next(each for each in links_of(found) if each.score_id == found.score_id)


def chart_of(found: PredictionAnalysis, title: str) -> Chart | None:
    link = shown_link(found)
    dots = [
        ScoreChange(line.group.name, score, line.followed.change.difference)
        for line in found.lines
        if line.followed and (score := line.followed.scores.get(found.score_id)) is not None
    ]
    slope = link.adjusted.value / STEP if link.adjusted else None
    return scatter_of(dots, link.middle, slope, title) if dots else None


def chart_title(found: PredictionAnalysis, title: str) -> str:
    link = shown_link(found)
    if link.is_told:
        return f"{title}: {link_says(link, found)[0].lower()}{link_says(link, found)[1:]}"
    groups = f"{link.groups} {noun(link.groups)}"
    return f"{title}: whether it goes with later change cannot be told from {groups}"


def chart_key(found: PredictionAnalysis) -> str:
    """What the sloping line is, with its interval."""
    slope = shown_link(found).adjusted
    if slope is None:
        return ""
    return (
        f"The sloping line is among groups with the same gap at first: {slope_says(slope)} points "
        f"for {STEP} more points of score."
    )


def slope_says(slope: Slope | None) -> str:
    if slope is None:
        return "cannot be told"
    return f"{points(slope.value)} ({points(slope.low)} to {points(slope.high)})"


def link_says(link: Link, found: PredictionAnalysis) -> str:
    """Which way, for whom; never why."""
    if link.adjusted is None:
        return f"Cannot be told from {link.groups} {noun(link.groups)}"
    if not link.is_told:
        return f"Cannot be told from {link.groups} {noun(link.groups)}: no link is as possible"
    sign = -1 if found.spans.measure.direction is Direction.LOWER else 1
    toward = "toward" if sign * link.adjusted.value > 0 else "away from"
    whose = names_of(found.spans.kind)[found.stratum]
    return f"Higher scores went with a gap that moved {toward} the better for {whose}"
