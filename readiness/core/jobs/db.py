"""Work under way: asked for by a page, done by a thread, watched and stopped by other pages."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from datetime import datetime
from typing import Any

from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound, NotSaved, WrongState
from readiness.core.jobs.models import LIVE, LOST_AFTER, Job, JobState

LOST = (
    "The server was restarted, or could not save, while this was under way. Nothing was kept. "
    "Start it again."
)
ONE_AT_A_TIME = (
    "Something of this kind is under way for your group already. Wait until it is done, or stop it."
)
ONE_FOR_A_PAYER = (
    "Something of this kind is under way for your organization already. Wait until it is done, or "
    "stop it."
)
LIVE_ROWS = f"state in ({', '.join(repr(str(state)) for state in sorted(LIVE))})"


def ask(store: Store, job: Job) -> None:
    """One at a time for each group, and one of a kind for each payer; one whose process ended does
    not stand in the way."""
    with store.writing():
        bury(store, job.asked_at)
        if job.group_id and live_of_group(store, job.group_id):
            raise WrongState(ONE_AT_A_TIME)
        if job.payer_id and live_of_payer(store, job.payer_id, job.kind):
            raise WrongState(ONE_FOR_A_PAYER)
        store.insert("jobs", to_row(job))


def get(store: Store, job_id: str) -> Job:
    row = store.row("select * from jobs where id = ?", (job_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return from_row(row)


def is_live(store: Store, job_id: str) -> bool:
    return store.row(f"select 1 from jobs where id = ? and {LIVE_ROWS}", (job_id,)) is not None  # noqa: S608 - our words


def live_counts(store: Store, now: datetime) -> dict[str, int]:
    """How many wait and how many are at work, those apart whose process ended."""
    rows = store.rows(
        f"select state, count(*) as number from jobs where {LIVE_ROWS} and beat_at >= ?"  # noqa: S608 - our words
        " group by state",
        ((now - LOST_AFTER).isoformat(),),
    )
    return dict.fromkeys(sorted(LIVE), 0) | {row["state"]: row["number"] for row in rows}


def making(store: Store, result_id: str) -> Job | None:
    """The latest job that was to make this."""
    row = store.row(
        "select * from jobs where result_id = ? order by asked_at desc, rowid desc", (result_id,)
    )
    return from_row(row) if row else None


def follow(store: Store, result_id: str, now: datetime) -> Job | None:
    """The same for a page that waits for it."""
    job = making(store, result_id)
    return as_of(store, job, now) if job else None


def as_of(store: Store, job: Job, now: datetime) -> Job:
    """Failed where it gives no sign of life any more, also while nothing can be written."""
    if not job.is_lost(now):
        return job
    with suppress(NotSaved):
        bury(store, now)
        return get(store, job.id)
    return replace(job, state=JobState.FAILED, says=LOST, ended_at=now)


def live_of_group(store: Store, group_id: str) -> Job | None:
    row = store.row(f"select * from jobs where group_id = ? and {LIVE_ROWS}", (group_id,))  # noqa: S608 - our words
    return from_row(row) if row else None


def live_of_payer(store: Store, payer_id: str, kind: str) -> Job | None:
    row = store.row(
        f"select * from jobs where payer_id = ? and kind = ? and {LIVE_ROWS}",  # noqa: S608 - our words
        (payer_id, kind),
    )
    return from_row(row) if row else None


def latest_of_person(store: Store, person_id: str, result_id: str) -> Job | None:
    """The last that this person asked for, of those that were to make this."""
    row = store.row(
        "select * from jobs where result_id = ? and asked_by = ? "
        "order by asked_at desc, rowid desc",
        (result_id, person_id),
    )
    return from_row(row) if row else None


def count_live(store: Store, kind: str, now: datetime) -> dict[str, int]:
    """How many of a kind are waiting or at work, by who asked for them."""
    rows = store.rows(
        f"select asked_by, count(*) as jobs from jobs where kind = ? and {LIVE_ROWS}"  # noqa: S608 - our words
        " and beat_at >= ? group by asked_by",
        (kind, (now - LOST_AFTER).isoformat()),
    )
    return {row["asked_by"]: row["jobs"] for row in rows}


def of_payer(store: Store, payer_id: str, kind: str) -> tuple[Job, ...]:
    """Newest first."""
    rows = store.rows(
        "select * from jobs where payer_id = ? and kind = ? order by asked_at desc, rowid desc",
        (payer_id, kind),
    )
    return tuple(map(from_row, rows))


def beat(store: Store, job_id: str, state: JobState, done: int, total: int, at: datetime) -> bool:
    """Write down how far it is; False when it is over, and whoever works on it has to stop."""
    with store.writing():
        touched = store.execute(
            f"update jobs set state = ?, done = ?, total = max(total, ?), beat_at = ?"  # noqa: S608 - our words
            f" where id = ? and {LIVE_ROWS}",
            (state, done, total, at.isoformat(), job_id),
        )
    return bool(touched)


def end(store: Store, job_id: str, state: JobState, says: str, at: datetime) -> bool:
    """The first to end it decides how; False for everybody after."""
    with store.writing():
        touched = store.execute(
            f"update jobs set state = ?, says = ?, ended_at = ? where id = ? and {LIVE_ROWS}",  # noqa: S608 - our words
            (state, says, at.isoformat(), job_id),
        )
    return bool(touched)


def bury(store: Store, now: datetime) -> None:
    """Tell those that gave no sign of life any more as failed."""
    with store.writing():
        store.execute(
            f"update jobs set state = ?, says = ?, ended_at = ?"  # noqa: S608 - our words
            f" where {LIVE_ROWS} and beat_at < ?",
            (JobState.FAILED, LOST, now.isoformat(), (now - LOST_AFTER).isoformat()),
        )


def forget(store: Store, before: datetime, kind: str = "") -> None:
    """Remove those that ended before that moment, of one kind or of all."""
    with store.writing():
        store.execute(
            "delete from jobs where ended_at < ? and ? in (kind, '')", (before.isoformat(), kind)
        )


def to_row(job: Job) -> dict[str, Any]:
    return {
        "id": job.id,
        "kind": job.kind,
        "group_id": job.group_id,
        "payer_id": job.payer_id,
        "asked_by": job.asked_by,
        "state": job.state,
        "done": job.done,
        "total": job.total,
        "says": job.says,
        "result_id": job.result_id,
        "asked_at": job.asked_at.isoformat(),
        "beat_at": job.beat_at.isoformat(),
        "ended_at": job.ended_at.isoformat() if job.ended_at else None,
    }


def from_row(row: dict[str, Any]) -> Job:
    return Job(
        id=row["id"],
        kind=row["kind"],
        asked_by=row["asked_by"],
        asked_at=datetime.fromisoformat(row["asked_at"]),
        beat_at=datetime.fromisoformat(row["beat_at"]),
        group_id=row["group_id"],
        payer_id=row["payer_id"],
        state=JobState(row["state"]),
        done=row["done"],
        total=row["total"],
        says=row["says"],
        result_id=row["result_id"],
        ended_at=datetime.fromisoformat(row["ended_at"]) if row["ended_at"] else None,
    )
