"""The brief as a spreadsheet: everything that is known, where paper has two pages."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.core.db import Session
from readiness.core.exports import Cell, Sheet, xlsx_of
from readiness.core.small_cells import HIDDEN
from readiness.disclosure.released_counts import ReleasedShare
from readiness.portfolio.brief import contents
from readiness.portfolio.brief.contents import Brief
from readiness.portfolio.brief.evidence import RATES, RELIABILITY, BriefGap
from readiness.portfolio.brief.questions import questions_for

WHAT = ("What", "Says")
GAPS = (
    "Measure",
    "Patients",
    "Difference (share)",
    "Low (95%)",
    "High (95%)",
    "n",
    "n of the reference",
    "Reliability",
    "Lower is better",
    "Clear",
)
ACTIONS = (
    "Action",
    "Who answers for it",
    "Due",
    "Overdue",
    "Status",
    "Cost in the first year",
    "Could pay for the start",
    "Pays afterwards",
)

Rows = Iterator[tuple[Cell, ...]]


def xlsx(session: Session, payer_id: str, group_id: str) -> bytes:
    return xlsx_of(sheets_of(contents.of_group(session, payer_id, group_id)))


def sheets_of(brief: Brief) -> list[Sheet]:
    return [
        Sheet("Brief", WHAT, about(brief), (36, 90)),
        Sheet("Domains", ("Domain", "Score", "Up to", "Last time"), domains(brief), (48,)),
        Sheet(
            "Gates",
            ("Tier", "Item", "What", "Kind", "Needs", "Has", "Met"),
            gates(brief),
            (8, 10, 40),
        ),
        Sheet(
            "Screening",
            ("What", "Numerator", "Denominator", "Share", "Unit"),
            counts(brief),
            (48, 14, 14, 10, 18),
        ),
        Sheet("Gaps", GAPS, gaps(brief), (40, 36)),
        Sheet("Next actions", ACTIONS, actions(brief), (50, 30, 14, 10, 14, 40, 50, 50)),
    ]


def about(brief: Brief) -> Rows:
    summary = brief.summary
    yield "Group", brief.group.name
    yield "Brief for", brief.payer.name
    yield "Made on", brief.today
    yield "Reference", brief.reference
    yield "Instrument", f"{brief.instrument.id} {brief.instrument.version}"
    yield "Tier", f"{summary.tier.id} {summary.tier.title}"
    yield "The tier is", brief.basis_says
    yield "Provisional", summary.is_provisional
    yield "Expired", summary.is_expired
    yield "Until", summary.expires_on
    yield "What holds it back", summary.holds_back
    for number, step in enumerate(summary.way.lines, start=1):
        yield f"{summary.way.title}, step {number}", step
    for program in brief.programs:
        yield "In a program that asks for more", program.says
    for claim in brief.disagreeing:
        yield f"The counts do not agree with {claim.item_id}, level {claim.level}", claim.says
    yield "Cost to the next tier", brief.cost_says
    yield "Help that fits", brief.help_that_fits
    yield from brief.facts
    yield "Screening", brief.needs.says
    yield "Gaps", brief.gaps.says
    yield "Reliability of gaps", RELIABILITY if brief.gaps.is_untold else None
    if brief.money.has_any:
        whole = brief.money.whole
        yield "Awarded so far", whole.awarded
        yield "Spent so far", whole.spent
        yield "Remaining", whole.remaining
        yield "Expected in the end", f"{whole.expected} ({whole.basis})"
    for number, question in enumerate(questions_for(brief), start=1):
        yield f"To talk about, {number}", question


def domains(brief: Brief) -> Rows:
    for line in brief.domains:
        yield line.title, line.score, line.up_to, line.before


def gates(brief: Brief) -> Rows:
    for gate in brief.gates:
        yield gate.tier_id, gate.item_id, gate.title, gate.kind, gate.needs, gate.has, gate.is_met


def counts(brief: Brief) -> Rows:
    if brief.needs.reach is not None:
        yield "Screened, of eligible", *numbers(brief.needs.reach), brief.needs.unit
    for line in brief.needs.lines:
        for (name, _, _), share in zip(RATES, line.shares, strict=True):
            yield f"{line.title}: {name.lower()}", *numbers(share), brief.needs.unit


def numbers(share: ReleasedShare) -> tuple[Cell, ...]:
    """As they were released; a word where a number is hidden, nothing where it is not known."""
    pair = share.pair
    if pair is None:
        hidden = HIDDEN if share.is_hidden else None
        return hidden, hidden, hidden
    return *pair, None if share.is_too_few else round(pair[0] / pair[1], 4)


def gaps(brief: Brief) -> Rows:
    for line in brief.gaps.compared:
        yield gap(line)


def gap(line: BriefGap) -> tuple[Cell, ...]:
    shares = (round(each, 4) for each in (line.difference, line.low, line.high))
    return (
        line.measure,
        line.people,
        *shares,
        line.n,
        line.reference_n,
        None if line.reliability is None else round(line.reliability, 3),
        line.is_lower_better,
        line.is_clear,
    )


def actions(brief: Brief) -> Rows:
    for line in brief.actions:
        yield (
            line.title,
            line.owner,
            line.due_on,
            line.is_overdue,
            str(line.status),
            line.cost_says,
            "; ".join(line.may_pay),
            line.pays_after,
        )
