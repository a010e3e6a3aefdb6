"""What an action raises, and which criteria that serves, in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from readiness.instruments.models import Instrument
from readiness.plans.models import LevelRise, Proposal

SERVED = {"gate": "gate", "dont-know": "limit of “don’t know”", "complete": "completeness"}
WEIGHTS = {3: "essential gate", 2: "supporting gate", 1: ""}


@dataclass(frozen=True)
class LiftLine:
    item_id: str
    short: str
    step: str  # "from level 1 to 3"
    weight: str  # what it serves: "essential gate; T3 minimums of REAL, EQR"
    proposed: str  # "level 4", where the group expects another level


def lift_line(lift: LevelRise, proposal: Proposal | None, instrument: Instrument) -> LiftLine:
    proposed = {each.item_id: each.to for each in proposal.lifts} if proposal else {}
    is_own = proposed.get(lift.item_id, lift.to) != lift.to
    now = "not known" if lift.from_level is None else f"level {lift.from_level}"
    return LiftLine(
        item_id=lift.item_id,
        short=instrument.item_by_id[lift.item_id].short,
        step=f"from {now} to level {lift.to}",
        weight="; ".join(each for each in (WEIGHTS[lift.weight], minimums_of(lift)) if each),
        proposed=f"level {proposed[lift.item_id]}" if is_own else "",
    )


def minimums_of(lift: LevelRise) -> str:
    """The minimums that it helps to reach."""
    return serves_says(each for each in lift.serves if ":gate:" not in each)


def serves_says(criterion_ids: Iterable[str]) -> str:
    """
    >>> serves_says(("T3:gate:REAL-2", "T3:domain:REAL", "T3:axis:EQR"))
    'T3 gate; T3 minimums of REAL, EQR'
    """
    named: dict[str, None] = {}
    minimums: dict[str, list[str]] = {}
    for each in criterion_ids:
        tier_id, kind, *of = each.split(":")
        if kind in SERVED:
            named[f"{tier_id} {SERVED[kind]}"] = None
        elif kind in ("domain", "axis"):
            minimums.setdefault(tier_id, []).extend(of)
    parts = [
        f"{tier_id} minimum{'s' if len(of) > 1 else ''} of {', '.join(of)}"
        for tier_id, of in minimums.items()
    ]
    return "; ".join((*named, *parts))
