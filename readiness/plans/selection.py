"""Which interventions a plan holds: the most valuable that reach what is needed.

Priority of an intervention = sum over the items it reaches of gap x weight, times need.
Value = priority x share of its prerequisites met / cost band.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from fractions import Fraction

from readiness.equity.gates import GROUPS_FOR_SPREAD
from readiness.instruments.answers import AnswerKind, Answers, Context
from readiness.instruments.models import ActionKind, Instrument, Intervention, Prerequisite
from readiness.plans.costs import estimate_cost
from readiness.plans.models import ActionType, ExcludedIntervention, LevelRise, Proposal

NEED_STEP = Fraction(1, 4)
GAP_POINTS = 5  # a measured gap this wide, on reliable counts, raises need
PEERS_NEEDED = 30  # for "the top third of peers" to mean anything
NEVER_ALONE = frozenset({ActionKind.TRAINING, ActionKind.FEEDBACK})
CHANGES_CARE = frozenset({ActionKind.CARE_REDESIGN, ActionKind.ACCESS})
RESPONSE_FIRST = {"SDOH": (Prerequisite("SOCR-3", 2), Prerequisite("SOCR-4", 2))}

ALONE = (
    "Training or dashboards are never recommended without a change in care for the same measure, "
    "and this plan has none yet."
)
REACHED = "What it would raise is reached by the actions chosen."
NOT_NEEDED = "It raises nothing that this plan must reach."
IN_PLACE = "Everything it would raise is already where this plan aims."


@dataclass(frozen=True)
class PopulationNeed:
    """What is known about need in this population; race is never a rule of who gets what."""

    gap_points: Mapping[str, Fraction] | None = None  # measure id -> reliable gap; None: no data
    deprived_share: Fraction | None = None
    peer_deprived_shares: Sequence[Fraction] = ()


def candidates_of(
    instrument: Instrument,
    lifts: Mapping[str, LevelRise],
    answers: Answers,
    context: Context,
    need: PopulationNeed,
) -> tuple[Proposal, ...]:
    """Every intervention as it would serve this group, in the order of the catalogue."""
    return tuple(
        candidate_of(instrument, each, lifts, answers, context, need)
        for each in instrument.interventions
    )


def candidate_of(
    instrument: Instrument,
    intervention: Intervention,
    lifts: Mapping[str, LevelRise],
    answers: Answers,
    context: Context,
    need: PopulationNeed,
) -> Proposal:
    reached = reached_by(intervention, lifts, answers)
    gaps = sum((Fraction(lift.gap * lift.weight) for lift in reached), Fraction(0))
    priority = gaps * need_multiplier(intervention, need)
    share = prerequisites_met(intervention, answers)
    return Proposal(
        id=intervention.id,
        type=ActionType.INTERVENTION,
        title=intervention.title,
        lifts=reached,
        because=tuple(rise_reason(instrument, lift) for lift in reached),
        half_year=1,
        intervention_id=intervention.id,
        priority=priority,
        feasibility=share,
        value=priority * share / intervention.cost.band,
        cost=estimate_cost(intervention.cost, context),
    )


def reached_by(
    intervention: Intervention, lifts: Mapping[str, LevelRise], answers: Answers
) -> tuple[LevelRise, ...]:
    """What it lifts, without what must already be lifted as far before it can begin."""
    first = {p.item_id: p.level for p in intervention.prerequisites if not is_met(p, answers)}
    return tuple(
        lifts[item_id]
        for item_id in intervention.item_ids
        if item_id in lifts and lifts[item_id].to > first.get(item_id, -1)
    )


def prerequisites_met(intervention: Intervention, answers: Answers) -> Fraction:
    """Of its prerequisites; 1 without any."""
    met = [is_met(each, answers) for each in intervention.prerequisites]
    return Fraction(sum(met), len(met)) if met else Fraction(1)


def is_met(prerequisite: Prerequisite, answers: Answers) -> bool:
    answer = answers.get(prerequisite.item_id)
    return answer is not None and (answer.level or 0) >= prerequisite.level


def rise_reason(instrument: Instrument, lift: LevelRise) -> str:
    item = instrument.item_by_id[lift.item_id]
    now = "not known" if lift.from_level is None else f"at level {lift.from_level}"
    kind = {3: "an essential gate", 2: "a supporting gate"}.get(lift.weight, "worth raising")
    return f"{item.id} {item.short} is {now}, aim {lift.to}: {kind}."


# Need, from 1.0 to 1.5.


def need_multiplier(intervention: Intervention, need: PopulationNeed) -> Fraction:
    gaps = need.gap_points or {}
    has_gap = any(gaps.get(m, Fraction(0)) >= GAP_POINTS for m in intervention.measure_ids)
    return 1 + NEED_STEP * (has_gap + bool(is_in_top_third(need)))


def is_in_top_third(need: PopulationNeed) -> bool | None:
    """Whether deprivation here is in the top third of peers; None when that cannot be told."""
    if need.deprived_share is None or len(need.peer_deprived_shares) < PEERS_NEEDED:
        return None
    higher = sum(peer > need.deprived_share for peer in need.peer_deprived_shares)
    return higher * 3 < len(need.peer_deprived_shares)


def need_notes(need: PopulationNeed) -> tuple[str, ...]:
    notes = []
    if need.gap_points is None:
        notes.append(
            "Gaps between patient groups did not weigh in: none is known to be reliable, which "
            f"takes {GROUPS_FOR_SPREAD} groups with the same measure. A gap whose interval leaves "
            "out 0 may still be more than chance."
        )
    if is_in_top_third(need) is None:
        notes.append(
            f"Deprivation is compared from {PEERS_NEEDED} groups on; with fewer, or without this "
            "group’s own share, it did not weigh in."
        )
    return tuple(notes)


# The choice.


def choose(
    instrument: Instrument, offers: Sequence[Proposal], needed: Sequence[str], answers: Answers
) -> tuple[tuple[Proposal, ...], tuple[ExcludedIntervention, ...]]:
    """The best offers until every needed item is reached; of equals the first in the catalogue.

    Training and dashboards alone changed nothing in trials. One that the best offers leave alone
    is refused and the choice is made anew, so that something else reaches what it would have.
    """
    refused = {o.id: why for o in offers if (why := blocking_reason(instrument, o, answers))}
    while True:
        chosen = best(offers, needed, refused)
        lone = without_care_change(instrument, chosen)
        if not lone:
            return chosen, exclusions(offers, chosen, needed, refused)
        refused |= dict.fromkeys(lone, ALONE)


def best(
    offers: Sequence[Proposal], needed: Iterable[str], refused: Mapping[str, str]
) -> tuple[Proposal, ...]:
    still_open = set(needed)
    chosen = []
    for candidate in sorted(offers, key=lambda o: -o.value):
        reaches = {lift.item_id for lift in candidate.lifts} & still_open
        if reaches and candidate.id not in refused:
            chosen.append(candidate)
            still_open -= reaches
    return tuple(chosen)


def blocking_reason(instrument: Instrument, candidate: Proposal, answers: Answers) -> str:
    """Why it cannot be in the plan now; empty when it can."""
    early = [p for p in RESPONSE_FIRST.get(candidate.id, ()) if not is_met(p, answers)]
    if early:
        first = " and ".join(f"{p.item_id} at level {p.level}" for p in early)
        return f"Screening is expanded only when the group can respond: first {first}."
    for each in instrument.intervention_by_id[candidate.id].prerequisites:
        answer = answers.get(each.item_id)
        if answer and answer.kind is AnswerKind.NOT_APPLICABLE:
            return f"It rests on {each.item_id}, which does not apply to this group."
    return ""


def without_care_change(instrument: Instrument, chosen: Sequence[Proposal]) -> tuple[str, ...]:
    """Training and feedback without a change in care for the same measure (or for any, where
    they name none)."""
    interventions = [instrument.intervention_by_id[action.id] for action in chosen]
    changed = {m for i in interventions if i.kind in CHANGES_CARE for m in i.measure_ids}
    return tuple(
        i.id
        for i in interventions
        if i.kind in NEVER_ALONE and not (changed & set(i.measure_ids or changed))
    )


def exclusions(
    offers: Sequence[Proposal],
    chosen: Sequence[Proposal],
    needed: Iterable[str],
    refused: Mapping[str, str],
) -> tuple[ExcludedIntervention, ...]:
    """Everything considered that is not chosen, and why."""
    taken = {action.id for action in chosen}
    items = set(needed)
    return tuple(
        ExcludedIntervention(each.id, refused.get(each.id) or exclusion_reason(each, items))
        for each in sorted(offers, key=lambda o: -o.value)
        if each.id not in taken
    )


def exclusion_reason(candidate: Proposal, needed: set[str]) -> str:
    if not candidate.lifts:
        return IN_PLACE
    return REACHED if needed & {lift.item_id for lift in candidate.lifts} else NOT_NEEDED
