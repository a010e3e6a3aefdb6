"""What every page refuses, and what every answer tells the browser."""

from __future__ import annotations

from dataclasses import replace

import pytest
from flask import Flask, request

from app import create_app
from readiness.core.config import Settings
from readiness.core.errors import NotSaved
from readiness.core.permissions import Can
from readiness.core.web import guard
from tests.factories import world
from tests.factories.page import Page

EXACT = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "font-src 'self'; connect-src 'self'; form-action 'self'; base-uri 'none'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Permissions-Policy": "camera=(), microphone=(), geolocation=()",
    "Cache-Control": "no-store",
}


def real(app: Flask, **changes) -> Flask:
    """The same installation, not as a demonstration."""
    hosts = {"hosts": ("readiness.example",)} | changes
    chosen = replace(app.config["SETTINGS"], is_demo=False, **hosts)
    made = create_app(chosen)
    made.config.update(CLOCK=app.config["CLOCK"])
    return made


@pytest.mark.parametrize("path", ["/", "/sign-in", "/home", "/nowhere", "/admin"])
def test_every_answer_carries_the_same_headers(client, path):
    reply = client.get(path)
    assert {name: reply.headers.get(name) for name in EXACT} == EXACT
    assert "Strict-Transport-Security" not in reply.headers


def test_outside_the_demonstration_browsers_are_told_to_insist_on_https(app):
    reply = real(app).test_client().get("/sign-in")
    assert reply.headers["Strict-Transport-Security"] == "max-age=63072000; includeSubDomains"


def cookies_after_sign_in(app: Flask, base_url: str) -> list[str]:
    client = app.test_client()
    found = Page(client.get("/sign-in", base_url=base_url).text)
    fields = {"csrf_token": found.token, "email": world.email("maya"), "password": world.PASSWORD}
    return client.post("/sign-in", data=fields, base_url=base_url).headers.getlist("Set-Cookie")


def test_in_the_demonstration_cookies_go_over_plain_http_to_this_machine(app):
    cookies = cookies_after_sign_in(app, "http://localhost")
    assert any(cookie.startswith("session=") for cookie in cookies)
    for cookie in cookies:
        assert "HttpOnly" in cookie
        assert "SameSite=Lax" in cookie
        assert "Secure" not in cookie
        assert not cookie.startswith("__Host-")


def test_outside_the_demonstration_cookies_never_leave_https(app):
    cookies = cookies_after_sign_in(real(app), "https://readiness.example")
    assert any(cookie.startswith("__Host-session=") for cookie in cookies)
    for cookie in cookies:
        assert cookie.startswith("__Host-")
        assert {"Secure", "HttpOnly", "Path=/", "SameSite=Lax"} <= set(cookie.split("; "))
        assert "Domain" not in cookie


def test_a_form_without_its_token_is_refused_with_a_page(client, sign_in):
    sign_in(client, "maya")
    reply = client.post("/account/sessions/end")
    assert reply.status_code == 400
    assert Page(reply.text).heading == "We could not read that"


def test_a_form_whose_token_is_too_old_is_shown_once_more(client, sign_in):
    sign_in(client, "maya")
    reply = client.post(
        "/groups/elm/team/invitations",
        data={"email": "new@example.org", "csrf_token": "old"},
        headers={"Sec-Fetch-Site": "same-origin"},
    )
    assert reply.status_code == 400
    page = Page(reply.text)
    assert page.heading == "What you typed is still here"
    assert page.values("/groups/elm/team/invitations")["email"] == "new@example.org"


@pytest.mark.parametrize(
    "headers",
    [
        {"Sec-Fetch-Site": "cross-site"},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site", "Origin": "http://localhost"},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Origin": "http://localhost:81"},
    ],
)
def test_another_sites_form_is_refused_whatever_token_it_carries(client, sign_in, headers):
    sign_in(client, "maya")
    fields = {"csrf_token": world.token(client), "planted": "words"}
    for data in (fields, {"planted": "words"}):
        reply = client.post("/account/sessions/end", data=data, headers=headers)
        assert reply.status_code == 403
        assert "planted" not in reply.text


def test_reading_may_start_anywhere(client):
    assert client.get("/sign-in", headers={"Sec-Fetch-Site": "cross-site"}).status_code == 200


@pytest.mark.parametrize("site", ["same-origin", "none"])
def test_our_own_forms_are_heard(client, sign_in, site):
    sign_in(client, "maya")
    token = world.token(client)
    reply = client.post("/sign-out", data={"csrf_token": token}, headers={"Sec-Fetch-Site": site})
    assert reply.status_code == 303


def test_a_page_that_declares_nothing_opens_for_nobody(app, sign_in):
    app, clock = create_app(app.config["SETTINGS"]), app.config["CLOCK"]
    app.config["CLOCK"] = clock
    app.add_url_rule("/undeclared", "undeclared", lambda: "secret")
    for person_id in world.CAST:
        assert sign_in(app.test_client(), person_id).get("/undeclared").status_code == 403
    reply = app.test_client().get("/undeclared")
    assert reply.status_code == 401
    assert "secret" not in reply.text


def test_every_page_declares_what_it_needs(app):
    undeclared = [
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if not isinstance(guard.needed_by(app, rule.endpoint), Can)
        and guard.needed_by(app, rule.endpoint) not in (guard.ANYONE, guard.PASSWORD_GIVEN)
    ]
    assert undeclared == []


OPEN_TO_ANYONE = {
    "static",
    "account.sign_in",
    "account.signing_in",
    "assets.bootstrap",
    "assets.font",
    "home.front",
    "home.health",
    "home.security",
    "letters.accept",
    "letters.choose_password",
    "letters.read",
    "monitoring.metrics",
    "monitoring.show_ready",
    "sign_on.back",
    "sign_on.join",
    "sign_on.sign_in",
}


AFTER_THE_PASSWORD = {
    "account.confirm",
    "account.sign_out",
    "passkeys.add",
    "passkeys.ask",
    "passkeys.begin",
    "passkeys.give",
    "second_step.begin",
    "second_step.confirm",
    "second_step.give",
    "second_step.show",
    "sign_on.confirm",
}


@pytest.mark.parametrize(
    ("needed", "endpoints"),
    [(guard.ANYONE, OPEN_TO_ANYONE), (guard.PASSWORD_GIVEN, AFTER_THE_PASSWORD)],
)
def test_few_pages_open_before_somebody_is_signed_in(app, needed, endpoints):
    found = {
        rule.endpoint
        for rule in app.url_map.iter_rules()
        if guard.needed_by(app, rule.endpoint) == needed
    }
    assert found == endpoints


def test_a_changing_address_cannot_be_opened_by_a_link(client, sign_in):
    reply = sign_in(client, "maya").get("/account/sessions/end")
    assert reply.status_code == 405
    assert reply.headers["Allow"] == "OPTIONS, POST"
    assert Page(reply.text).heading == "Not done that way"


def test_programs_are_told_in_json(client):
    reply = client.get("/home", headers={"Accept": "application/json"})
    assert reply.status_code == 401
    assert reply.json == {"error": "Your session has ended. Sign in again; what you typed is kept."}
    reply = client.get("/nowhere", headers={"Accept": "application/json"})
    assert reply.json == {"error": "Not found. Check the address, or start from the home page."}


def test_a_host_name_that_is_not_ours_is_refused(app):
    ours = real(app, hosts=("readiness.example",))
    client = ours.test_client()
    assert client.get("/sign-in", base_url="https://readiness.example").status_code == 200
    reply = client.get("/sign-in", base_url="https://evil.example")
    assert reply.status_code == 400
    assert "evil" not in reply.text


def test_a_fault_of_ours_is_a_page_that_tells_nothing_of_our_insides(app, client):
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.view_functions["home.front"] = guard.open_to_anyone(lambda: 1 / 0)
    reply = client.get("/")
    assert reply.status_code == 500
    assert Page(reply.text).heading == "Something went wrong on our side"
    assert "ZeroDivisionError" not in reply.text


def test_with_the_store_gone_the_answer_is_still_a_page(app, client, sign_in, store):
    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    sign_in(client, "maya")
    store.path.write_bytes(b"this is no database, and long enough to be looked at" * 100)
    for ending in ("-wal", "-shm"):
        store.path.with_name(store.path.name + ending).unlink(missing_ok=True)
    reply = client.get("/home")
    assert reply.status_code == 500
    assert Page(reply.text).heading == "Something went wrong on our side"


def test_without_its_database_the_server_says_so_and_makes_none(client, sign_in, store):
    sign_in(client, "maya")
    store.path.unlink()
    for path in ("/health", "/home"):
        reply = client.get(path)
        assert reply.status_code == 503
        assert "The database is missing" in Page(reply.text).text
    assert not store.path.exists()


def test_what_could_not_be_saved_is_said_so(app, client, sign_in):
    def full() -> str:
        raise NotSaved("This could not be saved. Try again in a minute.")

    app.view_functions["home.front"] = guard.open_to_anyone(full)
    reply = client.get("/")
    assert reply.status_code == 503
    assert "This could not be saved. Try again in a minute." in Page(reply.text).text


@pytest.mark.parametrize("key", [None, "", "easily guessed"])
def test_pages_are_refused_without_a_long_secret_key(store, key):
    with pytest.raises(SystemExit, match="Set READINESS_SECRET_KEY"):
        create_app(Settings(store.path.parent, secret_key=key))


def test_pages_are_refused_without_an_up_to_date_database(tmp_path):
    with pytest.raises(SystemExit, match="flask database migrate"):
        create_app(Settings(tmp_path / "elsewhere", "x" * 32, hosts=("readiness.example",)))


def test_pages_are_refused_where_any_name_would_be_answered_to(store):
    with pytest.raises(SystemExit, match="Set READINESS_HOSTS"):
        create_app(Settings(store.path.parent, "x" * 32))


def test_neither_a_one_time_token_nor_what_was_typed_stands_in_the_log(app, client, caplog):
    def fail(token: str) -> str:
        raise ValueError(f"could not read {token}")

    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.view_functions["letters.read"] = guard.open_to_anyone(fail)
    assert client.get("/letters/one-time-token").status_code == 500
    assert "letters.read: ValueError" in caplog.text
    assert "one-time-token" not in caplog.text


def test_behind_a_proxy_the_visitors_own_address_counts(app):
    behind = real(app, proxies=1)
    client = behind.test_client()
    addresses = set()
    behind.before_request_funcs[None].append(lambda: addresses.add(request.remote_addr))
    client.get("/", headers={"X-Forwarded-For": "203.0.113.9, 198.51.100.7"})
    assert addresses == {"198.51.100.7"}
