"""What truly happens between the two years; chance comes on top of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class Kind(StrEnum):
    NOTHING = "nothing truly changes"
    TRUE_GAIN = "the lower groups truly improve"
    HIGHER_FALLS = "the higher group truly falls"


@dataclass(frozen=True)
class Scenario:
    """By how many percentage points; nothing changes by none.

    TRUE_GAIN: each group of people truly behind the reference improves by so many points, but never
    past the reference. HIGHER_FALLS: the reference falls by so many points, but never below a rate
    of 0, wherever anybody is truly behind it; all others stay.
    """

    kind: Kind
    points: float = 0.0


NOTHING = Scenario(Kind.NOTHING)
