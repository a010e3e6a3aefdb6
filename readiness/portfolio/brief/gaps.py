"""Released gaps that a brief may speak of: clear ones, and whether they are reliable too."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from readiness.core.formatting import day, points
from readiness.counts.measures.models import Direction, QualityMeasure
from readiness.equity.gaps import StratumGap
from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.equity.service.released_gaps import RELIABLE, ReleasedGaps
from readiness.plans.service.gaps import label

NOTHING = (
    "No quality measure by race, ethnicity or language has been released, so nothing here says "
    "that a gap is present, or that none is."
)
NO_REFERENCE = (
    "Quality measures of the {period} were released without a declared reference, so no gap can be "
    "told. Which patients the others are compared with is the group’s to say."
)
NONE_COMPARED = (
    "Quality measures of the {period} were released, and none has enough patients beside "
    "{reference}, the declared reference, to compare."
)
NONE_CLEAR = "No interval of the {period} lies wholly on the worse side of {reference}."
BASIS = (
    "Rates of the {period} beside {reference}, the reference the group declared; 95 percent "
    "intervals (Newcombe)."
)


@dataclass(frozen=True)
class GapLine:
    """One group of people beside the reference, as a share; never more than was released."""

    measure: str
    is_lower_better: bool
    people: str
    difference: float
    low: float
    high: float
    n: int
    reference_n: int
    reliability: float | None  # None: cannot be told
    is_reliable: bool

    @property
    def is_worse(self) -> bool:
        return self.difference > 0 if self.is_lower_better else self.difference < 0

    @property
    def is_clear(self) -> bool:
        """The whole interval lies on the worse side."""
        return self.low > 0 if self.is_lower_better else self.high < 0

    @property
    def span(self) -> str:
        return f"{points(self.difference)} ({points(self.low)} to {points(self.high)})"

    @property
    def reading(self) -> str:
        if self.reliability is None:
            return "clear"
        told = f"reliability {self.reliability:.2f}"
        return f"{'clear, reliable' if self.is_reliable else 'clear, not reliable'} ({told})"


@dataclass(frozen=True)
class Gaps:
    """Those that are clear, the surest first, and what the others come to."""

    says: str  # what they rest on, or why there is none
    clear: tuple[GapLine, ...]
    compared: tuple[GapLine, ...]
    may_be_chance: int

    @property
    def is_untold(self) -> bool:
        """Gaps are shown and no reliability stands beside any of them."""
        return bool(self.clear) and all(line.reliability is None for line in self.clear)


RELIABILITY = (
    f"Reliability cannot be told below {GROUPS_FOR_SPREAD} groups with the same measure: a clear "
    "gap is a direction, not a verdict."
)


def gaps_of(found: ReleasedGaps | None) -> Gaps:
    if found is None:
        return Gaps(NOTHING, (), (), 0)
    words = {
        "period": f"12 months to {found.release.period.label}",
        "reference": found.reference.label if found.reference else "",
    }
    compared = tuple(lines(found))
    clear = tuple(sorted((line for line in compared if line.is_clear), key=surest_first))
    says = BASIS
    if not found.reference:
        says = NO_REFERENCE
    elif not compared:
        says = NONE_COMPARED
    elif not clear:
        says = f"{BASIS} {NONE_CLEAR}"
    return Gaps(said(says, words, found), clear, compared, len(compared) - len(clear))


def surest_first(line: GapLine) -> tuple[bool, float]:
    """Reliable ones, then by the near end of the interval: a wide one may rest on few patients."""
    return not line.is_reliable, -min(abs(line.low), abs(line.high))


def said(says: str, words: dict[str, str], found: ReleasedGaps) -> str:
    release = f"Release {found.release.number} of {day(found.release.made_at)}."
    return f"{says.format(**words)} {release}"


def lines(found: ReleasedGaps) -> Iterator[GapLine]:
    for measure, finding in found.findings:
        counts = finding.table.counts
        reference = counts.get(finding.reference or "")
        for gap in finding.gaps:
            if gap.difference is not None and measure.direction is not Direction.NONE:
                reference_n = (reference.denominator if reference else 0) or 0
                n = counts[gap.stratum].denominator or 0
                yield line(found, measure, gap, n, reference_n)


def line(
    found: ReleasedGaps, measure: QualityMeasure, gap: StratumGap, n: int, reference_n: int
) -> GapLine:
    return GapLine(
        measure=measure.title,
        is_lower_better=measure.direction is Direction.LOWER,
        people=label(found, gap.stratum),
        difference=gap.difference or 0.0,
        low=gap.low or 0.0,
        high=gap.high or 0.0,
        n=n,
        reference_n=reference_n,
        reliability=gap.reliability,
        is_reliable=gap.use in RELIABLE,
    )
