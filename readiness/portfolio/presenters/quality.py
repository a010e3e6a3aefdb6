"""One group's released quality measures, as a payer reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from typing import Any

from readiness.core.formatting import percent_interval, points_interval
from readiness.core.small_cells import HIDDEN
from readiness.core.web.template_filters import day
from readiness.counts.measures import loader as measure_files
from readiness.counts.measures.models import QualityMeasure
from readiness.counts.quality.models import QualityCell
from readiness.counts.strata import STRATA, StratumType
from readiness.equity.findings import Declarations, findings_of
from readiness.equity.gaps import StratumGap, StratumRate, TableFinding
from readiness.equity.gates import USE_LABELS
from readiness.equity.service.results import kind_label
from readiness.equity.tables import NO_GROUP, TOTAL, StratumRow, rows_of
from readiness.portfolio.presenters.peers import DIRECTIONS
from readiness.portfolio.service.peers import kind_order, names_of
from readiness.releases.service.publication import PayerView

NOT_GROUPS = {name: STRATA[StratumType.RACE].get(name, "Not asked") for name in NO_GROUP}


@dataclass(frozen=True)
class Line:
    label: str
    made_of: str
    rate: str
    gap: str
    use: str


@dataclass(frozen=True)
class Part:
    """One measure split one way."""

    title: str
    label: str  # of the table
    reference: str  # "" for none
    says: tuple[str, ...]
    lines: tuple[Line, ...]


@dataclass(frozen=True)
class Block:
    measure: QualityMeasure
    direction: str
    whole: Line | None
    parts: tuple[Part, ...]


def page_of(read: PayerView[QualityCell]) -> dict[str, Any]:
    release = read.release
    if release is None:
        return {"read": read, "blocks": (), "says": ""}
    kind, _, name = release.reference.partition(".")
    listed = measure_files.load_quality()
    reference = names_of(kind).get(name, "") if name else ""
    declared = Declarations(
        references={kind: reference} if reference else {},
        directions={each.id: each.direction for each in listed.measures},
    )
    rows = labelled(rows_of(read.group.id, release.period, release.values))
    tables = findings_of(rows, declared).tables
    blocks = tuple(
        block_of(measure, own)
        for measure in listed.measures
        if (own := [each for each in tables if each.table.place.measure == measure.id])
    )
    hidden = f"{release.hidden} of {len(release.values)} numbers are {HIDDEN}"
    says = f"Release {release.number} of {day(release.made_at)}; {hidden}."
    return {
        "read": read,
        "blocks": blocks,
        "says": says,
        "reference": reference,
    }


def block_of(measure: QualityMeasure, tables: Iterable[TableFinding]) -> Block:
    found = sorted(tables, key=lambda each: kind_order(each.table.place.stratum_type))
    wholes = [each for each in found if each.table.place.stratum_type == TOTAL]
    whole = line_of(wholes[0].rates[0], None, "All patients") if wholes else None
    parts = tuple(part_of(each, measure) for each in found if each not in wholes)
    return Block(measure, DIRECTIONS[measure.direction], whole, parts)


def part_of(finding: TableFinding, measure: QualityMeasure) -> Part:
    kind = finding.table.place.stratum_type
    gaps = {each.stratum: each for each in finding.gaps}
    label = kind_label(kind)
    return Part(
        title=label,
        label=f"{measure.title} by {label[0].lower()}{label[1:]}",
        reference=finding.reference or "",
        says=finding.says if finding.reference else (),
        lines=tuple(
            line_of(rate, gaps.get(rate.stratum), NOT_GROUPS.get(rate.stratum, rate.stratum))
            for rate in finding.rates
        ),
    )


def labelled(rows: Iterable[StratumRow]) -> Iterator[StratumRow]:
    """Strata under the names that people read, but for those that are no group of people."""
    for row in rows:
        names = names_of(row.place.stratum_type)
        is_group = row.stratum not in NO_GROUP
        yield replace(row, stratum=names.get(row.stratum, row.stratum)) if is_group else row


def line_of(rate: StratumRate, gap: StratumGap | None, label: str) -> Line:
    above, below = (
        HIDDEN if n is None else f"{n:,}" for n in (rate.count.numerator, rate.count.denominator)
    )
    made_of = HIDDEN if above == below == HIDDEN else f"{above} of {below}"
    shown = (
        USE_LABELS[rate.use]
        if rate.rate is None
        else percent_interval(rate.rate, rate.low, rate.high)
    )
    return Line(label, made_of, shown, points_interval(gap), USE_LABELS[gap.use] if gap else "")
