"""Which lines of a history somebody wants to see."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.core.errors import BadInput

LONGEST = 100  # characters of a name


class Matter(StrEnum):
    """What lines are about."""

    EVERYTHING = ""
    CHANGES = "changes"
    READING = "reading"  # who looked, and what was taken away
    PEOPLE = "people"  # accounts, parts, invitations, signing in


@dataclass(frozen=True)
class HistoryFilter:
    """`who`: a part of a name, of who did it or to whom it was done. Days count whole, in UTC."""

    who: str = ""
    matter: Matter = Matter.EVERYTHING
    since: date | None = None
    until: date | None = None

    def as_sent(self) -> dict[str, str]:
        """What an address carries of it."""
        days = {"since": self.since, "until": self.until}
        said = {"who": self.who, "matter": self.matter.value}
        said |= {name: day.isoformat() if day else "" for name, day in days.items()}
        return {name: text for name, text in said.items() if text}


def parse(sent: Mapping[str, str]) -> HistoryFilter:
    """Raises BadInput with a sentence for a day or a matter that is none.

    >>> parse({"who": " Maya ", "since": "2027-01-15"}).since
    datetime.date(2027, 1, 15)
    """
    try:
        return HistoryFilter(
            " ".join(sent.get("who", "").split())[:LONGEST],
            Matter(sent.get("matter", "")),
            day_of(sent.get("since", "")),
            day_of(sent.get("until", "")),
        )
    except ValueError:
        raise BadInput(
            "That is no day or no choice of this page. Enter days such as 2027-01-15."
        ) from None


def day_of(text: str) -> date | None:
    return date.fromisoformat(text) if text else None
