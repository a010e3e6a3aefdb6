"""A plan in words: the same values for the page and for the paper. Nothing is decided here."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from fractions import Fraction

from readiness.domain import drafting
from readiness.domain.answers import Context
from readiness.domain.costs import CostRange, PricedAction
from readiness.domain.instrument import Cost, Instrument, Intervention, Source, Tier
from readiness.domain.plan import (
    ActionStatus,
    ActionType,
    Lift,
    Plan,
    PlanAction,
    Proposal,
    cost_summary,
)
from readiness.domain.quantities import Quantity
from readiness.domain.scorecard import Raise
from readiness.figures.words import day, dollars, rounded
from readiness.usecases.plan import Opened

MARKS = (  # marks of what a figure rests on, in words
    (re.compile(r"^E([:,])"), r"Estimate\1"),
    (re.compile(r"\bE\b"), "estimate"),
    (re.compile(r"\bK\b"), "from memory"),
    (re.compile(r"\bV\b"), "from a source"),
)
WEIGHTS = {3: "essential gate", 2: "supporting gate", 1: ""}
ORDINALS = ("First", "Second", "Third", "Fourth", "Fifth", "Sixth", "Seventh", "Eighth")
SOON = f"Within {drafting.DAYS_TO_FIND_OUT} days"
NO_DATE = "No date yet"


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


@dataclass(frozen=True)
class Stretch:
    """What starts in one stretch of time."""

    title: str
    dates: str
    actions: tuple[ActionLine, ...]


@dataclass(frozen=True)
class Unknown:
    """A cost that is not in the sum, and what would make it known."""

    title: str
    anchor: str
    asks: tuple[tuple[str, str], ...]  # (context item, what is asked)
    otherwise: str  # what it depends on when no answer would help


@dataclass(frozen=True)
class Aside:
    """Interventions that were considered and are not in the plan, for one reason."""

    says: str
    titles: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    stretches: tuple[Stretch, ...]
    dropped: tuple[ActionLine, ...]
    next_three: tuple[ActionLine, ...]
    known: CostRange
    priced: int  # how many actions the sum holds
    unknown: tuple[Unknown, ...]
    set_aside: tuple[Aside, ...]
    need_says: tuple[str, ...]
    sources: tuple[Source, ...]  # only those cited

    @property
    def known_says(self) -> str:
        return money(self.known) if self.priced else "not known yet"

    @property
    def actions(self) -> tuple[ActionLine, ...]:
        return tuple(action for stretch in self.stretches for action in stretch.actions)

    def line(self, action_id: str) -> ActionLine:
        return next(each for each in (*self.actions, *self.dropped) if each.id == action_id)


@dataclass(frozen=True)
class Summary:
    """Where the group stands and where the plan leads."""

    tier: Tier
    target: Tier | None
    is_provisional: bool
    holds_back: str  # empty at the top
    steps: tuple[str, ...]  # the shortest way up, in words
    no_way: str  # why there is none


def told(plan: Plan, instrument: Instrument, context: Context) -> Told:
    lines = {each.id: action_line(each, plan, instrument) for each in plan.actions}
    current = tuple(lines[each.id] for each in plan.current)
    summary = cost_summary(plan)
    return Told(
        stretches=tuple(stretches(plan, lines)),
        dropped=tuple(lines[each.id] for each in plan.actions if not each.is_in_plan),
        next_three=tuple(line for line in current if not line.is_done)[:3],
        known=summary.known,
        priced=sum(each.cost is not None for each in plan.current),
        unknown=tuple(
            line
            for each in plan.current
            if each.id in summary.unknown and (line := unknown_of(each, instrument, context))
        ),
        set_aside=asides(plan, instrument),
        need_says=plan.need_says,
        sources=cited(current, instrument),
    )


def summary_of(opened: Opened) -> Summary:
    instrument, run = opened.instrument, opened.foundation.run
    tier = instrument.tier_by_id[run.tier_id]
    return Summary(
        tier=tier,
        target=instrument.tier_after(tier),
        is_provisional=run.provisional,
        holds_back=run.limiting_factor,
        steps=tuple(step_of(each, instrument) for each in run.shortest_way or ()),
        no_way=run.shortest_way_reason or "",
    )


def step_of(step: Raise, instrument: Instrument) -> str:
    item = instrument.item_by_id[step.item_id]
    if step.to == 0:
        return f"Find out {item.short} ({item.id})."
    now = "not known" if step.from_level is None else f"level {step.from_level}"
    return f"{item.short} ({item.id}): from {now} to level {step.to}."


def in_words(text: str) -> str:
    """
    >>> in_words("low E, high V"), in_words("E: one for 40 clinicians (K)")
    ('low estimate, high from a source', 'Estimate: one for 40 clinicians (from memory)')
    """
    for pattern, words in MARKS:
        text = pattern.sub(words, text)
    return text


def sentence(text: str) -> str:
    """
    >>> sentence("operating budget"), sentence("")
    ('Operating budget.', '')
    """
    tidy = " ".join(in_words(text).split())
    return f"{tidy[0].upper()}{tidy[1:].rstrip('.')}." if tidy else ""


def anchor_of(action_id: str) -> str:
    """Where a link to the action leads on a page."""
    return action_id.replace(":", "-")


# One action.


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
            "The likely value is the geometric mean of low and high, an estimate."
            if price.is_likely_estimated
            else "The likely value comes from the source named."
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


# The whole.


def stretches(plan: Plan, lines: dict[str, ActionLine]) -> Iterator[Stretch]:
    """Find-outs head the plan; then half-years; what nobody dated comes last."""
    placed: dict[int | None, list[ActionLine]] = {}
    for action in plan.current:
        placed.setdefault(half_year_of(action, plan.starts_on), []).append(lines[action.id])
    if soon := placed.pop(0, None):
        last = max((line.due_on for line in soon if line.due_on), default=None)
        yield Stretch(SOON, f"by {day(last)}" if last else "", tuple(soon))
    undated = placed.pop(None, None)
    for number in sorted(key for key in placed if key is not None):
        yield Stretch(*half_year_name(number, plan.starts_on), tuple(placed[number]))
    if undated:
        yield Stretch(NO_DATE, "", tuple(undated))


def half_year_of(action: PlanAction, starts_on: date) -> int | None:
    """0 for what must be found out; an added action goes by its date."""
    if action.proposal:
        is_first = action.proposal.type is ActionType.FIND_OUT
        return 0 if is_first else action.proposal.half_year
    if action.due_on is None:
        return None
    number = 1
    while drafting.end_of(number, starts_on) < action.due_on:
        number += 1
    return number


def half_year_name(number: int, starts_on: date) -> tuple[str, str]:
    name = ORDINALS[number - 1] if number <= len(ORDINALS) else f"{number}th"
    begins = drafting.months_after(starts_on, 6 * (number - 1))
    return f"{name} half-year", f"{day(begins)} to {day(drafting.end_of(number, starts_on))}"


def unknown_of(action: PlanAction, instrument: Instrument, context: Context) -> Unknown | None:
    """None when the action has no price in the catalogue."""
    if action.proposal is None or action.proposal.intervention_id is None:
        return None
    cost = instrument.intervention_by_id[action.proposal.intervention_id].cost
    asks = tuple(missing_facts(cost, instrument, context))
    return Unknown(
        title=action.title,
        anchor=anchor_of(action.id),
        asks=asks,
        otherwise="" if asks else sentence(cost.quantity_says),
    )


def asides(plan: Plan, instrument: Instrument) -> tuple[Aside, ...]:
    """By reason: many share one."""
    titles: dict[str, list[str]] = {}
    for each in plan.set_aside:
        title = instrument.intervention_by_id[each.intervention_id].title
        titles.setdefault(each.says, []).append(title)
    return tuple(Aside(says, tuple(found)) for says, found in titles.items())


def missing_facts(
    cost: Cost, instrument: Instrument, context: Context
) -> Iterator[tuple[str, str]]:
    """The context answers that the number of units waits for."""
    keys = Quantity(cost.quantity).keys if cost.quantity else frozenset()
    for item in instrument.context:
        for field in item.fields:
            if field.key in keys and context.get(field.key) is None:
                yield item.id, field.label


def cited(lines: Iterable[ActionLine], instrument: Instrument) -> tuple[Source, ...]:
    ids = {i for line in lines if line.evidence for i in line.evidence.source_ids}
    return tuple(source for source in instrument.sources if source.id in ids)
