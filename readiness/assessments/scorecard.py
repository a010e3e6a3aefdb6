"""What a scoring run says: the values that page, PDF, spreadsheet and command line all read.

A run is stored as it was found and shown again from there; reading an old one computes nothing.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from math import floor

from readiness.instruments.models import GateKind

Score = Decimal | None  # 0.0 to 100.0 with one decimal; None where nothing can be said


class Verdict(StrEnum):
    MET = "met"
    NOT_YET = "not yet"
    UNANSWERABLE = "unanswerable"


class Asks(StrEnum):
    """What kind of thing a criterion looks at."""

    COMPLETE = "complete"
    DONT_KNOW_DOMAIN = "don't know in a domain"
    DONT_KNOW_OVERALL = "don't know overall"
    NOT_APPLICABLE = "not applicable in a domain"
    AXIS = "axis minimum"
    DOMAIN = "domain minimum"
    ESSENTIAL = "essential gate"
    SUPPORTING = "supporting gate"
    ALLOWANCE = "supporting gates together"


@dataclass(frozen=True)
class ScoreRange:
    low: Score  # don't-know as level 0; decides the tier
    mid: Score  # don't-know left out
    high: Score  # don't-know as level 4


@dataclass(frozen=True)
class GateResult:
    tier_id: str
    item_id: str
    kind: GateKind
    needs: int
    has: int | None  # None: no level was answered
    met: bool


@dataclass(frozen=True)
class Criterion:
    """One thing a tier asks for. An unmet supporting gate does not by itself keep a tier away."""

    id: str  # "axis:QMS", "gate:REAL-1"
    asks: Asks
    subject_id: str  # an axis, domain or item; "" for the whole answer set
    needs: Decimal | int
    has: Decimal | int | None
    verdict: Verdict
    says: str


@dataclass(frozen=True)
class TierTrace:
    tier_id: str
    title: str
    met: bool  # its own criteria
    holds: bool  # its own and those of every lower tier
    criteria: tuple[Criterion, ...]


@dataclass(frozen=True)
class Raise:
    """One item to bring to a higher level; `from_level` is None for what is not known yet."""

    item_id: str
    from_level: int | None
    to: int

    @property
    def steps(self) -> int:
        return self.to - (self.from_level or 0)


@dataclass(frozen=True)
class Cap:
    """The highest tier open while a domain is not scored."""

    tier_id: str
    domain_id: str
    says: str


@dataclass(frozen=True)
class ScoringRun:
    instrument_id: str
    version: str
    engine: str
    complete: bool
    missing: tuple[str, ...]  # item ids, in the order they are asked
    tier_id: str
    provisional: bool
    axes: Mapping[str, ScoreRange]
    domains: Mapping[str, ScoreRange]
    overall: ScoreRange
    gates: tuple[GateResult, ...]
    limiting_factor: str  # "" at the top
    shortest_way: tuple[Raise, ...] | None  # None: `shortest_way_reason` says why there is none
    trace: tuple[TierTrace, ...]
    shortest_way_reason: str | None
    caps: tuple[Cap, ...]
    instrument_sha256: str
    inputs_sha256: str


def one_decimal(value: Fraction) -> Decimal:
    """Half up, from the exact fraction.

    >>> one_decimal(Fraction(695, 20)), one_decimal(Fraction(3495, 100))
    (Decimal('34.8'), Decimal('35.0'))
    """
    return Decimal(floor(value * 10 + Fraction(1, 2))).scaleb(-1)
