"""What every request has at hand: the time, the store, the person."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import blake2b
from typing import cast

from flask import Flask, current_app, g, request

from readiness.accounts.passkeys import RelyingParty, host_name
from readiness.accounts.service import signing_in
from readiness.accounts.service.signing_in import SignedIn
from readiness.core.config import Settings
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound
from readiness.core.people import Actor


def attach(app: Flask) -> None:
    app.config.setdefault("CLOCK", lambda: datetime.now(UTC))
    app.before_request(begin)
    app.teardown_request(end)


def begin() -> None:
    """`g.actor` is set only when nothing is awaited of the session any more."""
    g.now = current_app.config["CLOCK"]()
    g.actor, g.session_ends_at, g.signed_in = None, None, None
    token = request.cookies.get(current_app.config["SIGN_IN_COOKIE"])
    if not token or request.blueprint == "assets":
        return
    if found := signing_in.resume(store(), token, settings().second_step, g.now):
        take(found)


def take(found: SignedIn) -> None:
    g.signed_in = found
    if found.waits_for is None:
        g.actor, g.session_ends_at = found.actor, found.session.ends_at


def end(_error: BaseException | None) -> None:
    if opened := g.pop("store", None):
        opened.close()


def store() -> Store:
    """This request's connection, opened when first needed."""
    if "store" not in g:
        g.store = Store(settings().database)
    return cast(Store, g.store)


def settings() -> Settings:
    return cast(Settings, current_app.config["SETTINGS"])


def actor() -> Actor:
    """The signed-in person; only pages behind the guard may ask."""
    return cast(Actor, g.actor)


def site() -> RelyingParty:
    """Where the browser has us open. Nobody is signed in over plain HTTP but in a demonstration."""
    scheme = request.scheme if settings().is_demo else "https"
    return RelyingParty(host_name(request.host), f"{scheme}://{request.host}")


def signed_in() -> SignedIn:
    """The session itself; what it waits for may be still to come."""
    return cast(SignedIn, g.signed_in)


def first_payer_id() -> str:
    """For the way in from the navigation: the first payer the person works for."""
    if not actor().payer_ids:
        raise NotFound("You work for no payer here. Ask your administrator.")
    return actor().payer_ids[0]


def draft_owner(person_id: str) -> str:
    """Whose a draft in the browser is: a mark that no other person's page holds and that says
    nothing of who it is."""
    key = str(current_app.config["SECRET_KEY"]).encode()
    return blake2b(person_id.encode(), key=key[:64], digest_size=12, person=b"draft").hexdigest()


def now() -> datetime:
    return cast(datetime, g.now)


def session() -> Session:
    """This request's connection, person and moment, for a service."""
    return Session(store(), actor(), now())


def session_after_password() -> Session:
    """For what a person may do before the second step: with their own account only."""
    return Session(store(), signed_in().actor, now())
