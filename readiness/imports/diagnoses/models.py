"""One diagnosis of one patient, as a line of a list or a Condition tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from readiness.counts.social_risk.models import Need
from readiness.imports.screens.models import PatientTraits

UNDATED = date.min


@dataclass(frozen=True, slots=True)
class Diagnosis:
    patient: bytes  # keyed hash
    day: date  # on which it was recorded, or began
    needs: frozenset[Need] = frozenset()  # none: a code of Z55 to Z65 that is of no need of ours
    group_id: str = ""
    site_id: str = ""
    traits: PatientTraits | None = None
    is_counted: bool = True
    resource: bytes = b""  # keyed hash of the Condition's own id; b"": a line of a list
    version: int = 0
    issued: str = ""

    @property
    def edition(self) -> tuple[int, str, bool, date]:
        """Between versions of one Condition; of equals the one that takes it back."""
        return self.version, self.issued, not self.is_counted, self.day
