"""Passkeys as the second step of signing in (WebAuthn): what a browser is asked, and whether what
its authenticator signed is right.

`webauthn` brings OpenSSL along: an eighth of a second and 14 MB, spent when one is first used.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from readiness.core.errors import BadInput
from readiness.core.people import Person

if TYPE_CHECKING:
    from webauthn.helpers.structs import PublicKeyCredentialDescriptor

LASTS = timedelta(minutes=5)  # from the question to its answer
CHALLENGE_BYTES = 32
LONGEST_ANSWER = 20_000  # characters; an authenticator's has about 1,000
NOT_FITTING = (
    "This passkey does not fit. Press the button to try again, or sign in with a code and add a "
    "new passkey on your account page."
)
NO_SCRIPT = "A passkey needs JavaScript. Switch it on for this site, or use a code instead."
NOT_MADE = "The passkey could not be made. Press the button to try again, or use another device."


@dataclass(frozen=True)
class RelyingParty:
    """Where a browser has this program open. A passkey holds for one host name."""

    host: str  # the name alone; empty where it was opened by an address in numbers
    origin: str  # as browsers sign it: "https://readiness.example.org"


@dataclass(frozen=True)
class Key:
    """What an authenticator gives away of a passkey; texts are base64url."""

    credential_id: str
    public_key: str
    sign_count: int  # how often it says to have signed; many always say 0


@dataclass(frozen=True)
class Passkey:
    """What is stored of one: nothing that signs."""

    id: str
    person_id: str
    name: str  # by which the person knows it again
    host: str
    credential_id: str
    public_key: str
    sign_count: int
    added_at: datetime
    last_used_at: datetime | None = None


def host_name(host: str) -> str:
    """The name in what a browser asks for; nothing for an address, for which no passkey is made.

    >>> host_name("localhost:8000"), host_name("127.0.0.1:8000"), host_name("[::1]")
    ('localhost', '', '')
    """
    name = host.partition(":")[0]
    is_number = host.startswith("[") or name.rpartition(".")[2].isdigit()
    return "" if is_number else name


def creation_options(
    site: RelyingParty, person: Person, challenge: bytes, held: Iterable[Passkey]
) -> str:
    """What a browser is told, as JSON, to make a passkey; none on a device that holds one of
    these."""
    import webauthn
    from webauthn.helpers import structs

    selection = structs.AuthenticatorSelectionCriteria(
        resident_key=structs.ResidentKeyRequirement.PREFERRED,
        user_verification=structs.UserVerificationRequirement.PREFERRED,
    )
    options = webauthn.generate_registration_options(
        rp_id=site.host,
        rp_name="Readiness",
        user_id=person.id.encode(),
        user_name=person.email,
        user_display_name=person.name,
        challenge=challenge,
        timeout=milliseconds(LASTS),
        authenticator_selection=selection,
        exclude_credentials=descriptors(held),
    )
    return webauthn.options_to_json(options)


def request_options(site: RelyingParty, challenge: bytes, held: Iterable[Passkey]) -> str:
    """What a browser is told, as JSON, to sign with one of these."""
    import webauthn
    from webauthn.helpers import structs

    options = webauthn.generate_authentication_options(
        rp_id=site.host,
        challenge=challenge,
        timeout=milliseconds(LASTS),
        allow_credentials=descriptors(held),
        user_verification=structs.UserVerificationRequirement.PREFERRED,
    )
    return webauthn.options_to_json(options)


def descriptors(held: Iterable[Passkey]) -> list[PublicKeyCredentialDescriptor]:
    import webauthn
    from webauthn.helpers import structs

    return [
        structs.PublicKeyCredentialDescriptor(id=webauthn.base64url_to_bytes(each.credential_id))
        for each in held
    ]


def milliseconds(time: timedelta) -> int:
    return time // timedelta(milliseconds=1)


def require_answer(answer: str) -> None:
    if not answer:
        raise BadInput(NO_SCRIPT)
    if len(answer) > LONGEST_ANSWER:
        raise BadInput(NOT_FITTING)


def made(site: RelyingParty, challenge: bytes, answer: str) -> Key:
    """The passkey that a browser made for this site and this challenge."""
    import webauthn
    from webauthn.helpers import bytes_to_base64url

    require_answer(answer)
    try:
        verified = webauthn.verify_registration_response(
            credential=answer,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
        )
    except Exception as error:  # what it lets out of a stranger's bytes is of six kinds
        raise BadInput(NOT_MADE) from error
    return Key(
        bytes_to_base64url(verified.credential_id),
        bytes_to_base64url(verified.credential_public_key),
        verified.sign_count,
    )


def used(
    site: RelyingParty, challenge: bytes, answer: str, held: Iterable[Passkey]
) -> tuple[Passkey, int]:
    """Which of these signed the challenge for this site, and how often it now says to have signed.

    Whether that is more than before is asked where it is stored: two answers may come at once.
    """
    import webauthn
    from webauthn.helpers import parse_authentication_credential_json

    require_answer(answer)
    try:
        credential = parse_authentication_credential_json(answer)
        passkey = next(each for each in held if each.credential_id == credential.id)
        verified = webauthn.verify_authentication_response(
            credential=credential,
            expected_challenge=challenge,
            expected_rp_id=site.host,
            expected_origin=site.origin,
            credential_public_key=webauthn.base64url_to_bytes(passkey.public_key),
            credential_current_sign_count=0,
        )
    except Exception as error:  # as above
        raise BadInput(NOT_FITTING) from error
    return passkey, verified.new_sign_count
