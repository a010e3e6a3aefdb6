"""What has to come first in a group before something else may be paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from readiness.instruments.models import ActionKind, Prerequisite
from readiness.investment.models import Candidate, GroupBaseline, PrerequisiteRule
from readiness.plans.selection import CHANGES_CARE, NEVER_ALONE, RESPONSE_FIRST, is_met

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
        *RESPONSE_FIRST.get(intervention_id, ()),
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
        for needed in RESPONSE_FIRST.get(intervention_id, ())
        if not is_met(needed, baseline.answers)
        and not actions_raising(baseline, intervention_id, needed, ids)
    )
