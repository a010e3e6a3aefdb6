"""Runs of the laboratory as they are stored and listed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any


@dataclass(frozen=True)
class StoredRun:
    """Everything in plain values, as JSON keeps it."""

    id: str
    payer_id: str
    asked_by: str
    asked_at: datetime
    designs: tuple[Mapping[str, Any], ...]
    settings: Mapping[str, Any]  # points, replicates, seed
    numbers: Mapping[str, Any]  # what it is tried on
    outcome: Mapping[str, Any] | None = None  # None: not done
    engine: str = ""  # what made the outcome, with its versions
    done_at: datetime | None = None


@dataclass(frozen=True)
class Listed:
    """One line of the list: a run's numbers and outcome may be large."""

    id: str
    asked_at: datetime
    author: str
    designs: tuple[str, ...]
    groups: int
    period: str
    is_done: bool
