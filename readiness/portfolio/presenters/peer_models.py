"""Several years of all groups, and rates drawn toward a prior, as their page writes them."""

from __future__ import annotations

from typing import Any

from readiness.core.charts.scales import Table
from readiness.core.formatting import percent, percent_interval, points_interval
from readiness.core.periods import period
from readiness.equity.over_years import ASSUMPTIONS, PeriodSeries
from readiness.equity.shrinkage import StratumShrinkage
from readiness.portfolio.presenters.peers import file_address
from readiness.portfolio.service.peer_models import PeerShrinkage, TypedPrior
from readiness.portfolio.service.peers import PeerComparison
from readiness.statistics.comparisons import Difference

PLACES = {
    "name": ("prior_name", "its name"),
    "source": ("prior_source", "where it is from"),
    "made_on": ("prior_made_on", "its day"),
    "alpha": ("alpha", "alpha"),
    "beta": ("beta", "beta"),
}


def models_of(
    found: PeerComparison,
    series: PeriodSeries | None,
    drawn: PeerShrinkage,
    typed: TypedPrior,
) -> dict[str, Any]:
    names = {line.group.id: line.group.name for line in found.lines}
    return {
        "series": series,
        "series_finding": series_finding(series) if series else "",
        "series_table": series_table(series, names) if series and series.lines else None,
        "series_periods": ", ".join(period(each).label for each in series.periods)
        if series
        else "",
        "series_assumptions": ASSUMPTIONS,
        "prior": drawn.priors,
        "prior_table": prior_table(found, drawn) if drawn.priors else None,
        "prior_problems": [problem_of(each.place, each.says) for each in drawn.problems],
        "typed_prior": typed,
        "place": file_address(found),
    }


def series_finding(series: PeriodSeries) -> str:
    if series.lines is None:
        return series.says
    against = " against the reference’s" if series.reference else ""
    pooled = "the gap" if series.reference else "it"
    trend = series.lines.trend
    way = (
        "cannot be told from standing still"
        if trend.low <= 0 <= trend.high
        else "rises"
        if trend.low > 0
        else "falls"
    )
    return (
        f"Over {series.groups} groups the rate {way}{against}: {points_interval(trend)} points a "
        f"year. Pooled over the years {pooled} is {level_says(series, series.lines.level)}."
    )


def level_says(series: PeriodSeries, level: Difference) -> str:
    if series.reference:
        return f"{points_interval(level)} points"
    return percent_interval(level.difference, level.low, level.high)


def series_table(series: PeriodSeries, names: dict[str, str]) -> Table:
    lines = series.lines.groups if series.lines else {}
    return Table(
        ("Group", "Years", "Pooled (95% interval)", "Points a year (95% interval)"),
        tuple(
            (
                names.get(group_id, group_id),
                str(own.times),
                level_says(series, own.level),
                points_interval(own.trend),
            )
            for group_id, own in lines.items()
        ),
    )


def prior_table(found: PeerComparison, drawn: PeerShrinkage) -> Table:
    return Table(
        (
            "Group",
            "Rate as counted",
            "Drawn toward the prior (95% interval)",
            "Own weight",
            "Prior",
        ),
        tuple(
            (line.group.name, *prior_row(line.rate.rate if line.rate else None, own))
            for line in found.lines
            if (own := drawn.rates.get(line.group.id))
        ),
    )


def prior_row(counted: float | None, own: StratumShrinkage) -> tuple[str, ...]:
    rate = own.rate
    return (
        "–" if counted is None else percent(counted),
        percent_interval(rate.mean, rate.low, rate.high),
        percent(rate.weight),
        "as given" if own.is_declared else "these groups",
    )


def problem_of(place: str, says: str) -> tuple[str, str]:
    """The field it is in, and a sentence."""
    last = place.rpartition(" › ")[2] or place
    field, called = PLACES.get(last, ("prior_name", "the prior"))
    return field, f"Correct {called}: {says}."
