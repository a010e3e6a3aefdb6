"""Settings: read once from the environment, handed down as a value."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from urllib.parse import urlsplit

from readiness.core.small_cells import FEWEST, THRESHOLDS

PACKAGE = Path(__file__).resolve().parents[1]
# Templates and static files stand beside the package in a checkout, and inside it once installed.
ROOT = PACKAGE if (PACKAGE / "templates").is_dir() else PACKAGE.parent

MEMORY = Path("/dev/shm")  # noqa: S108 - for folders of one's own, where there is such a place


class Required(StrEnum):
    """Of whom a second step of signing in is asked, whether they want it or not."""

    NOBODY = "nobody"
    PAYERS = "payers"  # and administrators: they see more than one group
    EVERYONE = "everyone"


@dataclass(frozen=True)
class IdentityProvider:
    """Who vouches for people by OpenID Connect, and as whom this installation is known there."""

    issuer: str
    client_id: str
    client_secret: str = field(repr=False)
    name: str  # on the button


@dataclass(frozen=True)
class Settings:
    data: Path  # the folder with the database and its backups
    secret_key: str | None = None  # None: commands work, pages are refused
    is_demo: bool = False  # invented groups, plain HTTP on loopback only
    hosts: tuple[str, ...] = ()  # names this installation answers to
    instruments: tuple[Path, ...] = ()  # folders with instruments of one's own
    quick_hashing: bool = False  # for tests: password hashes that protect nothing
    smallest_shown: int = FEWEST  # patients: smaller counts are hidden from other readers
    hides_all_positive: bool = True  # where a few were screened and every one was positive
    second_step: Required = Required.NOBODY
    backup_recipient: str = ""  # whose key backups are encrypted for, or a file of such keys
    metrics_token: str = ""  # with which another machine may read /metrics
    identity_provider: IdentityProvider | None = None
    proxies: int = 0  # trusted reverse proxies in front, each adding one X-Forwarded-For
    security_contact: str = ""  # a URI, to which weaknesses are reported; empty: none is told

    @property
    def database(self) -> Path:
        return self.data / "readiness.db"


CONTACT = re.compile(r"[!-~]+")  # one line without spaces
PROXY_DIGITS = 2  # nobody stands a hundred proxies in a row
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")


def from_environment(environ: Mapping[str, str]) -> Settings:
    """Raises ValueError with a sentence when a value cannot be understood."""
    is_demo = environ.get("READINESS_DEMO", "") == "1"
    return Settings(
        data=Path(environ.get("READINESS_DATA") or ("var/demo" if is_demo else "var")),
        secret_key=environ.get("READINESS_SECRET_KEY") or None,
        is_demo=is_demo,
        hosts=LOOPBACK if is_demo else words(environ.get("READINESS_HOSTS", ""), ","),
        instruments=tuple(map(Path, words(environ.get("READINESS_INSTRUMENTS", ""), ":"))),
        second_step=second_step(environ.get("READINESS_SECOND_STEP", ""), is_demo=is_demo),
        backup_recipient=environ.get("READINESS_BACKUP_RECIPIENT", "").strip(),
        metrics_token=environ.get("READINESS_METRICS_TOKEN", "").strip(),
        identity_provider=identity_provider(environ, is_demo=is_demo),
        proxies=how_many(environ.get("READINESS_PROXIES", "")),
        smallest_shown=smallest_shown(environ.get("READINESS_SMALLEST_SHOWN", "")),
        hides_all_positive=hides_all_positive(environ.get("READINESS_ALL_POSITIVE", "")),
        security_contact=security_contact(environ.get("READINESS_SECURITY_CONTACT", "")),
    )


def how_many(text: str) -> int:
    """
    >>> how_many("2"), how_many("")
    (2, 0)
    """
    proxies = text.strip() or "0"
    if not (proxies.isascii() and proxies.isdigit() and len(proxies) <= PROXY_DIGITS):
        raise ValueError(
            f"READINESS_PROXIES is {text!r}. Set it to the number of reverse proxies in front, "
            "such as 1, or leave it out when there is none."
        )
    return int(proxies)


def second_step(text: str, *, is_demo: bool) -> Required:
    """
    >>> second_step("", is_demo=False), second_step("everyone", is_demo=False)
    (<Required.PAYERS: 'payers'>, <Required.EVERYONE: 'everyone'>)
    """
    typed = text.strip() or (Required.NOBODY if is_demo else Required.PAYERS)
    try:
        return Required(typed)
    except ValueError:
        raise ValueError(
            f"READINESS_SECOND_STEP is {text!r}. Set it to everyone, payers or nobody, or leave it "
            "out: then payers and administrators are asked for a passkey or a code from an app."
        ) from None


def identity_provider(environ: Mapping[str, str], *, is_demo: bool) -> IdentityProvider | None:
    """
    >>> identity_provider({}, is_demo=False) is None
    True
    """
    names = ("READINESS_OIDC_ISSUER", "READINESS_OIDC_CLIENT_ID", "READINESS_OIDC_CLIENT_SECRET")
    given = [environ.get(name, "").strip() for name in names]
    if not any(given):
        return None
    if missing := [name for name, value in zip(names, given, strict=True) if not value]:
        raise ValueError(f"{missing[0]} is missing. Single sign-on needs {', '.join(names)}.")
    issuer = urlsplit(given[0])
    is_loopback = is_demo and issuer.hostname in ("127.0.0.1", "localhost", "::1")
    if issuer.scheme != "https" and not (is_loopback and issuer.scheme == "http"):
        raise ValueError(
            f"READINESS_OIDC_ISSUER is {given[0]!r}. Set it to the https address that the provider "
            "calls its issuer, such as https://login.example.org."
        )
    name = environ.get("READINESS_OIDC_NAME", "").strip() or "single sign-on"
    return IdentityProvider(given[0], given[1], given[2], name)


def smallest_shown(text: str) -> int:
    """
    >>> smallest_shown(""), smallest_shown("20")
    (11, 20)
    """
    typed = text.strip() or str(FEWEST)
    low, high = THRESHOLDS
    if not (typed.isascii() and typed.isdigit() and low <= int(typed[:3]) <= high):
        raise ValueError(
            f"READINESS_SMALLEST_SHOWN is {text!r}. Set it to the smallest count of patients that "
            f"may leave a group, from {low} to {high}, or leave it out for {FEWEST}."
        )
    return int(typed)


def hides_all_positive(text: str) -> bool:
    """
    >>> hides_all_positive(""), hides_all_positive("show")
    (True, False)
    """
    if text.strip() not in ("", "hide", "show"):
        raise ValueError(
            f"READINESS_ALL_POSITIVE is {text!r}. Set it to show where the number of positives may "
            "leave a group though all of a few people were positive, or leave it out."
        )
    return text.strip() != "show"


def security_contact(text: str) -> str:
    """
    >>> security_contact("security@example.org"), security_contact("")
    ('mailto:security@example.org', '')
    """
    typed = text.strip()
    uri = f"mailto:{typed}" if "@" in typed and ":" not in typed else typed
    if uri and not (uri.startswith(("mailto:", "https://", "tel:")) and CONTACT.fullmatch(uri)):
        raise ValueError(
            f"READINESS_SECURITY_CONTACT is {text!r}. Set it to an e-mail address or a page that "
            "begins with https://, or leave it out."
        )
    return uri


def words(text: str, separator: str) -> tuple[str, ...]:
    return tuple(word.strip() for word in text.split(separator) if word.strip())
