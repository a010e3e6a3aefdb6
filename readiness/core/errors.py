"""Everything that can go wrong in the trade's own words. Each error is a sentence for a person."""

from __future__ import annotations

import traceback
from collections.abc import Iterable
from dataclasses import dataclass

NOT_SHARED = "There is no such page, or it is not shared with you."


class ReadinessError(Exception):
    """A sentence for the person who will see it, ending in what to do."""


class NotFound(ReadinessError):
    """There is no such thing, or it is not this person's to know about: the two look alike.

    So what is looked up before it is known whose it is, is not found in the words of NOT_SHARED.
    """


class Denied(ReadinessError):
    """The person may not do this."""


class WrongState(ReadinessError):
    """The thing is there, but not in a state in which this can be done."""


class ChangedMeanwhile(ReadinessError):
    """Somebody else saved first; nothing was overwritten."""


class NotSaved(ReadinessError):
    """The disk or the database refused; what was typed is not stored."""


class Busy(ReadinessError):
    """Too many ask for the same at this moment; nothing was looked at."""


class NotReadable(ReadinessError):
    """The disk or the database refused; nothing can be shown or saved until it is mended."""


class NotPrinted(ReadinessError):
    """The document could not be made now; nothing that was entered is touched."""


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with what a person sent, and where.

    `place` is what they see: a cell ("Answers!C7"), a line ("line 12"), a field name, an item id.
    """

    place: str
    says: str

    def __str__(self) -> str:
        return f"{self.place}: {self.says}" if self.place else self.says


class BadInput(ReadinessError):
    """Everything wrong with one input, all at once. Nothing of it was stored."""

    def __init__(self, problems: Iterable[Problem] | str) -> None:
        self.problems: tuple[Problem, ...] = (
            (Problem("", problems),) if isinstance(problems, str) else tuple(problems)
        )
        super().__init__("\n".join(str(problem) for problem in self.problems))


def without_content(error: Exception) -> str:
    """Its kind and where it arose: its text may quote what was read."""
    places = traceback.extract_tb(error.__traceback__)[-5:]
    return " < ".join([type(error).__name__, *(f"{p.name}:{p.lineno}" for p in reversed(places))])
