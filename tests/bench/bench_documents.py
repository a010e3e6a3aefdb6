"""How long one document takes to print, and how much memory its process needs."""

from __future__ import annotations

import resource
import statistics
import time
from collections.abc import Iterator
from io import BytesIO

import pikepdf

from readiness.documents.job import Job
from readiness.documents.pdf import Printer
from tests.documents import build

RUNS = 15


def run() -> Iterator[str]:
    job = build.a_job()
    with Printer() as printer:
        first = seconds_for(printer, job)
        warm = [seconds_for(printer, job) for _ in range(RUNS)]
        pdf = printer.pdf_of(job)
    with pikepdf.open(BytesIO(pdf)) as document:
        yield f"sample document: {len(document.pages)} pages, {len(pdf) / 1024:.0f} KiB"
    yield f"first document {first:.2f} s (1 run)"
    middle = statistics.median(warm)
    yield f"later documents {middle:.2f} s, slowest {max(warm):.2f} s ({RUNS} runs)"
    yield f"most memory of the printing process {peak_mib():.0f} MiB"


def seconds_for(printer: Printer, job: Job) -> float:
    began = time.perf_counter()
    printer.pdf_of(job)
    return time.perf_counter() - began


def peak_mib() -> float:
    """Of the largest child that has ended; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
