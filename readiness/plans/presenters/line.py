"""One action of a plan in words: what, why, what it lifts, what it costs and rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from readiness.instruments.glossary import expand_evidence_codes, sentence
from readiness.instruments.models import Instrument, Intervention
from readiness.plans.costs import CostRange, PricedAction
from readiness.plans.models import (
    ActionStatus,
    ActionType,
    Amounts,
    Lift,
    Plan,
    PlanAction,
    Proposal,
)
from readiness.plans.presenters.terms import Term, money, number, rests_on, span, terms_of, who_acts

WEIGHTS = {3: "essential gate", 2: "supporting gate", 1: ""}


@dataclass(frozen=True)
class LiftLine:
    item_id: str
    short: str
    step: str  # "from level 1 to 3"
    weight: str  # "essential gate"; empty for the rest
    proposed: str  # "level 4", where the group expects another level


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
    is_by_hand: bool  # the group put values of its own in place of the catalogue's
    is_per_unit: bool  # the total is another one than the catalogue's for one unit


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
    needs: tuple[str, ...]  # levels that must be there before it can begin
    know: str  # how we will know
    takes: str  # staffing
    sustain: str
    caution: str
    acts: str  # posts that do the work, from the catalogue
    terms: tuple[Term, ...]  # amounts, days, payers and months, the group's own first
    terms_rest_on: str
    shown_by: str  # how the group shows that it was done

    @property
    def own_terms(self) -> tuple[Term, ...]:
        """What the group put in place of the catalogue's values."""
        return tuple(term for term in self.terms if term.usual)

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
        lifts=tuple(lift_line(each, proposal, instrument) for each in action.lifts),
        evidence=evidence_of(intervention) if intervention else None,
        owner=action.owner,
        due_on=action.due_on,
        status=action.status,
        note=action.note,
        cost=cost_line(action, proposal.cost) if proposal and proposal.cost else None,
        own_cost=None if proposal and proposal.cost else action.cost,
        first=tuple(each.title for each in plan.actions if proposal and each.id in proposal.after),
        needs=tuple(needs_of(intervention, instrument)) if intervention else (),
        know=know(action, intervention, instrument),
        takes=takes(intervention) if intervention else "",
        sustain=sentence(intervention.sustain) if intervention else "",
        caution=sentence(intervention.equity_note) if intervention else "",
        acts=who_acts(action).now.rstrip("."),
        terms=terms_of(action, plan),
        terms_rest_on=rests_on(action.usual),
        shown_by=action.evidence,
    )


def needs_of(intervention: Intervention, instrument: Instrument) -> Iterator[str]:
    for each in intervention.prerequisites:
        yield f"{each.item_id} {instrument.item_by_id[each.item_id].short} at level {each.level}"


def kind_of(proposal: Proposal | None, intervention: Intervention | None) -> str:
    if intervention:
        return str(intervention.kind)
    return str(proposal.type if proposal else ActionType.OWN)


def lift_line(lift: Lift, proposal: Proposal | None, instrument: Instrument) -> LiftLine:
    proposed = {each.item_id: each.to for each in proposal.lifts} if proposal else {}
    is_own = proposed.get(lift.item_id, lift.to) != lift.to
    now = "not known" if lift.from_level is None else f"level {lift.from_level}"
    return LiftLine(
        item_id=lift.item_id,
        short=instrument.item_by_id[lift.item_id].short,
        step=f"from {now} to level {lift.to}",
        weight=WEIGHTS[lift.weight],
        proposed=f"level {proposed[lift.item_id]}" if is_own else "",
    )


def evidence_of(intervention: Intervention) -> Evidence:
    effect = intervention.effect
    return Evidence(
        says=sentence(effect.summary),
        grade=expand_evidence_codes(effect.grade),
        source_ids=effect.source_ids,
        rests_on=expand_evidence_codes(effect.status),
    )


def know(action: PlanAction, intervention: Intervention | None, instrument: Instrument) -> str:
    """How we will know: the level that can then be shown, and the measure that should move."""
    if action.proposal and action.proposal.type is ActionType.FIND_OUT:
        return "The item has an answer, with what it rests on."
    if not action.lifts:
        return ""
    main = max(action.lifts, key=lambda lift: (lift.weight, lift.gap))
    item = instrument.item_by_id[main.item_id]
    says = f"{item.id} at level {main.to} can be shown: {item.levels[main.to]}"
    if intervention and intervention.effect.metric not in ("", "none"):
        says += f" Watch: {expand_evidence_codes(intervention.effect.metric)}."
    return says


def takes(intervention: Intervention) -> str:
    return sentence(intervention.staffing)


def cost_line(action: PlanAction, price: PricedAction) -> CostLine:
    return CostLine(
        total=action.cost,
        per_unit=f"{span(price.per_unit)} {expand_evidence_codes(price.unit)}",
        units=units_line(price),
        basis=sentence(price.basis),
        rests_on=expand_evidence_codes(price.status),
        likely=(
            "Likely: their geometric mean, an estimate."
            if price.is_likely_estimated
            else "Likely: from the source named."
        ),
        is_by_hand=action.own.amounts != Amounts() or action.own.units is not None,
        is_per_unit=action.cost != price.per_unit,
    )


def units_line(price: PricedAction) -> str:
    says = expand_evidence_codes(price.units_say)
    if price.units is None or price.units == 1:
        return sentence(says)
    return f"{number(price.units)} of these: {says[0].lower()}{says[1:].rstrip('.')}."
