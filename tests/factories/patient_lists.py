"""Screens, visits and referrals as three tables, each with its mapping."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date
from typing import Any

from readiness.core.tables.models import SourceFile, file_in_memory
from readiness.counts.social_risk.models import Step
from readiness.imports.screens.models import CellKey
from readiness.imports.service.screens import Aggregation, aggregate

SCREENS = """
shape = "long"
[columns]
patient = "mrn"
date = "screened_on"
need = "need"
result = "result"
site = "clinic"
language = "language"
"""
VISITS = """
shape = "visits"
[columns]
patient = "mrn"
date = "seen_on"
site = "clinic"
language = "language"
"""
REFERRALS = """
shape = "referrals"
[columns]
patient = "mrn"
need = "domain"
screened = "screened"
wants_help = "wants_help"
referred = "referred"
outcome = "outcome"
outcome_date = "outcome_on"
resolved = "resolved"
intervention = "helped_on"
[outcomes]
"service received" = "connected"
"""
SCREENED = ("mrn", "screened_on", "need", "result", "clinic", "language")
SEEN = ("mrn", "seen_on", "clinic", "language")
REFERRED = (
    *("mrn", "domain", "screened", "wants_help", "referred", "outcome", "outcome_on"),
    *("resolved", "helped_on"),
)
TODAY = date(2027, 3, 1)


def table(headings: Sequence[str], rows: Iterable[Sequence[Any]], label: str) -> SourceFile:
    """Rows may be short: the rest is blank."""
    full = [[*map(str, row), *[""] * (len(headings) - len(row))] for row in rows]
    text = "\n".join(",".join(row) for row in [headings, *full])
    return file_in_memory(label, "table.csv", text.encode())


def screens(*rows: Sequence[Any]) -> SourceFile:
    return table(SCREENED, rows, "screens")


def visits(*rows: Sequence[Any]) -> SourceFile:
    return table(SEEN, rows, "visits")


def referral(mrn: str, need: str, **told: Any) -> tuple[Any, ...]:
    return tuple({**dict.fromkeys(REFERRED, ""), "mrn": mrn, "domain": need, **told}.values())


def referrals(*rows: Sequence[Any]) -> SourceFile:
    return table(REFERRED, rows, "referrals")


def counted(*sources: SourceFile, **named: Any) -> Aggregation:
    return aggregate(sources, mapping=[SCREENS, VISITS, REFERRALS], today=TODAY, **named)


def steps_at(
    found: Aggregation,
    need: str,
    period: str = "2026-Q3",
    site_id: str = "ALL",
    part: tuple[str, str] = ("total", "total"),
) -> dict[Step, int]:
    return dict(found.step_counts.steps.get(CellKey("-", site_id, period, need, *part), {}))
