"""Who there is: people, the part they play and for whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Role(StrEnum):
    PRACTICE_MANAGER = "practice manager"
    CARE_TEAM = "care team"
    PAYER_MANAGER = "payer relationship manager"
    PAYER_READER = "payer reader"  # medical director, finance: reads all that a payer reads
    ADMINISTRATOR = "administrator"
    AUDITOR = "auditor"  # reads the history of the installation, and nothing else


GROUP_ROLES = frozenset({Role.PRACTICE_MANAGER, Role.CARE_TEAM})
PAYER_ROLES = frozenset({Role.PAYER_MANAGER, Role.PAYER_READER})


@dataclass(frozen=True)
class Membership:
    """One part a person plays: in one group, for one payer, or for the whole installation."""

    id: str
    person_id: str
    role: Role
    group_id: str | None = None  # for the roles in GROUP_ROLES
    payer_id: str | None = None  # for the roles in PAYER_ROLES
    may_attest: bool = False  # may sign the assessment for the group


@dataclass(frozen=True)
class Person:
    id: str
    name: str
    email: str
    is_active: bool
    created_at: datetime


@dataclass(frozen=True)
class Actor:
    """The person doing something now, with the parts they play."""

    id: str
    name: str
    memberships: tuple[Membership, ...] = ()

    @property
    def group_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m.group_id for m in self.memberships if m.group_id))

    @property
    def payer_ids(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(m.payer_id for m in self.memberships if m.payer_id))


@dataclass(frozen=True)
class Group:
    id: str
    name: str
    is_synthetic: bool = False  # invented, for the demonstration


@dataclass(frozen=True)
class Site:
    id: str
    group_id: str
    name: str


@dataclass(frozen=True)
class Payer:
    id: str
    name: str
    is_synthetic: bool = False
