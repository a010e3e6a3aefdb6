"""Where the ZIPs lie, and when they are deleted. Nothing of them is in the database but the job."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from readiness.accounts.db import groups
from readiness.assessments.db import assessments
from readiness.assessments.lifecycle import READABLE_BY_PAYER
from readiness.core.db import Store
from readiness.core.errors import NotFound
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.pdf.archive import member

KIND = "plans"  # of their jobs
KEPT = timedelta(days=1)
INDEX, DATA = "index.csv", "index.json"


def folder_of(database: Path) -> Path:
    return database.parent / "packs"


def half_written(folder: Path, pack_id: str) -> Path:
    return folder / f"{pack_id}.part"


def kept(folder: Path, pack_id: str) -> Path:
    return folder / f"{pack_id}.zip"


def index_in(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(member(path, DATA))
    return read


def may_be_fetched(store: Store, job: Job, now: datetime) -> bool:
    """It is there, not older than a day, and all in it is shared still."""
    path = kept(folder_of(store.path), job.result_id)
    if job.state is not JobState.DONE or now - job.asked_at > KEPT or not path.exists():
        return False
    plans = index_in(path)["plans"]
    shared = groups.shared_with(store, job.payer_id or "", now.date())
    return all(each["group_id"] in shared and is_readable(store, each) for each in plans)


def is_readable(store: Store, plan: Mapping[str, Any]) -> bool:
    """A submission may be taken back while its group goes on sharing."""
    try:
        return assessments.get(store, plan["assessment_id"]).status in READABLE_BY_PAYER
    except NotFound:
        return False


def sweep(store: Store, now: datetime) -> None:
    """Delete what is older than a day, what may no longer be read, and what no job answers for."""
    for path in folder_of(store.path).glob("*.*"):
        job = jobs.making(store, path.stem)
        if job is None or not (job.is_live or may_be_fetched(store, job, now)):
            path.unlink(missing_ok=True)
