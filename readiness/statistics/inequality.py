"""One number for how unequal several groups are.

Estimates and their standard errors share one unit (rates in percent, say), and results are in it
too. Uncorrected summaries are mostly chance at the size of a physician group: only the corrected
variance is for a page; the others are for research exports.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import exp, log, sqrt

from readiness.statistics.rates import share_of, z_of

NEARLY_ZERO = 1e-6  # what an estimate of 0 is read as where a logarithm is taken
PER_THOUSAND = 1000


@dataclass(frozen=True)
class GroupEstimate:
    """One group's estimate, how many people it is of, and its standard error where known."""

    estimate: float
    people: float
    error: float | None = None


@dataclass(frozen=True)
class SummaryEstimate:
    """A summary with its standard error and interval, absent where the groups' are not known."""

    value: float
    error: float | None = None
    low: float | None = None
    high: float | None = None


def weights(groups: Sequence[GroupEstimate]) -> list[float]:
    total = sum(group.people for group in groups)
    if len(groups) < 2 or total <= 0 or any(group.people < 0 for group in groups):
        raise ValueError("Give at least two groups, with how many people each of them has")
    return [group.people / total for group in groups]


def mean_of(groups: Sequence[GroupEstimate]) -> float:
    """Σ w y, with w each group's share of the people.

    Source: definition. Units: those of the estimates. Shape: groups to a number.
    Raises ValueError with fewer than two groups or nobody in them.
    """
    return sum(w * group.estimate for w, group in zip(weights(groups), groups, strict=True))


def errors_of(groups: Sequence[GroupEstimate]) -> list[float] | None:
    """Every standard error, or nothing when one is not known."""
    found = [group.error for group in groups if group.error is not None]
    return found if len(found) == len(groups) else None


def with_limits(value: float, error: float | None, confidence: float = 0.95) -> SummaryEstimate:
    if error is None:
        return SummaryEstimate(value)
    reach = z_of(confidence) * error
    return SummaryEstimate(value, error, value - reach, value + reach)


# Between two groups


@dataclass(frozen=True)
class Pairwise:
    difference: SummaryEstimate
    ratio: SummaryEstimate | None  # None when the lowest is 0; its `error` is that of the logarithm


def pairwise(groups: Sequence[GroupEstimate], confidence: float = 0.95) -> Pairwise:
    """The highest estimate minus the lowest, and divided by it; of equals the first listed.

    Its expected value is far above 0 even when all groups are the same: never a headline.

    Formula: D = max − min, SE √(s1² + s2²); R = max ÷ min, SE of ln R √((s1/y1)² + (s2/y2)²);
    normal intervals, that of R on the logarithm.
    Source: Schlotheuber and Hosseinpoor, IJERPH 19 (2022) 3697; Ahn and others, JCO Clinical
    Cancer Informatics 2 (2018) 1-19.
    Units: D those of the estimates, R none. Shape: groups to two estimates.
    Raises ValueError with fewer than two groups or nobody in them.
    """
    weights(groups)
    top = max(groups, key=lambda group: group.estimate)
    bottom = min(groups, key=lambda group: group.estimate)
    errors = errors_of([top, bottom])
    apart = sqrt(errors[0] ** 2 + errors[1] ** 2) if errors else None
    difference = with_limits(top.estimate - bottom.estimate, apart, confidence)
    if bottom.estimate <= 0:
        return Pairwise(difference, None)
    ratio = top.estimate / bottom.estimate
    if errors is None:
        return Pairwise(difference, SummaryEstimate(ratio))
    error = sqrt((errors[0] / top.estimate) ** 2 + (errors[1] / bottom.estimate) ** 2)
    reach = exp(z_of(confidence) * error)
    return Pairwise(difference, SummaryEstimate(ratio, error, ratio / reach, ratio * reach))


# Variance between groups


@dataclass(frozen=True)
class Spread:
    variance: SummaryEstimate  # in the squared unit of the estimates
    deviation: float  # its root
    percent_of_mean: float | None  # coefficient of variation; None when the mean is 0


def between_group_variance(groups: Sequence[GroupEstimate], confidence: float = 0.95) -> Spread:
    """How far groups lie from their weighted mean, uncorrected: chance included.

    Formula: BGV = Σ w(y − μ)²; BGSD = √BGV; COV = 100 BGSD/μ;
    SE = √(4 Σ w²s²(y − μ)² + 2[(Σ w²s²)² − Σ w⁴s⁴ + Σ w²(1 − w)²s⁴]); normal interval.
    Source: Ahn and others (2018); Schlotheuber and Hosseinpoor (2022).
    Units: BGV in the squared unit of the estimates, COV in percent. Shape: groups to a spread.
    Raises ValueError with fewer than two groups or nobody in them.
    """
    shares, mean, errors = weights(groups), mean_of(groups), errors_of(groups)
    away = [group.estimate - mean for group in groups]
    value = sum(w * d**2 for w, d in zip(shares, away, strict=True))
    error = None if errors is None else variance_error(shares, away, errors)
    percent = 100 * sqrt(value) / mean if mean else None
    return Spread(with_limits(value, error, confidence), sqrt(value), percent)


def variance_error(
    shares: Sequence[float], away: Sequence[float], errors: Sequence[float]
) -> float:
    each = list(zip(shares, away, errors, strict=True))
    linear = 4 * sum((w * s * d) ** 2 for w, d, s in each)
    whole = sum((w * s) ** 2 for w, _, s in each) ** 2
    own = sum((w * s) ** 4 for w, _, s in each)
    rest = sum((w * (1 - w)) ** 2 * s**4 for w, _, s in each)
    return sqrt(max(0.0, linear + 2 * (whole - own + rest)))


@dataclass(frozen=True)
class CorrectedVariance:
    """In squared percentage points."""

    naive: float
    bias: float

    @property
    def corrected(self) -> float:
        """Unbiased, and therefore sometimes below 0: raw for averaging."""
        return self.naive - self.bias

    @property
    def deviation_points(self) -> float:
        """For showing: percentage points, 0 where chance explains more than there is."""
        return sqrt(max(0.0, self.corrected))


def corrected_variance(counts: Sequence[tuple[float, float]]) -> CorrectedVariance:
    """The between-group variance of rates, less what chance alone adds to it.

    Formula: Σ w(p − μ)² − Σ w(1 − w) p(1 − p)/(n − 1), times 100²; groups of one person are
    left out, for they say nothing of chance.
    Source: derived from E[Σ w(p − μ)²] = Σ w(π − μ)² + Σ w(1 − w) π(1 − π)/n for binomial counts;
    p(1 − p)/(n − 1) is the unbiased estimate of π(1 − π)/n. Confirmed by simulation.
    Units: `counts` are pairs (x, n) of people; squared percentage points out.
    Shape: pairs to a variance. Raises ValueError when a pair is no share or fewer than two groups
    have at least two people.
    """
    kept = [(share_of(x, n), n) for x, n in counts if n != 1]
    groups = [GroupEstimate(100 * p, n) for p, n in kept]
    naive = between_group_variance(groups).variance.value
    bias = sum(
        w * (1 - w) * p * (1 - p) / (n - 1) for w, (p, n) in zip(weights(groups), kept, strict=True)
    )
    return CorrectedVariance(naive, 100**2 * bias)


# Mean distances


@dataclass(frozen=True)
class MeanDifferences:
    """Mean absolute distances: each group the same, and each by its share of the people."""

    from_mean: float
    from_mean_weighted: float
    from_best: float
    from_best_weighted: float
    from_reference: float | None
    from_reference_weighted: float | None


def mean_differences(
    groups: Sequence[GroupEstimate], is_favorable: bool, reference: int | None = None
) -> MeanDifferences:
    """How far groups lie from the mean, from the best of them, and from a declared reference.

    Formula: mean of |y − a|, unweighted over the k groups and weighted Σ w|y − a|, with a the
    weighted mean, the best estimate (highest of a favorable indicator, lowest of an adverse one)
    or the reference's. The reference itself is among the k.
    Source: Schlotheuber and Hosseinpoor (2022): MDMU, MDMW, MDBU, MDBW, MDRU, MDRW.
    Units: those of the estimates. Shape: groups, and the place of the reference among them.
    Raises ValueError with fewer than two groups or nobody in them.
    """
    best = best_of(groups, is_favorable).estimate
    referred = (None, None) if reference is None else distances(groups, groups[reference].estimate)
    return MeanDifferences(*distances(groups, mean_of(groups)), *distances(groups, best), *referred)


def distances(groups: Sequence[GroupEstimate], place: float) -> tuple[float, float]:
    """Unweighted and weighted."""
    away = [abs(group.estimate - place) for group in groups]
    weighted = sum(w * d for w, d in zip(weights(groups), away, strict=True))
    return sum(away) / len(away), weighted


def best_of(groups: Sequence[GroupEstimate], is_favorable: bool) -> GroupEstimate:
    sign = 1 if is_favorable else -1
    return max(groups, key=lambda group: sign * group.estimate)


@dataclass(frozen=True)
class DisparityIndex:
    """In percent of the mean; which variant is named, for programs differ."""

    unweighted: float
    weighted: float


def index_of_disparity(groups: Sequence[GroupEstimate]) -> DisparityIndex:
    """The variant of the World Health Organization: distances from the mean, over all k groups.

    Formula: IDISU = 100 MDMU/μ; IDISW = 100 MDMW/μ.
    Source: Schlotheuber and Hosseinpoor (2022).
    Units: percent. Shape: groups to two numbers.
    Raises ValueError with fewer than two groups, nobody in them, or a mean of 0.
    """
    mean = nonzero_mean(groups)
    unweighted, weighted = distances(groups, mean)
    return DisparityIndex(100 * unweighted / mean, 100 * weighted / mean)


def nonzero_mean(groups: Sequence[GroupEstimate]) -> float:
    mean = mean_of(groups)
    if mean == 0:
        raise ValueError("The mean is 0: take a measure that is not relative to it")
    return mean


# Entropy


@dataclass(frozen=True)
class Entropy:
    """Both times 1,000, errors and intervals too."""

    theil: SummaryEstimate
    mean_log_deviation: SummaryEstimate


def entropy(groups: Sequence[GroupEstimate], confidence: float = 0.95) -> Entropy:
    """Theil's index and the mean logarithmic deviation.

    Formula, with r = y/μ: T = 1000 Σ w r ln r, SE 1000 √(Σ (1 + ln r − Σ w r(1 + ln r))² w²s²/μ²);
    MLD = −1000 Σ w ln r, SE 1000 √(Σ (1 − 1/r)² w²s²/μ²); normal intervals. An estimate of 0 is
    read as 0.000001. Errors are 0 at equality and too small when groups differ much.
    Source: Theil (1967); Ahn and others (2018).
    Units: none, times 1,000. Shape: groups to two estimates.
    Raises ValueError with fewer than two groups, nobody in them, or an estimate below 0.
    """
    if any(group.estimate < 0 for group in groups):
        raise ValueError("A rate below 0 has no logarithm: check the estimates")
    raised = [
        GroupEstimate(group.estimate or NEARLY_ZERO, group.people, group.error) for group in groups
    ]
    shares, mean, errors = weights(raised), mean_of(raised), errors_of(raised)
    each = [(w, group.estimate / mean) for w, group in zip(shares, raised, strict=True)]
    theil = sum(w * r * log(r) for w, r in each)
    deviation = -sum(w * log(r) for w, r in each)
    if errors is None:
        return Entropy(
            SummaryEstimate(PER_THOUSAND * theil), SummaryEstimate(PER_THOUSAND * deviation)
        )
    centre = sum(w * r * (1 + log(r)) for w, r in each)
    slopes_theil = [w * (1 + log(r) - centre) / mean for w, r in each]
    slopes_deviation = [w * (1 - 1 / r) / mean for w, r in each]
    return Entropy(
        with_limits(PER_THOUSAND * theil, PER_THOUSAND * delta(slopes_theil, errors), confidence),
        with_limits(
            PER_THOUSAND * deviation, PER_THOUSAND * delta(slopes_deviation, errors), confidence
        ),
    )


def delta(slopes: Sequence[float], errors: Sequence[float]) -> float:
    """The standard error of a smooth function of independent estimates."""
    return sqrt(sum((slope * error) ** 2 for slope, error in zip(slopes, errors, strict=True)))


@dataclass(frozen=True)
class Attributable:
    risk: SummaryEstimate  # in the unit of the estimates
    percent: SummaryEstimate | None  # of the mean; None when it is 0


def attributable(
    groups: Sequence[GroupEstimate], is_favorable: bool, confidence: float = 0.95
) -> Attributable:
    """How much better the mean would be were every group at the best group's rate.

    The sign is kept: of an adverse indicator it is negative. The best group is taken as given; in
    truth it was chosen by its result, so that the interval is too narrow where groups are small.

    Formula: PAR = y* − μ, SE √((1 − w*)²s*² + Σ_others w²s²);
    PAF = 100 PAR/μ, SE 100 √(((μ − w*y*)/μ²)²s*² + Σ_others (w y*/μ²)²s²); normal intervals.
    Source: Walter, American Journal of Epidemiology 108 (1978) 1-11, for the quantities; errors by
    the delta method, shares of people taken as fixed. Confirmed by simulation.
    Units: PAR those of the estimates, PAF percent. Shape: groups to two estimates.
    Raises ValueError with fewer than two groups or nobody in them.
    """
    shares, mean, errors = weights(groups), mean_of(groups), errors_of(groups)
    best = best_of(groups, is_favorable)
    top, place = best.estimate, groups.index(best)
    slopes = [float(i == place) - w for i, w in enumerate(shares)]
    risk = with_limits(top - mean, delta(slopes, errors) if errors else None, confidence)
    if mean == 0:
        return Attributable(risk, None)
    relative = [100 * (mean * (i == place) - w * top) / mean**2 for i, w in enumerate(shares)]
    error = delta(relative, errors) if errors else None
    return Attributable(risk, with_limits(100 * (top - mean) / mean, error, confidence))


def fractional_ranks(ranked_by: Sequence[float], people: Sequence[float]) -> list[float]:
    """Where in the ranking of all people the middle one of each group stands.

    Groups that are ranked alike share the middle of their people together, so that their order
    does not matter.

    Formula: (people ranked below + half of those ranked alike) ÷ all people.
    Source: O'Donnell and others, Analyzing Health Equity Using Household Survey Data, World Bank
    (2008), ch. 8; ties as in Van Ourti, J Health Economics 23 (2004) 115-128.
    Units: any to rank by, people; shares out, above 0 and below 1 where there is anybody.
    Shape: sequences to one of the same length.
    Raises ValueError when lengths differ, or there is nobody or less than nobody.
    """
    total = sum(people)
    if len(ranked_by) != len(people) or total <= 0 or min(people) < 0:
        raise ValueError("Give what to rank by and how many people for each group")
    ranks = [0.0] * len(people)
    below = 0.0
    order = sorted(range(len(people)), key=ranked_by.__getitem__)
    for _, alike in groupby(order, key=ranked_by.__getitem__):
        places = list(alike)
        here = sum(people[place] for place in places)
        for place in places:
            ranks[place] = (below + here / 2) / total
        below += here
    return ranks


def concentration_index(
    given: Sequence[float], ranked_by: Sequence[float], people: Sequence[float]
) -> float:
    """From −1, all to the lowest ranked, over 0, the same to everybody, to 1, all to the highest.

    Formula: (2/μ) Σ f h (R − ½), with f a group's share of the people, h what each of them gets,
    μ = Σ f h and R the fractional rank; so 2 Σ given (R − ½) ÷ Σ given.
    Source: Kakwani, Wagstaff and van Doorslaer, J Econometrics 77 (1997) 87-103; O'Donnell and
    others (2008), ch. 8.
    Units: `given` in all to each group, in dollars say; no unit out. Shape: sequences to a number.
    Raises ValueError as `fractional_ranks`, or when nothing, or less than nothing, is given.

    >>> concentration_index([10, 10], [0.1, 0.4], [100, 100])
    0.0
    >>> concentration_index([0, 10], [0.1, 0.4], [100, 100])
    0.5
    """
    ranks = fractional_ranks(ranked_by, people)
    if len(given) != len(people) or sum(given) <= 0 or min(given) < 0:
        raise ValueError("Give what each group gets, above 0 in all")
    return 2 * sum(g * (rank - 0.5) for g, rank in zip(given, ranks, strict=True)) / sum(given)
