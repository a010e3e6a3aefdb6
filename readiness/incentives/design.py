"""What a payer may fix in an equity incentive before anybody is paid, and what cannot be simulated.

Points are percentage points; a "good result" is meeting a measure where higher is better, and not
being counted by it where lower is better, so that every rule reads upward.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.core.errors import Problem


class Rule(StrEnum):
    """What a measure of a group is paid for."""

    NARROWING = "gap narrowing"
    LIFTING = "lifting the lower groups"
    ATTAINMENT = "attainment"
    IMPROVEMENT = "overall improvement"
    COMPOSITE = "composite"


RULE_MEANS = {
    Rule.NARROWING: "The gap to the reference became smaller, whoever moved.",
    Rule.LIFTING: "The people in the lower groups, taken together, do better than a year before.",
    Rule.ATTAINMENT: "All people counted, taken together, reach a level, whatever came before.",
    Rule.IMPROVEMENT: "All people counted, taken together, do better than a year before.",
    Rule.COMPOSITE: "Several of these rules, each with its share of the money.",
}
PLAIN_RULES = (Rule.NARROWING, Rule.LIFTING, Rule.ATTAINMENT, Rule.IMPROVEMENT)
ON_GAPS = frozenset({Rule.NARROWING, Rule.LIFTING})  # look at the lower groups apart
ON_CHANGE = frozenset({Rule.NARROWING, Rule.LIFTING, Rule.IMPROVEMENT})  # have points to reach


class PoolSplit(StrEnum):
    """By what the pool is divided into the most that each group can earn."""

    EQUAL = "equally"
    BY_PATIENTS = "by patients"
    BY_PEOPLE_BEHIND = "by people in the groups behind"


class Lower(StrEnum):
    """Which groups of people are "the lower ones" of a group and measure."""

    SEEN_BEHIND = "those seen behind in the first year"
    ALL_OTHERS = "all but the reference"


class GapKind(StrEnum):
    """One number for several lower groups of people."""

    MEAN = "mean shortfall, weighted by patients"
    LARGEST = "largest shortfall"


class Joining(StrEnum):
    """How several measures of a group make one payment."""

    EACH = "each measure pays its part"
    ALL = "every measure has to earn"


@dataclass(frozen=True)
class Design:
    """One way of paying.

    A measure of a group earns nothing below `least_points`, all at `full_points`, and in proportion
    between the two; where they are one, it is all or nothing. A change of nothing never earns.
    """

    name: str
    measure_ids: tuple[str, ...]
    rule: Rule
    weights: Mapping[Rule, float] = field(default_factory=dict)  # of a composite's rules
    least_points: float = 0.0
    full_points: float = 0.0
    attainment: float | None = None  # share with a good result, 0 to 1
    least_denominator: int = 11  # people in each group of people, in both years
    least_reliability: float | None = None  # None: not asked
    confidence: float | None = None  # one-sided; None: the point estimate decides
    no_fall: bool = False  # no group of people of a measure may do worse
    fall_tolerance_points: float = 0.0  # than by this much
    pool: int = 1_000_000  # dollars
    split: PoolSplit = PoolSplit.EQUAL
    least_tier: int | None = None  # None: open to every tier
    lower: Lower = Lower.SEEN_BEHIND
    gap: GapKind = GapKind.MEAN
    joining: Joining = Joining.EACH

    @property
    def shares(self) -> dict[Rule, float]:
        """The part of a measure's money that each rule decides on; they add up to 1."""
        if self.rule is not Rule.COMPOSITE:
            return {self.rule: 1.0}
        total = sum(self.weights.values())
        return {rule: weight / total for rule, weight in self.weights.items() if weight}

    @property
    def is_all_or_nothing(self) -> bool:
        return self.full_points <= self.least_points


def problems_of(design: Design) -> tuple[Problem, ...]:
    """Everything that keeps a design from being simulated, each with the field it is in."""
    return tuple(Problem(place, says) for found in CHECKS for place, says in found(design))


Found = Iterator[tuple[str, str]]


def problems_in_payment(design: Design) -> Found:
    if not design.name.strip():
        yield "name", "Give the design a name."
    if not design.measure_ids:
        yield "measure_ids", "Choose at least one measure."
    if len(set(design.measure_ids)) < len(design.measure_ids):
        yield "measure_ids", "Choose each measure once."
    if design.pool <= 0:
        yield "pool", "Give the pool in dollars, above 0."


def problems_in_weights(design: Design) -> Found:
    if design.rule is not Rule.COMPOSITE:
        return
    if any(weight < 0 for weight in design.weights.values()) or Rule.COMPOSITE in design.weights:
        yield "weights", "Weigh plain rules, each with 0 or more."
    if sum(weight > 0 for weight in design.weights.values()) < 2:
        yield "weights", "Weigh at least two rules above 0, or choose a plain rule."


def rules_of(design: Design) -> frozenset[Rule]:
    if design.rule is not Rule.COMPOSITE:
        return frozenset({design.rule})
    return frozenset(rule for rule, weight in design.weights.items() if weight > 0)


def problems_in_thresholds(design: Design) -> Found:
    if not 0 <= design.least_points <= 100:
        yield "least_points", "Give the least points from 0 to 100."
    if not design.least_points <= design.full_points <= 100:
        yield "full_points", "Give the points for full payment from the least points to 100."
    if Rule.ATTAINMENT not in rules_of(design):
        return
    if design.attainment is None or not 0 < design.attainment <= 1:
        yield "attainment", "Give the level to reach as a percentage above 0, up to 100."


def problems_in_safeguards(design: Design) -> Found:
    if design.least_denominator < 1:
        yield "least_denominator", "Ask for at least 1 person in each group of people."
    if design.least_reliability is not None and not 0 < design.least_reliability < 1:
        yield "least_reliability", "Give the least reliability between 0 and 1, or none."
    if design.confidence is not None and not 0.5 <= design.confidence < 1:
        yield "confidence", "Give the confidence from 50 to below 100 percent, or none."
    if not 0 <= design.fall_tolerance_points <= 100:
        yield "fall_tolerance_points", "Give the points a rate may fall from 0 to 100."


CHECKS = (problems_in_payment, problems_in_weights, problems_in_thresholds, problems_in_safeguards)


@dataclass(frozen=True)
class Preset:
    id: str
    says: str
    design: Design  # its measures are the payer's to choose


PRESETS = (
    Preset(
        "narrowing",
        "Pays where the gap to the reference looks smaller than a year before, whoever moved and "
        "whether or not chance alone could have done it.",
        Design("Gap narrowing, point estimate", (), Rule.NARROWING, least_points=2, full_points=5),
    ),
    Preset(
        "lifting",
        "Pays where patients in the lower groups do better by more than chance would explain, "
        "with at least 30 patients in each group of people.",
        Design(
            "Lift the lower groups, tested",
            (),
            Rule.LIFTING,
            full_points=5,
            confidence=0.9,
            least_denominator=30,
        ),
    ),
    Preset(
        "attainment",
        "Pays everybody who reaches a level over all patients, wherever they came from.",
        Design("Attainment", (), Rule.ATTAINMENT, attainment=0.65),
    ),
    Preset(
        "improvement",
        "Pays for doing better over all patients, and nothing on a measure where any group of "
        "people does worse by more than 3 points.",
        Design(
            "Improvement with nobody falling",
            (),
            Rule.IMPROVEMENT,
            least_points=1,
            full_points=3,
            no_fall=True,
            fall_tolerance_points=3,
        ),
    ),
)


FIRST_PRESETS = ("narrowing", "lifting")  # what an empty form starts with


PRESET_BY_ID = {each.id: each for each in PRESETS}
