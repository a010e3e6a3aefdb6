"""An answered scenario on paper, for whoever decides: what is asked for, what it buys and what not,
how it was worked out, how firm it is, and a sheet for each group."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import replace
from datetime import UTC, datetime, time
from typing import Any

from readiness.core import serialization
from readiness.core.db import Session
from readiness.core.errors import WrongState
from readiness.core.formatting import day
from readiness.core.pdf.job import Enclosure, Job, Page
from readiness.core.pdf.layout import html_of
from readiness.core.pdf.printer import Printer
from readiness.instruments import loader as instruments
from readiness.instruments.cost_book import CostNote
from readiness.instruments.glossary import expand_evidence_codes, sentence
from readiness.instruments.models import Source
from readiness.investment.presenters.groups import ChosenActionLine, GroupSheet
from readiness.investment.presenters.policies import COMPARED
from readiness.investment.presenters.result import ScenarioResult
from readiness.investment.presenters.wording import counted_words, join_words
from readiness.investment.service import results as files
from readiness.portfolio.brief.contents import notes_of

TITLE = "Investment proposal"
NO_ANSWER = (
    "This scenario has no answer within its limits, so there is nothing to propose. Loosen a limit "
    "and solve it again."
)
MOST_BARS, MOST_ROWS, MOST_SHEETS = 16, 100, 30  # what paper holds; the spreadsheet holds all
MOST_DIFFERENCES, MOST_UNSURE, MOST_OTHERS = 30, 10, 4
POLICY_ROWS = (("Weights", "weights"), *COMPARED)
FORMULATION = (
    (
        "Every action in every group is taken or not; there are no halves. The choice is the one "
        "whose actions are together worth most, of all choices that keep within the limits."
    ),
    (
        "Limits: the money of each year; what an action needs first, in place or chosen; gates "
        "that stand before others; what a group can take on; the floor for a kind of group; the "
        "fewest and most groups; what is pinned and what is banned."
    ),
    (
        "It is solved as an integer program. The solver also proves a bound that no choice can "
        "exceed, so that what a better one could add is known."
    ),
    (
        "Of choices worth the same the cheapest is taken where the best is proven, and with fewer "
        "than 200 actions the first by ids of these. The same question has the same answer, unless "
        "the time allowed ran out."
    ),
    (
        "Afterwards every limit is checked again in plain code that shares nothing with the "
        "solver; an answer that broke one would not be shown."
    ),
)


def print_pdf(
    session: Session,
    printer: Printer,
    payer_id: str,
    allocation_id: str,
    page: Page,
) -> bytes:
    """The same answer, seen on the same day, gives the same bytes."""
    result = files.result(session, payer_id, allocation_id)
    if not result.is_possible:
        raise WrongState(NO_ANSWER)
    problem = None if result.has_hidden else files.as_json(session, payer_id, allocation_id)
    return printer.pdf_of(job_of(result, problem, page, session.now))


def job_of(
    result: ScenarioResult, problem: Mapping[str, Any] | None, page: Page, now: datetime
) -> Job:
    """What a group that no longer shares had in it is neither printed nor enclosed."""
    html = html_of("investment/print/proposal.html", values_of(result, now))
    enclosed = {"proposal.json": ("The proposal as data", as_data(result))}
    if problem is not None:
        enclosed["problem.json"] = ("The problem and its answer, to be solved again", problem)
    enclosures = tuple(
        Enclosure(name, json.dumps(data, indent=1, ensure_ascii=False, default=str).encode(), says)
        for name, (says, data) in enclosed.items()
    )
    identity = hashlib.sha256(html.encode() + page.encode())
    for each in enclosures:
        identity.update(each.content)
    return Job(
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
        "made_on": day(now),
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
        "formulation": FORMULATION,
        "most_others": MOST_OTHERS,
        "sources": sources_of(result),
        "prices": tuple(prices_of(result, notes)),
    }


def not_bought(result: ScenarioResult) -> Iterator[str]:
    """What whoever decides should not expect."""
    stay = [each for each in result.groups if not each.rises and not each.is_hidden]
    if stay:
        yield (
            f"A new tier by these actions alone in {len(stay)} of the {len(result.groups)} groups "
            "that get something."
        )
    if result.nothing:
        names = join_words([each.name for each in result.nothing[:5]])
        more = f" and {len(result.nothing) - 5} more" if len(result.nothing) > 5 else ""
        yield f"Anything for {counted_words(len(result.nothing), 'group')}: {names}{more}."
    shown = [each for each in result.left_out if not each.is_hidden]
    if shown:
        names = join_words(f"{each.title} ({each.dollars})" for each in shown)
        yield f"{names}: the first left out."
    yield "The yearly cost of actions after the years of this budget; each group’s sheet tells it."
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
