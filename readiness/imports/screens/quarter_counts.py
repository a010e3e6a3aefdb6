"""From the cells of a run over a file to the counts that a group's quarter holds.

The row of `any` is the group's own row: its screened patients are those screened, its positives
those with one or more needs. What it says beyond that stands under the need `any`.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.core.errors import BadInput
from readiness.core.periods import CalendarYear, Period, period
from readiness.counts.social_risk.models import FunnelCell, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.imports.models import WHOLE_GROUP, BySite
from readiness.imports.screens.models import NOBODY, WHOLE, CellKey, NeedResult, ResultCounts

Steps = Mapping[Step, int]

OF_GROUP_ROW = {Step.SCREENED: Step.SCREENED, Step.POSITIVE: Step.ANY_POSITIVE}
ALIKE = (Step.ELIGIBLE, Step.EXCLUDED)  # the same for every need, so they stand in the group's row
STEP_OF_RESULT = {
    NeedResult.POSITIVE: Step.POSITIVE,
    NeedResult.DECLINED: Step.DECLINED,
    NeedResult.UNKNOWN: Step.UNKNOWN,
    NeedResult.INCOMPLETE: Step.INCOMPLETE,
}


@dataclass(frozen=True)
class FileCounts:
    """What a file brings, by quarter and site."""

    quarters: Mapping[Period, BySite]
    too_early: int  # quarters before any that counts are kept of
    other_groups: int  # groups named in it that are not this one
    unlisted_sites: int  # sites named in it that are not the group's own


Row = tuple[str, Stratum]  # a site, and a part of its patients
Rows = dict[Row, dict[Need | None, Steps]]  # no need: the row of the whole group
NO_STEPS: Mapping[CellKey, Steps] = {}


def file_counts(
    cells: Mapping[CellKey, ResultCounts],
    steps: Mapping[CellKey, Steps],
    group_id: str,
    sites: Mapping[str, str],  # the group's own: what a file may call one -> its id
    also: Mapping[CellKey, Steps] = NO_STEPS,  # of visits and referrals beside screens
) -> FileCounts:
    steps_by_key = {key: steps_of(key, cells, steps) for key in {*cells, *steps}}
    for key, more in also.items():
        steps_by_key[key] = {**steps_by_key.get(key, {}), **more}
    own = {key: of for key, of in steps_by_key.items() if key.group_id in (NOBODY, group_id)}
    named = {key.site_id for key in own} - {WHOLE}
    written = sorted({key.period for key in own})
    quarters = [quarter for text in written if (quarter := quarter_of(text))]
    return FileCounts(
        quarters={
            quarter: by_site(rows_of(own, quarter), sites, is_table=bool(steps))
            for quarter in quarters
        },
        too_early=len(written) - len(quarters),
        other_groups=len({key.group_id for key in steps_by_key} - {NOBODY, group_id}),
        unlisted_sites=len([site for site in named if site_id(site, sites) is None]),
    )


def year_counts(
    cells: Mapping[CellKey, ResultCounts], group_id: str
) -> dict[CalendarYear, dict[FunnelCell, int]]:
    """Of the group as a whole, each patient once in the year."""
    own = {key: steps_of(key, cells, {}) for key in cells if key.group_id in (NOBODY, group_id)}
    years = {CalendarYear(int(key.period)) for key in own}
    return {
        year: dict(by_site(rows_of(own, year), {}, is_table=False)[WHOLE_GROUP]) for year in years
    }


def quarter_of(written: str) -> Period | None:
    try:
        return period(written)
    except ValueError:
        return None


def steps_of(
    key: CellKey, cells: Mapping[CellKey, ResultCounts], steps: Mapping[CellKey, Steps]
) -> dict[Step, int]:
    """Of a table of counts exactly what it tells; of screens the five results of a need."""
    if key in steps:
        return dict(steps[key])
    counted = cells[key]
    found = {step: counted.of(result) for result, step in STEP_OF_RESULT.items()}
    return {Step.SCREENED: counted.screened, **found}


def rows_of(steps_by_key: Mapping[CellKey, Steps], quarter: Period | CalendarYear) -> Rows:
    found: Rows = defaultdict(dict)
    for key, of in steps_by_key.items():
        if key.period == str(quarter):
            part = Stratum(StratumType(key.stratum_type), key.stratum)
            found[key.site_id, part][Need(key.need) if key.need else None] = of
    return found


def site_id(named: str, sites: Mapping[str, str]) -> str | None:
    return sites.get(named.strip().casefold())


def by_site(rows: Rows, sites: Mapping[str, str], *, is_table: bool) -> BySite:
    """The group as a whole, and each of its own sites.

    In a table of counts the rows without a site are the whole; without them the whole is the sum
    over the sites. Of screens, those without a site are patients like all others, and are added.
    """
    found: dict[str, Counter[FunnelCell]] = defaultdict(Counter)
    whole: dict[FunnelCell, int] = {}
    for (named, part), needs in rows.items():
        brought = dict(cells_of(needs, part))
        if named == WHOLE and is_table:
            whole |= brought
            continue
        add_counts(found[WHOLE_GROUP], brought)
        if own := site_id(named, sites):
            add_counts(found[own], brought)
    return {**found, WHOLE_GROUP: {**found[WHOLE_GROUP], **whole}}


def add_counts(total: Counter[FunnelCell], brought: Mapping[FunnelCell, int]) -> None:
    """A zero is a count too: what is told stays told."""
    for cell, value in brought.items():
        total[cell] += value


def cells_of(needs: Mapping[Need | None, Steps], part: Stratum) -> Iterator[tuple[FunnelCell, int]]:
    for step, value in group_row(needs).items():
        yield FunnelCell(step, None, part), value
    for need, steps in needs.items():
        for step, value in steps.items():
            is_made = step in ALIKE or (need is Need.ANY and step in OF_GROUP_ROW)
            if need is None or not is_made:  # what is made of others stands in the group's row
                yield FunnelCell(step, need, part), value


def group_row(needs: Mapping[Need | None, Steps]) -> dict[Step, int]:
    any_row = needs.get(Need.ANY, {})
    found = {OF_GROUP_ROW[step]: any_row[step] for step in OF_GROUP_ROW if step in any_row}
    head = any_row if Step.ELIGIBLE in any_row else with_eligible(needs)
    found |= {step: head[step] for step in ALIKE if step in head}
    if Step.ELIGIBLE in head and Step.NOT_OFFERED in head:
        found[Step.SCREENING_OFFERED] = max(0, head[Step.ELIGIBLE] - head[Step.NOT_OFFERED])
    if Step.ELIGIBLE in any_row and Step.DECLINED in any_row:
        found[Step.DECLINED] = any_row[Step.DECLINED]
    return found


def with_eligible(needs: Mapping[Need | None, Steps]) -> Steps:
    rows = (needs[need] for need in Need if need in needs)
    return next((row for row in rows if Step.ELIGIBLE in row), {})


TWICE = (
    "Two of the files tell of the same patients: the same group, site, quarter, need and stratum. "
    "Keep one of the two; where they are months, count the quarter as a whole, so that each "
    "patient counts once."
)


def add_tables(tables: Sequence[Mapping[CellKey, Steps]], group_id: str) -> dict[CellKey, Steps]:
    """All rows of all tables; those that name no group are of `group_id`."""
    found: dict[CellKey, Steps] = {}
    for table in tables:
        named = {of_group(key, group_id): steps for key, steps in table.items()}
        if found.keys() & named.keys():
            raise BadInput(TWICE)
        found |= named
    return found


def of_group(key: CellKey, group_id: str) -> CellKey:
    return replace(key, group_id=group_id) if group_id and key.group_id == NOBODY else key


def in_period(
    steps: Mapping[CellKey, Steps], period: Period | CalendarYear | None
) -> dict[CellKey, Steps]:
    return {key: each for key, each in steps.items() if period is None or key.period == str(period)}


def counts_of(steps: Steps) -> ResultCounts:
    """The results that a row tells; what it leaves open is counted as nobody here."""
    positive = steps.get(Step.POSITIVE, 0)
    return ResultCounts(
        positive=positive,
        negative=max(0, steps.get(Step.SCREENED, positive) - positive),
        declined=steps.get(Step.DECLINED, 0),
        unknown=steps.get(Step.UNKNOWN, 0),
        incomplete=steps.get(Step.INCOMPLETE, 0),
    )
