"""How far two records of the same people agree. Tables have the reference in rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from readiness.statistics.rates import clopper_pearson, z_of

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


def people_for_sensitivity(expected: float, reach: float, confidence: float = 0.95) -> float:
    """How many people of a category a reference sample needs.

    Formula: z² p(1 − p) ÷ h². Source: normal approximation, Cochran, Sampling Techniques (1977).
    Units: shares in, people out, not rounded up. Shape: numbers to a number.
    Raises ValueError unless `expected` and `reach` lie between 0 and 1.
    """
    if not (0 < expected < 1 and 0 < reach < 1):
        raise ValueError("Give the sensitivity expected and its reach as shares between 0 and 1")
    return z_of(confidence) ** 2 * expected * (1 - expected) / reach**2
