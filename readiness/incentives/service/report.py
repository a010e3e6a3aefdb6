"""The laboratory report: what was tried, what came of it and what it rests on, on a few pages."""

from __future__ import annotations

import hashlib
import json
from datetime import UTC, datetime, time

from readiness.accounts.db import groups
from readiness.core.db import Store
from readiness.core.errors import NotFound
from readiness.core.formatting import day
from readiness.core.pdf.job import Enclosure, Job, Page
from readiness.core.pdf.layout import html_of
from readiness.core.pdf.printer import Printer
from readiness.core.people import Actor, Payer
from readiness.incentives import db as laboratory
from readiness.incentives.models import StoredRun
from readiness.incentives.presenters.result import told
from readiness.incentives.service import runs
from readiness.incentives.service.export import as_data

TITLE = "Incentive laboratory"
NOT_DONE = "This run is not done yet. Wait until it is, or try the designs again."


def finished(store: Store, actor: Actor, payer_id: str, run_id: str) -> StoredRun:
    """A run to take along."""
    runs.require(actor, payer_id)
    run = laboratory.get(store, payer_id, run_id)
    if run.outcome is None:
        raise NotFound(NOT_DONE)
    return run


def printed(
    store: Store, printer: Printer, actor: Actor, payer_id: str, run_id: str, page: Page
) -> bytes:
    """The same run gives the same bytes."""
    run = finished(store, actor, payer_id, run_id)
    return printer.pdf_of(job_of(run, groups.payer(store, payer_id), page))


def job_of(run: StoredRun, payer: Payer, page: Page) -> Job:
    made_at = datetime.combine((run.done_at or run.asked_at).date(), time(), UTC)
    html = html_of("incentives/print/laboratory.html", values_of(run, payer, made_at))
    data = json.dumps(as_data(run), indent=1, ensure_ascii=False).encode()
    return Job(
        html=html,
        identifier=hashlib.sha256(html.encode() + data + page.encode()).digest()[:16],
        made_at=made_at,
        page=page,
        enclosures=(
            Enclosure("laboratory.json", data, "The designs, the numbers and the outcome as data"),
        ),
    )


def values_of(run: StoredRun, payer: Payer, made_at: datetime) -> dict[str, object]:
    return {
        "title": TITLE,
        "subject": payer.name,
        "reference": run.id,
        "made_on": day(made_at),
        "payer": payer,
        "asked_on": day(run.asked_at),
        "told": told(run),
    }
