"""Whose a thing is, and whether the person of a session may do something with it."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.db import groups
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.permissions import ANYWHERE, Can, Scope


def of_group(store: Store, group_id: str, now: datetime) -> Scope:
    return Scope(group_id, groups.readers(store, group_id, now.date()))


def of_payer(payer_id: str) -> Scope:
    return Scope(payer_ids=frozenset({payer_id}))


def of_reader(store: Store, payer_id: str, group_id: str, now: datetime) -> Scope:
    """What one payer may read of one group: nobody's when nothing is shared today."""
    shared = payer_id in groups.readers(store, group_id, now.date())
    return Scope(payer_ids=frozenset({payer_id} if shared else ()))


def require_for_group(session: Session, can: Can, group_id: str) -> Scope:
    """Return the group's scope, or raise the error that says what the person may not do."""
    here = of_group(session.store, group_id, session.now)
    permissions.require(session.actor, can, here)
    return here


def require_for_payer(session: Session, can: Can, payer_id: str) -> None:
    permissions.require(session.actor, can, of_payer(payer_id))


def require_administrator(session: Session) -> None:
    permissions.require(session.actor, Can.ADMINISTER, ANYWHERE)
