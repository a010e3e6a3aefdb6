"""Work that takes longer than a page may: a thread of the process that took it, told and stopped.

What a job works on stays in that process's memory. When the process ends, the job is over, and the
person is told to start it again.
"""

from __future__ import annotations

import atexit
import logging
import threading
from collections.abc import Callable, Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import count
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
SIGN_OF_LIFE = timedelta(seconds=5)  # between two of them, where there is no news
AT_ONCE, ROOM = 2, 6  # jobs of one process: at work, and in all
BUSY = "The server is busy with other files. Nothing was taken. Try again in a minute."
OUR_FAULT = (
    "This could not be done, and it is our fault. Nothing was kept. Try again; if it happens "
    "again, tell your administrator."
)
log = logging.getLogger(__name__)


def nothing() -> None:
    """Most work leaves nothing behind that has to be put away."""


@dataclass(frozen=True, order=True)
class Ticket:
    number: int  # in the order of asking
    person_id: str


def next_ticket(waiting: Iterable[Ticket], last: Mapping[str, int]) -> Ticket:
    """By turns: the person whose last turn, by its number, is longest ago, and of theirs the first.

    >>> ana, first, second = Ticket(9, "ana"), Ticket(1, "bo"), Ticket(2, "bo")
    >>> next_ticket([first, second, ana], {}) == first
    True
    >>> next_ticket([second, ana], {"bo": 1}) == ana
    True
    """
    return min(waiting, key=lambda each: (last.get(each.person_id, 0), each))


class Turns:
    """So many at work at once and so many in all; whoever has to wait comes in by turns."""

    def __init__(self, at_once: int, room: int) -> None:
        self.at_once, self.room = at_once, room
        self._numbers, self._turns = count(1), count(1)
        self._waiting: set[Ticket] = set()
        self._at_work: set[Ticket] = set()
        self._last: dict[str, int] = {}
        self._changed = threading.Condition()

    def take(self, person_id: str) -> Ticket:
        """A place in the queue, or a sentence where there is none."""
        with self._changed:
            if len(self._waiting) + len(self._at_work) >= self.room:
                raise WrongState(BUSY)
            ticket = Ticket(next(self._numbers), person_id)
            self._waiting.add(ticket)
            return ticket

    def wait(self, ticket: Ticket, is_over: Callable[[], bool]) -> None:
        """Until it is its turn, or nobody wants it any more."""
        with self._changed:
            while not (is_over() or self._is_next(ticket)):
                self._changed.wait(PULSE)
            self._waiting.remove(ticket)
            self._at_work.add(ticket)
            self._last[ticket.person_id] = next(self._turns)

    def _is_next(self, ticket: Ticket) -> bool:
        is_free = len(self._at_work) < self.at_once
        return is_free and next_ticket(self._waiting, self._last) == ticket

    def leave(self, ticket: Ticket) -> None:
        with self._changed:
            self._waiting.discard(ticket)
            self._at_work.discard(ticket)
            self._changed.notify_all()


class Runner:
    """One for each web process."""

    def __init__(self, database: Path, at_once: int = AT_ONCE, room: int = ROOM) -> None:
        self.database = database
        self._turns = Turns(at_once, room)
        self._live: dict[str, Clock] = {}

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
        ticket = self._turns.take(job.asked_by)
        atexit.unregister(self.end_all)
        atexit.register(self.end_all)  # anew: before the printer's, which ends its child
        try:
            with store.writing():
                jobs.ask(store, job)
                if also:
                    also(store)
            thread = threading.Thread(
                target=self._run,
                args=(job.id, ticket, work, clock, tidy),
                name=f"job {job.id}",
                daemon=True,
            )
            thread.start()
        except BaseException:
            self._turns.leave(ticket)
            raise

    def _run(self, job_id: str, ticket: Ticket, work: Work, clock: Clock, tidy: Tidy) -> None:
        self._live[job_id] = clock
        pulse = Pulse(self.database, job_id, clock)
        pulse.start()
        try:
            self._turns.wait(ticket, lambda: pulse.is_canceled)
            carry_out(self.database, job_id, work, pulse, clock)
        finally:
            pulse.over.set()
            tidy()
            self._turns.leave(ticket)
            del self._live[job_id]

    def end_all(self) -> None:
        """When the process ends in order. One that was killed gives no sign of life any more."""
        for job_id, clock in list(self._live.items()):
            with suppress(NotSaved), closing(Store(self.database)) as store:
                jobs.end(store, job_id, JobState.FAILED, jobs.LOST, clock())


class Pulse(threading.Thread):
    """Writes down how far the work is, and hears when it is to stop; the work only counts."""

    def __init__(self, database: Path, job_id: str, clock: Clock) -> None:
        super().__init__(name=f"pulse of {job_id}", daemon=True)
        self.database, self.job_id, self.clock = database, job_id, clock
        self.state, self.done = JobState.WAITING, 0
        self._written: tuple[JobState, int, datetime] | None = None
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
            is_live = self.tell(store)
        except NotSaved:
            return  # a full disk is for the end of the work to meet
        self.is_canceled = not is_live and not self.over.is_set()

    def tell(self, store: Store) -> bool:
        """Whether it is to go on; news are written, and now and then that there are none."""
        state, done, now = self.state, self.done, self.clock()
        if self._written:
            *written, at = self._written
            if written == [state, done] and now - at < SIGN_OF_LIFE:
                return jobs.is_live(store, self.job_id)
        is_live = jobs.beat(store, self.job_id, state, done, 0, now)
        self._written = (state, done, now)
        return is_live


def carry_out(database: Path, job_id: str, work: Work, pulse: Pulse, clock: Clock) -> None:
    """Do it; say what went wrong after the fault is let go of, so that no trace can quote it.

    Where the disk refuses even that, its sign of life ends, and the next who looks is told.
    """
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
