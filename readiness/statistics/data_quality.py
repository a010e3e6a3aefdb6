"""How much of the data is there, how far records agree, and what only estimates can say."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from readiness.statistics.rates import Interval, clopper_pearson, share_of, wilson, z_of


@dataclass(frozen=True)
class Completeness:
    share: float
    low: float
    high: float
    threshold: float

    @property
    def meets_point(self) -> bool:
        return self.share >= self.threshold

    @property
    def meets_lower_bound(self) -> bool:
        """The gate: a share that reaches the mark by luck does not pass."""
        return self.low >= self.threshold


def completeness(
    known: float, total: float, threshold: float = 0.8, confidence: float = 0.95
) -> Completeness:
    """The share that is known, with Wilson limits, against a mark.

    Formula: known ÷ total; `wilson` limits. 412 of 515 is 80.0 percent, and does not pass.
    Source: Wilson (1927); the mark of 80 percent self-reported is MassHealth's for end of 2025.
    Units: people in, shares out. Shape: counts to a completeness.
    Raises ValueError when it is no share, or `confidence` no level.
    """
    limits = wilson(known, total, confidence)
    return Completeness(share_of(known, total), limits.low, limits.high, threshold)


def worst_case(x: float, n: float, unknown_met: float, unknown_unmet: float) -> Interval:
    """What a group's rate could be, were people of unknown group its members.

    Formula: x ÷ (n + u0) to (x + u1) ÷ (n + u1), u1 and u0 the unknown who met the measure or not.
    Source: Manski, Journal of Human Resources 24 (1989) 343-360 (worst-case bounds).
    Units: people in, shares out. Shape: counts to an interval.
    Raises ValueError when it is no share, or an unknown count is below 0.
    """
    share_of(x, n)
    if unknown_met < 0 or unknown_unmet < 0:
        raise ValueError("A number of people is not below 0: check the unknown")
    return Interval(x / (n + unknown_unmet), (x + unknown_met) / (n + unknown_met))


def could_flip(
    one: tuple[float, float], two: tuple[float, float], unknown: tuple[float, float]
) -> bool | None:
    """Whether people of unknown group could turn round which of two groups has the higher rate.

    Formula: the worst-case bounds of the two overlap; None when the rates are equal, for then
    there is no order to turn round.
    Source: `worst_case`: those who met the measure go to the lower group and the others to the
    higher, which can happen at once.
    Units: pairs (x, n) of people. Shape: three counts to yes or no.
    Raises ValueError as `worst_case` does.
    """
    (x, n) = unknown
    first, second = share_of(*one), share_of(*two)
    if first == second:
        return None
    upper, lower = (one, two) if first > second else (two, one)
    return worst_case(*upper, x, n - x).low <= worst_case(*lower, x, n - x).high


Table = Sequence[Sequence[float]]


@dataclass(frozen=True)
class Kappa:
    agreement: float  # share on the diagonal, or weighted
    value: float
    error: float
    low: float
    high: float


def cohen_kappa(table: Table, confidence: float = 0.95) -> Kappa:
    """Agreement beyond what chance would give.

    Formula: κ = (p_o − p_e) ÷ (1 − p_e); the error is that of `weighted_kappa` with weights 1 on
    the diagonal and 0 elsewhere.
    Source: Cohen, Educational and Psychological Measurement 20 (1960) 37-46; error by Fleiss,
    Cohen and Everitt, Psychological Bulletin 72 (1969) 323-327.
    Units: counts in, shares out. Shape: a square table to a kappa.
    Raises ValueError when the table is not square, empty, or both put everyone in one category.
    """
    places = range(len(table))
    return kappa(table, [[float(i == j) for j in places] for i in places], confidence)


def weighted_kappa(table: Table, confidence: float = 0.95) -> Kappa:
    """Agreement beyond chance on an ordered scale: near misses count in part.

    Formula, with weights w = 1 − (i − j)² ÷ (k − 1)²: κ = (p_o − p_e) ÷ (1 − p_e), p_o = Σ w p,
    p_e = Σ w p_i. p_.j; SE² = {Σ p [w(1 − p_e) − (w̄_i. + w̄_.j)(1 − p_o)]²
    − (p_o p_e − 2 p_e + p_o)²} ÷ N(1 − p_e)⁴.
    Source: Cohen, Psychological Bulletin 70 (1968) 213-220; Fleiss, Cohen and Everitt (1969).
    Units: counts in, shares out. Shape: a square table to a kappa.
    Raises ValueError when the table is not square, empty, or both put everyone in one category.
    """
    places, farthest = range(len(table)), max(1, len(table) - 1)
    weights = [[1 - ((i - j) / farthest) ** 2 for j in places] for i in places]
    return kappa(table, weights, confidence)


def kappa(table: Table, weights: Table, confidence: float) -> Kappa:
    shares, total = shares_of(table)
    places = range(len(table))
    rows, columns = (
        [sum(row) for row in shares],
        [sum(column) for column in zip(*shares, strict=True)],
    )
    row_weights = [sum(weights[i][j] * columns[j] for j in places) for i in places]
    column_weights = [sum(weights[i][j] * rows[i] for i in places) for j in places]
    seen = sum(weights[i][j] * shares[i][j] for i in places for j in places)
    chance = sum(row * weight for row, weight in zip(rows, row_weights, strict=True))
    if chance >= 1:
        raise ValueError("Both put everyone in one category: agreement beyond chance has no sense")
    value = (seen - chance) / (1 - chance)
    spread = sum(
        shares[i][j]
        * (weights[i][j] * (1 - chance) - (row_weights[i] + column_weights[j]) * (1 - seen)) ** 2
        for i in places
        for j in places
    )
    variance = (spread - (seen * chance - 2 * chance + seen) ** 2) / (total * (1 - chance) ** 4)
    error = sqrt(max(0.0, variance))
    reach = z_of(confidence) * error
    return Kappa(seen, value, error, value - reach, value + reach)


def shares_of(table: Table) -> tuple[list[list[float]], float]:
    total = sum(map(sum, table))
    if any(len(row) != len(table) for row in table) or total <= 0:
        raise ValueError("Give a table with as many rows as columns, and someone in it")
    return [[count / total for count in row] for row in table], total


@dataclass(frozen=True)
class Proportion:
    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Diagnostic:
    """Each is absent where nobody could show it."""

    sensitivity: Proportion | None
    specificity: Proportion | None
    predictive_positive: Proportion | None
    predictive_negative: Proportion | None


def diagnostic(
    true_positive: float,
    false_positive: float,
    false_negative: float,
    true_negative: float,
    confidence: float = 0.95,
) -> Diagnostic:
    """How well a record finds those who are something, and how far it can be believed.

    Formula: TP/(TP + FN), TN/(TN + FP), TP/(TP + FP), TN/(TN + FN), with Clopper-Pearson limits.
    Source: Altman and Bland, BMJ 308 (1994) 1552 and 309 (1994) 102; Clopper and Pearson (1934).
    Units: people in, shares out. Shape: four counts to four shares.
    Raises ValueError when a count is below 0 or `confidence` is no level.
    """

    def share(x: float, others: float) -> Proportion | None:
        if not x + others:
            return None
        limits = clopper_pearson(x, x + others, confidence)
        return Proportion(x / (x + others), limits.low, limits.high)

    return Diagnostic(
        share(true_positive, false_negative),
        share(true_negative, false_positive),
        share(true_positive, false_positive),
        share(true_negative, false_negative),
    )


@dataclass(frozen=True)
class Concordance:
    """A record against a reference: never the overall agreement alone."""

    kappa: Kappa
    categories: tuple[Diagnostic, ...]  # in the order of the table

    @property
    def agreement(self) -> float:
        return self.kappa.agreement


def concordance(table: Table, confidence: float = 0.95) -> Concordance:
    """How a record (columns) agrees with people's own word (rows), overall and by category.

    Formula: `cohen_kappa`, and `diagnostic` of each category against all others.
    Source: as there. Units: people in, shares out. Shape: a square table to a concordance.
    Raises ValueError as `cohen_kappa` does.
    """
    total = sum(map(sum, table))
    found = cohen_kappa(table, confidence)
    columns = [sum(column) for column in zip(*table, strict=True)]
    each = (
        (row[place], columns[place] - row[place], sum(row) - row[place])
        for place, row in enumerate(table)
    )
    return Concordance(
        found,
        tuple(
            diagnostic(both, only_record, only_reference, rest, confidence)
            for both, only_record, only_reference in each
            for rest in [total - both - only_record - only_reference]
        ),
    )


@dataclass(frozen=True)
class EstimatedRate:
    weighted: float | None  # None when the group has no weight
    effective_people: float  # Σ p
    kish_people: float | None  # (Σ p)² ÷ Σ p²: what the weighted rate is worth in people
    by_likeliest: float | None  # everyone put where they most likely belong; None without anyone
    likeliest_people: int


def probability_weighted_rates(
    probabilities: Sequence[Sequence[float]], outcomes: Sequence[float]
) -> tuple[EstimatedRate, ...]:
    """Rates by group, each person counted in every group by its probability.

    Putting everyone where they most likely belong usually exaggerates gaps, and weighting usually
    shrinks them: both are given.

    Formula: Σ p y ÷ Σ p, in Σ p people; by the likeliest group (the first of equals), Σ y ÷ n.
    Source: Chen and others, FAccT (2019) 339-348; McCaffrey and Elliott, HSR 43 (2008) 1085-1101;
    effective number by Kish, Survey Sampling (1965).
    Units: probabilities and outcomes of 0 or 1 in, shares out. Shape: a row for each person, a
    column for each group, to one rate for each group.
    Raises ValueError when rows and outcomes differ in number, rows in length, or a probability
    lies outside 0 to 1.
    """
    rows = list(probabilities)
    if not rows or len(rows) != len(outcomes) or len({len(row) for row in rows}) != 1:
        raise ValueError("Give every person the same number of probabilities, and one outcome")
    if not all(0 <= p <= 1 for row in rows for p in row):
        raise ValueError("A probability lies between 0 and 1: check the rows")
    likeliest = [row.index(max(row)) for row in rows]
    return tuple(
        estimated_rate(
            [row[place] for row in rows],
            outcomes,
            [y for y, best in zip(outcomes, likeliest, strict=True) if best == place],
        )
        for place in range(len(rows[0]))
    )


def estimated_rate(
    weights: Sequence[float], outcomes: Sequence[float], own: Sequence[float]
) -> EstimatedRate:
    people, squares = sum(weights), sum(p**2 for p in weights)
    met = sum(p * y for p, y in zip(weights, outcomes, strict=True))
    return EstimatedRate(
        weighted=met / people if people else None,
        effective_people=people,
        kish_people=people**2 / squares if squares else None,
        by_likeliest=sum(own) / len(own) if own else None,
        likeliest_people=len(own),
    )
