"""What has to be in place or chosen before an action of one group may be chosen."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

from readiness.instruments.models import ActionKind, Prerequisite
from readiness.investment.models import (
    ActionOrigin,
    Candidate,
    PrerequisiteRule,
    TierPackage,
)
from readiness.plans.catalog import CHANGES_CARE, NEVER_ALONE, Offer

FOUNDATION = frozenset({ActionKind.ENABLING, ActionKind.GOVERNANCE})
ADVANCED = frozenset({ActionKind.CARE_REDESIGN, ActionKind.ACCESS, ActionKind.SOCIAL})
SCREENING = "SDOH"  # expanded only where the group can respond
ALONE = "It is never paid for alone, and no change in care that goes with it is for this group."


@dataclass(frozen=True)
class GroupDrafts:
    """What one group is offered, before the order that it has to come in."""

    offers: Mapping[str, Offer]  # of the catalogue, with what is in place
    candidates: tuple[Candidate, ...]
    packages: tuple[TierPackage, ...]
    levels: Mapping[str, Mapping[str, int]]  # by tier, what the plan to it brings

    def needs(self, action_id: str) -> tuple[Prerequisite, ...]:
        """What it needs that is not met at present."""
        offer = self.offers.get(action_id)
        return offer.needs if offer else ()

    def brings(self, action_id: str, needed: Prerequisite) -> bool:
        """Training and dashboards do not count, nor what itself needs that item first."""
        offer = self.offers.get(action_id)
        return (
            offer is not None
            and offer.delivers.get(needed.item_id, 0) >= needed.level
            and offer.intervention.kind not in NEVER_ALONE
            and needed.item_id not in {each.item_id for each in offer.needs}
        )

    @cached_property
    def held(self) -> frozenset[str]:
        """By packages."""
        return frozenset(each for package in self.packages for each in package.actions)

    @cached_property
    def in_place(self) -> tuple[str, ...]:
        return tuple(each.id for each in self.offers.values() if each.is_under_way)

    @cached_property
    def order(self) -> Mapping[str, int]:
        """How many steps come before each, so that no two actions wait for each other.

        A prerequisite that no action brings is the group's own step and adds none.
        """
        ids = [each.id for each in self.candidates]
        found: dict[str, int] = dict.fromkeys(self.in_place, -1)
        for step in range(len(ids) + 1):
            ready = [
                each
                for each in ids
                if each not in found and all(self.is_open(each, n, found) for n in self.needs(each))
            ]
            if not ready:
                break
            found |= dict.fromkeys(ready, step)
        return found

    def is_open(self, action_id: str, needed: Prerequisite, found: Mapping[str, int]) -> bool:
        bringing = self.actions_bringing(action_id, needed)
        return not bringing or any(each in found for each in bringing)

    def actions_bringing(self, action_id: str, needed: Prerequisite) -> list[str]:
        there = (*(each.id for each in self.candidates), *self.in_place)
        return [each for each in there if each != action_id and self.brings(each, needed)]

    def earlier(self, action_id: str, needed: Prerequisite) -> tuple[str, ...]:
        """What brings it and stands on an earlier step."""
        own = self.order.get(action_id, len(self.candidates))
        return tuple(
            each
            for each in self.actions_bringing(action_id, needed)
            if self.order.get(each, own) < own
        )

    def packages_bringing(self, needed: Prerequisite) -> tuple[str, ...]:
        """The group's own work in a package stands for all that its plan brings."""
        return tuple(
            each.own_work
            for each in self.packages
            if self.levels[each.tier_id].get(needed.item_id, 0) >= needed.level
        )

    def with_notes(self, candidate: Candidate) -> Candidate:
        """What only the group can do first is said, and closes nothing."""
        notes = tuple(
            f"First the group’s own step: {needed.item_id} at level {needed.level}."
            for needed in self.needs(candidate.id)
            if not self.earlier(candidate.id, needed)
        )
        return replace(candidate, notes=notes)


def prerequisite_rules(drafts: GroupDrafts) -> tuple[PrerequisiteRule, ...]:
    """One for each prerequisite not yet met that an action brings, and one for what never goes
    alone."""
    return tuple(rule for each in drafts.candidates for rule in rules_of(drafts, each))


def rules_of(drafts: GroupDrafts, candidate: Candidate) -> Iterator[PrerequisiteRule]:
    for needed in drafts.needs(candidate.id):
        earlier = drafts.earlier(candidate.id, needed)
        if earlier or candidate.id == SCREENING:
            of = (*earlier, *drafts.packages_bringing(needed))
            says = (
                f"{candidate.title} needs {needed.item_id} at level {needed.level}: what brings it "
                "there comes first."
            )
            yield PrerequisiteRule(1, of, (candidate.id,), says)
    if candidate.kind in NEVER_ALONE:
        yield company_rule(drafts, candidate)


def company_rule(drafts: GroupDrafts, candidate: Candidate) -> PrerequisiteRule:
    """Training and dashboards alone changed nothing in trials."""
    measures = measures_of(drafts, candidate.id)
    of = tuple(
        each
        for each in (*(each.id for each in drafts.candidates), *drafts.in_place)
        if kind_of(drafts, each) in CHANGES_CARE
        and (not measures or measures & measures_of(drafts, each))
    )
    says = f"{candidate.title} is never paid for alone: a change in care goes with it."
    return PrerequisiteRule(1, of, (candidate.id,), says)


def measures_of(drafts: GroupDrafts, action_id: str) -> frozenset[str]:
    offer = drafts.offers.get(action_id)
    return frozenset(offer.intervention.measure_ids if offer else ())


def kind_of(drafts: GroupDrafts, action_id: str) -> ActionKind | None:
    offer = drafts.offers.get(action_id)
    return offer.intervention.kind if offer else None


def never_open(drafts: GroupDrafts) -> dict[str, str]:
    """What nothing that is offered could open, and why: screening without the capacity to respond,
    and what never goes alone."""
    found = {each.id: why_never(drafts, each) for each in drafts.candidates}
    return {action_id: why for action_id, why in found.items() if why}


def why_never(drafts: GroupDrafts, candidate: Candidate) -> str:
    if candidate.id == SCREENING and (needed := missing_response(drafts)):
        first = " and ".join(f"{each.item_id} at level {each.level}" for each in needed)
        return f"Screening is expanded only when the group can respond: first {first}."
    is_alone = candidate.kind in NEVER_ALONE and not company_rule(drafts, candidate).of
    return ALONE if is_alone else ""


def of_use(drafts: GroupDrafts, rules: Collection[PrerequisiteRule]) -> tuple[Candidate, ...]:
    """What serves something, what a package holds, and what one of these may need first."""
    kept = drafts.held | {each.id for each in drafts.candidates if each.serves}
    while more := {e for r in rules if kept.intersection(r.unlocks) for e in r.of} - kept:
        kept |= more
    return tuple(each for each in drafts.candidates if each.id in kept)


def rules_to(
    rules: Iterable[PrerequisiteRule], kept: Iterable[Candidate]
) -> tuple[PrerequisiteRule, ...]:
    ids = {each.id for each in kept}
    fewer = (replace(each, unlocks=tuple(u for u in each.unlocks if u in ids)) for each in rules)
    return tuple(each for each in fewer if each.unlocks)


def missing_response(drafts: GroupDrafts) -> list[Prerequisite]:
    return [
        needed
        for needed in drafts.needs(SCREENING)
        if not drafts.earlier(SCREENING, needed) and not drafts.packages_bringing(needed)
    ]


def tier_rule(
    drafts: GroupDrafts, in_place: Collection[str], needs: int
) -> Iterator[PrerequisiteRule]:
    """Infrastructure before care changes that are in no plan to the next tier; of fewer foundations
    than asked for, all of them. A plan keeps its own order."""
    of = tuple(
        each.id
        for each in drafts.candidates
        if each.kind in FOUNDATION and (each.serves or each.id in drafts.held)
    )
    of += tuple(each for each in sorted(in_place) if kind_of(drafts, each) in FOUNDATION)
    asked = min(needs, len(of))
    free = {
        each
        for package in drafts.packages
        if len({*package.actions, *in_place} & set(of)) < asked
        for each in package.actions
    }
    unlocks = tuple(
        each.id
        for each in drafts.candidates
        if each.kind in ADVANCED and each.origin in (ActionOrigin.GAP, ActionOrigin.NO_PLAN)
        and each.id not in free
    )  # fmt: skip
    if unlocks and asked:
        says = (
            f"Below Incentive-ready, care and access change once {asked} enabling or governance "
            f"action{'' if asked == 1 else 's'} stand{'s' if asked == 1 else ''}."
        )
        yield PrerequisiteRule(asked, of, unlocks, says, is_tier_gate=True)
