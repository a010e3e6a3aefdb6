"""Printing in a child process: bounded in time and memory.

One `Printer` for each web process. Its child is started at the first document, and anew after
every failure and every two hundred documents. Many documents at once are printed by another one
with two children of its own, which step aside for everybody else.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import CancelledError, wait
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from threading import Lock
from types import TracebackType
from typing import Self, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from readiness.core.child_process import end_with
from readiness.core.errors import NotPrinted
from readiness.core.pdf.job import PrintJob

Name = TypeVar("Name")  # what a document of many is known by
LOOK = 0.2  # seconds between two looks at whether a document is wanted still
TOO_LONG = (
    "This document took too long to print. Try again; if it happens again, tell your administrator."
)
BROKEN = (
    "This document could not be printed. Try again; if it happens again, tell your administrator."
)


@dataclass(frozen=True)
class Limits:
    seconds: int = 30
    memory_bytes: int = 1024**3
    documents_per_child: int = 200
    children: int = 1
    niceness: int = 5  # how far its children step aside for other processes


MANY = Limits(seconds=120, children=2, niceness=10)  # for packs of documents, which can wait


class Printer:
    """Holds the one thing here that lives on: the child process."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._starting = Lock()
        self._pool: ProcessPool | None = None

    def pdf_of(self, job: PrintJob, is_wanted: Callable[[], object] = bool) -> bytes:
        """The document's bytes, or a sentence saying why there are none.

        It is given up, with its child, when `is_wanted` raises an error, which is passed on.
        """
        future = self._scheduled(job)
        try:
            while not wait([future], LOOK).done:
                is_wanted()
        except BaseException:
            future.cancel()  # type: ignore[no-untyped-call]
            raise
        return result_of(future)

    def each_of(
        self, named: Iterable[tuple[Name, PrintJob | None]]
    ) -> Iterator[tuple[Name, bytes | NotPrinted | None]]:
        """All of them in their order: as many at once as there are children, one more made ready,
        and no others in memory. One that cannot be printed does not stop the rest."""
        waiting: deque[tuple[Name, ProcessFuture[bytes] | None]] = deque()
        try:
            for name, job in named:
                waiting.append((name, self._scheduled(job) if job else None))
                if len(waiting) > self.limits.children:
                    yield outcome_of(*waiting.popleft())
            while waiting:
                yield outcome_of(*waiting.popleft())
        finally:
            for _, future in waiting:
                if future:
                    future.cancel()  # type: ignore[no-untyped-call]

    def _scheduled(self, job: PrintJob) -> ProcessFuture[bytes]:
        seconds = self.limits.seconds
        return self._started().schedule(render_in_child, args=[job, seconds], timeout=seconds)

    def _started(self) -> ProcessPool:
        """At the first document, not before: a server may fork after it was set up."""
        with self._starting:
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=self.limits.children,
                    max_tasks=self.limits.documents_per_child,
                    initializer=start_child,
                    initargs=[self.limits.memory_bytes, self.limits.niceness, os.getpid()],
                    context=multiprocessing.get_context("spawn"),
                )
                atexit.register(self.close)
            return self._pool

    def close(self) -> None:
        """End the child now; a document still being printed is given up."""
        with self._starting:
            if self._pool is not None:
                self._pool.stop()  # type: ignore[no-untyped-call]
                self._pool.join()
                self._pool = None
                atexit.unregister(self.close)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


# The child alone loads WeasyPrint: every other process starts sooner and is 30 MB smaller.


def start_child(memory_bytes: int, niceness: int, parent_id: int) -> None:
    end_with(parent_id)
    from readiness.core.pdf import worker

    worker.start(memory_bytes, niceness)


def render_in_child(job: PrintJob, seconds: int) -> bytes:
    from readiness.core.pdf import worker

    return worker.render(job, seconds)


def result_of(future: ProcessFuture[bytes]) -> bytes:
    try:
        printed: bytes = future.result()
    except TookTooLong:
        raise NotPrinted(TOO_LONG) from None
    except (ProcessExpired, CancelledError, RuntimeError, MemoryError):
        raise NotPrinted(BROKEN) from None
    return printed


def outcome_of(
    name: Name, future: ProcessFuture[bytes] | None
) -> tuple[Name, bytes | NotPrinted | None]:
    try:
        return name, result_of(future) if future else None
    except NotPrinted as fault:
        return name, fault
