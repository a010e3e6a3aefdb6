"""Who outside the group sees an assessment, told to those who fill it in."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session
from readiness.core.people import Payer
from readiness.core.permissions import Can


@dataclass(frozen=True)
class Audience:
    readers: tuple[Payer, ...]  # the payers the group shares with today
    may_share: bool  # whether this person decides about it


def of_group(session: Session, group_id: str) -> Audience:
    here = scope.of_group(session.store, group_id, session.now)
    return Audience(
        readers=tuple(groups.payer(session.store, payer_id) for payer_id in sorted(here.payer_ids)),
        may_share=permissions.allowed(session.actor, Can.SHARE, here),
    )
