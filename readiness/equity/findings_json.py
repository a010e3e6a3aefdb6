"""The findings as a dictionary for a command line or an interface; shares, never percent.

Hidden numbers are null, and so is everything that would rest on one.
"""

from __future__ import annotations

from typing import Any

from readiness.equity.change import Change, StratumChange
from readiness.equity.findings import Findings
from readiness.equity.gaps import GapSpread, StratumGap, StratumRate, TableFinding
from readiness.equity.portfolio import FunnelOfAll, GapsOfAll, GroupGap, Portfolio
from readiness.statistics.comparisons import Difference

Json = dict[str, Any]


def as_json(findings: Findings) -> Json:
    return {
        "measures": [
            table_json(table, findings.changes.get(table.table.place)) for table in findings.tables
        ],
        "portfolio": {"splits": [portfolio_json(each) for each in findings.portfolios]},
    }


def table_json(finding: TableFinding, change: Change | None) -> Json:
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


def rate_json(rate: StratumRate) -> Json:
    return {
        "stratum": rate.stratum,
        "numerator": rate.count.numerator,
        "denominator": rate.count.denominator,
        "rate": rate.rate,
        "low": rate.low,
        "high": rate.high,
        "use": str(rate.use),
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


def portfolio_json(portfolio: Portfolio) -> Json:
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
