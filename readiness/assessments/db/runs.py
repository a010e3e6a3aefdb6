"""Scoring runs, stored with their trace and never recomputed, and where each group stands."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from readiness.assessments.models import RunKind
from readiness.assessments.run_json import open_gates
from readiness.core.db import Store


@dataclass(frozen=True)
class StoredRun:
    """One scoring run as it was, with what it rested on."""

    id: str
    assessment_id: str
    submission_number: int | None  # None: scored while still in progress
    kind: RunKind
    engine_version: str
    instrument_sha256: str
    inputs_sha256: str
    inputs: Mapping[str, Any]  # instrument, version, context, answers: as `flask score` reads them
    result: Mapping[str, Any]  # as `flask score` prints it
    at: datetime


def add(store: Store, run: StoredRun) -> None:
    with store.writing():
        store.insert(
            "runs",
            {
                "id": run.id,
                "assessment_id": run.assessment_id,
                "number": run.submission_number,
                "kind": run.kind,
                "engine_version": run.engine_version,
                "instrument_sha256": run.instrument_sha256,
                "inputs_sha256": run.inputs_sha256,
                "inputs": json.dumps(run.inputs, sort_keys=True),
                "result": json.dumps(run.result),
                "at": run.at.isoformat(),
            },
        )


def get(store: Store, run_id: str) -> StoredRun | None:
    row = store.row("select * from runs where id = ?", (run_id,))
    return from_row(row) if row else None


def of_assessment(store: Store, assessment_id: str) -> tuple[StoredRun, ...]:
    """Newest first."""
    return tuple(
        from_row(row)
        for row in store.rows(
            "select * from runs where assessment_id = ? order by at desc, rowid desc",
            (assessment_id,),
        )
    )


def latest(store: Store, assessment_id: str, kind: RunKind) -> StoredRun | None:
    row = store.row(
        "select * from runs where assessment_id = ? and kind = ?"
        " order by at desc, rowid desc limit 1",
        (assessment_id, kind),
    )
    return from_row(row) if row else None


def from_row(row: Mapping[str, Any]) -> StoredRun:
    return StoredRun(
        id=row["id"],
        assessment_id=row["assessment_id"],
        submission_number=row["number"],
        kind=RunKind(row["kind"]),
        engine_version=row["engine_version"],
        instrument_sha256=row["instrument_sha256"],
        inputs_sha256=row["inputs_sha256"],
        inputs=json.loads(row["inputs"]),
        result=json.loads(row["result"]),
        at=datetime.fromisoformat(row["at"]),
    )


@dataclass(frozen=True)
class Standing:
    """Where a group stands for the payers it shares with: one row a group, kept at each change."""

    group_id: str
    assessment_id: str
    run_id: str
    run_kind: RunKind
    tier: str
    provisional: bool
    tier_expires_on: date | None  # of a provisional tier
    limiting_factor: str
    qms: float | None
    eqr: float | None
    domains: Mapping[str, float | None]
    screened: int | None  # over the quarters; None: hidden to protect small counts
    eligible: int | None
    quarters: int  # released ones that the counts rest on, four at most
    changed_at: datetime


def place(store: Store, standing: Standing) -> None:
    """Write where the group stands now, over where it stood before."""
    with store.writing():
        store.table("standings").upsert(
            {
                "group_id": standing.group_id,
                "assessment_id": standing.assessment_id,
                "run_id": standing.run_id,
                "run_kind": standing.run_kind,
                "tier": standing.tier,
                "provisional": int(standing.provisional),
                "tier_expires_on": (
                    standing.tier_expires_on.isoformat() if standing.tier_expires_on else None
                ),
                "limiting_factor": standing.limiting_factor,
                "qms": standing.qms,
                "eqr": standing.eqr,
                "domains": json.dumps(dict(standing.domains)),
                "screened": standing.screened,
                "eligible": standing.eligible,
                "quarters": standing.quarters,
                "open_gates": json.dumps(open_gates_of(store, standing.run_id)),
                "changed_at": standing.changed_at.isoformat(),
            },
            pk="group_id",
        )


def open_gates_of(store: Store, run_id: str) -> tuple[str, ...]:
    """Kept beside the standing, so that a list of thousands need not read their runs."""
    run = get(store, run_id)
    return open_gates(run.result) if run else ()


def displace(store: Store, group_id: str) -> None:
    """Nothing is submitted any more, so the group stands nowhere."""
    with store.writing():
        store.execute("delete from standings where group_id = ?", (group_id,))


def inputs_of_standings(
    store: Store, instrument_id: str, version: str, limit: int
) -> list[dict[str, Any]]:
    """What went into the run by which each group stands, for one version; newest first."""
    return [
        json.loads(row["inputs"])
        for row in store.rows(
            "select r.inputs from standings s join runs r on r.id = s.run_id"
            " join assessments a on a.id = s.assessment_id"
            " where a.instrument_id = ? and a.version = ? order by s.changed_at desc limit ?",
            (instrument_id, version, limit),
        )
    ]


def standing(store: Store, group_id: str) -> Standing | None:
    row = store.row("select * from standings where group_id = ?", (group_id,))
    return to_standing(row) if row and row["run_id"] else None


def to_standing(row: Mapping[str, Any]) -> Standing:
    return Standing(
        group_id=row["group_id"],
        assessment_id=row["assessment_id"],
        run_id=row["run_id"],
        run_kind=RunKind(row["run_kind"]),
        tier=row["tier"],
        provisional=bool(row["provisional"]),
        tier_expires_on=(
            date.fromisoformat(row["tier_expires_on"]) if row["tier_expires_on"] else None
        ),
        limiting_factor=row["limiting_factor"],
        qms=row["qms"],
        eqr=row["eqr"],
        domains=json.loads(row["domains"]),
        screened=row["screened"],
        eligible=row["eligible"],
        quarters=row["quarters"],
        changed_at=datetime.fromisoformat(row["changed_at"]),
    )
