"""Which tables go to the engine for large ones, and what their words mean to it.

By shape alone: one table of needs judged already, in Parquet, packed, or too large to be read row
by row. What comes out is what the readers and the tally make of the same table.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date

from readiness.core.tables import packed
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.core.tables.packed import GZIP
from readiness.core.tables.reader import TextTable
from readiness.counts.strata import StratumType
from readiness.imports.dates import DateOrder
from readiness.imports.formats import first_bytes, inflate
from readiness.imports.long_table import NO_NEED
from readiness.imports.mapped_table import (
    NO_DAY,
    NO_PATIENT,
    NO_STANDING,
    Columns,
    MappedLine,
    MappedRun,
    NotReadError,
    columns_of,
    standing_in,
    traits_from,
)
from readiness.imports.mapping_models import TRAITS, ColumnRole, LongMapping
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import CellKey, NeedResult, RecordStatus, ResultCounts
from readiness.imports.screens.strata import KnownTraits, age_band, known_from, race_2024, strata_of
from readiness.imports.warehouse import duckdb_count
from readiness.imports.warehouse.duckdb_columns import ResultColumn, RowTexts, Wording
from readiness.imports.warehouse.duckdb_session import MemoryLimits

LARGE = 20 * 1024 * 1024  # bytes: some 200,000 rows
PARQUET, WORKBOOK = b"PAR1", b"PK"
SAYS = {
    ResultColumn.PATIENT: NO_PATIENT,
    ResultColumn.STATUS: NO_STANDING,
    ResultColumn.DATE: f"{NO_DAY} Where the mapping has day and month the other way, correct it.",
    ResultColumn.NEED: NO_NEED,
}
READ = frozenset(
    ColumnRole(each.value) for each in ResultColumn
)  # a flag is not: it only checks answers
SOME_DAY = date(2000, 1, 1)  # traits beside the age do not depend on it


def handles(sources: Sequence[SourceFile], mapping: LongMapping) -> bool:
    """False for answers, which have to be judged, and for files that make one table together."""
    return ColumnRole.NEED in mapping.columns and len(sources) == 1 and is_large(sources[0])


def is_large(source: SourceFile) -> bool:
    begins = first_bytes(source)
    if begins.startswith(GZIP):
        return not inflate(begins).lstrip().startswith((b"{", b"["))
    if begins.startswith(PARQUET):
        return True
    return source.size > LARGE and not begins.startswith((WORKBOOK, b"{", b"["))


def cells_of(
    source: SourceFile,
    reading: ReadContext,
    mapping: LongMapping,
    codes: CodeTable,
    period: str = "",
    room: MemoryLimits | None = None,
) -> dict[CellKey, ResultCounts]:
    header = duckdb_count.header_of(source.open())
    if first_bytes(source).startswith(GZIP):
        packed.check(source, reading.on_progress)  # the engine counts only what it may keep
    columns = columns_of(TextTable(source.label, header, iter(())), mapping)
    wording = wording_of(mapping, codes, columns, header)
    return duckdb_count.cells_of(source.open(), wording, reading, source.label, period, room)


def wording_of(
    mapping: LongMapping, codes: CodeTable, columns: Columns, header: Sequence[str]
) -> Wording:
    """The readers' own functions, asked once for each different text."""
    run = MappedRun(mapping, codes)
    own = {ResultColumn(role.value): header[at] for role, at in columns.items() if role in READ}

    def standing(text: str) -> RecordStatus | None:
        try:
            return standing_in(MappedLine([text], {ColumnRole.STATUS: 0}), run)[0]
        except NotReadError:
            return None

    def known(told: RowTexts) -> KnownTraits:
        texts = dict.fromkeys(TRAITS, "") | {
            ColumnRole(each.value): text for each, text in told.items()
        }
        return known_from(traits_from(texts, run), codes, SOME_DAY)

    return Wording(
        columns=own,
        need=mapping.need,
        result=lambda text: (
            mapping.result(text) or codes.result_for(text) if text else NeedResult.INCOMPLETE
        ),
        standing=standing,
        strata=lambda told: strata_of(known(told)),
        apart=lambda told: race_apart(known(told)),
        age=age_band,
        group=lambda text: run.labels.groups.of(mapping.value(ColumnRole.GROUP, text)),
        site=lambda text: run.labels.sites.of(mapping.value(ColumnRole.SITE, text)),
        is_day_first=mapping.dates is DateOrder.DAY_FIRST,
        says=SAYS,
    )


def race_apart(known: KnownTraits) -> dict[StratumType, str]:
    """Race and ethnicity may come in different rows, so they are joined per patient."""
    return {**strata_of(known), StratumType.RACE: race_2024(known.races, "")}
