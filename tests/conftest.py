"""What every test may ask for."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

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
