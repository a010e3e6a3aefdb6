"""Money for last year's plans: what was awarded and paid, a part of it more than was planned."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from decimal import Decimal
from functools import partial

from readiness.demo import actions, world
from readiness.demo.actions import Stage
from readiness.demo.world import Character, Round
from readiness.plans import db as plans
from readiness.plans.costs import CostRange
from readiness.plans.editing import ActionEdit, edit_of
from readiness.plans.models import ActionStatus, GroupValues, PlanAction, ResourceEstimate
from readiness.plans.postings import PostingInput, PostingKind
from readiness.plans.service import money, plan

AWARDED_ON = -300  # days from today
STEP_CENTS = 50_00  # amounts are such multiples
MISTYPED = "mistyped"
PAYER, OWN_BUDGET = f"{world.PAYER_NAME}, infrastructure grant", "Own budget"

Deed = tuple[datetime, Callable[[Stage], None]]


@dataclass(frozen=True)
class Story:
    """What became of one action, in shares of its likely cost; days are from today."""

    award: float
    paid: tuple[tuple[int, float], ...]
    needed: tuple[float, float, float] | None = None  # said sixty days ago
    done: bool = False


STORIES = (  # of the first priced action of a plan, of the second, and so on
    Story(1.0, ((-250, 0.5), (-150, 0.3)), done=True),
    Story(0.9, ((-260, 0.5), (-170, 0.35), (-80, 0.3)), needed=(0.05, 0.1, 0.2)),
    Story(1.0, ((-240, 0.4), (-110, 0.3)), needed=(0.4, 0.6, 0.9)),
    Story(1.2, ((-120, 0.6), (-75, 0.5))),  # begins in the second half-year
    Story(0.0, ()),  # under way, and nobody has entered money
)


OWN = (  # what the group on show added to its plan, and likely dollars a year
    ("A registry module from the record vendor", 24_000),
    ("Interpreter phones at every desk", 6_500),
    ("Outreach calls before each visit", 18_000),
    ("A data analyst for two days a week", 31_000),
)
AROUND = (Decimal("0.8"), Decimal(1), Decimal("1.4"))  # low, likely and high of these


def money_of(who: Character, on: Callable[[int], datetime]) -> Iterator[Deed]:
    """For the groups that had a plan last year."""
    for number, (title, dollars) in enumerate(OWN) if who.id == world.ON_SHOW else ():
        yield on(AWARDED_ON), partial(add, who=who, number=number, title=title, dollars=dollars)
    for number, story in enumerate(STORIES) if who.had_last_year else ():
        yield on(AWARDED_ON), partial(begin, who=who, number=number, story=story)
        for days, share in story.paid:
            yield on(days), partial(pay, who=who, number=number, share=share)
        if story.needed:
            yield on(-60), partial(say_needed, who=who, number=number, story=story)
        if story.done:
            yield on(-50), partial(finish, who=who, number=number)
    if who.id == world.ON_SHOW:
        yield on(-40), partial(mistype, who=who)
        yield on(-39), partial(put_right, who=who)


def add(stage: Stage, who: Character, number: int, title: str, dollars: int) -> None:
    yearly = CostRange(*(dollars * share for share in AROUND))
    nothing = CostRange(*(Decimal(0),) * 3)
    wanted = ActionEdit(
        owner="practice manager",
        due_on=(stage.now + timedelta(days=270)).date(),
        status=ActionStatus.PLANNED,
        note="",
        title=title,
        own=GroupValues(amounts=ResourceEstimate(one_off=nothing, yearly=yearly)),
    )
    here = Round.LAST.assessment_of(who)
    plan.add_own(actions.session_of(stage, who), here, f"own:{number}", wanted)


def begin(stage: Stage, who: Character, number: int, story: Story) -> None:
    set_status(stage, who, number, ActionStatus.UNDER_WAY)
    if story.award:
        post(stage, who, number, PostingKind.AWARDED, story.award, PAYER)


def pay(stage: Stage, who: Character, number: int, share: float) -> None:
    post(stage, who, number, PostingKind.SPENT, share, PAYER if number < 3 else OWN_BUDGET)


def finish(stage: Stage, who: Character, number: int) -> None:
    set_status(stage, who, number, ActionStatus.DONE)


def say_needed(stage: Stage, who: Character, number: int, story: Story) -> None:
    action = priced(stage, who, number)
    if action and story.needed:
        amounts = [cents(action, who, number, share) for share in story.needed]
        id_ = f"needed-{who.id}-{number}"
        why = "Quotes came in higher than planned."
        here = Round.LAST.assessment_of(who)
        money.save_estimate(actions.session_of(stage, who), here, action.id, amounts, why, id_)


def mistype(stage: Stage, who: Character) -> None:
    """An amount typed wrong, to be put right the day after."""
    action = priced(stage, who, 0)
    if action:
        here = Round.LAST.assessment_of(who)
        wrong = PostingInput(PostingKind.SPENT, 12_000_00, stage.now.date(), OWN_BUDGET, "Printing")
        money.post(actions.session_of(stage, who), here, action.id, wrong, MISTYPED)


def put_right(stage: Stage, who: Character) -> None:
    wrong = plans.get_posting(stage.store, MISTYPED)
    here = Round.LAST.assessment_of(who)
    right = PostingInput(wrong.kind, 1_200_00, wrong.on, wrong.payer, wrong.note)
    money.correct(
        actions.session_of(stage, who),
        here,
        wrong.action_id,
        wrong.id,
        right,
        "put-right",
    )


def post(
    stage: Stage, who: Character, number: int, kind: PostingKind, share: float, payer: str
) -> None:
    action = priced(stage, who, number)
    if action:
        id_ = f"money-{who.id}-{number}-{kind}-{stage.now:%Y-%m-%d}"
        wanted = PostingInput(kind, cents(action, who, number, share), stage.now.date(), payer, "")
        here = Round.LAST.assessment_of(who)
        money.post(actions.session_of(stage, who), here, action.id, wanted, id_)


def set_status(stage: Stage, who: Character, number: int, status: ActionStatus) -> None:
    action = priced(stage, who, number)
    if action:
        here = Round.LAST.assessment_of(who)
        wanted = replace(edit_of(action), status=status)
        plan.edit(actions.session_of(stage, who), here, action.id, action.revision, wanted)


def priced(stage: Stage, who: Character, number: int) -> PlanAction | None:
    """The action of that number among those with a cost; None: the plan has fewer."""
    here = Round.LAST.assessment_of(who)
    kept = plans.latest_plan(stage.store, here)
    now = kept or plan.load(actions.session_of(stage, who), here).plan
    found = [action for action in now.actions if action.cost]
    return found[number] if number < len(found) else None


def cents(action: PlanAction, who: Character, number: int, share: float) -> int:
    """A share of the likely cost, a little more or less for each group."""
    likely = float(action.cost.likely) * 100 if action.cost else 0.0
    factor = world.dice("money", who.id, number).uniform(0.94, 1.06)
    return round(likely * share * factor / STEP_CENTS) * STEP_CENTS
