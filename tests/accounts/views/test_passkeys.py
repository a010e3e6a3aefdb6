"""Passkeys as the second step of signing in: adding, giving, removing, and what does not get in.

`tests/browser/test_passkeys.py` does the same in Chromium, with its virtual authenticator.
"""

from __future__ import annotations

import json
import random
from dataclasses import replace

import pytest

from readiness.accounts.db import passkeys, second_factors
from readiness.core import verification
from readiness.core.config import Required
from readiness.core.sealing import key_of
from tests.accounts.views.test_second_step import code_now, set_up, sign_in_with
from tests.factories import world
from tests.factories.authenticator import Authenticator, options_on
from tests.factories.page import Page

NO_PASSKEY = 0b00000000  # nobody touched it


def offered(client, **carried):
    """What the page to add a passkey tells the browser."""
    reply = world.send(client, "/account/passkeys/begin", **carried)
    assert reply.status_code == 200, Page(reply.text).text
    return options_on(reply.text)


def add(client, authenticator, name="Phone"):
    credential = authenticator.make(offered(client))
    return world.send(client, "/account/passkeys", name=name, credential=credential)


def requested(client):
    reply = world.send(client, "/sign-in/passkey/begin")
    assert reply.status_code == 200, Page(reply.text).text
    return options_on(reply.text)


def give(client, authenticator):
    return world.send(client, "/sign-in/passkey", credential=authenticator.sign(requested(client)))


def is_in(client):
    return client.get("/account").status_code == 200


@pytest.fixture
def phone(client):
    """Maya's only second step; she is signed out."""
    sign_in_with(client, "maya")
    authenticator = Authenticator()
    assert Page(add(client, authenticator).text).heading == "Your codes on paper"
    world.send(client, "/sign-out")
    return authenticator


@pytest.fixture
def asked_of_payers(app):
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], second_step=Required.PAYERS)


# Adding and giving.


def test_a_passkey_is_asked_for_after_the_password_and_leads_on(client, phone):
    page = Page(sign_in_with(client, "maya", next="/groups/elm/team").text)
    assert page.heading == "Your second step"
    assert not is_in(client)
    asked = client.post("/sign-in/passkey/begin", data=page.values("/sign-in/passkey/begin"))
    form = Page(asked.text).values("/sign-in/passkey")
    form["credential"] = phone.sign(options_on(asked.text))
    reply = client.post("/sign-in/passkey", data=form)
    assert reply.headers["Location"] == "/groups/elm/team"
    assert is_in(client)


def test_what_was_typed_comes_along(client, phone, clock):
    sign_in_with(client, "maya")
    give(client, phone)
    typed = {"email": "new@example.org", "name": "Nell", "role": "care team"}
    token = world.token(client)
    clock.forward(hours=2)
    cut_off = client.post("/groups/elm/team/invitations", data={**typed, "csrf_token": token})
    kept = Page(cut_off.text).values("/sign-in")["kept"]
    page = Page(sign_in_with(client, "maya", kept=kept).text)
    asked = client.post("/sign-in/passkey/begin", data=page.values("/sign-in/passkey/begin"))
    form = Page(asked.text).values("/sign-in/passkey")
    form["credential"] = phone.sign(options_on(asked.text))
    page = Page(client.post("/sign-in/passkey", data=form).text)
    assert page.values("/groups/elm/team/invitations")["name"] == "Nell"


def test_the_browser_is_told_the_name_of_the_site_and_what_is_held_already(client, phone):
    sign_in_with(client, "maya")
    asked = requested(client)
    assert (asked["rpId"], asked["userVerification"]) == ("localhost", "preferred")
    assert [each["id"] for each in asked["allowCredentials"]] == [
        json.loads(phone.sign(asked))["id"]
    ]
    give(client, phone)
    told = offered(client)
    assert told["rp"] == {"name": "Readiness", "id": "localhost"}
    assert told["excludeCredentials"] == asked["allowCredentials"]


def test_several_have_a_name_each_and_say_when_they_were_last_used(client, phone, clock):
    sign_in_with(client, "maya")
    give(client, phone)
    add(client, key := Authenticator(), "Blue key")
    page = Page(client.get("/account/second-step").text)
    for shown in ("Phone", "Blue key", "Never"):
        assert shown in page.text
    clock.forward(minutes=1)
    world.send(client, "/sign-out")
    sign_in_with(client, "maya")
    give(client, key)
    assert "Never" not in Page(client.get("/account/second-step").text).text


def test_an_app_and_a_passkey_stand_in_for_each_other(client, phone, store, clock):
    sign_in_with(client, "maya")
    give(client, phone)
    set_up(client, store, "maya", clock)
    clock.forward(minutes=1)
    for way in (lambda: give(client, phone), lambda: with_code(client, store, clock)):
        world.send(client, "/sign-out")
        sign_in_with(client, "maya")
        assert way().status_code == 303
        assert is_in(client)


def with_code(client, store, clock):
    return world.send(client, "/sign-in/code", code=code_now(store, "maya", clock))


def test_without_javascript_a_code_on_paper_is_the_way_in(client):
    sign_in_with(client, "maya")
    codes = [item.text for item in Page(add(client, Authenticator()).text).all("code")]
    world.send(client, "/sign-out")
    sign_in_with(client, "maya")
    refused = world.send(client, "/sign-in/passkey")
    assert refused.status_code == 422
    assert "A passkey needs JavaScript" in Page(refused.text).text
    assert world.send(client, "/sign-in/code", code=codes[0]).status_code == 303


def test_a_passkey_that_never_counts_is_taken_again_and_again(client):
    sign_in_with(client, "maya")
    add(client, synced := Authenticator(counts=False))
    for _ in range(2):
        world.send(client, "/sign-out")
        sign_in_with(client, "maya")
        assert give(client, synced).status_code == 303


def test_adding_the_first_ends_the_sessions_elsewhere(app, client):
    sign_in_with(elsewhere := app.test_client(), "maya")
    sign_in_with(client, "maya")
    add(client, Authenticator())
    assert not is_in(elsewhere)
    assert is_in(client)


def test_what_happened_is_told_on_the_account_page(client, phone):
    sign_in_with(client, "maya")
    give(client, phone)
    remove_all(client)
    text = Page(client.get("/account").text).text
    for done in ("added a passkey to", "signed in with a passkey to", "turned off the second step"):
        assert f"Maya {done}" in text


# Removing.


def removals(client):
    page = Page(client.get("/account/second-step").text)
    return [
        form.get("action")
        for form in page.all("form")
        if (form.get("action") or "").endswith("/remove")
    ]


def remove_all(client):
    for address in removals(client):
        assert world.send(client, address).status_code == 303


def test_with_the_last_one_the_codes_on_paper_go_too(client, phone, store):
    sign_in_with(client, "maya")
    give(client, phone)
    remove_all(client)
    assert second_factors.codes_left(store, "maya") == 0
    world.send(client, "/sign-out")
    sign_in_with(client, "maya")
    assert is_in(client)


def test_a_removed_passkey_opens_nothing(client, phone, clock):
    clock.forward(minutes=1)
    sign_in_with(client, "maya")
    give(client, phone)
    add(client, Authenticator(), "Other")
    world.send(client, removals(client)[0])
    world.send(client, "/sign-out")
    sign_in_with(client, "maya")
    assert give(client, phone).status_code == 422


def test_the_file_is_whole_after_removals_and_a_change_by_hand_is_found(client, phone, store):
    sign_in_with(client, "maya")
    give(client, phone)
    add(client, Authenticator(), "Other")
    world.send(client, removals(client)[0])
    assert verification.problems(store, key_of(store.path)) == []
    with store.writing():
        store.execute("update passkeys set public_key = 'of a thief'")
    [problem] = verification.problems(store, key_of(store.path))
    assert "passkeys was changed by hand" in problem


def test_nobody_removes_somebody_elses(app, client, phone, store):
    [held] = passkeys.of_person(store, "maya")
    sign_in_with(other := app.test_client(), "cara")
    assert world.send(other, f"/account/passkeys/{held.id}/remove").status_code == 404
    assert passkeys.of_person(store, "maya") == (held,)


@pytest.mark.parametrize("person_id", ["pam", "ada"])
def test_the_last_factor_of_somebody_who_needs_one_stays(
    client, asked_of_payers, store, clock, person_id
):
    page = Page(sign_in_with(client, person_id).text)
    assert page.heading == "Set up a second step"
    add(client, Authenticator())
    assert is_in(client)
    [first] = passkeys.of_person(store, person_id)
    assert not removals(client)
    assert world.send(client, f"/account/passkeys/{first.id}/remove").status_code == 409
    set_up(client, store, person_id, clock)
    assert world.send(client, f"/account/passkeys/{first.id}/remove").status_code == 303
    assert world.send(client, "/account/second-step/off").status_code == 409
    add(client, Authenticator())
    assert world.send(client, "/account/second-step/off").status_code == 303
    assert is_in(client)


def test_whoever_lost_it_is_helped_as_with_an_app(app, client, phone, store):
    sign_in_with(ada := app.test_client(), "ada")
    world.send(ada, "/admin/people/maya/remove-second-step")
    assert not passkeys.of_person(store, "maya")
    assert verification.problems(store, key_of(store.path)) == []
    sign_in_with(client, "maya")
    assert is_in(client)


@pytest.mark.parametrize("address", ["begin", "x/remove", ""])
def test_a_quarter_of_an_hour_later_the_password_is_asked_for(client, clock, address):
    sign_in_with(client, "maya")
    clock.forward(minutes=16)
    reply = world.send(client, f"/account/passkeys/{address}".rstrip("/"))
    assert (reply.status_code, Page(reply.text).heading) == (401, "Your password once more")


# What does not get in.


def foreign_page(phone, options):
    phone.origin = "http://localhost.evil.example"
    return phone.sign(options)


def foreign_host(phone, options):
    phone.host = "evil.example"
    return phone.sign(options)


def other_scheme(phone, options):
    phone.origin = "https://localhost"
    return phone.sign(options)


def other_key(phone, options):
    return replace(phone, key=Authenticator().key).sign(options)


def unknown_passkey(phone, options):
    return Authenticator().sign(options)


def other_challenge(phone, options):
    return phone.sign({**options, "challenge": "A" * 43})


def nobody_there(phone, options):
    phone.flags = NO_PASSKEY
    return phone.sign(options)


def made_instead_of_signed(phone, options):
    return phone.make(options)


def other_count_than_signed(phone, options):
    answer = json.loads(phone.sign(options))
    phone.count += 7
    replaced = json.loads(replace(phone, key=phone.key).sign(options))["response"]
    answer["response"]["authenticatorData"] = replaced["authenticatorData"]
    return json.dumps(answer)


@pytest.mark.parametrize(
    "forged",
    [
        foreign_page,
        foreign_host,
        other_scheme,
        other_key,
        unknown_passkey,
        other_challenge,
        nobody_there,
        made_instead_of_signed,
        other_count_than_signed,
    ],
)
def test_an_answer_that_is_not_right_in_all_is_refused(client, phone, forged):
    sign_in_with(client, "maya")
    credential = forged(phone, requested(client))
    reply = world.send(client, "/sign-in/passkey", credential=credential)
    assert reply.status_code == 422
    assert "This passkey does not fit" in Page(reply.text).text
    assert not is_in(client)


def test_a_challenge_is_taken_once(app, client, phone):
    sign_in_with(client, "maya")
    answer = phone.sign(requested(client))
    assert world.send(client, "/sign-in/passkey", credential=answer).status_code == 303
    replayed = world.send(client, "/sign-in/passkey", credential=answer)
    assert "sent twice" in Page(replayed.text).text


def test_a_challenge_is_spent_by_a_wrong_answer_too(client, phone):
    sign_in_with(client, "maya")
    options = requested(client)
    world.send(client, "/sign-in/passkey", credential=Authenticator().sign(options))
    late = world.send(client, "/sign-in/passkey", credential=phone.sign(options))
    assert late.status_code == 422
    assert not is_in(client)


def test_a_challenge_lasts_five_minutes(client, phone, clock):
    sign_in_with(client, "maya")
    options = requested(client)
    clock.forward(minutes=5)
    late = world.send(client, "/sign-in/passkey", credential=phone.sign(options))
    assert late.status_code == 422
    assert "took too long" in Page(late.text).text


def test_a_challenge_belongs_to_its_session(app, client, phone):
    sign_in_with(client, "maya")
    answer = phone.sign(requested(client))
    sign_in_with(thief := app.test_client(), "maya")
    requested(thief)
    assert world.send(thief, "/sign-in/passkey", credential=answer).status_code == 422
    assert not is_in(thief)


def test_somebody_elses_passkey_opens_nothing(app, client, phone):
    sign_in_with(cara := app.test_client(), "cara")
    add(cara, hers := Authenticator())
    sign_in_with(client, "maya")
    answer = hers.sign(requested(client))
    assert world.send(client, "/sign-in/passkey", credential=answer).status_code == 422
    assert not is_in(client)


def test_a_copy_is_noticed_by_its_count_and_told(app, client, phone, clock):
    copy = replace(phone, key=phone.key)
    sign_in_with(client, "maya")
    assert give(client, phone).status_code == 303
    sign_in_with(thief := app.test_client(), "maya")
    refused = give(thief, copy)
    assert refused.status_code == 422
    assert "may have a copy" in Page(refused.text).text
    assert not is_in(thief)
    assert "gave a passkey that may have been copied for" in Page(client.get("/home").text).text


def test_the_password_alone_adds_nothing_to_a_second_step_that_is_asked_for(client, phone, store):
    sign_in_with(client, "maya")
    for address in ("/account/passkeys/begin", "/account/second-step/begin"):
        assert world.send(client, address).status_code == 409
    assert client.get("/account/second-step").status_code == 401
    made = Authenticator().make({"challenge": requested(client)["challenge"]})
    reply = world.send(client, "/account/passkeys", name="Mine", credential=made)
    assert reply.status_code == 409
    assert len(passkeys.of_person(store, "maya")) == 1


def test_an_app_that_was_begun_before_is_not_confirmed_by_the_password_alone(
    app, client, store, clock
):
    sign_in_with(client, "maya")
    world.send(client, "/account/second-step/begin")
    add(client, Authenticator())
    sign_in_with(thief := app.test_client(), "maya")
    code = code_now(store, "maya", clock)
    assert world.send(thief, "/account/second-step/confirm", code=code).status_code == 409
    assert not is_in(thief)


def test_a_passkey_belongs_to_one_person(app, client, phone, store):
    sign_in_with(cara := app.test_client(), "cara")
    refused = add(cara, phone)
    assert refused.status_code == 422
    assert "in use here already" in Page(refused.text).text
    assert not passkeys.of_person(store, "cara")


def at(client, base_url, person_id="maya"):
    """Maya's password given where the browser has the site open under this address."""

    def send(path, **fields):
        page = Page(client.get("/sign-in", base_url=base_url).text)
        token = page.values("/sign-in")["csrf_token"]
        return client.post(path, data={"csrf_token": token, **fields}, base_url=base_url)

    reply = send("/sign-in", email=world.email(person_id), password=world.PASSWORD)
    return send, reply


def test_a_passkey_is_for_the_name_it_was_made_for(app, client, phone):
    app.config["TRUSTED_HOSTS"] = None
    send, reply = at(client, "http://readiness.example.org")
    page = Page(reply.text)
    assert "Your passkeys belong to localhost" in page.text
    assert not [each for each in page.all("form") if each.get("action") == "/sign-in/passkey/begin"]
    assert send("/sign-in/passkey/begin").status_code == 409


def test_no_passkey_is_made_for_an_address_in_numbers(app, client):
    app.config["TRUSTED_HOSTS"] = None
    numbers = "http://127.0.0.1:8000"
    send, _ = at(client, numbers)
    assert (
        "passkeys hold for no address" in client.get("/account/second-step", base_url=numbers).text
    )
    refused = send("/account/passkeys/begin")
    assert refused.status_code == 409
    assert "localhost in place of 127.0.0.1" in Page(refused.text).text


def test_outside_a_demonstration_only_a_page_over_https_signs(app, client, phone):
    """Whatever a proxy in front makes of the address."""
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], is_demo=False)
    send, _ = at(client, "http://localhost")
    options = options_on(send("/sign-in/passkey/begin").text)
    assert send("/sign-in/passkey", credential=phone.sign(options)).status_code == 422
    options = options_on(send("/sign-in/passkey/begin").text)
    phone.origin = "https://localhost"
    assert send("/sign-in/passkey", credential=phone.sign(options)).status_code == 303


GARBAGE = ["[]", "{}", "null", "9" * 5_000, "[" * 19_000, '"\\ud800"', "x" * 30_000, '{"id": 1}']


@pytest.mark.parametrize("credential", GARBAGE, ids=lambda text: text[:12])
def test_what_is_no_answer_is_refused_in_words(client, phone, credential):
    sign_in_with(client, "maya")
    requested(client)
    assert world.send(client, "/sign-in/passkey", credential=credential).status_code == 422
    give(client, phone)
    offered(client)
    reply = world.send(client, "/account/passkeys", name="Mine", credential=credential)
    assert reply.status_code == 422


def test_an_answer_with_bytes_changed_is_refused_and_never_a_fault(client, phone, store):
    luck = random.Random(7)
    sign_in_with(client, "maya")
    for _ in range(30):
        answer = bytearray(phone.sign(requested(client)).encode())
        start = answer.index(b'"response"') + 60
        answer[luck.randrange(start, len(answer) - 4)] = luck.choice(b"AZ09_-")
        reply = world.send(client, "/sign-in/passkey", credential=bytes(answer).decode())
        assert reply.status_code in (422, 303)
    assert len(passkeys.of_person(store, "maya")) == 1
