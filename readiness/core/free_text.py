"""What a person may type into a box: words and line breaks, up to a length."""

from __future__ import annotations

import unicodedata

NOTE_CHARACTERS = 1_000
REASON_CHARACTERS = 300
LINE_CHARACTERS = 200  # a name, a system, a funder

UNREADABLE = "\N{REPLACEMENT CHARACTER}"
ALLOWED_CONTROLS = frozenset("\n\t")
REFUSED = frozenset({"Cc", "Cs", "Cf", "Co", "Cn"})  # control, surrogate, invisible, unassigned
JOINERS = frozenset("\N{ZERO WIDTH JOINER}\N{ZERO WIDTH NON-JOINER}\N{SOFT HYPHEN}")


def clean(text: str, most: int) -> str:
    """The text with plain line breaks and no space around it, or ValueError with a sentence.

    Characters that nobody can see are refused: they can turn a line around or break a document.

    >>> clean("  Minutes,\\r\\nMarch ", 100)
    'Minutes,\\nMarch'
    """
    tidy = unicodedata.normalize("NFC", text.replace("\r\n", "\n").replace("\r", "\n")).strip()
    if len(tidy) > most:
        raise ValueError(
            f"This is {len(tidy):,} characters long: shorten it to {most:,} at the most."
        )
    if any(is_refused(character) for character in tidy):
        raise ValueError("This holds characters that cannot be read or seen: type it again.")
    return tidy


def is_refused(character: str) -> bool:
    if character in ALLOWED_CONTROLS or character in JOINERS:
        return False
    return character == UNREADABLE or unicodedata.category(character) in REFUSED
