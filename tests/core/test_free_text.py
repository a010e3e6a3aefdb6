"""What a person may type into a box."""

from __future__ import annotations

import pytest

from readiness.core.free_text import clean


def test_line_breaks_of_every_kind_become_one_kind():
    assert clean("a\r\nb\rc\n", 10) == "a\nb\nc"


def test_a_text_over_the_limit_is_told_its_length():
    with pytest.raises(ValueError, match="1,001 characters long: shorten it to 1,000"):
        clean("x" * 1001, 1000)


@pytest.mark.parametrize(
    "text", ["\x00", "a\x1bb", "\u202eevil", "\ud800", "\u2066x", "bad \ufffd byte", "\u200b"]
)
def test_characters_nobody_can_see_are_refused(text):
    with pytest.raises(ValueError, match="cannot be read or seen"):
        clean(f"x{text}y", 100)


@pytest.mark.parametrize("text", ["José", "日本語", "👩\u200d⚕️", "tab\there", "<script>{{7*7}} %s"])
def test_words_of_every_language_pass(text):
    assert clean(text, 100) == text
