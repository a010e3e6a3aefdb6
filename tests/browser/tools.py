"""What a journey needs: the browser, the accessibility rules, and a look at every width."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import pytest
from playwright.sync_api import Browser, ConsoleMessage, Page

ROOT = Path(__file__).parents[2]
AXE = ROOT / "node_modules" / "axe-core" / "axe.min.js"
NAMES = ("chromium-headless-shell", "chromium", "chromium-browser", "google-chrome")
NO_CHROMIUM = "No Chromium was found; for the journeys: apt-get install chromium-headless-shell"
STANDARDS = {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]}
BY_LOOK = {  # the rules that hang on width or color; the others hang on the markup alone
    "type": "rule",
    "values": [
        "color-contrast",
        "link-in-text-block",
        "scrollable-region-focusable",
        "target-size",
    ],
}
LOOKS: tuple[tuple[Literal["light", "dark"], int, dict[str, Any]], ...] = (
    ("light", 360, STANDARDS),
    ("dark", 1280, BY_LOOK),
)
HEIGHT = 900
PATIENCE = 180_000  # ms: a busy machine is no failure


def is_browser_required() -> bool:
    return os.environ.get("READINESS_REQUIRE_BROWSER") == "1"


def lacking(sentence: str) -> None:
    """Skip, or fail where the machine has promised a browser."""
    __tracebackhide__ = True
    if is_browser_required():
        pytest.fail(sentence, pytrace=False)
    pytest.skip(sentence)


def found_chromium() -> str | None:
    return next(filter(None, map(shutil.which, NAMES)), None)


def chromium() -> str:
    found = found_chromium()
    if not found:
        lacking(NO_CHROMIUM)
    return str(found)


def axe_script() -> Path:
    if not AXE.exists():
        lacking("The accessibility rules are missing; install npm, then run script/test again")
    return AXE


@contextmanager
def window(browser: Browser, **options: Any) -> Iterator[Page]:
    """A new window, with our content policy in force, that fails its test when a page had a fault.

    Nothing moves in it: a color caught half-way through a transition has no honest contrast.
    """
    context = browser.new_context(
        **{"viewport": {"width": 1280, "height": HEIGHT}, "reduced_motion": "reduce", **options}
    )
    context.set_default_timeout(PATIENCE)
    page = context.new_page()
    faults: list[str] = []
    page.on("pageerror", lambda error: faults.append(str(error)))
    page.on("console", lambda said: faults.append(said.text) if is_refusal(said) else None)
    page.on("response", lambda r: faults.append(f"{r.status} {r.url}") if r.status >= 500 else None)
    try:
        yield page
    finally:
        context.close()
    assert not faults, "\n".join(faults)


def is_refusal(said: ConsoleMessage) -> bool:
    """True when the content policy stopped something of ours, not of the rules that look on."""
    return "Content Security Policy" in said.text and said.location["url"] != AXE.name


def sign_in(page: Page, email: str, password: str) -> None:
    page.goto("/sign-in")
    page.get_by_label("E-mail address").fill(email)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Sign in", exact=True).click()
    page.get_by_role("button", name="Sign out").wait_for()


def violations(page: Page, chosen: dict[str, Any]) -> list[str]:
    """What axe finds on the page as it stands, a line for each place."""
    if not page.evaluate("'axe' in window"):  # the rules stay on a page until it is left
        page.evaluate(axe_script().read_text(encoding="utf-8") + f"; 0 //# sourceURL={AXE.name}")
    options = {"runOnly": chosen, "resultTypes": ["violations"]}  # what passes is not told apart
    found = page.evaluate("options => axe.run(document, options)", options)
    return [
        f"{rule['id']}: {rule['help']}: {node['html']}"
        for rule in found["violations"]
        for node in rule["nodes"]
    ]


def sideways(page: Page) -> int:
    """By how many pixels the page is wider than the window."""
    return int(
        page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    )


def check_accessibility(page: Page, address: str = "") -> None:
    """No violation, and no sideways scrolling: once light, once dark, once on a phone, once on a
    desk. What one of them does to the page hangs on the other in nothing we know of."""
    if address:
        page.goto(address)
    before = page.viewport_size
    for scheme, width, rules in LOOKS:
        page.emulate_media(color_scheme=scheme)
        page.set_viewport_size({"width": width, "height": HEIGHT})
        here = f"{page.url}, {scheme}, {width} px"
        assert violations(page, rules) == [], here
        assert sideways(page) <= 0, f"{here}: wider than the window"
    page.emulate_media(color_scheme="light")
    if before:
        page.set_viewport_size(before)
