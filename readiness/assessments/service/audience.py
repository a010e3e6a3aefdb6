"""Who outside the group sees an assessment, told to those who fill it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Store
from readiness.core.people import Actor, Payer
from readiness.core.permissions import Can


@dataclass(frozen=True)
class Audience:
    readers: tuple[Payer, ...]  # the payers the group shares with today
    may_share: bool  # whether this person decides about it


def of_group(store: Store, actor: Actor, group_id: str, now: datetime) -> Audience:
    here = scope.of_group(store, group_id, now)
    return Audience(
        readers=tuple(groups.payer(store, payer_id) for payer_id in sorted(here.payer_ids)),
        may_share=permissions.allowed(actor, Can.SHARE, here),
    )
