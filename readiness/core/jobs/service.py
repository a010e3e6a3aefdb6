"""Work that takes longer than a page may: a thread of the process that took it, told and stopped.

What a job works on stays in that process's memory. When the process ends, the job is over, and the
person is told to start it again.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

from readiness.core.db import Store
from readiness.core.errors import (
    NotReadable,
    NotSaved,
    ReadinessError,
    WrongState,
    without_content,
)
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.tables.models import Canceled

OnProgress = Callable[[int], None]  # rows so far; raises Canceled
Keep = Callable[[Store, datetime], None]  # stores what came of it, in the job's last transaction
Work = Callable[[OnProgress], Keep]
Clock = Callable[[], datetime]
Also = Callable[[Store], None]  # stores what was asked for, in one transaction with its job
Tidy = Callable[[], None]

PULSE = 0.4  # seconds between two looks at the store
AT_ONCE, ROOM = 2, 6  # jobs of one process: at work, and in all
BUSY = "The server is busy with other files. Nothing was taken. Try again in a minute."
OUR_FAULT = (
    "This could not be done, and it is our fault. Nothing was kept. Try again; if it happens "
    "again, tell your administrator."
)
log = logging.getLogger(__name__)


def nothing() -> None:
    """Most work leaves nothing behind that has to be put away."""


class Runner:
    """One for each web process."""

    def __init__(self, database: Path, at_once: int = AT_ONCE) -> None:
        self.database = database
        self._room = threading.BoundedSemaphore(ROOM)
        self._at_work = threading.BoundedSemaphore(at_once)

    def submit(
        self,
        store: Store,
        job: Job,
        work: Work,
        clock: Clock,
        also: Also | None = None,
        tidy: Tidy = nothing,
    ) -> None:
        """Store the job and begin it in a thread, which tidies up whatever came of it.

        Nothing is stored where there is no room for one more.
        """
        if not self._room.acquire(blocking=False):
            raise WrongState(BUSY)
        try:
            with store.writing():
                jobs.ask(store, job)
                if also:
                    also(store)
            thread = threading.Thread(
                target=self._run,
                args=(job.id, work, clock, tidy),
                name=f"job {job.id}",
                daemon=True,
            )
            thread.start()
        except BaseException:
            self._room.release()
            raise

    def _run(self, job_id: str, work: Work, clock: Clock, tidy: Tidy) -> None:
        pulse = Pulse(self.database, job_id, clock)
        pulse.start()
        try:
            with self._at_work:
                carry_out(self.database, job_id, work, pulse, clock)
        finally:
            pulse.over.set()
            tidy()
            self._room.release()


class Pulse(threading.Thread):
    """Writes down how far the work is, and hears when it is to stop; the work only counts."""

    def __init__(self, database: Path, job_id: str, clock: Clock) -> None:
        super().__init__(name=f"pulse of {job_id}", daemon=True)
        self.database, self.job_id, self.clock = database, job_id, clock
        self.state, self.done = JobState.WAITING, 0
        self.is_canceled = False
        self.over = threading.Event()

    def report(self, done: int) -> None:
        self.done = done
        if self.is_canceled:
            raise Canceled

    def run(self) -> None:
        with closing(Store(self.database)) as store:
            while not self.over.is_set() and not self.is_canceled:
                self.beat(store)
                self.over.wait(PULSE)

    def beat(self, store: Store) -> None:
        try:
            is_live = jobs.beat(store, self.job_id, self.state, self.done, 0, self.clock())
        except NotSaved:
            return  # a full disk is for the end of the work to meet
        self.is_canceled = not is_live and not self.over.is_set()


def carry_out(database: Path, job_id: str, work: Work, pulse: Pulse, clock: Clock) -> None:
    """Do it; say what went wrong after the fault is let go of, so that no trace can quote it."""
    if says := attempted(database, job_id, work, pulse, clock):
        # A full disk: with no pulse left the job counts as over all the same.
        with suppress(NotSaved, NotReadable), closing(Store(database)) as store:
            jobs.end(store, job_id, JobState.FAILED, says, clock())


def attempted(database: Path, job_id: str, work: Work, pulse: Pulse, clock: Clock) -> str:
    """Keep what came of it, unless somebody stopped it first; what went wrong, or nothing."""
    try:
        pulse.report(0)
        pulse.state = JobState.RUNNING
        keep = work(pulse.report)
        with closing(Store(database)) as store, store.writing():
            if jobs.end(store, job_id, JobState.DONE, "", clock()):
                keep(store, clock())
    except Canceled:
        return ""  # whoever stopped it has written so
    except Exception as error:
        log.error("job %s: %s", job_id, without_content(error))
        return str(error) if isinstance(error, ReadinessError) else OUR_FAULT
    return ""
