"""Builders of rows for the tests of equity."""

from __future__ import annotations

from collections.abc import Mapping

from readiness.equity.tables import StratumCount, StratumRow, TableKey


def rows(
    counts: Mapping[str, tuple[int | None, int | None]],
    group_id: str = "elm",
    period: str = "2026",
    measure: str = "COL",
    stratum_type: str = "race_omb2024",
) -> list[StratumRow]:
    place = TableKey(measure, period, group_id, stratum_type)
    return [StratumRow(place, stratum, StratumCount(*pair)) for stratum, pair in counts.items()]
