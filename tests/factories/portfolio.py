"""Many groups that share with the payer "fair": each with an assessment sent in, and releases.

The assessment of "elm" is a real one; the others are copies of it with scores of their own.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

from readiness.accounts.db import groups
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.people import Group
from readiness.core.periods import Period
from readiness.counts.db import quality
from readiness.counts.models import PeriodState
from readiness.counts.quality.models import MeasureCell, MeasurePart, QualityCell
from readiness.counts.strata import Stratum, StratumType
from readiness.disclosure.db import quality as quality_releases
from readiness.disclosure.released_counts import QualityRelease
from tests.factories import payers
from tests.factories.world import NOW

BEFORE, AFTER = Period(2025, 4), Period(2026, 4)
WHITE = f"{StratumType.RACE}.white"
SENT_AT = "2026-02-01T12:00:00+00:00"
Pairs = Mapping[str, tuple[int | None, int | None]]  # met, of those counted; None is hidden


def seeded(store: Store) -> str:
    """The id of the assessment that the others are copied from."""
    return payers.sent_in(store).id


def grow(
    store: Store,
    group_id: str,
    seed: str,
    score: float = 50.0,
    sent_at: str = SENT_AT,
    expires_on: str | None = None,
) -> None:
    """A group that shares with "fair" and sent in an assessment with one score throughout."""
    with store.writing():
        groups.add(store, Group(group_id, f"{group_id.title()} Physicians"), NOW)
        grant = {"id": f"{group_id}-fair", "group_id": group_id, "expires_on": expires_on}
        copied(store, "grants", "id = ?", "elm-fair", grant)
        own = f"{group_id}-sent"
        copied(store, "assessments", "id = ?", seed, {"id": own, "group_id": group_id})
        sent = {"assessment_id": own, "at": sent_at, "reference": group_id}
        copied(store, "submissions", "assessment_id = ?", seed, sent)
        for row in list(store.rows("select * from runs where assessment_id = ?", (seed,))):
            result = json.loads(row["result"])
            for part in ("axes", "domains"):
                result[part] = {
                    k: dict.fromkeys(("low", "mid", "high"), score) for k in result[part]
                }
            name = {"id": f"{group_id}-{row['id']}", "assessment_id": own}
            store.insert("runs", {**row, **name, "result": json.dumps(result)})


def change(store: Store, sql: str, *values: str) -> None:
    with store.writing():
        store.execute(sql, values)


def copied(store: Store, table: str, where: str, key: str, changes: dict[str, Any]) -> None:
    row = store.row(f"select * from {table} where {where}", (key,))  # noqa: S608
    assert row
    store.insert(table, {**row, **changes})


def release(
    store: Store,
    group_id: str,
    ending: Period,
    pairs: Pairs,
    reference: str = WHITE,
    measure: str = "COL",
    kind: StratumType = StratumType.RACE,
    number: int = 1,
    estimated: bool = False,
) -> None:
    values: dict[QualityCell, int | None] = {}
    for name, (above, below) in pairs.items():
        stratum = Stratum(kind, name)
        values[MeasureCell(measure, MeasurePart.NUMERATOR, stratum, estimated)] = above
        values[MeasureCell(measure, MeasurePart.DENOMINATOR, stratum, estimated)] = below
    made = QualityRelease(group_id, ending, number, NOW, 11, "1", 0, values)
    quality_releases.add(store, made, {})
    if number == 1:
        done = Event(NOW, "maya", "completed quality counts", "quality", str(ending))
        quality.set_state(store, group_id, ending, PeriodState.COMPLETE, 0, done, reference)


def grow_three(store: Store, counts: Pairs) -> None:
    """Ash, Birch and Cedar, all with these quality counts released."""
    seed = seeded(store)
    for group_id in ("ash", "birch", "cedar"):
        grow(store, group_id, seed)
        release(store, group_id, AFTER, counts)
