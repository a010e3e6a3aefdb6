from __future__ import annotations

import pytest

from readiness.accounts.db import people
from readiness.accounts.history_filter import HistoryFilter
from readiness.accounts.passwords import Hasher
from readiness.accounts.service import history, one_time_links
from readiness.accounts.service import people as teams
from readiness.accounts.team import Invitee
from readiness.administration import service as administration
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.core.people import Membership, Role
from readiness.core.sealing import key_of
from tests.factories.world import CAST, NOW, email

HASHER = Hasher(quick=True)
PASSWORD = "gentle otters ride at dawn"
ELM = Invitee("new@example.org", Role.CARE_TEAM, group_id="elm")
FAIR = Invitee("new@example.org", Role.PAYER_MANAGER, payer_id="fair")
HERE = Invitee("new@example.org", Role.ADMINISTRATOR)

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
def test_who_invites_where(store, person_id, number):
    seat = (ELM, FAIR, HERE)[number]
    actor = people.actor(store, person_id)
    if INVITES[person_id][number]:
        assert one_time_links.invite(Session(store, actor, NOW), seat, "token").role == seat.role
        return
    with pytest.raises((Denied, NotFound)):
        one_time_links.invite(Session(store, actor, NOW), seat, "token")
    assert store.row("select count(*) as n from letters") == {"n": 0}


def test_every_step_of_a_team_is_told_in_its_history(store):
    maya = people.actor(store, "maya")
    one_time_links.invite(Session(store, maya, NOW), ELM, "token")
    nell = one_time_links.accept_invitation(
        store, HASHER, "token", "Nell", PASSWORD, ("nell", "m-nell"), NOW
    )
    one_time_links.offer_new_password(Session(store, maya, NOW), nell.id, "reset")
    one_time_links.choose_password(store, HASHER, "reset", PASSWORD + "!", NOW)
    teams.end_part(Session(store, maya, NOW), "elm", None, "m-maya", "m-nell")
    assert [(e.actor_id, e.verb) for e in reversed(audit.of_group(store, "elm"))] == [
        ("maya", "invited"),
        ("nell", "accepted"),
        ("maya", "offered a new password to"),
        ("nell", "chose a new password for"),
        ("maya", "handed over to"),
        ("maya", "ended the part of"),
    ]
    assert audit.first_broken(store, key_of(store.path)) is None


def test_a_refused_password_leaves_the_invitation_open(store):
    one_time_links.invite(Session(store, people.actor(store, "maya"), NOW), ELM, "token")
    with pytest.raises(BadInput):
        one_time_links.accept_invitation(
            store, HASHER, "token", "Nell", "password", ("nell", "m"), NOW
        )
    assert one_time_links.open_link(store, "token", NOW).link.used_at is None


def test_a_new_password_is_offered_only_where_every_part_is_ones_own(store):
    maya = people.actor(store, "maya")
    one_time_links.offer_new_password(Session(store, maya, NOW), "cara", "t1")
    people.join(store, Membership("m2", "cara", Role.CARE_TEAM, group_id="oak"), NOW)
    with pytest.raises(Denied):
        one_time_links.offer_new_password(Session(store, maya, NOW), "cara", "t2")
    with pytest.raises(NotFound):
        one_time_links.offer_new_password(Session(store, maya, NOW), "omar", "t3")
    one_time_links.offer_new_password(Session(store, people.actor(store, "ada"), NOW), "cara", "t4")


def test_a_disabled_person_gets_no_new_password(store):
    ada = people.actor(store, "ada")
    teams.set_active(Session(store, ada, NOW), "cara", False)
    with pytest.raises(WrongState):
        one_time_links.offer_new_password(Session(store, ada, NOW), "cara", "token")


def test_with_a_second_administrator_the_first_can_go(store):
    ada = people.actor(store, "ada")
    people.join(store, Membership("m2", "maya", Role.ADMINISTRATOR), NOW)
    teams.end_part(Session(store, ada, NOW), None, None, "m-ada", None)
    assert [m.person_id for m in people.administrators(store)] == ["maya"]


def test_a_disabled_administrator_does_not_count_as_the_other_one(store):
    ada = people.actor(store, "ada")
    people.join(store, Membership("m2", "maya", Role.ADMINISTRATOR), NOW)
    teams.set_active(Session(store, ada, NOW), "maya", False)
    with pytest.raises(WrongState):
        teams.end_part(Session(store, ada, NOW), None, None, "m-ada", None)


def test_the_first_administrator_is_invited_by_no_person(store):
    administration.invite_administrator(store, "first@example.org", "First", "token", NOW)
    person = one_time_links.accept_invitation(
        store, HASHER, "token", "First", PASSWORD, ("first", "m-first"), NOW
    )
    assert people.actor(store, person.id).memberships[0].role is Role.ADMINISTRATOR
    page = history.latest(Session(store, people.actor(store, "first"), NOW), HistoryFilter(), None)
    assert [line.who for line in page.lines] == ["First", "the command line"]


def test_a_payer_is_not_added_when_its_manager_cannot_be_invited(store):
    for address in ("nobody", "a b@example.org", "@example.org", "x@y\n.org", ""):
        with pytest.raises(BadInput):
            administration.invite_payer(store, "Near", address, "near", "token", NOW)
    with pytest.raises(BadInput):
        administration.invite_payer(store, "fair health", email("x"), "near", "token", NOW)
    assert people.memberships(store, payer_id="near") == ()


def test_a_former_colleague_is_told_of_without_a_name(store):
    teams.end_part(Session(store, people.actor(store, "maya"), NOW), "elm", None, "m-cara", None)
    people.remove(store, "cara")
    maya = Session(store, people.actor(store, "maya"), NOW)
    page = history.of_group(maya, "elm", HistoryFilter(), None)
    assert page.lines[0].what == "somebody whose account was removed"
