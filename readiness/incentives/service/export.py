"""A run to take along: as a workbook, and everything that was stored as data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from readiness.core.exports import Cell, Sheet, xlsx_of
from readiness.incentives.models import StoredRun
from readiness.incentives.numbers import Numbers
from readiness.incentives.outcome import Outcome, Simulated, Slice
from readiness.incentives.presenters.columns import Column
from readiness.incentives.presenters.result import Told, told

RESULTS = (
    "Design",
    "What truly happens",
    "By points",
    "Replicates",
    "Groups",
    "Groups that can be paid",
    "Groups truly improving or falling",
    "Paid (share of groups that can be)",
    "Paid: Monte Carlo error",
    "Paid of the truly changing (share)",
    "Paid of the truly changing: error",
    "Nobody is paid (chance)",
    "Nobody is paid: error",
    "Dollars paid",
    "Dollars paid: error",
    "Dollars not earned",
    "Concentration index",
    "Concentration index: error",
    "Concentration index of the present",
    "Groups with a known social risk",
)
BY_GROUP = (
    "Group",
    "Design",
    "What truly happens",
    "Takes part",
    "Patients counted",
    "Measures that count",
    "Most it can earn, dollars",
    "Chance of payment",
    "Chance: error",
    "Expected dollars",
    "Expected dollars: error",
)
BY_PART = (
    "Part",
    "Design",
    "What truly happens",
    "Groups",
    "Can be paid",
    "Patients counted",
    "Share of patients",
    "Dollars",
    "Dollars: error",
    "Share of the money",
    "Share of the money: error",
)
COUNTS = ("Group", "Measure", "Patients of", "Meet the measure", "Counted in it")


def as_data(run: StoredRun) -> dict[str, Any]:
    """Everything that a replay needs, and what it came to."""
    return {
        "reference": run.id,
        "asked_at": run.asked_at.isoformat(),
        "engine": run.engine,
        "settings": dict(run.settings),
        "designs": list(run.designs),
        "numbers": dict(run.numbers),
        "outcome": dict(run.outcome or {}),
    }


def as_xlsx(run: StoredRun) -> bytes:
    found = told(run)
    return xlsx_of(
        [
            Sheet("At a glance", found.summary.header, found.summary.rows, (36,)),
            Sheet("Designs", found.terms.header, found.terms.rows, (36,)),
            Sheet("Results", RESULTS, results(found.columns), (32, 32)),
            Sheet("Groups", BY_GROUP, by_group(found), (36, 32, 32)),
            Sheet("By tier", BY_PART, by_part(found.columns, "by_tier"), (20, 32, 32)),
            Sheet(
                "By social risk", BY_PART, by_part(found.columns, "by_social_risk"), (20, 32, 32)
            ),
            Sheet("Cautions", ("Design", "Harm", "Caution"), cautions(found), (32, 32, 100)),
            Sheet("Numbers", COUNTS, counts(found.numbers), (36, 12, 24)),
            Sheet("Read of each group", found.releases.header, found.releases.rows, (36, 36)),
            Sheet("Rests on", ("What", "Says"), found.rests_on, (24, 80)),
            Sheet("Left out", ("What was left out",), [(e,) for e in found.left_out], (100,)),
        ]
    )


def outcomes(column: Column) -> tuple[Outcome, Outcome, Outcome]:
    return column.still, column.gained, column.fallen


def pair(found: Simulated | None) -> tuple[Cell, Cell]:
    return (found.value, found.error) if found else (None, None)


def results(columns: Sequence[Column]) -> Iterator[tuple[Cell, ...]]:
    for column in columns:
        for each in outcomes(column):
            yield (
                column.name,
                str(each.scenario.kind),
                each.scenario.points,
                each.replicates,
                len(each.groups),
                each.taking_part,
                each.changed,
                *pair(each.paid),
                *pair(each.paid_of_changed),
                *pair(each.nobody),
                *pair(each.spent),
                each.unspent.value,
                *pair(each.concentration),
                each.present_concentration,
                each.concentration_groups,
            )


def by_group(found: Told) -> Iterator[tuple[Cell, ...]]:
    names = found.numbers.names
    for column in found.columns:
        for each in outcomes(column):
            for group in each.groups:
                yield (
                    names[group.group_id],
                    column.name,
                    str(each.scenario.kind),
                    str(group.standing),
                    group.patients,
                    group.measures,
                    group.most,
                    *pair(group.chance),
                    *pair(group.dollars),
                )


def by_part(columns: Sequence[Column], cut: str) -> Iterator[tuple[Cell, ...]]:
    for column in columns:
        for each in outcomes(column):
            parts: tuple[Slice, ...] = getattr(each, cut)
            for part in parts:
                yield (
                    part.name,
                    column.name,
                    str(each.scenario.kind),
                    part.groups,
                    part.taking_part,
                    part.patients,
                    part.patient_share,
                    *pair(part.dollars),
                    *pair(part.dollar_share),
                )


def cautions(found: Told) -> Iterator[tuple[Cell, ...]]:
    for name, listed in found.cautions:
        yield from ((name, each.harm, each.says) for each in listed)


def counts(numbers: Numbers) -> Iterator[tuple[Cell, ...]]:
    """Released counts that were used; what is hidden to protect small counts is not among them."""
    for group in numbers.groups:
        for measure_id, pairs in group.counts.items():
            for stratum, (met, counted) in pairs.items():
                yield group.name, measure_id, stratum, met, counted
