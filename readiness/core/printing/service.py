"""A document that somebody asks for: found, waited for a moment, or printed in the background.

A web thread waits only while a seat is free, and not for long. Everybody else is shown a page that
follows the printing and leads back to the document's own address. So who may read a document is
decided there and then, each time; what is kept of one is only ever found by its fingerprint.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from threading import BoundedSemaphore, Event
from typing import Protocol

from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, NotFound, NotPrinted, NotSaved
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import Clock, Keep, OnProgress, Runner, Work
from readiness.core.pdf.folder import folder_of
from readiness.core.pdf.job import PrintJob

KIND = "print"  # of their jobs
PATIENCE = 3.0  # seconds that a request waits for its document
SEATS = 2  # requests of one process that may ask for documents at a time: it has eight threads
WAITING = 1  # of them, those that may wait to be printed
MOST, MOST_OF_ONE = 60, 20  # documents waiting or being printed: of everybody, and of one person
HELD = timedelta(minutes=1)  # so long a document that could not be printed is not tried again
RETENTION = timedelta(days=1)  # of what is known of a printing that is over
FULL = "Many documents are waiting to be printed already. Ask for yours again in a minute."
ENOUGH = (
    f"{MOST_OF_ONE} documents are being printed for you already. Wait until some of them are done, "
    "then ask for this one again."
)
STOPPED = "The printing was stopped. Ask for the document again when you want it."
NOT_STORED = (
    "The server's disk refuses to keep anything, so documents are printed one at a time. Try again "
    "in a minute, or tell your administrator."
)


class PdfPrinter(Protocol):
    def pdf_of(self, job: PrintJob, is_wanted: Callable[[], object], /) -> bytes: ...


@dataclass(frozen=True)
class PrintRequest:
    """What a page asks for, and with what."""

    session: Session
    document: PrintJob
    printer: PdfPrinter
    clock: Clock
    job_id: str  # of the job, if it takes one


@dataclass
class Printout:
    """What came of a job, for the request that waits until it is over, though it were not kept."""

    pdf: bytes | None = None
    is_over: Event = field(default_factory=Event)


class PrintQueue:
    """One for each web process."""

    def __init__(self, database: Path, patience: float = PATIENCE) -> None:
        self.patience = patience
        self.folder = folder_of(database)
        self._runner = Runner(database, at_once=1, room=MOST)
        self._seats, self._waiting = BoundedSemaphore(SEATS), BoundedSemaphore(WAITING)

    def seat(self) -> AbstractContextManager[bool]:
        """For one request, from before its document is put together; False where none is free."""
        return taken(self._seats)

    def ask(self, asked: PrintRequest) -> bytes | Job:
        """The document, or the job that prints it; a sentence where neither can be had."""
        session, name = asked.session, asked.document.fingerprint
        last = jobs.latest_of_person(session.store, session.actor.id, name)
        if kept := self.folder.find(name, session.now):
            return kept
        if last and last.is_live and not last.is_lost(session.now):
            return last
        if last and is_held(last, session.now):
            raise NotPrinted(last.says)
        with taken(self._waiting) as may_wait:
            return self._begin(asked, may_wait)

    def _begin(self, asked: PrintRequest, may_wait: bool) -> bytes | Job:
        job, printout = self._job_of(asked), Printout()
        try:
            self._runner.submit(
                asked.session.store,
                job,
                self._work(asked, printout),
                asked.clock,
                also=partial(require_room, asked.session),
                tidy=printout.is_over.set,
            )
        except NotSaved:  # nothing can be stored now, and one person after the other can wait
            if not may_wait:
                raise NotPrinted(NOT_STORED) from None
            return asked.printer.pdf_of(asked.document, bool)
        if not (may_wait and printout.is_over.wait(self.patience)):
            return job
        if printout.pdf is None:
            raise NotPrinted(jobs.get(asked.session.store, job.id).says or STOPPED)
        return printout.pdf

    def _job_of(self, asked: PrintRequest) -> Job:
        now, name = asked.session.now, asked.document.fingerprint
        return Job(asked.job_id, KIND, asked.session.actor.id, now, now, result_id=name)

    def _work(self, asked: PrintRequest, printout: Printout) -> Work:
        name = asked.document.fingerprint

        def work(on_progress: OnProgress) -> Keep:
            found = self.folder.find(name, asked.clock())  # somebody else's may be the same
            is_wanted = partial(on_progress, 0)
            printout.pdf = found or asked.printer.pdf_of(asked.document, is_wanted)
            if not found:
                self.folder.keep(name, printout.pdf, asked.clock())
            return keep_nothing

        return work


@contextmanager
def taken(places: BoundedSemaphore) -> Iterator[bool]:
    """One of them inside the block; False where none is free."""
    is_taken = places.acquire(blocking=False)
    try:
        yield is_taken
    finally:
        if is_taken:
            places.release()


def keep_nothing(_store: Store, _now: datetime) -> None:
    """The document lies in its folder, not in the database."""


def is_held(last: Job, now: datetime) -> bool:
    """It has just failed, and not because the server was restarted."""
    failed = last.state is JobState.FAILED and last.says != jobs.LOST
    return failed and last.ended_at is not None and abs(now - last.ended_at) < HELD


def require_room(session: Session, store: Store) -> None:
    """One person cannot fill the queue. Called when this document's own job is stored."""
    jobs.forget(store, session.now - RETENTION, KIND)
    live = jobs.count_live(store, KIND, session.now)
    if live[session.actor.id] > MOST_OF_ONE:
        raise NotPrinted(ENOUGH)
    if sum(live.values()) > MOST:
        raise NotPrinted(FULL)


# Following one, and stopping it


@dataclass(frozen=True)
class PrintProgress:
    job: Job
    live: int  # documents waiting or being printed, this one among them


def progress(session: Session, print_id: str) -> PrintProgress:
    job = own_job(session, print_id)
    return PrintProgress(job, sum(jobs.count_live(session.store, KIND, session.now).values()))


def stop(session: Session, print_id: str) -> None:
    job = own_job(session, print_id)
    jobs.end(session.store, job.id, JobState.CANCELED, "", session.now)


def own_job(session: Session, print_id: str) -> Job:
    job = jobs.get(session.store, print_id)
    if job.kind != KIND or job.asked_by != session.actor.id:
        raise NotFound(NOT_SHARED)
    return jobs.as_of(session.store, job, session.now)
