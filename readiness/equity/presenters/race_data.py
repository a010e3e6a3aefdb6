"""How well race, ethnicity and language are known, in the words and drawings of their page."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.core.charts.dots import RateRow, rates_of
from readiness.core.charts.scales import Figure
from readiness.core.formatting import Number, percent
from readiness.counts.quality.models import FIELD_LABELS, DemographicField
from readiness.counts.strata import STRATA, StratumType
from readiness.equity.data_quality import MARK, FieldQuality
from readiness.equity.presenters.results import interval
from readiness.equity.service.race_data import FieldReport, MissingDifference, RaceData
from readiness.statistics.data_quality import Proportion
from readiness.statistics.rates import Rate, wilson_rate

NAMES = {DemographicField.RACE: "Race and ethnicity", DemographicField.LANGUAGE: "Language"}


@dataclass(frozen=True)
class SiteLine:
    name: str
    patients: str
    known: str
    self_reported: str
    declined: str
    unknown: str
    not_asked: str


@dataclass(frozen=True)
class MissingLine:
    measure: str
    difference: str
    says: str


@dataclass(frozen=True)
class FieldView:
    id: str
    title: str
    verdict: str
    figure: Figure | None
    figure_title: str
    sites: tuple[SiteLine, ...]
    missing: tuple[MissingLine, ...]


@dataclass(frozen=True)
class CategoryLine:
    label: str
    people: str
    sensitivity: str
    believed: str


@dataclass(frozen=True)
class SampleView:
    says: str
    categories: tuple[CategoryLine, ...]


def field_view(report: FieldReport, found: RaceData) -> FieldView:
    whole = report.whole
    return FieldView(
        id=report.field,
        title=FIELD_LABELS[report.field],
        verdict=verdict(whole) if whole else "",
        figure=figure(whole) if whole else None,
        figure_title=title(whole) if whole else "",
        sites=tuple(
            site_line(each, found.site_names.get(each.site_id, each.site_id))
            for each in report.sites
        ),
        missing=tuple(map(missing_line, report.missing)),
    )


def title(whole: FieldQuality) -> str:
    name = NAMES[whole.field]
    return f"{name}: {percent(whole.self_reported.share)} of patients have said it themselves"


def verdict(whole: FieldQuality) -> str:
    """The mark is reached when the lower bound reaches it: luck does not count."""
    said = whole.self_reported
    far = f"{share_says(said.share, said.low, said.high)} said by patients themselves"
    mark = f"the mark of {percent(MARK)}"
    if said.meets_lower_bound:
        return f"{far}: {mark} is reached, with its lower bound too."
    if said.meets_point:
        return f"{far}: {mark} is reached, but its lower bound is below it, so it may be luck."
    return f"{far}: {mark} is not yet reached."


def figure(whole: FieldQuality) -> Figure:
    """Declined, unknown and not asked are three values, never one."""
    others = (whole.declined, whole.unknown, whole.not_asked)
    total = whole.declined.denominator
    own = whole.self_reported_of_known
    rows = [
        rate_row(
            "Known, from any source", wilson_rate(total - sum(o.numerator for o in others), total)
        ),
        rate_row("Said by the patient", wilson_rate(own.numerator if own else 0, total)),
        *([rate_row("Said by the patient, of those known", own)] if own else []),
        rate_row("Declined to say", whole.declined),
        rate_row("Asked, not known", whole.unknown),
        rate_row("Not asked", whole.not_asked),
    ]
    return rates_of(rows, (f"mark {percent(MARK)}", MARK))


def rate_row(label: str, found: Rate) -> RateRow:
    basis = f"{found.numerator:,} of {found.denominator:,} patients"
    return RateRow(label, found.share, found.low, found.high, basis)


def share_says(share: Number, low: Number, high: Number) -> str:
    """
    >>> share_says(0.8, 0.763, 0.832)
    '80% (76–83%)'
    """
    return f"{percent(share)} ({percent(low)[:-1]}–{percent(high)})"


def site_line(site: FieldQuality, name: str) -> SiteLine:
    return SiteLine(
        name,
        f"{site.declined.denominator:,}",
        share_says(site.known.share, site.known.low, site.known.high),
        share_says(site.self_reported.share, site.self_reported.low, site.self_reported.high),
        *(percent(each.share) for each in (site.declined, site.unknown, site.not_asked)),
    )


def missing_line(missing: MissingDifference) -> MissingLine:
    name, found = missing.measure.title, missing.difference
    if found is None:
        return MissingLine(name, "–", "too few patients of unknown group to compare")
    is_alike = found.low <= 0 <= found.high
    says = "no clear difference" if is_alike else "not like the others: gaps may mislead"
    return MissingLine(name, interval(found), says)


def sample_view(found: RaceData) -> SampleView | None:
    if found.sample is None:
        return None
    kappa = found.sample.concordance.kappa
    people = sum(found.sampled.values())
    says = (
        f"{people:,} patients were asked again. Cohen’s kappa, agreement beyond chance, is "
        f"{kappa.value:.2f} (standard error {kappa.error:.3f}, interval {kappa.low:.2f} to "
        f"{kappa.high:.2f}); {percent(kappa.agreement)} of records agree. Look at each category: "
        "the largest one can hide what goes wrong in small ones."
    )
    pairs = zip(found.sample.categories, found.sample.concordance.categories, strict=True)
    lines = (
        CategoryLine(
            STRATA[StratumType.RACE][name],
            f"{people_who_said(found, name):,}",
            proportion_says(each.sensitivity),
            proportion_says(each.predictive_positive),
        )
        for name, each in pairs
    )
    return SampleView(says, tuple(lines))


def people_who_said(found: RaceData, name: str) -> int:
    return sum(n for cell, n in found.sampled.items() if cell.asked == name)


def proportion_says(found: Proportion | None) -> str:
    return (
        "nobody to tell from" if found is None else share_says(found.value, found.low, found.high)
    )
