"""The marks that say what a figure or a cut point rests on, put into words."""

from __future__ import annotations

import re

MARKS = (
    (re.compile(r"^E([:,])"), r"Estimate\1"),
    (re.compile(r"\bE\b"), "estimate"),
    (re.compile(r"\bK\b"), "from memory"),
    (re.compile(r"\bV\b"), "from a source"),
)


def in_words(text: str) -> str:
    """
    >>> in_words("low E, high V"), in_words("E: one for 40 clinicians (K)")
    ('low estimate, high from a source', 'Estimate: one for 40 clinicians (from memory)')
    """
    for pattern, words in MARKS:
        text = pattern.sub(words, text)
    return text


def sentence(text: str) -> str:
    """
    >>> sentence("operating budget"), sentence("")
    ('Operating budget.', '')
    """
    tidy = " ".join(in_words(text).split())
    return f"{tidy[0].upper()}{tidy[1:].rstrip('.')}." if tidy else ""
