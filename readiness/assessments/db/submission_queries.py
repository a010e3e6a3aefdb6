"""What many groups sent in, and how it was scored: two queries for a whole portfolio."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from readiness.assessments.lifecycle import READABLE_BY_PAYER, Status
from readiness.assessments.models import RunKind
from readiness.core.db import Store

READABLE = ", ".join(f"'{status}'" for status in sorted(READABLE_BY_PAYER))


@dataclass(frozen=True)
class SentIn:
    """An assessment that payers may read, with when it was sent in last."""

    group_id: str
    assessment_id: str
    title: str
    instrument_id: str
    version: str
    status: Status
    at: datetime


@dataclass(frozen=True)
class Outcome:
    """Of one scoring run only what a comparison reads."""

    kind: RunKind
    inputs_sha256: str
    tier_id: str
    provisional: bool
    axes: Mapping[str, float | None]  # the low score, which decides
    gates: tuple[bool, ...]  # whether each is met


def sent_in(store: Store, group_ids: Iterable[str]) -> tuple[SentIn, ...]:
    """By group, the first one first."""
    rows = store.rows(
        "select a.group_id, a.id, a.title, a.instrument_id, a.version, a.status,"  # noqa: S608
        " max(s.number), s.at from assessments a join submissions s on s.assessment_id = a.id"
        f" where a.status in ({READABLE}) and a.group_id in (select value from json_each(?))"
        " group by a.id order by a.group_id, s.at, a.id",
        (json.dumps(list(group_ids)),),
    )
    return tuple(
        SentIn(
            row["group_id"],
            row["id"],
            row["title"],
            row["instrument_id"],
            row["version"],
            Status(row["status"]),
            datetime.fromisoformat(row["at"]),
        )
        for row in rows
    )


def outcomes(store: Store, assessment_ids: Iterable[str]) -> dict[str, dict[RunKind, Outcome]]:
    """The newest run of each kind, by assessment."""
    found: dict[str, dict[RunKind, Outcome]] = {}
    for row in store.rows(
        "select assessment_id, kind, inputs_sha256,"
        " json_extract(result, '$.tier', '$.provisional', '$.axes', '$.gates') as told"
        " from (select *, row_number() over"
        " (partition by assessment_id, kind order by at desc, rowid desc) as place from runs"
        " where assessment_id in (select value from json_each(?))) where place = 1",
        (json.dumps(list(assessment_ids)),),
    ):
        made = outcome(row)
        found.setdefault(row["assessment_id"], {})[made.kind] = made
    return found


def outcome(row: Mapping[str, Any]) -> Outcome:
    tier, provisional, axes, gates = json.loads(row["told"])
    return Outcome(
        RunKind(row["kind"]),
        row["inputs_sha256"],
        tier,
        bool(provisional),
        {axis_id: scores["low"] for axis_id, scores in axes.items()},
        tuple(bool(gate["met"]) for gate in gates),
    )
