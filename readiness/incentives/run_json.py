"""Designs, numbers and outcomes of the laboratory as JSON keeps them, and back."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from readiness.core.serialization import from_json
from readiness.incentives.design import Design
from readiness.incentives.models import DesignOutcome, ReleasedNumbers


def plain(value: object) -> dict[str, Any]:
    """In the order in which it was made: a document lists it so."""
    found: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(value))
    return found


def design_out(design: Design) -> dict[str, Any]:
    return plain(design)


def design_in(stored: Mapping[str, Any]) -> Design:
    """What a later version has added stands at its usual."""
    return from_json(Design, stored)


def numbers_out(numbers: ReleasedNumbers) -> dict[str, Any]:
    return plain(numbers)


def numbers_in(stored: Mapping[str, Any]) -> ReleasedNumbers:
    return from_json(ReleasedNumbers, stored)


def outcome_out(outcome: DesignOutcome) -> dict[str, Any]:
    """Without its design, which stands beside it."""
    return {name: each for name, each in plain(outcome).items() if name != "design"}


def outcome_in(stored: Mapping[str, Any], design: Design) -> DesignOutcome:
    return from_json(DesignOutcome, {**stored, "design": plain(design)})
