"""The way to the next tier in words: every raise, by what brings it, and what each serves.

Told here once for every page and paper. What is under way or done is on it too, with what is still
to pay: its raises count, and nobody sees them in the answers yet. Where no plan exists, the fewest
steps stand in, cost aside.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from readiness.assessments.presenter import criterion_text
from readiness.assessments.scorecard import Raise, ScoringRun, UnmetCriterion, UnmetKind
from readiness.assessments.unmet import served_by
from readiness.core.formatting import day, dollars, join_words
from readiness.instruments.models import Instrument, Tier
from readiness.plans.catalog import delivered_by, level_of
from readiness.plans.models import ActionPlan, ActionStatus, PlanAction
from readiness.plans.presenters.action import anchor_of
from readiness.plans.presenters.lifts import serves_says
from readiness.plans.progress import find_out_item
from readiness.plans.service.basis import PlanBasis, book_of
from readiness.plans.service.begun import BegunAction
from readiness.plans.service.plan import PlanView

PAID = "nothing more to pay"
NOT_COUNTED = "This plan does not count it."
OUTDATED = "The plan rests on an earlier result. Renew it to see its way to {tier}."


@dataclass(frozen=True)
class WayRaise:
    """One item that is raised, or found out."""

    item_id: str
    to: int | None  # None: it is found out
    short: str  # "LEAD-1 Named accountability"
    now: str  # "level 1"; empty: it is found out
    means: str  # its level in words; empty: it is found out
    serves: tuple[str, ...]  # ids of the criteria that it helps to meet

    @property
    def says(self) -> str:
        return f"{self.short} from {self.now} to {self.to}" if self.now else self.short

    @property
    def served(self) -> str:
        return serves_says(self.serves)

    @property
    def in_a_line(self) -> str:
        """For paper: beside it stands only that it is a gate."""
        says = f"{self.short} {self.now} to {self.to}" if self.now else self.short
        return f"{says} (gate)" if any(":gate:" in each for each in self.serves) else says


@dataclass(frozen=True)
class WayStep:
    """One action, or all own steps, and what that raises."""

    title: str
    anchor: str = ""  # of the action on the plan's page, of the first of several; empty: in no plan
    mark: str = ""  # of what has begun: since when, and what is still to pay
    raises: tuple[WayRaise, ...] = ()
    advice: str = ""  # what to do about what is done and not shown by the answers

    @property
    def name(self) -> str:
        return f"{self.title} ({self.mark})" if self.mark else self.title

    @property
    def line(self) -> str:
        """For paper, and for data."""
        raised = "; ".join(each.in_a_line for each in self.raises)
        return self.of_parts(raised)

    @property
    def short_line(self) -> str:
        """The same, each item by its id alone."""
        return self.of_parts(ids_by_level(self.raises))

    def of_parts(self, raised: str) -> str:
        says = f"{self.name}: {raised}." if raised else f"{self.name}."
        return f"{says} {self.advice}" if self.advice else says


@dataclass(frozen=True)
class Way:
    title: str
    steps: tuple[WayStep, ...]
    says: str  # why there is none, what there is instead, or what it leaves as it is
    is_plan: bool

    @property
    def lines(self) -> tuple[str, ...]:
        return tuple(step.line for step in self.steps)


def way_of(opened: PlanView, basis: PlanBasis) -> Way:
    """`basis`: the result that is shown beside it; the plan may rest on an earlier one."""
    instrument, plan = opened.instrument, opened.plan
    target = instrument.tier_after(instrument.tier_by_id[basis.run.tier_id])
    if target is None:
        return Way("The top tier", (), "There is no tier above this one.", is_plan=False)
    if plan.target_tier_id != target.id:
        way = fewest_steps(plan, basis.run, instrument, target)
        return replace(way, says=way.says or OUTDATED.format(tier=target.id))
    steps = tuple(steps_of(replace(opened, basis=basis)))
    if not steps:
        return fewest_steps(plan, basis.run, instrument, target)
    title = f"The way to {target.id} {target.title}"
    shown = (*steps, *begun_elsewhere(replace(opened, basis=basis)))
    return Way(title, shown, left_as_it_is(basis.run.unmet, steps, instrument, target), True)


def steps_of(opened: PlanView) -> Iterator[WayStep]:
    """What is to be found out first, then each action in its order, then all own steps as one."""
    known = [each for each in opened.plan.current if leads_up(each)]
    ahead = [each for each in known if each.status is not ActionStatus.DONE]
    done = [each for each in known if each.status is ActionStatus.DONE]
    yield from many("Questions to answer first", questions_of(ahead), opened)
    yield from (step_of(each, opened) for each in known if is_named(each))
    yield from many("Own steps", own_steps_of(ahead), opened)
    yield from many("Questions found out", questions_of(done), opened)
    yield from many("Own steps that are done", own_steps_of(done), opened)


def leads_up(action: PlanAction) -> bool:
    """What was added because somebody pays for it is not needed for the tier."""
    if action.proposal and action.proposal.is_added:
        return False
    return action.is_question or bool(action.lifts)


def is_named(action: PlanAction) -> bool:
    return not action.is_question and not action.is_own_step


def questions_of(actions: Iterable[PlanAction]) -> list[PlanAction]:
    return [each for each in actions if each.is_question]


def own_steps_of(actions: Iterable[PlanAction]) -> list[PlanAction]:
    return [each for each in actions if each.is_own_step]


def many(title: str, actions: Sequence[PlanAction], opened: PlanView) -> Iterator[WayStep]:
    if actions:
        begun = sum(each.status is ActionStatus.UNDER_WAY for each in actions)
        made = plan_step(f"{title} ({len(actions)})", actions, opened)
        yield replace(made, mark=f"{begun} of them under way" if begun else "")


def step_of(action: PlanAction, opened: PlanView) -> WayStep:
    made = plan_step(action.title, [action], opened)
    return replace(made, mark=mark_of(action, opened))


def plan_step(title: str, actions: Sequence[PlanAction], opened: PlanView) -> WayStep:
    raises = tuple(each for action in actions for each in raises_of(action, opened))
    is_done = actions[0].status is ActionStatus.DONE and not opened.later
    return WayStep(
        title,
        anchor_of(actions[0].id),
        raises=raises,
        advice=answer_anew(raises) if is_done and raises else "",
    )


def answer_anew(raises: Sequence[WayRaise]) -> str:
    ids = join_words(each.item_id for each in raises)
    return f"These answers do not show it yet. Once it shows, {ids} can be answered anew."


# Raises, by the answers as they stand.


def raises_of(action: PlanAction, opened: PlanView) -> Iterator[WayRaise]:
    if action.is_question:
        yield question_of(action, opened)
    for lift in action.lifts:
        if lift.to > level_of(lift.item_id, opened.basis.answers):
            yield raise_of(lift.item_id, lift.to, opened)


def raise_of(item_id: str, to: int, opened: PlanView) -> WayRaise:
    item, level = opened.instrument.item_by_id[item_id], opened.basis.answers[item_id].level
    now = "not known" if level is None else f"level {level}"
    served = serves(item_id, to, opened)
    return WayRaise(item_id, to, f"{item_id} {item.short}", now, item.levels[to], served)


def question_of(action: PlanAction, opened: PlanView) -> WayRaise:
    item = opened.instrument.item_by_id.get(find_out_item(action.id))
    if item is None:
        return WayRaise("", None, action.title, "", "", ())
    return WayRaise(item.id, None, f"{item.id} {item.short}", "", "", serves(item.id, 0, opened))


def serves(item_id: str, to: int, opened: PlanView) -> tuple[str, ...]:
    basis = opened.basis
    return served_by(opened.instrument, basis.answers, item_id, to, basis.run.unmet)


def ids_by_level(raises: Iterable[WayRaise]) -> str:
    """Such as "LEAD-1 and LEAD-3 to 3; LEAD-4 to 2"."""
    by_level: dict[int | None, list[str]] = {}
    for each in raises:
        by_level.setdefault(each.to, []).append(each.item_id or each.says)
    return "; ".join(
        join_words(ids) if to is None else f"{join_words(ids)} to {to}"
        for to, ids in by_level.items()
    )


# What has begun.


def mark_of(action: PlanAction, opened: PlanView) -> str:
    """Empty where nobody has begun it."""
    begun = next((each for each in opened.begun if each.id == action.id), None)
    if action.status is ActionStatus.DONE:
        return f"{since('done', begun)}; {PAID}"
    if action.status is not ActionStatus.UNDER_WAY:
        return ""
    left = opened.still_to_pay.get(action.id)
    return f"{since('under way', begun)}; {pays(round(left.likely) if left else None)}"


def since(status: str, begun: BegunAction | None) -> str:
    if begun is None:
        return status
    when = "on" if begun.status is ActionStatus.DONE else "since"
    whose = f", in the plan of “{begun.earlier_plan}”" if begun.earlier_plan else ""
    return f"{status} {when} {day(begun.on)}{whose}"


def pays(left: int | None) -> str:
    if left is None:
        return "what is still to pay is not known"
    return f"likely {dollars(left)} still to pay" if left else PAID


def begun_elsewhere(opened: PlanView) -> Iterator[WayStep]:
    """What an earlier plan began and this one does without, as far as it serves the next tier."""
    in_plan = {each.id for each in opened.plan.actions}
    book = book_of(opened.instrument)
    for each in opened.begun:
        note = book.note(each.id) if book else None
        if each.id in in_plan or note is None:
            continue
        delivered = delivered_by(note, opened.basis.answers)
        raises = (raise_of(item_id, to, opened) for item_id, to in delivered.items())
        if useful := tuple(one for one in raises if one.serves):
            title = opened.instrument.intervention_by_id[each.id].title
            if each.is_done_before:
                mark, advice = f"{since('done', each)}; {PAID}", look_again(useful, opened)
                yield WayStep(title, mark=mark, advice=advice)
            else:
                mark = f"{since('under way', each)}; {pays(each.still_to_pay)}"
                yield WayStep(title, mark=mark, raises=useful, advice=NOT_COUNTED)


def look_again(raises: Iterable[WayRaise], opened: PlanView) -> str:
    """The answers came after it, and do not show all that it usually brings."""
    short = join_words(
        f"{each.item_id} (level {level_of(each.item_id, opened.basis.answers)}, usually {each.to})"
        for each in raises
    )
    return (
        f"The answers came after it and do not show all that it usually brings: {short}. Look "
        "again before doing more for it, and answer anew what shows by now."
    )


# What it leaves as it is.


def left_as_it_is(
    unmet: Iterable[UnmetCriterion], steps: Iterable[WayStep], instrument: Instrument, target: Tier
) -> str:
    """Unmet criteria that nothing on the way brings nearer."""
    served = {i for step in steps for each in step.raises for i in each.serves}
    left = [each for each in unmet if each.id not in served]
    waits = [each for each in left if each.kind is UnmetKind.SUPPORTING]
    if len(waits) > target.supporting_unmet_max:
        waits = []
    parts = (
        ("This plan leaves open {}.", [each for each in left if each not in waits]),
        ("This plan leaves open what is supporting and may wait: {}.", waits),
    )
    return " ".join(
        says.format(join_words(criterion_text(instrument, each).name for each in found))
        for says, found in parts
        if found
    )


# The group's own work, counted.


def own_work_says(own_steps: int, questions: int) -> str:
    """
    >>> own_work_says(12, 2), own_work_says(1, 0), own_work_says(0, 1)
    ('12 own steps, and 2 questions to answer first', '1 own step', '1 question to answer first')
    """
    steps = f"{own_steps} own step{'' if own_steps == 1 else 's'}" if own_steps else ""
    first = f"{questions} question{'' if questions == 1 else 's'} to answer first"
    return ", and ".join(filter(None, (steps, first if questions else "")))


# In the place of a plan.


def fewest_steps(plan: ActionPlan, run: ScoringRun, instrument: Instrument, target: Tier) -> Way:
    title = f"The fewest steps to {target.id} {target.title}, cost aside"
    newly = frozenset(run.applies_at_end)
    steps = tuple(raise_step(each, instrument, newly) for each in run.shortest_way or ())
    why = " ".join(plan.notes)
    return Way(title, steps, run.shortest_way_reason or why, is_plan=False)


def raise_step(step: Raise, instrument: Instrument, newly: frozenset[str]) -> WayStep:
    item = instrument.item_by_id[step.item_id]
    if step.item_id in newly:
        return WayStep(f"{item.short} ({item.id}): applies by then, to level {step.to}")
    if step.to == 0:
        return WayStep(f"Find out {item.short} ({item.id})")
    now = "not known" if step.from_level is None else f"level {step.from_level}"
    return WayStep(f"{item.short} ({item.id}): from {now} to level {step.to}")
