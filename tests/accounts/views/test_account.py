"""Signing in, staying in, getting out; one's own account; nothing typed is lost."""

from __future__ import annotations

import re

import pytest

from readiness.accounts.db import people
from readiness.accounts.db.tokens import digest
from tests.factories import world
from tests.factories.page import Page


def sign_in_with(client, person_id, password=world.PASSWORD, **fields):
    return world.send(client, "/sign-in", email=world.email(person_id), password=password, **fields)


def test_the_right_password_opens_a_session(client):
    reply = sign_in_with(client, "maya")
    assert reply.status_code == 303
    assert client.get("/account").status_code == 200


def test_a_wrong_password_and_an_unknown_person_read_the_same(client):
    wrong = sign_in_with(client, "maya", "not the password")
    unknown = sign_in_with(client, "nobody", "not the password")
    assert wrong.status_code == unknown.status_code == 422
    said = [re.sub(r'value="[^"]*"', "", reply.text) for reply in (wrong, unknown)]
    assert said[0] == said[1]
    assert "do not fit together" in Page(wrong.text).text


def test_the_eleventh_try_waits_even_with_the_right_password(client, clock):
    for _ in range(10):
        assert sign_in_with(client, "maya", "not the password").status_code == 422
    assert sign_in_with(client, "maya").status_code == 429
    clock.forward(minutes=5)
    assert sign_in_with(client, "maya").status_code == 303


def test_signing_in_makes_a_new_session_and_ends_the_one_before(app, client):
    sign_in_with(client, "maya")
    first = client.get_cookie("session").value
    sign_in_with(client, "maya")
    assert client.get_cookie("session").value != first
    other = app.test_client()
    other.set_cookie("session", first)
    assert other.get("/account").status_code == 401


def test_a_session_id_brought_along_opens_nothing(client):
    client.set_cookie("session", "chosen-by-somebody-else")
    sign_in_with(client, "maya")
    assert client.get_cookie("session").value != "chosen-by-somebody-else"


def test_signing_out_ends_the_session_on_the_server(app, client):
    sign_in_with(client, "maya")
    token = client.get_cookie("session").value
    assert world.send(client, "/sign-out").status_code == 303
    replay = app.test_client()
    replay.set_cookie("session", token)
    assert replay.get("/account").status_code == 401


def test_a_disabled_person_is_out_at_once(client, sign_in, store):
    sign_in(client, "maya")
    assert client.get("/account").status_code == 200
    people.set_active(store, "maya", is_active=False)
    assert client.get("/account").status_code == 401
    assert sign_in_with(client, "maya").status_code == 422


def test_an_idle_session_ends_after_an_hour(client, sign_in, clock):
    sign_in(client, "maya")
    clock.forward(minutes=59)
    assert client.get("/account").status_code == 200
    clock.forward(minutes=60)
    assert client.get("/account").status_code == 401


def test_a_busy_session_ends_after_twelve_hours(client, sign_in, clock):
    sign_in(client, "maya")
    for _ in range(23):
        clock.forward(minutes=30)
        assert client.get("/account").status_code == 200
    clock.forward(minutes=30)
    assert client.get("/account").status_code == 401


def test_staying_signed_in_says_until_when(client, sign_in, clock):
    sign_in(client, "maya")
    token = world.token(client)
    clock.forward(minutes=50)
    headers = {"Accept": "application/json", "X-CSRFToken": token}
    reply = client.post("/session", headers=headers)
    assert reply.json == {
        "ends_at": "2027-01-15T13:50:00+00:00",
        "now": "2027-01-15T12:50:00+00:00",
    }
    page = Page(client.get("/account").text)
    assert page.one("body").get("data-session-ends") == "2027-01-15T13:50:00+00:00"


@pytest.mark.parametrize(
    "address",
    [
        "//evil.example",
        "/\\evil.example",
        "\\\\evil.example",
        "https://evil.example",
        "https:evil.example",
        "/\t/evil.example",
        "javascript:alert(1)",
        "evil.example",
        "",
    ],
)
def test_signing_in_never_leads_to_another_site(client, address):
    reply = sign_in_with(client, "maya", next=address)
    assert reply.headers["Location"] == "/"


def test_signing_in_leads_back_to_where_one_was_going(client):
    form = Page(client.get("/groups/elm/team?x=1").text).values("/sign-in")
    assert sign_in_with(client, "maya", next=form["next"]).headers["Location"] == (
        "/groups/elm/team?x=1"
    )


TYPED = {"email": "new@example.org", "name": "Nell O'Hara <b>", "role": "care team"}


def cut_off(client, sign_in, clock) -> dict[str, str]:
    """What the sign-in form carries after a form was sent in a session that had ended."""
    sign_in(client, "maya")
    token = world.token(client)
    clock.forward(hours=2)
    reply = client.post("/groups/elm/team/invitations", data={**TYPED, "csrf_token": token})
    assert reply.status_code == 401
    page = Page(reply.text)
    assert "what you typed is kept" in page.text
    return page.values("/sign-in")


def test_what_was_typed_survives_the_end_of_a_session(client, sign_in, clock):
    form = cut_off(client, sign_in, clock)
    again = sign_in_with(client, "maya", kept=form["kept"])
    page = Page(again.text)
    assert page.heading == "What you typed is still here"
    fields = page.values("/groups/elm/team/invitations")
    assert {name: fields[name] for name in TYPED} == TYPED
    sent = client.post("/groups/elm/team/invitations", data=fields)
    assert sent.status_code == 200
    assert "A link for new@example.org" in Page(sent.text).heading


def test_nobody_can_plant_a_kept_form(client, sign_in, clock):
    form = cut_off(client, sign_in, clock)
    reply = sign_in_with(client, "maya", kept=form["kept"][:-3] + "abc")
    assert reply.status_code == 303
    assert reply.headers["Location"] == "/"


def test_what_one_person_typed_is_shown_to_no_other(client, sign_in, clock):
    form = cut_off(client, sign_in, clock)
    reply = sign_in_with(client, "omar", kept=form["kept"])
    assert reply.status_code == 303


def test_what_nobody_knows_the_writer_of_is_carried_to_nobody(client, sign_in):
    """As on a page that was left open in a tab while its person signed out in another."""
    sign_in(client, "maya")
    world.send(client, "/sign-out")
    token = world.token(client)
    reply = client.post("/groups/elm/team/invitations", data={**TYPED, "csrf_token": token})
    assert "what you typed is kept" not in Page(reply.text).text
    assert Page(reply.text).values("/sign-in")["kept"] == ""


def test_signing_out_clears_what_the_browser_stored(client, sign_in):
    reply = world.send(sign_in(client, "maya"), "/sign-out")
    assert reply.headers["Clear-Site-Data"] == '"storage"'


def test_a_draft_s_owner_is_a_mark_that_names_nobody(client, sign_in):
    marks = {
        who: re.findall(r'data-person="([^"]+)"', sign_in(client, who).get("/home").text)[0]
        for who in ("maya", "cara")
    }
    assert marks["maya"] != marks["cara"]
    assert all(re.fullmatch("[0-9a-f]{24}", mark) for mark in marks.values())


def test_passwords_are_never_kept(client, sign_in, clock):
    sign_in(client, "maya")
    form = Page(client.get("/account").text).form("/account/password")
    fields = {tag.get("name"): "a secret of mine" for tag in form.all("input")}
    assert len(fields) == 4  # three passwords and the token
    fields["csrf_token"] = world.token(client)
    clock.forward(hours=2)
    reply = client.post("/account/password", data=fields)
    kept = Page(reply.text).values("/sign-in")["kept"]
    assert kept == ""


NEW = "gentle otters ride at dawn"


def twice(password):
    return {"new_password": password, "password_again": password}


def test_a_changed_password_ends_the_other_sessions(app, client, sign_in):
    elsewhere = sign_in(app.test_client(), "maya")
    sign_in_with(client, "maya")
    fields = {"password": world.PASSWORD, **twice(NEW)}
    assert world.send(client, "/account/password", **fields).status_code == 303
    assert client.get("/account").status_code == 200
    assert elsewhere.get("/account").status_code == 401
    assert sign_in_with(app.test_client(), "maya").status_code == 422
    assert sign_in_with(app.test_client(), "maya", NEW).status_code == 303


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"password": "wrong"}, "That is not your password"),
        ({"password_again": "something else altogether"}, "The two passwords differ"),
        ({"new_password": "short", "password_again": "short"}, "at least 12 characters"),
        (
            {"new_password": "qwertyuiop12", "password_again": "qwertyuiop12"},
            "lists of stolen ones",
        ),
        (
            {"new_password": "readinesstoolkit", "password_again": "readinesstoolkit"},
            "easily guessed",
        ),
        (
            {"new_password": "eggsandcheese", "password_again": "eggsandcheese"},
            "lists of stolen ones",
        ),
        (
            {"new_password": "Summer2026!Summer", "password_again": "Summer2026!Summer"},
            "easily guessed",
        ),
        (
            {"new_password": "maya likes tall trees", "password_again": "maya likes tall trees"},
            "own name",
        ),
    ],
)
def test_a_password_that_will_not_do_is_refused_with_the_reason(client, sign_in, changes, says):
    sign_in(client, "maya")
    fields = {"password": world.PASSWORD, **twice(NEW)} | changes
    reply = world.send(client, "/account/password", **fields)
    assert reply.status_code == 422
    assert says in Page(reply.text).text


def test_guessing_the_present_password_is_stopped(client, sign_in):
    sign_in(client, "maya")
    fields = {"password": "wrong", **twice(NEW)}
    for _ in range(10):
        world.send(client, "/account/password", **fields)
    reply = world.send(client, "/account/password", **fields | {"password": world.PASSWORD})
    assert reply.status_code == 403


FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"


@pytest.mark.parametrize("which", ["one", "all"])
def test_ones_sessions_are_listed_and_the_others_can_be_ended(app, client, sign_in, store, which):
    sign_in(client, "maya")
    elsewhere = app.test_client()
    elsewhere.environ_base["HTTP_USER_AGENT"] = FIREFOX
    sign_in_with(elsewhere, "maya")
    page = Page(client.get("/account").text)
    assert page.text.count("Firefox on Linux") == 2  # as the row's name, and for the button
    other = digest(elsewhere.get_cookie("session").value)
    address = f"/account/sessions/{other}/end" if which == "one" else "/account/sessions/end"
    assert world.send(client, address).status_code == 303
    assert elsewhere.get("/account").status_code == 401
    assert client.get("/account").status_code == 200


def test_nobody_ends_the_session_of_somebody_else(app, client, sign_in, store):
    sign_in(client, "maya")
    omar = sign_in(app.test_client(), "omar")
    session_id = digest(omar.get_cookie("session").value)
    assert world.send(client, f"/account/sessions/{session_id}/end").status_code == 404
    assert omar.get("/account").status_code == 200


def test_a_changed_password_renews_the_session(app, client):
    sign_in_with(client, "maya")
    before = client.get_cookie("session").value
    fields = {"password": world.PASSWORD, "new_password": NEW, "password_again": NEW}
    world.send(client, "/account/password", **fields)
    assert client.get_cookie("session").value != before
    replay = app.test_client()
    replay.set_cookie("session", before)
    assert replay.get("/account").status_code == 401


def test_a_clock_that_was_set_back_ends_a_session_and_locks_nobody_out(client, clock):
    for _ in range(10):
        sign_in_with(client, "maya", "not the password")
    clock.forward(minutes=6)
    sign_in_with(client, "maya")
    clock.forward(days=-1)
    assert client.get("/account").status_code == 401
    assert sign_in_with(client, "maya").status_code == 303
    assert client.get("/account").status_code == 200
