"""What a person makes of one action of a plan, checked before it becomes the next revision."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import date
from decimal import Decimal

from readiness.core import patient_identifiers
from readiness.core.errors import BadInput, Problem
from readiness.core.formatting import day
from readiness.core.free_text import LINE_CHARACTERS, NOTE_CHARACTERS, clean
from readiness.instruments.answers import Answers
from readiness.instruments.models import LEVELS
from readiness.plans.costs import CostRange, PeopleDays
from readiness.plans.models import ActionPlan, ActionStatus, GroupValues, PlanAction
from readiness.plans.schedule import (
    LAST_HALF_YEAR,
    due_after_start,
    end_of,
    half_year_of,
    is_due_before_start,
    new_conflicts,
    start_of,
    with_action,
)

OWNER_CHARACTERS, TITLE_CHARACTERS = 80, 160
MOST_DOLLARS = Decimal(100_000_000)
MOST_DAYS = Decimal(100_000)
MOST_UNITS = 1_000_000_000
MOST_MONTHS = 120

ORDER = "Low must not be above likely, nor likely above high."


@dataclass(frozen=True)
class ActionEdit:
    """What a person makes of one action."""

    owner: str
    due_on: date | None
    status: ActionStatus
    note: str
    title: str = ""  # of an action the group added; a proposal keeps its own
    own: GroupValues = field(default_factory=GroupValues)
    evidence: str = ""


def apply(plan: ActionPlan, action: PlanAction, edit: ActionEdit, answers: Answers) -> PlanAction:
    """The action's next revision, or BadInput with every problem by field."""
    problems = tuple(problems_of(edit, answers, needs_title=action.proposal is None))
    if problems:
        raise BadInput(problems)
    saved = replace(
        action,
        revision=action.revision + 1,
        title=action.title if action.proposal else clean(edit.title, TITLE_CHARACTERS),
        owner=clean(edit.owner, OWNER_CHARACTERS),
        due_on=edit.due_on,
        status=edit.status,
        note=clean(edit.note, NOTE_CHARACTERS),
        evidence=clean(edit.evidence, NOTE_CHARACTERS),
        own=clean_texts(edit.own),
    )
    if new := new_conflicts(plan, with_action(plan, saved)):
        raise BadInput([Problem("half_year", says) for says in new])
    return with_due_date(plan, action, move_due_date(plan, action, saved))


def new_action(plan: ActionPlan, action_id: str, edit: ActionEdit, answers: Answers) -> PlanAction:
    blank = PlanAction(action_id, 0, "", "", None, edit.status, "", None)
    return apply(plan, blank, edit, answers)


def edit_of(action: PlanAction) -> ActionEdit:
    return ActionEdit(
        owner=action.owner,
        due_on=action.due_on,
        status=action.status,
        note=action.note,
        title=action.title,
        own=action.own,
        evidence=action.evidence,
    )


def clean_texts(own: GroupValues) -> GroupValues:
    return replace(
        own,
        acts=clean(own.acts, LINE_CHARACTERS),
        may_pay=clean(own.may_pay, LINE_CHARACTERS),
        pays_after=clean(own.pays_after, LINE_CHARACTERS),
    )


def move_due_date(plan: ActionPlan, before: PlanAction, after: PlanAction) -> PlanAction:
    """A due date that nobody chose moves with the half-year it was the end of."""
    was, now = half_year_of(before, plan.starts_on), half_year_of(after, plan.starts_on)
    if not was or not now or was == now or after.due_on != end_of(was, plan.starts_on):
        return after
    return replace(after, due_on=end_of(now, plan.starts_on))


def with_due_date(plan: ActionPlan, before: PlanAction, after: PlanAction) -> PlanAction:
    """A later start moves a due date that was left as it was; one that is chosen before the start
    is refused."""
    if is_due_before_start(after, plan) and after.due_on != before.due_on:
        says = (
            f"This action starts on {day(start_of(after, plan))}. Choose a due date from then on, "
            "or an earlier start."
        )
        raise BadInput([Problem("due_on", says)])
    return due_after_start(after, plan)


# What may be typed.


def problems_of(edit: ActionEdit, answers: Answers, *, needs_title: bool) -> Iterator[Problem]:
    texts = (
        ("owner", edit.owner, OWNER_CHARACTERS),
        ("note", edit.note, NOTE_CHARACTERS),
        ("evidence", edit.evidence, NOTE_CHARACTERS),
        ("acts", edit.own.acts, LINE_CHARACTERS),
        ("may_pay", edit.own.may_pay, LINE_CHARACTERS),
        ("pays_after", edit.own.pays_after, LINE_CHARACTERS),
        ("title", edit.title if needs_title else "", TITLE_CHARACTERS),
    )
    for place, text, most in texts:
        yield from (Problem(place, says) for says in text_problems(text, most))
    if needs_title and not edit.title.strip():
        yield Problem("title", "Say what is to be done.")
    if edit.due_on and not 2000 <= edit.due_on.year <= 2100:
        yield Problem("due_on", "Type a date between 2000 and 2100.")
    yield from amount_problems(edit.own)
    yield from time_problems(edit.own)
    yield from level_problems(edit.own.levels, answers)


def text_problems(text: str, most: int) -> Iterator[str]:
    """A plan is shared, so what could point at a patient is not even stored in it."""
    try:
        tidied = clean(text, most)
    except ValueError as error:
        yield str(error)
        return
    if refused := patient_identifiers.refusal(tidied):
        yield f"{refused} A plan is shared."


def amount_problems(own: GroupValues) -> Iterator[Problem]:
    amounts = own.amounts
    dollars = f"Type an amount up to {MOST_DOLLARS:,} dollars."
    yield from range_problems("one_off", amounts.one_off, MOST_DOLLARS, dollars)
    yield from range_problems("yearly", amounts.yearly, MOST_DOLLARS, dollars)
    days = f"Type a number of days up to {MOST_DAYS:,}."
    yield from range_problems("days", amounts.people_days, MOST_DAYS, days)
    if own.units is not None and not 0 < own.units <= MOST_UNITS:
        yield Problem("units", f"Type a number above 0 and up to {MOST_UNITS:,}.")


def range_problems(
    name: str, amounts: CostRange | PeopleDays | None, most: Decimal, says: str
) -> Iterator[Problem]:
    if amounts is None:
        return
    if not 0 <= amounts.low <= amounts.likely <= amounts.high:
        yield Problem(f"{name}_low", ORDER)
    elif amounts.high > most:
        yield Problem(f"{name}_high", says)


def time_problems(own: GroupValues) -> Iterator[Problem]:
    if own.half_year is not None and not 1 <= own.half_year <= LAST_HALF_YEAR:
        yield Problem("half_year", f"Choose a half-year from 1 to {LAST_HALF_YEAR}.")
    months = f"Type a whole number of months from 0 to {MOST_MONTHS}."
    if own.months_to_launch is not None and not 0 <= own.months_to_launch <= MOST_MONTHS:
        yield Problem("months_to_launch", months)
    if own.months_to_effect is None:
        return
    earliest, latest = own.months_to_effect
    if not 0 <= earliest <= MOST_MONTHS or not 0 <= latest <= MOST_MONTHS:
        yield Problem("effect_low", months)
    elif earliest > latest:
        yield Problem("effect_low", "The earliest month must not be after the latest.")


def level_problems(levels: tuple[tuple[str, int], ...], answers: Answers) -> Iterator[Problem]:
    """A plan leads upward: what is reached is not planned away."""
    for item_id, level in levels:
        place = f"level_{item_id}"
        present = present_level(item_id, answers)
        if item_id not in answers:
            yield Problem(place, f"There is no item {item_id} to raise: choose one of the list.")
        elif level not in LEVELS:
            yield Problem(place, f"Choose a level from 0 to 4 for {item_id}.")
        elif level < present:
            yield Problem(
                place,
                f"{item_id} is at level {present} already: choose that level or a higher one.",
            )


def present_level(item_id: str, answers: Answers) -> int:
    answer = answers.get(item_id)
    return (answer.level or 0) if answer else 0
