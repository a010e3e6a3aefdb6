"""What a measure of every group earns in every replicate, from the counts of two years alone.

Arrays are (G, R): groups by replicates; those of one measure's groups of people are (S, G, R). The
first year is the same in every replicate: what is of it alone is (G, 1).
A share of 0 or 1 would claim to be free of chance: in a variance it is drawn in to 1/(n + 2) or
(n + 1)/(n + 2), and a variance is that of independent binomial counts, each at its own share.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np

from readiness.incentives.design import Design, GapKind, Lower, Rule
from readiness.incentives.population import Bools, Floats

NEARLY = 1e-9  # shares are fractions of counts: what differs by less is the same


@dataclass(frozen=True, eq=False)
class MeasureDraw:
    """One measure's shares with a good result in both years, and who is looked at."""

    before: Floats  # (S, G, 1)
    after: Floats  # (S, G, R)
    people: Floats  # (S, G, 1), 0 where a group of people is not counted
    reference: int
    changed: Bools  # (G, R) whether any true rate of the measure changes

    @property
    def others(self) -> list[int]:
        return [s for s in range(len(self.people)) if s != self.reference]


@dataclass(frozen=True, eq=False)
class ChangeEstimate:
    """By how much something got better, as a share, and its variance by chance if asked for."""

    value: Floats
    variance: Floats | None


def earned_share(design: Design, drawn: MeasureDraw) -> Floats:
    """(G, R) the part of a measure's money that its rules give, 0 to 1."""
    return sum(
        (weight * share_by_rule(rule, design, drawn) for rule, weight in design.shares.items()),
        start=np.zeros(drawn.after.shape[1:]),
    )


def share_by_rule(rule: Rule, design: Design, drawn: MeasureDraw) -> Floats:
    change = CHANGES[rule](design, drawn)
    if rule is Rule.ATTAINMENT:
        share = (change.value >= -NEARLY).astype(float)
    else:
        share = scale_payment(design, change.value)
    return share if change.variance is None else share * is_clear(design, change.variance, change)


def scale_payment(design: Design, change: Floats) -> Floats:
    """Nothing below the least points or for no change, all from the full points, a line between."""
    least, full = design.least_points / 100, design.full_points / 100
    if design.is_all_or_nothing:
        reached = (change >= least - NEARLY) & (change > NEARLY)
        return reached.astype(float)
    line: Floats = np.clip((change - least) / (full - least), 0.0, 1.0)
    return np.where(line > NEARLY, line, 0.0)


def is_clear(design: Design, variance: Floats, change: ChangeEstimate) -> Bools:
    """One-sided: the change lies above nothing by enough standard errors, on the normal curve."""
    z = NormalDist().inv_cdf(design.confidence or 0.5)
    clear: Bools = change.value + NEARLY >= z * np.sqrt(variance)
    return clear


def any_fell(design: Design, drawn: MeasureDraw) -> Bools:
    """(G, R) whether a group of people that is counted does worse by more than the tolerance."""
    allowed = design.fall_tolerance_points / 100 + NEARLY
    fell = np.zeros(drawn.after.shape[1:], dtype=bool)
    for before, after, people in zip(drawn.before, drawn.after, drawn.people, strict=True):
        fell |= (before - after > allowed) & (people > 0)
    return fell


# The lower groups of people, and their gap


def members(design: Design, drawn: MeasureDraw, stratum: int) -> Floats:
    """(G, 1) how many people of a lower group are looked at."""
    people: Floats = drawn.people[stratum]
    if design.lower is Lower.SEEN_BEHIND:
        people = people * (drawn.before[stratum] < drawn.before[drawn.reference] - NEARLY)
    return people


def narrowing(design: Design, drawn: MeasureDraw) -> ChangeEstimate:
    """The gap of the first year minus that of the second, over the same lower groups."""
    looked_at = {stratum: members(design, drawn, stratum) for stratum in drawn.others}
    measure = GAPS[design.gap]
    before = measure(design, drawn, drawn.before, looked_at)
    after = measure(design, drawn, drawn.after, looked_at)
    return ChangeEstimate(
        before.value - after.value, sum_variances(before.variance, after.variance)
    )


Members = dict[int, Floats]  # people looked at, by place of the lower group


def mean_gap(
    design: Design, drawn: MeasureDraw, shares: Floats, looked_at: Members
) -> ChangeEstimate:
    """Σ n max(0, reference − share) ÷ Σ n over the lower groups; nobody ahead makes up for them."""
    reference = shares[drawn.reference]
    short, people, weight, noise = (np.zeros_like(reference) for _ in range(4))
    for stratum, count in looked_at.items():
        away = np.maximum(reference - shares[stratum], 0.0)
        short += away * count
        people += count
        if design.confidence is not None:
            is_short = count * (away > 0)
            weight += is_short
            noise += is_short * binomial_variance(shares[stratum], drawn.people[stratum])
    people = np.maximum(people, 1.0)
    if design.confidence is None:
        return ChangeEstimate(short / people, None)
    own = binomial_variance(reference, drawn.people[drawn.reference]) / people_or_one(
        drawn, drawn.reference
    )
    return ChangeEstimate(short / people, (weight**2 * own + noise) / people**2)


def largest_gap(
    design: Design, drawn: MeasureDraw, shares: Floats, looked_at: Members
) -> ChangeEstimate:
    """The largest shortfall of a lower group, whichever it is in that year."""
    reference = shares[drawn.reference]
    largest, variance = np.zeros_like(reference), np.zeros_like(reference)
    own = binomial_variance(reference, drawn.people[drawn.reference]) / people_or_one(
        drawn, drawn.reference
    )
    for stratum, count in looked_at.items():
        away = (reference - shares[stratum]) * (count > 0)
        is_larger = away > largest
        noise = binomial_variance(shares[stratum], drawn.people[stratum]) / people_or_one(
            drawn, stratum
        )
        variance = np.where(is_larger, own + noise, variance)
        largest = np.where(is_larger, away, largest)
    return ChangeEstimate(largest, None if design.confidence is None else variance)


GAPS = {GapKind.MEAN: mean_gap, GapKind.LARGEST: largest_gap}


def binomial_variance(shares: Floats, people: Floats) -> Floats:
    """p(1 − p), away from 0 and 1."""
    inward = np.clip(shares, 1 / (people + 2), (people + 1) / (people + 2))
    found: Floats = inward * (1 - inward)
    return found


def people_or_one(drawn: MeasureDraw, stratum: int) -> Floats:
    people: Floats = np.maximum(drawn.people[stratum], 1.0)
    return people


def sum_variances(first: Floats | None, second: Floats | None) -> Floats | None:
    return None if first is None or second is None else first + second


# People taken together


def lifting(design: Design, drawn: MeasureDraw) -> ChangeEstimate:
    return change_together({s: members(design, drawn, s) for s in drawn.others}, design, drawn)


def improvement(design: Design, drawn: MeasureDraw) -> ChangeEstimate:
    return change_together(dict(enumerate(drawn.people)), design, drawn)


def attainment(design: Design, drawn: MeasureDraw) -> ChangeEstimate:
    """Above the level to reach, in the second year."""
    share, people = pooled_share(drawn.after, dict(enumerate(drawn.people)))
    above = share - (design.attainment or 0.0)
    above = np.where(people > 0, above, -1.0)
    if design.confidence is None:
        return ChangeEstimate(above, None)
    return ChangeEstimate(above, binomial_variance(share, people) / np.maximum(people, 1.0))


def change_together(looked_at: Members, design: Design, drawn: MeasureDraw) -> ChangeEstimate:
    before, people = pooled_share(drawn.before, looked_at)
    after, _ = pooled_share(drawn.after, looked_at)
    if design.confidence is None:
        return ChangeEstimate(after - before, None)
    noise = binomial_variance(before, people) + binomial_variance(after, people)
    return ChangeEstimate(after - before, noise / np.maximum(people, 1.0))


def pooled_share(shares: Floats, looked_at: Members) -> tuple[Floats, Floats]:
    """The share of several groups of people as of one, and how many they are."""
    good, people = np.zeros(shares.shape[1:]), np.zeros(shares.shape[1:])
    for stratum, count in looked_at.items():
        good += shares[stratum] * count
        people += count
    return good / np.maximum(people, 1.0), people


CHANGES = {
    Rule.NARROWING: narrowing,
    Rule.LIFTING: lifting,
    Rule.ATTAINMENT: attainment,
    Rule.IMPROVEMENT: improvement,
}
