"""How long an action plan takes to print, and how much memory its process needs."""

from __future__ import annotations

import random
import resource
import statistics
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from io import BytesIO
from pathlib import Path

import pikepdf

from readiness.documents.job import Job, Page
from readiness.documents.pdf import Printer
from readiness.domain.answers import Answer
from readiness.store import Store, people
from readiness.store.migrations import migrate
from readiness.usecases import plan_document
from tests import planned
from tests.web import world

RUNS = 15


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, closing(filled(Path(folder))) as store:
        maya = people.actor(store, "maya")
        began = time.perf_counter()
        job = plan_document.job_of(store, maya, "a1", Page.LETTER, world.NOW)
        yield f"the page before printing {time.perf_counter() - began:.2f} s (1 run)"
    with Printer() as printer:
        first = seconds_for(printer, job)
        warm = [seconds_for(printer, job) for _ in range(RUNS)]
        pdf = printer.pdf_of(job)
    with pikepdf.open(BytesIO(pdf)) as document:
        yield f"action plan: {len(document.pages)} pages, {len(pdf) / 1024:.0f} KiB"
    yield f"first document {first:.2f} s (1 run)"
    middle, slowest = statistics.median(warm), max(warm)
    yield f"later documents {middle:.2f} s, slowest {slowest:.2f} s ({RUNS} runs)"
    yield f"most memory of the printing process {peak_mib():.0f} MiB"


def filled(folder: Path) -> Store:
    """A group half-way up, with something of everything in its plan."""
    store = Store(folder / "readiness.db")
    migrate(store)
    world.fill(store)
    dice = random.Random(3)
    answers = {
        item.id: Answer.at(max(0, min(4, round(dice.gauss(1.9, 0.8)))))
        for item in planned.QMER.items
    }
    middling = answers | {"MEAS-2": Answer.dont_know(), "REAL-1": Answer.at(2)}
    planned.submitted(store, "elm", middling, world.NOW)
    return store


def seconds_for(printer: Printer, job: Job) -> float:
    began = time.perf_counter()
    printer.pdf_of(job)
    return time.perf_counter() - began


def peak_mib() -> float:
    """Of the largest child that has ended; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
