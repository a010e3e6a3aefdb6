"""The fonts, which pages and documents share."""

from __future__ import annotations

from readiness.core.pdf import fonts


def face(name: str) -> bytes | None:
    """The font file of that name, or None."""
    return fonts.face(name) if name in fonts.FACES else None
