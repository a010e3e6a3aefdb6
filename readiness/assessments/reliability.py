"""How sure a tier is, as far as the answers of many groups allow it to be told.

From 30 groups: Cronbach's alpha of each domain with its interval. From 60: which scores lie within
one standard error of measurement of a cut. Below, a sentence that it cannot be told, and never a
probability of a tier. A domain is partly an index of distinct practices, so that a low alpha is
not by itself a fault.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import sqrt
from statistics import variance

from readiness.assessments.cut_points import CUT_KINDS
from readiness.assessments.scorecard import Criterion, ScoringRun
from readiness.instruments.answers import Answers
from readiness.instruments.models import Domain, Instrument
from readiness.statistics.scales import cronbach_alpha, measurement_error

GROUPS_FOR_ALPHA = 30
GROUPS_FOR_ERROR = 60
POINTS_PER_LEVEL = 25  # a mean level of 1 is a score of 25


@dataclass(frozen=True)
class DomainAlpha:
    """Cronbach's alpha of a domain with its 95 percent interval (Feldt)."""

    domain_id: str
    items: int
    groups: int
    value: float
    low: float
    high: float
    error_points: float  # standard error of measurement of the domain's score


@dataclass(frozen=True)
class Reliability:
    groups: int
    says: str
    alphas: tuple[DomainAlpha, ...] = ()
    near: tuple[str, ...] = ()  # a sentence for each score within one standard error of a cut


def assess(instrument: Instrument, run: ScoringRun, history: Sequence[Answers]) -> Reliability:
    """`history` holds one set of answers for each group, of this version of the instrument."""
    groups = len(history)
    if groups < GROUPS_FOR_ALPHA:
        return Reliability(
            groups,
            "How sure this tier is cannot be told yet: how well the items agree takes the answers "
            f"of {GROUPS_FOR_ALPHA} groups to estimate, whether a score is too near a cut takes "
            f"{GROUPS_FOR_ERROR}, and there are {groups}.",
        )
    found = (alpha_of(domain, history) for domain in instrument.domains)
    alphas = tuple(alpha for alpha in found if alpha)
    if groups < GROUPS_FOR_ERROR:
        return Reliability(
            groups,
            f"How well each domain's items agree is estimated from {groups} groups. Whether a "
            f"score is too near a cut to be sure of takes {GROUPS_FOR_ERROR}.",
            alphas,
        )
    near = near_cuts(instrument, run, alphas)
    says = f"{len(near)} scores lie" if len(near) != 1 else "1 score lies"
    return Reliability(
        groups,
        f"{says} within one standard error of measurement of a cut, estimated from "
        f"{groups} groups.",
        alphas,
        near,
    )


def alpha_of(domain: Domain, history: Sequence[Answers]) -> DomainAlpha | None:
    """Over the items that apply to every group, and the groups that gave all of them a level."""
    items = [item.id for item in domain.items if item.na_when is None]
    cases = [case for answers in history if (case := levels(items, answers))]
    if len(items) < 2 or len(cases) < GROUPS_FOR_ALPHA:
        return None
    found = cronbach_alpha(cases)
    if found is None:
        return None
    spread = POINTS_PER_LEVEL * sqrt(variance([sum(case) / len(items) for case in cases]))
    error = measurement_error(spread, max(0.0, found.value)).of_score
    low, high = found.interval.low, found.interval.high
    return DomainAlpha(domain.id, len(items), len(cases), found.value, low, high, error)


def levels(item_ids: Sequence[str], answers: Answers) -> list[int]:
    """All the levels, or nothing when one is missing."""
    given = [answers[each].level for each in item_ids if each in answers]
    known = [level for level in given if level is not None]
    return known if len(known) == len(item_ids) else []


def near_cuts(
    instrument: Instrument, run: ScoringRun, alphas: Sequence[DomainAlpha]
) -> tuple[str, ...]:
    """Cuts of the awarded tier and of the next, each against its score's standard error."""
    errors = errors_by_subject(instrument, {each.domain_id: each for each in alphas})
    awarded = instrument.tier_by_id[run.tier_id].number
    looked_at = [
        criterion
        for trace in run.trace
        if instrument.tier_by_id[trace.tier_id].number in (awarded, awarded + 1)
        for criterion in trace.criteria
    ]
    return tuple(
        f"{criterion.says[:-1]}, within {errors[criterion.subject_id]:.1f} points of the cut."
        for criterion in looked_at
        if is_near(criterion, errors)
    )


def is_near(criterion: Criterion, errors: Mapping[str, float]) -> bool:
    return (
        criterion.asks in CUT_KINDS
        and criterion.subject_id in errors
        and criterion.needs > 0
        and criterion.has is not None
        and abs(Decimal(criterion.has) - Decimal(criterion.needs))
        <= Decimal(errors[criterion.subject_id])
    )


def errors_by_subject(
    instrument: Instrument, alphas: Mapping[str, DomainAlpha]
) -> dict[str, float]:
    """An axis is a mean of domains whose errors are taken as independent."""
    found = {domain_id: alpha.error_points for domain_id, alpha in alphas.items()}
    for axis in instrument.axes:
        if all(domain_id in alphas for domain_id in axis.domain_ids):
            squares = sum(alphas[each].error_points ** 2 for each in axis.domain_ids)
            found[axis.id] = sqrt(squares) / len(axis.domain_ids)
    return found
