"""One group as its payer takes it along: gathered from what was submitted and released."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime

from readiness.assessments.models import RunKind
from readiness.assessments.scorecard import GateResult, Score, ScoringRun
from readiness.assessments.service.submission import Submitted
from readiness.core.db import Session, Store
from readiness.core.errors import WrongState
from readiness.core.formatting import one_decimal, percent, rounded, signed
from readiness.core.people import Actor, Group, Payer
from readiness.disclosure import social_risk_release
from readiness.disclosure.db import social_risk
from readiness.equity.service import released_gaps
from readiness.instruments.answers import Context
from readiness.instruments.models import ContextField, Instrument
from readiness.plans.costs import CostRange
from readiness.plans.models import ActionStatus
from readiness.plans.presenters import postings, reading
from readiness.plans.presenters.reading import Summary
from readiness.plans.service import document, money, plan
from readiness.plans.service.plan import Opened
from readiness.portfolio.brief.actions import ActionLine, action_lines
from readiness.portfolio.brief.gaps import Gaps, gaps_of
from readiness.portfolio.brief.needs import Needs, needs_of
from readiness.portfolio.service import group_file
from readiness.portfolio.service.group_file import GroupFile

NOTHING_SENT = (
    "This group has not submitted anything yet, so there is nothing to brief on. Ask it when it "
    "will submit; of a draft you see its progress, nothing else."
)
WHO = {  # what a visitor should know of a group, and in fewer words; never a share of a race
    "group_type": "",
    "sites": "",
    "clinicians_fte": "Primary care clinicians (FTE)",
    "active_patients": "",
    "attributed_members": "Members of the payer it named",
    "age_mix": "",
    "medicaid_share": "Patients with Medicaid",
    "uninsured_share": "Patients without insurance",
    "interpreter_share": "Patients needing an interpreter",
    "deprived_share": "In the most deprived fifth of areas",
    "rural_share": "In rural areas",
}
NOT_TOLD = "not told"


@dataclass(frozen=True)
class DomainLine:
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
class GateLine:
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
    shown: Submitted
    reference: str
    basis: RunKind
    summary: Summary
    facts: tuple[tuple[str, str], ...]
    facts_missing: int
    domains: tuple[DomainLine, ...]
    has_earlier: bool
    gates: tuple[GateLine, ...]  # of the next tier
    needs: Needs
    gaps: Gaps
    actions: tuple[ActionLine, ...]  # in the plan and not done
    done: int
    known_cost: CostRange | None  # of the whole plan, in its first year
    cost_says: str
    cost_unknown: int
    money: postings.Told  # awarded, spent and still needed, of the whole plan and by action
    rests_on_older_run: bool
    today: date


def of_group(session: Session, payer_id: str, group_id: str) -> Brief:
    """Raises a sentence where nothing was submitted yet."""
    file = group_file.group_file(session, payer_id, group_id, None)
    if file.shown is None:
        raise WrongState(NOTHING_SENT)
    opened = plan.for_assessment(
        Session(session.store, as_payer(session.actor, payer_id), session.now),
        file.shown.assessment.id,
    )
    return brief_of(session.store, file, file.shown, opened, session.now)


def as_payer(actor: Actor, payer_id: str) -> Actor:
    """The person as this payer's and nobody else's: who also works for the group reads here what
    the payer may read."""
    own = tuple(each for each in actor.memberships if each.payer_id == payer_id)
    return replace(actor, memberships=own)


def brief_of(
    store: Store, file: GroupFile, shown: Submitted, opened: Opened, now: datetime
) -> Brief:
    """The newest deciding run tells where the group stands; the plan may rest on an older one."""
    instrument, today = opened.instrument, now.date()
    newest = plan.foundation_of(store, opened.assessment, instrument, now)
    run = newest.run
    earlier = document.earlier_run(store, opened)
    facts = tuple(facts_of(instrument, newest.context))
    quarters = social_risk.latest_of_group(store, file.group.id, social_risk_release.QUARTERS)
    told = reading.told(opened.plan, instrument, opened.context)
    return Brief(
        payer=file.payer,
        group=file.group,
        instrument=instrument,
        shown=shown,
        reference=newest.reference,
        basis=newest.kind or RunKind.CLAIMED,
        summary=reading.summary_of(replace(opened, foundation=newest), today),
        facts=tuple((label, says) for label, says in facts if says != NOT_TOLD),
        facts_missing=sum(says == NOT_TOLD for _, says in facts),
        domains=tuple(domain_lines(instrument, run, earlier)),
        has_earlier=earlier is not None,
        gates=tuple(gate_line(instrument, gate) for gate in gates_ahead(instrument, run)),
        needs=needs_of(social_risk_release.latest_quarters(quarters, today)),
        gaps=gaps_of(released_gaps.newest(store, file.group.id, today)),
        actions=tuple(action_lines(opened.plan, told, instrument, today)),
        done=sum(each.status is ActionStatus.DONE for each in opened.plan.current),
        known_cost=told.known if told.priced else None,
        cost_says=told.known_says if told.priced else "",
        cost_unknown=len(told.unknown),
        money=postings.told(money.of_opened(store, opened, now)),
        rests_on_older_run=opened.foundation.run_id != newest.run_id,
        today=today,
    )


# Who the group is


def facts_of(instrument: Instrument, context: Context) -> Iterator[tuple[str, str]]:
    fields = {field.key: field for item in instrument.context for field in item.fields}
    for key, label in WHO.items():
        if key in fields:
            yield label or fields[key].label, fact_says(fields[key], context.get(key))


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


def domain_lines(
    instrument: Instrument, run: ScoringRun, earlier: ScoringRun | None
) -> Iterator[DomainLine]:
    before: Mapping[str, Score] = (
        {domain_id: scores.low for domain_id, scores in earlier.domains.items()} if earlier else {}
    )
    for domain in instrument.domains:
        scores = run.domains[domain.id]
        yield DomainLine(domain.title, scores.low, scores.high, before.get(domain.id))


def gates_ahead(instrument: Instrument, run: ScoringRun) -> Iterator[GateResult]:
    """Of the next tier and of every lower one: a supporting gate that waits comes along."""
    tier = instrument.tier_by_id[run.tier_id]
    top = (instrument.tier_after(tier) or tier).number
    for gate in run.gates:
        if instrument.tier_by_id[gate.tier_id].number <= top:
            yield gate


def gate_line(instrument: Instrument, gate: GateResult) -> GateLine:
    item = instrument.item_by_id[gate.item_id]
    return GateLine(
        gate.tier_id, gate.item_id, item.short, str(gate.kind), gate.needs, gate.has, gate.met
    )
