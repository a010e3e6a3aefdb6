"""A code from an app besides the password: setting it up, giving it, losing the phone."""

from __future__ import annotations

import pyotp
import pytest

from readiness.accounts import second_factor
from readiness.accounts.db import second_factors
from readiness.administration import service as administration
from readiness.core import verification
from readiness.core.config import Required
from readiness.core.sealing import key_of
from tests.factories import world
from tests.factories.page import Page


def sign_in_with(client, person_id, **fields):
    return world.send(
        client, "/sign-in", email=world.email(person_id), password=world.PASSWORD, **fields
    )


def secret_of(store, person_id):
    factor = second_factors.get(store, person_id)
    assert factor
    return second_factor.secret_of("x" * 32, factor)


def code_now(store, person_id, clock):
    return pyotp.TOTP(secret_of(store, person_id)).at(clock())


def set_up(client, store, person_id, clock) -> list[str]:
    """The codes on paper that the page shows."""
    assert world.send(client, "/account/second-step/begin").status_code == 200
    code = code_now(store, person_id, clock)
    reply = world.send(client, "/account/second-step/confirm", code=code)
    assert reply.status_code == 200
    return [item.text for item in Page(reply.text).all("code")]


@pytest.fixture
def with_app(client, store, clock):
    """Maya with an app, signed out."""
    sign_in_with(client, "maya")
    codes = set_up(client, store, "maya", clock)
    world.send(client, "/sign-out")
    clock.forward(minutes=1)
    return codes


def test_the_page_shows_the_secret_as_a_square_and_as_text(client, store):
    sign_in_with(client, "maya")
    page = Page(world.send(client, "/account/second-step/begin").text)
    assert page.one("svg")
    assert secret_of(store, "maya") in page.text.replace(" ", "")
    assert client.get("/account/second-step").status_code == 200


def test_the_secret_is_nowhere_in_the_file(with_app, store):
    dump = "\n".join(store.db.conn.iterdump())
    assert secret_of(store, "maya") not in dump
    assert not [code for code in with_app if code in dump or code.replace("-", "") in dump]


def test_the_password_alone_opens_nothing(client, with_app, store, clock):
    reply = sign_in_with(client, "maya", next="/groups/elm/team")
    assert Page(reply.text).heading == "Your code"
    assert client.get("/account").status_code == 401
    form = Page(reply.text).values("/sign-in/code") | {"code": code_now(store, "maya", clock)}
    before = client.get_cookie("session").value
    assert client.post("/sign-in/code", data=form).headers["Location"] == "/groups/elm/team"
    assert client.get("/account").status_code == 200
    client.set_cookie("session", before)
    assert client.get("/account").status_code == 401


def test_a_wrong_code_is_refused_and_the_sixth_has_to_wait(client, with_app, store, clock):
    sign_in_with(client, "maya")
    replies = [world.send(client, "/sign-in/code", code="000000") for _ in range(6)]
    assert [reply.status_code for reply in replies] == [422] * 5 + [429]
    right = world.send(client, "/sign-in/code", code=code_now(store, "maya", clock))
    assert right.status_code == 429
    clock.forward(minutes=5)
    right = world.send(client, "/sign-in/code", code=code_now(store, "maya", clock))
    assert right.status_code == 303


@pytest.mark.parametrize("code", ["", "٣٤٥٦٧٨", "12345", "abcdef", "0" * 21])
def test_what_is_no_code_is_refused_in_words(client, with_app, code):
    sign_in_with(client, "maya")
    assert world.send(client, "/sign-in/code", code=code).status_code == 422


def test_a_code_is_taken_once(app, client, with_app, store, clock):
    code = code_now(store, "maya", clock)
    sign_in_with(client, "maya")
    assert world.send(client, "/sign-in/code", code=code).status_code == 303
    sign_in_with(other := app.test_client(), "maya")
    assert world.send(other, "/sign-in/code", code=code).status_code == 422


def test_a_code_on_paper_is_taken_once_in_place_of_the_app(app, client, with_app):
    sign_in_with(client, "maya")
    assert world.send(client, "/sign-in/code", code=with_app[0].upper()).status_code == 303
    assert "9 codes on paper are left" in Page(client.get("/account").text).text
    sign_in_with(other := app.test_client(), "maya")
    assert world.send(other, "/sign-in/code", code=with_app[0]).status_code == 422


def test_new_codes_on_paper_replace_the_old_ones(client, with_app, store, clock):
    sign_in_with(client, "maya")
    world.send(client, "/sign-in/code", code=code_now(store, "maya", clock))
    world.send(client, "/account/second-step/codes")
    world.send(client, "/sign-out")
    sign_in_with(client, "maya")
    assert world.send(client, "/sign-in/code", code=with_app[0]).status_code == 422


def test_turning_it_off_asks_for_the_password_only_again(client, with_app, store, clock):
    sign_in_with(client, "maya")
    world.send(client, "/sign-in/code", code=code_now(store, "maya", clock))
    assert world.send(client, "/account/second-step/off").status_code == 303
    world.send(client, "/sign-out")
    assert sign_in_with(client, "maya").status_code == 303


def test_setting_it_up_ends_the_sessions_elsewhere(app, client, store, clock):
    sign_in_with(elsewhere := app.test_client(), "maya")
    sign_in_with(client, "maya")
    set_up(client, store, "maya", clock)
    assert elsewhere.get("/account").status_code == 401
    assert client.get("/account").status_code == 200


@pytest.fixture
def asked_of_payers(app):
    settings = app.config["SETTINGS"]
    app.config["SETTINGS"] = type(settings)(
        **{**vars(settings), "second_step": Required.PAYERS},
    )


@pytest.mark.parametrize(
    ("person_id", "is_asked"), [("pam", True), ("ada", True), ("maya", False), ("cara", False)]
)
def test_payers_and_administrators_have_to_set_it_up(
    client, asked_of_payers, store, clock, person_id, is_asked
):
    reply = sign_in_with(client, person_id)
    assert client.get("/account").status_code == (401 if is_asked else 200)
    if is_asked:
        assert Page(reply.text).heading == "Set up a second step"
        set_up(client, store, person_id, clock)
        assert client.get("/account").status_code == 200
        assert world.send(client, "/account/second-step/off").status_code == 409


def test_what_was_typed_comes_along_through_both_steps(client, with_app, store, clock):
    sign_in_with(client, "maya")
    world.send(client, "/sign-in/code", code=code_now(store, "maya", clock))
    typed = {"email": "new@example.org", "name": "Nell", "role": "care team"}
    token = world.token(client)
    clock.forward(hours=2)
    cut_off = client.post("/groups/elm/team/invitations", data={**typed, "csrf_token": token})
    kept = Page(cut_off.text).values("/sign-in")["kept"]
    form = Page(sign_in_with(client, "maya", kept=kept).text).values("/sign-in/code")
    form["code"] = code_now(store, "maya", clock)
    page = Page(client.post("/sign-in/code", data=form).text)
    assert page.values("/groups/elm/team/invitations")["name"] == "Nell"


def test_a_new_password_by_a_link_does_not_go_round_the_second_step(client, app, with_app):
    ada = app.test_client()
    sign_in_with(ada, "ada")
    page = Page(world.send(ada, "/admin/people/maya/new-password").text)
    [link] = [box.get("value") for box in page.all("input") if box.get("id") == "link"]
    path = link.split("localhost", 1)[1]
    new = "gentle otters ride at dawn"
    world.send(ada, f"{path}/password", new_password=new, password_again=new)
    world.send(ada, "/sign-in", email=world.email("maya"), password=new)
    assert ada.get("/account").status_code == 401


def by_a_colleague(app, store):
    maya = app.test_client()
    sign_in_with(maya, "maya")
    world.send(maya, "/groups/elm/team/members/m-cara/remove-second-step")


def by_an_administrator(app, store):
    ada = app.test_client()
    sign_in_with(ada, "ada")
    world.send(ada, "/admin/people/cara/remove-second-step")


def by_the_command_line(app, store):
    administration.remove_second_step(store, world.email("cara"), world.NOW)


@pytest.mark.parametrize(
    ("remove", "who"),
    [
        (by_a_colleague, "Maya"),
        (by_an_administrator, "Ada"),
        (by_the_command_line, "the command line"),
    ],
)
def test_a_lost_phone_is_no_end(app, client, store, clock, remove, who):
    sign_in_with(client, "cara")
    set_up(client, store, "cara", clock)
    remove(app, store)
    assert client.get("/account").status_code == 401
    assert sign_in_with(client, "cara").status_code == 303
    assert f"{who} removed the second step of" in Page(client.get("/home").text).text


@pytest.mark.parametrize(
    "change",
    ["delete from second_factors", "update second_factors set confirmed_at = null"],
)
def test_a_second_step_that_was_taken_off_by_hand_is_found(client, with_app, store, change):
    key = key_of(store.path)
    assert verification.problems(store, key) == []
    with store.writing():
        store.execute(change)
    [problem] = verification.problems(store, key)
    assert problem.startswith("A row of second_factors was ")


def test_what_the_pages_do_with_a_second_step_is_no_fault(client, with_app, store, clock):
    sign_in_with(client, "maya")
    world.send(client, "/sign-in/code", code=code_now(store, "maya", clock))
    world.send(client, "/account/second-step/off")
    for _ in range(2):  # offered twice, and not confirmed
        world.send(client, "/account/second-step/begin")
    assert verification.problems(store, key_of(store.path)) == []
