"""A care team hands over a file: it is read in the background, in memory, and only counts stay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, BadInput, NotFound, Problem
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import Clock, Keep, Runner, Told, Work
from readiness.core.people import Actor, Site
from readiness.core.periods import EARLIEST_YEAR, Period
from readiness.core.permissions import Can
from readiness.core.tables.models import SourceFile
from readiness.imports import db as uploads
from readiness.imports.models import (
    RETENTION,
    BySite,
    Upload,
    UploadReport,
    UploadState,
    report_of,
)
from readiness.imports.screens import quarter_counts
from readiness.imports.screens.quarter_counts import FileCounts
from readiness.imports.service import screens
from readiness.imports.service.screens import Aggregation
from readiness.imports.template.models import Unit

KIND = "upload"
NO_FILE = "Choose a file."
NOTHING_FOUND = (
    "No screen and no count was found in it. Check that it is one of the shapes listed on the page."
)
OTHER_GROUPS = (
    "It names a group that is not yours. Upload only your own group's file; a mapping file needs "
    "no group column."
)
UNLISTED_SITES = (
    "It names a site that is not among your group's. Use the site ids of the template that you "
    "download from this page, or ask your administrator to add the site."
)
SCREENS_COUNTED = (
    "It counts screens. Here patients are counted, each once in a quarter: send counts of patients."
)
TOO_EARLY = f"Screens from before {EARLIEST_YEAR} were left out."


@dataclass(frozen=True)
class UploadedFiles:
    """What was handed over; it never leaves the memory of this process."""

    sources: tuple[SourceFile, ...]
    mapping: str | None = None

    @property
    def sha256(self) -> str:
        """The same files in any order are the same content."""
        each = sorted(hashlib.sha256(content(source)).hexdigest() for source in self.sources)
        if len(each) == 1 and self.mapping is None:
            return each[0]
        return hashlib.sha256("\n".join([*each, "", self.mapping or ""]).encode()).hexdigest()


def content(source: SourceFile) -> bytes:
    with source.open() as opened:
        return opened.read()


def start(
    store: Store,
    actor: Actor,
    group_id: str,
    handed: UploadedFiles,
    runner: Runner,
    clock: Clock,
    new_id: Callable[[], str],
) -> str:
    """Begin to read, and return the id under which the upload can be looked at."""
    now = clock()
    permissions.require(actor, Can.ENTER_COUNTS, scope.of_group(store, group_id, now))
    if not handed.sources:
        raise BadInput([Problem("files", NO_FILE)])
    upload = Upload(new_id(), group_id, handed.sha256, actor.id, now)
    job = Job(new_id(), KIND, actor.id, now, now, group_id=group_id, result_id=upload.id)
    place = runner.place()
    try:
        with store.writing():
            uploads.forget(store, now - RETENTION)
            jobs.forget(store, now - RETENTION)
            jobs.ask(store, job)
            uploads.add(store, upload)
        work = reading_work(handed, upload, groups.sites(store, group_id), now.date())
        runner.start(place, job.id, work, clock)
    except BaseException:
        place.leave()
        raise
    return upload.id


def reading_work(handed: UploadedFiles, upload: Upload, sites: Sequence[Site], today: date) -> Work:
    def work(told: Told) -> Keep:
        try:
            found = screens.aggregate(
                handed.sources,
                group_id=upload.group_id,
                mapping=handed.mapping,
                on_progress=told,
                today=today,
                sites=tuple(names_of(sites)),
                groups=[upload.group_id],
            )
            brought = quarter_counts.file_counts(
                found.cells, found.steps, upload.group_id, names_of(sites)
            )
            report = report_of(found.report, open_quarters(brought, today), brought.unlisted_sites)
            report = with_problems(report, [*found.problems, *left_out(brought)])
            closed = closed_only(brought, today)
            if problems := tuple(refusals(found, brought, closed)):
                return refuse_upload(upload, with_problems(report, problems))
        except BadInput as error:
            return refuse_upload(upload, UploadReport(problems=error.problems))
        return lambda store, _: uploads.keep_found(
            store, upload.id, UploadState.READ, report, closed
        )

    return work


def names_of(sites: Sequence[Site]) -> dict[str, str]:
    """What a file may call each site: its id or its name."""
    by_name = {site.name.strip().casefold(): site.id for site in sites}
    return by_name | {site.id.casefold(): site.id for site in sites}


def refuse_upload(upload: Upload, report: UploadReport) -> Keep:
    return lambda store, _: uploads.keep_found(store, upload.id, UploadState.REFUSED, report, {})


def with_problems(report: UploadReport, more: Sequence[Problem]) -> UploadReport:
    return replace(report, problems=(*report.problems, *more))


def open_quarters(brought: FileCounts, today: date) -> tuple[Period, ...]:
    return tuple(quarter for quarter in brought.quarters if not quarter.is_closed_on(today))


def closed_only(brought: FileCounts, today: date) -> dict[Period, BySite]:
    return {q: known for q, known in brought.quarters.items() if q.is_closed_on(today)}


def left_out(brought: FileCounts) -> Iterator[Problem]:
    if brought.too_early:
        yield Problem("", TOO_EARLY)


def refusals(
    found: Aggregation, brought: FileCounts, closed: dict[Period, BySite]
) -> Iterator[Problem]:
    """Why nothing of it can be taken."""
    if found.unit is Unit.SCREENS:
        yield Problem("", SCREENS_COUNTED)
    if brought.other_groups:
        yield Problem("", OTHER_GROUPS)
    if found.steps and brought.unlisted_sites:
        yield Problem("", UNLISTED_SITES)
    if not brought.quarters:
        yield Problem("", NOTHING_FOUND)
    elif not closed:
        yield Problem("", none_closed(tuple(brought.quarters)))


def none_closed(quarters: tuple[Period, ...]) -> str:
    named = ", ".join(quarter.label for quarter in quarters)
    return f"It holds {named} only, which is not closed yet. Upload it when the quarter is over."


@dataclass(frozen=True)
class UploadProgress:
    """An upload, and the job that reads it as long as there is one."""

    upload: Upload
    job: Job | None

    @property
    def is_reading(self) -> bool:
        return self.upload.state is UploadState.READING and bool(self.job and self.job.is_live)


def progress(session: Session, group_id: str, upload_id: str) -> UploadProgress:
    require_upload(session, group_id, upload_id, Can.READ_COUNTS)
    job = jobs.making(session.store, upload_id)
    upload = uploads.get(
        session.store, upload_id
    )  # after its job: what a job came to stands once it ended
    if job and job.is_lost(session.now):
        jobs.bury(session.store, session.now)
        job = jobs.get(session.store, job.id)
    return UploadProgress(upload, job)


def require_upload(session: Session, group_id: str, upload_id: str, can: Can) -> Upload:
    permissions.require(session.actor, can, scope.of_group(session.store, group_id, session.now))
    upload = uploads.get(session.store, upload_id)
    if upload.group_id != group_id:
        raise NotFound(NOT_SHARED)
    return upload


def cancel(session: Session, group_id: str, upload_id: str) -> bool:
    """Stop the reading and keep nothing of it; False when it was over already."""
    require_upload(session, group_id, upload_id, Can.ENTER_COUNTS)
    job = jobs.making(session.store, upload_id)
    with session.store.writing():
        is_stopped = job is not None and jobs.end(
            session.store, job.id, JobState.CANCELED, "", session.now
        )
        if is_stopped:
            uploads.remove(session.store, upload_id)
    return is_stopped
