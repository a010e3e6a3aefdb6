"""The diagnoses of a run: Conditions wait for their latest version; lines of a list have none."""

from __future__ import annotations

from dataclasses import dataclass, field

from readiness.imports.diagnoses.models import Diagnosis


@dataclass
class DiagnosisList:
    """A line that is sent twice tells nothing more."""

    lines: set[Diagnosis] = field(default_factory=set)
    conditions: dict[bytes, Diagnosis] = field(default_factory=dict)  # by resource

    def add(self, diagnosis: Diagnosis) -> None:
        if not diagnosis.resource:
            self.lines.add(diagnosis)
            return
        before = self.conditions.get(diagnosis.resource)
        if before is None or before.edition <= diagnosis.edition:
            self.conditions[diagnosis.resource] = diagnosis

    def counted(self) -> list[Diagnosis]:
        """By day, and always in the same order, whatever the files' is."""
        found = (each for each in (*self.lines, *self.conditions.values()) if each.is_counted)
        return sorted(found, key=lambda each: (each.day, each.site_id, repr(each.traits)))
