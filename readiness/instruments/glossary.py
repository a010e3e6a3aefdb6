"""The instrument's own terms, explained where they are used."""

from __future__ import annotations

import re
from collections.abc import Mapping

from readiness.instruments.models import Item


def terms_in(item: Item, definitions: Mapping[str, str]) -> tuple[tuple[str, str], ...]:
    """The defined terms that an item's question or levels use, in the order of the glossary."""
    words = " ".join((item.title, item.stem, *item.levels))
    return tuple((term, means) for term, means in definitions.items() if is_used(term, words))


def is_used(term: str, words: str) -> bool:
    """
    >>> is_used("active patient", "Half of active patients"), is_used("core", "encore")
    (True, False)
    """
    return re.search(rf"\b{re.escape(term)}s?\b", words, re.IGNORECASE) is not None


MARKS = (
    (re.compile(r"^E([:,])"), r"Estimate\1"),
    (re.compile(r"\bE\b"), "estimate"),
    (re.compile(r"\bK\b"), "from memory"),
    (re.compile(r"\bV\b"), "from a source"),
)


def expand_evidence_codes(text: str) -> str:
    """
    >>> expand_evidence_codes("low E, high V")
    'low estimate, high from a source'
    >>> expand_evidence_codes("E: one for 40 clinicians (K)")
    'Estimate: one for 40 clinicians (from memory)'
    """
    for pattern, words in MARKS:
        text = pattern.sub(words, text)
    return text


def sentence(text: str) -> str:
    """
    >>> sentence("operating budget"), sentence("")
    ('Operating budget.', '')
    """
    tidy = " ".join(expand_evidence_codes(text).split())
    return f"{tidy[0].upper()}{tidy[1:].rstrip('.')}." if tidy else ""
