"""How far a ZIP of plans is, in words."""

from __future__ import annotations

from readiness.core.jobs.models import JobState
from readiness.portfolio.service.bulk_pdf import GONE, BulkPdfProgress

MEBIBYTE = 1024 * 1024
STATES = {
    JobState.WAITING: "waiting until other plans have been printed",
    JobState.RUNNING: "being printed",
    JobState.DONE: "ready",
    JobState.FAILED: "not made",
    JobState.CANCELED: "stopped",
}


def says(found: BulkPdfProgress) -> str:
    job = found.job
    if job.state is JobState.CANCELED:
        return "The printing was stopped. Nothing was kept."
    if job.state is JobState.FAILED:
        return job.says
    if job.state is JobState.WAITING:
        return "Waiting until other plans have been printed."
    if job.state is JobState.RUNNING:
        return f"{job.done:,} of {job.total:,} plans printed."
    return size_says(found) if found.index else GONE


def size_says(found: BulkPdfProgress) -> str:
    plans = len(found.index["plans"]) if found.index else 0
    size = max(0.1, found.bytes / MEBIBYTE)
    return f"{plans:,} plan{'' if plans == 1 else 's'}, {size:,.1f} MB."
