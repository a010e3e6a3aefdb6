"""What every test may ask for."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings

from app import create_app
from readiness.accounts.db import sessions
from readiness.core.config import Settings
from readiness.core.db import Store
from readiness.core.schema import migrate
from tests.factories import world

SignIn = Callable[[FlaskClient, str], FlaskClient]

settings.register_profile("patient", deadline=None)  # a busy machine is no failure
settings.load_profile("patient")

OWN_ORACLES = Path(__file__).parent / "data" / "oracles.json"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--oracles",
        type=Path,
        default=OWN_ORACLES,
        help="a file of published cases that the statistics are checked against",
    )


@pytest.fixture
def empty_store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "readiness.db")
    migrate(opened)
    yield opened
    opened.close()


@pytest.fixture
def store(empty_store: Store) -> Store:
    """With the people of `factories/world.py`."""
    world.fill(empty_store)
    return empty_store


@pytest.fixture
def clock() -> world.Clock:
    return world.Clock()


@pytest.fixture
def app(store: Store, clock: world.Clock) -> Iterator[Flask]:
    """Work that a page has begun is stopped and waited for: a solver must not outlive its test."""
    chosen = Settings(store.path.parent, secret_key="x" * 32, is_demo=True, quick_hashing=True)
    made = create_app(chosen)
    made.config.update(CLOCK=clock, TESTING=True)
    yield made
    with store.writing():
        store.execute("update jobs set state = 'canceled' where ended_at is null")
    for thread in job_threads():
        thread.join(60)


def job_threads() -> list[threading.Thread]:
    return [each for each in threading.enumerate() if each.name.startswith("job ")]


@pytest.fixture
def client(app: Flask) -> FlaskClient:
    return app.test_client()


@pytest.fixture
def sign_in(app: Flask, store: Store, clock: world.Clock) -> SignIn:
    """Open a session for one of the cast: `sign_in(client, "maya")`."""

    def open_session(client: FlaskClient, person_id: str) -> FlaskClient:
        token = f"session of {person_id}".replace(" ", "-")
        if sessions.find(store, token) is None:
            sessions.start(store, token, person_id, clock())
        client.set_cookie(app.config["SIGN_IN_COOKIE"], token)
        return client

    return open_session
