"""Our table of counts as a file, CSV or a workbook."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Sequence
from datetime import date

from readiness.domain.errors import BadInput, Problem
from readiness.domain.screens import template, template_reading
from readiness.domain.screens.reading import Reading
from readiness.domain.screens.template import Ground, TemplateRows, refuse
from readiness.intake.sources import Source
from readiness.intake.tables import Table, opened, whole


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
