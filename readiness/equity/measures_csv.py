"""A table of measures by group, period and stratum, from a stranger: rows or every problem."""

from __future__ import annotations

from readiness.core.tables.models import SourceFile
from readiness.disclosure import flat_counts_file
from readiness.disclosure.flat_counts import CountRow
from readiness.disclosure.flat_counts_file import ColumnNames

MEASURES = ColumnNames(
    labels=("group_id", "period", "measure", "stratum_type", "stratum"),
    numbers=("denominator", "numerator"),
    above="numerator is larger than denominator. Whoever meets a measure is counted in it: correct "
    "one of them.",
)


def lines_of(source: SourceFile) -> list[CountRow]:
    """As in a table of screens: those counted, and of them those who meet the measure."""
    return flat_counts_file.read_rows(source, MEASURES)
