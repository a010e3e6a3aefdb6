"""What cannot easily be undone asks for the password once more; what others do is told."""

from __future__ import annotations

import pytest

from tests.factories import world
from tests.factories.page import Page

INVITED = {"email": "new@example.org", "name": "Nell", "role": "care team"}


def signed_in(app, person_id):
    client = app.test_client()
    email = world.email(person_id)
    assert world.send(client, "/sign-in", email=email, password=world.PASSWORD).status_code == 303
    return client


def test_a_quarter_of_an_hour_later_the_password_is_asked_for_and_what_was_typed_is_kept(
    app, clock
):
    maya = signed_in(app, "maya")
    clock.forward(minutes=15)
    asked = world.send(maya, "/groups/elm/team/invitations", **INVITED)
    assert asked.status_code == 401
    form = Page(asked.text).values("/confirm")
    wrong = maya.post("/confirm", data={**form, "password": "not the password"})
    assert wrong.status_code == 422
    again = Page(wrong.text).values("/confirm") | {"password": world.PASSWORD}
    page = Page(maya.post("/confirm", data=again).text)
    fields = page.values("/groups/elm/team/invitations")
    assert {name: fields[name] for name in INVITED} == INVITED
    assert maya.post("/groups/elm/team/invitations", data=fields).status_code == 200


@pytest.mark.parametrize(
    ("person_id", "method", "address"),
    [
        ("maya", "POST", "/groups/elm/records/export"),
        ("maya", "POST", "/groups/elm/team/invitations"),
        ("maya", "POST", "/groups/elm/team/members/m-cara/attest"),
        ("maya", "POST", "/groups/elm/team/members/m-cara/new-password"),
        ("maya", "POST", "/groups/elm/team/members/m-cara/leave"),
        ("pam", "POST", "/payers/fair/team/invitations"),
        ("ada", "POST", "/admin/groups/elm/invitations"),
        ("ada", "POST", "/admin/people/maya/new-password"),
        ("ada", "POST", "/admin/people/maya/disable"),
        ("maya", "POST", "/account/second-step/begin"),
        ("maya", "POST", "/account/sessions/end"),
        ("maya", "POST", "/account/sessions/any/end"),
    ],
)
def test_what_gives_somebody_power_asks_again(app, clock, person_id, method, address):
    client = signed_in(app, person_id)
    clock.forward(minutes=16)
    token = world.token(client)
    reply = client.open(address, method=method, data={"csrf_token": token})
    assert (reply.status_code, Page(reply.text).heading) == (401, "Your password once more")


def test_the_password_given_once_more_renews_the_session(app):
    maya, copied = signed_in(app, "maya"), app.test_client()
    name = app.config["SIGN_IN_COOKIE"]
    before = maya.get_cookie(name)
    assert before
    copied.set_cookie(name, before.value)
    assert world.send(maya, "/confirm", password=world.PASSWORD).status_code == 303
    assert maya.get("/home").status_code == 200
    assert copied.get("/home").status_code == 401


def test_a_person_is_told_what_an_administrator_did_to_their_account(app):
    ada = signed_in(app, "ada")
    world.send(ada, "/admin/people/maya/new-password")
    maya = signed_in(app, "maya")
    page = Page(maya.get("/home").text)
    assert "Ada offered a new password to" in page.text
    assert world.send(maya, "/account/told").status_code == 303
    assert "Ada offered" not in Page(maya.get("/home").text).text


def test_the_managers_of_a_group_are_told_whom_an_administrator_invites(app, clock):
    clock.forward(minutes=1)
    ada = signed_in(app, "ada")
    world.send(ada, "/admin/groups/elm/invitations", **INVITED | {"role": "practice manager"})
    assert "Ada invited" in Page(signed_in(app, "maya").get("/home").text).text
    assert "Ada invited" not in Page(signed_in(app, "cara").get("/home").text).text
    assert "Ada invited" not in Page(signed_in(app, "omar").get("/home").text).text


def test_an_administrator_makes_nobody_attest_where_somebody_may_already(app, store):
    ada = signed_in(app, "ada")
    offer = INVITED | {"role": "practice manager", "may_attest": "y"}
    assert world.send(ada, "/admin/groups/elm/invitations", **offer).status_code == 409
    with store.writing():
        store.execute("update memberships set may_attest = 0 where group_id = 'elm'")
    assert world.send(ada, "/admin/groups/elm/invitations", **offer).status_code == 200


def test_signing_in_and_failing_to_is_in_the_history_and_on_the_account_page(app):
    maya, stranger = signed_in(app, "maya"), app.test_client()
    for _ in range(11):
        world.send(stranger, "/sign-in", email=world.email("maya"), password="wrong")
    world.send(maya, "/sign-out")
    world.send(maya, "/sign-in", email=world.email("maya"), password=world.PASSWORD)
    for page in (maya.get("/account"), signed_in(app, "ada").get("/admin/history")):
        text = Page(page.text).text
        assert "somebody not signed in gave a wrong password for" in text
        assert "somebody not signed in was kept for five minutes from signing in as" in text
        assert "signed out of" in text
    assert "wrong password" in Page(maya.get("/home").text).text
