"""Groups beside each other, and readiness against change, as files: a line for each group."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from readiness.core import exports
from readiness.core.exports import Cell
from readiness.core.small_cells import HIDDEN
from readiness.equity.peers import Standing
from readiness.equity.prediction import Followed
from readiness.equity.service.results import kind_label
from readiness.equity.tables import Count
from readiness.portfolio.service import peers, prediction
from readiness.portfolio.service.peers import Compared, names_of
from readiness.portfolio.service.prediction import Analysis, Asked
from readiness.statistics.comparisons import Difference
from readiness.statistics.rates import Interval

COMPARED = (
    "Group",
    "Measure",
    "12 months to",
    "Release",
    "Split by",
    "Patients of",
    "Meet the measure",
    "Counted in it",
    "Rate (share)",
    "Rate from",
    "Rate to",
    "Rate is",
    "Funnel: warning from",
    "Funnel: warning to",
    "Funnel: alarm from",
    "Funnel: alarm to",
    "Funnel: beyond",
    "Reference in this view",
    "Reference the group declared",
    "Reference: meet the measure",
    "Reference: counted in it",
    "Gap (share, minus the reference)",
    "Gap from",
    "Gap to",
    "Gap is",
    "Gap drawn toward the mean",
    "Drawn in from",
    "Drawn in to",
    "p",
    "p by Holm (for claims)",
    "p by Benjamini and Hochberg (for screening)",
    "Place among groups",
)
WIDTHS = (36, 28, 12, 9, 20, 32)


def compared_csv(found: Compared) -> bytes:
    return exports.csv_of(COMPARED, compared_rows(found))


def compared_xlsx(found: Compared) -> bytes:
    return exports.xlsx_of([exports.Sheet("Groups", COMPARED, compared_rows(found), WIDTHS)])


def compared_rows(found: Compared) -> Iterator[tuple[Cell, ...]]:
    choices, names = found.choices, names_of(found.choices.kind)
    for line in found.lines:
        limits = line.point.limits if line.point else None
        yield (
            line.group.name,
            choices.measure.title,
            str(choices.period),
            line.number,
            kind_label(choices.kind),
            names.get(found.stratum, found.stratum),
            *counted(line.own),
            *((line.rate.rate, line.rate.low, line.rate.high) if line.rate else (None,) * 3),
            line.rate_standing,
            *ends(limits.warning if limits else None),
            *ends(limits.alarm if limits else None),
            line.point.signal if line.point else "",
            names.get(found.reference, ""),
            names.get(line.declared, ""),
            *counted(line.other if found.reference else None),
            *gap_cells(line, found),
        )


def counted(count: Count | None) -> tuple[Cell, Cell]:
    """Blank where it was not counted."""
    if count is None:
        return None, None
    above, below = (HIDDEN if n is None else n for n in (count.numerator, count.denominator))
    return above, below


def ends(interval: Interval | None) -> tuple[Cell, Cell]:
    return (interval.low, interval.high) if interval else (None, None)


def gap_cells(line: peers.Line, found: Compared) -> tuple[Cell, ...]:
    if not found.gaps:
        return (None,) * 11
    gap = line.gap
    if gap is None:
        return (None, None, None, line.gap_standing, *(None,) * 7)
    return (
        *difference(gap.gap),
        Standing.SEEN,
        *difference(gap.shrunken),
        gap.p,
        gap.p_holm,
        gap.p_bh,
        place_says(gap.position.third, gap.position.percentile),
    )


def place_says(third: str | None, percentile: float | None) -> str:
    """Nothing below five groups."""
    return third or ("" if percentile is None else f"percentile {percentile:.0f}")


def difference(found: Difference | None) -> tuple[Cell, Cell, Cell]:
    return (found.difference, found.low, found.high) if found else (None, None, None)


# Readiness at first against later change


def analysis_csv(asked: Asked, found: Analysis) -> bytes:
    return exports.csv_of(analysis_header(asked), analysis_rows(asked, found))


def analysis_xlsx(asked: Asked, found: Analysis) -> bytes:
    rows = analysis_rows(asked, found)
    sheet = exports.Sheet("Readiness and change", analysis_header(asked), rows, (36, 28, 20))
    return exports.xlsx_of([sheet])


def analysis_header(asked: Asked) -> tuple[str, ...]:
    return (
        "Group",
        "Measure",
        "Split by",
        "Patients of",
        "Reference in this view",
        "Earlier 12 months to",
        "Later 12 months to",
        "Left out: why",
        "Assessment",
        "Instrument",
        "Sent in on",
        "Scores are",
        *(f"{title} at first (0 to 100)" for title in asked.titles.values()),
        *(
            f"{when}: {whose} {what}"
            for when in ("Earlier", "Later")
            for whose in ("own", "reference")
            for what in ("meet the measure", "counted in it")
        ),
        "Gap at first (share)",
        "Gap later (share)",
        "Change (share)",
        "Change from",
        "Change to",
        "Change expected from chance alone (share)",
    )


def analysis_rows(asked: Asked, found: Analysis) -> Iterator[tuple[Cell, ...]]:
    names, spans = names_of(found.spans.kind), found.spans
    for line in found.lines:
        yield (
            line.group.name,
            spans.measure.title,
            kind_label(spans.kind),
            names.get(found.stratum, ""),
            names.get(found.reference, ""),
            str(spans.before),
            str(spans.after),
            line.left_out,
            *baseline_cells(line),
            *scores(line.followed, tuple(asked.titles)),
            *followed_cells(line.followed, found),
        )


def baseline_cells(line: prediction.Line) -> tuple[Cell, Cell, Cell, Cell]:
    first = line.baseline
    if first is None:
        return None, None, None, None
    version = f"{first.assessment.instrument_id} {first.assessment.version}"
    return first.assessment.title, version, first.sent_on, first.run_kind


def scores(followed: Followed | None, score_ids: Sequence[str]) -> tuple[Cell, ...]:
    return tuple(followed.scores.get(each) if followed else None for each in score_ids)


def followed_cells(followed: Followed | None, found: Analysis) -> tuple[Cell, ...]:
    if followed is None:
        return (None,) * 14
    drift = found.prediction.drift
    return (
        *(number for pairs in followed.both for pair in pairs for number in pair),
        followed.gap_before.difference,
        followed.gap_after.difference,
        *difference(followed.change),
        drift.expected[followed.group_id] if drift else None,
    )
