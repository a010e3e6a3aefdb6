"""What has to come first in a group before something else may be paid for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace

from readiness.instruments.models import ActionKind, Prerequisite
from readiness.investment.candidates import Candidate, Door, Footing
from readiness.plans.selection import CHANGES_CARE, NEVER_ALONE, RESPONSE_FIRST, is_met

INCENTIVE_READY = 3  # the tier from which care may change before infrastructure does
FOUNDATION = frozenset({ActionKind.ENABLING, ActionKind.GOVERNANCE})
ADVANCED = frozenset({ActionKind.CARE_REDESIGN, ActionKind.ACCESS, ActionKind.SOCIAL})


def doors_of(
    footing: Footing, drafts: Sequence[Candidate], order: Mapping[str, int]
) -> tuple[Door, ...]:
    """One for each prerequisite not yet met that an action raises, and one for what never goes
    alone."""
    found = []
    for draft in drafts:
        for needed in missing(footing, draft.id):
            if of := providers(footing, draft.id, needed, order):
                says = (
                    f"{draft.title} needs {needed.item_id} at level {needed.level}: "
                    "one action that raises it comes first."
                )
                found.append(Door(1, of, (draft.id,), says))
        found.extend(company(footing, draft, drafts))
    return tuple(found)


def missing(footing: Footing, intervention_id: str) -> list[Prerequisite]:
    wanted = (
        *footing.instrument.intervention_by_id[intervention_id].prerequisites,
        *RESPONSE_FIRST.get(intervention_id, ()),
    )
    return [each for each in wanted if not is_met(each, footing.answers)]


def able(
    footing: Footing, intervention_id: str, needed: Prerequisite, ids: Iterable[str]
) -> list[str]:
    """What raises an item without resting on it; training and dashboards do not count."""
    catalogue = footing.instrument.intervention_by_id
    return [
        each
        for each in ids
        if each != intervention_id
        and needed.item_id in catalogue[each].item_ids
        and needed.item_id not in {p.item_id for p in missing(footing, each)}
        and catalogue[each].kind not in NEVER_ALONE
    ]


def ranks_of(footing: Footing, drafts: Sequence[Candidate]) -> dict[str, int]:
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
                any(ranks.get(other, rank) < rank for other in able(footing, each, needed, ids))
                or not able(footing, each, needed, ids)
                for needed in missing(footing, each)
            )
        ]
        if not ready:
            break
        ranks |= dict.fromkeys(ready, rank)
    return ranks


def providers(
    footing: Footing, intervention_id: str, needed: Prerequisite, order: Mapping[str, int]
) -> tuple[str, ...]:
    """Only what stands on an earlier step."""
    own = order.get(intervention_id, len(order) + 1)
    return tuple(
        each for each in able(footing, intervention_id, needed, order) if order[each] < own
    )


def company(footing: Footing, draft: Candidate, drafts: Sequence[Candidate]) -> Iterator[Door]:
    """Training and dashboards alone changed nothing in trials."""
    if draft.kind not in NEVER_ALONE:
        return
    catalogue = footing.instrument.intervention_by_id
    measures = set(catalogue[draft.id].measure_ids)
    others = (*(each.id for each in drafts if each.serves), *sorted(footing.in_place))
    of = tuple(
        each
        for each in others
        if catalogue[each].kind in CHANGES_CARE
        and (not measures or measures & set(catalogue[each].measure_ids))
    )
    says = f"{draft.title} is never paid for alone: a change in care goes with it."
    yield Door(1, of, (draft.id,), says)


def tier_door(
    footing: Footing, drafts: Sequence[Candidate], tier_number: int, needs: int
) -> Iterator[Door]:
    """Infrastructure before incentives; of fewer foundations than asked for, all of them."""
    if tier_number >= INCENTIVE_READY or not needs:
        return
    catalogue = footing.instrument.intervention_by_id
    of = (
        *(draft.id for draft in drafts if draft.kind in FOUNDATION and draft.serves),
        *(each for each in sorted(footing.in_place) if catalogue[each].kind in FOUNDATION),
    )
    unlocks = tuple(draft.id for draft in drafts if draft.kind in ADVANCED)
    asked = min(needs, len(of))
    if unlocks and asked:
        says = (
            f"Below Incentive-ready, care and access change once {asked} enabling or governance "
            f"action{'' if asked == 1 else 's'} stand{'s' if asked == 1 else ''}."
        )
        yield Door(asked, of, unlocks, says, is_tier_gate=True)


def with_notes(footing: Footing, draft: Candidate, order: Mapping[str, int]) -> Candidate:
    """What only the group can do first is said, and closes nothing."""
    notes = tuple(
        f"First the group’s own step: {needed.item_id} at level {needed.level}."
        for needed in missing(footing, draft.id)
        if not providers(footing, draft.id, needed, order)
    )
    return replace(draft, notes=notes)


def beyond_response(
    footing: Footing, intervention_id: str, ids: Sequence[str]
) -> tuple[Prerequisite, ...]:
    """The capacity to respond that is missing and that no action raises."""
    return tuple(
        needed
        for needed in RESPONSE_FIRST.get(intervention_id, ())
        if not is_met(needed, footing.answers) and not able(footing, intervention_id, needed, ids)
    )
