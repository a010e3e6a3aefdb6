"""One action of a plan in words: what, why, what it lifts, what it costs and rests on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from readiness.domain.costs import CostRange, PricedAction
from readiness.domain.instrument import Instrument, Intervention
from readiness.domain.marks import in_words, sentence
from readiness.domain.plan import ActionStatus, ActionType, Lift, Plan, PlanAction, Proposal
from readiness.figures.words import dollars, rounded

WEIGHTS = {3: "essential gate", 2: "supporting gate", 1: ""}


@dataclass(frozen=True)
class LiftLine:
    item_id: str
    short: str
    step: str  # "from level 1 to 3"
    weight: str  # "essential gate"; empty for the rest


@dataclass(frozen=True)
class Evidence:
    says: str
    grade: str
    source_ids: tuple[str, ...]
    rests_on: str  # marks of the effect, in words


@dataclass(frozen=True)
class CostLine:
    total: CostRange | None
    per_unit: str
    units: str  # "8 units: every practice site"; how many it depends on, when not known
    basis: str
    rests_on: str
    likely: str  # how the likely value came about
    is_by_hand: bool  # somebody typed another total


@dataclass(frozen=True)
class ActionLine:
    """One action, ready to be read."""

    id: str
    anchor: str
    revision: int
    title: str
    kind: str
    what: str
    because: tuple[str, ...]
    lifts: tuple[LiftLine, ...]
    evidence: Evidence | None
    owner: str
    due_on: date | None
    status: ActionStatus
    note: str
    cost: CostLine | None
    own_cost: CostRange | None  # of an action without a catalogue's price
    first: tuple[str, ...]  # titles of what comes first
    know: str  # how we will know
    takes: str  # staffing and time
    sustain: str
    caution: str

    @property
    def is_done(self) -> bool:
        return self.status is ActionStatus.DONE

    @property
    def cost_says(self) -> str:
        """In one line; empty where an action costs nothing but time."""
        total = self.cost.total if self.cost else self.own_cost
        if total is None:
            return f"{self.cost.per_unit}; how many is not known" if self.cost else ""
        return money(total)


def anchor_of(action_id: str) -> str:
    """Where a link to the action leads on a page."""
    return action_id.replace(":", "-")


def action_line(action: PlanAction, plan: Plan, instrument: Instrument) -> ActionLine:
    proposal = action.proposal
    intervention = (
        instrument.intervention_by_id[proposal.intervention_id]
        if proposal and proposal.intervention_id
        else None
    )
    return ActionLine(
        id=action.id,
        anchor=anchor_of(action.id),
        revision=action.revision,
        title=action.title,
        kind=kind_of(proposal, intervention),
        what=sentence(intervention.what) if intervention else "",
        because=proposal.because if proposal and not intervention else (),
        lifts=tuple(lift_line(each, instrument) for each in proposal.lifts) if proposal else (),
        evidence=evidence_of(intervention) if intervention else None,
        owner=action.owner,
        due_on=action.due_on,
        status=action.status,
        note=action.note,
        cost=cost_line(action, proposal.cost) if proposal and proposal.cost else None,
        own_cost=None if proposal and proposal.cost else action.cost,
        first=tuple(each.title for each in plan.actions if proposal and each.id in proposal.after),
        know=know(proposal, intervention, instrument),
        takes=takes(intervention) if intervention else "",
        sustain=sentence(intervention.sustain) if intervention else "",
        caution=sentence(intervention.equity_note) if intervention else "",
    )


def kind_of(proposal: Proposal | None, intervention: Intervention | None) -> str:
    if intervention:
        return str(intervention.kind)
    return str(proposal.type if proposal else ActionType.OWN)


def lift_line(lift: Lift, instrument: Instrument) -> LiftLine:
    now = "not known" if lift.from_level is None else f"level {lift.from_level}"
    return LiftLine(
        item_id=lift.item_id,
        short=instrument.item_by_id[lift.item_id].short,
        step=f"from {now} to level {lift.to}",
        weight=WEIGHTS[lift.weight],
    )


def evidence_of(intervention: Intervention) -> Evidence:
    effect = intervention.effect
    return Evidence(
        says=sentence(effect.summary),
        grade=in_words(effect.grade),
        source_ids=effect.source_ids,
        rests_on=in_words(effect.status),
    )


def know(
    proposal: Proposal | None, intervention: Intervention | None, instrument: Instrument
) -> str:
    """How we will know: the level that can then be shown, and the measure that should move."""
    if proposal is None:
        return ""
    if proposal.type is ActionType.FIND_OUT:
        return "The item has an answer, with what it rests on."
    if not proposal.lifts:
        return ""
    main = max(proposal.lifts, key=lambda lift: (lift.weight, lift.gap))
    item = instrument.item_by_id[main.item_id]
    says = f"{item.id} at level {main.to} can be shown: {item.levels[main.to]}"
    if intervention and intervention.effect.metric not in ("", "none"):
        says += f" Watch: {in_words(intervention.effect.metric)}."
    return says


def takes(intervention: Intervention) -> str:
    low, high = intervention.months_to_effect
    return (
        f"{sentence(intervention.staffing)} About {intervention.months_to_launch} months to "
        f"launch, and {low} to {high} months to an effect."
    )


def cost_line(action: PlanAction, price: PricedAction) -> CostLine:
    return CostLine(
        total=action.cost,
        per_unit=f"{span(price.per_unit)} {in_words(price.unit)}",
        units=units_line(price),
        basis=sentence(price.basis),
        rests_on=in_words(price.status),
        likely=(
            "Likely: their geometric mean, an estimate."
            if price.is_likely_estimated
            else "Likely: from the source named."
        ),
        is_by_hand=action.cost != price.total,
    )


def units_line(price: PricedAction) -> str:
    says = in_words(price.units_say)
    if price.units is None or price.units == 1:
        return sentence(says)
    return f"{amount(price.units)} of these: {says[0].lower()}{says[1:].rstrip('.')}."


def amount(units: Fraction) -> str:
    """
    >>> amount(Fraction(54000)), amount(Fraction(3, 5)), amount(Fraction(3))
    ('54,000', '0.6', '3')
    """
    return f"{rounded(units, 0 if units >= 100 or units.denominator == 1 else 1):,}"


def span(cost: CostRange) -> str:
    """
    >>> from decimal import Decimal
    >>> span(CostRange(Decimal(30000), Decimal(60000), Decimal(120000)))
    '$30,000 to $120,000'
    """
    if cost.high < 100:
        return f"${cost.low:,.2f} to ${cost.high:,.2f}"
    return f"{dollars(cost.low)} to {dollars(cost.high)}"


def money(cost: CostRange) -> str:
    """
    >>> from decimal import Decimal
    >>> money(CostRange(Decimal(30000), Decimal(60000), Decimal(120000)))
    '$30,000 to $120,000, likely $60,000'
    """
    return f"{span(cost)}, likely {dollars(cost.likely)}"
