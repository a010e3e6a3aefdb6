"""Gaps that are shown together are one family, and p-values are adjusted over all of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass, replace

from readiness.equity.gaps import StratumGap, TableFinding
from readiness.statistics.hypothesis_tests import benjamini_hochberg, holm_after_primary

PrimaryGap = tuple[str, str]  # measure and stratum, declared before anybody saw the numbers


@dataclass(frozen=True)
class HypothesisFamily:
    """The gaps of one group that were tested: over measures, strata and periods."""

    group_id: str
    comparisons: int
    measures: int
    strata: int
    periods: int
    primary: int  # of the comparisons

    @property
    def says(self) -> str:
        if self.comparisons < 2:
            return f"{('No', 'One')[self.comparisons]} gap was tested: no p-value is adjusted."
        over = ", ".join(
            f"{number} {noun}" if number == 1 else f"{number} {nouns}"
            for number, noun, nouns in (
                (self.measures, "measure", "measures"),
                (self.strata, "stratum", "strata"),
                (self.periods, "period", "periods"),
            )
        )
        return (
            f"{self.comparisons} gaps ({over}) are one family: p-values are adjusted over it by "
            f"Holm for claims and by Benjamini and Hochberg for screening.{self.primary_says}"
        )

    @property
    def primary_says(self) -> str:
        if not self.primary:
            return " None was declared primary."
        return (
            f" {self.primary} declared primary: adjusted first and apart by Holm. Another gap is "
            "claimed only where every primary one is."
        )


def adjust_together(
    findings: Sequence[TableFinding], primary: Collection[PrimaryGap] = ()
) -> tuple[TableFinding, ...]:
    """Those of one group, with what is left of their p-values."""
    tested = list(tested_gaps(findings))
    ps = [gap.p for _, gap in tested if gap.p is not None]
    are_primary = [is_primary(finding, gap, primary) for finding, gap in tested]
    adjusted = iter(
        zip(holm_after_primary(ps, are_primary), benjamini_hochberg(ps), are_primary, strict=True)
    )

    def adjust(gap: StratumGap) -> StratumGap:
        if gap.p is None:
            return gap
        strict, mild, first = next(adjusted)
        return replace(gap, p_adjusted=strict, p_bh=mild, is_primary=first)

    return tuple(
        replace(finding, gaps=tuple(adjust(gap) for gap in finding.gaps)) for finding in findings
    )


def family_of(findings: Sequence[TableFinding]) -> HypothesisFamily:
    """Of the findings of one group, adjusted together."""
    tested = list(tested_gaps(findings))
    places = [finding.table.place for finding, _ in tested]
    return HypothesisFamily(
        findings[0].table.place.group_id,
        len(tested),
        len({place.measure for place in places}),
        len({(finding.table.place.stratum_type, gap.stratum) for finding, gap in tested}),
        len({place.period for place in places}),
        sum(bool(gap.is_primary) for _, gap in tested),
    )


def tested_gaps(findings: Sequence[TableFinding]) -> list[tuple[TableFinding, StratumGap]]:
    return [(each, gap) for each in findings for gap in each.gaps if gap.p is not None]


def is_primary(finding: TableFinding, gap: StratumGap, primary: Collection[PrimaryGap]) -> bool:
    return (finding.table.place.measure, gap.stratum) in primary
