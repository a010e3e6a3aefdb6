"""Single sign-on against a real provider in a process of its own: every way in, and the attacks."""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import socket
from contextlib import closing
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from joserfc import jwt
from joserfc.jwk import KeySet, OctKey, RSAKey

from readiness.accounts.db import identities, people
from readiness.accounts.service import identity_provider
from readiness.accounts.service.one_time_links import write_invitation
from readiness.accounts.team import Invitee
from readiness.core import verification
from readiness.core.config import IdentityProvider, Required
from readiness.core.db import Session
from readiness.core.errors import BadInput
from readiness.core.people import Role
from readiness.core.sealing import key_of
from tests.accounts.views.test_second_step import code_now, set_up, sign_in_with
from tests.factories import world
from tests.factories.identity_provider import asked_in, place_on, running
from tests.factories.page import Page
from tests.factories.waiting import PATIENCE

pytestmark = pytest.mark.slow  # a provider of its own
MFA = {"amr": ["pwd", "mfa"]}


@pytest.fixture(scope="module")
def provider():
    with running() as started:
        yield started


@pytest.fixture(autouse=True)
def sign_on(app, clock, provider, monkeypatch):
    """The provider is set up; our clock stands at what its clock showed, however long a test takes,
    and its answers are waited for."""
    clock.time = datetime.now(UTC)
    monkeypatch.setattr(identity_provider, "CLOCK_SLIP", timedelta(seconds=PATIENCE))
    monkeypatch.setattr(identity_provider, "SECONDS", PATIENCE)
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], identity_provider=provider.settings)


def going(client, address, **fields):
    reply = world.send(client, address, **fields)
    assert reply.status_code == 200, Page(reply.text).text
    return place_on(reply.text)


def come_back(client, place, provider, subject):
    return client.get(provider.sign_in(place, subject))


def sign_in(client, provider, subject, **fields):
    return come_back(client, going(client, "/sign-in/provider", **fields), provider, subject)


def link(client, provider, subject):
    return come_back(client, going(client, "/account/single-sign-on/link"), provider, subject)


def is_in(client):
    return client.get("/account").status_code == 200


def says(reply):
    return Page(reply.text).text


@pytest.fixture
def linked(client, provider):
    """Maya's account is linked to the subject u-maya; she is signed out."""
    provider.knows("u-maya")
    sign_in_with(client, "maya")
    assert link(client, provider, "u-maya").status_code == 303
    world.send(client, "/sign-out")


# Ways in.


def test_a_linked_identity_signs_in_and_leads_on(client, provider, linked):
    reply = sign_in(client, provider, "u-maya", next="/groups/elm/team")
    assert (reply.status_code, reply.headers["Location"]) == (303, "/groups/elm/team")
    page = Page(client.get("/account").text)
    assert "by single sign-on" in page.text
    assert "Maya linked single sign-on to" in page.text
    assert "Maya signed in by single sign-on to" in page.text


def test_the_provider_is_asked_with_state_nonce_and_a_hash_of_the_verifier(client, provider, store):
    asked = asked_in(going(client, "/sign-in/provider"))
    row = store.row("select * from sign_on_requests")
    assert row["state_sha256"] == hashlib.sha256(asked["state"].encode()).hexdigest()
    digest = hashlib.sha256(row["verifier"].encode()).digest()
    shown = base64.urlsafe_b64encode(digest).decode().rstrip("=")
    assert (asked["code_challenge"], asked["code_challenge_method"]) == (shown, "S256")
    assert (asked["nonce"], asked["scope"]) == (row["nonce"], "openid")
    assert asked["redirect_uri"] == "http://localhost/sign-in/provider/back"


def test_no_token_is_stored(client, provider, linked, store):
    sign_in(client, provider, "u-maya")
    assert "eyJ" not in "\n".join(store.db.conn.iterdump())
    assert not store.row("select 1 from sign_on_requests")


def test_what_was_typed_comes_along(client, provider, linked, clock):
    sign_in(client, provider, "u-maya")
    typed = {"email": "new@example.org", "name": "Nell", "role": "care team"}
    token = world.token(client)
    clock.forward(minutes=61)
    cut_off = client.post("/groups/elm/team/invitations", data={**typed, "csrf_token": token})
    clock.time = datetime.now(UTC) + timedelta(seconds=1)
    with_kept = Page(cut_off.text).values("/sign-in/provider")
    page = Page(sign_in(client, provider, "u-maya", kept=with_kept["kept"]).text)
    assert page.values("/groups/elm/team/invitations")["name"] == "Nell"


@pytest.mark.parametrize(
    ("claims", "is_enough"),
    [
        (MFA, True),
        ({"acr": "https://refeds.org/profile/mfa"}, True),
        ({"amr": ["pwd"]}, False),
        ({}, False),
    ],
)
def test_the_second_step_is_done_only_where_the_provider_says_so(
    app, client, provider, store, clock, claims, is_enough
):
    sign_in_with(client, "pam")
    set_up(client, store, "pam", clock)
    link(client, provider, "u-pam")
    world.send(client, "/sign-out")
    provider.knows("u-pam", **claims)
    reply = sign_in(client, provider, "u-pam")
    assert is_in(client) is is_enough
    if not is_enough:
        assert "Example Health knows you." in says(reply)
        clock.forward(minutes=1)
        code = code_now(store, "pam", clock)
        assert world.send(client, "/sign-in/code", code=code).status_code == 303
        assert is_in(client)


def test_whoever_needs_a_second_step_sets_one_up_unless_the_provider_took_one(
    app, client, provider
):
    sign_in_with(client, "pam")
    link(client, provider, "u-pam2")
    world.send(client, "/sign-out")
    app.config["SETTINGS"] = replace(app.config["SETTINGS"], second_step=Required.PAYERS)
    provider.knows("u-pam2")
    assert Page(sign_in(client, provider, "u-pam2").text).heading == "Set up a second step"
    provider.knows("u-pam2", **MFA)
    assert sign_in(client, provider, "u-pam2").status_code == 303
    assert is_in(client)


# Joining by an invitation, without a password.


@pytest.fixture
def invited(store, clock):
    seat = Invitee("nell@example.org", Role.CARE_TEAM, group_id="elm")
    write_invitation(Session(store, people.actor(store, "maya"), clock()), seat, "seat")


def join(client, provider, subject, name="Nell"):
    return come_back(client, going(client, "/letters/seat/provider", name=name), provider, subject)


def test_an_invitation_is_accepted_by_single_sign_on(client, provider, invited, store):
    assert "Join with Example Health" in says(client.get("/letters/seat"))
    assert join(client, provider, "u-nell").status_code == 303
    page = Page(client.get("/account").text)
    assert "nell@example.org" in page.text
    assert "You have no password here" in page.text
    world.send(client, "/sign-out")
    assert sign_in(client, provider, "u-nell").status_code == 303


def test_an_invitation_is_accepted_once(app, client, provider, invited):
    place = going(client, "/letters/seat/provider", name="Nell")
    join(other := app.test_client(), provider, "u-first")
    world.send(other, "/sign-out")
    assert come_back(client, place, provider, "u-second").status_code == 404
    assert not is_in(client)


def test_an_identity_of_somebody_here_joins_as_nobody_else(
    client, provider, linked, invited, store
):
    reply = join(client, provider, "u-maya")
    assert reply.status_code == 403
    assert "linked to another account" in says(reply)
    assert people.by_email(store, "nell@example.org") is None


def test_who_has_no_password_cannot_remove_the_way_in_and_no_password_fits(
    client, provider, invited, store
):
    join(client, provider, "u-nell3")
    assert world.send(client, "/account/single-sign-on/unlink").status_code == 409
    world.send(client, "/sign-out")
    for password in ("", "None", world.PASSWORD):
        world.send(client, "/sign-in", email="nell@example.org", password=password)
        assert not is_in(client)


# Still the same person.


def asked_again(client, clock):
    clock.time = datetime.now(UTC) + timedelta(seconds=1)
    token = world.token(client)
    reply = client.post("/account/second-step/begin", data={"csrf_token": token})
    assert reply.status_code == 401
    return Page(reply.text)


@pytest.fixture
def nell(client, provider, invited, store):
    """Without a password, and a quarter of an hour after she signed in."""
    provider.knows("u-nell4")
    join(client, provider, "u-nell4")
    with store.writing():
        earlier = (datetime.now(UTC) - timedelta(minutes=16)).isoformat()
        store.execute("update sessions set confirmed_at = ?", (earlier,))


def test_who_has_no_password_is_asked_again_by_the_provider(client, provider, nell, clock):
    page = asked_again(client, clock)
    assert page.heading == "Sign in once more"
    place = place_on(client.post("/confirm/provider", data=page.values("/confirm/provider")).text)
    asked = asked_in(place)
    assert (asked["prompt"], asked["max_age"]) == ("login", "0")
    come_back(client, place, provider, "u-nell4")
    assert world.send(client, "/account/second-step/begin").status_code == 200


@pytest.mark.parametrize("ago", [None, timedelta(hours=1)])
def test_a_provider_that_did_not_ask_anew_confirms_nobody(client, provider, nell, clock, ago):
    at = int((datetime.now(UTC) - ago).timestamp()) if ago else None
    provider.knows("u-nell4", auth_time=at)
    asked_again(client, clock)
    reply = come_back(client, going(client, "/confirm/provider"), provider, "u-nell4")
    assert reply.status_code == 422
    assert "did not ask who you are anew" in says(reply)
    asked_again(client, clock)


def test_somebody_elses_identity_confirms_nobody(app, client, provider, nell, clock):
    sign_in_with(other := app.test_client(), "cara")
    link(other, provider, "u-cara")
    reply = come_back(client, going(client, "/confirm/provider"), provider, "u-cara")
    assert "That was somebody else" in says(reply)
    asked_again(client, clock)


# What does not get in.


def test_an_unknown_identity_opens_nothing_whatever_its_email(client, provider):
    provider.knows("u-stranger", email=world.email("maya"), email_verified=True)
    reply = sign_in(client, provider, "u-stranger")
    assert reply.status_code == 403
    assert "link the two on your account page" in says(reply)
    assert not is_in(client)


@pytest.mark.parametrize(
    "claims",
    [
        {"aud": "another client"},
        {"aud": "another client", "azp": "readiness"},
        {"aud": ["readiness", "another client"], "azp": "another client"},
        {"exp": 1_700_000_000},
        {"iss": "https://evil.example"},
        {"nonce": "of another question"},
        {"nonce": None},
        {"iat": 4_000_000_000},
        {"nbf": 4_000_000_000},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_and_now_opens_nothing(client, provider, linked, claims):
    provider.knows("u-maya", **claims)
    reply = sign_in(client, provider, "u-maya")
    provider.knows("u-maya")
    assert reply.status_code == 422, claims
    assert "did not vouch for you" in says(reply)
    assert not is_in(client)


def test_another_state_opens_nothing(client, provider, linked):
    place = going(client, "/sign-in/provider")
    back = provider.sign_in(place, "u-maya")
    forged = back.replace(asked_in(back)["state"], "another")
    assert client.get(forged).status_code == 422
    assert client.get(back).status_code == 422  # the first try has used it up
    assert not is_in(client)


def test_what_was_begun_in_another_browser_opens_nothing(app, client, provider, linked):
    back = provider.sign_in(going(client, "/sign-in/provider"), "u-maya")
    victim = app.test_client()
    assert victim.get(back).status_code == 422
    going(victim, "/sign-in/provider")
    assert victim.get(back).status_code == 422
    assert not is_in(victim)


def test_a_code_is_redeemed_once(client, provider, linked):
    back = provider.sign_in(going(client, "/sign-in/provider"), "u-maya")
    used = asked_in(back)["code"]
    assert client.get(back).status_code == 303
    assert client.get(back).status_code == 422
    world.send(client, "/sign-out")
    fresh = provider.sign_in(going(client, "/sign-in/provider"), "u-maya")
    replayed = fresh.replace(asked_in(fresh)["code"], used)
    reply = client.get(replayed)
    assert reply.status_code == 422
    assert "did not vouch for you" in says(reply)
    assert not is_in(client)


def test_a_question_lasts_ten_minutes(client, provider, linked, clock):
    back = provider.sign_in(going(client, "/sign-in/provider"), "u-maya")
    clock.forward(minutes=10)
    assert "took too long" in says(client.get(back))


def test_an_answer_of_another_issuer_is_refused(client, provider, linked):
    back = provider.sign_in(going(client, "/sign-in/provider"), "u-maya")
    assert client.get(f"{back}&iss=https://evil.example").status_code == 422
    assert not is_in(client)


def test_who_refuses_at_the_provider_is_told_to_start_again(client, provider):
    state = asked_in(going(client, "/sign-in/provider"))["state"]
    reply = client.get(f"/sign-in/provider/back?error=access_denied&state={state}")
    assert reply.status_code == 422
    assert "Start again" in says(reply)


@pytest.mark.parametrize("address", ["https://evil.example", "//evil.example", "/\\evil.example"])
def test_nobody_is_sent_on_to_another_site(client, provider, linked, address):
    reply = sign_in(client, provider, "u-maya", next=address)
    assert reply.headers["Location"] == "/"


def test_what_we_did_not_sign_is_not_kept(client, provider, store):
    going(client, "/sign-in/provider", kept="x" * 100_000)
    assert store.row("select kept from sign_on_requests")["kept"] == ""


def test_an_identity_is_linked_to_one_account(app, client, provider, linked, store):
    sign_in_with(other := app.test_client(), "omar")
    reply = link(other, provider, "u-maya")
    assert reply.status_code == 403
    assert [each.subject for each in identities.of_person(store, "maya", provider.issuer)] == [
        "u-maya"
    ]
    assert not identities.of_person(store, "omar", provider.issuer)


def test_a_link_that_somebody_else_began_is_not_finished_here(app, client, provider, store):
    """An attacker begins to link, signs in at the provider, and has a victim open the answer."""
    sign_in_with(attacker := app.test_client(), "omar")
    back = provider.sign_in(going(attacker, "/account/single-sign-on/link"), "u-attacker")
    sign_in_with(client, "maya")
    assert client.get(back).status_code == 422
    assert not identities.of_person(store, "maya", provider.issuer)


def test_a_link_begun_before_somebody_else_signed_in_is_not_finished(client, provider, store):
    sign_in_with(client, "maya")
    back = provider.sign_in(going(client, "/account/single-sign-on/link"), "u-shared")
    with client.session_transaction() as cookie:
        state = cookie["sign_on"]
    sign_in_with(client, "omar")
    with client.session_transaction() as cookie:
        cookie["sign_on"] = state
    assert client.get(back).status_code == 422
    assert not identities.of_person(store, "omar", provider.issuer)


def test_a_disabled_account_stays_shut(client, provider, linked, store):
    people.set_active(store, "maya", is_active=False)
    reply = sign_in(client, provider, "u-maya")
    assert reply.status_code == 403
    assert not is_in(client)


def test_what_is_removed_opens_nothing(app, client, provider, linked, store):
    sign_in(elsewhere := app.test_client(), provider, "u-maya")
    sign_in_with(client, "maya")
    assert world.send(client, "/account/single-sign-on/unlink").status_code == 303
    world.send(client, "/sign-out")
    assert sign_in(client, provider, "u-maya").status_code == 403
    assert identities.find(store, provider.issuer, "u-maya") is None
    assert not is_in(elsewhere)
    assert verification.problems(store, key_of(store.path)) == []


def test_an_identity_put_into_the_file_by_hand_is_found(client, provider, linked, store):
    with store.writing():
        store.execute("update identities set person_id = 'ada'")
    [problem] = verification.problems(store, key_of(store.path))
    assert "identities was changed by hand" in problem


def test_many_questions_have_to_wait(client, app, provider):
    token = world.token(client)
    answers = {
        client.post("/sign-in/provider", data={"csrf_token": token}).status_code for _ in range(101)
    }
    assert answers == {200, 403}


# The provider does not answer, or answers something else.


def at(app, issuer):
    settings = app.config["SETTINGS"]
    other = IdentityProvider(issuer, "readiness", "a secret", "Example Health")
    app.config["SETTINGS"] = replace(settings, identity_provider=other)


def test_a_provider_that_is_down_is_told_in_words(app, client):
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    at(app, f"http://127.0.0.1:{port}")
    reply = world.send(client, "/sign-in/provider")
    assert reply.status_code == 503
    assert "does not answer as it should" in says(reply)


def test_a_provider_that_never_answers_is_given_up(app, client, monkeypatch):
    monkeypatch.setattr(identity_provider, "SECONDS", 0.2)
    with closing(socket.create_server(("127.0.0.1", 0))) as silent:
        at(app, f"http://127.0.0.1:{silent.getsockname()[1]}")
        assert world.send(client, "/sign-in/provider").status_code == 503


def test_who_says_to_be_another_issuer_is_not_asked(app, client, provider):
    at(app, provider.issuer.replace("127.0.0.1", "localhost") + "/")
    assert world.send(client, "/sign-in/provider").status_code == 503


@pytest.mark.parametrize("name", ["authorization_endpoint", "token_endpoint", "jwks_uri"])
def test_no_other_host_is_asked(provider, monkeypatch, name):
    known = dict(identity_provider.metadata(provider.settings))
    monkeypatch.setattr(
        identity_provider, "document", lambda _: known | {name: "http://169.254.169.254/"}
    )
    with pytest.raises(ValueError, match="another host"):
        identity_provider.metadata(provider.settings)


# Tokens that no honest provider signs.


KEY = RSAKey.generate_key(2048, {"kid": "ours", "use": "sig"})
KEYS = KeySet([KEY]).as_dict()
SETTINGS = IdentityProvider("https://login.example.org", "readiness", "a secret", "Example")


def payload():
    at = int(world.NOW.timestamp())
    return {
        "iss": SETTINGS.issuer, "sub": "u1", "aud": "readiness", "nonce": "n",
        "iat": at, "exp": at + 300,
    }  # fmt: skip


def text_of(value):
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def unsigned():
    return f"{text_of({'alg': 'none', 'kid': 'ours'})}.{text_of(payload())}."


def signed_with_the_public_key():
    """As if it were a secret that is shared, by hand: the library refuses to."""
    said = f"{text_of({'alg': 'HS256', 'kid': 'ours'})}.{text_of(payload())}"
    mark = hmac.digest(KEY.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(mark).decode().rstrip('=')}"


def signed_with_the_secret():
    secret = OctKey.import_key(SETTINGS.client_secret)
    return jwt.encode({"alg": "HS256"}, payload(), secret, algorithms=["HS256"])


def signed_by_another():
    other = RSAKey.generate_key(2048, {"kid": "ours"})
    return jwt.encode({"alg": "RS256", "kid": "ours"}, payload(), other)


def changed_after_signing():
    header, _, signature = right().split(".")
    return ".".join((header, text_of(payload() | {"sub": "u2"}), signature))


def with_a_key_in_it():
    other = RSAKey.generate_key(2048)
    header = {"alg": "RS256", "jwk": other.as_dict(private=False)}
    return jwt.encode(header, payload(), other)


def right():
    return jwt.encode({"alg": "RS256", "kid": "ours"}, payload(), KEY)


def test_a_token_that_is_right_is_taken():
    assert identity_provider.checked(SETTINGS, KEYS, right(), "n", world.NOW).subject == "u1"


@pytest.mark.parametrize("subject", ["", 7, None, "x" * 300, ["u1"]])
def test_a_subject_that_is_none_is_refused(subject):
    token = jwt.encode({"alg": "RS256", "kid": "ours"}, payload() | {"sub": subject}, KEY)
    with pytest.raises(BadInput):
        identity_provider.checked(SETTINGS, KEYS, token, "n", world.NOW)


@pytest.mark.filterwarnings("ignore::joserfc.errors.SecurityWarning")
@pytest.mark.parametrize(
    "token",
    [
        unsigned,
        signed_with_the_public_key,
        signed_with_the_secret,
        signed_by_another,
        changed_after_signing,
        with_a_key_in_it,
        lambda: "",
        lambda: "a.b.c",
    ],
)
def test_a_token_that_the_provider_did_not_sign_is_refused(token):
    with pytest.raises(BadInput):
        identity_provider.checked(SETTINGS, KEYS, token(), "n", world.NOW)
