from __future__ import annotations

import pytest

from readiness.accounts import team
from readiness.accounts.team import Invitee
from readiness.core.errors import BadInput, WrongState
from readiness.core.people import Membership, Role

MANAGER, CARE, PAYER = Role.PRACTICE_MANAGER, Role.CARE_TEAM, Role.PAYER_MANAGER


def a_manager(key: str, *, may_attest: bool = False) -> Membership:
    return Membership(key, key, MANAGER, group_id="elm", may_attest=may_attest)


SIGNS = a_manager("signs", may_attest=True)
MANAGES = a_manager("manages")
CARES = Membership("cares", "cares", CARE, group_id="elm")


@pytest.mark.parametrize(
    "seat",
    [
        Invitee("x", MANAGER),
        Invitee("x", CARE, payer_id="fair"),
        Invitee("x", PAYER, group_id="elm"),
        Invitee("x", PAYER, group_id="elm", payer_id="fair"),
        Invitee("x", Role.ADMINISTRATOR, group_id="elm"),
        Invitee("x", CARE, group_id="elm", may_attest=True),
        Invitee("x", PAYER, payer_id="fair", may_attest=True),
    ],
)
def test_a_role_out_of_its_place_cannot_be_offered(seat):
    with pytest.raises(BadInput):
        team.check_invitee(seat)


def test_every_role_can_be_offered_in_its_place():
    team.check_invitee(Invitee("x", MANAGER, group_id="elm", may_attest=True))
    team.check_invitee(Invitee("x", CARE, group_id="elm"))
    team.check_invitee(Invitee("x", PAYER, payer_id="fair"))
    team.check_invitee(Invitee("x", Role.ADMINISTRATOR))


def test_leave_to_attest_moves_but_never_vanishes():
    assert team.set_may_attest([SIGNS, MANAGES], MANAGES, True).may_attest
    assert not team.set_may_attest(
        [SIGNS, a_manager("b", may_attest=True)], SIGNS, False
    ).may_attest
    with pytest.raises(WrongState):
        team.set_may_attest([SIGNS, MANAGES, CARES], SIGNS, False)


def test_only_a_practice_manager_attests():
    with pytest.raises(WrongState):
        team.set_may_attest([SIGNS, CARES], CARES, True)


def test_who_is_not_the_last_leaves_without_a_successor():
    assert team.successor_of([SIGNS, MANAGES, CARES], CARES, None) is None
    assert team.successor_of([SIGNS, MANAGES, CARES], MANAGES, None) is None


@pytest.mark.parametrize("others", [[], [CARES], [MANAGES], [CARES, MANAGES]])
def test_the_last_who_attests_names_a_successor(others):
    with pytest.raises(WrongState):
        team.successor_of([SIGNS, *others], SIGNS, None)


@pytest.mark.parametrize("successor", [CARES, MANAGES])
def test_the_successor_becomes_a_manager_who_attests(successor):
    taken = team.successor_of([SIGNS, CARES, MANAGES], SIGNS, successor.id)
    assert taken == Membership(
        successor.id, successor.person_id, MANAGER, group_id="elm", may_attest=True
    )


@pytest.mark.parametrize("successor", ["signs", "stranger"])
def test_nobody_is_succeeded_by_themselves_or_a_stranger(successor):
    with pytest.raises(BadInput):
        team.successor_of([SIGNS, CARES], SIGNS, successor)


def test_a_payer_keeps_somebody():
    first, second = (Membership(k, k, PAYER, payer_id="fair") for k in ("a", "b"))
    assert team.successor_of([first, second], first, None) is None
    with pytest.raises(WrongState):
        team.successor_of([first], first, None)
