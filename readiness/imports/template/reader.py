"""Our table of counts as a file, CSV or a workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.reader import Table, opened, whole
from readiness.core.tables.reading import Reading
from readiness.core.tables.sources import Source
from readiness.imports.template import models as template
from readiness.imports.template import reading as template_reading
from readiness.imports.template.models import Ground, TemplateRows, refuse


def recognizes(header: Sequence[str]) -> bool:
    return template.is_ours(header)


def rows(
    source: Source,
    reading: Reading,
    today: date,
    sites: Collection[str] | None = None,
    groups: Collection[str] | None = None,
) -> TemplateRows:
    """Everything the file says, or BadInput with everything wrong with it.

    Of counts nothing is left out quietly: a line that cannot be read refuses the file.
    """
    before = reading.report.refused
    ground = Ground(today, sites, groups)
    try:
        with opened(source) as table:
            found = template_reading.read(table.header, placed(table, reading), ground)
    except BadInput as error:
        refuse([*ragged_since(before, reading), *error.problems])
        raise
    refuse(ragged_since(before, reading))
    return found


def placed(table: Table, reading: Reading) -> Iterator[tuple[str, list[str]]]:
    for row in whole(table, reading):
        yield table.place(row.line), row.cells


def ragged_since(before: int, reading: Reading) -> list[Problem]:
    return reading.report.problems if reading.report.refused > before else []
