"""Everything one group owns, table by table, as it is stored."""

from __future__ import annotations

from typing import Any

from readiness.core.db import Store

TABLES: dict[str, str] = {  # name of the table in the export -> how its rows are found
    "group": "select * from groups where id = :group",
    "sites": "select * from sites where group_id = :group order by id",
    "people": (
        "select m.id as membership_id, p.id as person_id, p.name, p.email, m.role, m.may_attest,"
        " m.started_at, m.ended_at from memberships m join people p on p.id = m.person_id"
        " where m.group_id = :group order by m.started_at, m.id"
    ),
    "invitations_to_team": (
        "select email, name, role, may_attest, written_by, written_at, expires_at, used_at"
        " from letters where group_id = :group order by written_at"
    ),
    "grants": "select * from grants where group_id = :group order by granted_at, id",
    "invitations_to_cycles": (
        "select * from invitations where group_id = :group order by invited_at, cycle_id"
    ),
    "assessments": "select * from assessments where group_id = :group order by created_at, id",
    "answers": (
        "select t.* from answers t join assessments a on a.id = t.assessment_id"
        " where a.group_id = :group"
        " order by t.assessment_id, item_id, revision"
    ),
    "context": (
        "select t.* from context t join assessments a on a.id = t.assessment_id"
        " where a.group_id = :group"
        " order by t.assessment_id, key, revision"
    ),
    "submissions": (
        "select t.* from submissions t join assessments a on a.id = t.assessment_id"
        " where a.group_id = :group order by t.assessment_id, number"
    ),
    "submitted_answers": (
        "select t.* from submitted_answers t join assessments a on a.id = t.assessment_id"
        " where a.group_id = :group"
        " order by t.assessment_id, number, item_id"
    ),
    "reviews": (
        "select t.* from reviews t join assessments a on a.id = t.assessment_id"
        " where a.group_id = :group order by t.id"
    ),
    "runs": (
        "select t.* from runs t join assessments a on a.id = t.assessment_id"
        " where a.group_id = :group order by t.at, t.id"
    ),
    "proposed_plans": (
        "select t.* from proposed_plans t join runs r on r.id = t.run_id"
        " join assessments a on a.id = r.assessment_id"
        " where a.group_id = :group order by t.run_id, t.tier"
    ),
    "standing": "select * from standings where group_id = :group",
    "tier_costs": "select * from tier_costs where group_id = :group order by assessment_id",
    "releases": "select * from releases where group_id = :group order by period, number",
    "released_cells": (
        "select * from released_cells where group_id = :group"
        " order by period, number, need, step, stratum_type, stratum"
    ),
    "release_grounds": (
        "select * from release_grounds where group_id = :group"
        " order by period, number, need, step, stratum_type, stratum"
    ),
    "quality_releases": (
        "select * from quality_releases where group_id = :group order by period, number"
    ),
    "released_quality_cells": (
        "select * from released_quality_cells where group_id = :group"
        " order by period, number, rowid"
    ),
    "quality_release_grounds": (
        "select * from quality_release_grounds where group_id = :group"
        " order by period, number, rowid"
    ),
    "counts": "select * from counts where group_id = :group order by period, need, step, revision",
    "count_explanations": (
        "select * from count_explanations where group_id = :group"
        " order by period, finding, revision"
    ),
    "year_reach": "select * from year_reach where group_id = :group order by ending, revision",
    "periods": "select * from periods where group_id = :group order by period",
    "jobs": "select * from jobs where group_id = :group order by asked_at, id",
    "uploads": "select * from uploads where group_id = :group order by at, id",
    "upload_mappings": "select * from upload_mappings where group_id = :group order by name",
    "upload_quarters": (
        "select t.* from upload_quarters t join uploads u on u.id = t.upload_id"
        " where u.group_id = :group order by t.upload_id, period"
    ),
    "upload_counts": (
        "select t.* from upload_counts t join uploads u on u.id = t.upload_id"
        " where u.group_id = :group order by t.upload_id, period, site_id, need, step"
    ),
    "measure_counts": (
        "select * from measure_counts where group_id = :group"
        " order by period, measure_id, stratum_type, stratum, part, revision"
    ),
    "known_counts": (
        "select * from known_counts where group_id = :group"
        " order by period, field, known, origin, site_id, revision"
    ),
    "sample_counts": (
        "select * from sample_counts where group_id = :group"
        " order by period, recorded, asked, revision"
    ),
    "quality_periods": "select * from quality_periods where group_id = :group order by period",
    "plans": "select * from plans where group_id = :group order by created_at, id",
    "plan_actions": (
        "select * from plan_actions where plan_id in"
        " (select id from plans where group_id = :group) order by plan_id, position, revision"
    ),
    "postings": "select * from postings where group_id = :group order by at, rowid",
    "still_needed": "select * from still_needed where group_id = :group order by at, rowid",
    "history": "select * from events where group_id = :group order by seq",
}


def tables(store: Store, group_id: str) -> dict[str, tuple[list[str], list[dict[str, Any]]]]:
    """Column names and rows of every table, at one moment."""
    store.db.conn.execute("begin")  # one snapshot for all of them
    try:
        return {name: read(store, sql, group_id) for name, sql in TABLES.items()}
    finally:
        store.db.conn.execute("rollback")


def read(store: Store, sql: str, group_id: str) -> tuple[list[str], list[dict[str, Any]]]:
    cursor = store.db.conn.execute(sql, {"group": group_id})
    names = [column[0] for column in cursor.description]
    return names, [dict(zip(names, row, strict=True)) for row in cursor]
