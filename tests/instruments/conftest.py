"""Every test here may write instruments of its own into `tmp_path`."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from readiness.instruments import loader as instruments


@pytest.fixture(autouse=True)
def own_folder(tmp_path: Path) -> Iterator[Path]:
    instruments.use_folders([tmp_path])
    yield tmp_path
    instruments.use_folders([])
