"""Who there is in the demonstration, and what people do on every page."""

from __future__ import annotations

import re
from typing import Any

from playwright.sync_api import Locator, Page

from readiness.demo.fill import PASSWORD
from tests.browser import tools


def sign_in(page: Page, who: str) -> None:
    tools.sign_in(page, f"{who}@example.org", PASSWORD)


def follow(page: Page, name: Any) -> None:
    """Until the next page is whole: half a page shows nothing to re-confirm, for one."""
    open_link(page.get_by_role("link", name=name).first)


def open_link(link: Locator) -> None:
    """Until the next page is whole: before that none of its scripts hears anything."""
    with link.page.expect_navigation():
        link.click()


def press(page: Page, name: Any) -> None:
    """A button that sends a form; until the answer is whole."""
    with page.expect_navigation():
        page.get_by_role("button", name=name).click()


def heading(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def says(page: Page, *sentences: Any) -> None:
    """The page tells the person so; waits for it a while."""
    for sentence in sentences:
        page.get_by_text(sentence).first.wait_for()


def is_in_view(place: Locator) -> bool:
    """True when at least its top stands in the window."""
    return bool(
        place.evaluate(
            "e => { const top = e.getBoundingClientRect().top;"
            " return top >= -1 && top < innerHeight }"
        )
    )


def enter_money(page: Page, what: str, amount: str) -> None:
    page.get_by_role("radio", name=re.compile(f"^{what}")).check()
    page.get_by_label("Amount, in dollars").fill(amount)
    press(page, "Enter")
    says(page, "Entered.")
