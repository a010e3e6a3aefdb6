"""One group as its payer takes it along: gathered from what was submitted and released."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from readiness.assessments.cycles import ProgramCheck
from readiness.assessments.models import RunKind
from readiness.assessments.scorecard import GateResult, Score, ScoringRun
from readiness.assessments.service.payer_view import SubmittedView, without_members_of_others
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, WrongState
from readiness.core.formatting import one_decimal, percent, rounded, shortened, signed
from readiness.core.people import Group, Payer
from readiness.disclosure import released_counts
from readiness.disclosure.db import social_risk
from readiness.equity.claims import ClaimVerdict, WeighedClaim
from readiness.equity.service import released_gaps
from readiness.instruments import cost_book as costs
from readiness.instruments.answers import Context
from readiness.instruments.cost_book import CostNote
from readiness.instruments.models import ContextField, Instrument
from readiness.plans.models import ActionPlan, ActionStatus, GroupValues
from readiness.plans.presenters import action as plan_action
from readiness.plans.presenters import plan as reading
from readiness.plans.presenters import spending
from readiness.plans.presenters.plan import PlanSummary
from readiness.plans.service import document, money
from readiness.plans.service.plan import PlanView
from readiness.plans.tier_cost import TierCost
from readiness.portfolio.brief.evidence import BriefGaps, BriefNeeds, gaps_of, needs_of
from readiness.portfolio.service import portfolio
from readiness.portfolio.service.portfolio import GroupFile

NOTHING_SENT = (
    "This group has not submitted anything yet, so there is nothing to brief on. Ask it when it "
    "will submit; of a draft you see its progress, nothing else."
)
WHO = {  # what a visitor should know of a group, and in fewer words; never a share of a race
    "group_type": "",
    "sites": "",
    "clinicians_fte": "Primary care clinicians (FTE)",
    "active_patients": "",
    "attributed_members": "Members of {payer}",
    "age_mix": "",
    "medicaid_share": "Patients with Medicaid",
    "uninsured_share": "Patients without insurance",
    "interpreter_share": "Patients needing an interpreter",
    "deprived_share": "In the most deprived fifth of areas",
    "rural_share": "In rural areas",
}
BASES = {
    RunKind.VALIDATED: "validated by the reviewer",
    RunKind.SUPPORTED: "not reviewed yet: as the group’s counts support it",
    RunKind.CLAIMED: "not reviewed yet: as the group claims it",
}
NOT_TOLD = "not told"
PAYER_CHARACTERS = 40


@dataclass(frozen=True)
class BriefDomain:
    title: str
    score: Score
    up_to: Score  # if every don't-know were the top level
    before: Score  # last time; None: no earlier submission, or not scored in it

    @property
    def change(self) -> str:
        if self.score is None or self.before is None:
            return "–"
        return signed(rounded(self.score - self.before, 1))

    @property
    def says(self) -> str:
        return "not scored" if self.score is None else one_decimal(self.score)


@dataclass(frozen=True)
class BriefGate:
    tier_id: str
    item_id: str
    title: str
    kind: str
    needs: int
    has: int | None
    is_met: bool


@dataclass(frozen=True)
class Brief:
    payer: Payer
    group: Group
    instrument: Instrument
    shown: SubmittedView
    reference: str
    basis: RunKind
    summary: PlanSummary
    facts: tuple[tuple[str, str], ...]
    facts_missing: int
    domains: tuple[BriefDomain, ...]
    has_earlier: bool
    gates: tuple[BriefGate, ...]  # of the next tier
    needs: BriefNeeds
    gaps: BriefGaps
    actions: tuple[BriefAction, ...]  # in the plan and not done
    done: int
    tier_cost: TierCost
    cost_says: str  # what the next tier costs, in words
    help_that_fits: str  # what a payer may pay for of it, or what is usual
    money: spending.SpendingTable  # awarded, spent and still needed: in all and by action
    rests_on_older_run: bool
    programs: tuple[ProgramCheck, ...]  # of this payer, where they ask for more
    disagreeing: tuple[WeighedClaim, ...]  # claims with which the released counts do not agree
    today: date

    @property
    def basis_says(self) -> str:
        return BASES[self.basis]


def of_group(session: Session, payer_id: str, group_id: str) -> Brief:
    """Raises a sentence where nothing was submitted yet."""
    file = portfolio.group_file(session, payer_id, group_id, None)
    if file.shown is None or file.opened is None:
        raise WrongState(NOTHING_SENT)
    return brief_of(session.store, file, file.shown, file.opened, session.now)


def brief_of(
    store: Store, file: GroupFile, shown: SubmittedView, opened: PlanView, now: datetime
) -> Brief:
    """The newest deciding run tells where the group stands; the plan may rest on an older one."""
    instrument, newest, today = opened.instrument, opened.newest, now.date()
    run = newest.run
    earlier = document.earlier_run(store, opened)
    context = without_members_of_others(store, shown.assessment, file.payer.id, newest.context)
    facts = tuple(facts_of(instrument, context, file.payer))
    quarters = social_risk.latest_of_group(store, file.group.id, released_counts.QUARTERS)
    told = reading.content_of(opened)
    return Brief(
        payer=file.payer,
        group=file.group,
        instrument=instrument,
        shown=shown,
        reference=newest.reference,
        basis=newest.kind or RunKind.CLAIMED,
        summary=reading.summary_of(replace(opened, basis=newest), today),
        facts=tuple((label, says) for label, says in facts if says != NOT_TOLD),
        facts_missing=sum(says == NOT_TOLD for _, says in facts),
        domains=tuple(domains_of(instrument, run, earlier)),
        has_earlier=earlier is not None,
        gates=tuple(gate_of(instrument, gate) for gate in gates_ahead(instrument, run)),
        needs=needs_of(released_counts.latest_quarters(quarters, today)),
        gaps=gaps_of(released_gaps.newest(store, file.group.id, today)),
        actions=tuple(actions_ahead(opened.plan, told, instrument)),
        done=sum(each.status is ActionStatus.DONE for each in opened.plan.current),
        tier_cost=opened.tier_cost,
        cost_says=told.cost.says if told.cost else "",
        help_that_fits=told.help_that_fits,
        money=spending.spending_table(money.money_of(store, opened, now)),
        programs=file.programs,
        disagreeing=tuple(each for each in file.weighed if each.verdict is ClaimVerdict.DIFFERS),
        rests_on_older_run=opened.basis.run_id != newest.run_id,
        today=today,
    )


# Who the group is


def facts_of(instrument: Instrument, context: Context, payer: Payer) -> Iterator[tuple[str, str]]:
    fields = {field.key: field for item in instrument.context for field in item.fields}
    for key, label in WHO.items():
        if key in fields:
            named = label.format(payer=shortened(payer.name, PAYER_CHARACTERS))
            yield named or fields[key].label, fact_says(fields[key], context.get(key))


def fact_says(field: ContextField, value: object) -> str:
    if value is None:
        return NOT_TOLD
    if field.type == "choice":
        return dict(field.choices).get(str(value), str(value))
    if isinstance(value, bool) or not isinstance(value, int | float):
        return str(value)
    if field.type == "share":
        return percent(value)
    return f"{value:,g}" if isinstance(value, float) else f"{value:,}"


# Domains and gates


def domains_of(
    instrument: Instrument, run: ScoringRun, earlier: ScoringRun | None
) -> Iterator[BriefDomain]:
    before: Mapping[str, Score] = (
        {domain_id: scores.low for domain_id, scores in earlier.domains.items()} if earlier else {}
    )
    for domain in instrument.domains:
        scores = run.domains[domain.id]
        yield BriefDomain(domain.title, scores.low, scores.high, before.get(domain.id))


def gates_ahead(instrument: Instrument, run: ScoringRun) -> Iterator[GateResult]:
    """Of the next tier and of every lower one: a supporting gate that waits comes along."""
    tier = instrument.tier_by_id[run.tier_id]
    top = (instrument.tier_after(tier) or tier).number
    for gate in run.gates:
        if instrument.tier_by_id[gate.tier_id].number <= top:
            yield gate


def gate_of(instrument: Instrument, gate: GateResult) -> BriefGate:
    item = instrument.item_by_id[gate.item_id]
    return BriefGate(
        gate.tier_id, gate.item_id, item.short, str(gate.kind), gate.needs, gate.has, gate.met
    )


NO_CASH = "time, no cash named"


@dataclass(frozen=True)
class BriefAction:
    id: str
    title: str
    owner: str  # a post; empty: nobody is named
    due_on: date | None
    status: ActionStatus
    cost_says: str  # in its first year
    may_pay: tuple[str, ...]
    pays_after: str
    is_overdue: bool


def actions_ahead(
    plan: ActionPlan, told: reading.PlanContent, instrument: Instrument
) -> Iterator[BriefAction]:
    """Those still ahead, in the order to start them."""
    notes = notes_of(instrument)
    by_id = {each.id: each for each in plan.actions}
    for line in told.actions:
        if line.status is not ActionStatus.DONE:
            action = by_id[line.id]
            note = notes.get(action.proposal.intervention_id or "") if action.proposal else None
            yield action_of(line, action.own, note)


def notes_of(instrument: Instrument) -> Mapping[str, CostNote]:
    """Empty for an instrument of one's own without a cost book."""
    try:
        return costs.load(instrument.id, instrument.version).note_by_id
    except NotFound:
        return {}


def action_of(
    line: plan_action.ActionDetails, own: GroupValues, note: CostNote | None
) -> BriefAction:
    """Who pays as the group says, else as the cost book has it."""
    return BriefAction(
        id=line.id,
        title=line.title,
        owner=line.owner,
        due_on=line.due_on,
        status=line.status,
        cost_says=line.cost_says or NO_CASH,
        may_pay=(own.may_pay,) if own.may_pay else note.may_pay if note else (),
        pays_after=own.pays_after or (note.pays_after if note else ""),
        is_overdue=line.is_overdue,
    )
