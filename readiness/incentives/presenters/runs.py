"""Runs of the laboratory in the words and drawings of their pages."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from readiness.core.jobs.models import JobState
from readiness.core.periods import period
from readiness.equity.service.results import kind_label
from readiness.incentives.models import LaboratoryRun, RunSummary
from readiness.incentives.presenters.result import result_of
from readiness.incentives.service.released import NumbersFilters, NumbersOptions, reference_says
from readiness.incentives.service.runs import Progress

STOPPED = "It was stopped. The designs are kept: change them and try again."
OVER = "It was not finished. Try again: the designs are kept."
WAITING = "Waiting for other work to be done."


@dataclass(frozen=True)
class Line:
    """One run of the list."""

    run_id: str
    at: datetime
    author: str
    designs: tuple[str, ...]
    numbers: str
    state: str


def line_of(run: RunSummary) -> Line:
    return Line(
        run_id=run.id,
        at=run.asked_at,
        author=run.author,
        designs=run.designs,
        numbers=f"{run.groups} groups, 12 months to the end of {period(run.period).label}",
        state="Done" if run.is_done else "Not done",
    )


def wish_of(run: LaboratoryRun) -> NumbersFilters:
    numbers = run.numbers
    return NumbersFilters(numbers["kind"], numbers["period"], numbers["reference"])


def choices_say(found: NumbersOptions) -> str:
    """What the designs will be tried on."""
    most = max(each.groups for each in found.measures)
    return (
        f"{kind_label(found.kind)}, 12 months to the end of {found.period.label}; up to {most} "
        f"groups released a measure. Compared with: {reference_says(found)}."
    )


def progress_says(found: Progress) -> str:
    job = found.job
    if job is None:
        return OVER
    if job.state is JobState.CANCELED:
        return STOPPED
    if not job.is_live:
        return job.says or OVER
    if job.state is JobState.WAITING or not job.done:
        return WAITING
    return f"{job.done:,} of {found.most:,} invented years are drawn."


def page_of(found: Progress, repeated: tuple[LaboratoryRun, bool] | None) -> dict[str, Any]:
    """Everything the template writes of a run that is done."""
    return {
        "found": found,
        "run": found.run,
        "told": result_of(found.run),
        "former": repeated[0] if repeated else None,
        "is_same": bool(repeated and repeated[1]),
    }
