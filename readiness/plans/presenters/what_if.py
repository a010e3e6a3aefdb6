"""What other levels would move, in words and figures: tier, unmet criteria, way, cost and time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from readiness.assessments.presenter import criterion_text
from readiness.assessments.scorecard import UnmetKind
from readiness.assessments.tiers import TierResult
from readiness.instruments.answers import AnswerKind, Answers, no_longer_excused
from readiness.instruments.models import LEVELS, Domain, Instrument, Item, Tier
from readiness.plans.models import PlanAction
from readiness.plans.presenters.change import days_of, dollars_of, range_of
from readiness.plans.presenters.formats import between
from readiness.plans.presenters.tier_cost import months_say
from readiness.plans.presenters.way import WayStep, step_of
from readiness.plans.service.plan import PlanView
from readiness.plans.service.what_if import WhatIf
from readiness.plans.what_if import (
    CriterionMove,
    LevelChange,
    criterion_moves,
    raises_any,
    steps_left,
    way_moves,
    with_changes,
)

NONE = "–"
FIGURES = (
    "Cost until the tier is reached",
    "A payer may pay",
    "Own people-days",
    "Reached",
    "Actions left",
)


@dataclass(frozen=True)
class ItemChoice:
    """One item with its present level, and the others that can be tried."""

    item: Item
    now: str
    chosen: str  # "" as it is, or a level
    options: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class DomainChoices:
    domain: Domain
    items: tuple[ItemChoice, ...]
    changed: int


@dataclass(frozen=True)
class TriedLevel:
    item_id: str
    says: str
    means: str  # the words of the level that is tried


@dataclass(frozen=True)
class CriterionLine:
    name: str
    asks: str
    may_wait: bool  # a supporting gate: a few of a tier may
    before: str
    was_met: bool
    after: str
    is_met: bool


@dataclass(frozen=True)
class PlanRows:
    """The plan to one tier, as it is and with the changes."""

    title: str
    rows: tuple[tuple[str, str, str], ...]


@dataclass(frozen=True)
class WaySteps:
    gone: tuple[WayStep, ...]
    new: tuple[WayStep, ...]
    kept: tuple[WayStep, ...]
    done: tuple[WayStep, ...]


@dataclass(frozen=True)
class WhatIfText:
    finding: tuple[str, ...]  # empty: nothing is changed
    changes: tuple[TriedLevel, ...]
    domains: tuple[DomainChoices, ...]
    criteria: tuple[tuple[Tier, tuple[CriterionLine, ...]], ...]
    plans: tuple[PlanRows, ...]
    way: WaySteps | None
    notes: tuple[str, ...]


def text_of(found: WhatIf) -> WhatIfText:
    instrument, answers = found.opened.instrument, found.opened.basis.answers
    changes = found.asked.changes
    return WhatIfText(
        finding=tuple(finding(found)),
        changes=tuple(change_line(instrument, each) for each in changes),
        domains=tuple(
            domain_choices(domain, answers, {each.item_id: each.to for each in changes})
            for domain in instrument.domains
        ),
        criteria=tuple(criteria_by_tier(found)) if changes else (),
        plans=tuple(plan_rows(found)),
        way=way_of(found),
        notes=tuple(notes_of(found)),
    )


# The finding.


def finding(found: WhatIf) -> Iterator[str]:
    if found.then is None:
        return
    yield tier_sentence(found)
    target = target_of(found.then)
    if target is None:
        yield "That is the highest tier: nothing more is needed for it."
    elif found.after.tier == found.opened.instrument.tiers[0]:
        yield find_out_sentence(found.then)
    elif not raises_any(found.then.plan):
        yield f"There would be no plan to {name_of(target)}."
    else:
        yield way_sentence(found, found.then, target)


def tier_sentence(found: WhatIf) -> str:
    count = len(found.asked.changes)
    which = "this change" if count == 1 else f"these {count} changes"
    who = "you" if found.opened.is_own else "the group"
    before, after = found.before, found.after
    where = f"{name_of(after.tier)}{' (provisional)' if after.provisional else ''}"
    if before.tier == after.tier:
        return f"With {which} {who} would still be at {where}."
    return f"With {which} {who} would be at {where} instead of {name_of(before.tier)}."


def find_out_sentence(then: PlanView) -> str:
    left = len(steps_left(then.plan))
    many = "1 answer" if left == 1 else f"{left} answers"
    return f"{many} would still have to be found out before there is a way to plan."


def way_sentence(found: WhatIf, then: PlanView, target: Tier) -> str:
    new = likely_figures(then)
    old = likely_figures(found.compared) if found.compared else ("",) * len(new)
    cost, days, months, left = (beside(*pair) for pair in zip(new, old, strict=True))
    when = (
        f" and {months} from the plan’s start"
        if months
        else f", and not reach {target.id}, as its actions were changed"
    )
    back = "back " if target.number <= found.before.tier.number else ""
    verb = "still" if new == old else "then"
    return (
        f"The way {back}to {name_of(target)} would {verb} cost {cost}, and take {days} of the "
        f"group’s own people-days{when}. Actions left: {left}."
    )


def likely_figures(opened: PlanView) -> tuple[str, str, str, str]:
    cost = opened.target_cost
    return (
        dollars_of(cost.first_year),
        days_of(cost.people_days),
        months_say(cost.months) if cost.months else "",
        str(len(steps_left(opened.plan))),
    )


def beside(new: str, old: str) -> str:
    """
    >>> beside("$2", "$3"), beside("$2", "$2"), beside("$2", "")
    ('$2 instead of $3', '$2', '$2')
    """
    return f"{new} instead of {old}" if new and old and new != old else new


# Figures of the plans.


def plan_rows(found: WhatIf) -> Iterator[PlanRows]:
    """One plan where the next tier stays the same, else one to each."""
    if found.then is None:
        return
    instrument = found.opened.instrument
    present, wanted = found.opened.plan.target_tier_id, found.then.plan.target_tier_id
    for tier in instrument.tiers:
        if tier.id in (present, wanted):
            old = found.opened if tier.id == present else found.compared
            new = found.then if tier.id == wanted else None
            columns = (
                figures(old, tier) or in_place_of(instrument, found.before, tier),
                figures(new, tier) or in_place_of(instrument, found.after, tier),
            )
            rows = zip(FIGURES, *columns, strict=True)
            yield PlanRows(f"The plan to {name_of(tier)}", tuple(rows))


def figures(opened: PlanView | None, tier: Tier) -> tuple[str, ...] | None:
    """None where there is no plan."""
    if opened is None or not raises_any(opened.plan):
        return None
    cost = opened.target_cost
    reached = opened.ahead.reached(tier.number)
    return (
        range_of(cost.first_year),
        dollars_of(cost.payable),
        days_of(cost.people_days),
        between(*reached) if reached else "not by this plan",
        str(len(steps_left(opened.plan))),
    )


def in_place_of(instrument: Instrument, result: TierResult, tier: Tier) -> tuple[str, ...]:
    """Why there is no plan to that tier."""
    above = instrument.tier_after(result.tier)
    if result.tier.number >= tier.number:
        why = f"{tier.id} is held"
    elif above and above != tier:
        why = f"after {above.id}"
    else:
        why = "no plan yet"
    return (why, *(NONE,) * (len(FIGURES) - 1))


# Criteria and way.


def criteria_by_tier(found: WhatIf) -> Iterator[tuple[Tier, tuple[CriterionLine, ...]]]:
    instrument, answers = found.opened.instrument, found.opened.basis.answers
    changed = with_changes(answers, found.asked.changes)
    moves = tuple(criterion_moves(instrument, (answers, found.before), (changed, found.after)))
    for tier in dict.fromkeys(each.tier.id for each in moves):
        lines = tuple(criterion_line(instrument, each) for each in moves if each.tier.id == tier)
        yield instrument.tier_by_id[tier], lines


def criterion_line(instrument: Instrument, move: CriterionMove) -> CriterionLine:
    before = criterion_text(instrument, move.before)
    after = criterion_text(instrument, move.after)
    return CriterionLine(
        name=before.name,
        asks=before.asks,
        may_wait=move.after.kind is UnmetKind.SUPPORTING,
        before=before.has,
        was_met=move.was_met,
        after=after.has,
        is_met=move.is_met,
    )


def way_of(found: WhatIf) -> WaySteps | None:
    """Without a plan to compare with, everything on it is new."""
    if found.then is None or not raises_any(found.then.plan):
        return None
    then = found.then
    before = found.compared or replace(then, plan=replace(then.plan, actions=()))
    moves = way_moves(before.plan, then.plan)

    def steps(actions: Iterable[PlanAction], opened: PlanView) -> tuple[WayStep, ...]:
        return tuple(step_of(each, opened) for each in actions)

    return WaySteps(
        steps(moves.gone, before),
        steps(moves.new, then),
        steps(moves.kept, then),
        tuple(each for each in steps(moves.done, then) if each.raises),
    )


def notes_of(found: WhatIf) -> Iterator[str]:
    if found.then is None:
        return
    yield from found.then.plan.notes
    instrument, basis = found.opened.instrument, found.opened.basis
    levels = {each.item_id: each.to for each in found.asked.changes}
    for item in no_longer_excused(instrument, basis.answers, basis.context, levels):
        yield (
            f"{item.id} {item.short} is answered “not applicable”. At these levels it applies, and "
            "would have to be answered."
        )


# What can be tried.


def domain_choices(domain: Domain, answers: Answers, levels: dict[str, int]) -> DomainChoices:
    """What does not apply has no level to try."""
    items = tuple(
        item_choice(item, answers[item.id].level, levels.get(item.id))
        for item in domain.items
        if answers[item.id].kind is not AnswerKind.NOT_APPLICABLE
    )
    return DomainChoices(domain, items, sum(bool(each.chosen) for each in items))


def item_choice(item: Item, present: int | None, chosen: int | None) -> ItemChoice:
    now = "Not known now." if present is None else f"Level {present} now: {item.levels[present]}"
    as_it_is = "As it is: not known" if present is None else f"As it is: level {present}"
    return ItemChoice(
        item,
        now,
        "" if chosen is None else str(chosen),
        (
            ("", as_it_is),
            *(
                (str(level), f"Level {level}: {item.levels[level]}")
                for level in LEVELS
                if level != present
            ),
        ),
    )


def change_line(instrument: Instrument, change: LevelChange) -> TriedLevel:
    item = instrument.item_by_id[change.item_id]
    now = "not known" if change.before is None else f"level {change.before}"
    says = f"{item.id} {item.title}: from {now} to level {change.to}"
    return TriedLevel(item.id, says, item.levels[change.to])


def target_of(opened: PlanView) -> Tier | None:
    return opened.instrument.tier_by_id.get(opened.plan.target_tier_id or "")


def name_of(tier: Tier) -> str:
    return f"{tier.id} {tier.title}"
