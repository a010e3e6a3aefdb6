"""From a scoring run to a proposed plan, by the instrument's own rules.

Priority of an intervention = sum over the items it reaches of gap x weight, times need.
Value = priority x share of its prerequisites met / cost band. Chosen are the best that reach what
the next tier still needs; what they need first comes first; at most three start in six months.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from fractions import Fraction

from readiness.domain.answers import Answers, Context, Kind
from readiness.domain.costs import priced
from readiness.domain.instrument import (
    ActionKind,
    GateKind,
    Instrument,
    Intervention,
    Prerequisite,
)
from readiness.domain.plan import ActionType, Lift, Proposal, ProposedPlan, SetAside
from readiness.domain.scorecard import ScoringRun

WEIGHT = {GateKind.ESSENTIAL: 3, GateKind.SUPPORTING: 2}
STARTS_PER_HALF_YEAR = 3
LEVEL_AIMED_AT = 3  # without a gate, no further than "deployed"
NEED_STEP = Fraction(1, 4)
GAP_POINTS = 5  # a measured gap this wide, on reliable counts, raises need
PEERS_NEEDED = 30  # for "the top third of peers" to mean anything
NEVER_ALONE = frozenset({ActionKind.TRAINING, ActionKind.FEEDBACK})
RESPONSE_FIRST = {"SDOH": (Prerequisite("SOCR-3", 2), Prerequisite("SOCR-4", 2))}


@dataclass(frozen=True)
class Need:
    """What is known about need in this population; race is never a rule of who gets what."""

    gap_points: Mapping[str, Fraction] | None = None  # measure id -> reliable gap; None: no data
    deprived_share: Fraction | None = None
    peer_deprived_shares: Sequence[Fraction] = ()


def proposed(
    instrument: Instrument, context: Context, answers: Answers, run: ScoringRun, need: Need
) -> ProposedPlan:
    tier = instrument.tier_by_id[run.tier_id]
    target = instrument.tier_after(tier)
    unknown = find_outs(instrument, answers, run)
    if run.tier_id == instrument.tiers[0].id:
        return ProposedPlan(target.id if target else None, unknown, (), need_notes(need))
    lifts = lifts_needed(instrument, answers, run)
    offers = [offer(instrument, i, lifts, answers, context, need) for i in instrument.interventions]
    chosen, aside = choose(instrument, offers, wanted(run, lifts), answers)
    steps = uncovered(instrument, chosen, wanted(run, lifts), lifts)
    ordered = in_order(with_prerequisites(instrument, chosen, offers, answers), steps)
    planned = {action.id for action in ordered}
    aside = tuple(each for each in aside if each.intervention_id not in planned)
    return ProposedPlan(
        target.id if target else None, (*unknown, *ordered), aside, need_notes(need)
    )


def find_outs(instrument: Instrument, answers: Answers, run: ScoringRun) -> tuple[Proposal, ...]:
    """One task for each don't-know and each missing answer: they head the plan, due in 30 days."""
    return tuple(
        Proposal(
            id=f"find-out:{item.id}",
            type=ActionType.FIND_OUT,
            title=f"Find out: {item.short}",
            lifts=(),
            because=(f"{item.id} {how}: nobody can plan on what is not known.",),
            half_year=1,
        )
        for item in instrument.items
        if (how := unknown_how(answers, run, item.id))
    )


def unknown_how(answers: Answers, run: ScoringRun, item_id: str) -> str:
    if item_id in run.missing:
        return "has no answer yet"
    answer = answers.get(item_id)
    return "was answered with don't know" if answer and answer.kind is Kind.DONT_KNOW else ""


def lifts_needed(instrument: Instrument, answers: Answers, run: ScoringRun) -> dict[str, Lift]:
    """For each item below its aim: from where to where, and how much that weighs.

    The aim is what the gates up to the next tier need, and what the shortest way asks for; without
    either, one level up, but no further than "deployed".
    """
    after = instrument.tier_after(instrument.tier_by_id[run.tier_id])
    top = after.number if after else instrument.tiers[-1].number
    way = {raised.item_id: raised.to for raised in run.shortest_way or ()}
    lifts = {}
    for item in instrument.items:
        answer = answers.get(item.id)
        if answer is None or answer.kind is Kind.NOT_APPLICABLE:
            continue
        level = answer.level or 0
        gates = [
            gate
            for gate in instrument.gates_by_item[item.id]
            if instrument.tier_by_id[gate.tier_id].number <= top
        ]
        unmet = [gate for gate in gates if level < gate.level]
        if gates:
            aim, weight = (
                max(g.level for g in gates),
                max((WEIGHT[g.kind] for g in unmet), default=1),
            )
        else:
            aim, weight = min(level + 1, LEVEL_AIMED_AT), 1
        aim = max(aim, way.get(item.id, 0))
        if aim > level:
            lifts[item.id] = Lift(item.id, answer.level, aim, weight)
    return lifts


def wanted(run: ScoringRun, lifts: Mapping[str, Lift]) -> tuple[str, ...]:
    """The items that the plan must reach: the shortest way up and every unmet gate on it."""
    way = tuple(raised.item_id for raised in run.shortest_way or ())
    gates = tuple(lift.item_id for lift in lifts.values() if lift.weight > 1)
    return tuple(dict.fromkeys((*way, *gates))) or tuple(lifts)


def offer(
    instrument: Instrument,
    intervention: Intervention,
    lifts: Mapping[str, Lift],
    answers: Answers,
    context: Context,
    need: Need,
) -> Proposal:
    reached = tuple(lifts[i] for i in intervention.item_ids if i in lifts)
    met = [p for p in intervention.prerequisites if is_met(p, answers)]
    share = (
        Fraction(len(met), len(intervention.prerequisites))
        if intervention.prerequisites
        else Fraction(1)
    )
    priority = sum((Fraction(lift.gap * lift.weight) for lift in reached), Fraction(0)) * need_of(
        intervention, need
    )
    return Proposal(
        id=intervention.id,
        type=ActionType.INTERVENTION,
        title=intervention.title,
        lifts=reached,
        because=tuple(reason(instrument, lift) for lift in reached),
        half_year=1,
        intervention_id=intervention.id,
        priority=priority,
        feasibility=share,
        value=priority * share / intervention.cost.band,
        cost=priced(intervention.cost, context),
    )


def reason(instrument: Instrument, lift: Lift) -> str:
    item = instrument.item_by_id[lift.item_id]
    now = "not known" if lift.from_level is None else f"at level {lift.from_level}"
    kind = {3: "an essential gate", 2: "a supporting gate"}.get(lift.weight, "worth raising")
    return f"{item.id} {item.short} is {now}, aim {lift.to}: {kind}."


def need_of(intervention: Intervention, need: Need) -> Fraction:
    """From 1.0 to 1.5."""
    gaps = need.gap_points or {}
    has_gap = any(gaps.get(m, Fraction(0)) >= GAP_POINTS for m in intervention.measure_ids)
    return 1 + NEED_STEP * (has_gap + bool(is_in_top_third(need)))


def is_in_top_third(need: Need) -> bool | None:
    """Whether deprivation here is in the top third of peers; None when that cannot be told."""
    if need.deprived_share is None or len(need.peer_deprived_shares) < PEERS_NEEDED:
        return None
    higher = sum(peer > need.deprived_share for peer in need.peer_deprived_shares)
    return higher * 3 < len(need.peer_deprived_shares)


def need_notes(need: Need) -> tuple[str, ...]:
    notes = []
    if need.gap_points is None:
        notes.append(
            "No measured gap with reliable counts was available, so gaps did not weigh in."
        )
    if is_in_top_third(need) is None:
        notes.append(
            f"Deprivation is compared from {PEERS_NEEDED} groups on; with fewer, or without this "
            "group's own share, it did not weigh in."
        )
    return tuple(notes)


def is_met(prerequisite: Prerequisite, answers: Answers) -> bool:
    answer = answers.get(prerequisite.item_id)
    return answer is not None and (answer.level or 0) >= prerequisite.level


def choose(
    instrument: Instrument,
    offers: Sequence[Proposal],
    items: Iterable[str],
    answers: Answers,
) -> tuple[list[Proposal], tuple[SetAside, ...]]:
    """The best offers until every wanted item is reached; of equals the first in the catalogue."""
    open_items = set(items)
    chosen: list[Proposal] = []
    aside: list[SetAside] = []
    for candidate in sorted(offers, key=lambda o: -o.value):
        reaches = {lift.item_id for lift in candidate.lifts} & open_items
        if not candidate.lifts:
            continue
        if refusal := too_early(candidate, answers):
            aside.append(SetAside(candidate.id, refusal))
        elif not reaches:
            aside.append(
                SetAside(candidate.id, "What it would raise is reached by the actions chosen.")
            )
        else:
            chosen.append(candidate)
            open_items -= reaches
    return drop_lone(instrument, chosen, aside)


def too_early(candidate: Proposal, answers: Answers) -> str:
    """Never screen faster than the group can respond."""
    missing = [p for p in RESPONSE_FIRST.get(candidate.id, ()) if not is_met(p, answers)]
    if not missing:
        return ""
    needs = " and ".join(f"{p.item_id} at level {p.level}" for p in missing)
    return f"Screening is expanded only when the group can respond: first {needs}."


def drop_lone(
    instrument: Instrument, chosen: list[Proposal], aside: list[SetAside]
) -> tuple[list[Proposal], tuple[SetAside, ...]]:
    """Training and dashboards alone changed nothing in trials: never without a change in care."""
    redesigned = {
        measure
        for action in chosen
        for i in [instrument.intervention_by_id[action.id]]
        if i.kind in (ActionKind.CARE_REDESIGN, ActionKind.ACCESS)
        for measure in i.measure_ids
    }
    kept = []
    for action in chosen:
        intervention = instrument.intervention_by_id[action.id]
        measures = set(intervention.measure_ids)
        alone = not (measures & redesigned if measures else redesigned)
        if intervention.kind in NEVER_ALONE and alone:
            aside.append(
                SetAside(
                    action.id,
                    "Training or dashboards are never recommended without a change in care "
                    "for the same measure, and this plan has none yet.",
                )
            )
        else:
            kept.append(action)
    return kept, tuple(aside)


def with_prerequisites(
    instrument: Instrument, chosen: Sequence[Proposal], offers: Sequence[Proposal], answers: Answers
) -> list[Proposal]:
    """Every chosen action, preceded by what it needs first, down to what can start today."""
    by_id = {o.id: o for o in offers}
    placed: dict[str, Proposal] = {}

    def place(action_id: str, above: frozenset[str]) -> None:
        if action_id in placed:
            return
        first = []
        for p in instrument.intervention_by_id[action_id].prerequisites:
            if not is_met(p, answers):
                before = provider(instrument, p, by_id, answers, above | {action_id})
                if before is None:
                    step = raising(instrument, p, answers)
                    placed.setdefault(step.id, step)
                    first.append(step.id)
                else:
                    place(before, above | {action_id})
                    first.append(before)
        placed[action_id] = replace(by_id[action_id], after=tuple(dict.fromkeys(first)))

    for action in chosen:
        place(action.id, frozenset())
    return list(placed.values())


def provider(
    instrument: Instrument,
    prerequisite: Prerequisite,
    offers: Mapping[str, Proposal],
    answers: Answers,
    above: frozenset[str],
) -> str | None:
    """The best intervention that raises a missing prerequisite without needing itself."""
    able = [
        offer
        for offer in offers.values()
        if prerequisite.item_id in instrument.intervention_by_id[offer.id].item_ids
        and offer.id not in above
        and instrument.intervention_by_id[offer.id].kind not in NEVER_ALONE
        and not too_early(offer, answers)
        and prerequisite.item_id
        not in {p.item_id for p in instrument.intervention_by_id[offer.id].prerequisites}
    ]
    return max(able, key=lambda o: (o.feasibility, o.value)).id if able else None


def raising(instrument: Instrument, prerequisite: Prerequisite, answers: Answers) -> Proposal:
    answer = answers.get(prerequisite.item_id)
    lift = Lift(prerequisite.item_id, answer.level if answer else None, prerequisite.level, 1)
    return own_step(instrument, lift)


def own_step(instrument: Instrument, lift: Lift) -> Proposal:
    item = instrument.item_by_id[lift.item_id]
    return Proposal(
        id=f"raise:{item.id}",
        type=ActionType.RAISE,
        title=f"Bring {item.short} to level {lift.to}",
        lifts=(lift,),
        because=(reason(instrument, lift), f"Level {lift.to} means: {item.levels[lift.to]}"),
        half_year=1,
    )


def uncovered(
    instrument: Instrument,
    chosen: Sequence[Proposal],
    items: Iterable[str],
    lifts: Mapping[str, Lift],
) -> list[Proposal]:
    """Wanted items that no chosen action reaches become steps of their own."""
    reached = {lift.item_id for action in chosen for lift in action.lifts}
    return [own_step(instrument, lifts[i]) for i in items if i in lifts and i not in reached]


def in_order(actions: Sequence[Proposal], steps: Sequence[Proposal]) -> list[Proposal]:
    """Half-years: after what they need; then essential gates, then value; three starts each.

    Steps of the group's own need no money and do not count towards the three.
    """
    placed = {
        a.id: replace(a, half_year=1) for a in (*actions, *steps) if a.type is ActionType.RAISE
    }
    waiting = [a for a in actions if a.id not in placed]
    first = serving_essential_gates(waiting)
    half_year = 0
    while waiting:
        half_year += 1
        ready = [
            a
            for a in waiting
            if all(b in placed and begins_after(placed[b], half_year) for b in a.after)
        ]
        for action in sorted(ready, key=lambda a: (a.id not in first, -a.value))[
            :STARTS_PER_HALF_YEAR
        ]:
            placed[action.id] = replace(action, half_year=half_year)
            waiting.remove(action)
    return sorted(placed.values(), key=lambda a: (a.half_year, a.type is not ActionType.RAISE))


def begins_after(before: Proposal, half_year: int) -> bool:
    return before.type is ActionType.RAISE or before.half_year < half_year


def serving_essential_gates(actions: Sequence[Proposal]) -> frozenset[str]:
    """The actions that raise an essential gate of the next tier, and all that those need first."""
    serving: set[str] = set()
    for action in reversed(actions):  # what is needed first stands before what needs it
        essential = any(lift.weight == WEIGHT[GateKind.ESSENTIAL] for lift in action.lifts)
        if essential or action.id in serving:
            serving |= {action.id, *action.after}
    return frozenset(serving)
