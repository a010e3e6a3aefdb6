"""The one place that speaks to the identity provider, by OpenID Connect: its settings, its keys,
and a code redeemed for an identity token.

Only addresses of the issuer's own host are asked, and its tokens are checked and let go. Authlib is
imported when somebody first signs on: an eighth of a second.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from typing import Any
from urllib.parse import urlsplit

from readiness.accounts.single_sign_on import CLOCK_SLIP, Purpose, SignOnRequest, Vouched, vouched
from readiness.core.config import IdentityProvider
from readiness.core.errors import BadInput, Busy

SECONDS = 5  # that each question waits for its answer
SEATS = threading.BoundedSemaphore(4)  # threads that may wait for the provider at a time
ALGORITHMS = [  # the provider's own key signs; never "none", never a secret that is shared
    *("RS256", "RS384", "RS512", "PS256", "PS384", "PS512"),
    *("ES256", "ES384", "ES512", "EdDSA", "Ed25519"),
]
DOWN = "{name} does not answer as it should. Try again in a minute, or sign in with your password."
NOT_VOUCHED = (
    "{name} did not vouch for you. Start again; if it happens again, tell your administrator."
)


@contextmanager
def asking(provider: IdentityProvider) -> Iterator[None]:
    """Whatever goes wrong between us and the provider is one sentence."""
    import requests

    if not SEATS.acquire(blocking=False):
        raise Busy(f"Many people are signing in with {provider.name}. Try again in ten seconds.")
    try:
        yield
    except (requests.RequestException, KeyError, TypeError, ValueError) as error:
        raise Busy(DOWN.format(name=provider.name)) from error
    finally:
        SEATS.release()


def document(address: str) -> Mapping[str, Any]:
    import requests

    reply = requests.get(address, timeout=SECONDS, allow_redirects=False)
    if reply.status_code != requests.codes.ok:
        raise ValueError(f"{reply.status_code} from the provider")
    found: Mapping[str, Any] = reply.json()
    return found


def metadata(provider: IdentityProvider) -> Mapping[str, Any]:
    """What the provider says of itself; other hosts than the issuer's are not asked."""
    found = document(provider.issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found["issuer"] != provider.issuer:
        raise ValueError("another issuer")
    home = urlsplit(provider.issuer)
    for name in ("authorization_endpoint", "token_endpoint", "jwks_uri"):
        address = urlsplit(found[name])
        if (address.scheme, address.netloc) != (home.scheme, home.netloc):
            raise ValueError(f"{name} is on another host")
    return found


def address_to_ask(
    provider: IdentityProvider, back: str, request: SignOnRequest, state: str
) -> str:
    """Where the browser goes; the provider sends it `back`. It sees a hash of the verifier."""
    from authlib.integrations.requests_client import OAuth2Session

    anew = {"prompt": "login", "max_age": 0} if request.purpose is Purpose.CONFIRM else {}
    with asking(provider):
        known = metadata(provider)
        with OAuth2Session(
            provider.client_id, scope="openid", redirect_uri=back, code_challenge_method="S256"
        ) as session:
            address, _ = session.create_authorization_url(
                known["authorization_endpoint"],
                state=state,
                nonce=request.nonce,
                code_verifier=request.verifier,
                **anew,
            )
    return str(address)


def redeem(
    provider: IdentityProvider, back: str, request: SignOnRequest, code: str, now: datetime
) -> Vouched:
    """Whom the provider vouches for; raises BadInput where its token is not for us and now."""
    from authlib.common.errors import AuthlibBaseError
    from authlib.integrations.requests_client import OAuth2Session

    with asking(provider):
        known = metadata(provider)
        with OAuth2Session(
            provider.client_id, provider.client_secret, redirect_uri=back
        ) as session:
            try:
                tokens = session.fetch_token(
                    known["token_endpoint"],
                    grant_type="authorization_code",
                    code=code,
                    code_verifier=request.verifier,
                    timeout=SECONDS,
                    allow_redirects=False,
                )
            except AuthlibBaseError as error:  # a code that was used, run out or made up
                raise BadInput(NOT_VOUCHED.format(name=provider.name)) from error
        keys = document(known["jwks_uri"])
        token = str(tokens["id_token"])
    return checked(provider, keys, token, request.nonce, now)


def checked(
    provider: IdentityProvider, keys: Any, token: str, nonce: str, now: datetime
) -> Vouched:
    """What an identity token says, where the provider signed it, for us, for this question, and it
    has not run out."""
    from authlib.oidc.core import CodeIDToken
    from joserfc import jwt
    from joserfc.jwk import KeySet

    must = {
        "iss": {"essential": True, "value": provider.issuer},
        "aud": {"essential": True, "value": provider.client_id},
        "nonce": {"essential": True, "value": nonce},
    }
    expected = {"nonce": nonce, "client_id": provider.client_id}
    try:
        read = jwt.decode(token, KeySet.import_key_set(keys), algorithms=ALGORITHMS)
        claims = CodeIDToken(read.claims, read.header, must, expected)
        claims.validate(int(now.timestamp()), int(CLOCK_SLIP.total_seconds()))
        return vouched(claims)
    except Exception as error:  # of three libraries, for a token in which anything may stand
        raise BadInput(NOT_VOUCHED.format(name=provider.name)) from error
