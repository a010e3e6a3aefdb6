"""Everything that a set of rows says of equity, for one group or many."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from readiness.counts.measures.models import Direction
from readiness.equity.change import Change, change_between
from readiness.equity.gaps import TableFinding, finding_of
from readiness.equity.portfolio import Portfolio, portfolio_of, true_spreads
from readiness.equity.tables import TOTAL, Place, Row, Table, tables_of

Split = tuple[str, str, str]  # measure, period, stratum type


@dataclass(frozen=True)
class Declared:
    """What nobody may pick by looking at the numbers."""

    references: Mapping[str, str] = field(default_factory=dict)  # stratum by stratum type
    directions: Mapping[str, Direction] = field(default_factory=dict)  # higher unless declared
    # Standard deviation of true gaps by measure, from elsewhere, for too few groups to tell it.
    true_spreads: Mapping[str, float] = field(default_factory=dict)

    def reference(self, place: Place) -> str | None:
        """All patients together have nobody to be compared with."""
        return None if place.stratum_type == TOTAL else self.references.get(place.stratum_type)

    def direction(self, place: Place) -> Direction:
        return self.directions.get(place.measure, Direction.HIGHER)


@dataclass(frozen=True)
class Findings:
    tables: tuple[TableFinding, ...]
    changes: Mapping[Place, Change]  # since the period before, where there is one
    portfolios: tuple[Portfolio, ...]  # where two groups or more have the same split


def findings_of(rows: Iterable[Row], declared: Declared) -> Findings:
    """`rows` as they were released. Raises ValueError when rows contradict each other."""
    tables = tables_of(rows)
    splits = by_split(tables)
    spreads = {
        split: true_spreads(each, declared.reference(each[0].place))
        for split, each in splits.items()
    }
    return Findings(
        tuple(
            finding_of(
                table,
                declared.reference(table.place),
                declared.direction(table.place),
                spreads_for(table, spreads[split_of(table)], declared),
            )
            for table in tables
        ),
        changes_of(tables, declared),
        tuple(
            portfolio_of(each, declared.reference(each[0].place))
            for each in splits.values()
            if len(each) > 1
        ),
    )


def split_of(table: Table) -> Split:
    return table.place.measure, table.place.period, table.place.stratum_type


def by_split(tables: Sequence[Table]) -> dict[Split, list[Table]]:
    found: dict[Split, list[Table]] = {}
    for table in tables:
        found.setdefault(split_of(table), []).append(table)
    return found


def spreads_for(table: Table, told: Mapping[str, float], declared: Declared) -> Mapping[str, float]:
    """What these groups tell goes before what was declared."""
    given = declared.true_spreads.get(table.place.measure)
    return told if given is None else {**dict.fromkeys(table.counts, given), **told}


def changes_of(tables: Sequence[Table], declared: Declared) -> dict[Place, Change]:
    """Each table against the one before it of the same group, measure and way of splitting.

    Only periods of one kind are compared, which have names of one length: years with years.
    """
    series: dict[tuple[str, str, str, int], list[Table]] = {}
    for table in tables:
        place = table.place
        key = place.group_id, place.measure, place.stratum_type, len(place.period)
        series.setdefault(key, []).append(table)
    return {
        after.place: change_between(
            before, after, declared.reference(after.place), declared.direction(after.place)
        )
        for each in series.values()
        for before, after in pairwise(sorted(each, key=lambda table: table.place.period))
    }
