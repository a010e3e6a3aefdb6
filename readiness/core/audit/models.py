"""The history: who did what to which thing, when. Ids and numbers only, never what was typed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(frozen=True)
class Event:
    at: datetime
    actor_id: str
    verb: str  # past tense, as a person reads it: "answered", "submitted"
    object_kind: str  # "assessment", "cycle", "person"
    object_id: str
    group_id: str | None = None  # whose history shows it
    payer_id: str | None = None
    detail: Mapping[str, str | int | bool | None] = field(default_factory=dict)
