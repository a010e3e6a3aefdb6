"""The table of counts as it is handed out: a group's own sites and needs, and what it sent last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from readiness.core.periods import Period
from readiness.counts.social_risk.models import FIVE, FunnelCell, Need, Step
from readiness.counts.strata import ALL, UNKNOWN, Stratum, StratumType, strata_of
from readiness.imports.screens.cells import WHOLE, CellKey
from readiness.imports.template.models import NAME_OF, NAMES, SCHEMA, Unit

NEEDS = (*FIVE, Need.ANY, Need.ALL5)
OF_GROUP_ROW = {Step.SCREENED: Step.SCREENED, Step.ANY_POSITIVE: Step.POSITIVE}

Row = dict[str, str | int]


@dataclass(frozen=True)
class Blank:
    """What is asked for: a row for each site, need and part."""

    group_id: str
    period: Period
    as_of: date
    sites: tuple[str, ...] = ()  # none: the group as a whole
    needs: tuple[Need, ...] = NEEDS
    kinds: tuple[StratumType, ...] = ()


def blank_rows(blank: Blank) -> Iterator[Row]:
    parts = (ALL, *(part for kind in blank.kinds for part in strata_of(kind)))
    for site in blank.sites or (WHOLE,):
        for need in blank.needs:
            for part in parts:
                key = CellKey(blank.group_id, site, str(blank.period), need, part.type, part.name)
                yield row_of(key, {}, blank.as_of)


def last_rows(last: Mapping[CellKey, Mapping[Step, int]], blank: Blank) -> Iterator[Row]:
    """Under the quarter they belong to, so that sent back they can only correct that one."""
    for key, counts in last.items():
        yield row_of(key, counts, blank.as_of)


def row_of(key: CellKey, counts: Mapping[Step, int], as_of: date) -> Row:
    row: Row = dict.fromkeys(NAMES, "")
    row |= {
        "schema_version": SCHEMA,
        "group_id": key.group_id,
        "site_id": key.site_id,
        "period": key.period,
        "as_of_date": as_of.isoformat(),
        "unit": Unit.PATIENTS,
        "need": key.need,
        "stratum_type": key.stratum_type,
        "stratum": key.stratum,
    }
    return row | {NAME_OF[step]: value for step, value in counts.items() if step in NAME_OF}


def from_counts(
    known: Mapping[FunnelCell, int], group_id: str, site_id: str, period: Period
) -> dict[CellKey, dict[Step, int]]:
    """The counts of a quarter as rows: its row of all needs is that of `any`.

    The eligible stand in every row, as the table asks for them.
    """
    found: dict[tuple[Stratum, Need], dict[Step, int]] = defaultdict(dict)
    for cell, value in known.items():
        if cell.need is not None and cell.step in NAME_OF:
            found[cell.stratum, cell.need][cell.step] = value
    for cell, value in known.items():
        if cell.need is None and cell.step in OF_GROUP_ROW:
            found[cell.stratum, Need.ANY][OF_GROUP_ROW[cell.step]] = value
    for (part, need), counts in found.items():
        counts |= of_the_group(known, part, need)
    for (kind, need), missing in in_no_part(found).items():
        for step, value in missing.items():
            unknown = found[Stratum(kind, UNKNOWN), need]
            unknown[step] = unknown.get(step, 0) + value
    return {
        CellKey(group_id, site_id, str(period), need, part.type, part.name): counts
        for (part, need), counts in sorted(found.items(), key=in_order)
    }


def in_no_part(
    found: Mapping[tuple[Stratum, Need], Mapping[Step, int]],
) -> dict[tuple[StratumType, Need], dict[Step, int]]:
    """Patients whom the parts leave out. The table wants everybody in one, so they are handed out
    as not known: what nobody has changed must not be refused when it comes back."""
    parts: dict[tuple[StratumType, Need], list[Mapping[Step, int]]] = defaultdict(list)
    for (part, need), counts in found.items():
        if part != ALL:
            parts[part.type, need].append(counts)
    return {
        (kind, need): {
            step: total - added
            for step, total in found.get((ALL, need), {}).items()
            if all(step in each for each in rows)
            and (added := sum(each[step] for each in rows)) < total
        }
        for (kind, need), rows in parts.items()
    }


def of_the_group(known: Mapping[FunnelCell, int], part: Stratum, need: Need) -> dict[Step, int]:
    of_group = {cell.step: value for cell, value in known.items()
                if cell.need is None and cell.stratum == part}  # fmt: skip
    found: dict[Step, int] = {
        step: of_group[step] for step in (Step.ELIGIBLE, Step.EXCLUDED) if step in of_group
    }
    if need is Need.ANY:
        if Step.DECLINED in of_group:
            found[Step.DECLINED] = of_group[Step.DECLINED]
        if Step.ELIGIBLE in of_group and Step.SCREENING_OFFERED in of_group:
            not_offered = of_group[Step.ELIGIBLE] - of_group[Step.SCREENING_OFFERED]
            found[Step.NOT_OFFERED] = max(0, not_offered)
    return found


def in_order(item: tuple[tuple[Stratum, Need], object]) -> tuple[bool, Stratum, int]:
    (part, need), _ = item
    return part != ALL, part, tuple(Need).index(need)
