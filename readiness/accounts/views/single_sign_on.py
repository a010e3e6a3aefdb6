"""Single sign-on: to the identity provider, and what comes back from it."""

from __future__ import annotations

import hmac
import secrets
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from readiness.accounts.forms import JoinByProviderForm
from readiness.accounts.service import identity_provider, one_time_links
from readiness.accounts.service import single_sign_on as service
from readiness.accounts.service.single_sign_on import STALE
from readiness.accounts.single_sign_on import Purpose, SignOnRequest, Vouched
from readiness.accounts.team import LinkPurpose
from readiness.accounts.views.account import (
    address,
    go_on,
    own_token,
    second_step,
    signed_in_here,
    tokens_here,
    user_agent,
)
from readiness.core.config import IdentityProvider
from readiness.core.errors import BadInput, Busy, Denied, NotFound, ReadinessError, WrongState
from readiness.core.permissions import Can
from readiness.core.web import preserved_form
from readiness.core.web.forms import OnwardForm
from readiness.core.web.guard import asks_again, needs, open_after_password, open_to_anyone
from readiness.core.web.session import (
    now,
    session,
    session_after_password,
    settings,
    signed_in,
    site,
    store,
)

bp = Blueprint("sign_on", __name__)
STATUS: dict[type[ReadinessError], int] = {
    BadInput: 422,
    Denied: 403,
    NotFound: 404,
    WrongState: 409,
    Busy: 503,
}


def provider() -> IdentityProvider:
    found = settings().identity_provider
    if found is None:
        raise NotFound("There is no single sign-on here. Sign in with your password.")
    return found


def address_back() -> str:
    return site().origin + url_for("sign_on.back")


@bp.post("/sign-in/provider")
@open_to_anyone
def sign_in() -> ResponseReturnValue:
    return going(Purpose.SIGN_IN, **carried())


@bp.post("/confirm/provider")
@open_after_password
def confirm() -> ResponseReturnValue:
    return going(Purpose.CONFIRM, session_id=signed_in().session.id, **carried())


@bp.post("/account/single-sign-on/link")
@needs(Can.SEE_HOME)
@asks_again
def link() -> ResponseReturnValue:
    return going(Purpose.LINK, session_id=signed_in().session.id)


@bp.post("/account/single-sign-on/unlink")
@needs(Can.SEE_HOME)
@asks_again
def unlink() -> ResponseReturnValue:
    service.unlink(session(), provider(), signed_in().session)
    flash("Single sign-on is removed. Signing in asks for your password, here and elsewhere.")
    return redirect(url_for("account.mine"), 303)


@bp.post("/letters/<token>/provider")
@open_to_anyone
def join(token: str) -> ResponseReturnValue:
    provider()
    opened = one_time_links.open_link(store(), token, now(), LinkPurpose.INVITATION)
    form = JoinByProviderForm()
    if not form.validate():
        return refused(BadInput("Type your name first: open your invitation once more."))
    return going(Purpose.JOIN, invitation=opened.link.id, name=form.name.data)


def carried() -> dict[str, str]:
    """Where somebody was going, and the form that was cut off."""
    form = OnwardForm()
    kept = preserved_form.genuine(form.kept.data or "")
    return {"next": preserved_form.inside(form.next.data or ""), "kept": kept}


def going(purpose: Purpose, **more: Any) -> ResponseReturnValue:
    """A page that goes on to the provider: a form of ours may be sent nowhere else.

    What comes back counts only in the browser that holds the state.
    """
    state, nonce, verifier = (secrets.token_urlsafe(48) for _ in range(3))
    asked = SignOnRequest(nonce, verifier, purpose, now(), **more)
    try:
        place = service.ask(store(), provider(), address_back(), asked, state, address())
    except (Busy, Denied) as error:
        return refused(error)
    cookie["sign_on"] = state
    return render_template("accounts/single_sign_on/going.html", place=place)


def refused(error: ReadinessError) -> ResponseReturnValue:
    """The sentence, above what else there is to do."""
    page = render_template("accounts/single_sign_on/refused.html", problem=str(error))
    return page, STATUS[type(error)]


@bp.get("/sign-in/provider/back")
@open_to_anyone
def back() -> ResponseReturnValue:
    try:
        asked = question()
        said = identity_provider.redeem(
            provider(), address_back(), asked, request.args.get("code", ""), now()
        )
        return ANSWERS[asked.purpose](asked, said)
    except (BadInput, Denied, WrongState, Busy) as error:
        return refused(error)


def question() -> SignOnRequest:
    """What this browser had the provider asked."""
    state, own = request.args.get("state", ""), str(cookie.pop("sign_on", ""))
    issuer = provider().issuer
    is_own = own and hmac.compare_digest(state.encode(), own.encode())
    if not is_own or request.args.get("iss", issuer) != issuer:
        raise BadInput(STALE)
    return service.take(store(), state, now())


def signs_in(asked: SignOnRequest, said: Vouched) -> ResponseReturnValue:
    new_tokens = tokens_here()
    found = service.sign_in(store(), said, new_tokens, user_agent(), settings().second_step, now())
    return signed_in_here(found, onward(asked), own_token(), new_tokens)


def joins(asked: SignOnRequest, said: Vouched) -> ResponseReturnValue:
    service.join(store(), asked, said, (secrets.token_urlsafe(9), secrets.token_urlsafe(9)), now())
    return signs_in(asked, said)


def links(asked: SignOnRequest, said: Vouched) -> ResponseReturnValue:
    if g.actor is None:
        raise BadInput(STALE)
    service.link(session(), signed_in().session, asked, said)
    flash(f"From now on {provider().name} signs you in too.")
    return redirect(url_for("account.mine"), 303)


def confirms(asked: SignOnRequest, said: Vouched) -> ResponseReturnValue:
    if g.signed_in is None:
        raise BadInput(STALE)
    service.confirm(session_after_password(), signed_in().session, asked, said)
    return go_on(onward(asked)) if g.actor else second_step(onward(asked))


def onward(asked: SignOnRequest) -> OnwardForm:
    return OnwardForm(formdata=None, next=asked.next, kept=asked.kept)


ANSWERS = {
    Purpose.SIGN_IN: signs_in,
    Purpose.JOIN: joins,
    Purpose.LINK: links,
    Purpose.CONFIRM: confirms,
}
