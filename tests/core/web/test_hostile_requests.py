"""Requests that no page of ours sends: odd methods, odd addresses, too many parts."""

from __future__ import annotations

import logging

import pytest

from readiness.core.web import guard
from tests.core.web.test_routes import address, rules
from tests.factories import sending, world
from tests.factories.page import Page

CHANGING = {"POST", "PUT", "PATCH", "DELETE"}


def test_no_address_that_changes_something_is_opened_by_a_link(app, maya):
    """A few of them look like the address of a page, and are none."""
    readable = {rule.rule for rule in app.url_map.iter_rules() if "GET" in (rule.methods or ())}
    changing = {
        rule.rule: address(app, rule, "maya")
        for rule in app.url_map.iter_rules()
        if (rule.methods or set()) & CHANGING and rule.rule not in readable
    }
    assert len(changing) > 50
    answered = {rule: maya.get(path).status_code for rule, path in changing.items()}
    assert {status for status in answered.values() if status != 405} <= {403, 404}
    assert list(answered.values()).count(405) > 50


@pytest.mark.parametrize("method", ["TRACE", "TRACK", "PATCH", "DELETE", "PROPFIND", "CONNECT"])
def test_no_address_takes_a_method_that_it_does_not_name(app, maya, method):
    for route, rule in rules(app).items():
        if route.startswith("GET"):
            reply = maya.open(address(app, rule, "maya"), method=method)
            assert reply.status_code == 405, route
            assert b"form_token" not in reply.data


@pytest.mark.parametrize(
    "path",
    ["//evil.example/", "//evil.example/%2e%2e", "/\\evil.example/", "///evil.example//home"],
)
def test_an_address_of_two_slashes_leads_to_no_other_site(client, path):
    reply = client.get("/", environ_overrides={"PATH_INFO": path})
    assert reply.status_code in (301, 308, 404)
    leads = reply.headers.get("Location", "/").removeprefix("http://localhost")
    assert leads.startswith("/")
    assert not leads.startswith(("//", "/\\"))


@pytest.mark.parametrize("path", ["/.git/config", "/.env", "/console", "/debug", "/server-status"])
def test_nothing_of_the_workshop_is_served(client, path):
    assert client.get(path).status_code == 404


def test_more_parts_than_any_page_has_are_refused(maya):
    fields = {"csrf_token": world.token(maya)} | {f"x{number}": "1" for number in range(5_001)}
    reply = sending.post(maya, "/groups/elm/counts/upload", sending.body(fields, []))
    assert reply.status_code == 413
    assert "at the most" in Page(reply.text).text


@pytest.mark.parametrize("break_", ["%0d%0a", "%0a", "%0d", "%e2%80%a8", "%1b%5b31m"])
def test_an_address_writes_no_line_of_its_own_into_the_log(app, client, caplog, break_):
    def fail(name: str) -> str:
        raise ValueError(name)

    app.config.update(TESTING=False, PROPAGATE_EXCEPTIONS=False)
    app.view_functions["assets.font"] = guard.open_to_anyone(fail)
    with caplog.at_level(logging.DEBUG):
        assert client.get(f"/fonts/x{break_}CRITICAL-planted").status_code == 500
    assert "assets.font: ValueError" in caplog.text
    assert "planted" not in caplog.text


def test_a_name_in_an_address_makes_no_header(maya):
    for path in ("/groups/elm/counts/template.csv", "/home", "/letters/x"):
        reply = maya.get(f"{path}?next=%0d%0aSet-Cookie:%20a=1&file=%0d%0aX-Planted:%201")
        assert "X-Planted" not in reply.headers
        assert "a=1" not in str(reply.headers)


@pytest.mark.parametrize("value", [-1, 10**30, True, [1], {"a": {}}, None])
@pytest.mark.parametrize("path", ["/letters/x/accept", "/account/password", "/sign-in"])
def test_json_is_taken_for_no_form(maya, path, value):
    """A number or a list where a field expects a text would end in a fault of ours."""
    fields = ("email", "name", "password", "new_password", "password_again")
    reply = maya.post(
        path, json=dict.fromkeys(fields, value), headers={"X-CSRFToken": world.token(maya)}
    )
    assert reply.status_code in (404, 422)


@pytest.mark.parametrize("body", [b'"text"', b"[1]", b"null", b"{", b"7"])
def test_json_that_is_no_object_is_taken_for_no_form(cara, body):
    headers = {"X-CSRFToken": world.token(cara)}
    path = "/groups/elm/quality/2026-Q4"
    reply = cara.post(path, data=body, content_type="application/json", headers=headers)
    assert reply.status_code < 500


def test_every_text_says_how_it_is_encoded(app, maya):
    """A browser that has to guess can be made to read a text as another one."""
    unsaid = []
    for route, rule in rules(app).items():
        if route.startswith("GET"):
            reply = maya.get(address(app, rule, "maya"), buffered=True)
            if reply.mimetype.startswith("text/") and "charset=utf-8" not in reply.content_type:
                unsaid.append(route)
    assert unsaid == []
