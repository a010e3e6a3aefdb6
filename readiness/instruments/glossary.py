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
