"""Released counts as tables, spreadsheets and pictures; for the group beside its own counts."""

from __future__ import annotations

from collections.abc import Container, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.core import exports
from readiness.core.charts import bars, dots
from readiness.core.charts.scales import Figure
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import FEWEST_FOR_A_RATE
from readiness.counts.models import CellT, Grid, Heading
from readiness.counts.quality.models import (
    FIELD_LABELS,
    PART_LABELS,
    DemographicCell,
    MeasureCell,
    QualityCell,
    demographic_grids,
    measure_grids,
    state_label,
)
from readiness.counts.social_risk.models import NEED_LABELS, STEP_LABELS, FunnelCell, Need, Step
from readiness.counts.social_risk.rates import ONCE_A_QUARTER, PATIENT_QUARTERS, unit_over
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, StratumType, strata_of
from readiness.disclosure import released_counts
from readiness.disclosure.quality_table import ALWAYS, SCHEMES
from readiness.disclosure.released_counts import (
    Release,
    ReleasedShare,
    ShownCount,
    SocialRiskRelease,
)
from readiness.disclosure.social_risk_table import (
    GROUP_STEPS,
    NEED_STEPS,
    NEEDS,
    PART_TERMS,
    PART_TYPES,
    Term,
)
from readiness.disclosure.table import C
from readiness.statistics.rates import wilson_rate

QUALITY_TYPES = tuple(kind for kind in StratumType if kind in ALWAYS.union(*SCHEMES))


def grids_of(
    layouts: Iterable[Grid[CellT]],
    release: Release[CellT] | None,
    own: Mapping[CellT, int] | None = None,
) -> tuple[Grid[CellT], ...]:
    """What nobody counted is left out. `own` is what the group counts today, for its own eyes."""
    counted = {*(release.values if release else ()), *(own or ())}
    return tuple(found for each in layouts if (found := without_blanks(each, counted)).rows)


def without_blanks(layout: Grid[CellT], counted: Container[CellT]) -> Grid[CellT]:
    """The rows and columns in which any number is counted."""
    known = {at for at, cell in layout.cells.items() if cell in counted}
    rows, columns = {row for row, _ in known}, {column for _, column in known}
    return replace(
        layout,
        rows=tuple(row for row in layout.rows if row.key in rows),
        columns=tuple(column for column in layout.columns if column.key in columns),
    )


# Which number stands where.


def social_risk_layouts() -> Iterator[Grid[FunnelCell]]:
    steps = [(None, step) for step in GROUP_STEPS]
    yield layout("All needs", terms_of(steps), {ALL.label: [FunnelCell(step) for _, step in steps]})
    yield layout(
        "Each need",
        [STEP_LABELS[step] for step in NEED_STEPS],
        {NEED_LABELS[need]: [FunnelCell(step, need) for step in NEED_STEPS] for need in NEEDS},
        corner="Need",
    )
    for kind in PART_TYPES:
        yield layout(
            STRATUM_TYPE_LABELS[kind],
            terms_of(PART_TERMS),
            {
                part.label: [FunnelCell(step, need, part) for need, step in PART_TERMS]
                for part in strata_of(kind)
            },
        )


def terms_of(terms: Iterable[Term]) -> list[str]:
    """
    >>> from readiness.counts.social_risk.models import Need, Step
    >>> terms_of([(Need.FOOD, Step.POSITIVE)])
    ['Food: need found']
    """
    return [
        f"{NEED_LABELS[need]}: {STEP_LABELS[step].lower()}" if need else STEP_LABELS[step]
        for need, step in terms
    ]


def layout(
    title: str,
    columns: Iterable[str],
    rows: Mapping[str, Sequence[FunnelCell]],
    corner: str = "Patients",
) -> Grid[FunnelCell]:
    headings = tuple(Heading(label, label) for label in columns)
    return Grid(
        title,
        title,
        tuple(Heading(label, label) for label in rows),
        headings,
        {
            (label, heading.key): cell
            for label, cells in rows.items()
            for heading, cell in zip(headings, cells, strict=True)
        },
        corner,
    )


def quality_layouts(period: Period) -> Iterator[Grid[QualityCell]]:
    """One for each breakdown and each field of the record."""
    for kind in QUALITY_TYPES:
        for grid in measure_grids(measure_files.load_quality(), period, kind):
            title = f"{STRATUM_TYPE_LABELS[kind]}: {grid.title.lower()}"
            estimated = {at: replace(cell, is_estimated=True) for at, cell in grid.cells.items()}
            yield replace(grid, title=title, corner="Patients")
            yield replace(
                grid, title=f"{title}, estimated by a payer", corner="Patients", cells=estimated
            )
    for each in demographic_grids({}):
        yield replace(each, title=f"{each.title} in the record", corner="Patients")


# A release as a spreadsheet: a line for each number.


SOCIAL_RISK_HEADER = (
    "Group",
    "Quarter",
    "Release",
    "Released on",
    "Need",
    "Step",
    "Breakdown",
    "Part",
    "Patients",
)
QUALITY_HEADER = (
    "Group",
    "12 months to the end of",
    "Release",
    "Released on",
    "Measure or field",
    "Breakdown",
    "Part",
    "Number",
    "Patients",
)


def sheet_of(group: Group, release: Release[C]) -> exports.Sheet:
    is_funnel = all(isinstance(cell, FunnelCell) for cell in release.values)
    header = SOCIAL_RISK_HEADER if is_funnel else QUALITY_HEADER
    widths = (36, 10, 9, 12, 24) if is_funnel else (36, 12, 9, 12, 20, 24, 30, 20)
    return exports.Sheet("Released counts", header, sheet_rows(group, release), widths)


def sheet_rows(group: Group, release: Release[C]) -> Iterator[tuple[exports.Cell, ...]]:
    about = (group.name, str(release.period), release.number, release.made_at.date())
    for cell, value in release.values.items():
        yield (*about, *labels_of(cell), HIDDEN if value is None else value)


def labels_of(cell: Hashable) -> tuple[str, str, str, str]:
    if isinstance(cell, FunnelCell):
        need = NEED_LABELS[cell.need] if cell.need else "All needs"
        kind = STRATUM_TYPE_LABELS[cell.stratum.type]
        return need, STEP_LABELS[cell.step], kind, cell.stratum.label
    if isinstance(cell, MeasureCell):
        kind = STRATUM_TYPE_LABELS[cell.stratum.type]
        breakdown = f"{kind}, estimated by a payer" if cell.is_estimated else kind
        return cell.measure_id, breakdown, cell.stratum.label, PART_LABELS[cell.part]
    if isinstance(cell, DemographicCell):
        what = state_label(cell.known, cell.origin)
        return FIELD_LABELS[cell.field], "How it is known", what, "In the record"
    raise TypeError(f"{cell} never leaves a group")


# Released social-risk counts as pictures and rates, the same on pages and on paper.


NEED_RATES = (  # heading, numerator, denominator
    ("Want help", Step.WANTS_HELP, Step.POSITIVE),
    ("Referred in 30 days", Step.REFERRED_30D, Step.WANTS_HELP),
    ("Outcome known", Step.OUTCOME_KNOWN, Step.WANTS_HELP),
    ("Connected", Step.CONNECTED, Step.OUTCOME_KNOWN),
)
FUNNEL = (Step.ELIGIBLE, Step.SCREENING_OFFERED, Step.SCREENED, Step.ANY_POSITIVE)
GROUP_RATES = {  # step -> (its denominator, in words)
    Step.SCREENING_OFFERED: (Step.ELIGIBLE, "of eligible"),
    Step.SCREENED: (Step.ELIGIBLE, "of eligible"),
    Step.ANY_POSITIVE: (Step.SCREENED, "of screened"),
}
NOT_COUNTED = "not counted yet"
NOBODY = "nobody yet"
TOO_FEW = f"fewer than {FEWEST_FOR_A_RATE}, no rate"


@dataclass(frozen=True)
class ScreeningFigures:
    """Social-risk counts as they were released."""

    quarters: str
    unit_says: str  # of the counts
    funnel: Figure
    funnel_title: str
    found: Figure
    found_title: str
    header: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


def screening_figures(quarters: Sequence[SocialRiskRelease]) -> ScreeningFigures:
    """Released counts alone: the paper may end up anywhere."""
    needs = [
        need
        for need in Need
        if released_counts.total_over(quarters, Step.SCREENED, need) != ShownCount()
    ]
    found = [
        dots.RateRow(
            NEED_LABELS[need],
            *rate_of(released_counts.share_over(quarters, Step.POSITIVE, Step.SCREENED, need)),
        )
        for need in needs
    ]
    reach = released_counts.share_over(quarters, Step.SCREENED, Step.ELIGIBLE)
    return ScreeningFigures(
        quarters=quarters_says(quarters),
        unit_says=unit_says(len(quarters)),
        funnel=bars.funnel_of(tuple(funnel_steps(quarters)), unit_over(len(quarters))),
        funnel_title=funnel_title(reach, unit_over(len(quarters))),
        found=dots.rates_of(found),
        found_title=found_title(found),
        header=("Need", *(heading for heading, _, _ in NEED_RATES)),
        rows=tuple(need_row(quarters, need) for need in needs),
    )


def need_row(quarters: Sequence[SocialRiskRelease], need: Need) -> tuple[str, ...]:
    shares = (
        released_counts.share_over(quarters, above, below, need) for _, above, below in NEED_RATES
    )
    return NEED_LABELS[need], *(rate_says(share) for share in shares)


def quarters_says(quarters: Sequence[SocialRiskRelease]) -> str:
    first, last = quarters[0].period, quarters[-1].period
    return first.label if first == last else f"{first.label} to {last.label}"


def funnel_steps(quarters: Sequence[SocialRiskRelease]) -> Iterator[bars.FunnelStep]:
    for step in FUNNEL:
        shown = released_counts.total_over(quarters, step)
        if shown == ShownCount():
            continue
        says = ""
        if step in GROUP_RATES:
            below, words = GROUP_RATES[step]
            share = released_counts.share_over(quarters, step, below)
            says = f"{rate_says(share)} {words}" if share.for_a_rate else ""
        yield bars.FunnelStep(STEP_LABELS[step], shown.people, says)


def unit_says(quarters: int) -> str:
    """What the counts of a quarter, or of several added up, are counts of.

    >>> unit_says(4)
    'Patient-quarters, not screens: each patient counted once in every quarter they were seen.'
    """
    if quarters == 1:
        return "Patients, not screens, each counted once in a number."
    return f"{PATIENT_QUARTERS.capitalize()}, not screens: {ONCE_A_QUARTER}."


def funnel_title(reach: ReleasedShare, unit: str) -> str:
    if reach.for_a_rate is None:
        return "How many patients were reached cannot be shown"
    return f"{rate_says(reach)} of eligible {unit} were screened"


def found_title(rows: Sequence[dots.RateRow]) -> str:
    known = [(row.rate, row.title) for row in rows if row.rate is not None]
    if not known:
        return "Which needs were found most often cannot be shown"
    return f"{max(known)[1]} was the need found most often"


def rate_of(share: ReleasedShare) -> tuple[float | None, float | None, float | None, str, str]:
    """Rate, its interval, what it is based on, and what is written instead of it."""
    if share.for_a_rate is None:
        return None, None, None, "", why_none(share)
    rate = wilson_rate(*share.for_a_rate)
    return float(rate.share), rate.low, rate.high, f"n = {rate.denominator:,}", ""


def why_none(share: ReleasedShare) -> str:
    if share.is_hidden:
        return HIDDEN
    if share.below.people == 0:
        return NOBODY
    return TOO_FEW if share.is_too_few else NOT_COUNTED


def rate_says(share: ReleasedShare) -> str:
    return dots.rate_says(dots.RateRow("", *rate_of(share)))
