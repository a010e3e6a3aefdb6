"""What a design would also do, in sentences a payer can weigh before anything is signed.

Each caution appears when the design, or what was simulated of it, calls for it; a figure in it is
from the simulation, and none is shown where nothing was simulated of the kind. Long, because it is
the list of all of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from math import hypot

from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.incentives.design import ON_CHANGE, ON_GAPS, Design, Lower, Rule, rules_of
from readiness.incentives.models import (
    HIGHEST_THIRD,
    DesignOutcome,
    Eligibility,
    GroupOutcome,
    GroupSlice,
    Simulated,
    TrueChange,
)


class Harm(StrEnum):
    NOBODY = "Nobody can be paid"
    FALL = "Pays for a fall"
    CHANCE = "Pays for chance"
    REGRESSION = "Pays for what returns by itself"
    ALREADY_THERE = "Pays those already there"
    BLIND = "Does not look at the lower groups"
    FINDS_FEW = "Passes over true gains"
    SAFEGUARD = "The safeguard strikes by chance"
    MONEY_LEAVES = "Money leaves groups with high social risk"
    TOO_SMALL = "Small groups are left out"
    HIDDEN = "Hidden numbers are not paid on"
    UNRELIABLE = "Unreliable numbers are not paid on"
    UNTOLD = "Reliability cannot be told"
    NOBODY_BEHIND = "Groups without a gap have no part"
    TIER = "The tier condition closes access"
    LINE = "Invites stopping at the line"
    RECODING = "Recoding can earn money"


@dataclass(frozen=True)
class Caution:
    harm: Harm
    says: str  # what happens, and what to do about it

    def __str__(self) -> str:
        return f"{self.harm}. {self.says}"


PAID_BY_CHANCE = 0.05  # share of groups from which it is worth a word
FOUND = 0.5  # share of true gains below which it is
WORTH_A_WORD = 0.01  # share of the pool that a fall adds, from which it is
STRUCK = 0.05  # share of measures on which a safeguard strikes by chance from which it is
CLEARLY = 2  # standard errors by which two simulated numbers have to differ


@dataclass(frozen=True)
class SimulatedDesign:
    """One design, and what was simulated of it."""

    design: Design
    outcomes: tuple[DesignOutcome, ...]

    def in_case(self, kind: TrueChange) -> DesignOutcome | None:
        return next((each for each in self.outcomes if each.scenario.kind is kind), None)

    def out(self, *whys: Eligibility) -> tuple[GroupOutcome, ...]:
        """Groups that take no part for one of these reasons: the same in every scenario."""
        return tuple(group for group in self.outcomes[0].groups if group.eligibility in whys)


def cautions(outcomes: Sequence[DesignOutcome]) -> tuple[Caution, ...]:
    """Of one design in each scenario that was tried, gravest first."""
    if not outcomes or any(each.design != outcomes[0].design for each in outcomes):
        raise ValueError("Give the outcomes of one design")
    tried = SimulatedDesign(outcomes[0].design, tuple(outcomes))
    return tuple(Caution(harm, says) for harm, found in FINDERS.items() for says in found(tried))


Found = Iterator[str]


def nobody(tried: SimulatedDesign) -> Found:
    if not tried.outcomes[0].taking_part:
        yield (
            "No group takes part under this design, so the pool stays with the payer. Ask for "
            "fewer people, for a lower tier or for less reliability."
        )


def fall(tried: SimulatedDesign) -> Found:
    """Only what was simulated tells it: other conditions may keep a fall from paying."""
    still, fallen = tried.in_case(TrueChange.NOTHING), tried.in_case(TrueChange.HIGHER_FALLS)
    if still is None or fallen is None:
        return
    if not is_above(fallen.spent, still.spent, WORTH_A_WORD * tried.design.pool):
        return
    yield (
        f"When the reference group truly falls by {points(fallen.scenario.points)} and nobody "
        f"gains, {percent(fallen.paid)} of the groups are paid something, {dollars(fallen.spent)} "
        f"in all, against {percent(still.paid)} and {dollars(still.spent)} when nothing changes. "
        "Pay for lifting the lower groups, or let no group of people fall."
    )


def chance(tried: SimulatedDesign) -> Found:
    still = tried.in_case(TrueChange.NOTHING)
    is_on_change = bool(rules_of(tried.design) & ON_CHANGE)
    if still is None or not is_on_change or still.paid.value < PAID_BY_CHANCE:
        return
    yield (
        f"When nothing truly changes, {percent(still.paid)} of the groups are paid something by "
        f"chance, {dollars(still.spent)} of the pool of {dollars(tried.design.pool)}. Ask for more "
        "points, for confidence, or for more people."
    )


def regression(tried: SimulatedDesign) -> Found:
    if tried.design.lower is Lower.SEEN_BEHIND and rules_of(tried.design) & ON_GAPS:
        yield (
            "The lower groups are picked by the first year's counts, which are partly bad luck; "
            "the year after they look better by themselves. Name the lower groups beforehand."
        )


def already_there(tried: SimulatedDesign) -> Found:
    still = tried.in_case(TrueChange.NOTHING)
    if Rule.ATTAINMENT not in rules_of(tried.design):
        return
    paid = (
        f" {percent(still.paid)} of the groups are paid something when nothing changes."
        if still
        else ""
    )
    yield (
        f"Attainment pays who is at the level already, with nothing new for it.{paid} "
        "Weigh it less, or pay for change beside it."
    )


def blind(tried: SimulatedDesign) -> Found:
    if not rules_of(tried.design) & ON_GAPS:
        guarded = (
            " The safeguard keeps the lower groups from falling, but asks no gain of them."
            if tried.design.no_fall
            else ""
        )
        yield (
            "It looks at all people together: better care for the reference group alone can earn "
            f"it, while the gap widens.{guarded} Pay for lifting the lower groups beside it."
        )


def finds_few(tried: SimulatedDesign) -> Found:
    gained = tried.in_case(TrueChange.TRUE_GAIN)
    found = gained.paid_of_changed if gained else None
    if gained and found and found.value < FOUND:
        yield (
            f"Where the lower groups truly gain up to {points(gained.scenario.points)}, only "
            f"{percent(found)} of the groups are paid; the others did the work for nothing. Ask "
            "for fewer points, pool years, or pay in proportion."
        )


def safeguard(tried: SimulatedDesign) -> Found:
    still = tried.in_case(TrueChange.NOTHING)
    if still is None or still.fell is None or still.fell.value < STRUCK:
        return
    by = tried.design.fall_tolerance_points
    further = f" by more than {points(by)}" if by else ""
    yield (
        f"When nothing truly changes, chance makes at least one group of people fall{further} on "
        f"{percent(still.fell)} of the measures that count, and they earn nothing; the more "
        "groups of people there are, the more often. Allow a larger fall."
    )


def money_leaves(tried: SimulatedDesign) -> Found:
    """In a true gain if it was tried, else in whatever was."""
    outcome = tried.in_case(TrueChange.TRUE_GAIN) or tried.outcomes[0]
    index, present = outcome.concentration, outcome.present_concentration
    if index is None or present is None or index.value + CLEARLY * index.error >= present:
        return
    yield (
        f"Dollars lean away from groups with high social risk: the concentration index is "
        f"{number(index.value)}, and {number(present)} for what is paid today."
        f"{in_the_highest_third(outcome)} Divide the pool by people in the groups behind."
    )


def in_the_highest_third(outcome: DesignOutcome) -> str:
    for third in outcome.by_social_risk:
        if third.name == HIGHEST_THIRD and third.dollar_share:
            return third_says(third, third.dollar_share)
    return ""


def third_says(third: GroupSlice, share: Simulated) -> str:
    return (
        f" The third of the groups with the highest social risk has {third.patient_share:.0%} of "
        f"the patient-measures and gets {percent(share)} of the dollars."
    )


def too_small(tried: SimulatedDesign) -> Found:
    out = tried.out(Eligibility.TOO_FEW)
    least = tried.design.least_denominator
    if out:
        yield (
            f"Asking for {least} people in each group of people leaves out {groups(out)}. "
            "Pool years, or let small groups report together."
        )


def hidden(tried: SimulatedDesign) -> Found:
    out, outcome = tried.out(Eligibility.NOT_SHOWN), tried.outcomes[0]
    whole = f" That leaves out {groups(out)} altogether." if out else ""
    if outcome.cells_not_shown:
        yield (
            "Hidden to protect small counts, or absent, and so not paid on: "
            f"{rates(outcome.cells_not_shown)} of a physician group's people on a measure.{whole} "
            "Ask these groups for a longer period."
        )


def unreliable(tried: SimulatedDesign) -> Found:
    out = tried.out(Eligibility.UNRELIABLE)
    if out:
        yield (
            f"A reliability of {number(tried.design.least_reliability or 0)} leaves out "
            f"{groups(out)}. Pool years or measures for them."
        )


def untold(tried: SimulatedDesign) -> Found:
    out = tried.out(Eligibility.UNTOLD)
    if out:
        yield (
            f"How reliable a number is cannot be told from fewer than {GROUPS_FOR_SPREAD} groups, "
            f"which leaves out {groups(out)}. Ask for more people and for confidence instead."
        )


def nobody_behind(tried: SimulatedDesign) -> Found:
    out = tried.out(Eligibility.NOBODY_BEHIND)
    if out:
        yield (
            "The pool is divided by people in the groups behind, which leaves out "
            f"{groups(out)} that show nobody behind. Tell them before the first year."
        )


def tier(tried: SimulatedDesign) -> Found:
    out, unknown = tried.out(Eligibility.TIER), tried.out(Eligibility.TIER_UNKNOWN)
    if out or unknown:
        also = f", {len(unknown)} of them because their tier is not known" if unknown else ""
        yield (
            f"Asking for tier {tried.design.least_tier} closes the payment to "
            f"{groups((*out, *unknown))}{also}. Let tiers decide what help is offered, not who "
            "is paid."
        )


def line(tried: SimulatedDesign) -> Found:
    design = tried.design
    is_on_points = bool(rules_of(design) & ON_CHANGE) and design.least_points > 0
    is_on_level = Rule.ATTAINMENT in rules_of(design)
    if is_on_level or (is_on_points and design.is_all_or_nothing):
        yield (
            "A group just short of the line earns nothing, and one past it nothing more: both are "
            "invited to stop. Pay in proportion between two lines."
        )


def recoding(tried: SimulatedDesign) -> Found:
    if rules_of(tried.design) & ON_GAPS:
        yield (
            "Physician groups record themselves who belongs to which group of people, and moving a "
            "few patients moves a gap. Freeze the first year's records, and hold the share of "
            "people in each group and of unknowns beside every payment."
        )


FINDERS: dict[Harm, Callable[[SimulatedDesign], Found]] = {
    Harm.NOBODY: nobody,
    Harm.FALL: fall,
    Harm.CHANCE: chance,
    Harm.REGRESSION: regression,
    Harm.ALREADY_THERE: already_there,
    Harm.BLIND: blind,
    Harm.FINDS_FEW: finds_few,
    Harm.SAFEGUARD: safeguard,
    Harm.MONEY_LEAVES: money_leaves,
    Harm.TIER: tier,
    Harm.TOO_SMALL: too_small,
    Harm.HIDDEN: hidden,
    Harm.UNRELIABLE: unreliable,
    Harm.UNTOLD: untold,
    Harm.NOBODY_BEHIND: nobody_behind,
    Harm.LINE: line,
    Harm.RECODING: recoding,
}


# In words


def is_above(found: Simulated, other: Simulated, by: float) -> bool:
    apart = found.value - other.value
    return apart >= by and apart > CLEARLY * hypot(found.error, other.error)


def percent(share: Simulated) -> str:
    return f"{share.value:.0%}" if share.value >= 0.01 or not share.value else "less than 1%"


def points(number: float) -> str:
    return f"{number:g} point" if number == 1 else f"{number:g} points"


def dollars(amount: Simulated | int) -> str:
    value = amount.value if isinstance(amount, Simulated) else amount
    return f"${value:,.0f}"


def number(value: float) -> str:
    """With a true minus, and no minus before nothing."""
    return f"{value:.2f}".replace("-0.00", "0.00").replace("-", "−")


def rates(count: int) -> str:
    return "1 rate" if count == 1 else f"{count:,} rates"


def groups(out: Sequence[GroupOutcome]) -> str:
    count = "1 group" if len(out) == 1 else f"{len(out):,} groups"
    return f"{count} with {sum(group.patients for group in out):,} patient-measures"
