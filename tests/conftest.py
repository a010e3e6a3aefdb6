"""What every test may ask for."""

from __future__ import annotations

import gc
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from pathlib import Path

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import settings
from jinja2 import FileSystemBytecodeCache

from app import create_app
from readiness.accounts.db import sessions
from readiness.assessments import workbook
from readiness.core import solver
from readiness.core.config import Settings
from readiness.core.db import Store
from readiness.core.errors import NotSaved
from readiness.core.integer_program import Program, Solution
from readiness.core.jobs.service import Runner
from readiness.core.migrations import migrate
from readiness.core.pdf import layout
from readiness.core.pdf.printer import Limits, Printer
from readiness.core.printing.service import PrintQueue
from readiness.core.tables import reader as tables
from tests.factories import world
from tests.factories.waiting import PATIENCE

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


@pytest.hookimpl(tryfirst=True)  # before the groups are read
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Tests of one file share a process, but each walk over every page has its own. Long ones come
    first; the browser's only then, so that nobody waits while the demonstration is filled."""
    for item in items:
        walk = getattr(item, "callspec", None) if "every_page" in item.path.name else None
        item.add_marker(pytest.mark.xdist_group(f"{item.path} {walk.id if walk else ''}"))
    long = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: 1 if "browser" in item.path.parts else 2 * (item.path not in long))


def pytest_collection_finish() -> None:
    """What stands now stays to the end: no later collection of garbage looks through it again."""
    gc.collect()
    gc.freeze()


def pytest_sessionfinish() -> None:
    gc.unfreeze()


@pytest.fixture(scope="session", autouse=True)
def unhurried() -> Iterator[None]:
    """Limits of the product that protect a server from what takes too long: a busy machine that
    tests it is no such thing. Tests of a limit set their own."""
    with pytest.MonkeyPatch.context() as patch:
        for module in (tables, solver, workbook):
            patch.setattr(module, "SECONDS", PATIENCE)
        yield


@pytest.fixture(scope="session", autouse=True)
def solve_each_program_once() -> Iterator[None]:
    """Most tests plan for the same few questionnaires, and a program has one answer."""
    solve, solutions = solver.least, {}

    def recall(program: Program, costs: Mapping[int, int]) -> Solution | None:
        key = repr((program, costs))
        if key not in solutions:
            solutions[key] = solve(program, costs)
        return solutions[key]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(solver, "least", recall)
        yield


@pytest.fixture(scope="session")
def empty_database(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With all tables; tests work on copies."""
    path: Path = tmp_path_factory.mktemp("empty") / "readiness.db"
    with closing(Store.create(path)) as store:
        migrate(store)
    return path


@pytest.fixture(scope="session")
def peopled_database(empty_database: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """With the people of `factories/world.py`; tests work on copies."""
    path = world.copy_of(empty_database, tmp_path_factory.mktemp("peopled"))
    with closing(Store(path)) as store:
        world.fill(store)
    return path


def copied(database: Path, folder: Path) -> Iterator[Store]:
    with closing(Store(world.copy_of(database, folder))) as store:
        yield store


@pytest.fixture
def empty_store(empty_database: Path, tmp_path: Path) -> Iterator[Store]:
    yield from copied(empty_database, tmp_path)


@pytest.fixture
def store(peopled_database: Path, tmp_path: Path) -> Iterator[Store]:
    yield from copied(peopled_database, tmp_path)


@pytest.fixture
def clock() -> world.Clock:
    return world.Clock()


@pytest.fixture(scope="session")
def printer() -> Iterator[Printer]:
    """One child process for all documents of a run."""
    with Printer(Limits(seconds=PATIENCE)) as shared:
        yield shared


@pytest.fixture(scope="session")
def shared_app(
    peopled_database: Path, printer: Printer, compiled_templates: FileSystemBytecodeCache
) -> Flask:
    """Made once: its routes and templates take longer to compile than most tests take to run."""
    made = create_app(settings_for(peopled_database))
    made.config.update(TESTING=True, PRINTER=printer)
    made.jinja_env.bytecode_cache = compiled_templates
    return made


@pytest.fixture(scope="session", autouse=True)
def compiled_templates(pytestconfig: pytest.Config) -> FileSystemBytecodeCache:
    """Shared by all workers of a run; a template that changes is compiled anew."""
    made = FileSystemBytecodeCache(str(pytestconfig.cache.mkdir("templates")))
    layout.environment().bytecode_cache = made
    return made


def settings_for(database: Path) -> Settings:
    return Settings(database.parent, secret_key="x" * 32, is_demo=True, quick_hashing=True)


@pytest.fixture
def app(shared_app: Flask, store: Store, clock: world.Clock) -> Iterator[Flask]:
    """The application on this test's own store; what a test configures is put back after it.

    Work that a page has begun is stopped and waited for: a solver must not outlive its test.
    """
    before = dict(shared_app.config)
    shared_app.config.update(
        SETTINGS=settings_for(store.path),
        CLOCK=clock,
        RUNNER=Runner(store.path),
        PACKER=Runner(store.path, at_once=1),
        PRINTS=PrintQueue(store.path, PATIENCE),
    )
    views = dict(shared_app.view_functions)
    yield shared_app
    with suppress(NotSaved), store.writing():  # a test may have spoilt its own file
        store.execute("update jobs set state = 'canceled' where ended_at is null")
    for thread in job_threads():
        thread.join(60)
    shared_app.config.clear()
    shared_app.config.update(before)
    shared_app.view_functions.update(views)


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
            world.start_session(store, token, person_id, clock())
        client.set_cookie(app.config["SIGN_IN_COOKIE"], token)
        return client

    return open_session


@pytest.fixture
def maya(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "maya")


@pytest.fixture
def cara(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "cara")


@pytest.fixture
def pam(client: FlaskClient, sign_in: SignIn) -> FlaskClient:
    return sign_in(client, "pam")
