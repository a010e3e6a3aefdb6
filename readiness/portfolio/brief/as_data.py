"""The brief as plain data: what stands on its two pages, and what did not fit."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from readiness.disclosure.social_risk_release import ReleasedShare
from readiness.plans.costs import CostRange
from readiness.portfolio.brief.actions import ActionLine
from readiness.portfolio.brief.gaps import GapLine
from readiness.portfolio.brief.needs import RATES, NeedLine
from readiness.portfolio.brief.questions import questions_for
from readiness.portfolio.brief.reading import Brief, DomainLine

Plain = dict[str, Any]
NAMES = tuple(heading for heading, _, _ in RATES)


def brief_out(brief: Brief) -> Plain:
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
            "shortest_way": list(summary.steps),
            "no_way": summary.no_way,
        },
        "facts": dict(brief.facts),
        "gates": [vars(gate) for gate in brief.gates],
        "domains": [domain_out(line) for line in brief.domains],
        "screening": {
            "quarters": brief.needs.quarters,
            "reach": share_out(brief.needs.reach),
            "needs": [need_out(line) for line in brief.needs.lines],
        },
        "gaps": [gap_out(line) for line in brief.gaps.compared],
        "plan": {
            "cost_in_the_first_year": cost_out(brief.known_cost),
            "actions_without_a_known_cost": brief.cost_unknown,
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


def domain_out(line: DomainLine) -> Plain:
    return {
        "domain": line.title,
        "score": text(line.score),
        "up_to": text(line.up_to),
        "last_time": text(line.before),
    }


def need_out(line: NeedLine) -> Plain:
    shares = {name: share_out(share) for name, share in zip(NAMES, line.shares, strict=True)}
    return {"need": line.title, **shares}


def share_out(share: ReleasedShare | None) -> Mapping[str, int] | str | None:
    """Two released numbers; "hidden" where one of them is, and null where none is known."""
    if share is None:
        return None
    if share.pair is None:
        return "hidden" if share.is_hidden else None
    return {"numerator": share.pair[0], "denominator": share.pair[1]}


def gap_out(line: GapLine) -> Plain:
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


def action_out(line: ActionLine) -> Plain:
    return {
        "id": line.id,
        "title": line.title,
        "owner": line.owner,
        "due_on": line.due_on.isoformat() if line.due_on else None,
        "status": str(line.status),
        "cost_in_the_first_year": line.cost_says,
        "could_pay": list(line.may_pay),
        "pays_afterwards": line.pays_after,
    }


def cost_out(cost: CostRange | None) -> Plain | None:
    return None if cost is None else {name: str(value) for name, value in vars(cost).items()}


def text(number: object) -> str | None:
    return None if number is None else str(number)
