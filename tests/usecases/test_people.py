from __future__ import annotations

import pytest

from readiness.domain.errors import BadInput, Denied, NotFound, WrongState
from readiness.domain.people import Membership, Role
from readiness.domain.team import Seat
from readiness.engines.passwords import Hasher
from readiness.store import events, people
from readiness.usecases import beginnings, history, letters
from readiness.usecases import people as teams
from tests.web.world import CAST, NOW, email

HASHER = Hasher(quick=True)
PASSWORD = "gentle otters ride at dawn"
ELM = Seat("new@example.org", Role.CARE_TEAM, group_id="elm")
FAIR = Seat("new@example.org", Role.PAYER_MANAGER, payer_id="fair")
HERE = Seat("new@example.org", Role.ADMINISTRATOR)

INVITES = {  # who may invite to the group elm, to the payer fair, and as administrator
    "maya": (True, False, False),
    "cara": (False, False, False),
    "omar": (False, False, False),
    "pam": (False, True, False),
    "pete": (False, False, False),
    "ada": (True, True, True),
}


@pytest.mark.parametrize("person_id", CAST)
@pytest.mark.parametrize("number", range(3))
def test_who_invites_where(peopled, person_id, number):
    seat = (ELM, FAIR, HERE)[number]
    actor = people.actor(peopled, person_id)
    if INVITES[person_id][number]:
        assert letters.invite(peopled, actor, seat, "token", NOW).role == seat.role
        return
    with pytest.raises((Denied, NotFound)):
        letters.invite(peopled, actor, seat, "token", NOW)
    assert peopled.row("select count(*) as n from letters") == {"n": 0}


def test_every_step_of_a_team_is_told_in_its_history(peopled):
    maya = people.actor(peopled, "maya")
    letters.invite(peopled, maya, ELM, "token", NOW)
    nell = letters.accept(peopled, HASHER, "token", "Nell", PASSWORD, ("nell", "m-nell"), NOW)
    letters.offer_new_password(peopled, maya, nell.id, "reset", NOW)
    letters.choose_password(peopled, HASHER, "reset", PASSWORD + "!", NOW)
    teams.end_part(peopled, maya, "elm", None, "m-maya", "m-nell", NOW)
    assert [(e.actor_id, e.verb) for e in reversed(events.of_group(peopled, "elm"))] == [
        ("maya", "invited"),
        ("nell", "accepted"),
        ("maya", "offered a new password to"),
        ("nell", "chose a new password for"),
        ("maya", "handed over to"),
        ("maya", "ended the part of"),
    ]
    assert events.first_broken(peopled) is None


def test_a_refused_password_leaves_the_invitation_open(peopled):
    letters.invite(peopled, people.actor(peopled, "maya"), ELM, "token", NOW)
    with pytest.raises(BadInput):
        letters.accept(peopled, HASHER, "token", "Nell", "password", ("nell", "m"), NOW)
    assert letters.open_letter(peopled, "token", NOW).letter.used_at is None


def test_a_new_password_is_offered_only_where_every_part_is_ones_own(peopled):
    maya = people.actor(peopled, "maya")
    letters.offer_new_password(peopled, maya, "cara", "t1", NOW)
    people.join(peopled, Membership("m2", "cara", Role.CARE_TEAM, group_id="oak"), NOW)
    with pytest.raises(Denied):
        letters.offer_new_password(peopled, maya, "cara", "t2", NOW)
    with pytest.raises(NotFound):
        letters.offer_new_password(peopled, maya, "omar", "t3", NOW)
    letters.offer_new_password(peopled, people.actor(peopled, "ada"), "cara", "t4", NOW)


def test_a_disabled_person_gets_no_new_password(peopled):
    ada = people.actor(peopled, "ada")
    teams.set_active(peopled, ada, "cara", False, NOW)
    with pytest.raises(WrongState):
        letters.offer_new_password(peopled, ada, "cara", "token", NOW)


def test_with_a_second_administrator_the_first_can_go(peopled):
    ada = people.actor(peopled, "ada")
    people.join(peopled, Membership("m2", "maya", Role.ADMINISTRATOR), NOW)
    teams.end_part(peopled, ada, None, None, "m-ada", None, NOW)
    assert [m.person_id for m in people.administrators(peopled)] == ["maya"]


def test_a_disabled_administrator_does_not_count_as_the_other_one(peopled):
    ada = people.actor(peopled, "ada")
    people.join(peopled, Membership("m2", "maya", Role.ADMINISTRATOR), NOW)
    teams.set_active(peopled, ada, "maya", False, NOW)
    with pytest.raises(WrongState):
        teams.end_part(peopled, ada, None, None, "m-ada", None, NOW)


def test_the_first_administrator_is_invited_by_no_person(peopled):
    beginnings.invite_administrator(peopled, "first@example.org", "First", "token", NOW)
    person = letters.accept(peopled, HASHER, "token", "First", PASSWORD, ("first", "m-first"), NOW)
    assert people.actor(peopled, person.id).memberships[0].role is Role.ADMINISTRATOR
    page = history.latest(peopled, people.actor(peopled, "first"), None)
    assert [line.who for line in page.lines] == ["First", "the command line"]


def test_a_payer_is_not_added_when_its_manager_cannot_be_invited(peopled):
    for address in ("nobody", "a b@example.org", "@example.org", "x@y\n.org", ""):
        with pytest.raises(BadInput):
            beginnings.add_payer(peopled, "Near", address, "near", "token", NOW)
    with pytest.raises(BadInput):
        beginnings.add_payer(peopled, "fair health", email("x"), "near", "token", NOW)
    assert people.memberships(peopled, payer_id="near") == ()


def test_a_former_colleague_is_told_of_without_a_name(peopled):
    teams.end_part(peopled, people.actor(peopled, "maya"), "elm", None, "m-cara", None, NOW)
    people.remove(peopled, "cara")
    page = history.of_group(peopled, people.actor(peopled, "maya"), "elm", None, NOW)
    assert page.lines[0].what == "somebody whose account was removed"
