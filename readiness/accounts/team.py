"""Who makes up a team, and what must stay true when it changes."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

from readiness.core.errors import BadInput, WrongState
from readiness.core.people import Membership, Role


class LinkPurpose(StrEnum):
    """What a one-time link is for."""

    INVITATION = "invitation"
    NEW_PASSWORD = "new password"  # noqa: S105 - a purpose, not a password


LASTS = {LinkPurpose.INVITATION: timedelta(days=7), LinkPurpose.NEW_PASSWORD: timedelta(hours=1)}


@dataclass(frozen=True)
class OneTimeLink:
    """A one-time link handed to somebody. Only the hash of its token is stored: that is its id."""

    id: str
    purpose: LinkPurpose
    email: str
    written_by: str
    written_at: datetime
    expires_at: datetime
    person_id: str | None = None  # who may choose a new password
    role: Role | None = None  # what an invitation offers, and where
    group_id: str | None = None
    payer_id: str | None = None
    may_attest: bool = False
    name: str = ""  # as the one who invited knows them; they may change it
    used_at: datetime | None = None

    def is_open(self, now: datetime) -> bool:
        return self.used_at is None and now < self.expires_at


@dataclass(frozen=True)
class Invitee:
    """A part that somebody is asked to play."""

    email: str
    role: Role
    group_id: str | None = None
    payer_id: str | None = None
    may_attest: bool = False
    name: str = ""


ROLE_SAYS = {  # as whoever invites reads them
    Role.PRACTICE_MANAGER: "Practice manager",
    Role.CARE_TEAM: "Care team",
    Role.PAYER_MANAGER: "Payer relationship manager",
    Role.PAYER_READER: "Payer reader: reads all that the payer reads, changes nothing",
    Role.ADMINISTRATOR: "Administrator",
    Role.AUDITOR: "Auditor: reads the history of the installation, and nothing else",
}


def roles_at(group_id: str | None, payer_id: str | None) -> tuple[Role, ...]:
    """The parts there are to play in a group, for a payer, or (without either) for all."""
    if group_id is not None:
        return (Role.PRACTICE_MANAGER, Role.CARE_TEAM)
    if payer_id is not None:
        return (Role.PAYER_MANAGER, Role.PAYER_READER)
    return (Role.ADMINISTRATOR, Role.AUDITOR)


def check_invitee(seat: Invitee) -> None:
    """Every role has its place, and only a practice manager can sign for a group."""
    is_one_place = seat.group_id is None or seat.payer_id is None
    if not is_one_place or seat.role not in roles_at(seat.group_id, seat.payer_id):
        raise BadInput(f"A {seat.role} cannot be invited here. Choose another role.")
    if seat.may_attest and seat.role is not Role.PRACTICE_MANAGER:
        raise BadInput("Only a practice manager can attest. Take the mark away or change the role.")


def set_may_attest(
    team: Iterable[Membership], membership: Membership, may_attest: bool
) -> Membership:
    """The membership with its leave to attest given or taken, while somebody keeps it."""
    if may_attest and membership.role is not Role.PRACTICE_MANAGER:
        raise WrongState("Only a practice manager can attest. Invite them as one first.")
    changed = replace(membership, may_attest=may_attest)
    others = [m for m in team if m.id != membership.id]
    if not any(m.may_attest for m in (*others, changed)):
        raise WrongState(
            "Nobody else may attest for this group. Let another practice manager attest first."
        )
    return changed


def successor_of(
    team: Iterable[Membership], leaving: Membership, successor_id: str | None
) -> Membership | None:
    """The successor's membership as it becomes when `leaving` goes; None when nothing changes.

    A group keeps a practice manager who may attest, and a payer a relationship manager: whoever is
    the last names a successor before going, or invites somebody.
    """
    others = {m.id: m for m in team if m.id != leaving.id}
    named = others.get(successor_id or "")
    if successor_id and named is None:
        raise BadInput("That person is not on this team. Choose somebody who is.")
    if leaving.payer_id is not None:
        is_manager = leaving.role is Role.PAYER_MANAGER
        if is_manager and not any(m.role is Role.PAYER_MANAGER for m in others.values()):
            raise WrongState(
                "They are the last relationship manager of this payer. Invite another first."
            )
        return None
    has_manager = any(m.role is Role.PRACTICE_MANAGER for m in others.values())
    has_attester = any(m.may_attest for m in others.values())
    if named is not None:
        return replace(named, role=Role.PRACTICE_MANAGER, may_attest=True)
    if leaving.role is Role.PRACTICE_MANAGER and not (has_manager and has_attester):
        raise WrongState(
            "They are the last who can manage or attest for this group. "
            "Choose who takes over, or invite somebody first."
        )
    return None
