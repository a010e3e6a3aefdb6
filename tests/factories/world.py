"""A small world for tests of pages: two groups, two payers, and somebody in every role.

The payer "fair" is shared with by "elm" and not by "oak"; the payer "far" by nobody.
"""

from __future__ import annotations

import re
import shutil
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from readiness.accounts.db import groups, people, sessions
from readiness.accounts.db.tokens import digest
from readiness.accounts.passwords import Hasher
from readiness.accounts.sessions import BrowserSession
from readiness.core.db import Store
from readiness.core.migrations import migrate
from readiness.core.people import Group, Membership, Payer, Person, Role, Site

NOW = datetime(2027, 1, 15, 12, 0, tzinfo=UTC)
PASSWORD = "correct horse battery staple"
HASHED = Hasher(quick=True).hash(PASSWORD)

CAST = {  # person id -> the parts they play
    "maya": Membership("m-maya", "maya", Role.PRACTICE_MANAGER, group_id="elm", may_attest=True),
    "cara": Membership("m-cara", "cara", Role.CARE_TEAM, group_id="elm"),
    "omar": Membership("m-omar", "omar", Role.PRACTICE_MANAGER, group_id="oak", may_attest=True),
    "pam": Membership("m-pam", "pam", Role.PAYER_MANAGER, payer_id="fair"),
    "pete": Membership("m-pete", "pete", Role.PAYER_MANAGER, payer_id="far"),
    "ada": Membership("m-ada", "ada", Role.ADMINISTRATOR),
}


class Clock:
    """The app's clock, standing still until a test moves it."""

    def __init__(self) -> None:
        self.time = NOW

    def __call__(self) -> datetime:
        return self.time

    def forward(self, **amount: int) -> None:
        self.time += timedelta(**amount)


def store_in(folder: Path) -> Store:
    """A new store of a test's own, with the people above."""
    opened = Store.create(folder / "readiness.db")
    migrate(opened)
    fill(opened)
    return opened


def fill(store: Store) -> None:
    with store.writing():
        for group_id in ("elm", "oak"):
            site = Site(f"{group_id}-1", group_id, "Main Street")
            groups.add(store, Group(group_id, f"{group_id.title()} Physicians"), NOW, (site,))
        for payer_id in ("fair", "far"):
            groups.add_payer(store, Payer(payer_id, f"{payer_id.title()} Health"), NOW)
        store.insert(
            "grants",
            {
                "id": "elm-fair",
                "group_id": "elm",
                "payer_id": "fair",
                "granted_at": NOW.isoformat(),
                "granted_by": "maya",
            },
        )
        for person_id, membership in CAST.items():
            person = Person(person_id, person_id.title(), email(person_id), True, NOW)
            people.add(store, person, HASHED)
            people.join(store, membership, NOW)


def email(person_id: str) -> str:
    return f"{person_id}@example.org"


def copy_of(database: Path, folder: Path) -> Path:
    """The database and the key of its history, in another folder."""
    for name in (database.name, "history.key"):
        shutil.copy(database.parent / name, folder / name)
    return folder / database.name


def start_session(store: Store, token: str, person_id: str, at: datetime) -> None:
    """A browser in which that person gave their password at that moment."""
    sessions.start(store, BrowserSession(digest(token), person_id, at, at, at))


def send(client: FlaskClient, path: str, **fields: Any) -> TestResponse:
    """POST a form as a page of ours would: with its token."""
    return client.post(path, data={"csrf_token": token(client), **fields})


def token(client: FlaskClient) -> str:
    page = client.get("/sign-in").text
    found = re.search(r'name="csrf_token" value="([^"]+)"', page)
    assert found, "the page carries a form token"
    return found[1]
