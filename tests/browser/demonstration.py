"""The demonstration, filled once and served anew for each module that walks through it."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app import create_app
from readiness.core.config import LOOPBACK, Settings
from readiness.core.pdf.printer import Limits, Printer
from readiness.core.printing.service import PrintQueue
from tests.browser.server import serving
from tests.browser.tools import ROOT
from tests.factories.waiting import PATIENCE


def filled_once(factory: pytest.TempPathFactory) -> Path:
    """The folder with the filled demonstration, shared by the processes of one test run."""
    base = factory.getbasetemp()
    shared = base.parent if os.environ.get("PYTEST_XDIST_WORKER") else base
    folder = shared / "demonstration"
    with (shared / "demonstration.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not folder.exists():
            fill(folder.with_suffix(".part"))
            folder.with_suffix(".part").rename(folder)
    return folder


def fill(folder: Path) -> None:
    """As script/server does it: through the commands, in a process of their own."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    environment = {**os.environ, "READINESS_DEMO": "1", "READINESS_DATA": str(folder)}
    for command in (["database", "migrate"], ["demo", "fill"]):
        subprocess.run(
            [sys.executable, "-m", "flask", *command],
            cwd=ROOT,
            env=environment,
            check=True,
            stdout=subprocess.DEVNULL,
        )


@contextmanager
def served(filled: Path, folder: Path, patience: float = PATIENCE) -> Iterator[str]:
    """The address of a fresh copy, reachable until the block ends; how long it waits for a PDF."""
    shutil.copytree(filled, folder, dirs_exist_ok=True)
    settings = Settings(
        data=folder,
        secret_key="only for tests" * 3,
        is_demo=True,
        hosts=LOOPBACK,
    )
    app = create_app(settings)
    with Printer(Limits(seconds=PATIENCE)) as printer, serving(app) as address:
        app.config.update(PRINTER=printer, PRINTS=PrintQueue(settings.database, patience))
        yield address
