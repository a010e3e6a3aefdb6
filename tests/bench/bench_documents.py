"""How long documents take to print, one and many, and how much memory their processes need.

Many plans go into one ZIP by one printing process or two; beside them stands what a person would
do without it: ask for one plan after the other.
"""

from __future__ import annotations

import json
import random
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pikepdf

from readiness.accounts.db import groups, people
from readiness.assessments.service import result
from readiness.core.config import ROOT
from readiness.core.db import Session, Store
from readiness.core.migrations import migrate
from readiness.core.pdf.job import Page, PrintJob
from readiness.core.pdf.printer import MANY, Printer
from readiness.core.people import Group
from readiness.instruments.answers import Answer
from readiness.plans.service import document as plan_document
from readiness.portfolio.service import bulk_pdf
from tests.factories import plans, world

RUNS = 15
SIZES, BY_HAND = (50, 200), 50
CASE = "import sys; from tests.bench import bench_documents as b; b.case(*sys.argv[1:])"


def run() -> Iterator[str]:
    with tempfile.TemporaryDirectory() as folder, closing(filled(Path(folder))) as store:
        maya = people.actor(store, "maya")
        began = time.perf_counter()
        job = plan_document.job_of(Session(store, maya, world.NOW), "a1", Page.LETTER)
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
    yield from packs()


def filled(folder: Path) -> Store:
    """A group half-way up, with something of everything in its plan."""
    store = world.store_in(folder)
    dice = random.Random(3)
    answers = {
        item.id: Answer.at(max(0, min(4, round(dice.gauss(1.9, 0.8))))) for item in plans.QMER.items
    }
    middling = answers | {"MEAS-2": Answer.dont_know(), "REAL-1": Answer.at(2)}
    plans.submitted(store, "elm", middling, world.NOW)
    return store


def seconds_for(printer: Printer, job: PrintJob) -> float:
    began = time.perf_counter()
    printer.pdf_of(job)
    return time.perf_counter() - began


def peak_mib() -> float:
    """Of the largest child that has ended; Linux counts in KiB."""
    return resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024


# Many plans into one ZIP


def packs() -> Iterator[str]:
    """Each in a process of its own, whose largest memory is its own too."""
    for size in SIZES:
        with tempfile.TemporaryDirectory() as folder:
            portfolio(Path(folder), size)
            for children in (1, 2):
                yield f"{size} plans, {children} printing: {summary(folder, children)}"
            if size == BY_HAND:
                yield f"{size} plans, one asked for after the other: {summary(folder, 0)}"


def summary(folder: str, children: int) -> str:
    done = subprocess.run(
        [sys.executable, "-c", CASE, folder, str(children)],
        cwd=ROOT,
        capture_output=True,
        check=True,
    )
    found = json.loads(done.stdout)
    return (
        f"{found['seconds']:.1f} s, parent {found['parent']:.0f} MiB, each child "
        f"{found['child']:.0f} MiB at the most, {found['kib']:,.0f} KiB"
    )


def portfolio(folder: Path, size: int) -> None:
    """So many groups that share with one payer, no two alike."""
    with closing(Store.create(folder / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        for number in range(size):
            group_id = f"g{number}"
            with store.writing():
                groups.add(store, Group(group_id, f"Group {number}"), world.NOW)
                grant = {"id": f"of-{group_id}", "group_id": group_id, "payer_id": "fair"}
                given = {"granted_at": world.NOW.isoformat(), "granted_by": "maya"}
                store.insert("grants", {**grant, **given})
            dice = random.Random(number)
            answers = {
                item.id: Answer.at(max(0, min(4, round(dice.gauss(1.9, 0.8)))))
                for item in plans.QMER.items
            }
            plans.submitted(store, group_id, answers, world.NOW, assessment_id=f"a-{group_id}")
            result.update_entry(store, group_id, world.NOW)


def case(folder: str, children: str) -> None:
    database = Path(folder) / "readiness.db"
    began = time.perf_counter()
    size = zipped(database, int(children)) if int(children) else by_hand(database)
    seconds = time.perf_counter() - began
    parent = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    found = {"seconds": seconds, "parent": parent, "child": peak_mib(), "kib": size / 1024}
    sys.stdout.write(json.dumps(found))


def zipped(database: Path, children: int) -> int:
    with closing(Store(database)) as store:
        pam = people.actor(store, "pam")
        _, _, lines = bulk_pdf.matching_groups(Session(store, pam, world.NOW), "fair", {})
    order = bulk_pdf.BulkPdfOrder(f"of-{children}", "fair", pam, lines, Page.LETTER, world.NOW)
    bulk_pdf.print_work(database, order, replace(MANY, children=children))(lambda _: None)
    return bulk_pdf.partial_path(bulk_pdf.folder_of(database), order.id).stat().st_size


def by_hand(database: Path) -> int:
    with closing(Store(database)) as store, Printer() as printer:
        pam = people.actor(store, "pam")
        _, _, lines = bulk_pdf.matching_groups(Session(store, pam, world.NOW), "fair", {})
        return sum(
            len(
                printer.pdf_of(
                    plan_document.job_of(
                        Session(store, pam, world.NOW), line.assessment_id, Page.LETTER
                    )
                )
            )
            for line in lines
            if line.assessment_id
        )
