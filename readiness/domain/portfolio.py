"""A payer's portfolio: what is asked of the list, and what one line of it may say."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from enum import StrEnum
from typing import Any

from readiness.domain.assessment import RunKind
from readiness.domain.lifecycle import Status

FEWEST = 11  # a number of people from 1 to 10 could point at somebody
HIDDEN = "hidden to protect small counts"
SIZES = (50, 100, 200)  # lines a page; never more
MOST_COMPARED = 4
NO_TIER = "none"
NOT_STARTED = "not started"


class Sort(StrEnum):
    """What the list can be ordered by; a domain's score is ordered by through its own field."""

    NAME = "name"
    TIER = "tier"
    QMS = "qms"
    EQR = "eqr"
    REACH = "reach"
    STATUS = "status"
    CHANGED = "changed"
    DOMAIN = "domain"


@dataclass(frozen=True)
class Query:
    """What a payer asks of the list. Empty texts ask for everything."""

    text: str = ""
    tier: str = ""  # a tier's id, or NO_TIER
    status: str = ""  # a Status, or NOT_STARTED
    cycle_id: str = ""
    domain_id: str = ""  # only groups below `below` there
    below: float | None = None
    group_ids: tuple[str, ...] = ()  # only these, to stand side by side
    sort: Sort = Sort.NAME
    sort_domain_id: str = ""  # for Sort.DOMAIN
    is_descending: bool = False
    page: int = 1
    size: int = SIZES[0]


@dataclass(frozen=True)
class Line:
    """One group with an active grant. Of a draft it holds the progress, nothing else."""

    group_id: str
    name: str
    status: Status | None  # of the newest assessment; None: none was started
    answered: int  # items of the newest assessment
    instrument: tuple[str, str] | None  # its id and version; None: none was started
    assessment_id: str | None  # what the scores below rest on; None: nothing submitted yet
    run_kind: RunKind | None = None
    tier_id: str | None = None
    provisional: bool = False
    tier_expires_on: date | None = None
    limiting_factor: str = ""
    qms: float | None = None
    eqr: float | None = None
    domains: Mapping[str, float | None] = field(default_factory=dict)
    screened: int | None = None
    eligible: int | None = None
    changed_at: datetime | None = None

    @property
    def is_scored(self) -> bool:
        return self.tier_id is not None

    @property
    def is_validated(self) -> bool:
        return self.run_kind is RunKind.VALIDATED

    def is_expired(self, today: date) -> bool:
        return self.tier_expires_on is not None and self.tier_expires_on < today


def may_show(number: int) -> bool:
    """
    >>> [n for n in (0, 1, 10, 11) if may_show(n)]
    [0, 11]
    """
    return number == 0 or number >= FEWEST


def shows_reach(screened: int | None, eligible: int | None) -> bool:
    """Both sides are looked at: "40 of 43" gives away three people as surely as "3 of 43"."""
    if screened is None or not eligible:
        return False
    return all(may_show(number) for number in (screened, eligible, eligible - screened))


def visible_reach(screened: int | None, eligible: int | None) -> float | None:
    """The share a list may be ordered by: a hidden one takes no place, which would betray it."""
    if screened is None or not eligible or not shows_reach(screened, eligible):
        return None
    return screened / eligible


@dataclass(frozen=True)
class Reach:
    """Screening reach as a payer may read it."""

    share: float | None
    says: str  # "412 of 980", why it is hidden, or that there is none
    is_hidden: bool = False


def reach_of(screened: int | None, eligible: int | None) -> Reach:
    if screened is None or not eligible:
        return Reach(None, "no counts yet")
    if not shows_reach(screened, eligible):
        return Reach(None, HIDDEN, is_hidden=True)
    return Reach(screened / eligible, f"{screened:,} of {eligible:,}")


def open_gates(result: Mapping[str, Any]) -> tuple[str, ...]:
    """The items whose gates keep a scored group from its next tier, in the order they are asked.

    >>> open_gates({"tier": "T1", "gates": [{"tier": "T2", "item": "REAL-1", "met": False}]})
    ('REAL-1',)
    """
    above = f"T{int(result['tier'][1:]) + 1}"
    return tuple(
        gate["item"] for gate in result["gates"] if gate["tier"] == above and not gate["met"]
    )


@dataclass(frozen=True)
class Tally:
    """How many groups of the list stand where, and what most of them lack."""

    by_tier: Mapping[str | None, int]  # None: nothing submitted yet
    by_gate: tuple[tuple[str, int], ...] = ()  # item id -> groups, most first

    @property
    def total(self) -> int:
        return sum(self.by_tier.values())
