"""A care team hands over a file: it is read in the background, in memory, and only counts stay."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import audit, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, BadInput, NotFound, Problem
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import Clock, Keep, OnProgress, Runner, Work
from readiness.core.people import Actor, Site
from readiness.core.periods import EARLIEST_YEAR, CalendarYear, Period
from readiness.core.permissions import Can
from readiness.core.tables.models import SourceFile
from readiness.imports import db as uploads
from readiness.imports.models import (
    RETENTION,
    BySite,
    KnownCounts,
    SavedMapping,
    Upload,
    UploadReport,
    UploadState,
    report_of,
)
from readiness.imports.screens.quarter_counts import FileCounts, file_counts, year_counts
from readiness.imports.service import screens
from readiness.imports.service.screens import Aggregation
from readiness.imports.step_counts import sentences
from readiness.imports.template.models import Unit

KIND = "upload"
NO_FILE = "Choose a file."
NOTHING_FOUND = (
    "No screen and no count was found in it. Check that it is one of the shapes listed on the page."
)
OTHER_GROUPS = (
    "It names a group that is not yours. Upload only your own group's file; a mapping needs no "
    "group column."
)
UNLISTED_SITES = (
    "It names a site that is not among your group's. Use the site ids of the template that you "
    "download from this page, or ask your administrator to add the site."
)
SCREENS_COUNTED = (
    "It counts screens. Here patients are counted, each once in a quarter: send counts of patients."
)
TOO_EARLY = f"Screens from before {EARLIEST_YEAR} were left out."


NO_YEARS: Mapping[CalendarYear, KnownCounts] = {}


@dataclass(frozen=True)
class UploadedFiles:
    """What was handed over; it never leaves the memory of this process."""

    sources: tuple[SourceFile, ...]
    mappings: tuple[str, ...] = ()
    mapping_id: str | None = None  # where it is one of the group's

    @property
    def sha256(self) -> str:
        """The same files in any order are the same content."""
        each = sorted(hashlib.sha256(content(source)).hexdigest() for source in self.sources)
        if len(each) == 1 and not self.mappings:
            return each[0]
        told = [*each, "", *(sorted(self.mappings) or [""])]
        return hashlib.sha256("\n".join(told).encode()).hexdigest()


def content(source: SourceFile) -> bytes:
    with source.open() as opened:
        return opened.read()


def start(
    store: Store,
    actor: Actor,
    group_id: str,
    files: UploadedFiles,
    runner: Runner,
    clock: Clock,
    new_id: Callable[[], str],
    keep: SavedMapping | None = None,
) -> str:
    """Begin to read, and return the id under which the upload can be looked at. A mapping to `keep`
    is saved with the upload, or not at all."""
    now = clock()
    permissions.require(actor, Can.ENTER_COUNTS, scope.of_group(store, group_id, now))
    if not files.sources:
        raise BadInput([Problem("files", NO_FILE)])
    upload = Upload(new_id(), group_id, files.sha256, actor.id, now, mapping_id=files.mapping_id)
    job = Job(new_id(), KIND, actor.id, now, now, group_id=group_id, result_id=upload.id)
    work = reading_work(files, upload, groups.sites(store, group_id), now.date())

    def also(store: Store) -> None:
        uploads.forget(store, now - RETENTION)
        jobs.forget(store, now - RETENTION)
        if keep:
            uploads.save_mapping(store, keep)
            audit.record(store, Event(now, actor.id, "saved", "mapping", keep.id, group_id))
        uploads.add(store, upload)

    runner.submit(store, job, work, clock, also)
    return upload.id


def reading_work(files: UploadedFiles, upload: Upload, sites: Sequence[Site], today: date) -> Work:
    names = site_ids_by_name(sites)

    def work(on_progress: OnProgress) -> Keep:
        try:
            found = screens.aggregate(
                files.sources,
                group_id=upload.group_id,
                mapping=files.mappings,
                tells_years=True,
                on_progress=on_progress,
                today=today,
                sites=tuple(names),
                groups=[upload.group_id],
            )
            counts = file_counts(
                found.cells, found.steps, upload.group_id, names, found.step_counts.steps
            )
            years = year_counts(found.years, upload.group_id)
        except BadInput as error:
            return kept(upload, UploadReport(problems=error.problems), None)
        closed = {q: known for q, known in counts.quarters.items() if q.is_closed_on(today)}
        running = tuple(quarter for quarter in counts.quarters if quarter not in closed)
        too_early = (Problem("", TOO_EARLY),) if counts.too_early else ()
        why_not = tuple(refusals(found, counts, closed))
        report = report_of(
            found.report,
            running=running,
            unlisted_sites=counts.unlisted_sites,
            notes=tuple(sentences(found.step_counts.left_out)),
            steps=found.step_counts.told,
        )
        problems = (*report.problems, *found.problems, *too_early, *why_not)
        over = {year: known for year, known in years.items() if year.is_closed_on(today)}
        return kept(upload, replace(report, problems=problems), None if why_not else closed, over)

    return work


def kept(
    upload: Upload,
    report: UploadReport,
    quarters: Mapping[Period, BySite] | None,
    years: Mapping[CalendarYear, KnownCounts] = NO_YEARS,
) -> Keep:
    """What the job stores in the end; without quarters the upload is refused as a whole."""
    if quarters is None:
        return lambda store, _: uploads.keep_found(
            store, upload.id, UploadState.REFUSED, report, {}, {}
        )
    return lambda store, _: uploads.keep_found(
        store, upload.id, UploadState.READ, report, quarters, years
    )


def site_ids_by_name(sites: Sequence[Site]) -> dict[str, str]:
    """What a file may call each site: its id or its name."""
    by_name = {site.name.strip().casefold(): site.id for site in sites}
    return by_name | {site.id.casefold(): site.id for site in sites}


def refusals(
    found: Aggregation, counts: FileCounts, closed: Mapping[Period, BySite]
) -> Iterator[Problem]:
    """Why nothing of it can be taken."""
    if found.unit is Unit.SCREENS:
        yield Problem("", SCREENS_COUNTED)
    if counts.other_groups:
        yield Problem("", OTHER_GROUPS)
    if found.steps and counts.unlisted_sites:
        yield Problem("", UNLISTED_SITES)
    if not counts.quarters:
        yield Problem("", NOTHING_FOUND)
    elif not closed:
        named = ", ".join(quarter.label for quarter in counts.quarters)
        says = f"It holds {named} only, which is not closed yet."
        yield Problem("", f"{says} Upload it when the quarter is over.")


@dataclass(frozen=True)
class UploadProgress:
    """An upload, and the job that reads it as long as there is one."""

    upload: Upload
    job: Job | None

    @property
    def is_live(self) -> bool:
        return self.upload.state is UploadState.READING and bool(self.job and self.job.is_live)


def progress(session: Session, group_id: str, upload_id: str) -> UploadProgress:
    require_upload(session, group_id, upload_id, Can.READ_COUNTS)
    job = jobs.follow(session.store, upload_id, session.now)
    # After its job: what a job came to stands once it ended.
    return UploadProgress(uploads.get(session.store, upload_id), job)


def require_upload(session: Session, group_id: str, upload_id: str, can: Can) -> Upload:
    scope.require_for_group(session, can, group_id)
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
