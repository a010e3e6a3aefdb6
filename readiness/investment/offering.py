"""From one group's baseline to everything that could be paid for in it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from readiness.instruments.answers import AnswerKind, Context
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Instrument, Intervention, Prerequisite
from readiness.instruments.quantities import Quantity
from readiness.investment.models import (
    Candidate,
    GroupBaseline,
    GroupOffer,
    InvestmentPurpose,
    PatientsBehind,
    SocialRisk,
    Tag,
    Unavailable,
)
from readiness.investment.prerequisites import (
    missing_response,
    prerequisite_rules,
    ranks_of,
    tier_rule,
    with_notes,
)
from readiness.plans.costs import ResourceRequirements, requirements_of
from readiness.plans.models import LevelRise
from readiness.plans.planning import rises_needed
from readiness.plans.selection import CHANGES_CARE, reached_by

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
