"""Whoever finds a weakness is told where to report it, by a text that does not outlive itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime, timedelta

import pytest

from readiness.core import config

PATH = "/.well-known/security.txt"


@pytest.fixture
def named(app):
    """An installation that names a contact."""
    app.config["SETTINGS"] = replace(
        app.config["SETTINGS"], security_contact="mailto:security@example.org"
    )
    return app


def fields(reply):
    return dict(line.split(": ", 1) for line in reply.text.splitlines())


def test_it_names_the_contact_and_itself(named, client):
    reply = client.get(PATH)
    assert (reply.status_code, reply.mimetype) == (200, "text/plain")
    found = fields(reply)
    assert found["Contact"] == "mailto:security@example.org"
    assert found["Canonical"] == f"http://localhost{PATH}"


def test_it_expires_within_a_year_and_not_yet(named, client, clock):
    for _ in range(3):
        expires = datetime.fromisoformat(fields(client.get(PATH))["Expires"])
        assert clock() + timedelta(days=90) < expires < clock() + timedelta(days=365)
        clock.forward(days=200)


def test_where_nobody_is_named_there_is_none(client):
    assert client.get(PATH).status_code == 404


def test_a_contact_is_read():
    found = config.from_environment({"READINESS_SECURITY_CONTACT": " https://example.org/report "})
    assert found.security_contact == "https://example.org/report"
    assert config.from_environment({}).security_contact == ""


@pytest.mark.parametrize(
    "typed", ["somebody", "http://example.org", "a@b.cd\nExpires: x", "mailto:a b", "javascript:x"]
)
def test_a_contact_that_is_none_is_told(typed):
    with pytest.raises(ValueError, match="Set it to an e-mail address"):
        config.from_environment({"READINESS_SECURITY_CONTACT": typed})
