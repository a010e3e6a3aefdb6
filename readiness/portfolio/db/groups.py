"""The groups that share with a payer, as a list: one query for a page, one to count."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from typing import Any

from readiness.assessments.db.cycles import ANSWERED, containing
from readiness.assessments.lifecycle import READABLE_BY_PAYER, Status
from readiness.assessments.models import RunKind
from readiness.core.db import Store
from readiness.counts.measures.results import FEWEST_FOR_A_RATE
from readiness.portfolio.models import NO_TIER, NOT_STARTED, Line, Query, Sort, Tally

READABLE = ", ".join(f"'{status}'" for status in sorted(READABLE_BY_PAYER))
# A standing counts only while what it rests on may be read; of assessments the newest counts.
SHARED = f"""
with shared as (
  select group_id from grants
  where payer_id = :payer and revoked_at is null and (expires_on is null or expires_on >= :today)
  group by group_id
),
newest as (
  select a.group_id, a.id, a.status, a.instrument_id, a.version, max(a.created_at) as created_at
  from shared join assessments a using (group_id)
  where a.status <> '{Status.WITHDRAWN}' group by a.group_id
),
lines as (
  select g.id as group_id, g.name, a.id as newest_id, a.status, a.instrument_id, a.version,
    s.assessment_id, s.run_kind, s.tier, s.provisional, s.tier_expires_on, s.limiting_factor,
    s.qms, s.eqr, s.domains, s.screened, s.eligible, s.quarters, s.changed_at, s.open_gates
  from shared join groups g on g.id = shared.group_id
  left join newest a on a.group_id = g.id
  left join standings s on s.group_id = g.id and s.run_id is not null
    and (select status from assessments where id = s.assessment_id) in ({READABLE})
  {{where}}
)
"""  # noqa: S608 (only our own text is put together)
STATUS_ORDER = " ".join(f"when '{status}' then {n}" for n, status in enumerate(Status, start=1))
ORDER: dict[Sort, str] = {  # a person's choice picks a line here; it never enters the text
    Sort.NAME: "name collate nocase",
    Sort.TIER: "tier",
    Sort.QMS: "qms",
    Sort.EQR: "eqr",
    Sort.REACH: f"case when eligible >= {FEWEST_FOR_A_RATE} then 1.0 * screened / eligible end",
    Sort.STATUS: f"case status {STATUS_ORDER} end",
    Sort.CHANGED: "changed_at",
    Sort.DOMAIN: "json_extract(domains, :sort_path)",
}
CONDITIONS: dict[str, str] = {
    "text": "g.name like :text escape '\\'",
    "tier": "s.tier is (case :tier when :no_tier then null else :tier end)",
    "status": "a.status is (case :status when :not_started then null else :status end)",
    "cycle_id": (
        "exists (select 1 from invitations i where i.cycle_id = :cycle"
        " and i.group_id = g.id and i.accepted)"
    ),
    "group_ids": "g.id in (select value from json_each(:group_ids))",
    "domain_id": "json_extract(s.domains, :domain_path) < :below",
}


def lines(store: Store, payer_id: str, today: date, query: Query) -> tuple[Line, ...]:
    """One page of the list."""
    return tuple(of_query(store, payer_id, today, query, query.size, (query.page - 1) * query.size))


def every_line(store: Store, payer_id: str, today: date, query: Query) -> Iterator[Line]:
    """The whole list that the query describes, for an export."""
    yield from of_query(store, payer_id, today, query, -1, 0)


def of_query(
    store: Store, payer_id: str, today: date, query: Query, size: int, skip: int
) -> Iterator[Line]:
    by = ORDER[query.sort]
    order = f"({by}) is null, {by} {'desc' if query.is_descending else 'asc'}, name, group_id"
    sql = (
        f"{shared(query)}, page as (select * from lines order by {order}"  # noqa: S608
        " limit :size offset :skip)"
        f" select page.*, {ANSWERED.replace('a.id', 'page.newest_id')} as answered,"
        " title, scored_id, scored_version"
        " from page left join (select id, title, instrument_id as scored_id,"
        " version as scored_version from assessments) rests on rests.id = page.assessment_id"
        f" order by {order}"
    )
    parameters = values(payer_id, today, query) | {"size": size, "skip": skip}
    for row in store.rows(sql, parameters):
        yield to_line(row)


def tally(store: Store, payer_id: str, today: date, query: Query) -> Tally:
    """How many groups the query finds, by tier, and the gates that most of them lack."""
    sql = (
        f"{shared(query)} select 'tier' as what, tier as name, count(*) as n"  # noqa: S608
        " from lines group by tier"
        " union all select 'gate', gate.value, count(*)"
        " from lines, json_each(lines.open_gates) gate group by gate.value"
        " order by what, n desc, name"
    )
    rows = list(store.rows(sql, values(payer_id, today, query)))
    return Tally(
        {row["name"]: row["n"] for row in rows if row["what"] == "tier"},
        tuple((row["name"], row["n"]) for row in rows if row["what"] == "gate"),
    )


def shared(query: Query) -> str:
    asked = [sql for name, sql in CONDITIONS.items() if getattr(query, name)]
    return SHARED.format(where=f"where {' and '.join(asked)}" if asked else "")


def values(payer_id: str, today: date, query: Query) -> dict[str, Any]:
    return {
        "payer": payer_id,
        "today": today.isoformat(),
        "text": containing(query.text),
        "tier": query.tier,
        "no_tier": NO_TIER,
        "status": query.status,
        "not_started": NOT_STARTED,
        "cycle": query.cycle_id,
        "group_ids": json.dumps(query.group_ids),
        "domain_path": path(query.domain_id),
        "below": query.below,
        "sort_path": path(query.sort_domain_id),
    }


def path(domain_id: str) -> str:
    """The place of a domain's score; quoted, so that no name can mean another place."""
    return f"$.{json.dumps(domain_id)}"


def to_line(row: Mapping[str, Any]) -> Line:
    return Line(
        group_id=row["group_id"],
        name=row["name"],
        status=Status(row["status"]) if row["status"] else None,
        answered=row["answered"],
        instrument=(row["instrument_id"], row["version"]) if row["newest_id"] else None,
        assessment_id=row["assessment_id"],
        scored_by=(row["scored_id"], row["scored_version"]) if row["assessment_id"] else None,
        title=row["title"] or "",
        is_newest=row["assessment_id"] == row["newest_id"],
        run_kind=RunKind(row["run_kind"]) if row["run_kind"] else None,
        tier_id=row["tier"],
        provisional=bool(row["provisional"]),
        tier_expires_on=(
            date.fromisoformat(row["tier_expires_on"]) if row["tier_expires_on"] else None
        ),
        limiting_factor=row["limiting_factor"] or "",
        qms=row["qms"],
        eqr=row["eqr"],
        domains=json.loads(row["domains"]) if row["domains"] else {},
        screened=row["screened"],
        eligible=row["eligible"],
        quarters=row["quarters"] or 0,
        changed_at=datetime.fromisoformat(row["changed_at"]) if row["changed_at"] else None,
    )
