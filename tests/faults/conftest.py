"""A small disk for each test, and the ways in which it stops taking anything."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, closing, contextmanager
from pathlib import Path

import pytest
from flask import Flask

from readiness.core.db import Store
from readiness.core.jobs.service import Runner
from readiness.core.sealing import key_path
from tests.conftest import settings_for
from tests.factories.small_disk import SmallDisk, mounted

Move = Callable[[], Path]
TakesNothing = Callable[[], AbstractContextManager[None]]


@pytest.fixture
def disk(tmp_path: Path) -> Iterator[SmallDisk]:
    with mounted(tmp_path / "disk") as small:
        yield small


@pytest.fixture
def move(app: Flask, store: Store, disk: SmallDisk) -> Move:
    """Serve a copy of the store on the small disk from now on; nobody has it open."""

    def move() -> Path:
        path = disk.folder / store.path.name
        with closing(Store.create(path)) as there:
            store.db.conn.backup(there.db.conn)
        shutil.copy(key_path(store.path), key_path(path))
        if (packs := store.path.parent / "packs").is_dir():
            shutil.copytree(packs, disk.folder / "packs")
        app.config.update(
            SETTINGS=settings_for(path), RUNNER=Runner(path), PACKER=Runner(path, at_once=1)
        )
        return path

    return move


@contextmanager
def full(disk: SmallDisk, _: Path) -> Iterator[None]:
    disk.fill()
    yield
    disk.make_room()


@contextmanager
def full_while_open(disk: SmallDisk, path: Path) -> Iterator[None]:
    """As under gunicorn, where each process keeps the database open."""
    with closing(Store(path)), full(disk, path):
        yield


@contextmanager
def read_only(disk: SmallDisk, _: Path) -> Iterator[None]:
    disk.forbid_writing()
    yield
    disk.allow_writing()


FAULTS = {each.__name__: each for each in (full, full_while_open, read_only)}


@pytest.fixture(params=FAULTS)
def takes_nothing(request: pytest.FixtureRequest, disk: SmallDisk, move: Move) -> TakesNothing:
    """The disk that refuses to take anything, until the block ends."""
    return lambda: FAULTS[request.param](disk, move())
