"""What an accreditor or a program asks of a measure that is split by patient group."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.counts.strata import StratumType


class StratificationStatus(StrEnum):
    IN_FORCE = "in force"
    PROPOSED = "proposed"
    WITHDRAWN = "withdrawn"
    NOT_VERIFIED = "not verified"


class ImputedData(StrEnum):
    """How a rule takes race that was estimated from names and places."""

    APART = "apart"
    NOT_VERIFIED = "not verified"
    NOT_ADDRESSED = "not addressed"


@dataclass(frozen=True)
class StratificationSource:
    at: str  # an address
    says: str  # what was read there
    seen: bool  # False: noted by somebody else, and not looked at again


@dataclass(frozen=True)
class StratificationRule:
    id: str
    steward: str
    name: str
    for_whom: str
    status: StratificationStatus
    as_of: date
    status_says: str
    splits: Mapping[StratumType, tuple[str, ...]]  # strata that need a row; empty: any split
    together: bool  # its types are asked for beside each other
    types_not_verified: tuple[StratumType, ...]
    categories_say: str
    imputed: ImputedData
    imputed_says: str
    least_denominator: int | None  # patients of each stratum; None: none found or verified
    least_shown: int | None  # the smallest count above 0 that may be shown
    small_numbers: str
    not_verified: tuple[str, ...]
    sources: tuple[StratificationSource, ...]

    @property
    def title(self) -> str:
        return f"{self.steward}, {self.name}"


@dataclass(frozen=True)
class StratificationRules:
    id: str
    version: str
    title: str
    published_on: date
    rules: tuple[StratificationRule, ...]
    sha256: str  # seal over the file's bytes
