"""A group's action plan on paper, and the same as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from readiness.assessments.models import READABLE_BY_PAYER, RunKind
from readiness.assessments.reliability import assess
from readiness.assessments.scorecard import GateResult, ScoringRun, from_json, to_json
from readiness.assessments.service import assessment_view, result, scoring
from readiness.core.charts.timeline import TITLES_BESIDE, spaced
from readiness.core.db import Session, Store
from readiness.core.formatting import day, one_decimal, points
from readiness.core.pdf.job import Enclosure, Page, PrintJob
from readiness.core.pdf.layout import html_of
from readiness.core.serialization import to_json as to_plain
from readiness.counts.measures.models import Direction, QualityMeasure
from readiness.counts.strata import Stratum
from readiness.disclosure import released_counts
from readiness.disclosure.db import social_risk
from readiness.equity.gaps import StratumGap, TableFinding
from readiness.equity.gates import GROUPS_FOR_SPREAD, USE_LABELS
from readiness.equity.service import released_gaps
from readiness.equity.service.released_gaps import ReleasedGaps
from readiness.instruments.models import Instrument, Tier
from readiness.plans.db import Plain, edits_out
from readiness.plans.models import ActionPlan, CatalogValues, PlanAction
from readiness.plans.presenters import plan as reading
from readiness.plans.presenters import spending
from readiness.plans.presenters.outlook import Outlook, outlook
from readiness.plans.presenters.own_days import own_days_says
from readiness.plans.projection import ProjectedTier, Projection
from readiness.plans.schedule import is_overdue, timing_of
from readiness.plans.service import money, plan
from readiness.plans.service.plan import LaterResult, PlanView
from readiness.plans.simulation import SimulatedCost
from readiness.plans.tier_cost import TierCost, TierCostLine
from readiness.releases.presenter import screening_figures

GateResults = tuple[GateResult, ...]
TITLE = "Action plan"
KINDS = {
    None: "Preview of answers that are not submitted",
    RunKind.CLAIMED: "As claimed by the group",
    RunKind.SUPPORTED: "As supported by the group’s counts",
    RunKind.VALIDATED: "As validated by the reviewer",
}


def job_of(session: Session, assessment_id: str, page: Page) -> PrintJob:
    """The same plan, told from as many groups, gives the same bytes all day."""
    opened = plan.load_complete(session, assessment_id)
    made_at = datetime.combine(session.now.date(), time(), UTC)
    whole = outlook(opened)
    html = html_of("plans/print/plan.html", values_of(session.store, opened, whole, made_at))
    data = json.dumps(export_of(opened, whole.ahead), indent=1, ensure_ascii=False).encode()
    return PrintJob(
        html=html,
        identifier=hashlib.sha256(html.encode() + data + page.encode()).digest()[:16],
        made_at=made_at,
        page=page,
        enclosures=(Enclosure("plan.json", data, "The plan and its scoring run as data"),),
    )


def export(session: Session, assessment_id: str) -> dict[str, Any]:
    opened = plan.load_complete(session, assessment_id)
    return export_of(opened, opened.ahead)


def export_of(opened: PlanView, ahead: Projection) -> dict[str, Any]:
    """The plan, when it reaches which tier if all goes as expected, and its simulated cost."""
    return {
        "reference": opened.basis.reference,
        "plan": plan_out(opened.plan, opened.today),
        "ahead": {"projection": projection_out(ahead), "outlay": outlay_out(opened.cost)},
        "to_the_next_tier": tier_cost_out(opened.tier_cost),
        "to_the_next_tier_by_action": [cost_line_out(each) for each in opened.cost_lines],
        "later_result": later_out(opened.later),
        "run": to_json(opened.basis.run),
    }


def tier_cost_out(cost: TierCost) -> Plain:
    """What the next tier still costs; a range is one end added to the other."""
    return {
        "tier": cost.target_id,
        "first_year": to_plain(cost.first_year),
        "a_payer_may_pay": to_plain(cost.payable),
        "own_part": to_plain(cost.own_part),
        "yearly_afterwards": to_plain(cost.yearly),
        "people_days": to_plain(cost.people_days),
        "months": list(cost.months) if cost.months else None,
        "not_known": list(cost.unknown),
        "why_not": to_plain(cost.exclusion),
    }


def cost_line_out(line: TierCostLine) -> Plain:
    """Added up, these are the sums to the next tier; null: the cost is not known."""
    return {
        "id": line.action.id,
        "first_year": to_plain(line.first_year),
        "a_payer_may_pay": line.is_payable,
        "yearly_afterwards": to_plain(line.yearly),
        "people_days": to_plain(line.people_days),
    }


def later_out(later: LaterResult | None) -> Plain | None:
    """What an assessment submitted after this plan's found; null where there is none."""
    if later is None:
        return None
    return {"title": later.title, "submitted_on": later.on.isoformat(), "tier": later.tier_id}


def plan_out(plan: ActionPlan, today: date) -> Plain:
    """The whole plan for a machine: the attachment of its document."""
    return {
        "plan": plan.id,
        "group": plan.group_id,
        "assessment": plan.assessment_id,
        "run": plan.run_id,
        "starts_on": plan.starts_on.isoformat(),
        "target_tier": plan.target_tier_id,
        "actions": [
            {
                "id": action.id,
                **edits_out(action),
                "overdue": is_overdue(action, today),
                "now": now_out(action, plan),
                "usual": usual_out(action.usual) if action.usual else None,
                "proposal": to_plain(action.proposal),
            }
            for action in plan.actions
        ],
        "set_aside": to_plain(plan.set_aside),
        "notes": list(plan.notes),
        "objective": plan.objective,
        "margin": plan.has_margin,
        "margin_price": to_plain(plan.margin),
        "beyond": to_plain(plan.beyond),
    }


def now_out(action: PlanAction, plan: ActionPlan) -> Plain:
    """What counts for the action now: the group's own values, else the catalogue's."""
    timing = to_plain(timing_of(action, plan)) or {}
    return {
        "first_year": to_plain(action.cost),
        **to_plain(action.amounts),
        "starts_on": timing.get("starts_on"),
        "launches_on": timing.get("launches_on"),
        "effect_from": timing.get("earliest"),
        "effect_until": timing.get("latest"),
        "levels": {lift.item_id: lift.to for lift in action.lifts},
    }


def usual_out(usual: CatalogValues) -> Plain:
    """The catalogue's values, with what they rest on."""
    note = to_plain(usual.note) or {}
    return {
        **to_plain(usual.amounts),
        "units": to_plain(usual.units),
        "units_say": usual.units_say,
        "months_to_launch": usual.months_to_launch,
        "months_to_effect": list(usual.months_to_effect),
        "acts": note.get("acts"),
        "may_pay": note.get("may_pay", []),
        "pays_after": usual.pays_after,
        "source": note.get("source"),
        "as_of": note.get("as_of"),
        "status": note.get("status"),
    }


def projection_out(ahead: Projection) -> Plain:
    return {
        "says": "Potential if everything goes as expected; never a forecast.",
        "target_tier": ahead.target_tier_id,
        "earliest": [tier_out(each) for each in ahead.earliest],
        "latest": [tier_out(each) for each in ahead.latest],
        "stays_short": list(ahead.short),
        "without_date": list(ahead.undated),
        "late": list(ahead.late),
    }


def tier_out(stage: ProjectedTier) -> Plain:
    return {
        "from": stage.on.isoformat(),
        "tier": stage.tier_id,
        "provisional": stage.is_provisional,
        "rose": {rise.item_id: rise.to for rise in stage.rose},
    }


def outlay_out(found: SimulatedCost) -> Plain:
    """Low, likely and high are the 10th, 50th and 90th percentile of the draws."""
    return {
        "draws": found.draws,
        "correlation": found.correlation,
        "actions_with_a_cost": found.actions,
        "years": [to_plain(year.cost) for year in found.years],
        "total": to_plain(found.total),
        "people_days": to_plain(found.people_days),
    }


def values_of(
    store: Store, opened: PlanView, whole: Outlook, made_at: datetime
) -> dict[str, object]:
    instrument, run, today = opened.instrument, opened.basis.run, made_at.date()
    summary = reading.summary_of(opened, today)
    earlier = earlier_run(store, opened)
    newest = social_risk.latest_of_group(store, opened.group.id, released_counts.QUARTERS)
    quarters = released_counts.latest_quarters(newest, made_at.date())
    gaps = released_gaps.newest(store, opened.group.id, made_at.date())
    return {
        "title": TITLE,
        "subject": opened.group.name,
        "reference": opened.basis.reference,
        "made_on": day(made_at),
        "opened": opened,
        "instrument": instrument,
        "kind": KINDS[opened.basis.kind],
        "based_on": day(opened.basis.on),
        "summary": summary,
        "told": reading.content_of(opened),
        "told_apart": own_days_says(instrument, plan.own_days_alternatives(store, opened)),
        "whole": whole,
        "timeline": spaced(whole.timeline, TITLES_BESIDE) if whole.timeline else None,
        "profile": reading.profile_of(instrument, run, earlier),
        "profile_title": profile_title(instrument, run),
        "earlier": earlier is not None,
        "gates": tuple(gates_by_tier(instrument, run)),
        "sureness": assess(instrument, run, result.peer_answers(store, instrument)),
        "has_room": not quarters or summary.target is None,  # a short document
        "screened": screening_figures(quarters) if quarters else None,
        "gaps": gap_table(gaps) if gaps else None,
        "paid": spending.spending_table(money.money_of(store, opened, made_at)),
    }


def earlier_run(store: Store, opened: PlanView) -> ScoringRun | None:
    """Last cycle's, if it was sent in."""
    source = assessment_view.source_of(store, opened.assessment)
    if source is None or source.status not in READABLE_BY_PAYER:
        return None
    found = scoring.effective_run(store, source)
    return from_json(found.result) if found else None


# The profile and the gates.


def profile_title(instrument: Instrument, run: ScoringRun) -> str:
    """What the picture shows, in a sentence."""
    scored = [
        (low, domain.title)
        for domain in instrument.domains
        if (low := run.domains[domain.id].low) is not None
    ]
    if not scored:
        return "No domain can be scored yet"
    (least, lowest), (most, highest) = min(scored), max(scored)
    return f"{highest} is highest at {one_decimal(most)}, {lowest} lowest at {one_decimal(least)}"


def gates_by_tier(instrument: Instrument, run: ScoringRun) -> Iterator[tuple[Tier, GateResults]]:
    """Those of the tier held, of every tier below, and of the next."""
    tier = instrument.tier_by_id[run.tier_id]
    top = (instrument.tier_after(tier) or tier).number
    for each in instrument.tiers:
        asked = tuple(gate for gate in run.gates if gate.tier_id == each.id)
        if asked and each.number <= top:
            yield each, asked


NOT_COMPARED = "–"


@dataclass(frozen=True)
class GapCell:
    points: str
    basis: str  # patients, and what may be done with it


@dataclass(frozen=True)
class GapTable:
    period: str
    release: str
    reference: str  # empty: none was declared
    header: tuple[str, ...]
    rows: tuple[tuple[str, tuple[GapCell, ...]], ...]
    left_out: str  # groups of people that no measure can compare
    reliability: str


def gap_table(found: ReleasedGaps) -> GapTable:
    strata = strata_of(found)
    rows = {name: tuple(cell_of(each, name) for _, each in found.findings) for name in strata}
    shown = {name for name, cells in rows.items() if any(cell.basis for cell in cells)}
    return GapTable(
        period=f"12 months to {found.release.period.label}",
        release=f"release {found.release.number} of {day(found.release.made_at)}",
        reference=found.reference.label if found.reference else "",
        header=tuple(measure_header(measure) for measure, _ in found.findings),
        rows=tuple((stratum_label(found, name), rows[name]) for name in strata if name in shown),
        left_out=", ".join(stratum_label(found, name) for name in strata if name not in shown),
        reliability=reliability_says([gap for _, each in found.findings for gap in each.gaps]),
    )


def strata_of(found: ReleasedGaps) -> tuple[str, ...]:
    """Every group of people that is beside the reference, as first met."""
    names = (gap.stratum for _, each in found.findings for gap in each.gaps)
    return tuple(dict.fromkeys(names))


def stratum_label(found: ReleasedGaps, name: str) -> str:
    return Stratum(found.reference.type, name).label if found.reference else name


def measure_header(measure: QualityMeasure) -> str:
    is_lower = measure.direction is Direction.LOWER
    return f"{measure.title} (lower is better)" if is_lower else measure.title


def cell_of(finding: TableFinding, stratum: str) -> GapCell:
    gap = next((each for each in finding.gaps if each.stratum == stratum), None)
    if gap is None or gap.difference is None:
        return GapCell(NOT_COMPARED, "")
    people = finding.table.counts[stratum].denominator or 0
    told = "" if gap.reliability is None else f", reliability {gap.reliability:.2f}"
    span = f"{points(gap.low)} to {points(gap.high)}"
    return GapCell(f"{points(gap.difference)} ({span})", f"n = {people:,}{told}")


def reliability_says(gaps: Sequence[StratumGap]) -> str:
    """What may be done with them at most."""
    compared = [gap for gap in gaps if gap.difference is not None]
    if not compared:
        return ""
    uses = list(USE_LABELS)
    most = max((gap.use for gap in compared), key=uses.index)
    if all(gap.reliability is None for gap in compared):
        return (
            f"How reliable these gaps are cannot be told: it takes {GROUPS_FOR_SPREAD} groups with "
            "the same measure. Each is a direction, not a verdict."
        )
    return (
        "Reliability stands beside each gap where it can be told. "
        f"At most: {USE_LABELS[most][0].lower()}{USE_LABELS[most][1:]}."
    )
