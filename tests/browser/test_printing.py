"""A document that takes longer than a page may: it is followed, opens by itself, can be stopped."""

from __future__ import annotations

import pytest

from tests.browser import demonstration, tools
from tests.browser.demo import follow, heading, press, says, sign_in

GROUP = "/payers/harbor/groups/birch"


@pytest.fixture
def page(browser, filled, tmp_path):
    """On a server that waits for no document."""
    with (
        demonstration.served(filled, tmp_path / "data", patience=0) as address,
        tools.window(browser, base_url=address) as opened,
    ):
        sign_in(opened, "payer")
        opened.goto(GROUP)
        yield opened


def test_it_opens_when_it_is_printed(page):
    with page.expect_response(is_pdf):
        follow(page, "Action plan as PDF")
        assert heading(page) == "action-plan.pdf is being printed"


def test_it_is_stopped_on_a_page_that_everybody_can_read(page):
    page.route("**/progress", lambda _: None)  # no answer: the page stays
    follow(page, "Brief on two pages as PDF")
    tools.check_accessibility(page)
    press(page, "Stop printing")
    says(page, "The printing was stopped.")
    assert page.url.endswith(GROUP)


def is_pdf(reply):
    return reply.headers.get("content-type") == "application/pdf"
