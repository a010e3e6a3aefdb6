"""One group's released quality measures, as a payer reads them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import Any

from readiness.core.formatting import short_day
from readiness.core.small_cells import HIDDEN
from readiness.counts.measures import loader as measure_files
from readiness.counts.quality.models import QualityCell
from readiness.counts.strata import STRATA, StratumType
from readiness.equity.findings import Declarations, findings_of
from readiness.equity.gates import USE_LABELS
from readiness.equity.service.results import kind_label
from readiness.equity.tables import NO_GROUP, TOTAL, StratumRow, rows_of
from readiness.portfolio.presenters.peers import DIRECTIONS
from readiness.portfolio.service.peers import kind_order, names_of
from readiness.releases.service.publication import PayerView

NOT_GROUPS = {name: STRATA[StratumType.RACE].get(name, "Not asked") for name in NO_GROUP}


def page_of(read: PayerView[QualityCell]) -> dict[str, Any]:
    release = read.release
    if release is None:
        return {"read": read, "by_measure": (), "says": ""}
    kind, _, name = release.reference.partition(".")
    listed = measure_files.load_quality()
    reference = names_of(kind).get(name, "") if name else ""
    declared = Declarations(
        references={kind: reference} if reference else {},
        directions={each.id: each.direction for each in listed.measures},
    )
    rows = labelled(rows_of(read.group.id, release.period, release.values))
    tables = findings_of(rows, declared).tables
    by_measure = [
        (measure, sorted(own, key=lambda each: kind_order(each.table.place.stratum_type)))
        for measure in listed.measures
        if (own := [each for each in tables if each.table.place.measure == measure.id])
    ]
    hidden = f"{release.hidden} of {len(release.values)} numbers are {HIDDEN}"
    says = f"Release {release.number} of {short_day(release.made_at)}; {hidden}."
    return {
        "read": read,
        "by_measure": by_measure,
        "directions": DIRECTIONS,
        "kind_label": kind_label,
        "not_groups": NOT_GROUPS,
        "uses": USE_LABELS,
        "total": TOTAL,
        "hidden": HIDDEN,
        "says": says,
        "reference": reference,
    }


def labelled(rows: Iterable[StratumRow]) -> Iterator[StratumRow]:
    """Strata under the names that people read, but for those that are no group of people."""
    for row in rows:
        names = names_of(row.place.stratum_type)
        is_group = row.stratum not in NO_GROUP
        yield replace(row, stratum=names.get(row.stratum, row.stratum)) if is_group else row
