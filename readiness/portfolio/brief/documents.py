"""The brief on paper and as data: paper has two pages, whatever there is to say."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from readiness.assessments.cycles import asks_say
from readiness.core.charts.bars import SCORES
from readiness.core.db import Session
from readiness.core.formatting import day, shortened
from readiness.core.pdf.job import Enclosure, Page, PrintJob
from readiness.core.pdf.layout import html_of
from readiness.disclosure.released_counts import ReleasedShare
from readiness.plans.presenters.way import WayStep
from readiness.plans.service.document import tier_cost_out
from readiness.portfolio.brief import contents
from readiness.portfolio.brief.contents import Brief, BriefAction, BriefDomain
from readiness.portfolio.brief.evidence import RATES, RELIABILITY, BriefGap, BriefNeed
from readiness.portfolio.brief.questions import questions_for

TITLE = "Payer brief"
PAGES = 2
MOST_STEPS, MOST_GATES, MOST_NEEDS, MOST_GAPS, MOST_ACTIONS = 10, 5, 6, 5, 5
MOST_WARNINGS = 2
NAMES = tuple(heading for heading, _, _ in RATES)
NAME, TEXT = 120, 90  # characters of a name, and of what somebody typed into one cell

Plain = dict[str, Any]


def print_job(session: Session, payer_id: str, group_id: str, page: Page) -> PrintJob:
    """The same state gives the same bytes all day."""
    return job_of(contents.of_group(session, payer_id, group_id), page)


def job_of(brief: Brief, page: Page) -> PrintJob:
    html = html_of("portfolio/print/brief.html", values_of(brief))
    data = json.dumps(to_json(brief), indent=1, ensure_ascii=False).encode()
    return PrintJob(
        html=html,
        identifier=hashlib.sha256(html.encode() + data + page.encode()).digest()[:16],
        made_at=datetime.combine(brief.today, time(), UTC),
        page=page,
        enclosures=(Enclosure("brief.json", data, "The brief as data"),),
        pages=PAGES,
    )


def values_of(brief: Brief) -> dict[str, object]:
    return {
        "title": TITLE,
        "subject": shortened(brief.group.name, NAME),
        "reference": brief.reference,
        "made_on": day(brief.today),
        "brief": brief,
        "payer_name": shortened(brief.payer.name, NAME),
        "basis": brief.basis_says,
        "steps": cut([step_line(each) for each in brief.summary.way.steps], MOST_STEPS),
        "help_that_fits": shortened(brief.help_that_fits, 6 * TEXT),
        "gates_met": sum(line.is_met for line in brief.gates),
        "gates_open": cut([line for line in brief.gates if not line.is_met], MOST_GATES),
        "domains": [domain_row(line) for line in brief.domains],
        "needs_header": NAMES,
        "needs": cut([need_row(line) for line in brief.needs.lines], MOST_NEEDS),
        "gaps": cut([gap_row(line) for line in brief.gaps.clear], MOST_GAPS),
        "reliability": RELIABILITY if brief.gaps.is_untold else "",
        "actions": cut([action_row(line) for line in brief.actions], MOST_ACTIONS),
        "cost": brief.cost_says,
        "money": brief.money.whole if brief.money.has_any else None,
        "warnings": [
            shortened(f"{row.title}: {row.warnings[0]}", 2 * TEXT)
            for row in brief.money.warned[:MOST_WARNINGS]
        ],
        "questions": [shortened(each, 3 * TEXT) for each in questions_for(brief)],
    }


def step_line(step: WayStep) -> str:
    """Each item by its id: what brings it matters more here than what it is called."""
    return replace(step, title=shortened(step.title, NAME)).short_line


def cut(rows: Sequence[Any], most: int) -> dict[str, Any]:
    """The first of them, and how many more there are: two pages hold no more."""
    return {"rows": tuple(rows[:most]), "more": max(0, len(rows) - most)}


def domain_row(line: BriefDomain) -> dict[str, str]:
    score, up_to = line.score or 0, line.up_to or 0
    return {
        "title": line.title,
        "score": line.says,
        "before": "–" if line.before is None else str(line.before),
        "change": line.change,
        "bar": SCORES.at(score),
        "open": SCORES.span(score, up_to) if up_to > score else "",
        "mark": "" if line.before is None else SCORES.at(line.before),
        "says": f"{line.says} of 100"
        + (f", up to {up_to} with what is not known" if up_to > score else "")
        + (f", last time {line.before}" if line.before is not None else ""),
    }


def need_row(line: BriefNeed) -> tuple[str, ...]:
    return line.title, *line.cells


def gap_row(line: BriefGap) -> tuple[str, ...]:
    measure = f"{line.measure} (lower is better)" if line.is_lower_better else line.measure
    return measure, line.people, line.span, f"{line.n:,} and {line.reference_n:,}", line.reading


def action_row(line: BriefAction) -> tuple[str, ...]:
    due = "no date yet" if line.due_on is None else day(line.due_on)
    return (
        shortened(line.title, TEXT),
        shortened(line.owner, TEXT // 2) or "nobody named yet",
        f"{due}, overdue" if line.is_overdue else due,
        line.cost_says,
        "; ".join(line.may_pay) or "–",
    )


def to_json(brief: Brief) -> Plain:
    summary = brief.summary
    return {
        "group": brief.group.name,
        "payer": brief.payer.name,
        "made_on": brief.today.isoformat(),
        "reference": brief.reference,
        "instrument": {"id": brief.instrument.id, "version": brief.instrument.version},
        "tier": {
            "id": summary.tier.id,
            "basis": str(brief.basis),
            "provisional": summary.is_provisional,
            "expired": summary.is_expired,
            "until": summary.expires_on.isoformat() if summary.expires_on else None,
            "next": summary.target.id if summary.target else None,
            "holds_back": summary.holds_back,
            "unmet": list(summary.unmet),
            "way": list(summary.way.lines),
            "way_is_of_the_plan": summary.way.is_plan,
            "way_says": summary.way.says,
        },
        "in_programs_that_ask_for_more": [
            {"cycle": each.cycle.name, "tier": each.tier_id, "asks": asks_say(each.asks)}
            for each in brief.programs
        ],
        "counts_do_not_agree": [
            {"item": each.item_id, "level": each.level, "says": each.says}
            for each in brief.disagreeing
        ],
        "facts": dict(brief.facts),
        "gates": [vars(gate) for gate in brief.gates],
        "domains": [domain_out(line) for line in brief.domains],
        "screening": {
            "quarters": brief.needs.quarters,
            "unit": brief.needs.unit or None,
            "reach": share_out(brief.needs.reach),
            "needs": [need_out(line) for line in brief.needs.lines],
        },
        "gaps": [gap_out(line) for line in brief.gaps.compared],
        "plan": {
            "to_the_next_tier": tier_cost_out(brief.tier_cost),
            "help_that_fits": brief.help_that_fits,
            "done": brief.done,
            "ahead": [action_out(line) for line in brief.actions],
        },
        "money": {
            "awarded": brief.money.whole.awarded,
            "spent": brief.money.whole.spent,
            "remaining": brief.money.whole.remaining,
            "expected": brief.money.whole.expected,
            "basis": brief.money.whole.basis,
            "warnings": [says for row in brief.money.warned for says in row.warnings],
        }
        if brief.money.has_any
        else None,
        "questions": list(questions_for(brief)),
    }


def domain_out(line: BriefDomain) -> Plain:
    return {
        "domain": line.title,
        "score": text(line.score),
        "up_to": text(line.up_to),
        "last_time": text(line.before),
    }


def need_out(line: BriefNeed) -> Plain:
    shares = {name: share_out(share) for name, share in zip(NAMES, line.shares, strict=True)}
    return {"need": line.title, **shares}


def share_out(share: ReleasedShare | None) -> Mapping[str, int] | str | None:
    """Two released numbers; "hidden" where one of them is, and null where none is known."""
    if share is None:
        return None
    if share.pair is None:
        return "hidden" if share.is_hidden else None
    return {"numerator": share.pair[0], "denominator": share.pair[1]}


def gap_out(line: BriefGap) -> Plain:
    return {
        "measure": line.measure,
        "lower_is_better": line.is_lower_better,
        "patients": line.people,
        "difference": round(line.difference, 6),
        "low": round(line.low, 6),
        "high": round(line.high, 6),
        "n": line.n,
        "reference_n": line.reference_n,
        "reliability": None if line.reliability is None else round(line.reliability, 4),
        "clear": line.is_clear,
        "reliable": line.is_reliable,
    }


def action_out(line: BriefAction) -> Plain:
    return {
        "id": line.id,
        "title": line.title,
        "owner": line.owner,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "overdue": line.is_overdue,
        "status": str(line.status),
        "cost_in_the_first_year": line.cost_says,
        "could_pay": list(line.may_pay),
        "pays_afterwards": line.pays_after,
    }


def text(number: object) -> str | None:
    return None if number is None else str(number)
