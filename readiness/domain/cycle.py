"""Cycles: a payer asks groups to assess themselves by a day; a group decides what it shares."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from fractions import Fraction


@dataclass(frozen=True)
class Cycle:
    """One round of one payer's programme."""

    id: str
    payer_id: str
    name: str  # "2026 baseline"
    instrument_id: str
    version: str
    opens_on: date
    due_on: date
    created_at: datetime
    created_by: str
    axis_min: Mapping[str, Mapping[str, Fraction]] = field(default_factory=dict)
    closed_at: datetime | None = None


@dataclass(frozen=True)
class Invitation:
    """A group asked into a cycle. Accepting it grants the payer sight of what is submitted."""

    cycle_id: str
    group_id: str
    invited_at: datetime
    invited_by: str
    answered_at: datetime | None = None
    answered_by: str | None = None
    accepted: bool | None = None
    assessment_id: str | None = None


@dataclass(frozen=True)
class Grant:
    """What a group shares with a payer, until when; revocable at any time."""

    id: str
    group_id: str
    payer_id: str
    cycle_id: str | None
    granted_at: datetime
    granted_by: str
    expires_on: date | None = None
    revoked_at: datetime | None = None
