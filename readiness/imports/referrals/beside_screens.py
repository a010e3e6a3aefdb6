"""Columns of what followed, beside the screens of a wide table."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date

from readiness.core.tables.models import Report
from readiness.counts.social_risk.models import Need
from readiness.imports.mapped_table import MappedLine, MappedRun, NotReadError
from readiness.imports.mapping_models import ColumnRole
from readiness.imports.referrals.models import FollowUp, Outcome
from readiness.imports.referrals.referral_table import follow_up_in

OWN_WORDS: Mapping[str, Outcome] = {}

Told = Mapping[Need, Mapping[ColumnRole, str]]  # what stands in a line, in the words meant


def follow_ups(
    told: Told, place: str, run: MappedRun, patient: bytes, screened: date | None, report: Report
) -> Iterator[FollowUp]:
    """They belong to the screen of their line, which counts whatever stands here."""
    for need, texts in told.items():
        line = MappedLine([*texts.values()], {role: at for at, role in enumerate(texts)}, place)
        if any(line.cells):
            try:
                found = follow_up_in(
                    line, run, patient, need, screened=screened, outcomes=OWN_WORDS
                )
            except NotReadError as error:
                report.unread_beside(place, str(error))
                continue
            yield found
