"""The brief on paper: exactly two pages, whatever there is to say, and the same as data inside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import UTC, datetime, time
from typing import Any

from readiness.assessments.models import RunKind
from readiness.core.charts.profile import SCORES
from readiness.core.db import Session
from readiness.core.formatting import day, shortened
from readiness.core.pdf.job import Enclosure, Job, Page
from readiness.core.pdf.layout import html_of
from readiness.core.pdf.printer import Printer
from readiness.portfolio.brief import as_data, reading
from readiness.portfolio.brief.actions import ActionLine
from readiness.portfolio.brief.gaps import RELIABILITY, GapLine
from readiness.portfolio.brief.needs import RATES, NeedLine
from readiness.portfolio.brief.questions import questions_for
from readiness.portfolio.brief.reading import Brief, DomainLine

TITLE = "Payer brief"
PAGES = 2
MOST_STEPS, MOST_GATES, MOST_NEEDS, MOST_GAPS, MOST_ACTIONS = 5, 5, 6, 5, 5
MOST_WARNINGS = 2
NAME, TEXT = 120, 90  # characters of a name, and of what somebody typed into one cell
BASES = {
    RunKind.VALIDATED: "validated by the reviewer",
    RunKind.SUPPORTED: "not reviewed yet: as the group’s counts support it",
    RunKind.CLAIMED: "not reviewed yet: as the group claims it",
}


def printed(
    session: Session,
    printer: Printer,
    payer_id: str,
    group_id: str,
    page: Page,
) -> bytes:
    """The same state gives the same bytes all day."""
    return printer.pdf_of(job_of(reading.of_group(session, payer_id, group_id), page))


def job_of(brief: Brief, page: Page) -> Job:
    html = html_of("portfolio/print/brief.html", values_of(brief))
    data = json.dumps(as_data.brief_out(brief), indent=1, ensure_ascii=False).encode()
    return Job(
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
        "basis": BASES[brief.basis],
        "steps": cut(brief.summary.steps, MOST_STEPS),
        "gates_met": sum(line.is_met for line in brief.gates),
        "gates_open": cut([line for line in brief.gates if not line.is_met], MOST_GATES),
        "domains": [domain_row(line) for line in brief.domains],
        "needs_header": tuple(heading for heading, _, _ in RATES),
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


def cut(rows: Sequence[Any], most: int) -> dict[str, Any]:
    """The first of them, and how many more there are: two pages hold no more."""
    return {"rows": tuple(rows[:most]), "more": max(0, len(rows) - most)}


def domain_row(line: DomainLine) -> dict[str, str]:
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


def need_row(line: NeedLine) -> tuple[str, ...]:
    return line.title, *line.cells


def gap_row(line: GapLine) -> tuple[str, ...]:
    measure = f"{line.measure} (lower is better)" if line.is_lower_better else line.measure
    return measure, line.people, line.span, f"{line.n:,} and {line.reference_n:,}", line.reading


def action_row(line: ActionLine) -> tuple[str, ...]:
    due = "no date yet" if line.due_on is None else day(line.due_on)
    return (
        shortened(line.title, TEXT),
        shortened(line.owner, TEXT // 2) or "nobody named yet",
        f"{due}, overdue" if line.is_overdue else due,
        line.cost_says,
        "; ".join(line.may_pay) or "–",
    )
