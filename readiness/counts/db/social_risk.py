"""Social-risk counts as append-only revisions per cell, and the state of each quarter."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.core.errors import ChangedMeanwhile
from readiness.core.periods import Period, period
from readiness.counts.models import PeriodState
from readiness.counts.social_risk.edits import CountRevision, Explanation
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts, Need, Step
from readiness.counts.strata import Stratum, StratumType

WHOLE_GROUP = ""  # the site of counts that are entered for the group as a whole
CHANGED = (
    "Somebody else changed these counts a moment ago. Nothing was overwritten. "
    "Reload the page, compare, and save what you agree on."
)


def save(
    store: Store,
    group_id: str,
    quarter: Period,
    revisions: Iterable[CountRevision],
    explanations: Iterable[Explanation],
    event: Event | None,
    site_id: str = WHOLE_GROUP,
) -> None:
    """Append all of them, or none when one of their numbers is taken: somebody saved first."""
    with store.writing():
        saved_before = last_revisions(store, group_id, quarter, site_id)
        for revision in revisions:
            refuse_stale(revision.revision, saved_before.get(revision.cell, 0))
            saved_before[revision.cell] = revision.revision
            store.insert("counts", to_row(group_id, quarter, revision, site_id))
        for each in explanations:
            last = last_explanation(store, group_id, quarter, each.finding_key)
            refuse_stale(each.revision, last)
            store.insert("count_explanations", explanation_row(group_id, quarter, each))
        if event:
            audit.record(store, event)


def refuse_stale(revision: int, last: int) -> None:
    if revision != last + 1:
        raise ChangedMeanwhile(CHANGED)


def last_revisions(
    store: Store, group_id: str, quarter: Period, site_id: str = WHOLE_GROUP
) -> dict[FunnelCell, int]:
    return {
        to_cell(row): row["n"]
        for row in store.rows(
            "select need, step, stratum_type, stratum, max(revision) as n from counts"
            " where group_id = ? and site_id = ? and period = ?"
            " group by need, step, stratum_type, stratum",
            (group_id, site_id, str(quarter)),
        )
    }


def last_explanation(store: Store, group_id: str, quarter: Period, finding_key: str) -> int:
    row = store.row(
        "select max(revision) as n from count_explanations"
        " where group_id = ? and period = ? and finding = ?",
        (group_id, str(quarter), finding_key),
    )
    return int(row["n"] or 0) if row else 0


def history(store: Store, group_id: str, quarter: Period) -> dict[FunnelCell, list[CountRevision]]:
    """Every revision of every count of the quarter, oldest first."""
    found: dict[FunnelCell, list[CountRevision]] = {}
    for row in store.rows(
        "select * from counts where group_id = ? and site_id = ? and period = ? order by revision",
        (group_id, WHOLE_GROUP, str(quarter)),
    ):
        revision = from_row(row)
        found.setdefault(revision.cell, []).append(revision)
    return found


def saved(store: Store, group_id: str, quarter: Period) -> list[tuple[str, CountRevision]]:
    """Every revision of every count, of the sites too (their ids), in the order of saving."""
    return [
        (row["site_id"], from_row(row))
        for row in store.rows(
            "select * from counts where group_id = ? and period = ? order by rowid",
            (group_id, str(quarter)),
        )
    ]


LATEST = """
select c.* from counts c
join (select period, need, step, stratum_type, stratum, max(revision) as revision from counts
      where group_id = :group and site_id = :site
      group by period, need, step, stratum_type, stratum) last
  using (period, need, step, stratum_type, stratum, revision)
where c.group_id = :group and c.site_id = :site and c.value is not null
order by c.period
"""


def of_group(store: Store, group_id: str) -> dict[Period, FunnelCounts]:
    """What is known now of every quarter that has any count, oldest first."""
    known: dict[Period, dict[FunnelCell, int]] = {}
    for row in store.rows(LATEST, {"group": group_id, "site": WHOLE_GROUP}):
        known.setdefault(period(row["period"]), {})[to_cell(row)] = row["value"]
    return {quarter: FunnelCounts(quarter, cells) for quarter, cells in known.items()}


def explanations(store: Store, group_id: str, quarter: Period) -> dict[str, Explanation]:
    """The latest explanation of each finding, by the finding's key."""
    return {
        row["finding"]: Explanation(
            finding_key=row["finding"],
            revision=row["revision"],
            says=row["says"],
            text=row["explanation"],
            author_id=row["author_id"],
            at=datetime.fromisoformat(row["at"]),
        )
        for row in store.rows(
            "select * from count_explanations where group_id = ? and period = ? order by revision",
            (group_id, str(quarter)),
        )
    }


def states(store: Store, group_id: str) -> dict[Period, PeriodState]:
    return {
        period(row["period"]): PeriodState(row["state"])
        for row in store.rows("select period, state from periods where group_id = ?", (group_id,))
    }


def state(store: Store, group_id: str, quarter: Period) -> tuple[PeriodState | None, int]:
    """The state of the quarter, None when it was never begun, and its revision."""
    row = store.row(
        "select state, revision from periods where group_id = ? and period = ?",
        (group_id, str(quarter)),
    )
    return (PeriodState(row["state"]), int(row["revision"])) if row else (None, 0)


def set_state(
    store: Store, group_id: str, quarter: Period, wanted: PeriodState, read: int, event: Event
) -> None:
    """Move the quarter on from the state as it was read, or refuse when someone else has."""
    with store.writing():
        refuse_stale(read + 1, state(store, group_id, quarter)[1])
        store.execute(
            "insert or replace into periods"
            " (group_id, period, state, revision, changed_at, changed_by)"
            " values (?, ?, ?, ?, ?, ?)",
            (group_id, str(quarter), wanted, read + 1, event.at.isoformat(), event.actor_id),
        )
        audit.record(store, event)


def cell_columns(cell: FunnelCell, site_id: str = WHOLE_GROUP) -> dict[str, str]:
    return {
        "site_id": site_id,
        "need": cell.need or "",
        "step": cell.step,
        "stratum_type": cell.stratum.type,
        "stratum": cell.stratum.name,
    }


def to_row(
    group_id: str, quarter: Period, revision: CountRevision, site_id: str = WHOLE_GROUP
) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "period": str(quarter),
        **cell_columns(revision.cell, site_id),
        "revision": revision.revision,
        "value": revision.value,
        "author_id": revision.author_id,
        "at": revision.at.isoformat(),
    }


def from_row(row: Mapping[str, Any]) -> CountRevision:
    return CountRevision(
        cell=to_cell(row),
        revision=row["revision"],
        value=row["value"],
        author_id=row["author_id"],
        at=datetime.fromisoformat(row["at"]),
    )


def to_cell(row: Mapping[str, Any]) -> FunnelCell:
    return FunnelCell(
        Step(row["step"]),
        Need(row["need"]) if row["need"] else None,
        Stratum(StratumType(row["stratum_type"]), row["stratum"]),
    )


def explanation_row(group_id: str, quarter: Period, each: Explanation) -> dict[str, Any]:
    return {
        "group_id": group_id,
        "period": str(quarter),
        "finding": each.finding_key,
        "revision": each.revision,
        "says": each.says,
        "explanation": each.text,
        "author_id": each.author_id,
        "at": each.at.isoformat(),
    }
