"""Which tables go to the engine for large ones, and what their words mean to it.

By shape alone: one table of needs judged already, in Parquet, packed, or too large to be read row
by row. What comes out is what the readers and the tally make of the same table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from readiness.core.tables.reader import Row, Table
from readiness.core.tables.reading import Reading
from readiness.core.tables.sources import Source
from readiness.counts.strata import StratumType
from readiness.imports.days import Order
from readiness.imports.fhir.files import GZIP
from readiness.imports.long_table import NO_NEED, NO_RESULT
from readiness.imports.mapped import (
    NO_DAY,
    NO_PATIENT,
    NO_STANDING,
    Columns,
    NotReadError,
    Run,
    columns_of,
    standing_in,
    traits_from,
)
from readiness.imports.mapping_shapes import TRAITS, LongMapping, Role
from readiness.imports.recognizing import beginning, inflated
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.cells import CellKey, Counts
from readiness.imports.screens.parts import Result, Standing
from readiness.imports.screens.strata import Known, age_band, known_from, race_2024, strata_of
from readiness.imports.warehouse import duckdb_count
from readiness.imports.warehouse.duckdb_session import Room
from readiness.imports.warehouse.duckdb_words import Column, Told, Wording

LARGE = 20 * 1024 * 1024  # bytes: some 200,000 rows
PARQUET, WORKBOOK = b"PAR1", b"PK"
SAYS = {
    Column.PATIENT: NO_PATIENT,
    Column.STATUS: NO_STANDING,
    Column.DATE: NO_DAY,
    Column.NEED: NO_NEED,
    Column.RESULT: NO_RESULT,
}
READ = frozenset(Role(each.value) for each in Column)  # a flag is not: it only checks answers
SOME_DAY = date(2000, 1, 1)  # traits beside the age do not depend on it


def takes(sources: Sequence[Source], mapping: LongMapping) -> bool:
    """False for answers, which have to be judged, and for files that make one table together."""
    return Role.NEED in mapping.columns and len(sources) == 1 and is_large(sources[0])


def is_large(source: Source) -> bool:
    begins = beginning(source)
    if begins.startswith(GZIP):
        return not inflated(begins).lstrip().startswith((b"{", b"["))
    if begins.startswith(PARQUET):
        return True
    return source.size > LARGE and not begins.startswith((WORKBOOK, b"{", b"["))


def cells_of(
    source: Source,
    reading: Reading,
    mapping: LongMapping,
    codes: CodeTable,
    period: str = "",
    room: Room | None = None,
) -> dict[CellKey, Counts]:
    header = duckdb_count.header_of(source.open())
    columns = columns_of(Table(source.label, header, iter(())), mapping)
    wording = wording_of(mapping, codes, columns, header)
    return duckdb_count.cells_of(source.open(), wording, reading, source.label, period, room)


def wording_of(
    mapping: LongMapping, codes: CodeTable, columns: Columns, header: Sequence[str]
) -> Wording:
    """The readers' own functions, asked once for each different text."""
    run = Run(mapping, codes)
    own = {Column(role.value): header[at] for role, at in columns.at.items() if role in READ}

    def standing(text: str) -> Standing | None:
        try:
            return standing_in(Row(0, [text]), Columns({Role.STATUS: 0}), run)[0]
        except NotReadError:
            return None

    def known(told: Told) -> Known:
        texts = dict.fromkeys(TRAITS, "") | {Role(each.value): text for each, text in told.items()}
        return known_from(traits_from(texts, run), codes, SOME_DAY)

    return Wording(
        columns=own,
        need=mapping.need,
        result=lambda text: mapping.result(text) if text else Result.INCOMPLETE,
        standing=standing,
        strata=lambda told: strata_of(known(told)),
        apart=lambda told: with_race_alone(known(told)),
        age=age_band,
        group=lambda text: run.groups.of(mapping.value(Role.GROUP, text)),
        site=lambda text: run.sites.of(mapping.value(Role.SITE, text)),
        is_day_first=mapping.dates is Order.DAY_FIRST,
        says=SAYS,
    )


def with_race_alone(known: Known) -> dict[StratumType, str]:
    """Race and ethnicity may come in different rows, so they are joined per patient."""
    return {**strata_of(known), StratumType.RACE: race_2024(known.races, "")}
