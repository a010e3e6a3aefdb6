"""A design through all questions, and what the questions share."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Figure, Table
from readiness.incentives.design import Design
from readiness.incentives.models import StoredRun
from readiness.incentives.outcome import Outcome
from readiness.incentives.presenters.wording import of_groups
from readiness.incentives.service import runs, simulating


@dataclass(frozen=True)
class Column:
    """One design through all questions."""

    number: int
    design: Design
    still: Outcome  # nothing truly changes
    gained: Outcome
    fallen: Outcome

    @property
    def name(self) -> str:
        return self.design.name

    @property
    def quoted(self) -> str:
        return f"“{self.name}”"


@dataclass(frozen=True)
class Picture:
    """A drawing of one design; its id names it on the page."""

    id: str
    title: str
    name: str
    spans: Figure | None = None
    pairs: Figure | None = None


def columns_of(run: StoredRun) -> tuple[Column, ...]:
    designs = runs.designs_of(run)
    still, gained, fallen = simulating.outcomes_of(run, designs)
    return tuple(
        Column(number, *each)
        for number, each in enumerate(zip(designs, still, gained, fallen, strict=True), start=1)
    )


def side_by_side(corner: str, columns: Sequence[Column], rows: Sequence[tuple[str, ...]]) -> Table:
    return Table((corner, *(each.name for each in columns)), tuple(rows))


def headline(columns: Sequence[Column]) -> str:
    """What the dearest and the most careful design pay for nothing."""
    most = max(columns, key=lambda each: each.still.paid.value)
    least = min(columns, key=lambda each: each.still.paid.value)
    said = f"If nothing truly changed, {most.quoted} would still pay {still_pays(most)} groups"
    return said if least is most else f"{said}, {least.quoted} {still_pays(least)}"


def still_pays(column: Column) -> str:
    return of_groups(column.still.paid.value, column.still.taking_part)


def taking_part(outcome: Outcome) -> str:
    return f"{outcome.taking_part} of {len(outcome.groups)}"
