"""Every yes and no: who may do what, and whose thing it must be."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from readiness.core.errors import NOT_SHARED, Denied, NotFound
from readiness.core.people import Actor, Membership, Role

MANAGER, TEAM, PAYER, READER, ADMIN, AUDITOR = (
    Role.PRACTICE_MANAGER,
    Role.CARE_TEAM,
    Role.PAYER_MANAGER,
    Role.PAYER_READER,
    Role.ADMINISTRATOR,
    Role.AUDITOR,
)


class Can(StrEnum):
    """What a person can do, as the end of the sentence "you may not ..."."""

    SEE_HOME = "see the start page"
    READ_ASSESSMENT = "read this group's assessment"
    ANSWER = "answer for this group"
    ATTEST = "attest for this group"
    READ_COUNTS = "read this group's screening counts"
    ENTER_COUNTS = "enter screening counts for this group"
    READ_QUALITY = "read this group's quality measures"
    ENTER_QUALITY = "enter quality measures for this group"
    READ_PLAN = "read this group's action plan"
    EDIT_PLAN = "change this group's action plan"
    MANAGE_TEAM = "manage this group's people"
    SHARE = "decide who this group shares with"
    TAKE_OUT = "export this group's records"
    REMOVE_GROUP = "remove this group's records"
    READ_GROUP_HISTORY = "read this group's history"
    REVIEW_PORTFOLIO = "see this payer's portfolio"
    READ_SUBMISSION = "read what this group submitted"
    REVIEW = "review this group's submission"
    PRINT_PLANS = "print all plans for this payer"
    READ_INCENTIVES = "read what this payer tried of incentives"
    TEST_INCENTIVES = "try incentives for this payer"
    OPEN_CYCLE = "open a cycle for this payer"
    RECORD_PANEL = "record a standard-setting panel for this payer"
    READ_INVESTMENT = "read this payer's budget scenarios"
    PLAN_INVESTMENT = "plan this payer's investment"
    AWARD = "award this payer's money to this group"
    MANAGE_PAYER_TEAM = "manage this payer's people"
    READ_PAYER_HISTORY = "read this payer's history"
    READ_HISTORY = "read the history of this installation"
    ADMINISTER = "administer this installation"


RULES: dict[Can, frozenset[Role]] = {
    Can.SEE_HOME: frozenset(Role),
    Can.READ_ASSESSMENT: frozenset({MANAGER, TEAM}),
    Can.ANSWER: frozenset({MANAGER, TEAM}),
    Can.ATTEST: frozenset({MANAGER}),
    Can.READ_COUNTS: frozenset({MANAGER, TEAM}),
    Can.ENTER_COUNTS: frozenset({MANAGER, TEAM}),
    Can.READ_QUALITY: frozenset({MANAGER, TEAM}),
    Can.ENTER_QUALITY: frozenset({MANAGER, TEAM}),
    Can.READ_PLAN: frozenset({MANAGER, TEAM, PAYER, READER}),
    Can.EDIT_PLAN: frozenset({MANAGER}),
    Can.MANAGE_TEAM: frozenset({MANAGER}),
    Can.SHARE: frozenset({MANAGER}),
    Can.TAKE_OUT: frozenset({MANAGER}),
    Can.REMOVE_GROUP: frozenset({MANAGER}),
    Can.READ_GROUP_HISTORY: frozenset({MANAGER}),
    Can.REVIEW_PORTFOLIO: frozenset({PAYER, READER}),
    Can.READ_SUBMISSION: frozenset({PAYER, READER}),
    Can.REVIEW: frozenset({PAYER}),
    Can.PRINT_PLANS: frozenset({PAYER}),
    Can.READ_INCENTIVES: frozenset({PAYER, READER}),
    Can.TEST_INCENTIVES: frozenset({PAYER}),
    Can.OPEN_CYCLE: frozenset({PAYER}),
    Can.RECORD_PANEL: frozenset({PAYER}),
    Can.READ_INVESTMENT: frozenset({PAYER, READER}),
    Can.PLAN_INVESTMENT: frozenset({PAYER}),
    Can.AWARD: frozenset({PAYER}),
    Can.MANAGE_PAYER_TEAM: frozenset({PAYER}),
    Can.READ_PAYER_HISTORY: frozenset({PAYER}),
    Can.READ_HISTORY: frozenset({ADMIN, AUDITOR}),
    Can.ADMINISTER: frozenset({ADMIN}),
}

SIGNED = frozenset({Can.ATTEST, Can.REMOVE_GROUP})  # the membership itself must say so
FOR_EVERYONE = frozenset({Can.SEE_HOME})  # also for somebody who plays no part yet or any more


@dataclass(frozen=True)
class Scope:
    """Whose thing it is: a group's own, and of the payers it is shared with."""

    group_id: str | None = None
    payer_ids: frozenset[str] = frozenset()


ANYWHERE = Scope()  # administrators and auditors act on no one in particular


def covers(membership: Membership, scope: Scope) -> bool:
    if membership.role in (ADMIN, AUDITOR):
        return scope == ANYWHERE
    if membership.payer_id is not None:
        return membership.payer_id in scope.payer_ids
    return membership.group_id is not None and membership.group_id == scope.group_id


def grants(membership: Membership, can: Can) -> bool:
    return membership.role in RULES[can] and (can not in SIGNED or membership.may_attest)


def holds(actor: Actor, can: Can) -> bool:
    """Whether the person may do this anywhere at all."""
    return can in FOR_EVERYONE or any(grants(membership, can) for membership in actor.memberships)


def allowed(actor: Actor, can: Can, scope: Scope) -> bool:
    return any(grants(m, can) and covers(m, scope) for m in actor.memberships)


def require(actor: Actor, can: Can, scope: Scope) -> None:
    """Return quietly, or raise.

    Somebody else's thing is "not found", so that nobody learns by asking what exists.
    """
    if allowed(actor, can, scope):
        return
    if not any(covers(membership, scope) for membership in actor.memberships):
        raise NotFound(NOT_SHARED)
    raise Denied(f"You may not {can}. Ask a colleague who may, or your administrator.")
