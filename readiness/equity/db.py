"""What groups released of their quality measures, one query for all of them.

`tables` is for what many groups say together, such as how far their true gaps lie apart; never to
show one of them to another.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from readiness.assessments.models import READABLE_BY_PAYER
from readiness.core.db import Store
from readiness.core.people import Group
from readiness.core.periods import Period, period
from readiness.core.serialization import from_row
from readiness.counts.db import measure_cell
from readiness.counts.quality.models import QualityCell
from readiness.equity.tables import StratumTable, rows_of, tables_of

READABLE = ", ".join(f"'{status}'" for status in sorted(READABLE_BY_PAYER))
NEWEST = """r.number = (select max(number) from quality_releases later
  where later.group_id = r.group_id and later.period = r.period)"""
NEWEST_OF_GROUPS = f"{NEWEST} and r.group_id in (select value from json_each(:groups))"  # noqa: S608
SPLIT = f"""
select c.* from released_quality_cells c
join quality_releases r using (group_id, period, number)
where c.measure_id = ? and c.period = ? and c.stratum_type = ? and c.is_estimated = 0
  and {NEWEST}
  and exists (select 1 from assessments a join submissions s on s.assessment_id = a.id
    where a.group_id = c.group_id and a.status in ({READABLE}))
order by c.group_id, c.rowid
"""  # noqa: S608  (names of our own)


@dataclass(frozen=True)
class SharingGroup:
    """A group that shares with the payer; its counts are shared from its first submission on."""

    group: Group
    has_submitted: bool


@dataclass(frozen=True)
class ReleasedSplit:
    """A measure split one way in one period, and how many groups released it."""

    measure_id: str
    period: Period
    stratum_type: str
    is_estimated: bool
    groups: int


@dataclass(frozen=True)
class ReleasedMeasure:
    """One group's newest release of a period, of one measure."""

    group_id: str
    period: Period
    number: int
    reference: str  # as declared now, such as "race_omb2024.white"; "" when it is not
    values: Mapping[QualityCell, int | None]  # None: hidden to protect small counts


def tables(
    store: Store, measure_id: str, ending: Period, stratum_type: str
) -> tuple[StratumTable, ...]:
    found: dict[str, dict[QualityCell, int | None]] = {}
    for row in store.rows(SPLIT, (measure_id, str(ending), stratum_type)):
        found.setdefault(row["group_id"], {})[measure_cell(row)] = row["value"]
    return tables_of(
        row for group_id, values in found.items() for row in rows_of(group_id, ending, values)
    )


def sharing_groups(store: Store, payer_id: str, today: date) -> tuple[SharingGroup, ...]:
    """By name."""
    rows = store.rows(
        "select g.id, g.name, g.is_synthetic, exists (select 1 from assessments a"  # noqa: S608
        " join submissions s on s.assessment_id = a.id"
        f" where a.group_id = g.id and a.status in ({READABLE})) as submitted"
        " from groups g where g.id in (select group_id from grants where payer_id = ?"
        " and revoked_at is null and (expires_on is null or expires_on >= ?))"
        " order by g.name collate nocase, g.id",
        (payer_id, today.isoformat()),
    )
    return tuple(SharingGroup(from_row(Group, row), bool(row["submitted"])) for row in rows)


def released_splits(store: Store, group_ids: Iterable[str]) -> tuple[ReleasedSplit, ...]:
    """What can be looked at, over these groups."""
    rows = store.rows(
        "select c.measure_id, c.period, c.stratum_type, c.is_estimated,"  # noqa: S608
        " count(distinct c.group_id) as groups from released_quality_cells c"
        " join quality_releases r using (group_id, period, number)"
        f" where c.measure_id <> '' and {NEWEST_OF_GROUPS}"
        " group by c.measure_id, c.period, c.stratum_type, c.is_estimated order by 1, 2, 3, 4",
        {"groups": json.dumps(list(group_ids))},
    )
    return tuple(
        ReleasedSplit(
            row["measure_id"],
            period(row["period"]),
            row["stratum_type"],
            bool(row["is_estimated"]),
            row["groups"],
        )
        for row in rows
    )


def releases_of_measure(
    store: Store, group_ids: Iterable[str], measure_id: str
) -> tuple[ReleasedMeasure, ...]:
    """The newest release of every period, of one measure."""
    rows = store.rows(
        "select c.*, coalesce(p.reference, '') as reference"  # noqa: S608
        " from released_quality_cells c join quality_releases r using (group_id, period, number)"
        " left join quality_periods p on p.group_id = c.group_id and p.period = c.period"
        f" where c.measure_id = :measure and {NEWEST_OF_GROUPS}"
        " order by c.group_id, c.period, c.rowid",
        {"groups": json.dumps(list(group_ids)), "measure": measure_id},
    )
    return tuple(to_releases(rows))


def to_releases(rows: Iterable[Mapping[str, object]]) -> Iterator[ReleasedMeasure]:
    found: dict[tuple[str, str, int, str], dict[QualityCell, int | None]] = {}
    for row in rows:
        group_id, ending, number, reference = (
            row[name] for name in ("group_id", "period", "number", "reference")
        )
        key = str(group_id), str(ending), int(str(number)), str(reference)
        value = row["value"]
        found.setdefault(key, {})[measure_cell(row)] = None if value is None else int(str(value))
    for (group_id, ending, number, reference), values in found.items():
        yield ReleasedMeasure(group_id, period(ending), number, reference, values)
