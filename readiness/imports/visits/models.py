"""One patient seen on one day, as a line of a list or an Encounter tells it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from readiness.imports.screens.models import PatientTraits, RecordStatus


@dataclass(frozen=True, slots=True)
class Visit:
    patient: bytes  # keyed hash
    day: date
    group_id: str = ""
    site_id: str = ""
    traits: PatientTraits | None = None
    standing: RecordStatus = RecordStatus.COUNTED
    resource: bytes = b""  # keyed hash of the Encounter's own id; b"": a line of a list
    version: int = 0
    issued: str = ""

    @property
    def edition(self) -> tuple[int, str, bool, date]:
        """Between versions of one Encounter; of equals the one that takes it back."""
        return self.version, self.issued, self.standing is not RecordStatus.COUNTED, self.day
