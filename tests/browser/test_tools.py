"""The journeys' own instruments: they must be able to see what is wrong."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page

from tests.browser import tools

POLICY = """<meta http-equiv="Content-Security-Policy"
content="default-src 'none'; img-src data:">"""
BROKEN = """<!doctype html><html><head></head><body bgcolor="#fff">
<img src="data:,"><input name="x"><p><font color="#ccc">pale</font></p></body></html>"""
WIDE = '<!doctype html><html lang="en"><title>x</title><p style="width:2000px">wide</p></html>'
SOUND = """<!doctype html><html lang="en"><head><title>Sound</title></head>
<body><main><h1>Sound</h1><p>Nothing is wrong here.</p></main></body></html>"""


def test_scripts_and_journeys_look_for_the_same_browsers():
    assert " ".join(tools.NAMES) in (tools.ROOT / "script" / "common.sh").read_text("utf-8")


@pytest.fixture
def blank(browser: Browser) -> Iterator[Page]:
    with tools.window(browser) as page:
        yield page


@pytest.mark.parametrize("policy", ["", POLICY], ids=["plain", "under our content policy"])
def test_a_broken_page_is_reported(blank, policy):
    blank.set_content(BROKEN.replace("<head>", f"<head>{policy}"))
    found = {line.split(":")[0] for line in tools.violations(blank, tools.STANDARDS)}
    assert found >= {"image-alt", "label", "html-has-lang", "document-title", "color-contrast"}


def test_every_rule_by_look_is_one_of_the_standards(blank):
    blank.set_content(SOUND)
    tools.violations(blank, tools.STANDARDS)
    tags = str(tools.STANDARDS["values"])
    known = blank.evaluate(f"axe.getRules({tags}).map(rule => rule.ruleId)")
    assert set(tools.BY_LOOK["values"]) <= set(known)


def test_a_sound_page_passes_in_every_width_and_scheme(blank):
    blank.set_content(SOUND)
    tools.check_accessibility(blank)


def test_a_page_that_scrolls_sideways_is_reported(blank):
    blank.set_content(WIDE)
    assert tools.sideways(blank) > 0


def test_a_fault_in_a_page_fails_the_test_that_opened_it(browser):
    with (
        pytest.raises(AssertionError, match="gone wrong"),
        tools.window(browser) as page,
    ):
        page.set_content("<script>throw new Error('gone wrong')</script>")


def test_a_refusal_by_the_content_policy_fails_the_test_that_met_it(browser):
    with (
        pytest.raises(AssertionError, match="Content Security Policy"),
        tools.window(browser) as page,
    ):
        page.set_content(f"{POLICY}<p style='color:red'>x</p>")
