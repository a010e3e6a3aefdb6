"""Who outside the group sees an assessment, told to those who fill it in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from readiness import access
from readiness.access import Can
from readiness.domain.people import Actor, Payer
from readiness.store import Store, groups
from readiness.usecases import ground


@dataclass(frozen=True)
class Audience:
    readers: tuple[Payer, ...]  # the payers the group shares with today
    may_share: bool  # whether this person decides about it


def of_group(store: Store, actor: Actor, group_id: str, now: datetime) -> Audience:
    here = ground.of_group(store, group_id, now)
    return Audience(
        readers=tuple(groups.payer(store, payer_id) for payer_id in sorted(here.payer_ids)),
        may_share=access.allowed(actor, Can.SHARE, here),
    )
