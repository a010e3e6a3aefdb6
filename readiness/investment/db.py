"""Scenarios of a payer's budget: what was asked, what was answered, how firm it is, and replays.

All of it is only ever added to: a scenario that is changed is a new one that names its parent.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from readiness.core import audit, serialization
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.investment.answers import ScenarioAnswer, Stability
from readiness.investment.lifecycle import AwardRecord, ScenarioState, ScenarioStatus
from readiness.investment.models import GroupOffer
from readiness.investment.problem import AllocationProblem
from readiness.investment.scenario import BudgetScenario, Replay, ScenarioRequest, ScenarioSolution


def add(store: Store, request: ScenarioRequest, event: Event) -> None:
    with store.writing():
        store.insert(
            "allocations",
            {
                "id": request.id,
                "payer_id": request.payer_id,
                "parent_id": request.parent_id,
                "name": request.scenario.name,
                "asked_by": request.asked_by,
                "asked_at": request.asked_at.isoformat(),
                "settings": json.dumps(serialization.to_json(request.scenario)),
                "seed": request.seed,
            },
        )
        audit.record(store, event)


def keep_answer(store: Store, allocation_id: str, solution: ScenarioSolution, event: Event) -> None:
    """Once: what was answered stays as it was."""
    with store.writing():
        store.insert(
            "allocation_answers",
            {
                "allocation_id": allocation_id,
                "at": solution.at.isoformat(),
                "solver": solution.answer.solver,
                "offers": json.dumps(serialization.to_json(solution.offers)),
                "problem": json.dumps(serialization.to_json(solution.problem)),
                "answer": json.dumps(serialization.to_json(solution.answer)),
            },
        )
        audit.record(store, event)


def keep_stability(
    store: Store, allocation_id: str, found: Stability, at: datetime, event: Event
) -> None:
    with store.writing():
        store.insert(
            "allocation_stabilities",
            {
                "allocation_id": allocation_id,
                "number": next_number(store, "allocation_stabilities", allocation_id),
                "at": at.isoformat(),
                "runs": found.runs,
                "seed": found.seed,
                "found": json.dumps(serialization.to_json(found)),
            },
        )
        audit.record(store, event)


def keep_replay(store: Store, allocation_id: str, replay: Replay, event: Event) -> None:
    with store.writing():
        store.insert(
            "allocation_replays",
            {
                "allocation_id": allocation_id,
                "number": next_number(store, "allocation_replays", allocation_id),
                "at": replay.at.isoformat(),
                "solver": replay.solver,
                "is_same": int(replay.is_same),
            },
        )
        audit.record(store, event)


def keep_status(store: Store, allocation_id: str, status: ScenarioStatus, event: Event) -> None:
    with store.writing():
        store.insert(
            "allocation_statuses",
            {
                "allocation_id": allocation_id,
                "number": next_number(store, "allocation_statuses", allocation_id),
                "name": status.name,
                "state": status.state,
                "at": status.at.isoformat(),
                "person_id": status.person_id,
                "awards": json.dumps(serialization.to_json(status.awards)),
            },
        )
        audit.record(store, event)


def next_number(store: Store, table: str, allocation_id: str) -> int:
    row = store.row(
        f"select max(number) as n from {table} where allocation_id = ?",  # noqa: S608 - our names
        (allocation_id,),
    )
    return int(row["n"] or 0) + 1 if row else 1


def get(store: Store, allocation_id: str) -> ScenarioRequest:
    row = store.row("select * from allocations where id = ?", (allocation_id,))
    if row is None:
        raise NotFound(NOT_SHARED)
    return from_row(row)


def of_payer(store: Store, payer_id: str) -> tuple[ScenarioRequest, ...]:
    """Newest first; those that were deleted too."""
    rows = store.rows(
        "select * from allocations where payer_id = ? order by asked_at desc, rowid desc",
        (payer_id,),
    )
    return tuple(from_row(row) for row in rows)


def status(store: Store, request: ScenarioRequest) -> ScenarioStatus:
    """The last that was kept; without any, a draft under the name it was asked for with."""
    row = store.row(
        "select * from allocation_statuses where allocation_id = ? order by number desc limit 1",
        (request.id,),
    )
    return status_from_row(row) if row else first_status(request)


def statuses_of_payer(store: Store, payer_id: str) -> dict[str, ScenarioStatus]:
    """By scenario, of those that somebody renamed or moved."""
    rows = store.rows(
        "select s.* from allocation_statuses s join allocations a on a.id = s.allocation_id"
        " where a.payer_id = ? order by s.number",
        (payer_id,),
    )
    return {row["allocation_id"]: status_from_row(row) for row in rows}


def answers_of_payer(store: Store, payer_id: str) -> dict[str, ScenarioAnswer]:
    """By scenario, for a list."""
    rows = store.rows(
        "select n.allocation_id, n.answer from allocation_answers n"
        " join allocations a on a.id = n.allocation_id where a.payer_id = ?",
        (payer_id,),
    )
    return {
        row["allocation_id"]: serialization.from_json(ScenarioAnswer, json.loads(row["answer"]))
        for row in rows
    }


def solution(store: Store, allocation_id: str) -> ScenarioSolution | None:
    row = store.row("select * from allocation_answers where allocation_id = ?", (allocation_id,))
    if row is None:
        return None
    return ScenarioSolution(
        datetime.fromisoformat(row["at"]),
        serialization.from_json(tuple[GroupOffer, ...], json.loads(row["offers"])),
        serialization.from_json(AllocationProblem, json.loads(row["problem"])),
        serialization.from_json(ScenarioAnswer, json.loads(row["answer"])),
    )


def stability(store: Store, allocation_id: str) -> Stability | None:
    """The latest."""
    row = store.row(
        "select found from allocation_stabilities where allocation_id = ?"
        " order by number desc limit 1",
        (allocation_id,),
    )
    return serialization.from_json(Stability, json.loads(row["found"])) if row else None


def replays(store: Store, allocation_id: str) -> tuple[Replay, ...]:
    """Oldest first."""
    rows = store.rows(
        "select * from allocation_replays where allocation_id = ? order by number",
        (allocation_id,),
    )
    return tuple(
        Replay(datetime.fromisoformat(row["at"]), row["solver"], bool(row["is_same"]))
        for row in rows
    )


def first_status(request: ScenarioRequest) -> ScenarioStatus:
    name = request.scenario.name
    return ScenarioStatus(name, ScenarioState.DRAFT, request.asked_at, request.asked_by)


def status_from_row(row: Mapping[str, Any]) -> ScenarioStatus:
    return ScenarioStatus(
        row["name"],
        ScenarioState(row["state"]),
        datetime.fromisoformat(row["at"]),
        row["person_id"],
        serialization.from_json(tuple[AwardRecord, ...], json.loads(row["awards"])),
    )


def from_row(row: Mapping[str, Any]) -> ScenarioRequest:
    return ScenarioRequest(
        row["id"],
        row["payer_id"],
        row["parent_id"],
        row["asked_by"],
        datetime.fromisoformat(row["asked_at"]),
        serialization.from_json(BudgetScenario, json.loads(row["settings"])),
        row["seed"],
    )
