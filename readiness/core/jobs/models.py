"""Work that goes on after its page was answered, and how far it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

LOST_AFTER = timedelta(seconds=60)  # without a sign of life


class JobState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELED = "canceled"


LIVE = frozenset({JobState.WAITING, JobState.RUNNING})


@dataclass(frozen=True)
class Job:
    """`result_id` names what it is to make. What it works on is in its process's memory alone."""

    id: str
    kind: str
    asked_by: str
    asked_at: datetime
    beat_at: datetime  # its last sign of life
    group_id: str | None = None
    payer_id: str | None = None
    state: JobState = JobState.WAITING
    done: int = 0
    total: int = 0  # 0: not known beforehand
    says: str = ""  # what went wrong, for the person who asked
    result_id: str = ""
    ended_at: datetime | None = None

    @property
    def is_live(self) -> bool:
        return self.state in LIVE

    def is_lost(self, now: datetime) -> bool:
        """Its process ended, and what it worked on with it."""
        return self.is_live and now - self.beat_at > LOST_AFTER
