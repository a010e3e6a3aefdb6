"""Groups that were assessed twice, or not, with money entered in between, or none."""

from __future__ import annotations

import json
from datetime import date

from readiness.core.audit import Event
from readiness.core.db import Store
from readiness.plans import db as postings
from readiness.plans.postings import Posting, PostingKind
from tests.factories import portfolio
from tests.factories.world import NOW

FIRST, LATEST = "2026-02-01T12:00:00+00:00", "2027-01-10T12:00:00+00:00"
NAMES = ("ash", "birch", "cedar", "fir", "hazel")
EVENT = Event(NOW, "maya", "entered money for", "plan", "p1", group_id="elm")


def grown(store: Store) -> str:
    """Ash rose and spent; birch rose without money; cedar was assessed once; fir sent in nothing
    that may be read; hazel could not be rated at first. The id of what all are copied from."""
    seed = portfolio.seeded(store)
    for group_id in NAMES:
        portfolio.grow(store, group_id, seed, score=30.0, sent_at=FIRST)
        tier(store, f"{group_id}-sent", "T0" if group_id == "hazel" else "T1")
        if group_id != "cedar":
            again(store, group_id, seed)
    portfolio.change(store, "update assessments set status = 'withdrawn' where group_id = 'fir'")
    pay(store, "ash", 60_000_00)
    pay(store, "hazel", 40_000_00)
    return seed


def again(store: Store, group_id: str, seed: str, score: float = 45.0, tier_id: str = "T2") -> None:
    """A second assessment of the same group, sent in later."""
    later = f"{group_id}-later"
    with store.writing():
        portfolio.copied(store, "assessments", "id = ?", seed, {"id": later, "group_id": group_id})
        sent = {"assessment_id": later, "at": LATEST, "reference": later}
        portfolio.copied(store, "submissions", "assessment_id = ?", seed, sent)
        for row in list(store.rows("select * from runs where assessment_id = ?", (seed,))):
            result = json.loads(row["result"])
            result["axes"] = {
                k: dict.fromkeys(("low", "mid", "high"), score) for k in result["axes"]
            }
            name = {"id": f"{later}-{row['id']}", "assessment_id": later}
            store.insert("runs", {**row, **name, "result": json.dumps(result)})
    tier(store, later, tier_id)


def tier(store: Store, assessment_id: str, tier_id: str) -> None:
    rows = list(store.rows("select * from runs where assessment_id = ?", (assessment_id,)))
    with store.writing():
        for row in rows:
            result = json.loads(row["result"]) | {"tier": tier_id, "provisional": False}
            store.execute(
                "update runs set result = ? where id = ?", (json.dumps(result), row["id"])
            )


def pay(
    store: Store,
    group_id: str,
    cents: int,
    on: date = date(2026, 8, 1),
    kind: PostingKind = PostingKind.SPENT,
    number: int = 1,
) -> None:
    posting = Posting(
        f"{group_id}-{kind}-{number}", group_id, f"{group_id}-sent", "PHARM", kind, cents, on,
        "", "", "maya", NOW,
    )  # fmt: skip
    postings.add_posting(store, posting, EVENT)
