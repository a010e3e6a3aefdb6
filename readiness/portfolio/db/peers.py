"""What the groups that share with a payer released, one query for all of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from readiness.assessments.lifecycle import READABLE_BY_PAYER
from readiness.core.db import Store
from readiness.core.people import Group
from readiness.core.periods import Period, period
from readiness.counts.db.quality import measure_cell
from readiness.counts.quality.models import QualityCell

READABLE = ", ".join(f"'{status}'" for status in sorted(READABLE_BY_PAYER))
NEWEST = """
r.number = (select max(number) from quality_releases later
  where later.group_id = r.group_id and later.period = r.period)
and r.group_id in (select value from json_each(:groups))
"""


@dataclass(frozen=True)
class Sharing:
    """A group that shares with the payer; its counts are shared from its first submission on."""

    group: Group
    has_submitted: bool


@dataclass(frozen=True)
class Offer:
    """A measure split one way in one period, and how many groups released it."""

    measure_id: str
    period: Period
    stratum_type: str
    is_estimated: bool
    groups: int


@dataclass(frozen=True)
class Sent:
    """One group's newest release of a period, of one measure."""

    group_id: str
    period: Period
    number: int
    reference: str  # as declared now, such as "race_omb2024.white"; "" when it is not
    values: Mapping[QualityCell, int | None]  # None: hidden to protect small counts


def sharing(store: Store, payer_id: str, today: date) -> tuple[Sharing, ...]:
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
    return tuple(
        Sharing(Group(row["id"], row["name"], bool(row["is_synthetic"])), bool(row["submitted"]))
        for row in rows
    )


def offers(store: Store, group_ids: Iterable[str]) -> tuple[Offer, ...]:
    """What can be looked at, over these groups."""
    rows = store.rows(
        "select c.measure_id, c.period, c.stratum_type, c.is_estimated,"  # noqa: S608
        " count(distinct c.group_id) as groups from released_quality_cells c"
        " join quality_releases r using (group_id, period, number)"
        f" where c.measure_id <> '' and {NEWEST}"
        " group by c.measure_id, c.period, c.stratum_type, c.is_estimated order by 1, 2, 3, 4",
        {"groups": json.dumps(list(group_ids))},
    )
    return tuple(
        Offer(
            row["measure_id"],
            period(row["period"]),
            row["stratum_type"],
            bool(row["is_estimated"]),
            row["groups"],
        )
        for row in rows
    )


def of_measure(store: Store, group_ids: Iterable[str], measure_id: str) -> tuple[Sent, ...]:
    """The newest release of every period, of one measure."""
    rows = store.rows(
        "select c.*, coalesce(p.reference, '') as reference"  # noqa: S608
        " from released_quality_cells c join quality_releases r using (group_id, period, number)"
        " left join quality_periods p on p.group_id = c.group_id and p.period = c.period"
        f" where c.measure_id = :measure and {NEWEST} order by c.group_id, c.period, c.rowid",
        {"groups": json.dumps(list(group_ids)), "measure": measure_id},
    )
    return tuple(sent_of(rows))


def sent_of(rows: Iterable[Mapping[str, object]]) -> Iterator[Sent]:
    found: dict[tuple[str, str, int, str], dict[QualityCell, int | None]] = {}
    for row in rows:
        group_id, ending, number, reference = (
            row[name] for name in ("group_id", "period", "number", "reference")
        )
        key = str(group_id), str(ending), int(str(number)), str(reference)
        value = row["value"]
        found.setdefault(key, {})[measure_cell(row)] = None if value is None else int(str(value))
    for (group_id, ending, number, reference), values in found.items():
        yield Sent(group_id, period(ending), number, reference, values)
