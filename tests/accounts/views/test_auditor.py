"""An auditor reads the history of the installation, checks it, and opens nothing else."""

from __future__ import annotations

import pytest

from readiness.accounts.db import people
from readiness.core.people import Membership, Person, Role
from tests.factories import world
from tests.factories.page import Page


@pytest.fixture
def aude(client, store):
    with store.writing():
        people.add(
            store, Person("aude", "Aude", world.email("aude"), True, world.NOW), world.HASHED
        )
        people.join(store, Membership("m-aude", "aude", Role.AUDITOR), world.NOW)
    world.start_session(store, "aude", "aude", world.NOW)
    client.set_cookie("session", "aude")
    return client


def test_the_history_is_read_and_checked(aude):
    page = Page(aude.get("/home").text)
    assert "/admin/history" in [link.get("href") for link in page.all("a")]
    assert aude.get("/admin/history").status_code == 200
    assert world.send(aude, "/admin/history/check").status_code == 303
    assert "The history is whole" in Page(aude.get("/admin/history").text).text


@pytest.mark.parametrize(
    "address",
    ["/admin", "/admin/people", "/admin/groups", "/groups/elm/history", "/payers/fair/history"],
)
def test_nothing_else_opens(aude, address):
    assert aude.get(address).status_code in (403, 404)


def test_an_auditor_is_invited_by_an_administrator_and_is_no_last_administrator(
    aude, app, sign_in, store
):
    ada = sign_in(app.test_client(), "ada")
    page = Page(ada.get("/admin/administrators").text)
    assert "Aude" in page.text
    leave = world.send(ada, "/admin/administrators/members/m-ada/leave")
    assert leave.status_code == 422  # she is the last who administers
    assert world.send(ada, "/admin/administrators/members/m-aude/leave").status_code == 303
    sent = {"email": "new@example.org", "role": "auditor"}
    assert world.send(ada, "/admin/administrators/invitations", **sent).status_code == 200
