"""Could it be chance, also over many comparisons, and what could be found at all."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import erfc, sqrt

from readiness.statistics.rates import NORMAL, share_of, z_of


@dataclass(frozen=True)
class ChiSquare:
    statistic: float
    df: int
    p: float


def homogeneity(counts: Sequence[tuple[float, float]]) -> ChiSquare:
    """Whether several groups could share one rate.

    Formula: Pearson's Σ (observed − expected)²/expected over the 2 × k table, which is
    Σ n(p − p̄)² ÷ p̄(1 − p̄), on k − 1 degrees of freedom, without continuity correction. When
    nobody or everybody is counted the groups cannot differ: 0, with p = 1.
    Source: Pearson (1900). Its type-I error stays near 5 percent down to groups of 10.
    Units: `counts` are pairs (x, n) of people. Shape: pairs to a test.
    Raises ValueError with fewer than two groups, or when a pair is no share.
    """
    if len(counts) < 2:
        raise ValueError("Give at least two groups to compare")
    shares = [share_of(x, n) for x, n in counts]
    total = sum(n for _, n in counts)
    pooled = sum(x for x, _ in counts) / total
    df = len(counts) - 1
    if pooled in (0, 1):
        return ChiSquare(0.0, df, 1.0)
    away = sum(n * (p - pooled) ** 2 for p, (_, n) in zip(shares, counts, strict=True))
    statistic = away / (pooled * (1 - pooled))
    return ChiSquare(statistic, df, chi_square_above(statistic, df))


def chi_square_above(value: float, df: int) -> float:
    from scipy.special import chdtrc  # slow to import, and most pages never need it

    return float(chdtrc(df, value))


def two_tailed(z: float) -> float:
    """P(|Z| > |z|) for a standard normal Z.

    Formula: erfc(|z|/√2). Source: definition. Units: none. Shape: number to number.
    """
    return erfc(abs(z) / sqrt(2))


def equality(x1: float, n1: float, x2: float, n2: float) -> float:
    """The two-tailed p of two shares being one, with the pooled variance.

    Formula: z = (p1 − p2) ÷ √(p̄(1 − p̄)(1/n1 + 1/n2)); p = 1 when nobody or everybody is counted.
    Source: textbook score test; its square is Pearson's chi-square on one degree of freedom.
    Units: people in, a probability out. Shape: two counts to a number.
    Raises ValueError when one is no share.
    """
    difference = share_of(x1, n1) - share_of(x2, n2)
    pooled = (x1 + x2) / (n1 + n2)
    if pooled in (0, 1):
        return 1.0
    return two_tailed(difference / sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2)))


def holm(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the chance of even one false claim: for claims.

    Formula: in rising order, the largest so far of (m − i + 1) p, at most 1.
    Source: Holm, Scandinavian Journal of Statistics 6 (1979) 65-70.
    Units: probabilities. Shape: as many as given, in their order.
    Raises ValueError when one is not between 0 and 1.
    """
    found, highest = [0.0] * len(ps), 0.0
    for rank, place in enumerate(rising_order(ps)):
        highest = max(highest, min(1.0, (len(ps) - rank) * ps[place]))
        found[place] = highest
    return found


def holm_after_primary(ps: Sequence[float], are_primary: Sequence[bool]) -> list[float]:
    """Adjusted p-values where some hypotheses were declared primary: others wait for them.

    Formula: `holm` over the primary ones; of the others the larger of `holm` over them and of the
    largest of the primary ones. The chance of even one false claim is kept over all of them.
    Source: serial gatekeeping, Westfall and Krishen, Journal of Statistical Planning and Inference
    99 (2001) 25-40.
    Units: probabilities. Shape: as many as given, in their order.
    Raises ValueError when one is not between 0 and 1, or the lists differ in length.
    """
    pairs = list(zip(ps, are_primary, strict=True))
    first = holm([p for p, is_primary in pairs if is_primary])
    gate = max(first, default=0.0)
    others = [max(gate, p) for p in holm([p for p, is_primary in pairs if not is_primary])]
    left, right = iter(first), iter(others)
    return [next(left if is_primary else right) for is_primary in are_primary]


def benjamini_hochberg(ps: Sequence[float]) -> list[float]:
    """Adjusted p-values that keep the share of false among the found: for screening.

    Formula: in falling order, the smallest so far of (m/i) p, at most 1.
    Source: Benjamini and Hochberg, JRSS B 57 (1995) 289-300.
    Units: probabilities. Shape: as many as given, in their order.
    Raises ValueError when one is not between 0 and 1.
    """
    found, lowest = [1.0] * len(ps), 1.0
    for rank, place in reversed(list(enumerate(rising_order(ps), start=1))):
        lowest = min(lowest, len(ps) / rank * ps[place])
        found[place] = lowest
    return found


def rising_order(ps: Sequence[float]) -> list[int]:
    """Places, from the smallest p-value to the largest."""
    if not all(0 <= p <= 1 for p in ps):
        raise ValueError("A p-value lies between 0 and 1: check the list")
    return sorted(range(len(ps)), key=lambda place: ps[place])


HALVINGS = 50


def power(p1: float, p2: float, n1: float, n2: float, alpha: float = 0.05) -> float:
    """The chance that a two-sided test finds the difference between two true rates.

    Formula: Φ((|p1 − p2| − z √(p̄(1 − p̄)(1/n1 + 1/n2))) ÷ √(p1(1 − p1)/n1 + p2(1 − p2)/n2)), with
    p̄ the mean weighted by people and z = Φ⁻¹(1 − α/2); the far tail is left out.
    Source: Fleiss, Statistical Methods for Rates and Proportions (1981); with n1 = n2 it is R's
    power.prop.test.
    Units: shares and people in, a probability out. Shape: numbers to a number.
    Raises ValueError when a rate is not between 0 and 1, a group is empty, or `alpha` no level.
    """
    check_rates(p1, p2, n1, n2)
    pooled = (n1 * p1 + n2 * p2) / (n1 + n2)
    apart = abs(p1 - p2) - z_of(1 - alpha) * sqrt(pooled * (1 - pooled) * (1 / n1 + 1 / n2))
    error = sqrt(p1 * (1 - p1) / n1 + p2 * (1 - p2) / n2)
    if error == 0:
        return float(apart > 0)
    return NORMAL.cdf(apart / error)


def sample_size_each(p1: float, p2: float, wanted: float = 0.8, alpha: float = 0.05) -> float:
    """How many people each of two groups needs, of equal size.

    Formula: ((z_{1−α/2} √(2 p̄(1 − p̄)) + z_power √(p1(1 − p1) + p2(1 − p2))) ÷ (p1 − p2))².
    Source: Fleiss (1981); R's power.prop.test.
    Units: shares in, people out, not rounded up. Shape: numbers to a number.
    Raises ValueError when a rate is not between 0 and 1, when they are equal, or when `wanted` or
    `alpha` is no level.
    """
    check_rates(p1, p2, 1, 1)
    if p1 == p2:
        raise ValueError("The two rates are equal: no number of people would show a difference")
    if not 0 < wanted < 1:
        raise ValueError(f"{wanted} is not a power: give one such as 0.8")
    pooled = (p1 + p2) / 2
    under_null = z_of(1 - alpha) * sqrt(2 * pooled * (1 - pooled))
    under_both = NORMAL.inv_cdf(wanted) * sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return float(((under_null + under_both) / (p1 - p2)) ** 2)


def detectable_rate_below(
    reference: float, n: float, n_reference: float, wanted: float = 0.8, alpha: float = 0.05
) -> float | None:
    """The highest rate below the reference's that would be found; None when not even 0 would.

    Formula: the p with `power`(p, reference) = `wanted`, by halving.
    Source: Fleiss (1981), solved for p.
    Units: shares and people in, a share out. Shape: numbers to a number.
    Raises ValueError as `power` does.
    """

    def excess(gap: float) -> float:
        return power(max(0.0, reference - gap), reference, n, n_reference, alpha) - wanted

    gap = smallest_enough(excess, reference)
    return None if gap is None else reference - gap


def detectable_rate_above(
    reference: float, n: float, n_reference: float, wanted: float = 0.8, alpha: float = 0.05
) -> float | None:
    """The lowest rate above the reference's that would be found: for measures where less is better.

    Formula: `detectable_rate_below` of the complements. Source: Fleiss (1981), solved for p.
    Units: shares and people in, a share out. Shape: numbers to a number; None when not even 1 would
    be found. Raises ValueError as `power` does.
    """
    found = detectable_rate_below(1 - reference, n, n_reference, wanted, alpha)
    return None if found is None else 1 - found


def smallest_enough(excess: Callable[[float], float], largest: float) -> float | None:
    """The smallest gap at which `excess`, rising from below 0, is no longer below it."""
    if largest <= 0 or excess(largest) < 0:
        return None
    low, high = 0.0, largest
    for _ in range(HALVINGS):
        middle = (low + high) / 2
        low, high = (low, middle) if excess(middle) >= 0 else (middle, high)
    return high


def check_rates(p1: float, p2: float, n1: float, n2: float) -> None:
    if not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError(f"{p1} and {p2} are not both rates between 0 and 1")
    if n1 <= 0 or n2 <= 0:
        raise ValueError("Both groups need at least one person")
