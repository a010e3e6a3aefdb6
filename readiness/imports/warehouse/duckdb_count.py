"""Large tables of results, counted by DuckDB in this process and in memory alone."""

from __future__ import annotations

from typing import BinaryIO

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.reading import Reading
from readiness.counts.strata import UNKNOWN
from readiness.imports.screens.cells import CellKey, Counts
from readiness.imports.warehouse import duckdb_patients, duckdb_rows
from readiness.imports.warehouse.duckdb_session import (
    UNREADABLE,
    DuckdbSession,
    NotListed,
    Room,
    session,
)
from readiness.imports.warehouse.duckdb_table import Table, opened
from readiness.imports.warehouse.duckdb_words import NEEDED, Column, Run, Wording


def cells_of(
    stream: BinaryIO,
    wording: Wording,
    reading: Reading,
    label: str = "",
    period: str = "",
    room: Room | None = None,
) -> dict[CellKey, Counts]:
    """What the pure readers and the tally make of the same table.

    With a patient column a patient counts once; without one each row does. What was left out and
    why is noted in the report, with numbers instead of lines.
    """
    count = duckdb_patients.cells if Column.PATIENT in wording.columns else duckdb_rows.cells
    room = room or Room()
    with opened(stream) as table:
        refuse_missing(table, wording, label)
        with session(table.path, lambda s: reading.told(round(s * table.rows)), room) as db:
            try:
                cells = count(db, Run(table, wording, reading, label, room))
            except NotListed:
                raise BadInput([Problem(label, UNREADABLE)]) from None
            if table.is_text:
                note_ragged(db, reading, label)
    if period:
        cells = {key: of for key, of in cells.items() if key.period == period}
    return with_told_strata(cells)


def header_of(stream: BinaryIO) -> tuple[str, ...]:
    with opened(stream) as table:
        return table.header


def refuse_missing(table: Table, wording: Wording, label: str) -> None:
    """Every column that is named has to be there, and the three that say anything at all."""
    missing = [each for each in NEEDED if each not in wording.columns]
    missing += [each for each, heading in wording.columns.items() if heading not in table.columns]
    if missing:
        says = "There is no column for the {}. Correct its name in the mapping, or add the column."
        raise BadInput([Problem(label, says.format(each)) for each in missing])


RAGGED = "This line has not as many cells as there are headings. Mend it and send it again."


def note_ragged(db: DuckdbSession, reading: Reading, label: str) -> None:
    """Lines that are no rows: by their number, never by what stands in them."""
    lines = [row[0] for row in db.run("SELECT DISTINCT line FROM reject_errors ORDER BY line")]
    reading.report.rows += len(lines)
    for line in lines:
        reading.report.refuse(f"{label}, line {line}", RAGGED)


def with_told_strata(cells: dict[CellKey, Counts]) -> dict[CellKey, Counts]:
    """Strata are given only where something is known of somebody; then the rest is `unknown`."""
    kinds = {key.stratum_type for key in cells}
    told = {key.stratum_type for key in cells if key.stratum != UNKNOWN}
    if kinds == told:
        return cells
    return {key: of for key, of in cells.items() if key.stratum_type in told}
