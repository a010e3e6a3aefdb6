"""Waiting for work in the background: as long as it takes on a busy machine, and not for ever."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")
PATIENCE = 600  # seconds: longer than anything here takes, however busy the machine is


def until(condition: Callable[[], Found]) -> Found:
    """What the condition came to, once that is true."""
    end = time.monotonic() + PATIENCE
    while not (found := condition()):
        assert time.monotonic() < end, "it did not come to that"
        time.sleep(0.05)
    return found
