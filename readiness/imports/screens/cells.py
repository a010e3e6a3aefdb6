"""Counts of patients per need and stratum: what a run over screens leaves behind."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.imports.screens.parts import Result

NOBODY = "-"  # the group of a file that names none
WHOLE = "ALL"  # the site of a file that names none


@dataclass(frozen=True, order=True)
class CellKey:
    group_id: str
    site_id: str
    period: str  # "2026-Q3"
    need: str
    stratum_type: str
    stratum: str


@dataclass(frozen=True)
class Counts:
    """Patients, each counted once in a cell. `screened` are those with a clear answer."""

    positive: int = 0
    negative: int = 0
    declined: int = 0
    unknown: int = 0
    incomplete: int = 0

    @property
    def screened(self) -> int:
        return self.positive + self.negative

    def of(self, result: Result) -> int:
        return int(getattr(self, result.value))
