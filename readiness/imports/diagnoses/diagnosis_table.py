"""A list of diagnoses: one line for each patient, day and code."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import partial

from readiness.core.tables.models import ReadContext, SourceFile
from readiness.core.tables.reader import open_table
from readiness.imports.diagnoses.models import Diagnosis
from readiness.imports.mapped_table import (
    MappedLine,
    MappedRun,
    NotReadError,
    columns_of,
    head_of,
    lines_of,
    parts_in,
)
from readiness.imports.mapping_models import ColumnRole
from readiness.imports.screening_codes.models import is_social_diagnosis

SEPARATORS = re.compile(r"[;|,]")
NO_CODE = "There is no diagnosis code in this line. Fill in the code."
NO_DIAGNOSIS_DAY = "The day of the diagnosis is missing or is no date. Write it as 2026-07-03."


def diagnoses(
    sources: Sequence[SourceFile], reading: ReadContext, run: MappedRun
) -> Iterator[Diagnosis]:
    for source in sources:
        with open_table(source) as table:
            lines = lines_of(table, columns_of(table, run.mapping), reading)
            yield from parts_in(lines, reading, partial(diagnoses_in, run=run, reading=reading))
    run.refuse_other_order()


def diagnoses_in(line: MappedLine, run: MappedRun, reading: ReadContext) -> Iterator[Diagnosis]:
    """Codes other than Z55 to Z65 tell nothing here."""
    head, codes = head_of(line, run), codes_in(line.text(ColumnRole.CODE))
    if not codes:
        raise NotReadError(NO_CODE)
    social = [code for code in codes if is_social_diagnosis(code)]
    if not social:
        reading.report.skipped += 1
        return
    if head.day is None:
        raise NotReadError(run.why_no_day(line.text(ColumnRole.DATE), NO_DIAGNOSIS_DAY))
    yield Diagnosis(
        patient=reading.hashed(head.patient),
        day=head.day,
        needs=run.codes.diagnoses.needs_of(social),
        group_id=head.group_id or reading.group_id,
        site_id=head.site_id,
        traits=head.traits,
    )


def codes_in(text: str) -> list[str]:
    """A name may stand behind a code.

    >>> codes_in("Z59.41 - Food insecurity; Z5902"), codes_in(" ; ")
    (['Z59.41', 'Z5902'], [])
    """
    return [part.split()[0] for part in SEPARATORS.split(text) if part.strip()]
