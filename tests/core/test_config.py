"""The settings are read from the environment, and a wrong one is told in a sentence."""

from __future__ import annotations

import pytest

from app import create_app
from readiness.core import config


def test_the_number_of_proxies_is_read() -> None:
    assert config.from_environment({"READINESS_PROXIES": " 2 "}).proxies == 2
    assert config.from_environment({}).proxies == 0


@pytest.mark.parametrize("typed", ["abc", "-1", "1.5", "²", "1000"])
def test_a_number_of_proxies_that_is_none_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="Set it to the number of reverse proxies"):
        config.from_environment({"READINESS_PROXIES": typed})


def test_the_smallest_count_that_is_shown_is_read() -> None:
    assert config.from_environment({"READINESS_SMALLEST_SHOWN": "20"}).smallest_shown == 20
    assert config.from_environment({}).smallest_shown == 11


@pytest.mark.parametrize("typed", ["4", "31", "0", "eleven", "-11", "11.5", "1" * 5_000])
def test_a_smallest_count_that_is_not_allowed_is_told(typed: str) -> None:
    with pytest.raises(ValueError, match="from 5 to 30"):
        config.from_environment({"READINESS_SMALLEST_SHOWN": typed})


def test_the_application_ends_with_that_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("READINESS_PROXIES", "abc")
    with pytest.raises(SystemExit, match="READINESS_PROXIES is 'abc'"):
        create_app()


OIDC = {
    "READINESS_OIDC_ISSUER": "https://login.example.org",
    "READINESS_OIDC_CLIENT_ID": "readiness",
    "READINESS_OIDC_CLIENT_SECRET": "not to be shown",
}


def test_single_sign_on_is_off_until_it_is_set_up_and_its_secret_is_never_shown():
    assert config.from_environment({}).identity_provider is None
    settings = config.from_environment(OIDC | {"READINESS_OIDC_NAME": "Example Health"})
    assert settings.identity_provider
    assert settings.identity_provider.name == "Example Health"
    assert "not to be shown" not in repr(settings)


@pytest.mark.parametrize("name", OIDC)
def test_half_a_single_sign_on_is_refused(name):
    with pytest.raises(ValueError, match=f"{name} is missing"):
        config.from_environment(OIDC | {name: ""})


@pytest.mark.parametrize(
    ("issuer", "is_demo"),
    [("http://login.example.org", "1"), ("http://127.0.0.1:9400", ""), ("login.example.org", "")],
)
def test_a_provider_without_https_is_refused_but_on_loopback_in_a_demonstration(issuer, is_demo):
    environ = OIDC | {"READINESS_OIDC_ISSUER": issuer, "READINESS_DEMO": is_demo}
    with pytest.raises(ValueError, match="https address"):
        config.from_environment(environ)
    on_loopback = environ | {
        "READINESS_OIDC_ISSUER": "http://127.0.0.1:9400",
        "READINESS_DEMO": "1",
    }
    assert config.from_environment(on_loopback).identity_provider
