"""The first people of an installation: invited from the command line, where nobody signs in."""

from __future__ import annotations

from datetime import datetime

from readiness.accounts.service.history import SYSTEM
from readiness.accounts.service.one_time_links import write_invitation
from readiness.accounts.team import Invitee
from readiness.administration.service.organizations import write_payer
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.people import Actor, Payer, Role


def invite_administrator(store: Store, email: str, name: str, token: str, now: datetime) -> None:
    if not name.strip():
        raise BadInput([Problem("--name", "Say who it is.")])
    check_address(email)
    session = Session(store, Actor(SYSTEM, SYSTEM), now)
    write_invitation(session, Invitee(email, Role.ADMINISTRATOR, name=name.strip()), token)


def add_payer(
    store: Store, name: str, email: str, payer_id: str, token: str, now: datetime
) -> None:
    """The payer and its first relationship manager, or neither."""
    if not name.strip():
        raise BadInput([Problem("NAME", "Say what the payer is called.")])
    check_address(email)
    session = Session(store, Actor(SYSTEM, SYSTEM), now)
    with store.writing():
        write_payer(session, Payer(payer_id, name.strip()))
        write_invitation(session, Invitee(email, Role.PAYER_MANAGER, payer_id=payer_id), token)


def check_address(email: str) -> None:
    name, at, host = email.strip().partition("@")
    if not (name and at and "." in host) or any(c.isspace() or not c.isprintable() for c in email):
        raise BadInput([Problem(email, "is not an e-mail address. Check it.")])
