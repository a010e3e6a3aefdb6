"""Signing in, staying in, getting out; and what every page refuses."""

from __future__ import annotations

from tests.web import world


def test_the_right_password_opens_a_session(client):
    reply = world.send(client, "/sign-in", email=world.email("maya"), password=world.PASSWORD)
    assert reply.status_code == 303
    assert client.get("/home").status_code == 200
