"""Inviting, accepting, handing over and removing, as people do it on the pages."""

from __future__ import annotations

import io
import json
import zipfile

import pytest

from readiness.accounts.db import groups, people
from readiness.core.people import Membership, Person, Role
from tests.factories import assessments, world
from tests.factories.page import Page

NEW = "gentle otters ride at dawn"


def link_in(reply) -> str:
    assert reply.status_code == 200, Page(reply.text).text
    address = Page(reply.text).by_id("link").get("value")
    assert address.startswith("http://localhost/letters/")
    return address.removeprefix("http://localhost")


def invite(client, root="/groups/elm/team", **changes) -> str:
    fields = {"email": "new@example.org", "role": "care team"} | changes
    return link_in(world.send(client, f"{root}/invitations", **fields))


def accept(client, link, name="Nell", password=NEW):
    return world.send(
        client, f"{link}/accept", name=name, new_password=password, password_again=password
    )


def sign_in_with(client, email, password):
    return world.send(client, "/sign-in", email=email, password=password)


@pytest.mark.parametrize(
    ("visitor", "path"),
    [
        ("maya", "/groups/elm/team"),
        ("maya", "/groups/elm/team/members/m-cara/leave"),
        ("maya", "/groups/elm/history"),
        ("maya", "/groups/elm/records"),
        ("maya", "/groups/elm/records/remove"),
        ("maya", "/account"),
        ("pam", "/payers/fair/team"),
        ("pam", "/payers/fair/history"),
        ("ada", "/admin"),
        ("ada", "/admin/groups?q=elm"),
        ("ada", "/admin/groups?q=nothing&page=7"),
        ("ada", "/admin/groups/elm"),
        ("ada", "/admin/payers"),
        ("ada", "/admin/payers/fair"),
        ("ada", "/admin/people?q=a"),
        ("ada", "/admin/people/maya"),
        ("ada", "/admin/administrators"),
        ("ada", "/admin/history"),
    ],
)
def test_every_page_is_well_made(client, sign_in, visitor, path):
    reply = sign_in(client, visitor).get(path)
    assert reply.status_code == 200
    assert Page(reply.text).heading


def test_an_invited_person_makes_an_account_and_is_on_the_team(app, client, sign_in):
    link = invite(sign_in(client, "maya"))
    assert "new@example.org" in Page(client.get("/groups/elm/team").text).text
    guest = app.test_client()
    assert Page(guest.get(link).text).heading == "Join Elm Physicians"
    assert accept(guest, link).status_code == 303
    assert sign_in_with(guest, "new@example.org", NEW).status_code == 303
    assert "Care team, Elm Physicians" in Page(guest.get("/account").text).text
    assert guest.get("/groups/elm/team").status_code == 403


def test_a_link_works_once(app, client, sign_in):
    link = invite(sign_in(client, "maya"))
    accept(app.test_client(), link)
    assert app.test_client().get(link).status_code == 404
    assert accept(app.test_client(), link).status_code == 404


def test_a_link_works_for_seven_days(client, sign_in, clock):
    link = invite(sign_in(client, "maya"))
    clock.forward(days=7, seconds=-1)
    assert client.get(link).status_code == 200
    clock.forward(seconds=1)
    assert client.get(link).status_code == 404


def test_a_new_invitation_replaces_the_one_before(client, sign_in):
    sign_in(client, "maya")
    first, second = invite(client), invite(client)
    assert client.get(first).status_code == 404
    assert client.get(second).status_code == 200


def test_an_invitation_can_be_withdrawn(client, sign_in):
    link = invite(sign_in(client, "maya"))
    page = Page(client.get("/groups/elm/team").text)
    (action,) = (f.get("action") for f in page.all("form") if "withdraw" in f.get("action"))
    assert world.send(client, action).status_code == 303
    assert client.get(link).status_code == 404


def test_a_person_with_an_account_joins_after_signing_in(app, client, sign_in, store):
    link = invite(sign_in(client, "maya"), email="OMAR@example.org")
    omar = app.test_client()
    assert "Sign in" in Page(omar.get(link).text).links
    sign_in(omar, "omar")
    assert world.send(omar, f"{link}/join").status_code == 303
    assert {m.group_id for m in people.memberships(store, person_id="omar")} == {"elm", "oak"}


def test_nobody_joins_with_somebody_elses_invitation(app, client, sign_in, store):
    link = invite(sign_in(client, "maya"), email="omar@example.org")
    pete = sign_in(app.test_client(), "pete")
    assert world.send(pete, f"{link}/join").status_code == 403
    assert accept(app.test_client(), link).status_code == 409
    assert len(people.memberships(store, person_id="pete")) == 1


def test_an_invitation_cannot_offer_what_its_place_does_not_have(client, sign_in, store):
    sign_in(client, "maya")
    for role in ("administrator", "payer relationship manager", "owner", ""):
        fields = {"email": "new@example.org", "role": role}
        assert world.send(client, "/groups/elm/team/invitations", **fields).status_code == 422
    fields = {"email": "new@example.org", "role": "care team", "may_attest": "y"}
    assert world.send(client, "/groups/elm/team/invitations", **fields).status_code == 422
    assert store.row("select count(*) as n from letters") == {"n": 0}


def test_whoever_is_on_the_team_is_not_invited_again(client, sign_in):
    fields = {"email": world.email("cara"), "role": "care team"}
    reply = world.send(sign_in(client, "maya"), "/groups/elm/team/invitations", **fields)
    assert reply.status_code == 422
    assert "Cara is on this team already" in Page(reply.text).text


def test_a_link_to_a_new_password_lasts_an_hour_and_ends_every_session(app, client, sign_in, clock):
    cara = sign_in(app.test_client(), "cara")
    sign_in(client, "maya")
    link = link_in(world.send(client, "/groups/elm/team/members/m-cara/new-password"))
    guest = app.test_client()
    assert Page(guest.get(link).text).heading == "Choose a new password"
    reply = world.send(guest, f"{link}/password", new_password=NEW, password_again=NEW)
    assert reply.status_code == 303
    assert cara.get("/account").status_code == 401
    assert sign_in_with(guest, world.email("cara"), NEW).status_code == 303
    assert app.test_client().get(link).status_code == 404
    late = link_in(world.send(client, "/groups/elm/team/members/m-cara/new-password"))
    clock.forward(hours=1)
    assert app.test_client().get(late).status_code == 404


def test_a_manager_gains_no_second_group_through_somebodys_new_password(client, sign_in, store):
    people.join(store, Membership("m2", "cara", Role.CARE_TEAM, group_id="oak"), world.NOW)
    sign_in(client, "maya")
    path = "/groups/elm/team/members/m-cara/new-password"
    assert world.send(client, path).status_code == 403
    people.join(store, Membership("m3", "ada", Role.CARE_TEAM, group_id="elm"), world.NOW)
    assert world.send(client, "/groups/elm/team/members/m3/new-password").status_code == 403


def test_ids_of_another_team_are_not_found(client, sign_in):
    sign_in(client, "maya")
    for member in ("m-omar", "m-pam", "m-ada", "nobody"):
        for action in ("attest", "new-password", "leave"):
            path = f"/groups/elm/team/members/{member}/{action}"
            assert world.send(client, path).status_code == 404, path


def test_the_last_who_may_attest_is_never_lost(client, sign_in, store):
    sign_in(client, "maya")
    path = "/groups/elm/team/members/m-maya/attest"
    assert world.send(client, path, may_attest="no").status_code == 409
    assert people.membership(store, "m-maya").may_attest
    team = "/groups/elm/team/members/m-cara/attest"
    assert world.send(client, team, may_attest="yes").status_code == 409
    assert not people.membership(store, "m-cara").may_attest


def test_nobody_gives_themselves_leave_to_attest(client, sign_in, store):
    person = Person("nora", "Nora", "nora@example.org", True, world.NOW)
    people.add(store, person, world.HASHED)
    part = Membership("m-nora", "nora", Role.PRACTICE_MANAGER, group_id="elm")
    people.join(store, part, world.NOW)
    sign_in(client, "nora")
    path = "/groups/elm/team/members/m-nora/attest"
    assert world.send(client, path, may_attest="yes").status_code == 403
    assert not people.membership(store, "m-nora").may_attest
    fields = {"email": "friend@example.org", "role": "practice manager", "may_attest": "y"}
    assert world.send(client, "/groups/elm/team/invitations", **fields).status_code == 403


def test_the_last_practice_manager_names_a_successor_before_leaving(client, sign_in, store):
    sign_in(client, "maya")
    path = "/groups/elm/team/members/m-maya/leave"
    alone = world.send(client, path)
    assert alone.status_code == 422
    assert "Choose who takes over" in Page(alone.text).text
    assert world.send(client, path, successor="m-omar").status_code == 422
    assert world.send(client, path, successor="m-cara").headers["Location"] == "/home"
    (left,) = people.memberships(store, group_id="elm")
    assert (left.person_id, left.role, left.may_attest) == ("cara", "practice manager", True)
    assert client.get("/groups/elm/team").status_code == 403


def test_the_last_of_a_payer_and_the_last_administrator_stay(app, sign_in):
    pam, ada = (sign_in(app.test_client(), who) for who in ("pam", "ada"))
    assert world.send(pam, "/payers/fair/team/members/m-pam/leave").status_code == 422
    assert world.send(ada, "/admin/administrators/members/m-ada/leave").status_code == 422
    assert world.send(ada, "/admin/people/ada/disable").status_code == 409


def test_an_administrator_disables_and_enables_an_account(app, client, sign_in):
    maya = sign_in(app.test_client(), "maya")
    sign_in(client, "ada")
    assert world.send(client, "/admin/people/maya/disable").status_code == 303
    assert maya.get("/account").status_code == 401
    assert world.send(client, "/admin/people/maya/enable").status_code == 303
    assert maya.get("/account").status_code == 401  # the old session is gone for good
    again = sign_in_with(app.test_client(), world.email("maya"), world.PASSWORD)
    assert again.status_code == 303


def test_an_administrator_sets_up_a_group_and_invites_its_first_manager(app, client, sign_in):
    sign_in(client, "ada")
    reply = world.send(client, "/admin/groups", name=" Ash  Care ", sites="North\n\nSouth\nNorth")
    page = Page(client.get(reply.headers["Location"]).text)
    assert page.heading == "People of Ash Care"
    assert "Sites: North, South" in page.text
    link = invite(client, reply.headers["Location"], role="practice manager", may_attest="y")
    assert "with leave to attest" in Page(app.test_client().get(link).text).text
    assert world.send(client, "/admin/groups", name="ash care").status_code == 422


def test_an_administrator_sets_up_a_payer(client, sign_in):
    sign_in(client, "ada")
    reply = world.send(client, "/admin/payers", name="Near Health")
    assert Page(client.get(reply.headers["Location"]).text).heading == "People of Near Health"


def test_the_history_tells_who_did_what_without_addresses(client, sign_in):
    invite(sign_in(client, "maya"))
    world.send(client, "/groups/elm/team/members/m-cara/new-password")
    page = Page(client.get("/groups/elm/history").text)
    assert "Maya invited" in page.text
    assert "Maya offered a new password to Cara" in page.text
    assert "new@example.org" not in page.text


def test_the_history_calls_things_by_their_names(client, sign_in, store):
    made = assessments.started(store, world.NOW)
    assessments.answer(store, made.id, world.NOW, item_ids=["LEAD-1"])
    page = Page(sign_in(client, "maya").get("/groups/elm/history").text)
    assert f"answered assessment {made.title}" in page.text
    assert made.id not in page.text


@pytest.mark.slow
def test_a_long_history_is_read_page_by_page(client, sign_in):
    sign_in(client, "maya")
    for _ in range(60):
        world.send(client, "/account/sessions/end")
        world.send(client, "/groups/elm/records/export")
    first = Page(client.get("/groups/elm/history").text)
    assert len(first.all("tr")) == 51
    older = Page(client.get(first.links["Next page →"]).text)
    assert len(older.all("tr")) == 11
    assert "Next page →" not in older.links


def test_the_chain_is_checked_on_request(client, sign_in, store):
    sign_in(client, "ada")
    world.send(client, "/admin/payers", name="Near Health")
    world.send(client, "/admin/history/check")
    assert "The history is whole" in Page(client.get("/admin/history").text).text
    store.db.conn.execute("drop trigger events_are_never_changed")
    store.db.conn.execute("update events set verb = 'removed'")
    world.send(client, "/admin/history/check")
    assert "changed or cut at line 1" in Page(client.get("/admin/history").text).text


def test_a_group_takes_out_all_its_records(client, sign_in, store):
    with store.writing():
        store.insert(
            "counts",
            {
                "group_id": "elm",
                "period": "2026-Q3",
                "need": "food",
                "step": "=cmd|' /C calc'!A0",
                "revision": 1,
                "value": 40,
                "author_id": "cara",
                "at": world.NOW.isoformat(),
            },
        )
    reply = world.send(sign_in(client, "maya"), "/groups/elm/records/export")
    archive = zipfile.ZipFile(io.BytesIO(reply.data))
    people_of_elm = json.loads(archive.read("json/people.json"))
    assert {row["email"] for row in people_of_elm} == {world.email("maya"), world.email("cara")}
    assert ",'=cmd|" in archive.read("csv/counts.csv").decode()
    assert json.loads(archive.read("json/counts.json"))[0]["step"].startswith("=cmd")
    everything = "".join(archive.read(name).decode() for name in archive.namelist())
    assert "argon2" not in everything
    assert world.email("omar") not in everything


def test_removing_a_group_asks_for_its_name_and_the_password(client, sign_in, store):
    sign_in(client, "maya")
    right = {"name": "Elm Physicians", "password": world.PASSWORD}
    for wrong in ({"name": "elm physicians"}, {"password": "wrong"}, {"name": ""}):
        reply = world.send(client, "/groups/elm/records/remove", **right | wrong)
        assert reply.status_code == 422
    assert groups.get(store, "elm")


def test_a_removed_group_leaves_bare_ids_and_nothing_else(client, sign_in, store):
    sign_in(client, "maya")
    invite(client)
    right = {"name": "Elm Physicians", "password": world.PASSWORD}
    assert world.send(client, "/groups/elm/records/remove", **right).status_code == 303
    assert client.get("/account").status_code == 401
    dump = "\n".join(store.db.conn.iterdump())
    for trace in ("Elm Physicians", world.email("maya"), world.email("cara"), "new@example.org"):
        assert trace not in dump
    assert world.email("omar") in dump
    assert store.row("select count(*) as n from events where group_id = 'elm'") != {"n": 0}


def test_a_member_of_two_groups_keeps_the_account_when_one_is_removed(client, sign_in, store):
    people.join(store, Membership("m2", "cara", Role.CARE_TEAM, group_id="oak"), world.NOW)
    right = {"name": "Elm Physicians", "password": world.PASSWORD}
    world.send(sign_in(client, "maya"), "/groups/elm/records/remove", **right)
    assert people.get(store, "cara").name == "Cara"
