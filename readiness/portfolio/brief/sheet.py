"""The brief as a spreadsheet: everything, also what two pages do not hold."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.core.db import Session
from readiness.core.exports import Cell, Sheet, xlsx_of
from readiness.core.small_cells import HIDDEN
from readiness.disclosure.social_risk_release import ReleasedShare
from readiness.portfolio.brief import reading
from readiness.portfolio.brief.gaps import RELIABILITY, GapLine
from readiness.portfolio.brief.needs import RATES
from readiness.portfolio.brief.paper import BASES
from readiness.portfolio.brief.questions import questions_for
from readiness.portfolio.brief.reading import Brief

Rows = Iterator[tuple[Cell, ...]]
WHAT = ("What", "Says")


def xlsx(session: Session, payer_id: str, group_id: str) -> bytes:
    return xlsx_of(sheets_of(reading.of_group(session, payer_id, group_id)))


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
        Sheet("Screening", ("What", "Numerator", "Denominator", "Share"), counts(brief), (48,)),
        Sheet("Gaps", GAPS, gaps(brief), (40, 36)),
        Sheet("Next actions", ACTIONS, actions(brief), (50, 30, 14, 14, 40, 50, 50)),
    ]


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
    "Status",
    "Cost in the first year",
    "Could pay for the start",
    "Pays afterwards",
)


def about(brief: Brief) -> Rows:
    summary = brief.summary
    yield "Group", brief.group.name
    yield "Brief for", brief.payer.name
    yield "Made on", brief.today
    yield "Reference", brief.reference
    yield "Instrument", f"{brief.instrument.id} {brief.instrument.version}"
    yield "Tier", f"{summary.tier.id} {summary.tier.title}"
    yield "The tier is", BASES[brief.basis]
    yield "Provisional", summary.is_provisional
    yield "Expired", summary.is_expired
    yield "Until", summary.expires_on
    yield "What holds it back", summary.holds_back
    for number, step in enumerate(summary.steps, start=1):
        yield f"Shortest way, step {number}", step
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
        yield "Screened, of eligible", *numbers(brief.needs.reach)
    for line in brief.needs.lines:
        for (name, _, _), share in zip(RATES, line.shares, strict=True):
            yield f"{line.title}: {name.lower()}", *numbers(share)


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


def gap(line: GapLine) -> tuple[Cell, ...]:
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
            str(line.status),
            line.cost_says,
            "; ".join(line.may_pay),
            line.pays_after,
        )
