"""A care team uploads what it has: a table with a mistake, mended and replaced, and FHIR."""

from __future__ import annotations

import csv
import re
from contextlib import suppress
from io import StringIO

import pytest
from playwright.sync_api import Error

from tests.browser import tools
from tests.browser.demo import follow, heading, press, says, sign_in
from tests.factories.waiting import until

UPLOAD = "/groups/elm/counts/upload"
FHIR = tools.ROOT / "tests" / "data" / "fhir" / "prapare-form.json"
COUNTS = {  # eligible, screened, positive
    "food": (8_000, 3_900, 400),
    "housing": (8_000, 3_800, 300),
    "any": (8_000, 4_000, 600),
}


def columns(need, **more):
    eligible, screened, positive = COUNTS[need]
    return {"eligible": eligible, "screened": screened, "positive": positive, **more}


def filled(page, **of_food):
    """The group's own template, with the newest closed quarter filled in."""
    fetched = page.request.get("/groups/elm/counts/template.csv")
    lines = list(csv.DictReader(StringIO(fetched.body().decode("utf-8-sig"))))
    wanted = []
    for need in COUNTS:
        line = next(each for each in lines if each["need"] == need)
        line |= {"site_id": "ALL", **columns(need, **(of_food if need == "food" else {}))}
        wanted.append(line)
    text = StringIO()
    book = csv.DictWriter(text, list(lines[0]))
    book.writeheader()
    book.writerows(wanted)
    return text.getvalue().encode()


def hand_over(page, name, content):
    page.goto(UPLOAD)
    page.get_by_label("Files", exact=True).set_input_files(
        {"name": name, "mimeType": "text/plain", "buffer": content}
    )
    page.get_by_role("button", name="Read the files").click()
    found = page.get_by_role("heading", level=1, name=re.compile("would change|could be taken"))
    reading = page.get_by_role("link", name="See how far it is")
    found.or_(reading).wait_for()
    if found.count():
        return

    def settled():
        page.wait_for_timeout(1_000)  # a script opens the result by itself
        if not found.count():
            with suppress(Error):  # and may do so at the same moment
                page.goto(page.url)
        return found.count()

    until(settled)


@pytest.fixture(params=[True, False], ids=["with scripts", "without"])
def team(browser, live, request):
    with tools.window(browser, base_url=live, java_script_enabled=request.param) as page:
        sign_in(page, "team")
        yield page


def test_a_table_is_mended_saved_and_replaced(browser, live):
    with tools.window(browser, base_url=live) as page:
        sign_in(page, "team")
        page.goto("/groups/elm/counts")
        follow(page, "Upload screens or counts")
        wrong = filled(page, positive=3_950)
        hand_over(page, "counts.csv", wrong)
        says(page, "Nothing of this file could be taken", "file 1, line 2, positive")
        tools.check_accessibility(page)

        mended = filled(page)
        hand_over(page, "counts.csv", mended)
        assert heading(page) == "What this upload would change"
        tools.check_accessibility(page)
        press(page, "Save what is ticked")
        says(page, re.compile(r"Saved: \d+ counts changed"))
        assert page.get_by_label("Food, Need found", exact=True).input_value() == "400"
        says(page, "50% of eligible patients were screened")

        later = filled(page, positive=410)
        hand_over(page, "counts.csv", later)
        box = page.get_by_label(re.compile("^Replace the counts of"))
        assert not box.is_checked()
        assert page.get_by_role("row", name=re.compile("^Food")).first.inner_text().count("now 400")
        press(page, "Save what is ticked")
        says(page, "Tick at least one quarter to save.")
        tools.check_accessibility(page)
        box.check()
        press(page, "Save what is ticked")
        assert page.get_by_label("Food, Need found", exact=True).input_value() == "410"
        follow(page, "History of these counts")
        says(page, "from an upload")
        page.goto(UPLOAD)
        says(page, re.compile("replaced on"))
        hand_over(page, "again.csv", later)
        says(page, "The same content was handed over before", "all the same as what stands now")
        press(page, "Discard this upload")
        says(page, "Nothing of the file is kept.")


def test_screens_from_an_ehr_become_counts(team):
    hand_over(team, FHIR.name, FHIR.read_bytes())
    says(team, "1 row read.")
    press(team, "Discard this upload")
    says(team, "Nothing of the file is kept.")


def test_a_file_that_is_too_large_is_refused_before_it_is_sent(page):
    sign_in(page, "team")
    page.goto(UPLOAD)
    page.evaluate("document.querySelector('[data-upload]').dataset.most = 10")
    page.get_by_label("Files", exact=True).set_input_files(
        {"name": "a.csv", "mimeType": "text/csv", "buffer": b"x" * 20}
    )
    page.get_by_role("button", name="Read the files").click()
    says(page, re.compile("These files are larger than"))
    page.evaluate("document.querySelector('[data-upload]').dataset.most = 1e9")
    page.get_by_role("button", name="Read the files").click()
    says(page, re.compile("one has at least two columns"))


def test_no_file_is_said_with_and_without_scripts(team):
    team.goto(UPLOAD)
    team.get_by_role("button", name="Read the files").click()
    says(team, "Choose a file.")
