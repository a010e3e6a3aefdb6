"""Counts as DHIS2 takes and gives them: a long table with one line for each count.

Whoever writes a line and whoever reads it back look here.
"""

from __future__ import annotations

from collections.abc import Iterator

from readiness.core.periods import CalendarYear, Period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import ALL, STRATA, Stratum
from readiness.imports.models import KnownCounts

HEADINGS = ("orgUnit", "period", "dataElement", "categoryOptionCombo", "value")
EVERYBODY = "default"  # as DHIS2 calls what is not broken down
OF_ANY = {Step.SCREENED: "any_screened", Step.ANY_POSITIVE: "any_positive"}
Line = tuple[str, str, str, str, int]


def data_element(cell: FunnelCell) -> str:
    """
    >>> data_element(FunnelCell(Step.ELIGIBLE)), data_element(FunnelCell(Step.SCREENED))
    ('all_eligible', 'any_screened')
    """
    if cell.need is None:
        return OF_ANY.get(cell.step, f"all_{cell.step}")
    return f"{cell.need}_{cell.step}"


def option_combo(part: Stratum) -> str:
    return EVERYBODY if part == ALL else f"{part.type}:{part.name}"


CELLS = {  # the group's own last: what they share with the need "any" is theirs
    data_element(cell): cell
    for need in (*Need, None)
    for cell in (FunnelCell(step, need) for step in Step)
}
PARTS = {option_combo(ALL): ALL} | {
    option_combo(part): part
    for part in (Stratum(kind, name) for kind, names in STRATA.items() for name in names)
}


def period_id(period: Period | CalendarYear) -> str:
    """
    >>> period_id(Period(2026, 3)), period_id(CalendarYear(2026))
    ('2026Q3', '2026')
    """
    return str(period).replace("-", "")


def lines_of(org_unit: str, period: Period | CalendarYear, known: KnownCounts) -> Iterator[Line]:
    for cell in sorted(known, key=lambda each: each.key):
        yield (
            org_unit,
            period_id(period),
            data_element(cell),
            option_combo(cell.stratum),
            known[cell],
        )
