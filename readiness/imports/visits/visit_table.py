"""A list of visits: one line for each patient and day that somebody was seen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial

from readiness.core.tables.models import ReadContext, SourceFile
from readiness.imports.mapped_table import (
    MappedLine,
    MappedRun,
    NotReadError,
    columns_of,
    head_of,
    lines_of,
    open_mapped,
    parts_in,
)
from readiness.imports.mapping_models import ColumnRole
from readiness.imports.visits.models import Visit

NO_VISIT_DAY = "The day of the visit is missing or is no date. Write it as 2026-07-03."


def visits(sources: Sequence[SourceFile], reading: ReadContext, run: MappedRun) -> Iterator[Visit]:
    for source in sources:
        with open_mapped(source, run.mapping) as table:
            lines = lines_of(table, columns_of(table, run.mapping), reading)
            yield from parts_in(lines, reading, partial(visit_in, run=run, reading=reading))
    run.refuse_other_order()


def visit_in(line: MappedLine, run: MappedRun, reading: ReadContext) -> Iterator[Visit]:
    head = head_of(line, run)
    if head.day is None:
        raise NotReadError(run.why_no_day(line.text(ColumnRole.DATE), NO_VISIT_DAY))
    yield Visit(
        patient=reading.hashed(head.patient),
        day=head.day,
        group_id=head.group_id or reading.group_id,
        site_id=head.site_id,
        traits=head.traits,
    )
