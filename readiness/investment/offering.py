"""From one group's baseline to everything that could be paid for in it, and what comes first."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from readiness.instruments.answers import AnswerKind, Context
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import ActionKind, Instrument, Intervention, Prerequisite
from readiness.instruments.quantities import Quantity
from readiness.investment.lifts import reached_by, rises_needed
from readiness.investment.models import (
    Candidate,
    GroupBaseline,
    GroupOffer,
    InvestmentPurpose,
    PatientsBehind,
    PrerequisiteRule,
    SocialRisk,
    Tag,
    Unavailable,
)
from readiness.plans.catalog import CHANGES_CARE, NEVER_ALONE, is_met
from readiness.plans.costs import ResourceRequirements, requirements_of
from readiness.plans.models import LevelRise

REACH_WEIGHT = 3  # a measure with a gap weighs as a step on an essential gate, for need
BY_LANGUAGE = frozenset({"LANG"})  # interpreters reach patients in a gap by language alone
FIRST_FOR_INFRASTRUCTURE = 2  # need counts so many times in a group at Foundation

UNRATED = "It is not yet ratable: what is not known has to be found out first."
RAISES_NOTHING = "It raises nothing that this group still has to raise, and unlocks nothing."
IN_PLACE = "The group’s plan says that it is under way or done."


def offer_of(
    baseline: GroupBaseline, book: CostBook, risk: SocialRisk, tags: tuple[str, ...], tier_gate: int
) -> GroupOffer:
    """Everything about one group; at T0 nothing can be chosen."""
    baseline = replace(baseline, needed_first={n.intervention_id: n.needs for n in book.notes})
    tier = baseline.instrument.tier_by_id[baseline.run.tier_id]
    patients = whole(baseline.context.get("active_patients"))
    made = GroupOffer(
        baseline.group_id, baseline.name, tier.id, tier.title, patients, risk, tags,
        tuple(sorted(baseline.in_place)), (), (), (), (), (risk.says,),
    )  # fmt: skip
    if tier == baseline.instrument.tiers[0]:
        return replace(made, notes=(UNRATED, *made.notes))
    lifts = rises_needed(baseline.instrument, baseline.answers, baseline.run)
    purposes = with_need(purposes_of(baseline, lifts), made)
    drafts, unavailable = candidates_of(baseline, book, lifts, {each.id for each in purposes})
    order = ranks_of(baseline, drafts)
    drafts = tuple(with_notes(baseline, draft, order) for draft in drafts)
    doors = (
        *prerequisite_rules(baseline, drafts, order),
        *tier_rule(baseline, drafts, tier.number, tier_gate),
    )
    kept = {each for rule in doors for each in rule.of} | {d.id for d in drafts if d.serves}
    idle = (Unavailable(d.id, d.title, RAISES_NOTHING) for d in drafts if d.id not in kept)
    served = {each for draft in drafts for each in draft.serves}
    return replace(
        made,
        purposes=tuple(each for each in purposes if each.id in served),
        candidates=tuple(each for each in drafts if each.id in kept),
        doors=doors,
        unavailable=(*unavailable, *idle),
    )


# What there is to raise and to reach.


def purposes_of(
    baseline: GroupBaseline, lifts: Mapping[str, LevelRise]
) -> Iterator[InvestmentPurpose]:
    """What an action in place serves already is not counted again."""
    instrument = baseline.instrument
    there = [instrument.intervention_by_id[each] for each in sorted(baseline.in_place)]
    begun = {lift.item_id for each in there for lift in reached_by(each, lifts, baseline.answers)}
    served = {m for each in there if each.kind in CHANGES_CARE for m in each.measure_ids}
    for lift in lifts.values():
        if lift.item_id not in begun:
            yield InvestmentPurpose(
                baseline.group_id,
                f"lift:{lift.item_id}",
                lift_says(instrument, lift),
                readiness=lift.gap * lift.weight,
            )
    for measure_id, found in by_measure(baseline.behind).items():
        if measure_id not in served:
            yield InvestmentPurpose(
                baseline.group_id,
                f"reach:{measure_id}",
                "; ".join(each.says for each in found),
                people=sum(each.people for each in found),
                people_error=sum(each.error**2 for each in found) ** 0.5,
            )


def by_measure(behind: Iterable[PatientsBehind]) -> dict[str, list[PatientsBehind]]:
    found: dict[str, list[PatientsBehind]] = {}
    for each in behind:
        found.setdefault(each.measure_id, []).append(each)
    return found


def lift_says(instrument: Instrument, lift: LevelRise) -> str:
    now = "from what is not known" if lift.from_level is None else f"from level {lift.from_level}"
    gate = {3: ", an essential gate", 2: ", a supporting gate"}.get(lift.weight, "")
    return f"{instrument.item_by_id[lift.item_id].short} {now} to {lift.to}{gate}"


def with_need(
    purposes: Iterable[InvestmentPurpose], offer: GroupOffer
) -> tuple[InvestmentPurpose, ...]:
    """The group's patients at social risk, shared out over its work; doubled at Foundation."""
    listed = tuple(purposes)
    work = sum(each.readiness or REACH_WEIGHT for each in listed)
    first = FIRST_FOR_INFRASTRUCTURE if offer.tier_id == Tag.FOUNDATION else 1
    at_risk = offer.risk.share * (offer.patients or 0) * first
    return tuple(
        replace(each, need=at_risk * (each.readiness or REACH_WEIGHT) / work) for each in listed
    )


# What may be chosen at all.


def candidates_of(
    baseline: GroupBaseline, book: CostBook, lifts: Mapping[str, LevelRise], purposes: set[str]
) -> tuple[tuple[Candidate, ...], tuple[Unavailable, ...]]:
    drafts, not_open = [], []
    for each in baseline.instrument.interventions:
        takes = cost_of(each, book, baseline.context)
        why = reason_closed(baseline, each)
        if why or takes is None:
            why = why or reason_without_cost(baseline.instrument, each, baseline.context)
            not_open.append(Unavailable(each.id, each.title, why))
            continue
        serves = tuple(dict.fromkeys(i for i in serves_of(each, lifts, baseline) if i in purposes))
        drafts.append(Candidate(baseline.group_id, each.id, each.title, each.kind, takes, serves))
    ids = [draft.id for draft in drafts]
    early = {
        draft.id: too_early(needed)
        for draft in drafts
        if (needed := missing_response(baseline, draft.id, ids))
    }
    not_open.extend(Unavailable(d.id, d.title, early[d.id]) for d in drafts if d.id in early)
    return tuple(draft for draft in drafts if draft.id not in early), tuple(not_open)


def too_early(needed: Sequence[Prerequisite]) -> str:
    first = " and ".join(f"{each.item_id} at level {each.level}" for each in needed)
    return f"Screening is expanded only when the group can respond: first {first}."


def serves_of(
    each: Intervention, lifts: Mapping[str, LevelRise], baseline: GroupBaseline
) -> Iterator[str]:
    """Patients are reached by what changes care; data and training reach them through it alone."""
    yield from (f"lift:{lift.item_id}" for lift in reached_by(each, lifts, baseline.answers))
    if each.kind in CHANGES_CARE:
        for found in baseline.behind:
            if found.measure_id in each.measure_ids and reaches(each, found):
                yield f"reach:{found.measure_id}"


def reaches(each: Intervention, found: PatientsBehind) -> bool:
    return found.is_by_language or each.id not in BY_LANGUAGE


def cost_of(each: Intervention, book: CostBook, context: Context) -> ResourceRequirements | None:
    note = book.note(each.id)
    return requirements_of(each, note, context) if note else None


def reason_closed(baseline: GroupBaseline, each: Intervention) -> str:
    if each.id in baseline.in_place:
        return IN_PLACE
    for needed in each.prerequisites:
        answer = baseline.answers.get(needed.item_id)
        if answer and answer.kind is AnswerKind.NOT_APPLICABLE:
            return f"It rests on {needed.item_id}, which does not apply to this group."
    return ""


def reason_without_cost(instrument: Instrument, each: Intervention, context: Context) -> str:
    """Which answer about the group is missing, or that the instrument names none."""
    if each.cost.quantity is None:
        return (
            f"Its cost cannot be told: it is {each.cost.unit}, and how many is not known. "
            "Agree a number with the group, and enter it in the plan."
        )
    missing = [
        f"“{instrument.field_by_key[key].label}”"
        for key in sorted(Quantity(each.cost.quantity).keys)
        if context.get(key) is None
    ]
    named = " and ".join(missing) or "what drives it"
    return f"Its cost cannot be told: ask the group for {named}."


def whole(value: object) -> int | None:
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return int(value) if is_number else None  # type: ignore[call-overload]


INCENTIVE_READY_TIER = 3  # the tier from which care may change before infrastructure does
FOUNDATION = frozenset({ActionKind.ENABLING, ActionKind.GOVERNANCE})
ADVANCED = frozenset({ActionKind.CARE_REDESIGN, ActionKind.ACCESS, ActionKind.SOCIAL})


def prerequisite_rules(
    baseline: GroupBaseline, drafts: Sequence[Candidate], order: Mapping[str, int]
) -> tuple[PrerequisiteRule, ...]:
    """One for each prerequisite not yet met that an action raises, and one for what never goes
    alone."""
    found = []
    for draft in drafts:
        for needed in unmet_prerequisites(baseline, draft.id):
            if of := providers(baseline, draft.id, needed, order):
                says = (
                    f"{draft.title} needs {needed.item_id} at level {needed.level}: "
                    "one action that raises it comes first."
                )
                found.append(PrerequisiteRule(1, of, (draft.id,), says))
        found.extend(company_rules(baseline, draft, drafts))
    return tuple(found)


def unmet_prerequisites(baseline: GroupBaseline, intervention_id: str) -> list[Prerequisite]:
    wanted = (
        *baseline.instrument.intervention_by_id[intervention_id].prerequisites,
        *baseline.needed_first.get(intervention_id, ()),
    )
    return [each for each in wanted if not is_met(each, baseline.answers)]


def actions_raising(
    baseline: GroupBaseline, intervention_id: str, needed: Prerequisite, ids: Iterable[str]
) -> list[str]:
    """What raises an item without resting on it; training and dashboards do not count."""
    catalogue = baseline.instrument.intervention_by_id
    return [
        each
        for each in ids
        if each != intervention_id
        and needed.item_id in catalogue[each].item_ids
        and needed.item_id not in {p.item_id for p in unmet_prerequisites(baseline, each)}
        and catalogue[each].kind not in NEVER_ALONE
    ]


def ranks_of(baseline: GroupBaseline, drafts: Sequence[Candidate]) -> dict[str, int]:
    """How many steps come before each, so that no two actions wait for each other.

    A prerequisite that no action raises is the group's own step and adds none.
    """
    ids = [draft.id for draft in drafts]
    ranks: dict[str, int] = {}
    for rank in range(len(ids) + 1):
        ready = [
            each
            for each in ids
            if each not in ranks
            and all(
                any(
                    ranks.get(other, rank) < rank
                    for other in actions_raising(baseline, each, needed, ids)
                )
                or not actions_raising(baseline, each, needed, ids)
                for needed in unmet_prerequisites(baseline, each)
            )
        ]
        if not ready:
            break
        ranks |= dict.fromkeys(ready, rank)
    return ranks


def providers(
    baseline: GroupBaseline, intervention_id: str, needed: Prerequisite, order: Mapping[str, int]
) -> tuple[str, ...]:
    """Only what stands on an earlier step."""
    own = order.get(intervention_id, len(order) + 1)
    return tuple(
        each
        for each in actions_raising(baseline, intervention_id, needed, order)
        if order[each] < own
    )


def company_rules(
    baseline: GroupBaseline, draft: Candidate, drafts: Sequence[Candidate]
) -> Iterator[PrerequisiteRule]:
    """Training and dashboards alone changed nothing in trials."""
    if draft.kind not in NEVER_ALONE:
        return
    catalogue = baseline.instrument.intervention_by_id
    measures = set(catalogue[draft.id].measure_ids)
    others = (*(each.id for each in drafts if each.serves), *sorted(baseline.in_place))
    of = tuple(
        each
        for each in others
        if catalogue[each].kind in CHANGES_CARE
        and (not measures or measures & set(catalogue[each].measure_ids))
    )
    says = f"{draft.title} is never paid for alone: a change in care goes with it."
    yield PrerequisiteRule(1, of, (draft.id,), says)


def tier_rule(
    baseline: GroupBaseline, drafts: Sequence[Candidate], tier_number: int, needs: int
) -> Iterator[PrerequisiteRule]:
    """Infrastructure before incentives; of fewer foundations than asked for, all of them."""
    if tier_number >= INCENTIVE_READY_TIER or not needs:
        return
    catalogue = baseline.instrument.intervention_by_id
    of = (
        *(draft.id for draft in drafts if draft.kind in FOUNDATION and draft.serves),
        *(each for each in sorted(baseline.in_place) if catalogue[each].kind in FOUNDATION),
    )
    unlocks = tuple(draft.id for draft in drafts if draft.kind in ADVANCED)
    asked = min(needs, len(of))
    if unlocks and asked:
        says = (
            f"Below Incentive-ready, care and access change once {asked} enabling or governance "
            f"action{'' if asked == 1 else 's'} stand{'s' if asked == 1 else ''}."
        )
        yield PrerequisiteRule(asked, of, unlocks, says, is_tier_gate=True)


def with_notes(baseline: GroupBaseline, draft: Candidate, order: Mapping[str, int]) -> Candidate:
    """What only the group can do first is said, and closes nothing."""
    notes = tuple(
        f"First the group’s own step: {needed.item_id} at level {needed.level}."
        for needed in unmet_prerequisites(baseline, draft.id)
        if not providers(baseline, draft.id, needed, order)
    )
    return replace(draft, notes=notes)


def missing_response(
    baseline: GroupBaseline, intervention_id: str, ids: Sequence[str]
) -> tuple[Prerequisite, ...]:
    """The capacity to respond that is missing and that no action raises."""
    return tuple(
        needed
        for needed in baseline.needed_first.get(intervention_id, ())
        if not is_met(needed, baseline.answers)
        and not actions_raising(baseline, intervention_id, needed, ids)
    )
