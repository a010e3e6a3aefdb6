"""A practice manager's whole way: from the task list to the printed plan."""

from __future__ import annotations

import re

from tests.browser import tools
from tests.browser.demo import follow, heading, is_in_view, press, says, sign_in

SAVED = re.compile(r"^Saved \d\d:\d\d$")
ASSESSMENT = re.compile(r"^Assessment \d{4}")
CONFIRM = "Still true: re-confirm last time"
NOTE = "Minutes of the March meeting, quality folder, kept by the quality lead."


def test_from_the_task_list_to_the_printed_plan(page, browser, live):
    sign_in(page, "manager")
    says(page, "Elm Valley Physicians (invented)", re.compile("Q[1-4] 20.. missing"))
    describe_the_group(page)
    confirm_what_was_carried(page)
    answer_in_every_way(page)
    with tools.window(browser, base_url=live) as second:
        meet_a_second_window(page, second)
    mend_what_the_check_finds(page)
    reference = sign_and_submit(page)
    read_the_result(page, reference)
    change_an_action(page)
    download(page)


def describe_the_group(page):
    """A fact of the group decides what may not apply to it."""
    follow(page, "About your group")
    page.get_by_role("textbox", name="Practice sites").fill("three")
    press(page, "Save")
    says(page, "There is a problem")
    assert page.get_by_role("textbox", name="Practice sites").input_value() == "three"
    page.get_by_role("textbox", name="Practice sites").fill("3")
    page.get_by_role("group", name="A governing body separate").get_by_role(
        "radio", name="No", exact=True
    ).check()
    press(page, "Save")
    says(page, "Saved.")
    assert heading(page).startswith("Assessment")


def confirm_what_was_carried(page):
    """Domain by domain, each re-confirmed answer is saved at once and said so."""
    says(page, "22 of 57 answered, 35 to re-confirm")
    domains = page.locator(".task-list li", has_text="to re-confirm").get_by_role("link")
    for name in domains.all_inner_texts():
        follow(page, name)
        while page.get_by_label(CONFIRM).count():
            item = page.locator("[data-item]", has=page.get_by_label(CONFIRM)).first
            item_id = item.get_attribute("id")
            item.get_by_label(CONFIRM).check()
            saved = page.locator(f"#{item_id}")
            saved.get_by_text(SAVED).wait_for()
            saved.get_by_label(CONFIRM).wait_for(state="detached")
        here = page.locator("[data-here]").inner_text()
        assert re.fullmatch(r"(\d+) of \1 answered on this page", here)
        follow(page, ASSESSMENT)
    says(page, "57 of 57 answered")


def answer_in_every_way(page):
    """A level by key, a don't-know, a "not applicable" with its reason; a note that is missing."""
    follow(page, "Leadership, governance")
    lead = page.locator("#LEAD-3")
    lead.get_by_role("radio", name="1 Ad hoc").focus()
    page.keyboard.press("d")
    lead.get_by_text(SAVED).wait_for()
    assert lead.get_by_role("radio", name="Don’t know").is_checked()
    board = page.locator("#LEAD-2")
    board.get_by_role("radio", name="Not applicable").check()
    board.get_by_text("Say why it does not apply: not saved until then.").wait_for()
    board.get_by_label("Why it does not apply").fill("The partners run the group themselves.")
    board.get_by_text(SAVED).wait_for()
    note = page.locator("#LEAD-4").get_by_label("Evidence note")
    page.locator("#LEAD-4").get_by_role("radio", name="3 Deployed").check()
    note.fill("")
    page.locator("#LEAD-4").get_by_text(SAVED).wait_for()
    press(page, "Save and go on")
    assert heading(page).startswith("Measurement")
    page.goto("/home")
    follow(page, ASSESSMENT)
    follow(page, "Social-risk assessment and response")
    reach = page.locator("#SOCR-2")
    reach.get_by_role("radio", name="4 Improving").check()
    reach.get_by_label("Evidence note").fill(NOTE)
    reach.get_by_text(SAVED).wait_for()


def meet_a_second_window(page, second):
    """Whoever saves second sees both answers, and nothing is overwritten."""
    sign_in(second, "manager")
    second.goto(page.url)
    mine, theirs = page.locator("#SOCR-7"), second.locator("#SOCR-7")
    first, other, *_ = (
        label
        for label in ("0 Absent", "1 Ad hoc", "2 Defined")
        if not mine.get_by_role("radio", name=label).is_checked()
    )
    mine.get_by_role("radio", name=first).check()
    mine.get_by_text(SAVED).wait_for()
    theirs.get_by_role("radio", name=other).check()
    clash = theirs.get_by_role("alert")
    clash.get_by_text("Saved by Morgan Demo").wait_for()
    for each in (first, other):
        assert clash.get_by_text(f"Level {each.replace(' ', ': ', 1)}").is_visible()
    tools.check_accessibility(second)
    clash.get_by_role("button", name="Take this one").click()
    theirs.get_by_text(SAVED).wait_for()
    assert theirs.get_by_role("radio", name=first).is_checked()


def mend_what_the_check_finds(page):
    """What is missing and what the counts contradict, each with a link that lands on the item."""
    follow(page, ASSESSMENT)
    follow(page, "Check your answers and submit")
    says(page, "Evidence note missing (1)", "Claimed more than the counts show (1)")
    assert page.get_by_role("link", name="Go on to sign and submit").count() == 0
    follow(page, "LEAD-4 Money and time set aside")
    item = page.locator("#LEAD-4")
    assert is_in_view(item)
    item.get_by_label("Evidence note").fill(NOTE)
    item.get_by_text(SAVED).wait_for()
    follow(page, ASSESSMENT)
    follow(page, "Check your answers and submit")
    follow(page, re.compile("^SOCR-2"))
    assert is_in_view(page.locator("#SOCR-2"))
    page.go_back()
    says(page, "Everything that is needed is here.")


def sign_and_submit(page):
    follow(page, "Go on to sign and submit")
    says(page, "Harbor Mutual (invented payer) will see your levels")
    page.get_by_label("Your name").fill("Morgan Demo")
    press(page, "Sign and submit")
    says(page, "There is a problem")
    assert page.get_by_label("Your name").input_value() == "Morgan Demo"
    page.get_by_role("checkbox").check()
    press(page, "Sign and submit")
    assert heading(page) == "Submitted"
    reference = page.locator(".reference").inner_text()
    assert re.fullmatch(r"\d{4}-ELM-[2-9A-Z]{4}", reference)
    return reference


def read_the_result(page, reference):
    """The tier, what holds it back, the way up, the domains; the two values kept apart."""
    follow(page, "See the result")
    assert heading(page) == "Result"
    assert re.match(r"T\d ", page.locator(".tier.large").inner_text().strip())
    says(page, "What holds it back", "The way to", "Claimed, supported, validated")
    assert page.locator(".checklist li").count() >= 1
    says(page, reference)
    follow(page, "Open the action plan")


def change_an_action(page):
    assert heading(page) == "Action plan"
    page.get_by_role("link", name=re.compile("^Change ")).first.click()
    title = heading(page)
    page.get_by_label("Who answers for it").fill("Dana from quality")
    page.get_by_label("Status").select_option("under way")
    press(page, "Save")
    assert heading(page) == "Action plan"
    action = page.get_by_role("region", name=title)
    assert action.get_by_text("Dana from quality").is_visible()
    assert action.get_by_text("Under way").is_visible()


def download(page):
    address = page.get_by_role("link", name="US Letter").get_attribute("href")
    printed = page.request.get(address)
    assert printed.ok
    assert printed.body().startswith(b"%PDF")
    assert len(printed.body()) > 20_000
