"""One action of a plan in words: what, why, what it lifts, what it costs and rests on."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from readiness.assessments.service.payer_view import MEMBERS
from readiness.core.formatting import day
from readiness.instruments.glossary import expand_evidence_codes, sentence
from readiness.instruments.models import Instrument, Intervention
from readiness.instruments.quantities import Quantity
from readiness.plans.costs import CostEstimate, CostRange
from readiness.plans.models import (
    ActionPlan,
    ActionStatus,
    ActionType,
    CatalogValues,
    PlanAction,
    Proposal,
    ResourceEstimate,
)
from readiness.plans.presenters.formats import (
    amount_says,
    days_say,
    half_year,
    money,
    month,
    months,
    number,
    span,
)
from readiness.plans.presenters.lifts import LiftLine, lift_line
from readiness.plans.schedule import half_year_of, is_overdue, timing_of

NOT_KNOWN = "not known"
WHOSE_MEMBERS = "Members are those of the payer whose cycle the assessment answers."
PEOPLE_DAYS = "People-days of the group’s own people in the first year"
MAY_PAY = "May pay for the start"
PAYS_AFTERWARDS = "Pays afterwards"


@dataclass(frozen=True)
class ActionTerm:
    """One line of what an action takes."""

    name: str
    now: str
    usual: str = ""  # the catalogue's value, where the group has put another in its place


@dataclass(frozen=True)
class EvidenceText:
    says: str
    grade: str
    source_ids: tuple[str, ...]
    rests_on: str  # marks of the effect, in words


@dataclass(frozen=True)
class CostText:
    total: CostRange | None
    per_unit: str
    units: str  # "8 units: every practice site"; how many it depends on, when not known
    basis: str
    rests_on: str
    likely: str  # how the likely value came about
    is_by_hand: bool  # the group put values of its own in place of the catalogue's
    is_per_unit: bool  # the total is another one than the catalogue's for one unit


@dataclass(frozen=True)
class ActionDetails:
    """One action, ready to be read."""

    id: str
    anchor: str
    revision: int
    title: str
    kind: str
    is_own_step: bool  # told in a line or two
    what: str
    because: tuple[str, ...]
    lifts: tuple[LiftLine, ...]
    evidence: EvidenceText | None
    owner: str
    due_on: date | None
    is_overdue: bool
    status: ActionStatus
    note: str
    cost: CostText | None
    own_cost: CostRange | None  # of an action without a catalogue's price
    first: tuple[str, ...]  # titles of what comes first
    needs: tuple[str, ...]  # levels that must be there before it can begin
    success_sign: str  # how we will know
    takes: str  # staffing
    sustain: str
    caution: str
    acts: str  # posts that do the work, from the catalogue
    terms: tuple[ActionTerm, ...]  # amounts, days, payers and months, the group's own first
    terms_rest_on: str
    shown_by: str  # how the group shows that it was done

    @property
    def own_terms(self) -> tuple[ActionTerm, ...]:
        """What the group put in place of the catalogue's values."""
        return tuple(term for term in self.terms if term.usual)

    @property
    def days(self) -> str:
        return self.term(PEOPLE_DAYS)

    @property
    def may_pay(self) -> str:
        return self.term(MAY_PAY)

    @property
    def pays_afterwards(self) -> str:
        return self.term(PAYS_AFTERWARDS)

    def term(self, name: str) -> str:
        return next((term.now for term in self.terms if term.name == name), "")

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


def action_details(
    action: PlanAction, plan: ActionPlan, instrument: Instrument, today: date
) -> ActionDetails:
    proposal = action.proposal
    intervention = (
        instrument.intervention_by_id[proposal.intervention_id]
        if proposal and proposal.intervention_id
        else None
    )
    return ActionDetails(
        id=action.id,
        anchor=anchor_of(action.id),
        revision=action.revision,
        title=action.title,
        kind=kind_of(proposal, intervention),
        is_own_step=action.is_own_step,
        what=sentence(intervention.what) if intervention else "",
        because=proposal.because if proposal and not intervention else (),
        lifts=tuple(lift_line(each, proposal, instrument) for each in action.lifts),
        evidence=evidence_of(intervention) if intervention else None,
        owner=action.owner,
        due_on=action.due_on,
        is_overdue=is_overdue(action, today),
        status=action.status,
        note=action.note,
        cost=cost_line(action, proposal.cost, counts_members(intervention))
        if proposal and proposal.cost
        else None,
        own_cost=None if proposal and proposal.cost else action.cost,
        first=tuple(each.title for each in plan.actions if proposal and each.id in proposal.after),
        needs=tuple(needs_of(intervention, instrument)) if intervention else (),
        success_sign=success_sign(action, intervention, instrument),
        takes=sentence(intervention.staffing) if intervention else "",
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


def evidence_of(intervention: Intervention) -> EvidenceText:
    effect = intervention.effect
    return EvidenceText(
        says=sentence(effect.summary),
        grade=expand_evidence_codes(effect.grade),
        source_ids=effect.source_ids,
        rests_on=expand_evidence_codes(effect.status),
    )


def success_sign(
    action: PlanAction, intervention: Intervention | None, instrument: Instrument
) -> str:
    """How we will know: the level that can then be shown, and the measure that should move."""
    if action.is_question:
        return "The item has an answer, with what it rests on."
    if not action.lifts:
        return ""
    main = max(action.lifts, key=lambda lift: (lift.weight, lift.gap))
    item = instrument.item_by_id[main.item_id]
    says = f"{item.id} at level {main.to} can be shown: {item.levels[main.to]}"
    if intervention and intervention.effect.metric not in ("", "none"):
        says += f" Watch: {expand_evidence_codes(intervention.effect.metric)}."
    return says


def counts_members(intervention: Intervention | None) -> bool:
    """Whether its quantity is worked out from the members of a payer."""
    quantity = intervention.cost.quantity if intervention else None
    return quantity is not None and MEMBERS in Quantity(quantity).keys


def cost_line(action: PlanAction, price: CostEstimate, is_of_members: bool) -> CostText:
    return CostText(
        total=action.cost,
        per_unit=f"{span(price.per_unit)} {expand_evidence_codes(price.unit)}",
        units=f"{units_line(price)} {WHOSE_MEMBERS}" if is_of_members else units_line(price),
        basis=sentence(price.basis),
        rests_on=expand_evidence_codes(price.status),
        likely=(
            "Likely: their geometric mean, an estimate."
            if price.is_likely_estimated
            else "Likely: from the source named."
        ),
        is_by_hand=action.own.amounts != ResourceEstimate() or action.own.units is not None,
        is_per_unit=action.cost != price.per_unit,
    )


def units_line(price: CostEstimate) -> str:
    says = expand_evidence_codes(price.units_say)
    if price.units is None or price.units == 1:
        return sentence(says)
    return f"{number(price.units)} of these: {says[0].lower()}{says[1:].rstrip('.')}."


def terms_of(action: PlanAction, plan: ActionPlan) -> tuple[ActionTerm, ...]:
    if action.is_question:
        return ()
    return tuple(each for each in all_terms(action, plan) if each.now or each.usual)


def all_terms(action: PlanAction, plan: ActionPlan) -> Iterator[ActionTerm]:
    own, usual, now = action.own, action.usual, action.amounts
    at_usual = usual.amounts if usual else ResourceEstimate()
    has_units = own.units is not None
    for name, mine, current, catalogue in (
        ("One-off", own.amounts.one_off, now.one_off, at_usual.one_off),
        ("Every year", own.amounts.yearly, now.yearly, at_usual.yearly),
    ):
        replaced = catalogue if mine or has_units else None
        yield ActionTerm(name, amount_says(current), money(replaced) if replaced else "")
    yield ActionTerm(
        PEOPLE_DAYS,
        days_say(now.people_days),
        days_say(at_usual.people_days) if own.amounts.people_days or has_units else "",
    )
    if usual:
        yield units_term(own.units, usual)
    yield who_acts(action)
    yield who_may_pay(action)
    yield who_pays_after(action)
    yield from times(action, plan)


def units_term(own: Fraction | None, usual: CatalogValues) -> ActionTerm:
    says = sentence(usual.units_say)
    catalogue = f"{number(usual.units)}. {says}" if usual.units is not None else says
    return own_first(
        "How many", "" if own is None else f"{number(own)}, as the group counts", catalogue
    )


def who_acts(action: PlanAction) -> ActionTerm:
    note = action.usual.note if action.usual else None
    return own_first("Who acts", action.own.acts, sentence(note.acts) if note else "")


def who_may_pay(action: PlanAction) -> ActionTerm:
    note = action.usual.note if action.usual else None
    usual = sentence("; ".join(note.may_pay)) if note else ""
    return own_first(MAY_PAY, action.own.may_pay, usual)


def who_pays_after(action: PlanAction) -> ActionTerm:
    usual = sentence(action.usual.pays_after) if action.usual else ""
    return own_first(PAYS_AFTERWARDS, action.own.pays_after, usual)


def own_first(name: str, own: str, usual: str) -> ActionTerm:
    """The group's own as typed, for its letters are no marks; else the catalogue's."""
    return ActionTerm(name, own or usual, usual if own else "")


def times(action: PlanAction, plan: ActionPlan) -> Iterator[ActionTerm]:
    own, usual, timing = action.own, action.usual, timing_of(action, plan)
    number_now = half_year_of(action, plan.starts_on)
    if timing is None or number_now is None:
        return
    proposed = action.proposal.half_year if action.proposal else None
    yield ActionTerm(
        "Starts",
        f"{half_year(number_now)}, {day(timing.starts_on)}",
        half_year(proposed) if proposed and own.half_year else "",
    )
    if action.months_to_launch is not None:
        yield ActionTerm(
            "Months to launch",
            f"{action.months_to_launch}: {month(timing.launches_on)}",
            str(usual.months_to_launch) if usual and own.months_to_launch is not None else "",
        )
    if action.months_to_effect:
        yield ActionTerm(
            "Months from launch to effect",
            f"{months(action.months_to_effect)}: {month(timing.earliest)} to "
            f"{month(timing.latest)}",
            months(usual.months_to_effect) if usual and own.months_to_effect else "",
        )


def catalogue_says(action: PlanAction | None) -> dict[str, str]:
    """Beside each field of the form: what stands while it is left empty."""
    usual = action.usual if action else None
    if usual is None:
        return {}
    note, stands = usual.note, usual.amounts
    counted = f"{number(usual.units)}. " if usual.units is not None else ""
    payers = sentence("; ".join(note.may_pay)) if note else "nobody named."
    return {
        "one_off": f"Catalogue: {amount_says(stands.one_off) or NOT_KNOWN}.",
        "yearly": f"Catalogue: {amount_says(stands.yearly) or NOT_KNOWN}.",
        "days": f"Catalogue: {days_say(stands.people_days) or NOT_KNOWN}.",
        "units": f"Catalogue: {counted}{sentence(usual.units_say)}",
        "acts": f"Catalogue: {sentence(note.acts) if note else 'nobody named.'}",
        "may_pay": f"Catalogue: {payers}",
        "pays_after": f"Catalogue: {sentence(usual.pays_after)}",
        "months_to_launch": f"Catalogue: {usual.months_to_launch}.",
        "effect_low": f"Catalogue: {usual.months_to_effect[0]}.",
        "effect_high": f"Catalogue: {usual.months_to_effect[1]}.",
        "rests_on": rests_on(usual),
    }


def rests_on(usual: CatalogValues | None) -> str:
    """Where the split, the days and the payers come from, how sure they are, and since when."""
    note = usual.note if usual else None
    if note is None:
        return ""
    source = sentence(note.source)
    return f"{source} Marked: {expand_evidence_codes(note.status)}. As of {day(note.as_of)}."
