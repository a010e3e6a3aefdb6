"""The colors, measured: text can be read on every ground, and the ramp survives a grey printer."""

from __future__ import annotations

import re
from itertools import pairwise

import pytest

from readiness.core.config import ROOT

LIGHT, DARK = (ROOT / "static" / "tokens.css").read_text("utf-8").split("@media")
THEMES = {"light": LIGHT, "dark": DARK}
TEXT = ("ink", "muted", "accent", "accent-strong", "warn", "bad", "good")


def colors(theme: str) -> dict[str, str]:
    return dict(re.findall(r"--([\w-]+): (#[0-9a-f]{6});", THEMES[theme]))


def luminance(color: str) -> float:
    """As WCAG 2.2 defines it."""
    shares = [int(color[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (s / 12.92 if s <= 0.04045 else ((s + 0.055) / 1.055) ** 2.4 for s in shares)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    dark, light = sorted((luminance(one), luminance(other)))
    return (light + 0.05) / (dark + 0.05)


def test_contrast_is_measured_as_the_standard_says():
    assert round(contrast("#000000", "#ffffff")) == 21
    assert round(contrast("#767676", "#ffffff"), 2) == 4.54


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("ground", ["paper", "ground"])
@pytest.mark.parametrize("text", TEXT)
def test_text_can_be_read(theme, ground, text):
    assert contrast(colors(theme)[text], colors(theme)[ground]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("level", range(5))
def test_a_number_can_be_read_on_its_level(theme, level):
    c = colors(theme)
    assert contrast(c[f"level-{level}"], c[f"on-level-{level}"]) >= 4.5


@pytest.mark.parametrize("theme", THEMES)
def test_a_button_can_be_read_and_the_edge_of_a_field_be_seen(theme):
    c = colors(theme)
    assert contrast(c["accent"], c["on-accent"]) >= 4.5
    assert contrast(c["edge"], c["paper"]) >= 3


@pytest.mark.parametrize("theme", THEMES)
def test_levels_stay_apart_in_grey(theme):
    """Steps of lightness (CIE L*), each at least 8 and all in one direction."""
    shades = [luminance(colors(theme)[f"level-{n}"]) for n in range(5)]
    lightness = [116 * shade ** (1 / 3) - 16 for shade in shades]
    steps = [b - a for a, b in pairwise(lightness)]
    assert all(step < 0 for step in steps) or all(step > 0 for step in steps)
    assert min(abs(step) for step in steps) >= 8
