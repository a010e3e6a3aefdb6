"""A newcomer maps the columns of a flat export and ends at saved counts; next time only uploads."""

from __future__ import annotations

import re
from contextlib import suppress
from datetime import date

import pytest
from playwright.sync_api import Error, FilePayload

from tests.browser import tools
from tests.browser.demo import follow, heading, press, says, sign_in
from tests.factories import flat_tables
from tests.factories.waiting import until

FIRST = date(2026, 7, 1)
FILE: FilePayload = {
    "name": "report.csv",
    "mimeType": "text/csv",
    "buffer": flat_tables.table(48, FIRST),
}
ASKS = re.compile("^What the columns mean")


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def has_scripts(request):
    return request.param


@pytest.fixture
def team(browser, live, has_scripts):
    with tools.window(browser, base_url=live, java_script_enabled=has_scripts) as page:
        sign_in(page, "team")
        without_mappings(page)
        yield page


def without_mappings(page):
    """What the demonstration has saved, and what the walk before this one did."""
    page.goto("/groups/elm/counts/mappings")
    while page.get_by_role("button", name="Delete").count():
        page.get_by_role("button", name="Delete").first.click()
        says(page, re.compile("^Deleted the mapping"))


def read_through(page):
    """Until the upload's own page; without scripts nothing opens it by itself."""
    found = page.get_by_role("heading", level=1, name="What this upload would change")

    def settled():
        page.wait_for_timeout(1_000)
        if not found.count():
            with suppress(Error):
                page.goto(page.url)
        return found.count()

    until(settled)


def choose_and_read(page):
    page.goto("/groups/elm/counts")
    follow(page, "Upload screens or counts")
    page.get_by_label("Files", exact=True).set_input_files(FILE)
    page.get_by_role("button", name="Read the files").click()


def save(page):
    page.get_by_role("button", name="Save this mapping and show the counts").click()


def test_a_newcomer_maps_a_flat_export_and_next_time_only_uploads(team, has_scripts):
    choose_and_read(team)
    team.get_by_role("heading", level=1, name=ASKS).wait_for()
    if has_scripts:
        assert team.evaluate("document.activeElement.tagName") == "H1"
        assert team.title().startswith("What the columns mean")
        assert team.url.endswith("/groups/elm/counts/upload")
        tools.check_accessibility(team)
    assert team.get_by_label("Patient Name", exact=True).input_value() == ""
    assert team.get_by_label("Food Insecurity", exact=True).input_value() == "need.food"
    assert "Jo1" not in team.content()
    team.get_by_label("Mixed heritage").select_option("Two or more of these")
    save(team)
    says(team, "There is a problem", "Give the mapping a name, such as")
    assert team.get_by_label("Mixed heritage").input_value() == "multiple"
    if has_scripts:
        assert team.evaluate("document.activeElement.id") == "errors"
        tools.check_accessibility(team)
    else:
        says(team, "Choose the file.")
        team.get_by_label("The same file, once more").set_input_files(FILE)
    team.get_by_label("Name of this mapping").fill("Monthly report")
    save(team)
    read_through(team)
    says(team, "Read by the mapping “Monthly report”.", "48 rows read.")
    box = team.get_by_label(re.compile("^(Use these counts|Replace the counts)"))
    box.check()
    press(team, "Save what is ticked")
    says(team, re.compile("^Saved: |^Saved. Nothing differed"))
    assert team.get_by_label("Food, Need found", exact=True).input_value() == "8"

    choose_and_read(team)
    read_through(team)
    says(team, "Read by the mapping “Monthly report”.")
    follow(team, "Change this mapping")
    team.get_by_label("Files", exact=True).set_input_files(FILE)
    team.get_by_role("button", name="See or change what the columns mean").click()
    team.get_by_role("heading", level=1, name=ASKS).wait_for()
    assert team.get_by_label("Name of this mapping").input_value() == "Monthly report"
    assert team.get_by_label("Mixed heritage").input_value() == "multiple"


def test_the_box_that_turns_a_yes_around_is_there_for_needs_alone(browser, live):
    with tools.window(browser, base_url=live) as page:
        sign_in(page, "team")
        without_mappings(page)
        choose_and_read(page)
        page.get_by_role("heading", level=1, name=ASKS).wait_for()
        box = page.get_by_label("Here a yes means no need: Race")
        assert not box.is_visible()
        page.get_by_label("Race", exact=True).select_option("Stress")
        assert box.is_visible()


def test_a_table_without_headings_is_told_in_words_that_name_nobody(browser, live):
    with tools.window(browser, base_url=live) as page:
        sign_in(page, "team")
        page.goto("/groups/elm/counts/upload")
        wrong: FilePayload = {**FILE, "buffer": b"A1000001,1/2/1980,Yes\n"}
        page.get_by_label("Files", exact=True).set_input_files(wrong)
        page.get_by_role("button", name="Read the files").click()
        says(page, re.compile("Put the headings above the rows"))
        assert heading(page) == "Nothing of this file could be taken"
        assert "A1000001" not in page.inner_text("main")
