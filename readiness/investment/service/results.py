"""A payer’s scenarios and the answer of one, to read and to take away as spreadsheet or JSON."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from readiness.accounts.db import groups
from readiness.core import exports, serialization
from readiness.core.db import Session
from readiness.core.errors import WrongState
from readiness.core.exports import Sheet
from readiness.investment import db as allocations
from readiness.investment.presenters.result import (
    ScenarioList,
    ScenarioResult,
    result_of,
    scenario_line,
)
from readiness.investment.problem import AllocationProblem
from readiness.investment.service.solving import GAP, SECONDS
from readiness.investment.service.stored import load, names_of, require_planner

STOPPED = (
    "A group in this scenario no longer shares, and its part of the problem may not leave here. "
    "Ask for the scenario anew; it will be solved without that group."
)


def listing(session: Session, payer_id: str) -> ScenarioList:
    require_planner(session.actor, payer_id)
    answers = allocations.answers_of_payer(session.store, payer_id)
    return ScenarioList(
        groups.payer(session.store, payer_id),
        len(names_of(session.store, payer_id, session.now.date())),
        tuple(
            scenario_line(each, answers[each.id].found(each.scenario.policy_id))
            if each.id in answers
            else scenario_line(each, None)
            for each in allocations.of_payer(session.store, payer_id)
        ),
    )


def result(session: Session, payer_id: str, allocation_id: str) -> ScenarioResult:
    return result_of(load(session, payer_id, allocation_id))


def xlsx(session: Session, payer_id: str, allocation_id: str) -> bytes:
    return exports.xlsx_of(list(sheets(result(session, payer_id, allocation_id))))


def sheets(result: ScenarioResult) -> Iterator[Sheet]:
    yield Sheet("Decision", ("What", "Says"), list(summary(result)), (44, 100))
    yield Sheet(
        "Chosen",
        ("Group", "Action", "Kind", "Year", "Dollars counted", "First-year range", "Every year",
         "People-days", "Steps", "Need", "People", "Chosen in draws", "Pinned", "What it serves"),
        [
            (group.name, a.title, a.kind, a.year, a.dollars, a.range, a.yearly, a.days, a.readiness,
             a.need, a.people, a.survives, a.state, "; ".join(a.lifts))
            for group in result.groups
            for a in group.actions
        ],
        (36, 44),
    )  # fmt: skip
    yield Sheet(
        "Groups",
        ("Group", "Tier", "With every lift", "Patients", "Social risk", "Dollars", "Low to high",
         "Gates met", "Buys", "Why nothing"),
        [
            (g.name, g.tier, g.tier_after, g.patients, g.risk, g.dollars, g.low_high, g.gates_met,
             g.buys, g.why_nothing)
            for g in (*result.groups, *result.nothing)
        ],
        (36, 18),
    )  # fmt: skip
    policies = result.comparison.policies
    yield Sheet(
        "Policies",
        ("Policy", "Weights", "Spent", "Eight of ten draws", "Actions", "Groups", "Readiness",
         "Need", "People", "Gates", "Tiers", "Proof"),
        [
            (p.name, p.weights, p.spent, p.cost_range, p.actions, p.groups, p.readiness, p.need,
             p.people, p.gates, p.tiers, p.proof)
            for p in policies
        ],
        (24, 36),
    )  # fmt: skip
    possible = [p.name for p in policies if p.is_possible]
    yield Sheet(
        "Differences",
        ("Group", "Action", "Dollars", *possible, "Readiness", "Need", "People", "Why"),
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


def summary(result: ScenarioResult) -> Iterator[tuple[str, str]]:
    yield "Scenario", result.name
    yield "Policy", f"{result.policy}. {result.policy_says}"
    yield from ((f"Weight of {each.term.lower()}", each.says) for each in result.weights)
    yield from ((each.term, each.says) for each in result.settings)
    yield "Decision", result.decision or result.impossible
    yield from ((f"Spent in {y.year.lower()}", f"{y.spent} of {y.budget}") for y in result.money)
    yield "Cost", f"{result.cost} {result.within}".strip()
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
    found = load(session, payer_id, allocation_id)
    if found.has_hidden:
        raise WrongState(STOPPED)
    answer = serialization.to_json(found.solution.answer)
    return {
        "scenario": serialization.to_json(found.request.scenario),
        "asked_at": found.request.asked_at.isoformat(),
        "answered_at": found.solution.at.isoformat(),
        "seed": found.request.seed,
        "problem": problem_json(found.solution.problem),
        "limits": [serialization.to_json(each) for each in found.solution.problem.limits],
        "answer": answer,
        "purposes": [
            serialization.to_json(each) for o in found.solution.offers for each in o.purposes
        ],
        "stability": serialization.to_json(found.stability) if found.stability else None,
        "method": list(result(session, payer_id, allocation_id).method),
    }


def problem_json(problem: AllocationProblem) -> dict[str, Any]:
    """As `flask invest` reads it."""
    return {
        "budget": problem.budget,
        "groups": [
            {"id": g.id, "have": sorted(g.have), "cap": g.cap, "tags": sorted(g.tags)}
            for g in problem.groups
        ],
        "actions": [
            {
                "group": o.group, "action": o.action, "cost": o.cost, "benefit": float(o.benefit),
                "requires": list(o.requires), "one_of": o.one_of, "pin": o.pin, "ban": o.ban,
            }
            for o in problem.options
        ],
        "gates": [
            {"group": g.group, "needs": g.needs, "of": list(g.of), "unlocks": list(g.unlocks)}
            for g in problem.gates
        ],
        "floors": [{"tag": f.tag, "share": float(f.share)} for f in problem.floors],
        "min_groups": problem.min_groups,
        "max_groups": problem.max_groups,
        "gap": GAP,
        "time_limit": SECONDS,
    }  # fmt: skip
