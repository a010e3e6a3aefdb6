"""What people meet in pages while the disk takes nothing, and that they can go on afterwards."""

from __future__ import annotations

from contextlib import closing

import pytest

from app import create_app
from readiness.assessments.db import assessments
from readiness.core.db import Store
from readiness.counts.db import social_risk
from tests.conftest import job_threads, settings_for
from tests.factories import assessments as sheets
from tests.factories import sending, world
from tests.factories.completion import complete_page
from tests.factories.page import Page
from tests.factories.social_risk_counts import GOOD, typed
from tests.factories.waiting import until

OURS = {"Sec-Fetch-Site": "same-origin"}  # as a browser sends a page of ours
QUARTER = "/groups/elm/counts/2026-Q4"
UPLOAD = "/groups/elm/counts/upload"
NOTE = "The charter was signed in May; minutes are kept."


@pytest.fixture
def made(store):
    return sheets.started(store, world.NOW)


@pytest.fixture
def domain(made):
    return f"/assessments/{made.id}/domains/LEAD"


def send(client, path, **fields):
    return client.post(path, data={"csrf_token": world.token(client), **fields}, headers=OURS)


def stored(app):
    return closing(Store(app.config["SETTINGS"].database))


def test_an_answer_sent_without_javascript_comes_back_filled_and_is_sent_again(
    app, made, domain, maya, takes_nothing
):
    page = Page(maya.get(domain).text)
    heading, fields = page.heading, page.values(domain)
    fields |= {"LEAD-1.choice": "2", "LEAD-1.note": NOTE, "go": "stay"}
    with takes_nothing():
        reply = maya.post(domain, data=fields, headers=OURS)
        assert reply.status_code == 503
        page = Page(reply.text)
        assert page.heading == "What you typed is still here"
        assert "This could not be saved" in page.one("main").text
        assert NOTE in page.one("dl").text
        assert Page(maya.get(domain).text).heading == heading
    assert maya.post(domain, data=page.values(domain), headers=OURS).status_code == 303
    with stored(app) as store:
        assert sheets.answer_in(store, made.id, "LEAD-1").note == NOTE


def test_an_answer_sent_by_the_script_is_refused_in_words_and_sent_again(
    app, made, maya, takes_nothing
):
    headers = {"X-CSRFToken": world.token(maya), "Accept": "application/json"}
    answer = {"json": {"choice": "2", "note": NOTE, "base": 0}, "headers": headers}
    path = f"/assessments/{made.id}/items/LEAD-1"
    with takes_nothing():
        reply = maya.put(path, **answer)
        assert reply.status_code == 503
        assert reply.json["error"].startswith("This could not be saved")
        assert reply.json["error"].endswith("tell your administrator.")
    with stored(app) as store:
        assert "LEAD-1" not in assessments.answers(store, made.id)
    assert maya.put(path, **answer).status_code == 200
    with stored(app) as store:
        assert sheets.answer_in(store, made.id, "LEAD-1").note == NOTE


def test_a_quarter_is_released_whole_or_not_at_all(app, cara, takes_nothing):
    fields = Page(cara.get(QUARTER).text).values(QUARTER) | typed(GOOD) | {"do": "complete"}
    with takes_nothing():
        reply = cara.post(QUARTER, data=fields, headers=OURS)
        assert reply.status_code == 503
        again = Page(reply.text).values(QUARTER)
        assert typed(GOOD).items() <= again.items()
        assert "Nothing is released yet" in cara.get(f"{QUARTER}/released").text
    with stored(app) as store:
        assert social_risk.of_group(store, "elm") == {}
    assert complete_page(cara, QUARTER, again, headers=OURS).status_code == 303
    assert "Release 1 of Q4 2026" in cara.get(f"{QUARTER}/released").text


def test_what_was_agreed_to_leaves_whole_or_not_at_all(cara, takes_nothing):
    fields = Page(cara.get(QUARTER).text).values(QUARTER) | typed(GOOD) | {"do": "complete"}
    asked = cara.post(QUARTER, data=fields, headers=OURS)
    sure = {**Page(asked.text).values(QUARTER), "do": "confirm"}
    with takes_nothing():
        assert cara.post(QUARTER, data=sure, headers=OURS).status_code == 503
        assert "Nothing is released yet" in cara.get(f"{QUARTER}/released").text
    assert cara.post(QUARTER, data=sure, headers=OURS).status_code == 303
    assert "Release 1 of Q4 2026" in cara.get(f"{QUARTER}/released").text


def test_a_file_is_refused_in_words_and_nothing_of_it_is_shown_again(cara, takes_nothing):
    screen = b'{"resourceType": "Patient", "id": "food"}'
    token = world.token(cara)
    whole = sending.body({"csrf_token": token}, [("files", "screens.json", screen)])
    with takes_nothing():
        reply = sending.post(cara, UPLOAD, whole, headers=OURS)
        assert reply.status_code == 503
        page = Page(reply.text)
        assert "This could not be saved" in page.text
        assert "food" not in page.text
    reply = sending.post(cara, UPLOAD, whole, headers=OURS)
    assert reply.status_code == 303
    until(lambda: not job_threads())


def test_nobody_is_signed_in_or_told_whether_the_password_was_right(client, takes_nothing):
    email = world.email("maya")
    with takes_nothing():
        for password in (world.PASSWORD, "not the password"):
            reply = send(client, "/sign-in", email=email, password=password)
            assert reply.status_code == 503
            page = Page(reply.text)
            assert "Nobody can be signed in just now" in page.text
            assert page.values("/sign-in")["email"] == email
            assert not client.get_cookie("session")
    reply = send(client, "/sign-in", email=email, password=world.PASSWORD)
    assert reply.status_code == 303


def test_whoever_leaves_a_browser_is_signed_out_of_it(client, maya, takes_nothing):
    with takes_nothing():
        reply = send(maya, "/sign-out")
        assert reply.status_code == 303
        assert "signed out of this browser" in client.get(reply.location).text
        assert client.get("/home").status_code == 401


def test_passwords_are_never_shown_again(maya, takes_nothing):
    new = "a new and rather long password"
    with takes_nothing():
        reply = send(
            maya, "/account/password", password=world.PASSWORD, new_password=new, password_again=new
        )
        assert reply.status_code == 503
        assert new not in reply.text
        assert world.PASSWORD not in reply.text


def test_nothing_is_shown_again_where_no_page_of_ours_sent_it(domain, maya, takes_nothing):
    fields = Page(maya.get(domain).text).values(domain) | {
        "LEAD-1.choice": "2",
        "LEAD-1.note": NOTE,
    }
    with takes_nothing():
        reply = maya.post(domain, data=fields)
        assert reply.status_code == 503
        assert NOTE not in reply.text


def test_the_server_starts_while_the_disk_takes_nothing(move, takes_nothing, tmp_path):
    with takes_nothing():
        app = create_app(settings_for(tmp_path / "disk" / "readiness.db"))
        assert app.test_client().get("/health").text == "ok"
