"""The least-cost plan to a tier: which interventions and which own work, proven least.

Least cost first, in whole dollars: likely first-year dollars, and people-days at the day rate.
Ties, each settled exactly before the next: least effort of all raises (a step to level k counts
k), fewest parts, and ids in order (an earlier intervention of the catalogue rather than a later
one, then an earlier item; like items count as one place, that of the first). Stated in
`cost_program`, solved elsewhere, and checked here by scoring the raised answers again.

Where this differs from the plain rule "the tier holds at the least cost": own work is bounded
(`own_work`), and the tier must still hold when any one raised item that is no gate of a tier being
climbed ends a level short, where the cost book asks for that margin and a plan with it exists.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import product

from readiness.assessments import tiers
from readiness.assessments.tier_path import why_unreachable
from readiness.assessments.tiers import TierResult, gate_result
from readiness.core.integer_program import Program, Solution, Solve, cost_of
from readiness.instruments.answers import Answer, Answers
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Gate, Instrument, Tier
from readiness.plans.catalog import CHANGES_CARE, NEVER_ALONE, Catalog, Offer, level_of
from readiness.plans.cost_program import (
    HALF_YEARS,
    CostProgram,
    Terms,
    goes_with,
    program_of,
)
from readiness.plans.own_work import OwnWork, dollars_between, own_work_of
from readiness.plans.plan_question import PlanQuestion
from readiness.plans.timing import (
    half_years_in,
    half_years_of,
    is_scheduled,
    parts_of,
    with_time,
)

CHUNK = 2**17  # one question settles so many arrangements of columns; exact in doubles


class UnsoundPlanError(RuntimeError):
    """The solver's answer does not do what it was asked for: our own fault, never the group's."""


@dataclass(frozen=True)
class PlanInputs:
    """A group as it stands, where it wants to go, and what is for it."""

    instrument: Instrument
    book: CostBook
    answers: Answers
    result: TierResult
    target: Tier  # above the present tier
    catalog: Catalog

    @cached_property
    def climbed(self) -> tuple[Tier, ...]:
        now = self.result.tier.number
        return tuple(
            tier for tier in self.instrument.tiers if now < tier.number <= self.target.number
        )

    @cached_property
    def open_gates(self) -> tuple[Gate, ...]:
        return tuple(
            gate
            for tier in self.climbed
            for gate in tier.gates
            if not gate_result(gate, self.answers).met
        )

    @cached_property
    def own_work(self) -> tuple[OwnWork, ...]:
        return own_work_of(self.instrument, self.book, self.answers, self.catalog, self.open_gates)


@dataclass(frozen=True)
class LeastCostPlan:
    offers: tuple[Offer, ...]
    own: Mapping[str, int]  # item id -> level that own work brings it to
    half_years: Mapping[str, int]  # by offer or item id; 0: under way
    objective: int  # whole dollars
    has_margin: bool


def least_cost_plan(inputs: PlanInputs, solve: Solve, *, margin: bool) -> LeastCostPlan | None:
    """The plan of least cost, or None where none reaches the target.

    With the margin before without it, and only then with interventions whose cost is not known,
    the fewest of them first.
    """
    if why_unreachable(inputs.instrument, inputs.answers, inputs.target):
        return None
    for has_unknown, has_margin in product((False, True), (True, False)):
        if has_margin and not margin:
            continue
        question = question_of(inputs, has_unknown=has_unknown, has_margin=has_margin)
        if found := answer(question, solve):
            return verify(inputs, found)
    return None


def question_of(inputs: PlanInputs, *, has_unknown: bool, has_margin: bool) -> PlanQuestion:
    return PlanQuestion(
        instrument=inputs.instrument,
        book=inputs.book,
        scores=inputs.result.scores,
        climbed=inputs.climbed,
        open_gates=inputs.open_gates,
        offers=tuple(
            each
            for each in inputs.catalog.offers
            if (each.dollars is not None or has_unknown)
            and (each.delivers or each.intervention.kind in CHANGES_CARE)
            and each.half_years <= HALF_YEARS
        ),
        own_work=inputs.own_work,
        has_margin=has_margin,
    )


def answer(question: PlanQuestion, solve: Solve) -> LeastCostPlan | None:
    """Without time first, and with it only where what was found cannot be scheduled."""
    made = program_of(question)
    found = settle(made, made.program, solve)
    if found is None:
        return None
    parts = parts_of(made.offers_in(found), question.own_work, made.own_levels_in(found))
    half_years = half_years_of(parts)
    if half_years is None:
        timed = with_time(made)
        found = settle(made, timed.program, solve)
        if found is None:
            return None
        parts = parts_of(made.offers_in(found), question.own_work, made.own_levels_in(found))
        half_years = half_years_of(parts) or half_years_in(timed, found, parts)
    return LeastCostPlan(
        offers=made.offers_in(found),
        own=made.own_levels_in(found),
        half_years=half_years,
        objective=cost_of(found, made.cost),
        has_margin=question.has_margin,
    )


# The least, and of equals the first.


def settle(made: CostProgram, program: Program, solve: Solve) -> Solution | None:
    """Unknown costs, cost, effort and parts, order: each is settled before the next is asked."""
    found: Solution = ()
    for goal in goals(made):
        least = solve(program, goal)
        if least is None:
            return None
        if not program.allows(least):
            raise UnsoundPlanError("the solver's answer is not one to its question")
        found, program = least, program.at_cost_of(least, goal)
        if goal is made.cost:
            program = program.also(*made.raise_counts)
    return prefer_first(made, program, found, solve)


def goals(made: CostProgram) -> Iterator[Terms]:
    unknown = {made.taken[each.id]: 1 for each in made.question.offers if each.dollars is None}
    if unknown:
        yield unknown
    yield made.cost
    many = sum(made.upper)  # more than there can be parts
    both = {column: many * effort for column, effort in made.effort.items()}
    for column, count in made.parts.items():
        both[column] = both.get(column, 0) + count
    yield both


def prefer_first(made: CostProgram, program: Program, found: Solution, solve: Solve) -> Solution:
    """Settle the columns a few at a time in their order, an earlier one weighing more than all
    later ones together."""
    for chunk in chunks(made, program):
        weights, weight = {}, 1
        for column, sign in reversed(chunk):
            weights[column] = sign * weight
            weight *= program.upper[column] - program.lower[column] + 1
        first = solve(program, weights)
        if first is None or not program.allows(first):
            raise UnsoundPlanError("the solver found no plan although there is one")
        found, program = first, program.fixed({column: first[column] for column, _ in chunk})
    return found


def chunks(made: CostProgram, program: Program) -> Iterator[Sequence[tuple[int, int]]]:
    """Of the columns that are not settled yet."""
    size, chunk = 1, list[tuple[int, int]]()
    for column, sign in made.order:
        values = program.upper[column] - program.lower[column] + 1
        if values == 1:
            continue
        if size * values > CHUNK:
            yield chunk
            size, chunk = 1, []
        size *= values
        chunk.append((column, sign))
    if chunk:
        yield chunk


# A plan is shown only after everything it promises was worked out again.


def final_levels(
    answers: Answers, offers: Sequence[Offer], own: Mapping[str, int]
) -> dict[str, int]:
    """Items that a plan raises, with the level that each then has."""
    raised = dict(own)
    for offer in offers:
        for item_id, level in offer.delivers.items():
            raised[item_id] = max(level, raised.get(item_id, 0))
    return {i: level for i, level in raised.items() if level > level_of(i, answers)}


def reaches(inputs: PlanInputs, raised: Mapping[str, int]) -> bool:
    after = {**inputs.answers, **{i: Answer.at(level) for i, level in raised.items()}}
    return tiers.reaches(inputs.instrument, after, inputs.target)


def holds_with_margin(inputs: PlanInputs, raised: Mapping[str, int]) -> bool:
    """Also when any one raised item that is no gate of a tier being climbed ends a level short.

    One of each domain is tried: such items count in their domain's sum alone, all alike.
    """
    gates = {gate.item_id for tier in inputs.climbed for gate in tier.gates}
    domain_of = inputs.instrument.item_by_id
    tried = {domain_of[i].domain_id: i for i in raised if i not in gates}
    return reaches(inputs, raised) and all(
        reaches(inputs, {**raised, item_id: raised[item_id] - 1}) for item_id in tried.values()
    )


def holds(inputs: PlanInputs, plan: LeastCostPlan) -> bool:
    """The tier with its margin, and everything that a part needs first, begun early enough."""
    raised = final_levels(inputs.answers, plan.offers, plan.own)
    reached = holds_with_margin if plan.has_margin else reaches
    if not reached(inputs, raised) or lone_offers(plan):
        return False
    parts = parts_of(plan.offers, inputs.own_work, plan.own)
    return is_scheduled(parts, plan.half_years) or half_years_of(parts) is not None


def lone_offers(plan: LeastCostPlan) -> list[str]:
    """Training and feedback without a change in care for the same measure."""
    return [
        each.id
        for each in plan.offers
        if each.intervention.kind in NEVER_ALONE
        and not any(goes_with(other, each) for other in plan.offers)
    ]


def verify(inputs: PlanInputs, plan: LeastCostPlan) -> LeastCostPlan:
    own = sum(
        dollars_between(level_of(item_id, inputs.answers), to, inputs.book)
        for item_id, to in plan.own.items()
    )
    bought = sum(each.dollars or 0 for each in plan.offers)
    if plan.objective != own + bought or not holds(inputs, plan):
        names = [*(each.id for each in plan.offers), *plan.own]
        raise UnsoundPlanError(f"{names} does not reach {inputs.target.id} as it was said to")
    return plan
