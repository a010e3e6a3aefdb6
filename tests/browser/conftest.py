"""A served demonstration and a real browser to walk through it.

`live` is the address of a fresh copy of the demonstration for each test module; `page` is a new,
signed-out browser window on it. Where no Chromium is found every journey is skipped.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from tests.browser import demonstration, tools


def pytest_collection_modifyitems(items: list[Any]) -> None:
    is_skipped = not tools.found_chromium() and not tools.is_browser_required()
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)
            if is_skipped:
                item.add_marker(pytest.mark.skip(reason=tools.NO_CHROMIUM))


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    found = tools.chromium()
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(
            executable_path=found,
            args=["--no-sandbox", "--disable-dev-shm-usage"],  # as root, and with little memory
        )
        yield launched
        launched.close()


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory, browser: Browser) -> Path:
    return demonstration.filled_once(tmp_path_factory)


@pytest.fixture(scope="module")
def live(filled: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with demonstration.served(filled, tmp_path_factory.mktemp("live")) as address:
        yield address


@pytest.fixture
def page(browser: Browser, live: str) -> Iterator[Page]:
    with tools.window(browser, base_url=live) as opened:
        yield opened
