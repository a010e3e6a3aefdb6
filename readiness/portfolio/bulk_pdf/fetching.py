"""Watching a ZIP of plans, stopping it, and fetching it while all in it may still be read."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, NotFound, WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.people import Actor, Payer
from readiness.core.permissions import Can
from readiness.portfolio.bulk_pdf.files import KEPT, KIND, folder_of, index_in, kept, may_be_fetched

GONE = (
    "This ZIP was deleted: it is kept for a day, and only while every group in it shares with you. "
    "Make it anew."
)
ENDED = (
    "A group whose plan is in this ZIP no longer shares it with you, so the ZIP was deleted. Make "
    "it anew; it will hold the plans of those that still share."
)


@dataclass(frozen=True)
class Progress:
    payer: Payer
    job: Job
    index: Mapping[str, Any] | None  # of a finished one that may still be fetched
    bytes: int = 0

    @property
    def until(self) -> datetime:
        return self.job.asked_at + KEPT

    @property
    def is_at_work(self) -> bool:
        return self.job.is_live


def progress(session: Session, payer_id: str, pack_id: str) -> Progress:
    job = own(session.store, session.actor, payer_id, pack_id)
    if job.is_lost(session.now):
        jobs.bury(session.store, session.now)
        job = jobs.get(session.store, job.id)
    payer = groups.payer(session.store, payer_id)
    path = kept(folder_of(session.store.path), pack_id)
    if not may_be_fetched(session.store, job, session.now):
        return Progress(payer, job, None)
    return Progress(payer, job, index_in(path), path.stat().st_size)


def own(store: Store, actor: Actor, payer_id: str, pack_id: str) -> Job:
    permissions.require(actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    job = jobs.making(store, pack_id)
    if job is None or job.kind != KIND or job.payer_id != payer_id:
        raise NotFound(NOT_SHARED)
    return job


def cancel(session: Session, payer_id: str, pack_id: str) -> bool:
    """Stop the printing and keep nothing of it; False when it was over already."""
    job = own(session.store, session.actor, payer_id, pack_id)
    return jobs.end(session.store, job.id, JobState.CANCELED, "", session.now)


def fetched(session: Session, payer_id: str, pack_id: str) -> Path:
    """The ZIP's own path, or a sentence that says why there is none any more."""
    job = own(session.store, session.actor, payer_id, pack_id)
    path = kept(folder_of(session.store.path), pack_id)
    if job.state is JobState.DONE and path.exists() and session.now - job.asked_at <= KEPT:
        if may_be_fetched(session.store, job, session.now):
            return path
        path.unlink(missing_ok=True)
        raise WrongState(ENDED)
    raise WrongState(GONE)
