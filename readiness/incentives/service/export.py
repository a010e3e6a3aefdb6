"""A run to take along: on paper, as a workbook, and everything that was stored as data."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, time
from typing import Any

from readiness.accounts.db import groups
from readiness.core.db import Session
from readiness.core.errors import NotFound, WrongState
from readiness.core.exports import Cell, Sheet, xlsx_of
from readiness.core.formatting import day
from readiness.core.pdf.job import Enclosure, Page, PrintJob
from readiness.core.pdf.layout import html_of
from readiness.core.people import Payer
from readiness.incentives.models import (
    DesignOutcome,
    GroupSlice,
    LaboratoryRun,
    ReleasedNumbers,
    Simulated,
)
from readiness.incentives.presenters.result import LaboratoryResult, result_of
from readiness.incentives.presenters.wording import DesignColumn
from readiness.incentives.service import runs

TITLE = "Incentive laboratory"
WITHHELD = (
    "A group that this was tried on no longer shares, so nothing of it can be taken along. Do it "
    "again with the groups that still share."
)
NOT_DONE = "This run is not done yet. Wait until it is, or try the designs again."
RESULTS = (
    "Design",
    "What truly happens",
    "By points",
    "Replicates",
    "Groups",
    "Groups that can be paid",
    "Groups truly improving or falling, on average",
    "Paid (share of groups that can be)",
    "Paid: Monte Carlo error",
    "Paid of the truly changing (share)",
    "Paid of the truly changing: error",
    "Nobody is paid (chance)",
    "Nobody is paid: error",
    "Dollars paid",
    "Dollars paid: error",
    "Dollars not earned",
    "Concentration index",
    "Concentration index: error",
    "Concentration index of the present",
    "Groups with a known social risk",
)
BY_GROUP = (
    "Group",
    "Design",
    "What truly happens",
    "Takes part",
    "Patient-measures",
    "Measures that count",
    "Most it can earn, dollars",
    "Chance of payment",
    "Chance: error",
    "Expected dollars",
    "Expected dollars: error",
)
BY_PART = (
    "Part",
    "Design",
    "What truly happens",
    "Groups",
    "Can be paid",
    "Patient-measures",
    "Share of patient-measures",
    "Dollars",
    "Dollars: error",
    "Share of the money",
    "Share of the money: error",
)
COUNTS = ("Group", "Measure", "Patients of", "Meet the measure", "Counted in it")


def as_data(run: LaboratoryRun) -> dict[str, Any]:
    """Everything that a replay needs, and what it came to."""
    return {
        "reference": run.id,
        "asked_at": run.asked_at.isoformat(),
        "engine": run.engine,
        "settings": dict(run.settings),
        "designs": list(run.designs),
        "numbers": dict(run.numbers),
        "outcome": dict(run.outcome or {}),
    }


def as_xlsx(run: LaboratoryRun) -> bytes:
    found = result_of(run)
    return xlsx_of(
        [
            Sheet("At a glance", found.summary.header, found.summary.rows, (36,)),
            Sheet("Designs", found.terms.header, found.terms.rows, (36,)),
            Sheet("Results", RESULTS, result_rows(found.columns), (32, 32)),
            Sheet("Groups", BY_GROUP, group_rows(found), (36, 32, 32)),
            Sheet("By tier", BY_PART, slice_rows(found.columns, "by_tier"), (20, 32, 32)),
            Sheet(
                "By social risk", BY_PART, slice_rows(found.columns, "by_social_risk"), (20, 32, 32)
            ),
            Sheet("Cautions", ("Design", "Harm", "Caution"), caution_rows(found), (32, 32, 100)),
            Sheet("Numbers", COUNTS, count_rows(found.numbers), (36, 12, 24)),
            Sheet("Read of each group", found.releases.header, found.releases.rows, (36, 36)),
            Sheet("True rates", found.priors.header, found.priors.rows, (36, 24, 36)),
            Sheet("Rests on", ("What", "Says"), found.rests_on, (24, 80)),
            Sheet("Left out", ("What was left out",), [(e,) for e in found.left_out], (100,)),
        ]
    )


def outcomes(column: DesignColumn) -> tuple[DesignOutcome, DesignOutcome, DesignOutcome]:
    return column.still, column.gained, column.fallen


def pair(found: Simulated | None) -> tuple[Cell, Cell]:
    return (found.value, found.error) if found else (None, None)


def result_rows(columns: Sequence[DesignColumn]) -> Iterator[tuple[Cell, ...]]:
    for column in columns:
        for each in outcomes(column):
            yield (
                column.name,
                str(each.scenario.kind),
                each.scenario.points,
                each.replicates,
                len(each.groups),
                each.taking_part,
                round(each.changed, 2),
                *pair(each.paid),
                *pair(each.paid_of_changed),
                *pair(each.nobody),
                *pair(each.spent),
                each.unspent.value,
                *pair(each.concentration),
                each.present_concentration,
                each.concentration_groups,
            )


def group_rows(found: LaboratoryResult) -> Iterator[tuple[Cell, ...]]:
    names = found.numbers.names
    for column in found.columns:
        for each in outcomes(column):
            for group in each.groups:
                yield (
                    names[group.group_id],
                    column.name,
                    str(each.scenario.kind),
                    str(group.eligibility),
                    group.patients,
                    group.measures,
                    group.most,
                    *pair(group.chance),
                    *pair(group.dollars),
                )


def slice_rows(columns: Sequence[DesignColumn], cut: str) -> Iterator[tuple[Cell, ...]]:
    for column in columns:
        for each in outcomes(column):
            parts: tuple[GroupSlice, ...] = getattr(each, cut)
            for part in parts:
                yield (
                    part.name,
                    column.name,
                    str(each.scenario.kind),
                    part.groups,
                    part.taking_part,
                    part.patients,
                    part.patient_share,
                    *pair(part.dollars),
                    *pair(part.dollar_share),
                )


def caution_rows(found: LaboratoryResult) -> Iterator[tuple[Cell, ...]]:
    for name, listed in found.cautions:
        yield from ((name, each.harm, each.says) for each in listed)


def count_rows(numbers: ReleasedNumbers) -> Iterator[tuple[Cell, ...]]:
    """Released counts that were used; what is hidden to protect small counts is not among them."""
    for group in numbers.groups:
        for measure_id, pairs in group.counts.items():
            for stratum, (met, counted) in pairs.items():
                yield group.name, measure_id, stratum, met, counted


def load_finished(session: Session, payer_id: str, run_id: str) -> LaboratoryRun:
    """A run to take along."""
    run = runs.load(session, payer_id, run_id)
    if run.ended:
        raise WrongState(WITHHELD)
    if run.outcome is None:
        raise NotFound(NOT_DONE)
    return run


def print_job(session: Session, payer_id: str, run_id: str, page: Page) -> PrintJob:
    """The same run gives the same bytes."""
    run = load_finished(session, payer_id, run_id)
    return job_of(run, groups.payer(session.store, payer_id), page)


def job_of(run: LaboratoryRun, payer: Payer, page: Page) -> PrintJob:
    made_at = datetime.combine((run.done_at or run.asked_at).date(), time(), UTC)
    html = html_of("incentives/print/laboratory.html", values_of(run, payer, made_at))
    data = json.dumps(as_data(run), indent=1, ensure_ascii=False).encode()
    return PrintJob(
        html=html,
        identifier=hashlib.sha256(html.encode() + data + page.encode()).digest()[:16],
        made_at=made_at,
        page=page,
        enclosures=(
            Enclosure("laboratory.json", data, "The designs, the numbers and the outcome as data"),
        ),
    )


def values_of(run: LaboratoryRun, payer: Payer, made_at: datetime) -> dict[str, object]:
    return {
        "title": TITLE,
        "subject": payer.name,
        "reference": run.id,
        "made_on": day(made_at),
        "payer": payer,
        "asked_on": day(run.asked_at),
        "result": result_of(run),
    }
