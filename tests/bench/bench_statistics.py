"""Type-I error, coverage and bias of the statistics, by trying every table or drawing many.

Seeded, so that every run prints the same. In brackets: what theory or the literature leads one to
expect.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from itertools import product
from math import comb, nan
from statistics import fmean, quantiles, stdev

from readiness.statistics import (
    beta_binomial,
    between_groups,
    comparisons,
    control_charts,
    hypothesis_tests,
    inequality,
    rates,
    scales,
)
from readiness.statistics.between_groups import WeightedCount, change_in_gap

DRAWS = 4_000
SIZES = (
    ((60, 15, 12, 10), "24.3, 43.3, 65.0, 5.5, 11.7, 0"),
    ((150, 40, 30, 20), "15.9, 30.0, 26.4, 3.5, 7.6, 0"),
    ((600, 120, 100, 60), "9.0, 16.7, 7.2, 1.7, 4.3, 0"),
    ((3_000, 450, 400, 250), "4.5, 8.3, 1.5, 0.7, 2.1, 0"),
)
Counts = list[tuple[float, float]]


def random_counts(rng: random.Random, ps: Sequence[float], ns: Sequence[int]) -> Counts:
    return [(binomial(rng, n, p), n) for n, p in zip(ns, ps, strict=True)]


def binomial(rng: random.Random, n: int, p: float) -> int:
    """By inversion for few people, by the normal curve for many: their tails do not matter here."""
    if n > 200:
        return min(n, max(0, round(rng.gauss(n * p, (n * p * (1 - p)) ** 0.5))))
    return sum(rng.random() < p for _ in range(n))


def groups_of(counts: Counts) -> list[inequality.GroupEstimate]:
    return [
        inequality.GroupEstimate(100 * x / n, n, 100 * (x / n * (1 - x / n) / n) ** 0.5)
        for x, n in counts
    ]


def chance_alone() -> Iterator[str]:
    yield "No true disparity, p = .70 (largest gap, its 95th percentile, variance, MDMW, IDISU,"
    yield "corrected variance; points and squared points):"
    for sizes, expected in SIZES:
        rng = random.Random(1)
        rows = []
        for _ in range(DRAWS):
            counts = random_counts(rng, [0.7] * 4, sizes)
            groups = groups_of(counts)
            rows.append(
                (
                    inequality.pairwise(groups).difference.value,
                    inequality.corrected_variance(counts).naive,
                    inequality.mean_differences(groups, is_favorable=True).from_mean_weighted,
                    inequality.index_of_disparity(groups).unweighted,
                    inequality.corrected_variance(counts).corrected,
                )
            )
        gap, *others = zip(*rows, strict=True)
        found = [fmean(gap), quantiles(gap, n=20)[-1], *map(fmean, others)]
        numbers = ", ".join(f"{value:.2f}" for value in found)
        yield f"  {'/'.join(map(str, sizes))}: {numbers} [{expected}]"


def true_spread() -> Iterator[str]:
    rng = random.Random(2)
    found = [
        inequality.corrected_variance(
            random_counts(rng, (0.74, 0.66, 0.68, 0.72), (60, 15, 12, 10))
        )
        for _ in range(2 * DRAWS)
    ]
    yield (
        f"True variance 10, 60/15/12/10: plain {fmean(f.naive for f in found):.1f} [75], "
        f"corrected {fmean(f.corrected for f in found):.1f} [9.9]"
    )


def fell_by_chance() -> Iterator[str]:
    for sizes, _ in SIZES:
        rng = random.Random(3)
        fell = 0
        for _ in range(DRAWS):
            before, after = (
                inequality.corrected_variance(
                    random_counts(rng, (0.74, 0.66, 0.68, 0.72), sizes)
                ).naive
                for _ in range(2)
            )
            fell += after < 0.8 * before
        yield (
            f"Plain variance fell by a fifth without any change, {'/'.join(map(str, sizes))}: "
            f"{fell / DRAWS:.0%} [37 to 43 %]"
        )


def variance_errors() -> Iterator[str]:
    for rates_, sizes in (((95, 10, 20), (500, 300, 200)), ((74, 66, 70), (1_000, 200, 100))):
        rng = random.Random(4)
        shares = [value / 100 for value in rates_]
        exact = groups_of([(p * n, n) for p, n in zip(shares, sizes, strict=True)])
        again = [groups_of(random_counts(rng, shares, sizes)) for _ in range(DRAWS)]
        for name, measure in (
            ("variance", lambda g: inequality.between_group_variance(g).variance),
            ("Theil", lambda g: inequality.entropy(g).theil),
            ("mean log deviation", lambda g: inequality.entropy(g).mean_log_deviation),
            ("PAR", lambda g: inequality.attributable(g, is_favorable=True).risk),
        ):
            simulated = stdev(measure(groups).value for groups in again)
            yield (
                f"Standard error of {name}, rates {rates_}: {measure(exact).error:.3f}, "
                f"drawn {simulated:.3f}"
            )


def type_one_error() -> Iterator[str]:
    for p in (0.5, 0.7, 0.9):
        for sizes in ((10, 10, 10, 10), (60, 15, 12, 10), (600, 120, 100, 60)):
            rng = random.Random(5)
            ps = [
                hypothesis_tests.homogeneity(random_counts(rng, [p] * 4, sizes)).p
                for _ in range(3 * DRAWS)
            ]
            false = sum(each <= 0.05 for each in ps) / len(ps)
            yield f"Chi-square, p = {p}, {'/'.join(map(str, sizes))}: {false:.1%} false [near 5 %]"


def difference_coverage() -> Iterator[str]:
    expected = {
        (15, 60, 0.9, 0.95): (78.8, 79.3, 96.5, nan),
        (10, 60, 0.6, 0.7): (91.1, 92.5, 95.0, nan),
    }
    for (n1, n2, p1, p2), known in expected.items():
        covered = {
            "Wald": covers(comparisons.wald, n1, n2, p1, p2, p1 - p2),
            "Katz": covers(katz, n1, n2, p1, p2, p1 / p2),
            "Newcombe": covers(comparisons.newcombe, n1, n2, p1, p2, p1 - p2),
            "Miettinen-Nurminen": covers(comparisons.miettinen_nurminen, n1, n2, p1, p2, p1 - p2),
        }
        for (name, share), other in zip(covered.items(), known, strict=True):
            note = f" [{other}]" if other == other else ""
            yield f"Coverage of {name}, {n1} beside {n2}, {p1} and {p2}: {share:.1%}{note}"


def katz(x1: int, n1: int, x2: int, n2: int) -> comparisons.Ratio:
    """Undefined with nobody on one side: then it covers nothing."""
    if not x1 or not x2:
        return comparisons.Ratio(nan, nan, nan)
    return comparisons.katz(x1, n1, x2, n2)


def covers(
    method: Callable[..., comparisons.Difference | comparisons.Ratio],
    n1: int, n2: int, p1: float, p2: float, truth: float,
) -> float:  # fmt: skip
    """Over every table, each with its chance."""
    return sum(
        chance(x1, n1, p1) * chance(x2, n2, p2)
        for x1, x2 in product(range(n1 + 1), range(n2 + 1))
        if (found := method(x1, n1, x2, n2)).low <= truth <= found.high
    )


def chance(x: int, n: int, p: float) -> float:
    return float(comb(n, x) * p**x * (1 - p) ** (n - x))


def rate_coverage() -> Iterator[str]:
    for name, method in (
        ("Wilson", rates.wilson),
        ("Jeffreys", rates.jeffreys),
        ("Clopper-Pearson", rates.clopper_pearson),
    ):
        shares = [step / 100 for step in range(5, 96, 5)]
        for n in (12, 30, 100):
            intervals = [method(x, n) for x in range(n + 1)]
            each = [
                sum(chance(x, n, p) for x in range(n + 1) if intervals[x].holds(p)) for p in shares
            ]
            yield (
                f"Coverage of {name}, n = {n}, rates .05 to .95: mean {fmean(each):.1%}, "
                f"least {min(each):.1%}"
            )


def change_coverage() -> Iterator[str]:
    for sizes in ((15, 60), (40, 200), (100, 500)):
        rng, (n1, n2), held = random.Random(6), sizes, 0
        for _ in range(DRAWS):
            before, after = (
                [WeightedCount(1, *pair) for pair in random_counts(rng, ps, (n1, n2))]
                for ps in ((0.60, 0.75), (0.70, 0.78))
            )
            found = change_in_gap((before[0], before[1]), (after[0], after[1]))
            held += found.low <= 0.07 <= found.high
        yield f"Coverage of a change in gap, {n1} beside {n2}: {held / DRAWS:.1%} [95 % or more]"


def shrinkage() -> Iterator[str]:
    rng = random.Random(7)
    strength = 0.7 * 0.3 / 0.08**2 - 1
    raw, drawn_in = [], []
    for _ in range(20):
        truth = [rng.betavariate(0.7 * strength, 0.3 * strength) for _ in range(200)]
        counts = random_counts(rng, truth, [rng.randint(10, 79) for _ in truth])
        prior = beta_binomial.fit(counts).prior
        for p, (x, n) in zip(truth, counts, strict=True):
            raw.append((x / n - p) ** 2)
            drawn_in.append(((x + prior.alpha) / (n + prior.strength) - p) ** 2)
    yield (
        f"Error of 200 groups' rates, SD 8 points: plain {100 * fmean(raw) ** 0.5:.2f} points "
        f"[7.84], shrunken {100 * fmean(drawn_in) ** 0.5:.2f} [5.37]"
    )
    for groups in (13, 30, 100):
        found = []
        for _ in range(200):
            truth = [rng.betavariate(0.7 * 32, 0.3 * 32) for _ in range(groups)]
            found.append(
                beta_binomial.fit(random_counts(rng, truth, [200] * groups)).prior.strength
            )
        low, *_, high = quantiles(found, n=20)
        note = " [20 to 92]" if groups == 13 else ""
        yield f"α + β of 32 found from {groups} groups of 200: {low:.0f} to {high:.0f}{note}"


def gap_spread() -> Iterator[str]:
    for groups in (13, 30, 100):
        rng, found = random.Random(8), []
        for _ in range(300):
            made = []
            for _ in range(groups):
                p1 = min(0.98, max(0.02, 0.70 + rng.gauss(-0.06, 0.05)))
                (x1, n1), (x2, n2) = random_counts(rng, (p1, 0.7), (100, 500))
                made.append(between_groups.gap_of(x1, n1, x2, n2))
            found.append(100 * between_groups.true_gaps(made).spread)
        low, *_, high = quantiles(found, n=20)
        yield f"SD of true gaps of 5 points found from {groups} groups: {low:.1f} to {high:.1f}"


def alpha_intervals() -> Iterator[str]:
    for groups, expected in ((13, ".59-.93"), (30, ".67-.89"), (60, ".72-.87"), (300, ".76-.83")):
        low, high = (found := scales.feldt(0.8, 10, groups)).low, found.high
        yield f"Alpha .80 of ten items, {groups} groups: {low:.2f}-{high:.2f} [{expected}]"


def false_signals() -> Iterator[str]:
    rng = random.Random(9)
    for points in (12, 16, 20, 24, 30):
        series = [[rng.random() for _ in range(points)] for _ in range(DRAWS)]
        own = sum(control_charts.run_chart(each).is_signal for each in series) / DRAWS
        frozen = sum(control_charts.run_chart(each, 0.5).is_signal for each in series) / DRAWS
        yield (
            f"Run chart of {points} points without a change: {own:.1%} signal about their own "
            f"median, {frozen:.1%} about a frozen one [near 5 % or less]"
        )


def run() -> Iterator[str]:
    for part in (
        chance_alone,
        true_spread,
        fell_by_chance,
        variance_errors,
        type_one_error,
        rate_coverage,
        difference_coverage,
        change_coverage,
        shrinkage,
        gap_spread,
        alpha_intervals,
        false_signals,
    ):
        yield from part()
