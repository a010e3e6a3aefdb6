"""All plans of a portfolio as one ZIP: printed in the background, kept for a day, and only while
every group in it still shares. Nothing of them is in the database but the job.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import partial
from pathlib import Path
from typing import Any

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments.db import assessments
from readiness.assessments.models import READABLE_BY_PAYER
from readiness.core import audit, permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, NotFound, NotPrinted, WrongState
from readiness.core.exports import csv_of
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import Clock, Keep, OnProgress, Runner, Work
from readiness.core.pdf.archive import DocumentArchive, member
from readiness.core.pdf.job import Page, PrintJob
from readiness.core.pdf.printer import MANY, Limits, Printer
from readiness.core.people import Actor, Payer
from readiness.core.permissions import Can
from readiness.equity.service.readable import ENDED_MEANWHILE
from readiness.plans.service import document as plan_document
from readiness.portfolio import db as lists
from readiness.portfolio.models import PortfolioQuery, PortfolioRow, PortfolioSort, parse_query
from readiness.portfolio.service import portfolio

KIND = "plans"  # of their jobs
KEPT_FOR = timedelta(days=1)
INDEX, DATA = "index.csv", "index.json"
MOST = 500  # groups in one ZIP
COLUMNS = ("Number", "Group", "File", "Why there is no plan")
NOT_SUBMITTED = "nothing submitted yet"
NOT_SHARED_NOW = "no longer shared"
NOBODY = "No group was found. Show all groups, or invite some and wait until they submit."
NO_PLAN = "None of these groups has submitted anything yet, so there is no plan to print."
TOO_MANY = f"A ZIP holds {MOST} groups at the most. Choose fewer by the portfolio’s filters."
UNDER_WAY = "Plans of this portfolio are being printed already. Wait until they are, or stop it."
NONE_PRINTED = "No plan could be printed. Try again; if it happens again, tell your administrator."


@dataclass(frozen=True)
class BulkPdfOffer:
    """What a ZIP would hold, and those made within a day."""

    payer: Payer
    query: PortfolioQuery
    lines: tuple[PortfolioRow, ...]
    made: tuple[Job, ...]  # newest first

    @property
    def with_plan(self) -> int:
        return sum(line.assessment_id is not None for line in self.lines)


def offer(session: Session, payer_id: str, sent: Mapping[str, str]) -> BulkPdfOffer:
    payer, query, lines = matching_groups(session, payer_id, sent)
    sweep(session.store, session.now)
    made = tuple(
        jobs.as_of(session.store, job, session.now)
        for job in jobs.of_payer(session.store, payer_id, KIND)
        if session.now - job.asked_at <= KEPT_FOR
    )
    return BulkPdfOffer(payer, query, lines, made)


def matching_groups(
    session: Session, payer_id: str, sent: Mapping[str, str]
) -> tuple[Payer, PortfolioQuery, tuple[PortfolioRow, ...]]:
    """The groups that an address of the portfolio finds, by name: the order of the ZIP."""
    payer, own, instrument = portfolio.payer_context(session.store, session.actor, payer_id)
    query = parse_query(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    by_name = replace(
        query, sort=PortfolioSort.NAME, sort_domain_id="", is_descending=False, page=1
    )
    return (
        payer,
        by_name,
        tuple(lists.every_row(session.store, payer_id, session.now.date(), by_name)),
    )


# Making


def start(
    store: Store,
    actor: Actor,
    payer_id: str,
    sent: Mapping[str, str],
    page: Page,
    runner: Runner,
    clock: Clock,
    new_id: Callable[[], str],
) -> str:
    """Begin to print, and return the id under which the ZIP can be watched and fetched."""
    now = clock()
    permissions.require(actor, Can.PRINT_PLANS, scope.of_payer(payer_id))
    _, _, lines = matching_groups(Session(store, actor, now), payer_id, sent)
    refuse_empty(lines)
    pack_id = new_id()
    plans = sum(line.assessment_id is not None for line in lines)
    job = Job(new_id(), KIND, actor.id, now, now, payer_id=payer_id, total=plans, result_id=pack_id)
    refuse_second(store, payer_id, now)
    sweep(store, now)
    order = BulkPdfOrder(pack_id, payer_id, portfolio.as_payer(actor, payer_id), lines, page, now)
    half = partial_path(folder_of(runner.database), pack_id)
    tidy = partial(half.unlink, missing_ok=True)
    runner.submit(store, job, print_work(runner.database, order), clock, tidy=tidy)
    return pack_id


def refuse_empty(lines: tuple[PortfolioRow, ...]) -> None:
    if not lines:
        raise WrongState(NOBODY)
    if len(lines) > MOST:
        raise WrongState(TOO_MANY)
    if all(line.assessment_id is None for line in lines):
        raise WrongState(NO_PLAN)


def refuse_second(store: Store, payer_id: str, now: datetime) -> None:
    """One at a time for each payer."""
    jobs.bury(store, now)
    if jobs.live_of_payer(store, payer_id, KIND):
        raise WrongState(UNDER_WAY)


@dataclass(frozen=True)
class BulkPdfOrder:
    """What one ZIP is to hold."""

    id: str
    payer_id: str
    actor: Actor
    lines: tuple[PortfolioRow, ...]
    page: Page
    now: datetime


@dataclass(frozen=True)
class BulkPdfEntry:
    """One group of the ZIP: its plan's file, or why there is none."""

    number: int
    line: PortfolioRow
    file: str = ""
    why: str = ""


def print_work(database: Path, order: BulkPdfOrder, limits: Limits = MANY) -> Work:
    def work(on_progress: OnProgress) -> Keep:
        folder = folder_of(database)
        half = partial_path(folder, order.id)
        with (
            closing(Store(database)) as store,
            Printer(limits) as printer,
            DocumentArchive(half, order.now.date()) as archive,
        ):
            entries = list(print_plans(store, printer, archive, order, on_progress))
            if not any(entry.file for entry in entries):
                raise NotPrinted(NONE_PRINTED)
            archive.add(INDEX, csv_of(COLUMNS, map(index_row, entries)))
            index = index_of(order, entries)
            archive.add(DATA, json.dumps(index, indent=1, ensure_ascii=False).encode())
            archive.finish()

        def keep(store: Store, now: datetime) -> None:
            if not is_shared_still(store, order.payer_id, index, now):
                raise WrongState(ENDED_MEANWHILE)
            audit.record(store, event_of(order, entries, now))
            half.replace(zip_path(folder, order.id))

        return keep

    return work


def print_plans(
    store: Store,
    printer: Printer,
    archive: DocumentArchive,
    order: BulkPdfOrder,
    on_progress: OnProgress,
) -> Iterator[BulkPdfEntry]:
    """Each document goes to the disk as soon as it and all before it are printed."""
    done = 0
    for entry, printed in printer.each_of(documents(store, order)):
        on_progress(done)
        if isinstance(printed, bytes):
            archive.add(entry.file, printed)
            done += 1
            yield entry
        elif printed is None:
            yield entry
        else:
            yield replace(entry, file="", why=str(printed))
    on_progress(done)


def documents(store: Store, order: BulkPdfOrder) -> Iterator[tuple[BulkPdfEntry, PrintJob | None]]:
    for number, line in enumerate(order.lines, start=1):
        if line.assessment_id is None:
            yield BulkPdfEntry(number, line, why=NOT_SUBMITTED), None
            continue
        try:
            document = plan_document.job_of(
                Session(store, order.actor, order.now), line.assessment_id, order.page
            )
        except NotFound:
            yield BulkPdfEntry(number, line, why=NOT_SHARED_NOW), None
        else:
            yield BulkPdfEntry(number, line, file=file_name(number, line.name)), document


def file_name(number: int, name: str) -> str:
    """Numbered, and as much of the name as every system can hold.

    >>> file_name(7, "Élan/../Care  (invented)"), file_name(12, "\u4e00")
    ('plans/007-lan-care-invented.pdf', 'plans/012.pdf')
    """
    words = re.findall(r"[a-z0-9]+", name.lower())
    return f"plans/{'-'.join([f'{number:03}', *words])[:60]}.pdf"


def event_of(order: BulkPdfOrder, entries: list[BulkPdfEntry], now: datetime) -> Event:
    verb = "printed the plans of the portfolio as"
    plans = sum(bool(entry.file) for entry in entries)
    return Event(
        now, order.actor.id, verb, "ZIP", order.id, payer_id=order.payer_id, detail={"plans": plans}
    )


def index_row(entry: BulkPdfEntry) -> tuple[str | int, ...]:
    return entry.number, entry.line.name, entry.file, entry.why


def index_of(order: BulkPdfOrder, entries: list[BulkPdfEntry]) -> dict[str, Any]:
    return {
        "made_on": order.now.date().isoformat(),
        "paper": str(order.page),
        "plans": [
            {
                "number": entry.number,
                "group_id": entry.line.group_id,
                "group": entry.line.name,
                "assessment_id": entry.line.assessment_id,
                "file": entry.file,
            }
            for entry in entries
            if entry.file
        ],
        "without": [
            {"group_id": entry.line.group_id, "group": entry.line.name, "why": entry.why}
            for entry in entries
            if not entry.file
        ],
    }


# Where the ZIPs are, and when they are deleted


def folder_of(database: Path) -> Path:
    return database.parent / "packs"


def partial_path(folder: Path, pack_id: str) -> Path:
    return folder / f"{pack_id}.part"


def zip_path(folder: Path, pack_id: str) -> Path:
    return folder / f"{pack_id}.zip"


def read_index(path: Path) -> dict[str, Any]:
    read: dict[str, Any] = json.loads(member(path, DATA))
    return read


def may_be_fetched(store: Store, job: Job, now: datetime) -> bool:
    """It is there, not older than a day, and all in it is shared still."""
    path = zip_path(folder_of(store.path), job.result_id)
    if job.state is not JobState.DONE or now - job.asked_at > KEPT_FOR or not path.exists():
        return False
    return is_shared_still(store, job.payer_id or "", read_index(path), now)


def is_shared_still(store: Store, payer_id: str, index: Mapping[str, Any], now: datetime) -> bool:
    """Every group that it tells anything of, also those whose plan is not in it."""
    shared = groups.group_ids_shared_with(store, payer_id, now.date())
    told = [*index["plans"], *(e for e in index["without"] if e["why"] != NOT_SHARED_NOW)]
    return all(each["group_id"] in shared for each in told) and all(
        is_readable(store, each) for each in index["plans"]
    )


def is_readable(store: Store, plan: Mapping[str, Any]) -> bool:
    """A submission may be taken back while its group goes on sharing."""
    try:
        return assessments.get(store, plan["assessment_id"]).status in READABLE_BY_PAYER
    except NotFound:
        return False


def sweep(store: Store, now: datetime) -> None:
    """Delete what is older than a day, what may no longer be read, and what no job answers for."""
    for path in folder_of(store.path).glob("*.*"):
        job = jobs.making(store, path.stem)
        if job is None or not (job.is_live or may_be_fetched(store, job, now)):
            discard(path)


def discard(path: Path) -> None:
    """A read-only disk keeps it until it takes changes again; nobody is handed it meanwhile."""
    with suppress(OSError):
        path.unlink(missing_ok=True)


# Watching one, stopping it, and fetching it

GONE = (
    "This ZIP was deleted: it is kept for a day, and only while every group in it shares with you. "
    "Make it anew."
)


ENDED = (
    "A group whose plan is in this ZIP no longer shares it with you, so the ZIP was deleted. Make "
    "it anew; it will hold the plans of those that still share."
)


@dataclass(frozen=True)
class BulkPdfProgress:
    payer: Payer
    job: Job
    index: Mapping[str, Any] | None  # of a finished one that may still be fetched
    bytes: int = 0

    @property
    def until(self) -> datetime:
        return self.job.asked_at + KEPT_FOR

    @property
    def is_live(self) -> bool:
        return self.job.is_live


def progress(session: Session, payer_id: str, pack_id: str) -> BulkPdfProgress:
    job = job_of(session, payer_id, pack_id)
    payer = groups.payer(session.store, payer_id)
    path = zip_path(folder_of(session.store.path), pack_id)
    if not may_be_fetched(session.store, job, session.now):
        return BulkPdfProgress(payer, job, None)
    return BulkPdfProgress(payer, job, read_index(path), path.stat().st_size)


def job_of(session: Session, payer_id: str, pack_id: str) -> Job:
    permissions.require(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    job = jobs.follow(session.store, pack_id, session.now)
    if job is None or job.kind != KIND or job.payer_id != payer_id:
        raise NotFound(NOT_SHARED)
    return job


def cancel(session: Session, payer_id: str, pack_id: str) -> bool:
    """Stop the printing and keep nothing of it; False when it was over already."""
    permissions.require(session.actor, Can.PRINT_PLANS, scope.of_payer(payer_id))
    job = job_of(session, payer_id, pack_id)
    return jobs.end(session.store, job.id, JobState.CANCELED, "", session.now)


def fetch(session: Session, payer_id: str, pack_id: str) -> Path:
    """The ZIP's own path, or a sentence that says why there is none any more."""
    job = job_of(session, payer_id, pack_id)
    path = zip_path(folder_of(session.store.path), pack_id)
    if job.state is JobState.DONE and path.exists() and session.now - job.asked_at <= KEPT_FOR:
        if may_be_fetched(session.store, job, session.now):
            return path
        discard(path)
        raise WrongState(ENDED)
    raise WrongState(GONE)
