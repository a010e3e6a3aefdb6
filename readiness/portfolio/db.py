"""The groups that share with a payer as a list, each page of it by one query."""

import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from readiness.assessments.db.cycles import ANSWERED, containing
from readiness.assessments.models import AssessmentStatus
from readiness.core.db import Store
from readiness.core.serialization import from_row
from readiness.counts.measures.models import FEWEST_FOR_A_RATE
from readiness.equity.db import READABLE
from readiness.plans.tier_cost import made_with
from readiness.portfolio.models import (
    NO_TIER,
    NOT_STARTED,
    PortfolioQuery,
    PortfolioRow,
    PortfolioSort,
    PortfolioTally,
)

# A standing counts only while what it rests on may be read; of assessments the newest counts, and
# with a cycle asked for the newest of that cycle alone: last year's tiers are not this year's.
SHARED = f"""
with shared as (
  select group_id from grants
  where payer_id = :payer and revoked_at is null and (expires_on is null or expires_on >= :today)
  group by group_id
),
newest as (
  select a.group_id, a.id, a.status, a.instrument_id, a.version, max(a.created_at) as created_at
  from shared join assessments a using (group_id)
  where a.status <> '{AssessmentStatus.WITHDRAWN}' {{of_cycle}} group by a.group_id
),
lines as (
  select g.id as group_id, g.name, a.id as newest_id, a.status, a.instrument_id, a.version,
    s.assessment_id, s.run_kind, s.tier, s.provisional, s.tier_expires_on, s.limiting_factor,
    s.qms, s.eqr, s.domains, s.screened, s.eligible, s.quarters, s.changed_at, s.open_gates,
    case when s.is_newest then s.assessment_id end as latest_id, s.run_id as latest_run_id
  from shared join groups g on g.id = shared.group_id
  left join newest a on a.group_id = g.id
  left join standings s on s.group_id = g.id and s.run_id is not null and {{standing}}
    and (select status from assessments where id = s.assessment_id) in ({READABLE})
  {{where}}
)
"""  # noqa: S608 (only our own text is put together)


# A cost holds for the run by which a group stands now, and for the code and prices of today.
COST_OF_LINE = (
    "from tier_costs t where t.assessment_id = latest_id and t.run_id = latest_run_id"
    " and t.made_with = :made_with"
)


STATUS_ORDER = " ".join(
    f"when '{status}' then {n}" for n, status in enumerate(AssessmentStatus, start=1)
)


ORDER: dict[PortfolioSort, str] = {  # a person's choice picks a line here; it never enters the text
    PortfolioSort.NAME: "name collate nocase",
    PortfolioSort.TIER: "tier",
    PortfolioSort.QMS: "qms",
    PortfolioSort.EQR: "eqr",
    PortfolioSort.REACH: (
        f"case when eligible >= {FEWEST_FOR_A_RATE} then 1.0 * screened / eligible end"
    ),
    PortfolioSort.STATUS: f"case status {STATUS_ORDER} end",
    PortfolioSort.CHANGED: "changed_at",
    PortfolioSort.COST: f"(select t.dollars {COST_OF_LINE})",
    PortfolioSort.DOMAIN: "json_extract(domains, :sort_path)",
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


OF_CYCLE = (  # the assessment with which a group answered; one may serve several cycles
    "and a.id = (select assessment_id from invitations i where i.cycle_id = :cycle"
    " and i.group_id = a.group_id and i.accepted)"
)


def rows_of_page(
    store: Store, payer_id: str, today: date, query: PortfolioQuery
) -> tuple[PortfolioRow, ...]:
    """One page of the list."""
    return tuple(of_query(store, payer_id, today, query, query.size, (query.page - 1) * query.size))


def every_row(
    store: Store, payer_id: str, today: date, query: PortfolioQuery
) -> Iterator[PortfolioRow]:
    """The whole list that the query describes, for an export."""
    yield from of_query(store, payer_id, today, query, -1, 0)


def of_query(
    store: Store, payer_id: str, today: date, query: PortfolioQuery, size: int, skip: int
) -> Iterator[PortfolioRow]:
    by = ORDER[query.sort]
    order = f"({by}) is null, {by} {'desc' if query.is_descending else 'asc'}, name, group_id"
    sql = (
        f"{shared_sql(query)}, page as (select * from lines order by {order}"  # noqa: S608
        " limit :size offset :skip)"
        f" select page.*, {ANSWERED.replace('a.id', 'page.newest_id')} as answered,"
        " title, scored_id, scored_version, tier_costs.cost, tier_costs.patients"
        " from page left join (select id, title, instrument_id as scored_id,"
        " version as scored_version from assessments) rests on rests.id = page.assessment_id"
        f" left join tier_costs on tier_costs.rowid = (select t.rowid {COST_OF_LINE})"
        f" order by {order}"
    )
    parameters = values(payer_id, today, query) | {"size": size, "skip": skip}
    for row in store.rows(sql, parameters):
        yield to_row(row)


def tally(store: Store, payer_id: str, today: date, query: PortfolioQuery) -> PortfolioTally:
    """How many groups the query finds, by tier, and the gates that most of them lack."""
    sql = (
        f"{shared_sql(query)} select 'tier' as what, tier as name, count(*) as n"  # noqa: S608
        " from lines group by tier"
        " union all select 'gate', gate.value, count(*)"
        " from lines, json_each(lines.open_gates) gate group by gate.value"
        " order by what, n desc, name"
    )
    rows = list(store.rows(sql, values(payer_id, today, query)))
    return PortfolioTally(
        {row["name"]: row["n"] for row in rows if row["what"] == "tier"},
        tuple((row["name"], row["n"]) for row in rows if row["what"] == "gate"),
    )


def without_cost(
    store: Store, payer_id: str, today: date, query: PortfolioQuery
) -> tuple[str, ...]:
    """The assessments of the list, on whichever page, of which no cost is kept."""
    sql = (
        f"{shared_sql(query)} select assessment_id from lines"  # noqa: S608
        f" where latest_id is not null and not exists (select 1 {COST_OF_LINE})"
        " order by assessment_id"
    )
    rows = store.rows(sql, values(payer_id, today, query))
    return tuple(row["assessment_id"] for row in rows)


def shared_sql(query: PortfolioQuery) -> str:
    asked = [sql for name, sql in CONDITIONS.items() if getattr(query, name)]
    return SHARED.format(
        where=f"where {' and '.join(asked)}" if asked else "",
        of_cycle=OF_CYCLE if query.cycle_id else "",
        standing="s.assessment_id = a.id" if query.cycle_id else "s.is_newest",
    )


def values(payer_id: str, today: date, query: PortfolioQuery) -> dict[str, Any]:
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
        "made_with": made_with(),
    }


def path(domain_id: str) -> str:
    """The place of a domain's score; quoted, so that no name can mean another place."""
    return f"$.{json.dumps(domain_id)}"


def to_row(row: Mapping[str, Any]) -> PortfolioRow:
    known = {name: value for name, value in row.items() if value is not None}
    return from_row(
        PortfolioRow,
        {
            "status": None,
            "assessment_id": None,
            **known,
            "instrument": (row["instrument_id"], row["version"]) if row["newest_id"] else None,
            "scored_by": (
                (row["scored_id"], row["scored_version"]) if row["assessment_id"] else None
            ),
            "is_newest": row["assessment_id"] == row["newest_id"],
            "tier_id": row["tier"],
            "domains": json.loads(row["domains"] or "{}"),
            "is_latest": row["latest_id"] is not None,
            "tier_cost": json.loads(row["cost"]) if row["cost"] else None,
        },
    )
