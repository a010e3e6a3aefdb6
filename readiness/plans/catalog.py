"""Which interventions are for a group: how much of each, at what cost, delivering what, or why not.

The catalogue stands in the instrument; for whom an intervention is, what it needs and what it
delivers in the cost book of the same version.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from math import ceil

from readiness.instruments.answers import Answer, AnswerKind, Answers, Context
from readiness.instruments.cost_book import CostBook, CostNote
from readiness.instruments.models import ActionKind, Instrument, Intervention, Prerequisite
from readiness.instruments.population import serves
from readiness.plans.costs import (
    DOLLAR,
    CostEstimate,
    CostRange,
    PeopleDays,
    estimate_cost,
    requirements_of,
)

NEVER_ALONE = frozenset({ActionKind.TRAINING, ActionKind.FEEDBACK})
CHANGES_CARE = frozenset({ActionKind.CARE_REDESIGN, ActionKind.ACCESS})
MONTHS_OF_HALF_YEAR = 6
DONE = "It was done before these answers were given, and they show what it brought."
UNDER_WAY_HALF_YEARS = 2  # what has begun can be built on from the second half-year on


@dataclass(frozen=True)
class Offer:
    """An intervention that is for this group."""

    intervention: Intervention
    delivers: Mapping[str, int]  # item id -> level, where that is above the present one
    needs: tuple[Prerequisite, ...]  # first, and not met at present
    cost: CostEstimate  # of the whole, as if it began now
    first_year: CostRange | None  # None: the cost is not known
    people_days: PeopleDays | None
    dollars: int | None  # what it adds to a plan's objective, people-days with it
    is_under_way: bool = False

    @property
    def id(self) -> str:
        return self.intervention.id

    @property
    def half_years(self) -> int:
        """From its start until what rests on it may start."""
        if self.is_under_way:
            return UNDER_WAY_HALF_YEARS
        shortest = self.intervention.months_to_launch + self.intervention.months_to_effect[0]
        return max(1, ceil(shortest / MONTHS_OF_HALF_YEAR))


@dataclass(frozen=True)
class NotEligible:
    intervention_id: str
    why: str


@dataclass(frozen=True)
class Catalog:
    """Everything in the instrument's catalogue, sorted by whether it is for this group."""

    offers: tuple[Offer, ...]
    not_eligible: tuple[NotEligible, ...]

    @property
    def unknown_quantity(self) -> tuple[Offer, ...]:
        return tuple(each for each in self.offers if each.dollars is None)

    def delivered(self, item_id: str) -> int:
        """The highest level that an offer whose cost is known delivers; 0 where none does."""
        return max(
            (o.delivers.get(item_id, 0) for o in self.offers if o.dollars is not None), default=0
        )


def catalog_of(
    instrument: Instrument,
    book: CostBook,
    answers: Answers,
    context: Context,
    still_to_pay: Mapping[str, int],
    done_before: frozenset[str] = frozenset(),
) -> Catalog:
    """`still_to_pay`: dollars of what is under way, by intervention id; `done_before`: what was
    done before the answers were given."""
    offers, refused = [], []
    for each in instrument.interventions:
        note = book.note(each.id)
        if note is None:
            refused.append(NotEligible(each.id, "The cost book says nothing of it."))
        elif each.id in still_to_pay:
            offers.append(offer_under_way(each, note, answers, context, still_to_pay[each.id]))
        elif each.id in done_before:
            refused.append(NotEligible(each.id, DONE))
        elif why := why_not(instrument, each, note, answers, context):
            refused.append(NotEligible(each.id, why))
        else:
            offers.append(offer_of(each, note, answers, context, book.day_rate.dollars))
    return Catalog(tuple(offers), tuple(refused))


def why_not(
    instrument: Instrument,
    intervention: Intervention,
    note: CostNote,
    answers: Answers,
    context: Context,
) -> str:
    """Empty where it is for this group. What is not known is to be found out, never a yes."""
    population = note.population
    is_for = population.includes(context)
    if is_for is None:
        asks = [
            f"“{instrument.field_by_key[key].label}”"
            for key in sorted(population.keys)
            if context.get(key) is None
        ]
        return f"Whether it is for this group is to be found out: {' and '.join(asks)}."
    if serves(population.ages, context) is False:
        return f"It is for patients who are {population.ages}."
    if not is_for:
        return population.says
    for each in needs_of(intervention, note):
        if answers[each.item_id].kind is AnswerKind.NOT_APPLICABLE:
            return f"It rests on {each.item_id}, which does not apply to this group."
    return ""


def needs_of(intervention: Intervention, note: CostNote) -> tuple[Prerequisite, ...]:
    return (*intervention.prerequisites, *note.needs)


def offer_of(
    intervention: Intervention,
    note: CostNote,
    answers: Answers,
    context: Context,
    day_rate: Fraction,
) -> Offer:
    cost = estimate_cost(intervention.cost, context)
    known = cost.units is not None
    takes = requirements_of(intervention, note, context, cost.units) if known else None
    return Offer(
        intervention=intervention,
        delivers=delivered_by(note, answers),
        needs=tuple(n for n in needs_of(intervention, note) if not is_met(n, answers)),
        cost=cost,
        first_year=takes.first_year if takes else None,
        people_days=takes.people_days if takes else None,
        dollars=(
            dollars_of(takes.first_year.likely, takes.people_days.likely, day_rate)
            if takes
            else None
        ),
    )


def offer_under_way(
    intervention: Intervention,
    note: CostNote,
    answers: Answers,
    context: Context,
    still_to_pay: int,
) -> Offer:
    """It has begun, so it needs nothing first and costs what is still to pay."""
    pays = CostRange(*(Decimal(still_to_pay),) * 3)
    return Offer(
        intervention=intervention,
        delivers=delivered_by(note, answers),
        needs=(),
        cost=estimate_cost(intervention.cost, context),
        first_year=pays,
        people_days=None,
        dollars=still_to_pay,
        is_under_way=True,
    )


def delivered_by(note: CostNote, answers: Answers) -> dict[str, int]:
    """What does not apply stays as it is."""
    return {
        item_id: each.level
        for item_id, each in note.delivers.items()
        if answers[item_id].kind is not AnswerKind.NOT_APPLICABLE
        and each.level > level_of(item_id, answers)
    }


def level_of(item_id: str, answers: Answers) -> int:
    """The present level; what is not known counts from 0."""
    return answers[item_id].level or 0


def with_levels(answers: Answers, levels: Mapping[str, int]) -> Answers:
    """Each of these items at its level; what is higher already stays as it is."""
    raised = {i: Answer.at(to) for i, to in levels.items() if to > level_of(i, answers)}
    return {**answers, **raised}


def is_met(prerequisite: Prerequisite, answers: Answers) -> bool:
    answer = answers.get(prerequisite.item_id)
    return answer is not None and (answer.level or 0) >= prerequisite.level


def dollars_of(cash: Decimal, people_days: Decimal, day_rate: Fraction) -> int:
    """From the figures as they are shown, so that a reader can add them up.

    >>> dollars_of(Decimal("60000"), Decimal("33"), Fraction(400))
    73200
    """
    days = Fraction(people_days) * day_rate
    exact = cash + Decimal(days.numerator) / Decimal(days.denominator)
    return int(exact.quantize(DOLLAR, ROUND_HALF_UP))
