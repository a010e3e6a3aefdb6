"""From one group's baseline to everything that could be paid for in it.

First its plans: all of the way to a tier as a package, and the actions of its plan to the next tier
singly. Then care redesign for a gap that counts, and what is in no plan, which stays off until the
payer asks for it. Nothing that is not for this group is offered.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from decimal import Decimal
from functools import cached_property
from math import ceil

from readiness.instruments.answers import Context
from readiness.instruments.context_fields import active_patients
from readiness.instruments.cost_book import CostBook, CostNote
from readiness.instruments.models import ActionKind, Instrument, Intervention, Tier
from readiness.instruments.quantities import Quantity
from readiness.investment.models import (
    INCENTIVE_READY,
    ActionOrigin,
    Candidate,
    GroupBaseline,
    GroupOffer,
    PatientsBehind,
    SocialRisk,
    TierPackage,
    TierPlan,
    Unavailable,
    becomes_ready,
)
from readiness.investment.prerequisites import (
    GroupDrafts,
    never_open,
    of_use,
    prerequisite_rules,
    rules_to,
    tier_rule,
)
from readiness.investment.purposes import NEXT, READY, is_reach, purposes_of, with_need
from readiness.plans.catalog import CHANGES_CARE, Catalog, Offer, catalog_of, level_of
from readiness.plans.costs import CostRange, PeopleDays, ResourceRequirements, requirements_of
from readiness.plans.least_cost import final_levels
from readiness.plans.models import ActionStatus, LevelRise, PlanAction
from readiness.plans.progress import BEGUN
from readiness.plans.tier_cost import leads_up

BY_LANGUAGE = frozenset({"LANG"})  # interpreters reach patients in a gap by language alone

UNRATED = "It is not yet ratable: what is not known has to be found out first."
RAISES_NOTHING = "It raises nothing that this group still has to raise, and unlocks nothing."
AWARDED = "Money was awarded for it already."
IN_PLACE = "The group’s plan says that it is under way or done."
GROUP_PAYS = "No payer is named among those who may pay for it: it is the group’s own to pay for."
ZERO = CostRange(Decimal(0), Decimal(0), Decimal(0))


@dataclass(frozen=True)
class GroupChoices:
    """One group with its catalogue and plans, sorted by what may be paid for."""

    baseline: GroupBaseline
    book: CostBook

    @property
    def instrument(self) -> Instrument:
        return self.baseline.instrument

    @cached_property
    def catalog(self) -> Catalog:
        """What is in place is for the group, and nothing of it is bought again."""
        found = self.baseline
        return catalog_of(
            self.instrument,
            self.book,
            found.answers,
            found.context,
            found.still_to_pay,
            found.done_before,
        )

    @cached_property
    def offer_by_id(self) -> Mapping[str, Offer]:
        return {offer.id: offer for offer in self.catalog.offers}

    @cached_property
    def refused(self) -> Mapping[str, str]:
        """By intervention, why it is not for this group."""
        return {each.intervention_id: each.why for each in self.catalog.not_eligible}

    def open_actions(self, plan: TierPlan) -> tuple[PlanAction, ...]:
        """What of a plan is still to begin and costs money, or may."""
        return tuple(
            each
            for each in plan.plan.current
            if is_priced(each)
            and leads_up(each)
            and each.status not in BEGUN
            and each.id not in self.baseline.in_place
        )

    @cached_property
    def candidates(self) -> tuple[Candidate, ...]:
        """Each action once: from the group's own plan, its later plans, its gaps, the rest. What
        can be bought neither singly nor in a package is none."""
        held = {each for package in self.packages for each in package.actions}
        return tuple(each for each in self.considered if each.is_single or each.id in held)

    @cached_property
    def considered(self) -> tuple[Candidate, ...]:
        found: dict[str, Candidate] = {}
        for number, plan in enumerate(self.baseline.plans):
            if number and self.why_no_package(plan):
                continue
            origin = ActionOrigin.LATER if number else ActionOrigin.PLAN
            for action in self.open_actions(plan):
                takes = takes_of(action)
                if takes and action.id not in self.refused and action.id not in found:
                    found[action.id] = self.planned(action, takes, origin)
        for offer in self.catalog.offers:
            takes = self.takes_in_catalog(offer)
            if offer.id not in found and not offer.is_under_way and takes:
                found[offer.id] = self.unplanned(offer, takes)
        return tuple(found.values())

    def takes_in_catalog(self, offer: Offer) -> ResourceRequirements | None:
        note = self.book.note_by_id[offer.id]
        return requirements_of(offer.intervention, note, self.baseline.context)

    def may_be_asked(self, action_id: str, note: CostNote | None) -> bool:
        """A payer may pay for it, and nobody has awarded money for it yet."""
        is_open = note is not None and note.payer_may_pay
        return is_open and action_id not in self.baseline.awarded

    def planned(
        self, action: PlanAction, takes: ResourceRequirements, origin: ActionOrigin
    ) -> Candidate:
        note = action.usual.note if action.usual else None
        intervention = self.instrument.intervention_by_id.get(action.id)
        if origin is ActionOrigin.LATER and intervention and self.is_for_gap(intervention):
            origin = ActionOrigin.GAP
        return Candidate(
            self.baseline.group_id,
            action.id,
            action.title,
            intervention.kind if intervention else None,
            takes,
            self.serves(action.id),
            origin,
            is_payable=self.may_be_asked(action.id, note),
            acts=action.own.acts or (note.acts if note else ""),
            pays_after=action.own.pays_after or (action.usual.pays_after if action.usual else ""),
        )

    def unplanned(self, offer: Offer, takes: ResourceRequirements) -> Candidate:
        each, note = offer.intervention, self.book.note_by_id[offer.id]
        return Candidate(
            self.baseline.group_id,
            each.id,
            each.title,
            each.kind,
            takes,
            self.serves(each.id),
            ActionOrigin.GAP if self.is_for_gap(each) else ActionOrigin.NO_PLAN,
            is_payable=self.may_be_asked(each.id, note),
            acts=note.acts,
            pays_after=note.pays_after,
        )

    def is_for_gap(self, each: Intervention) -> bool:
        """It may be bought singly for it, whether a later plan holds it or not."""
        reached = self.measures_open.keys() & set(self.measures_reached(each))
        return each.kind is ActionKind.CARE_REDESIGN and bool(reached)

    def measures_reached(self, each: Intervention) -> Iterator[str]:
        """Patients are reached by what changes care; data and training reach them through it."""
        if each.kind in CHANGES_CARE:
            for found in self.baseline.behind:
                is_able = found.is_by_language or each.id not in BY_LANGUAGE
                if found.measure_id in each.measure_ids and is_able:
                    yield found.measure_id

    # What they raise.

    @cached_property
    def rises(self) -> Mapping[str, LevelRise]:
        """What the group's own plan still has to raise, by item; not what is in place brings."""
        there = final_levels(
            self.baseline.answers,
            [self.offer_by_id[i] for i in self.baseline.in_place if i in self.offer_by_id],
            {},
        )
        found: dict[str, LevelRise] = {}
        for plan in self.baseline.plans[:1]:
            for rise in (rise for action in plan.plan.current for rise in action.lifts):
                now = level_of(rise.item_id, self.baseline.answers)
                present = max(now, there.get(rise.item_id, 0))
                known = found.get(rise.item_id)
                if rise.to > present and (known is None or rise.to > known.to):
                    level = self.baseline.answers[rise.item_id].level
                    found[rise.item_id] = replace(rise, from_level=level)
        return found

    def delivered(self, action_id: str) -> Mapping[str, int]:
        """By item the level that an action brings: as its plan expects, else as the book says."""
        for plan in self.baseline.plans:
            for action in plan.plan.current:
                if action.id == action_id:
                    return {rise.item_id: rise.to for rise in action.lifts}
        offer = self.offer_by_id.get(action_id)
        return offer.delivers if offer else {}

    @cached_property
    def levels_by_package(self) -> Mapping[str, Mapping[str, int]]:
        """By the tier that a plan reaches, the levels that it brings."""
        return {each.tier_id: each.plan.levels for each in self.baseline.plans}

    def lifts_in(self, levels: Mapping[str, int]) -> Iterator[str]:
        for item_id, rise in self.rises.items():
            if levels.get(item_id, 0) >= rise.to:
                yield f"lift:{item_id}"

    def serves(self, action_id: str) -> tuple[str, ...]:
        intervention = self.instrument.intervention_by_id.get(action_id)
        reached = self.measures_reached(intervention) if intervention else ()
        measures = (f"reach:{each}" for each in reached if each in self.measures_open)
        return tuple(dict.fromkeys((*self.lifts_in(self.delivered(action_id)), *measures)))

    @cached_property
    def measures_open(self) -> Mapping[str, list[PatientsBehind]]:
        """Gaps by measure that no action in place serves already."""
        there = (each.intervention for each in self.catalog.offers if each.is_under_way)
        served = {m for each in there if each.kind in CHANGES_CARE for m in each.measure_ids}
        found: dict[str, list[PatientsBehind]] = {}
        for each in self.baseline.behind:
            if each.measure_id not in served:
                found.setdefault(each.measure_id, []).append(each)
        return found

    # Packages.

    @cached_property
    def packages(self) -> tuple[TierPackage, ...]:
        """One for each plan that reaches its tier at a known cost."""
        return tuple(self.package(p) for p in self.baseline.plans if not self.why_no_package(p))

    def why_no_package(self, plan: TierPlan) -> str:
        opened = self.open_actions(plan)
        if not plan.reaches:
            changed = (
                f"The group’s plan as its people changed it does not reach {plan.tier_id}, so its "
                "way there cannot be paid for as a whole."
            )
            return changed if plan.plan.actions else " ".join(plan.plan.notes)
        missing = [each.title for each in opened if takes_of(each) is None]
        if missing:
            return (
                f"What {missing[0]} costs is not known, so the way to {plan.tier_id} is not either."
            )
        closed = [each for each in opened if each.id in self.refused]
        if closed:
            return (
                f"The plan to {plan.tier_id} holds {closed[0].title}: {self.refused[closed[0].id]}"
            )
        return ""

    def package(self, plan: TierPlan) -> TierPackage:
        tier = self.instrument.tier_by_id[plan.tier_id]
        left = [e for e in plan.plan.current if leads_up(e) and e.status is not ActionStatus.DONE]
        own = [each for each in left if not is_priced(each)]
        actions = tuple(each.id for each in self.open_actions(plan))
        reached = (each for id_ in actions for each in self.serves(id_) if is_reach(each))
        return TierPackage(
            group_id=self.baseline.group_id,
            tier_id=tier.id,
            tier_title=tier.title,
            actions=actions,
            serves=(
                NEXT,
                *((READY,) if becomes_ready(self.baseline.run.tier_id, tier.id) else ()),
                *self.lifts_in(self.levels_by_package[plan.tier_id]),
                *dict.fromkeys(reached),
            ),
            own_steps=tuple(step_says(each) for each in own if each.is_own_step),
            questions=tuple(each.title for each in own if each.is_question),
            own_days=ceil(sum(d.likely for each in own if (d := each.amounts.people_days))),
            still_to_pay=plan.still_to_pay,
            begun_yearly=plan.begun_yearly,
            months=plan.months,
        )


def is_priced(action: PlanAction) -> bool:
    """An action of the catalogue, or one that the group gave a cost of its own."""
    return action.is_intervention or action.cost is not None


def step_says(step: PlanAction) -> str:
    """What is found out takes no days that anybody counts."""
    days = step.amounts.people_days
    return f"{step.title} ({days.likely:,f} people-days)" if days else step.title


def takes_of(action: PlanAction) -> ResourceRequirements | None:
    """What nobody has taken apart is one-off."""
    amounts = action.amounts
    if action.cost is None:
        return None
    one_off = amounts.one_off or (None if amounts.yearly else action.cost)
    days = amounts.people_days or PeopleDays(*(Decimal(0),) * 3)
    return ResourceRequirements(one_off or ZERO, amounts.yearly or ZERO, days)


def offer_of(
    baseline: GroupBaseline, book: CostBook, risk: SocialRisk, tags: tuple[str, ...], tier_gate: int
) -> GroupOffer:
    """Everything about one group; at T0 nothing can be chosen."""
    tier = baseline.instrument.tier_by_id[baseline.run.tier_id]
    patients = active_patients(baseline.context)
    made = GroupOffer(
        baseline.group_id, baseline.name, tier.id, tier.title, patients, risk, tags,
        tuple(sorted(baseline.in_place)), (), (), (), (), (risk.says,),
        held_back=baseline.run.limiting_factor,
    )  # fmt: skip
    if tier == baseline.instrument.tiers[0]:
        return replace(made, notes=(UNRATED, *made.notes))
    choices = GroupChoices(baseline, book)
    drafts = GroupDrafts(
        choices.offer_by_id, choices.candidates, choices.packages, choices.levels_by_package
    )
    closed = never_open(drafts)
    drafts = replace(drafts, candidates=tuple(c for c in drafts.candidates if c.id not in closed))
    rules = (
        *prerequisite_rules(drafts),
        *tier_rule(drafts, baseline.in_place, below(tier, tier_gate)),
    )
    kept = of_use(drafts, rules)
    closed |= {c.id: RAISES_NOTHING for c in drafts.candidates if c not in kept}
    purposes = purposes_of(
        baseline, choices.rises, choices.measures_open, (*kept, *choices.packages)
    )
    return replace(
        made,
        purposes=with_need(purposes, made),
        candidates=tuple(map(drafts.with_notes, kept)),
        doors=rules_to(rules, kept),
        unavailable=tuple(unavailable(choices, closed)),
        notes=(*filter(None, map(choices.why_no_package, baseline.plans)), *made.notes),
        packages=choices.packages,
    )


def below(tier: Tier, tier_gate: int) -> int:
    """Care may change from Incentive-ready on, whatever else is there."""
    return tier_gate if tier.id < INCENTIVE_READY else 0


# What cannot be chosen, and why.


def unavailable(choices: GroupChoices, closed: Mapping[str, str]) -> Iterator[Unavailable]:
    """`closed`: why of others that have a cost and are for this group."""
    candidates = {each.id: each for each in choices.considered}
    for each in choices.instrument.interventions:
        if each.id in choices.baseline.in_place:
            yield Unavailable(each.id, each.title, IN_PLACE)
        elif each.id in choices.refused:
            yield Unavailable(each.id, each.title, choices.refused[each.id])
        elif each.id not in candidates:
            why = reason_without_cost(choices.instrument, each, choices.baseline.context)
            yield Unavailable(each.id, each.title, why)
        elif each.id in closed:
            yield Unavailable(each.id, each.title, closed[each.id])
        elif not candidates[each.id].is_payable:
            is_awarded = each.id in choices.baseline.awarded
            yield Unavailable(each.id, each.title, AWARDED if is_awarded else GROUP_PAYS)


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
