"""The whole policy, written by hand: code and table must agree; a reviewer reads the table."""

from __future__ import annotations

import pytest

from readiness.core import permissions
from readiness.core.errors import Denied, NotFound
from readiness.core.people import PAYER_ROLES, Actor, Membership, Role
from readiness.core.permissions import ANYWHERE, Can, Scope

OWN = Scope("elm", frozenset({"fair"}))  # the group elm, which shares with the payer fair
OTHER = Scope("oak", frozenset({"far"}))
UNSHARED = Scope("elm")

MAY = {  # readable by someone who does not program
    Role.PRACTICE_MANAGER: {
        Can.SEE_HOME,
        Can.READ_ASSESSMENT,
        Can.ANSWER,
        Can.READ_COUNTS,
        Can.ENTER_COUNTS,
        Can.READ_QUALITY,
        Can.ENTER_QUALITY,
        Can.READ_PLAN,
        Can.EDIT_PLAN,
        Can.MANAGE_TEAM,
        Can.SHARE,
        Can.TAKE_OUT,
        Can.READ_GROUP_HISTORY,
    },
    Role.CARE_TEAM: {
        Can.SEE_HOME,
        Can.READ_ASSESSMENT,
        Can.ANSWER,
        Can.READ_COUNTS,
        Can.ENTER_COUNTS,
        Can.READ_QUALITY,
        Can.ENTER_QUALITY,
        Can.READ_PLAN,
    },
    Role.PAYER_MANAGER: {
        Can.SEE_HOME,
        Can.READ_PLAN,
        Can.REVIEW_PORTFOLIO,
        Can.PRINT_PLANS,
        Can.READ_SUBMISSION,
        Can.REVIEW,
        Can.TEST_INCENTIVES,
        Can.OPEN_CYCLE,
        Can.RECORD_PANEL,
        Can.PLAN_INVESTMENT,
        Can.AWARD,
        Can.MANAGE_PAYER_TEAM,
        Can.READ_INCENTIVES,
        Can.READ_INVESTMENT,
        Can.READ_PAYER_HISTORY,
    },
    Role.PAYER_READER: {
        Can.SEE_HOME,
        Can.READ_PLAN,
        Can.REVIEW_PORTFOLIO,
        Can.READ_SUBMISSION,
        Can.READ_INCENTIVES,
        Can.READ_INVESTMENT,
    },
    Role.ADMINISTRATOR: {Can.SEE_HOME, Can.ADMINISTER, Can.READ_HISTORY},
    Role.AUDITOR: {Can.SEE_HOME, Can.READ_HISTORY},
}
MAY_BESIDES_WHEN_ATTESTING = {Role.PRACTICE_MANAGER: {Can.ATTEST, Can.REMOVE_GROUP}}


def an_actor(role: Role, *, may_attest: bool = False) -> Actor:
    place = {
        Role.PRACTICE_MANAGER: {"group_id": "elm"},
        Role.CARE_TEAM: {"group_id": "elm"},
        Role.PAYER_MANAGER: {"payer_id": "fair"},
        Role.PAYER_READER: {"payer_id": "fair"},
        Role.ADMINISTRATOR: {},
        Role.AUDITOR: {},
    }[role]
    return Actor("x", "X", (Membership("m", "x", role, may_attest=may_attest, **place),))


def own(role: Role) -> Scope:
    return ANYWHERE if role in (Role.ADMINISTRATOR, Role.AUDITOR) else OWN


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("can", Can)
def test_policy(role: Role, can: Can):
    assert permissions.allowed(an_actor(role), can, own(role)) == (can in MAY[role])


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("can", Can)
def test_policy_of_those_who_may_attest(role: Role, can: Can):
    expected = can in MAY[role] | MAY_BESIDES_WHEN_ATTESTING.get(role, set())
    assert permissions.allowed(an_actor(role, may_attest=True), can, own(role)) == expected


@pytest.mark.parametrize("role", Role)
@pytest.mark.parametrize("can", Can)
def test_nobody_does_anything_on_ground_that_is_not_theirs(role: Role, can: Can):
    actor = an_actor(role, may_attest=True)
    assert not permissions.allowed(actor, can, OTHER)
    if role not in (Role.ADMINISTRATOR, Role.AUDITOR):
        assert not permissions.allowed(actor, can, ANYWHERE)


@pytest.mark.parametrize("can", Can)
@pytest.mark.parametrize("role", [Role.ADMINISTRATOR, Role.AUDITOR])
def test_who_looks_after_the_installation_sees_into_no_group(role: Role, can: Can):
    assert not permissions.allowed(an_actor(role), can, OWN)


@pytest.mark.parametrize("can", Can)
@pytest.mark.parametrize("role", sorted(PAYER_ROLES))
def test_a_payer_reads_nothing_that_is_not_shared(role: Role, can: Can):
    assert not permissions.allowed(an_actor(role), can, UNSHARED)


def test_somebody_elses_thing_is_not_found_and_ones_own_is_refused():
    team = an_actor(Role.CARE_TEAM)
    with pytest.raises(NotFound):
        permissions.require(team, Can.EDIT_PLAN, OTHER)
    with pytest.raises(Denied):
        permissions.require(team, Can.EDIT_PLAN, OWN)


def test_somebody_without_any_part_sees_the_start_page_and_nothing_else():
    nobody = Actor("x", "X")
    assert {can for can in Can if permissions.holds(nobody, can)} == {Can.SEE_HOME}


def test_every_ability_is_in_the_table():
    assert set(permissions.RULES) == set(Can)
