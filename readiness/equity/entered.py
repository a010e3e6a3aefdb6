"""What a group entered or released for a period, as the rows that findings are made of."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from readiness.core.periods import Period
from readiness.counts.quality.models import MEASURED_BY, MeasureCell, MeasurePart, QualityCell
from readiness.counts.strata import STRATA, StratumType
from readiness.equity.tables import Count, Place, Row

ESTIMATED = "estimated"
KINDS = (StratumType.TOTAL, *MEASURED_BY)


def rows_of(
    group_id: str, period: Period, values: Mapping[QualityCell, int | None]
) -> tuple[Row, ...]:
    """A row where both numbers were entered; None is hidden, and what is absent is not known.

    Measures by id, all patients first, strata in the order of their lists.
    """
    counted = [
        cell
        for cell in values
        if isinstance(cell, MeasureCell) and cell.part is MeasurePart.DENOMINATOR
    ]
    return tuple(
        Row(
            Place(cell.measure_id, str(period), group_id, stratum_type(cell)),
            cell.stratum.name,
            Count(values[met(cell)], values[cell]),
        )
        for cell in in_order(counted)
        if met(cell) in values
    )


def met(counted: MeasureCell) -> MeasureCell:
    """The numerator that belongs to a denominator."""
    return MeasureCell(
        counted.measure_id, MeasurePart.NUMERATOR, counted.stratum, counted.is_estimated
    )


def stratum_type(cell: MeasureCell) -> str:
    """Estimated race has a type of its own, so that it is never compared with what people said.

    >>> stratum_type(MeasureCell("COL", Part.DENOMINATOR))
    'total'
    """
    return f"{cell.stratum.type}_{ESTIMATED}" if cell.is_estimated else str(cell.stratum.type)


def in_order(cells: Iterable[MeasureCell]) -> list[MeasureCell]:
    def place(cell: MeasureCell) -> tuple[str, int, bool, int, str]:
        names = list(STRATA.get(cell.stratum.type, ()))
        rank = names.index(cell.stratum.name) if cell.stratum.name in names else len(names)
        kind = KINDS.index(cell.stratum.type) if cell.stratum.type in KINDS else len(KINDS)
        return cell.measure_id, kind, cell.is_estimated, rank, cell.stratum.name

    return sorted(cells, key=place)
