"""Scoring runs, stored with their trace and never recomputed, and where each group stands."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from readiness.assessments.cut_points import CUT_KINDS
from readiness.assessments.models import READABLE_BY_PAYER, AssessmentStatus, RunKind
from readiness.assessments.scorecard import CriterionKind, CriterionVerdict, open_gates
from readiness.core.db import Store
from readiness.core.serialization import from_row, to_row


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
        row = to_row(run)
        row["number"] = row.pop("submission_number")
        row["inputs"] = json.dumps(run.inputs, sort_keys=True)
        store.insert("runs", {**row, "result": json.dumps(run.result)})


def get(store: Store, run_id: str) -> StoredRun | None:
    row = store.row("select * from runs where id = ?", (run_id,))
    return to_run(row) if row else None


def of_assessment(store: Store, assessment_id: str) -> tuple[StoredRun, ...]:
    """Newest first."""
    return tuple(
        to_run(row)
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
    return to_run(row) if row else None


def to_run(row: Mapping[str, Any]) -> StoredRun:
    inputs, result = json.loads(row["inputs"]), json.loads(row["result"])
    number = row["number"]
    return from_row(
        StoredRun, {**row, "submission_number": number, "inputs": inputs, "result": result}
    )


@dataclass(frozen=True)
class PortfolioEntry:
    """Where a group stands by one assessment, for the payers it shares with: kept at each change.

    By default payers see the one of the newest submission; of a cycle they see that cycle's.
    """

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


def save_entry(store: Store, entry: PortfolioEntry) -> None:
    """Write where the group stands by the assessment it submitted last."""
    with store.writing():
        store.execute("update standings set is_newest = 0 where group_id = ?", (entry.group_id,))
        write_entry(store, entry, is_newest=True)


def save_earlier_entry(store: Store, entry: PortfolioEntry) -> None:
    """Write where the group stood by an assessment before that."""
    with store.writing():
        write_entry(store, entry, is_newest=False)


def write_entry(store: Store, entry: PortfolioEntry, is_newest: bool) -> None:
    row = {**to_row(entry), "domains": json.dumps(dict(entry.domains)), "is_newest": is_newest}
    row["open_gates"] = json.dumps(open_gates_of(store, entry.run_id))
    store.table("standings").upsert(row, pk="assessment_id")


def open_gates_of(store: Store, run_id: str) -> tuple[str, ...]:
    """Kept beside the standing, so that a list of thousands need not read their runs."""
    run = get(store, run_id)
    return open_gates(run.result) if run else ()


def remove_entries(store: Store, group_id: str, but: Iterable[str]) -> None:
    """What is submitted no more places the group nowhere; `but` are the assessments that are."""
    with store.writing():
        store.execute(
            "delete from standings where group_id = ?"
            " and assessment_id not in (select value from json_each(?))",
            (group_id, json.dumps(list(but))),
        )


def inputs_of_entries(
    store: Store, instrument_id: str, version: str, limit: int
) -> list[dict[str, Any]]:
    """What went into the run by which each group stands, for one version; newest first."""
    return [
        json.loads(row["inputs"])
        for row in store.rows(
            "select r.inputs from standings s join runs r on r.id = s.run_id"
            " join assessments a on a.id = s.assessment_id"
            " where s.is_newest and a.instrument_id = ? and a.version = ?"
            " order by s.changed_at desc limit ?",
            (instrument_id, version, limit),
        )
    ]


def portfolio_entry(store: Store, group_id: str) -> PortfolioEntry | None:
    row = store.row("select * from standings where group_id = ? and is_newest", (group_id,))
    return to_entry(row) if row and row["run_id"] else None


def entry_of_assessment(store: Store, assessment_id: str) -> PortfolioEntry | None:
    row = store.row("select * from standings where assessment_id = ?", (assessment_id,))
    return to_entry(row) if row and row["run_id"] else None


def to_entry(row: Mapping[str, Any]) -> PortfolioEntry:
    return from_row(PortfolioEntry, {**row, "domains": json.loads(row["domains"])})


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
    return tuple(from_row(SubmittedAssessment, {**row, "assessment_id": row["id"]}) for row in rows)


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


# A supporting gate is judged with the others of its tier, and a cut point apart from all else.
APART = ", ".join(f"'{kind}'" for kind in sorted(CUT_KINDS | {CriterionKind.SUPPORTING}))


def tiers_met_otherwise(store: Store, assessment_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Of the run by which a group stands: the tiers of which all but minimums of scores is met."""
    rows = store.rows(
        "select s.assessment_id, json_group_array(tier.value ->> '$.tier') as tiers"  # noqa: S608
        " from standings s join runs r on r.id = s.run_id, json_each(r.result, '$.trace') tier"
        " where s.assessment_id in (select value from json_each(?)) and not exists"
        " (select 1 from json_each(tier.value, '$.criteria') asked"
        f" where asked.value ->> '$.verdict' <> '{CriterionVerdict.MET}'"
        f" and asked.value ->> '$.asks' not in ({APART}))"
        " group by s.assessment_id",
        (json.dumps(list(assessment_ids)),),
    )
    return {row["assessment_id"]: frozenset(json.loads(row["tiers"])) for row in rows}


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
