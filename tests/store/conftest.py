"""What tests of the store share: a fresh, empty file."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.store import Store
from readiness.store.migrations import migrate


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    opened = Store(tmp_path / "readiness.db")
    migrate(opened)
    yield opened
    opened.close()
