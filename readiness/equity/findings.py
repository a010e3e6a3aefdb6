"""Everything that a set of rows says of equity, for one group or many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from itertools import pairwise
from typing import Any

from readiness.counts.measures.models import Direction
from readiness.disclosure.flat_counts import length_in_months
from readiness.equity.across_groups import (
    FunnelOfAll,
    GapsOfAll,
    GroupComparison,
    GroupGap,
    comparison_of,
    true_spreads,
)
from readiness.equity.case_mix import CaseMixGaps, case_mix_gaps, case_mix_json
from readiness.equity.change import PeriodChange, StratumChange, change_between
from readiness.equity.family import HypothesisFamily, PrimaryGap, adjust_together, family_of
from readiness.equity.gaps import GapSpread, StratumGap, StratumRate, TableFinding, finding_of
from readiness.equity.over_years import PeriodSeries, series_json, series_over_years
from readiness.equity.shrinkage import DeclaredPriors, StratumShrinkage, shrunken_rates
from readiness.equity.tables import TOTAL, StratumRow, StratumTable, TableKey, tables_of
from readiness.statistics.comparisons import Difference

SplitKey = tuple[str, str, str]  # measure, period, stratum type


@dataclass(frozen=True)
class Declarations:
    """What nobody may pick by looking at the numbers."""

    references: Mapping[str, str] = field(default_factory=dict)  # stratum by stratum type
    directions: Mapping[str, Direction] = field(default_factory=dict)  # higher unless declared
    primary: tuple[PrimaryGap, ...] = ()
    priors: DeclaredPriors | None = None
    # Standard deviation of true gaps by measure, from elsewhere, for too few groups to tell it.
    true_spreads: Mapping[str, float] = field(default_factory=dict)

    def reference(self, place: TableKey) -> str | None:
        """All patients together have nobody to be compared with."""
        return None if place.stratum_type == TOTAL else self.references.get(place.stratum_type)

    def direction(self, place: TableKey) -> Direction:
        return self.directions.get(place.measure, Direction.HIGHER)


@dataclass(frozen=True)
class EquityFindings:
    tables: tuple[TableFinding, ...]
    families: tuple[HypothesisFamily, ...]  # one for each group
    changes: Mapping[TableKey, PeriodChange]  # since the period before, where there is one
    portfolios: tuple[GroupComparison, ...]  # where two groups or more have the same split
    priors: DeclaredPriors | None = None
    over_years: tuple[PeriodSeries, ...] = ()  # where there are several periods
    case_mix: tuple[CaseMixGaps, ...] = ()


def findings_of(rows: Iterable[StratumRow], declared: Declarations) -> EquityFindings:
    """`rows` as they were released. Raises ValueError when rows contradict each other."""
    tables = tables_of(rows)
    splits = by_split(tables)
    spreads = {
        split: true_spreads(each, declared.reference(each[0].place))
        for split, each in splits.items()
    }
    shrunken = {split: shrunken_rates(each, declared.priors) for split, each in splits.items()}
    found = [
        with_shrunken(
            finding_of(
                table,
                declared.reference(table.place),
                declared.direction(table.place),
                spreads_for(table, spreads[split_of(table)], declared),
            ),
            shrunken[split_of(table)],
        )
        for table in tables
    ]
    by_group: dict[str, list[TableFinding]] = {}
    for each in found:
        by_group.setdefault(each.table.place.group_id, []).append(each)
    adjusted = [adjust_together(own, declared.primary) for own in by_group.values()]
    in_place = {each.table.place: each for own in adjusted for each in own}
    return EquityFindings(
        tuple(in_place[table.place] for table in tables),
        tuple(family_of(own) for own in adjusted),
        changes_of(tables, declared),
        tuple(
            comparison_of(each, declared.reference(each[0].place))
            for each in splits.values()
            if len(each) > 1
        ),
        declared.priors,
        series_over_years(tables, declared.references),
        case_mix_gaps(tables, declared.references),
    )


def with_shrunken(
    finding: TableFinding, shrunken: Mapping[tuple[str, str], StratumShrinkage]
) -> TableFinding:
    group_id = finding.table.place.group_id
    rates = (
        replace(each, shrunken=shrunken.get((group_id, each.stratum))) for each in finding.rates
    )
    return replace(finding, rates=tuple(rates))


def split_of(table: StratumTable) -> SplitKey:
    return table.place.measure, table.place.period, table.place.stratum_type


def by_split(tables: Sequence[StratumTable]) -> dict[SplitKey, list[StratumTable]]:
    found: dict[SplitKey, list[StratumTable]] = {}
    for table in tables:
        found.setdefault(split_of(table), []).append(table)
    return found


def spreads_for(
    table: StratumTable, told: Mapping[str, float], declared: Declarations
) -> Mapping[str, float]:
    """What these groups tell goes before what was declared."""
    given = declared.true_spreads.get(table.place.measure)
    return told if given is None else {**dict.fromkeys(table.counts, given), **told}


def changes_of(
    tables: Sequence[StratumTable], declared: Declarations
) -> dict[TableKey, PeriodChange]:
    """Each table against the one before it of the same group, measure and way of splitting.

    Only periods that last equally long are compared: years with years, quarters with quarters.
    """
    series: dict[tuple[str, str, str, int], list[StratumTable]] = {}
    for table in tables:
        place = table.place
        key = place.group_id, place.measure, place.stratum_type, length_in_months(place.period)
        series.setdefault(key, []).append(table)
    return {
        after.place: change_between(
            before, after, declared.reference(after.place), declared.direction(after.place)
        )
        for each in series.values()
        for before, after in pairwise(sorted(each, key=lambda table: table.place.period))
    }


Json = dict[str, Any]


def as_json(findings: EquityFindings) -> Json:
    return {
        "measures": [
            table_json(table, findings.changes.get(table.table.place)) for table in findings.tables
        ],
        "prior": prior_json(findings.priors),
        "families": [family_json(each) for each in findings.families],
        "portfolio": {"splits": [portfolio_json(each) for each in findings.portfolios]},
        "over_years": [series_json(each) for each in findings.over_years],
        "case_mix": [case_mix_json(each) for each in findings.case_mix],
    }


def table_json(finding: TableFinding, change: PeriodChange | None) -> Json:
    place = finding.table.place
    return {
        "measure": place.measure,
        "period": place.period,
        "group_id": place.group_id,
        "stratum_type": place.stratum_type,
        "strata": [rate_json(rate) for rate in finding.rates],
        "reference": finding.reference,
        "gaps": [gap_json(gap) for gap in finding.gaps],
        "spread": spread_json(finding.spread),
        "change": [change_json(each, change.since) for each in change.strata] if change else [],
        "every_group_improved": change and change.every_group_improved,
        "says": [*finding.says, *(change.says if change else ())],
    }


def prior_json(priors: DeclaredPriors | None) -> Json | None:
    if priors is None:
        return None
    return {
        "name": priors.name,
        "source": priors.source,
        "made_on": priors.made_on.isoformat(),
        "says": priors.says,
    }


def family_json(family: HypothesisFamily) -> Json:
    return {**asdict(family), "says": family.says}


def rate_json(rate: StratumRate) -> Json:
    return {
        "stratum": rate.stratum,
        "numerator": rate.count.numerator,
        "denominator": rate.count.denominator,
        "rate": rate.rate,
        "low": rate.low,
        "high": rate.high,
        "use": str(rate.use),
        **({"shrunken": shrunken_json(rate.shrunken)} if rate.shrunken else {}),
    }


def shrunken_json(found: StratumShrinkage) -> Json:
    return {
        "rate": found.rate.mean,
        "low": found.rate.low,
        "high": found.rate.high,
        "weight": found.rate.weight,
        "prior": "declared" if found.is_declared else "these groups",
    }


def gap_json(gap: StratumGap) -> Json:
    return {
        "stratum": gap.stratum,
        "difference": gap.difference,
        "low": gap.low,
        "high": gap.high,
        "to_close": gap.to_close,
        "detectable": gap.detectable,
        "reliability": gap.reliability,
        "use": str(gap.use),
        "p": gap.p,
        "p_adjusted": gap.p_adjusted,
        "p_bh": gap.p_bh,
        "is_primary": gap.is_primary,
        "could_flip": gap.could_flip,
    }


def spread_json(spread: GapSpread | None) -> Json:
    """`bgv_corrected` in squared percentage points, below 0 where chance explains more."""
    return {
        "bgv_corrected": spread and spread.variance_points,
        "bgsd_points": spread and spread.deviation_points,
        "chi2": spread and spread.test.statistic,
        "df": spread and spread.test.df,
        "p": spread and spread.test.p,
        "strata": list(spread.strata) if spread else [],
    }


def change_json(change: StratumChange, since: str) -> Json:
    """Later minus earlier; of the gap too, which is the stratum's rate minus the reference's."""
    return {
        "since": since,
        "stratum": change.stratum,
        "rate": difference_json(change.rate),
        "gap": difference_json(change.gap),
        "says": change.says,
    }


def difference_json(found: Difference | None) -> Json | None:
    if found is None:
        return None
    return {"difference": found.difference, "low": found.low, "high": found.high}


def portfolio_json(portfolio: GroupComparison) -> Json:
    return {
        "measure": portfolio.measure,
        "period": portfolio.period,
        "stratum_type": portfolio.stratum_type,
        "reference": portfolio.reference,
        "gaps": [gaps_json(each) for each in portfolio.gaps],
        "funnels": [funnel_json(each) for each in portfolio.funnels],
    }


def gaps_json(gaps: GapsOfAll) -> Json:
    true = gaps.true
    return {
        "stratum": gaps.stratum,
        "n_groups": len(gaps.groups),
        "mean": true and true.mean,
        "sd_true": true and true.spread,
        "heterogeneity": true
        and {
            "chi2": true.heterogeneity.statistic,
            "df": true.heterogeneity.df,
            "p": true.heterogeneity.p,
        },
        "says": gaps.says,
        "groups": [group_json(each) for each in gaps.groups],
    }


def group_json(group: GroupGap) -> Json:
    return {
        "group_id": group.group_id,
        **(difference_json(group.gap) or {}),
        "shrunken": difference_json(group.shrunken),
        "p": group.p,
        "p_holm": group.p_holm,
        "p_bh": group.p_bh,
        "third": group.position.third,
        "percentile": group.position.percentile,
    }


def funnel_json(funnel: FunnelOfAll) -> Json:
    return {
        "stratum": funnel.stratum,
        "target": funnel.target,
        "overdispersion": funnel.overdispersion,
        "groups": [
            {
                "group_id": point.group_id,
                "people": point.people,
                "rate": point.rate,
                "warning": [point.limits.warning.low, point.limits.warning.high],
                "alarm": [point.limits.alarm.low, point.limits.alarm.high],
                "signal": point.signal,
            }
            for point in funnel.points
        ],
    }
