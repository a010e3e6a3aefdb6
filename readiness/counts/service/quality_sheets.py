"""The counts behind equity as a spreadsheet to fill in, and how they came to be."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from readiness.accounts.db import people
from readiness.core import exports
from readiness.core.db import Session
from readiness.counts.quality.grids import WHOLE, in_force, rows_of
from readiness.counts.quality.models import (
    CATEGORIES,
    MEASURED_BY,
    STATES,
    Field,
    KnownCell,
    MeasureCell,
    Part,
    SampleCell,
)
from readiness.counts.quality.table import KNOWN, MEASURES, SAMPLE, SHEETS
from readiness.counts.service import quality
from readiness.counts.service.quality import Ending, labels
from readiness.counts.social_risk.models import StratumType

GONE = "Somebody who has left"
Rows = Iterator[tuple[exports.Cell, ...]]


def workbook(session: Session, group_id: str, written: str) -> bytes:
    """The three tables, filled with what is stored: a way out, and a way back in."""
    ending = quality.get(session, group_id, written)
    measures, known, again = SHEETS
    return exports.xlsx_of(
        [
            exports.Sheet(measures, MEASURES, measure_rows(ending), (10, 10, 16, 16, 12, 12)),
            exports.Sheet(known, KNOWN, known_rows(ending), (10, 16, 12, 14, 12, 10)),
            exports.Sheet(again, SAMPLE, sample_rows(ending), (10, 12, 12, 10)),
        ]
    )


def measures_csv(session: Session, group_id: str, written: str) -> bytes:
    ending = quality.get(session, group_id, written)
    return exports.csv_of(MEASURES, measure_rows(ending))


def measure_rows(ending: Ending) -> Rows:
    for measure in in_force(ending.measures, ending.period):
        for kind in (StratumType.TOTAL, *MEASURED_BY):
            for stratum, _ in rows_of(kind, ending.sites):
                both = (
                    ending.counts.known.get(MeasureCell(measure.id, part, stratum)) for part in Part
                )
                yield str(ending.period), measure.id, kind.value, stratum.name, *both


def known_rows(ending: Ending) -> Rows:
    for field in Field:
        for known, origin in STATES:
            for site in ("", *ending.sites):
                count = ending.counts.known.get(KnownCell(field, known, origin, site))
                yield (
                    str(ending.period),
                    field.value,
                    known.value,
                    origin.value if origin else "",
                    site or WHOLE,
                    count,
                )


def sample_rows(ending: Ending) -> Rows:
    for recorded in CATEGORIES:
        for asked in CATEGORIES:
            count = ending.counts.known.get(SampleCell(recorded, asked))
            yield str(ending.period), recorded, asked, count


@dataclass(frozen=True)
class Past:
    """One change of one count."""

    at: datetime
    author: str
    label: str
    before: int | None
    after: int | None


@dataclass(frozen=True)
class History:
    ending: Ending
    lines: tuple[Past, ...]  # newest first


def history(session: Session, group_id: str, written: str) -> History:
    ending = quality.get(session, group_id, written)
    authors = people.with_ids(
        session.store, {each.author_id for lines in ending.history.values() for each in lines}
    )
    named = labels(ending.grids)
    lines = [
        Past(
            each.at,
            authors[each.author_id].name if each.author_id in authors else GONE,
            named.get(cell.key, cell.key),
            earlier.value if earlier else None,
            each.value,
        )
        for cell, revisions in ending.history.items()
        for earlier, each in zip((None, *revisions), revisions, strict=False)
    ]
    return History(ending, tuple(sorted(lines, key=lambda line: line.at, reverse=True)))
