"""Printing the plans of a portfolio, two at a time, into one ZIP."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from functools import partial
from pathlib import Path
from typing import Any

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, NotPrinted, WrongState
from readiness.core.exports import csv_of
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job
from readiness.core.jobs.service import Clock, Keep, Runner, Told, Work
from readiness.core.pdf.archive import Pack
from readiness.core.pdf.job import Job as Document
from readiness.core.pdf.job import Page
from readiness.core.pdf.printer import MANY, Limits, Printer
from readiness.core.people import Actor, Payer
from readiness.plans.service import document as plan_document
from readiness.portfolio.brief.reading import as_payer
from readiness.portfolio.bulk_pdf.files import (
    DATA,
    INDEX,
    KEPT,
    KIND,
    folder_of,
    half_written,
    kept,
    sweep,
)
from readiness.portfolio.db import groups as lists
from readiness.portfolio.models import Line, Query, Sort, query_of
from readiness.portfolio.service import portfolio

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
class Offer:
    """What a ZIP would hold, and those made within a day."""

    payer: Payer
    query: Query
    lines: tuple[Line, ...]
    made: tuple[Job, ...]  # newest first

    @property
    def with_plan(self) -> int:
        return sum(line.assessment_id is not None for line in self.lines)


def offer(session: Session, payer_id: str, sent: Mapping[str, str]) -> Offer:
    payer, query, lines = found(session, payer_id, sent)
    sweep(session.store, session.now)
    made = tuple(
        job
        for job in jobs.of_payer(session.store, payer_id, KIND)
        if session.now - job.asked_at <= KEPT
    )
    return Offer(payer, query, lines, made)


def found(
    session: Session, payer_id: str, sent: Mapping[str, str]
) -> tuple[Payer, Query, tuple[Line, ...]]:
    """The groups that an address of the portfolio finds, by name: the order of the ZIP."""
    payer, own, instrument = portfolio.columns(session.store, session.actor, payer_id)
    query = query_of(sent, instrument.domain_by_id, [cycle.id for cycle in own])
    by_name = replace(query, sort=Sort.NAME, sort_domain_id="", is_descending=False, page=1)
    return (
        payer,
        by_name,
        tuple(lists.every_line(session.store, payer_id, session.now.date(), by_name)),
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
    _, _, lines = found(Session(store, actor, now), payer_id, sent)
    refuse_empty(lines)
    pack_id = new_id()
    plans = sum(line.assessment_id is not None for line in lines)
    job = Job(new_id(), KIND, actor.id, now, now, payer_id=payer_id, total=plans, result_id=pack_id)
    place = runner.place()
    try:
        ask(store, job)
        order = Order(pack_id, payer_id, as_payer(actor, payer_id), lines, page, now)
        half = half_written(folder_of(runner.database), pack_id)
        tidy = partial(half.unlink, missing_ok=True)
        runner.start(place, job.id, printing(runner.database, order), clock, tidy)
    except BaseException:
        place.leave()
        raise
    return pack_id


def refuse_empty(lines: tuple[Line, ...]) -> None:
    if not lines:
        raise WrongState(NOBODY)
    if len(lines) > MOST:
        raise WrongState(TOO_MANY)
    if all(line.assessment_id is None for line in lines):
        raise WrongState(NO_PLAN)


def ask(store: Store, job: Job) -> None:
    """One at a time for each payer."""
    with store.writing():
        jobs.bury(store, job.asked_at)
        if any(each.is_live for each in jobs.of_payer(store, job.payer_id or "", KIND)):
            raise WrongState(UNDER_WAY)
        jobs.ask(store, job)
    sweep(store, job.asked_at)


@dataclass(frozen=True)
class Order:
    """What one ZIP is to hold."""

    id: str
    payer_id: str
    actor: Actor
    lines: tuple[Line, ...]
    page: Page
    now: datetime


@dataclass(frozen=True)
class Entry:
    """One group of the ZIP: its plan's file, or why there is none."""

    number: int
    line: Line
    file: str = ""
    why: str = ""


def printing(database: Path, order: Order, limits: Limits = MANY) -> Work:
    def work(told: Told) -> Keep:
        folder = folder_of(database)
        half = half_written(folder, order.id)
        with (
            closing(Store(database)) as store,
            Printer(limits) as printer,
            Pack(half, order.now.date()) as pack,
        ):
            entries = list(written(store, printer, pack, order, told))
            if not any(entry.file for entry in entries):
                raise NotPrinted(NONE_PRINTED)
            pack.add(INDEX, csv_of(COLUMNS, map(row, entries)))
            data = json.dumps(index_of(order, entries), indent=1, ensure_ascii=False)
            pack.add(DATA, data.encode())
            pack.finish()

        def keep(store: Store, now: datetime) -> None:
            audit.record(store, told_of(order, entries, now))
            half.replace(kept(folder, order.id))

        return keep

    return work


def written(
    store: Store, printer: Printer, pack: Pack, order: Order, told: Told
) -> Iterator[Entry]:
    """Each document goes to the disk as soon as it and all before it are printed."""
    done = 0
    for entry, printed in printer.each_of(composed(store, order)):
        told(done)
        if isinstance(printed, bytes):
            pack.add(entry.file, printed)
            done += 1
            yield entry
        elif printed is None:
            yield entry
        else:
            yield replace(entry, file="", why=str(printed))
    told(done)


def composed(store: Store, order: Order) -> Iterator[tuple[Entry, Document | None]]:
    for number, line in enumerate(order.lines, start=1):
        if line.assessment_id is None:
            yield Entry(number, line, why=NOT_SUBMITTED), None
            continue
        try:
            document = plan_document.job_of(
                Session(store, order.actor, order.now), line.assessment_id, order.page
            )
        except NotFound:
            yield Entry(number, line, why=NOT_SHARED_NOW), None
        else:
            yield Entry(number, line, file=file_name(number, line.name)), document


def file_name(number: int, name: str) -> str:
    """Numbered, and as much of the name as every system can hold.

    >>> file_name(7, "Élan/../Care  (invented)"), file_name(12, "\u4e00")
    ('plans/007-lan-care-invented.pdf', 'plans/012.pdf')
    """
    words = re.findall(r"[a-z0-9]+", name.lower())
    return f"plans/{'-'.join([f'{number:03}', *words])[:60]}.pdf"


def told_of(order: Order, entries: list[Entry], now: datetime) -> Event:
    verb = "printed the plans of the portfolio as"
    plans = sum(bool(entry.file) for entry in entries)
    return Event(
        now, order.actor.id, verb, "ZIP", order.id, payer_id=order.payer_id, detail={"plans": plans}
    )


def row(entry: Entry) -> tuple[str | int, ...]:
    return entry.number, entry.line.name, entry.file, entry.why


def index_of(order: Order, entries: list[Entry]) -> dict[str, Any]:
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
