"""A file of screens or counts on its way into a group's counts: read, looked at, then taken or not.

Of the file itself nothing is kept but the counts it led to and a fingerprint of its content.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from enum import StrEnum
from typing import Any

from readiness.core.errors import Problem
from readiness.core.periods import Period
from readiness.core.tables.models import MOST_PROBLEMS, Report, share_unread
from readiness.counts.social_risk.models import FunnelCell, Need, Step

RETENTION = timedelta(days=30)  # what nobody has taken over by then is removed

KnownCounts = Mapping[FunnelCell, int]
BySite = Mapping[str, KnownCounts]  # "" for the group as a whole
WHOLE_GROUP = ""


class UploadState(StrEnum):
    READING = "reading"
    REFUSED = "refused"  # as a whole: nothing in it could be taken
    READ = "read"  # waits for somebody's yes or no
    CONFIRMED = "confirmed"
    DISCARDED = "discarded"


@dataclass(frozen=True)
class UploadReport:
    """What was read, without any content: numbers, places, public codes."""

    rows: int = 0
    skipped: int = 0
    held: int = 0
    deleted: int = 0
    duplicates: int = 0
    refused: int = 0
    flag_disagreements: int = 0
    unknown_codes: Mapping[str, int] = field(default_factory=dict)
    unreadable_answers: Mapping[str, int] = field(default_factory=dict)  # by question or heading
    passed_forms: Mapping[str, int] = field(default_factory=dict)  # by address
    first_day: date | None = None  # of the screens that were counted
    last_day: date | None = None
    warnings: tuple[Problem, ...] = ()  # of the whole
    problems: tuple[Problem, ...] = ()
    running: tuple[Period, ...] = ()  # in the file, and not closed when it was read
    unlisted_sites: int = 0  # named by the file, not among the group's own
    notes: tuple[str, ...] = ()  # what of visits and referrals is not counted, and why
    steps: tuple[Step, ...] = ()  # that were counted from visits and referrals

    @property
    def unread_share(self) -> float:
        return share_unread(self.refused, self.rows)

    def months_without_screens(self, quarter: Period) -> tuple[str, ...]:
        """None where no day is known, as of tables of counts."""
        if self.first_day is None or self.last_day is None:
            return ()
        return quarter.months_outside(self.first_day, self.last_day)

    @property
    def unlisted_problems(self) -> int:
        """Those that were counted and not listed one by one."""
        return max(0, self.refused - MOST_PROBLEMS)


def report_of(report: Report, **also: Any) -> UploadReport:
    """What was read of the rows, with what else is known of the upload."""
    found = {
        "unknown_codes": dict(report.unknown_codes),
        "unreadable_answers": dict(report.unreadable_answers),
        "passed_forms": dict(report.passed_forms),
        "warnings": tuple(report.warnings),
        "problems": tuple(report.problems),
    }
    return UploadReport(**{**vars(report), **found, **also})


@dataclass(frozen=True)
class Upload:
    id: str
    group_id: str
    sha256: str  # of the content: the same file is known again
    author_id: str
    at: datetime
    state: UploadState = UploadState.READING
    report: UploadReport = UploadReport()
    quarters: tuple[Period, ...] = ()  # what it holds
    taken: tuple[Period, ...] = ()  # and what was taken over of it
    decided_by: str = ""
    decided_at: datetime | None = None
    mapping_id: str | None = None  # of the group's mappings, while it is there


@dataclass(frozen=True)
class SavedMapping:
    """What the columns of a group's tables mean, kept under a name for the next upload."""

    id: str
    group_id: str
    name: str
    text: str  # as the command line reads it
    author_id: str
    at: datetime


def replaced_by(upload: Upload, quarter: Period, others: tuple[Upload, ...]) -> Upload | None:
    """The next upload that was taken over for the same quarter."""
    if upload.decided_at is None or quarter not in upload.taken:
        return None
    mine = upload.decided_at
    later = [
        each
        for each in others
        if each.id != upload.id
        and quarter in each.taken
        and each.decided_at is not None
        and each.decided_at >= mine
    ]
    return min(later, key=lambda each: each.decided_at or mine, default=None)


StepOfNeed = tuple[Need | None, Step]


def covered_steps(uploaded: BySite) -> set[StepOfNeed]:
    """Which steps of which needs a file says anything about."""
    return {(cell.need, cell.step) for known in uploaded.values() for cell in known}


def changes(
    current: KnownCounts, uploaded: KnownCounts, covered: set[StepOfNeed]
) -> dict[FunnelCell, int | None]:
    """What taking the file over changes: None takes a count back.

    A file speaks for a step of a need in every breakdown and at every site at once: where it has
    no number, there is none any more, for a part of another count would stand beside it. On steps
    and needs that it is silent on, what stands stays.
    """
    changed: dict[FunnelCell, int | None] = {
        cell: value for cell, value in uploaded.items() if current.get(cell) != value
    }
    for cell in current:
        if cell not in uploaded and (cell.need, cell.step) in covered:
            changed[cell] = None
    return changed


def changes_by_site(current: BySite, uploaded: BySite) -> dict[str, dict[FunnelCell, int | None]]:
    covered = covered_steps(uploaded)
    found = {
        site_id: changes(current.get(site_id, {}), uploaded.get(site_id, {}), covered)
        for site_id in sorted({*current, *uploaded})
    }
    return {site_id: changed for site_id, changed in found.items() if changed}


def counts_after(
    current: KnownCounts, changed: Mapping[FunnelCell, int | None]
) -> dict[FunnelCell, int]:
    """What stands once the file is taken over."""
    values: dict[FunnelCell, int | None] = {**current, **changed}
    return {cell: value for cell, value in values.items() if value is not None}


@dataclass(frozen=True)
class CountComparison:
    """One count as it stands and as it would be."""

    cell: FunnelCell
    now: int | None
    then: int | None

    @property
    def is_changed(self) -> bool:
        return self.now != self.then


def compare_counts(
    current: KnownCounts, uploaded: KnownCounts, changed: Mapping[FunnelCell, int | None]
) -> tuple[CountComparison, ...]:
    """Every count that the file speaks of."""
    return tuple(
        CountComparison(cell, current.get(cell), changed.get(cell, current.get(cell)))
        for cell in sorted({*uploaded, *changed}, key=lambda cell: cell.key)
    )
