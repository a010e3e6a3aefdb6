"""A payer’s scenarios and the answer of one: to read, as spreadsheet, as JSON, as proposal."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from readiness.accounts.db import groups
from readiness.core import exports, serialization
from readiness.core.db import Session
from readiness.core.errors import WrongState
from readiness.core.exports import Cell, Sheet
from readiness.core.formatting import day, dollars, join_words
from readiness.core.pdf.job import Enclosure, Page, PrintJob
from readiness.core.pdf.layout import html_of
from readiness.equity.service.readable import readable_names
from readiness.instruments import loader as instruments
from readiness.instruments.cost_book import CostNote
from readiness.instruments.glossary import expand_evidence_codes, sentence
from readiness.instruments.models import Source
from readiness.investment import db as allocations
from readiness.investment import problem_json
from readiness.investment.lifecycle import ScenarioState
from readiness.investment.presenters.groups import ChosenActionLine, GroupSheet
from readiness.investment.presenters.policies import COMPARED
from readiness.investment.presenters.result import (
    ScenarioList,
    ScenarioResult,
    result_of,
    scenario_line,
)
from readiness.investment.presenters.wording import counted_words
from readiness.investment.service.scenarios import STOPPED, require_reader
from readiness.investment.service.solving import GAP, SECONDS
from readiness.investment.service.stored import load
from readiness.portfolio.brief.contents import notes_of

TITLE = "Investment proposal"
NO_ANSWER = (
    "This scenario has no answer within its limits, so there is nothing to propose. Loosen a limit "
    "and solve it again."
)
MOST_BARS, MOST_ROWS, MOST_SHEETS = 16, 100, 30  # what paper holds; the spreadsheet holds all
MOST_DIFFERENCES, MOST_UNSURE, MOST_OTHERS = 30, 10, 4
POLICY_ROWS = (("Weights", "weights"), *COMPARED)


def listing(session: Session, payer_id: str) -> ScenarioList:
    require_reader(session, payer_id)
    store = session.store
    answers = allocations.answers_of_payer(store, payer_id)
    statuses = allocations.statuses_of_payer(store, payer_id)
    names = readable_names(store, payer_id, session.now.date())
    requests = [
        (each, statuses.get(each.id) or allocations.first_status(each))
        for each in allocations.of_payer(store, payer_id)
    ]
    return ScenarioList(
        groups.payer(store, payer_id),
        len(names),
        tuple(
            scenario_line(each, status, answers.get(each.id), names)
            for each, status in requests
            if status.state is not ScenarioState.DELETED
        ),
    )


def result(session: Session, payer_id: str, allocation_id: str) -> ScenarioResult:
    return result_of(load(session, payer_id, allocation_id))


def result_to_take(session: Session, payer_id: str, allocation_id: str) -> ScenarioResult:
    """No file leaves of an answer that rests on a group that no longer shares."""
    found = load(session, payer_id, allocation_id)
    if found.ended:
        raise WrongState(STOPPED)
    return result_of(found)


def xlsx(session: Session, payer_id: str, allocation_id: str) -> bytes:
    return exports.xlsx_of(list(sheets(result_to_take(session, payer_id, allocation_id))))


def sheets(result: ScenarioResult) -> Iterator[Sheet]:
    years = [line.year for line in result.money]
    yield Sheet("Decision", ("What", "Says"), list(summary(result)), (44, 100))
    yield Sheet(
        "Chosen",
        ("Group", "Action", "Bought as", "From", "Kind", "Starts", *years, "Your dollars",
         "The group’s own dollars", "Own people-days", "Every year after", "First-year range",
         "Range of people-days", "Pays afterwards", "Steps", "Need", "People", "Chosen in draws",
         "Pinned", "What it serves"),
        list(chosen_rows(result)),
        (36, 44, 22),
    )  # fmt: skip
    yield Sheet(
        "Groups",
        ("Group", "Tier", "With every action", "Why", *years, "Your dollars",
         "The group’s own dollars", "The group does itself", "Own people-days", "Every year after",
         "Low to high", "Patients", "Social risk", "Gates met", "Buys", "Why nothing"),
        list(group_rows(result)),
        (36, 18, 18, 80),
    )  # fmt: skip
    yield Sheet(
        "Policies",
        ("Policy", "Weights", "Spent", "Eight of ten draws", "Actions", "Groups", "Tiers",
         "Incentive-ready", "Readiness", "Need", "People", "Proof"),
        [
            (p.name, p.weights, p.spent, p.cost_range, p.actions, p.groups, p.tiers, p.ready,
             p.readiness, p.need, p.people, p.proof)
            for p in result.comparison.policies
        ],
        (24, 36),
    )  # fmt: skip
    possible = [p.name for p in result.comparison.policies if p.is_possible]
    yield Sheet(
        "Differences",
        ("Group", "Way or action", "Dollars", *possible, "Readiness", "Need", "People", "Why"),
        [
            (d.group, d.title, d.dollars, *d.chosen_by, d.readiness, d.need, d.people, d.because)
            for d in result.comparison.differences
        ],
        (36, 44),
    )
    yield Sheet(
        "Left out",
        ("What", "Dollars", "Would add", "Why"),
        [(each.title, each.dollars, each.adds, each.why) for each in result.left_out],
        (60, 14, 14, 100),
    )


def group_rows(result: ScenarioResult) -> Iterator[tuple[Cell, ...]]:
    """A row for each group, and their sum."""
    for g in (*result.groups, *result.nothing):
        yield (
            g.name, g.tier, g.tier_after, g.sentence, *g.by_year, g.dollars, g.own_dollars,
            g.own_work, g.own_days, g.yearly, g.low_high, g.patients, g.risk, g.gates_met, g.buys,
            g.why_nothing,
        )  # fmt: skip
    totals = result.totals
    sums = (totals.dollars, totals.own_dollars, "", totals.own_days, totals.yearly)
    yield "All", "", "", "", *totals.by_year, *sums


def chosen_rows(result: ScenarioResult) -> Iterator[tuple[Cell, ...]]:
    """A row for each action; for what a group does itself beside them; and their sum."""
    nothing = ("",) * 4
    for group in result.groups:
        for a in group.actions:
            yield (
                group.name, a.title, a.package or "a single action", a.origin, a.kind, a.year,
                *a.by_year, a.dollars, a.own_dollars, a.own_days, a.yearly, a.range, a.days_range,
                a.pays_after, a.readiness, a.need, a.people, a.survives, a.state,
                "; ".join(a.lifts),
            )  # fmt: skip
        for own in group.own_part:
            sums = (own.dollars, own.own_dollars, own.own_days, own.yearly)
            yield group.name, own.title, *nothing, *own.by_year, *sums
    totals = result.totals
    sums = (totals.dollars, totals.own_dollars, totals.own_days, totals.yearly)
    yield "All", "", *nothing, *totals.by_year, *sums


def summary(result: ScenarioResult) -> Iterator[tuple[str, str]]:
    yield "Scenario", result.name
    yield "Policy", f"{result.policy}. {result.policy_says}"
    yield from ((f"Weight of {each.term.lower()}", each.says) for each in result.weights)
    yield from ((each.term, each.says) for each in result.settings)
    yield "Decision", result.decision or result.impossible
    for y in result.money:
        yield f"Spent in {y.year.lower()}", f"{dollars(y.spent)} of {dollars(y.budget)}"
    totals = result.totals
    yield "Paid by the groups themselves", dollars(totals.own_dollars)
    yield "Days of the groups’ own people", f"{totals.own_days:,}"
    yield "Every year afterwards, by whoever pays then", dollars(totals.yearly)
    yield from (("Limits that contradict each other", each) for each in result.why_not)
    if result.cost:
        yield "Cost", f"{result.cost} {result.within}"
    yield from ((each.term, each.says) for each in result.buys)
    yield "How close to the best", result.proof
    yield from (("A little more or less money", each) for each in result.shadow)
    yield from ((each.name, f"{each.points}, {each.behind}") for each in result.rivals)
    if result.stability:
        yield "How often choices survive", f"{result.stability} {result.stability_span}"
    yield "Solver", result.solver
    yield "Seed", str(result.seed)
    yield from (("Method", each) for each in result.method)
    yield from (("To know", each) for each in result.caveats)


def as_json(session: Session, payer_id: str, allocation_id: str) -> dict[str, Any]:
    shown, found = (
        result_to_take(session, payer_id, allocation_id),
        load(session, payer_id, allocation_id),
    )
    answer = serialization.to_json(found.solution.answer)
    return {
        "scenario": serialization.to_json(found.request.scenario),
        "asked_at": found.request.asked_at.isoformat(),
        "answered_at": found.solution.at.isoformat(),
        "seed": found.request.seed,
        "problem": problem_json.write(found.solution.problem, GAP, SECONDS),
        "limits": [serialization.to_json(each) for each in found.solution.problem.limits],
        "answer": answer,
        "purposes": [
            serialization.to_json(each) for o in found.solution.offers for each in o.purposes
        ],
        "stability": serialization.to_json(found.stability) if found.stability else None,
        "method": list(shown.method),
    }


# The proposal on paper


def print_job(session: Session, payer_id: str, allocation_id: str, page: Page) -> PrintJob:
    """The same answer, seen on the same day, gives the same bytes."""
    found = result_to_take(session, payer_id, allocation_id)
    if not found.is_possible:
        raise WrongState(NO_ANSWER)
    return job_of(found, as_json(session, payer_id, allocation_id), page, session.now)


def job_of(
    result: ScenarioResult, problem: Mapping[str, Any], page: Page, now: datetime
) -> PrintJob:
    html = html_of("investment/print/proposal.html", values_of(result, now))
    enclosed = {
        "proposal.json": ("The proposal as data", as_data(result)),
        "problem.json": ("The problem and its answer, to be solved again", problem),
    }
    enclosures = tuple(
        Enclosure(name, json.dumps(data, indent=1, ensure_ascii=False, default=str).encode(), says)
        for name, (says, data) in enclosed.items()
    )
    identity = hashlib.sha256(html.encode() + page.encode())
    for each in enclosures:
        identity.update(each.content)
    return PrintJob(
        html=html,
        identifier=identity.digest()[:16],
        made_at=datetime.combine(now.date(), time(), UTC),
        page=page,
        enclosures=enclosures,
    )


def as_data(result: ScenarioResult) -> Any:
    """Without the drawings, whose numbers stand beside them."""
    bare = replace(result, dollars=None, comparison=replace(result.comparison, charts=()))
    return serialization.to_json(bare)


def values_of(result: ScenarioResult, now: datetime) -> dict[str, object]:
    notes = dict(every_note())
    return {
        "title": TITLE,
        "subject": result.name,
        "reference": result.id,
        "made_on": f"{day(now)} · {result.status.state}",
        "result": result,
        "bought_not": tuple(not_bought(result)),
        "has_bars": result.dollars is not None and len(result.dollars.rows) <= MOST_BARS,
        "rows": result.groups[:MOST_ROWS],
        "rows_left": max(0, len(result.groups) - MOST_ROWS),
        "sheets": [(each, tuple(terms(each, notes))) for each in result.groups[:MOST_SHEETS]],
        "sheets_left": max(0, len(result.groups) - MOST_SHEETS),
        "several_years": len(result.money) > 1,
        "policy_rows": POLICY_ROWS,
        "possible": [each for each in result.comparison.policies if each.is_possible],
        "differences": result.comparison.differences[:MOST_DIFFERENCES],
        "differences_left": max(0, len(result.comparison.differences) - MOST_DIFFERENCES),
        "unsure": unsure(result)[:MOST_UNSURE],
        "most_others": MOST_OTHERS,
        "sources": sources_of(result),
        "prices": tuple(prices_of(result, notes)),
    }


def not_bought(result: ScenarioResult) -> Iterator[str]:
    """What whoever decides should not expect."""
    stay = [each for each in result.groups if not each.rises]
    if stay:
        yield (
            f"A new tier by these actions alone in {len(stay)} of the {len(result.groups)} groups "
            "that get something."
        )
    if result.nothing:
        names = join_words([each.name for each in result.nothing[:5]])
        more = f" and {len(result.nothing) - 5} more" if len(result.nothing) > 5 else ""
        yield f"Anything for {counted_words(len(result.nothing), 'group')}: {names}{more}."
    if result.left_out:
        names = "; ".join(f"{each.title} ({each.dollars})" for each in result.left_out)
        yield f"{names}: the first left out."
    yield (
        f"What follows: {dollars(result.totals.yearly)} a year to keep all of it up after the "
        "first year of each action; beyond the years of this budget nobody has promised it."
    )
    yield "A result. What is raised and reached is a potential, never a forecast."


# Who acts and who pays


def every_note() -> Iterator[tuple[str, CostNote]]:
    """Of the newest version of every instrument, by intervention."""
    for instrument_id in sorted({name for name, _, _ in instruments.catalog()}):
        yield from notes_of(instruments.load(instrument_id)).items()


def terms(
    sheet: GroupSheet, notes: Mapping[str, CostNote]
) -> Iterator[tuple[ChosenActionLine, Any]]:
    for action in sheet.actions:
        yield action, notes.get(action.action_id)


def unsure(result: ScenarioResult) -> list[tuple[str, str, str]]:
    """The chosen actions that fewest draws chose again, the fewest first."""
    found = [
        (int(action.survives.split()[0]), action.title, group.name, action.survives)
        for group in result.groups
        for action in group.actions
        if action.survives
    ]
    return [(title, name, says) for _, title, name, says in sorted(found)]


# What it rests on


def prices_of(result: ScenarioResult, notes: Mapping[str, CostNote]) -> Iterator[tuple[str, str]]:
    """Each chosen action once: where its cost comes from and how old that is."""
    chosen = {a.action_id: a.title for group in result.groups for a in group.actions}
    for action_id, title in sorted(chosen.items(), key=lambda pair: pair[1]):
        if note := notes.get(action_id):
            evidence = expand_evidence_codes(note.status)
            yield (
                title,
                f"{sentence(note.source)} As of {day(note.as_of)}; {evidence}.",
            )


def sources_of(result: ScenarioResult) -> tuple[Source, ...]:
    """Of the effects of what was chosen."""
    chosen = {a.action_id for group in result.groups for a in group.actions}
    found: dict[str, Source] = {}
    for instrument_id in sorted({name for name, _, _ in instruments.catalog()}):
        instrument = instruments.load(instrument_id)
        cited = {
            source_id
            for each in instrument.interventions
            if each.id in chosen
            for source_id in each.effect.source_ids
        }
        found |= {each.id: each for each in instrument.sources if each.id in cited}
    return tuple(found.values())
