"""What a file tells of what followed a need: single records, and what they come to together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from readiness.counts.social_risk.models import Need


class Outcome(StrEnum):
    """What came of a referral."""

    CONNECTED = "connected"
    NOT_CONNECTED = "not connected"
    OPEN = "open"


@dataclass(frozen=True, slots=True)
class FollowUp:
    """All that one line of a list, or one referral with a report on it, tells of a need."""

    patient: bytes  # keyed hash
    need: Need
    screened: date | None = None  # the day of the screen that it belongs to, where that is told
    wants_help: bool | None = None
    is_referred: bool | None = None
    referred_on: date | None = None
    outcome: Outcome | None = None
    outcome_on: date | None = None
    is_resolved: bool | None = None
    resolved_on: date | None = None
    intervened_on: date | None = None

    @property
    def has_referral(self) -> bool:
        """An outcome is one of a referral, though nobody wrote down that it was sent."""
        return self.is_referred or (self.is_referred is None and self.outcome is not None)

    @property
    def day(self) -> date | None:
        """The first day that it tells of."""
        return min(self.days, default=None)

    @property
    def days(self) -> tuple[date, ...]:
        days = (self.referred_on, self.intervened_on, self.outcome_on, self.resolved_on)
        return tuple(each for each in days if each)


class ReferralResource(StrEnum):
    """Resources of FHIR that tell what followed."""

    SERVICE_REQUEST = "ServiceRequest"
    TASK = "Task"
    PROCEDURE = "Procedure"
    CONDITION = "Condition"


@dataclass(frozen=True, slots=True)
class ReferralRecord:
    """One such resource, or what takes it back."""

    kind: ReferralResource
    resource: bytes  # keyed hash of its own id; b"": it has none
    patient: bytes = b""
    needs: tuple[Need, ...] = ()
    is_social: bool = False  # of a social need, whether or not it tells which
    is_counted: bool = False
    day: date | None = None
    outcome: Outcome | None = None  # of a Task
    about: tuple[bytes, ...] = ()  # the referrals that it points to
    version: int = 0
    issued: str = ""

    @property
    def edition(self) -> tuple[int, str, bool, date]:
        """Between versions of one resource; of equals the one that takes it back."""
        return self.version, self.issued, not self.is_counted, self.day or date.min
