"""What tests of use cases share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.store import Store
from readiness.store.migrations import migrate
from tests.web import world


@pytest.fixture
def peopled(tmp_path: Path) -> Iterator[Store]:
    """A store with the cast of the tests of pages."""
    opened = Store(tmp_path / "readiness.db")
    migrate(opened)
    world.fill(opened)
    yield opened
    opened.close()
