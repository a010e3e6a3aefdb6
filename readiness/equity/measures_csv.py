"""A table of measures by group, period and stratum, from a stranger: rows or every problem."""

from __future__ import annotations

from readiness.core.tables.sources import Source
from readiness.disclosure import counts_file
from readiness.disclosure.counts import Line
from readiness.disclosure.counts_file import Shape

MEASURES = Shape(
    labels=("group_id", "period", "measure", "stratum_type", "stratum"),
    numbers=("denominator", "numerator"),
    above="numerator is larger than denominator. Whoever meets a measure is counted in it: correct "
    "one of them.",
)


def lines_of(source: Source) -> list[Line]:
    """As in a table of screens: those counted, and of them those who meet the measure."""
    return counts_file.lines_of(source, MEASURES)
