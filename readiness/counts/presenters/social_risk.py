"""A quarter's counts laid out for its pages: every field, label, number and link ready to print."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from flask import url_for

from readiness.core.errors import NotFound, Problem
from readiness.counts.edits import revision_of
from readiness.counts.models import CountsClash, Grid, Heading, PeriodState, PostedCounts, cells_in
from readiness.counts.service.social_risk import Quarter
from readiness.counts.social_risk.checks import Finding
from readiness.counts.social_risk.grids import grids_of_part, grids_of_type
from readiness.counts.social_risk.models import ENTERED, STRATUM_TYPES, FunnelCell
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum, StratumType, strata_of

MOST_OF_A_BLOCK = 20_000  # characters of a refused block that are shown again
UNEXPLAINED = "Explain this, or change the number."
STATE_WORDS = {
    None: "Not started",
    PeriodState.OPEN: "Started, not yet complete",
    PeriodState.COMPLETE: "Complete",
}


@dataclass(frozen=True)
class Scope:
    """Which page of a quarter: all patients, one breakdown side by side, or one part of it."""

    title: str
    grids: tuple[Grid[FunnelCell], ...]
    kind: StratumType | None = None
    part: Stratum = ALL

    @property
    def is_main(self) -> bool:
        return self.kind is None

    @property
    def is_breakdown(self) -> bool:
        """The parts side by side."""
        return self.kind is not None and self.part == ALL

    @property
    def keys(self) -> tuple[str, ...]:
        return tuple(cells_in(self.grids))


def scope_of(kind: str | None, part: str | None) -> Scope:
    if kind is None:
        return Scope("All patients", grids_of_part())
    if kind not in STRATUM_TYPES:
        raise NotFound("There is no such breakdown. Choose one from the quarter's page.")
    breakdown = StratumType(kind)
    if part is None:
        return Scope(STRATUM_TYPE_LABELS[breakdown], grids_of_type(breakdown), breakdown)
    stratum = Stratum(breakdown, part)
    if stratum not in strata_of(breakdown):
        raise NotFound("There is no such part. Choose one from the breakdown's page.")
    title = f"{STRATUM_TYPE_LABELS[breakdown]}: {stratum.label}"
    return Scope(title, grids_of_part(stratum), breakdown, stratum)


@dataclass(frozen=True)
class Entry:
    """What the page shows beyond what is stored: typed texts, their errors, the other's values."""

    sent: PostedCounts | None = None
    problems: tuple[Problem, ...] = ()  # their places are ids: of a cell, a finding, the block
    clash: CountsClash | None = None
    filled: Mapping[FunnelCell, int] = field(default_factory=dict)  # from a pasted block
    block: str = ""
    is_unfinished: bool = False  # kept, and not yet complete


@dataclass(frozen=True)
class Field:
    id: str
    label: str
    value: str
    last: str  # the quarter before
    error: str
    note: str  # what someone else saved, or what stood here before the paste

    @property
    def described(self) -> str:
        ends = (("last", self.last), ("note", self.note), ("error", self.error))
        return " ".join(f"{self.id}-{end}" for end, says in ends if says)


@dataclass(frozen=True)
class Row:
    label: str
    fields: tuple[Field, ...]
    href: str
    is_optional: bool


@dataclass(frozen=True)
class GridView:
    id: str
    title: str
    corner: str
    columns: tuple[Heading, ...]
    rows: tuple[Row, ...]


@dataclass(frozen=True)
class OddView:
    id: str
    href: str
    label: str
    says: str
    value: str
    earlier: str
    stands: bool
    error: str


@dataclass(frozen=True)
class Shown:
    """Everything the template prints."""

    heading: str
    state: str
    grids: tuple[GridView, ...]
    base: str
    problems: tuple[tuple[str, str], ...]  # address and sentence
    contradictions: tuple[tuple[str, str], ...]
    odd: tuple[OddView, ...]
    breakdowns: tuple[tuple[str, str, str], ...]  # address, title, what is in it
    block: str


def shown(quarter: Quarter, scope: Scope, entry: Entry) -> Shown:
    errors = {problem.place: problem.says for problem in entry.problems}
    return Shown(
        heading=f"Social-risk counts, {quarter.period.label}",
        state=STATE_WORDS[quarter.status.state],
        grids=tuple(grid_view(grid, quarter, scope, entry, errors) for grid in scope.grids),
        base=base_of(quarter, scope, entry),
        problems=tuple(
            (address_of(problem.place, quarter, scope), problem.says) for problem in entry.problems
        ),
        contradictions=() if entry.problems else contradictions(quarter, scope),
        odd=odd_views(quarter, scope, entry, errors),
        breakdowns=tuple(breakdown(quarter, kind) for kind in STRATUM_TYPES),
        block=entry.block,
    )


def contradictions(quarter: Quarter, scope: Scope) -> tuple[tuple[str, str], ...]:
    return tuple(
        (cell_address(found.cell, quarter, scope), f"{found.cell.label}: {found.says}")
        for found in quarter.contradictions
    )


def grid_view(
    grid: Grid[FunnelCell], quarter: Quarter, scope: Scope, entry: Entry, errors: Mapping[str, str]
) -> GridView:
    return GridView(
        id=grid.id,
        title=grid.title,
        corner="Need" if grid.id == "needs" else "Patients",
        columns=grid.columns,
        rows=tuple(
            Row(
                label=row.label,
                fields=tuple(
                    field_at(grid.cells[row.key, column.key], quarter, entry, errors)
                    for column in grid.columns
                ),
                href=part_address(row, quarter, scope),
                is_optional=row.is_optional,
            )
            for row in grid.rows
        ),
    )


def field_at(cell: FunnelCell, quarter: Quarter, entry: Entry, errors: Mapping[str, str]) -> Field:
    last = quarter.before.known.get(cell) if quarter.before else None
    return Field(
        id=cell.key,
        label=cell.label,
        value=value_at(cell, quarter, entry),
        last=f"Q{quarter.period.previous.quarter}: {last:,}" if last is not None else "",
        error=errors.get(cell.key, ""),
        note=note_at(cell, quarter, entry),
    )


def value_at(cell: FunnelCell, quarter: Quarter, entry: Entry) -> str:
    """What was pasted, else what was typed, else what is stored."""
    if cell in entry.filled:
        return str(entry.filled[cell])
    if entry.clash and cell in entry.clash.merge.values:
        return written(entry.clash.merge.values[cell])
    if entry.sent and cell.key in entry.sent.typed:
        return entry.sent.typed[cell.key]
    return written(quarter.counts.known.get(cell))


def note_at(cell: FunnelCell, quarter: Quarter, entry: Entry) -> str:
    for clash in entry.clash.merge.clashes if entry.clash else ():
        if clash.cell == cell:
            return f"Saved by somebody else: {written(clash.theirs) or 'blank'}"
    stored = quarter.counts.known.get(cell)
    if cell in entry.filled and entry.filled[cell] != stored:
        return f"Saved before: {written(stored) or 'blank'}"
    return ""


def written(value: int | None) -> str:
    return "" if value is None else str(value)


def base_of(quarter: Quarter, scope: Scope, entry: Entry) -> str:
    """The revisions that stand on the page, so that a later save knows what was seen.

    A page that comes back with texts not yet saved goes on from what it had shown before; after a
    clash the other's value is shown, and from then on it is seen.
    """
    if entry.sent and not entry.clash:
        return json.dumps(dict(entry.sent.base))
    cells = cells_in(scope.grids)
    revisions = {key: revision_of(quarter.history, cell) for key, cell in cells.items()}
    return json.dumps({key: revision for key, revision in revisions.items() if revision})


def odd_views(
    quarter: Quarter, scope: Scope, entry: Entry, errors: Mapping[str, str]
) -> tuple[OddView, ...]:
    typed = entry.sent.explanations if entry.sent else {}
    return tuple(
        OddView(
            id=odd.finding.key,
            href=cell_address(odd.finding.cell, quarter, scope),
            label=odd.finding.cell.label,
            says=odd.finding.says,
            value=typed.get(odd.finding.key, odd.written if odd.stands else ""),
            earlier="" if odd.stands else odd.written,
            stands=odd.stands,
            error=error_of(odd.finding, errors),
        )
        for odd in quarter.unusual
    )


def error_of(finding: Finding, errors: Mapping[str, str]) -> str:
    """Beside the box, which already says what is unusual, only what to do."""
    says = errors.get(finding.key, "")
    return UNEXPLAINED if says.endswith(finding.says) else says


def address_of(place: str, quarter: Quarter, scope: Scope) -> str:
    if place in ENTERED:
        return cell_address(ENTERED[place], quarter, scope)
    return f"#{place}" if place else ""


def cell_address(cell: FunnelCell, quarter: Quarter, scope: Scope) -> str:
    """On this page, or on the page of its own."""
    if cell.key in scope.keys:
        return f"#{cell.key}"
    group_id, period = quarter.group.id, str(quarter.period)
    kind, part = cell.stratum.type, cell.stratum.name
    if cell.stratum == ALL:
        page = url_for("screen.quarter", group_id=group_id, period=period)
    elif cell.need is None:
        page = url_for("screen.breakdown", group_id=group_id, period=period, kind=kind)
    else:
        page = url_for("screen.part", group_id=group_id, period=period, kind=kind, part=part)
    return f"{page}#{cell.key}"


def part_address(row: Heading, quarter: Quarter, scope: Scope) -> str:
    """A row of a breakdown leads to all that can be entered for that part."""
    if not scope.is_breakdown:
        return ""
    return url_for(
        "screen.part",
        group_id=quarter.group.id,
        period=str(quarter.period),
        kind=scope.kind,
        part=row.key,
    )


def breakdown(quarter: Quarter, kind: StratumType) -> tuple[str, str, str]:
    having = sum(1 for part in quarter.counts.strata if part.type is kind)
    says = f"{having} of {len(strata_of(kind))} parts have counts" if having else "No counts yet"
    address = url_for(
        "screen.breakdown", group_id=quarter.group.id, period=str(quarter.period), kind=kind
    )
    return address, STRATUM_TYPE_LABELS[kind], says
