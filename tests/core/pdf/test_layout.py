from __future__ import annotations

import re

import pytest
from jinja2 import UndefinedError

from readiness.core.config import ROOT
from readiness.core.pdf import layout
from tests.factories import documents

PARTS = layout.environment()
FOLDERS = {"tier": "assessments/parts"}  # the rest belong to every feature


def macros(name: str):
    return PARTS.get_template(f"{FOLDERS.get(name, 'core')}/{name}.html").module


def test_a_value_that_was_forgotten_is_an_error_and_not_a_gap():
    with pytest.raises(UndefinedError):
        PARTS.from_string("{{ reference }}").render()


@pytest.mark.parametrize("name", ["domain_profile", "funnel", "rates", "gaps", "sparkline"])
def test_every_chart_can_be_read_without_seeing_it(name):
    figure = documents.figures()[
        {"domain_profile": "profile", "sparkline": "trend"}.get(name, name)
    ]
    drawn = getattr(macros("charts"), name)(figure, "c1", "Data on equity <lag>")
    assert 'role="img" aria-labelledby="c1-title c1-says"' in drawn
    assert '<title id="c1-title">Data on equity &lt;lag&gt;</title>' in drawn
    assert re.search(r'<desc id="c1-says">[^<]{20,}</desc>', drawn)
    assert not re.search(r"\sstyle=|\son\w+=|<style|<script", drawn)


def test_a_hidden_step_has_no_bar_and_says_why():
    drawn = macros("charts").funnel(documents.figures()["funnel"], "f", "x")
    assert drawn.count('class="bar"') == 6
    assert drawn.count('class="track"') == 7
    assert "hidden to protect small counts" in drawn


def test_a_tier_is_a_name_a_number_and_filled_steps():
    badge = macros("tier").tier_badge("T3", "Incentive-ready", True)
    assert badge.count('class="step on"') == 3
    assert badge.count('class="step"') == 1
    assert "T3 Incentive-ready" in badge
    assert "(provisional)" in badge


def test_an_expired_tier_says_so_in_words_and_is_struck():
    badge = macros("tier").tier_badge("T1", "Foundation", expired=True)
    assert 'class="strike"' in badge
    assert "(expired)" in badge


def test_paper_and_screen_paint_charts_in_the_same_colors():
    tokens = (ROOT / "static" / "tokens.css").read_text("utf-8").split("@media")[0]
    paint = macros("charts").paint
    names = {"track": "level-0", "open": "level-1"}
    for name, color in paint.items():
        assert f"--{names.get(name, name)}: {color};" in tokens


def test_every_painted_part_of_a_chart_follows_the_screen_into_the_dark():
    drawn = "".join(
        str(getattr(macros("charts"), name)(documents.figures()[figure], "c", "x"))
        for name, figure in (
            ("domain_profile", "profile"),
            ("rates", "rates"),
            ("sparkline", "trend"),
        )
    )
    painted = re.findall(r"<(?!svg)\w+ [^>]*(?:fill|stroke)=\"#[^>]*>", drawn)
    classes = {m[1] if (m := re.search(r'class="(\w+)"', part)) else part for part in painted}
    styles = (ROOT / "static" / "app.css").read_text("utf-8")
    assert classes
    assert [name for name in classes if f".chart .{name} {{" not in styles] == []
