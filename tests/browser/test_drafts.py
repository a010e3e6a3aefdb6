"""A draft in the browser belongs to whoever typed it, and is saved only when they say so."""

from __future__ import annotations

import re
from contextlib import closing

import pytest

from app import create_app
from readiness.assessments.db import assessments
from readiness.assessments.service import answering
from readiness.core.config import Settings
from readiness.core.db import Session, Store
from readiness.core.migrations import migrate
from readiness.core.people import Actor, Membership, Role
from tests.browser import tools
from tests.browser.server import serving
from tests.factories import world

HERE = "/assessments/a1/domains/LEAD"
NOTE = "Only in my head yet"
SAVED = re.compile(r"^Saved \d\d:\d\d$")


@pytest.fixture
def data(tmp_path):
    maya = Membership("m", "maya", Role.PRACTICE_MANAGER, group_id="elm")
    with closing(Store.create(tmp_path / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        session = Session(store, Actor("maya", "Maya", (maya,)), world.NOW)
        answering.start(session, "elm", "a1")
    return tmp_path


@pytest.fixture
def page(browser, data):
    app = create_app(Settings(data, secret_key="x" * 32, is_demo=True, quick_hashing=True))
    with serving(app) as address, tools.window(browser, base_url=address) as opened:
        yield opened


def sign_in(page, person_id):
    tools.sign_in(page, world.email(person_id), world.PASSWORD)


def item(page):
    return page.locator("#LEAD-1")


def note(page):
    return item(page).get_by_label("Evidence note")


def box(page):
    return item(page).get_by_role("group", name="Typed by you before")


def type_a_draft(page):
    """Nothing of it reaches the server: without an answer a note is not saved."""
    sign_in(page, "maya")
    page.goto(HERE)
    note(page).fill(NOTE)
    item(page).get_by_text("your note is not saved until then").wait_for()


def end_session(page):
    """As time would; the tab stays open."""
    page.context.clear_cookies()


def saved(data):
    with closing(Store(data / "readiness.db")) as store:
        return assessments.answers(store, "a1")


def stored(page):
    return page.evaluate("JSON.stringify(sessionStorage)")


def test_the_next_person_in_this_tab_neither_sees_nor_saves_what_was_typed(page, data):
    type_a_draft(page)
    assert NOTE in stored(page)
    end_session(page)
    sign_in(page, "cara")
    page.goto(HERE)
    page.wait_for_function("document.documentElement.classList.contains('scripted')")
    assert note(page).input_value() == ""
    assert not box(page).is_visible()
    assert stored(page) == "{}"
    assert not saved(data)


def test_its_own_person_finds_it_again_and_it_is_not_saved_unasked(page, data):
    type_a_draft(page)
    item(page).get_by_role("radio", name="1 Ad hoc").check()
    item(page).get_by_text(SAVED).wait_for()
    with page.context.expect_event("request", lambda sent: sent.method == "PUT"):
        page.route("**/items/LEAD-1", lambda route: route.abort())
        note(page).fill("Typed while nothing gets through")
    end_session(page)
    page.unroute("**/items/LEAD-1")
    sign_in(page, "maya")
    page.goto(HERE)
    box(page).get_by_text("Typed while nothing gets through").wait_for()
    item(page).get_by_text("Not saved yet: keep or discard what you typed before.").wait_for()
    assert note(page).input_value() == NOTE
    tools.check_accessibility(page)
    page.reload()  # undecided, it is still there
    box(page).get_by_role("button", name="Keep it").click()
    item(page).get_by_text(SAVED).wait_for()
    assert note(page).input_value() == "Typed while nothing gets through"
    assert saved(data)["LEAD-1"].answer.note == "Typed while nothing gets through"
    assert stored(page) == "{}"


def test_discarded_it_is_gone(page, data):
    type_a_draft(page)
    page.reload()
    box(page).get_by_role("button", name="Discard it").click()
    item(page).get_by_text("Discarded.").wait_for()
    assert (note(page).input_value(), stored(page)) == ("", "{}")
    page.reload()
    page.wait_for_function("document.documentElement.classList.contains('scripted')")
    assert not box(page).is_visible()
    assert not saved(data)


def test_signing_out_clears_the_drafts_of_every_tab(page):
    type_a_draft(page)
    other = page.context.new_page()
    other.goto("/home")
    other.get_by_role("button", name="Sign out").click()
    other.get_by_text("You are signed out.").wait_for()
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/sign-in")
    assert stored(page) == "{}"
