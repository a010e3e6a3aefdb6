"""Printing in a child process: bounded in time, memory and number, so no page waits for paper.

One `Printer` for each web process. Its child is started at the first document, and anew after
every failure and every two hundred documents.
"""

from __future__ import annotations

import atexit
import multiprocessing
from concurrent.futures import TimeoutError as TookTooLong
from dataclasses import dataclass
from threading import BoundedSemaphore, Lock
from types import TracebackType
from typing import Self

from pebble import ProcessExpired, ProcessPool

from readiness.documents import worker
from readiness.documents.job import Job
from readiness.domain.errors import NotPrinted

BUSY = "Several documents are being printed already. Wait a minute, then ask for yours again."
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
    waiting: int = 8  # documents that may wait behind the one being printed
    documents_per_child: int = 200


class Printer:
    """Holds the one thing here that lives on: the child process."""

    def __init__(self, limits: Limits | None = None) -> None:
        self.limits = limits or Limits()
        self._places = BoundedSemaphore(self.limits.waiting + 1)
        self._starting = Lock()
        self._pool: ProcessPool | None = None

    def pdf_of(self, job: Job) -> bytes:
        """The document's bytes, or a sentence saying why there are none."""
        if not self._places.acquire(blocking=False):
            raise NotPrinted(BUSY)
        try:
            return self._printed(job)
        finally:
            self._places.release()

    def _printed(self, job: Job) -> bytes:
        seconds = self.limits.seconds
        future = self._started().schedule(worker.render, args=[job, seconds], timeout=seconds)
        try:
            printed: bytes = future.result()
        except TookTooLong:
            raise NotPrinted(TOO_LONG) from None
        except (ProcessExpired, RuntimeError, MemoryError):
            raise NotPrinted(BROKEN) from None
        return printed

    def _started(self) -> ProcessPool:
        """At the first document, not before: a server may fork after it was set up."""
        with self._starting:
            if self._pool is None:
                self._pool = ProcessPool(
                    max_workers=1,
                    max_tasks=self.limits.documents_per_child,
                    initializer=worker.start,
                    initargs=[self.limits.memory_bytes],
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

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        fault: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()
