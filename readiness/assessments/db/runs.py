"""Scoring runs, stored with their trace and never recomputed, and where each group stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from readiness.assessments.models import READABLE_BY_PAYER, AssessmentStatus, RunKind
from readiness.assessments.scorecard import open_gates
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
class PortfolioEntry:
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


def save_entry(store: Store, standing: PortfolioEntry) -> None:
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


def remove_entry(store: Store, group_id: str) -> None:
    """Nothing is submitted any more, so the group stands nowhere."""
    with store.writing():
        store.execute("delete from standings where group_id = ?", (group_id,))


def inputs_of_entries(
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


def portfolio_entry(store: Store, group_id: str) -> PortfolioEntry | None:
    row = store.row("select * from standings where group_id = ?", (group_id,))
    return to_entry(row) if row and row["run_id"] else None


def to_entry(row: Mapping[str, Any]) -> PortfolioEntry:
    return PortfolioEntry(
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


READABLE = ", ".join(f"'{status}'" for status in sorted(READABLE_BY_PAYER))


@dataclass(frozen=True)
class SubmittedAssessment:
    """An assessment that payers may read, with when it was sent in last."""

    group_id: str
    assessment_id: str
    title: str
    instrument_id: str
    version: str
    status: AssessmentStatus
    at: datetime


@dataclass(frozen=True)
class RunOutcome:
    """Of one scoring run only what a comparison reads."""

    kind: RunKind
    inputs_sha256: str
    tier_id: str
    provisional: bool
    axes: Mapping[str, float | None]  # the low score, which decides
    gates: tuple[bool, ...]  # whether each is met


def submitted_assessments(
    store: Store, group_ids: Iterable[str]
) -> tuple[SubmittedAssessment, ...]:
    """By group, the first one first."""
    rows = store.rows(
        "select a.group_id, a.id, a.title, a.instrument_id, a.version, a.status,"  # noqa: S608
        " max(s.number), s.at from assessments a join submissions s on s.assessment_id = a.id"
        f" where a.status in ({READABLE}) and a.group_id in (select value from json_each(?))"
        " group by a.id order by a.group_id, s.at, a.id",
        (json.dumps(list(group_ids)),),
    )
    return tuple(
        SubmittedAssessment(
            row["group_id"],
            row["id"],
            row["title"],
            row["instrument_id"],
            row["version"],
            AssessmentStatus(row["status"]),
            datetime.fromisoformat(row["at"]),
        )
        for row in rows
    )


def run_outcomes(
    store: Store, assessment_ids: Iterable[str]
) -> dict[str, dict[RunKind, RunOutcome]]:
    """The newest run of each kind, by assessment."""
    found: dict[str, dict[RunKind, RunOutcome]] = {}
    for row in store.rows(
        "select assessment_id, kind, inputs_sha256,"
        " json_extract(result, '$.tier', '$.provisional', '$.axes', '$.gates') as told"
        " from (select *, row_number() over"
        " (partition by assessment_id, kind order by at desc, rowid desc) as place from runs"
        " where assessment_id in (select value from json_each(?))) where place = 1",
        (json.dumps(list(assessment_ids)),),
    ):
        made = to_outcome(row)
        found.setdefault(row["assessment_id"], {})[made.kind] = made
    return found


def to_outcome(row: Mapping[str, Any]) -> RunOutcome:
    tier, provisional, axes, gates = json.loads(row["told"])
    return RunOutcome(
        RunKind(row["kind"]),
        row["inputs_sha256"],
        tier,
        bool(provisional),
        {axis_id: scores["low"] for axis_id, scores in axes.items()},
        tuple(bool(gate["met"]) for gate in gates),
    )
