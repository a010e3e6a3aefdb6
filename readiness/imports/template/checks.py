"""What cannot be true of a filled table of counts, and what is odd about it.

The rules that hold for every quarter however it is entered stand in `screening_checks` and
`screening_oddities`; here are those that only a table can break. Each rule is a line in a table.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from itertools import chain

from readiness.core.errors import Problem
from readiness.core.periods import Period, period
from readiness.counts.social_risk.checks import Finding, contradictions, oddities
from readiness.counts.social_risk.models import (
    FIVE,
    NEED_LABELS,
    NEED_STEPS,
    FunnelCell,
    FunnelCounts,
    Need,
    Step,
)
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum, StratumType
from readiness.imports.screens.models import WHOLE
from readiness.imports.screens.quarter_counts import cells_of
from readiness.imports.template.models import STEPS, SUPPRESSED, TemplateLine, Unit

# Each step is at most the largest of those after it that are known.
AT_MOST: tuple[tuple[Step, tuple[Step, ...]], ...] = (
    (Step.WANTS_HELP_ALL, (Step.SCREENED,)),
    (Step.HELP_OFFERED, (Step.POSITIVE, Step.WANTS_HELP_ALL)),
    (Step.INTERVENTION_30D, (Step.POSITIVE,)),
    (Step.POSITIVE_MATURE, (Step.POSITIVE,)),
    (Step.CONNECTED_30D, (Step.HELP_OFFERED,)),
    (Step.CONNECTED_30D, (Step.POSITIVE_MATURE,)),
    (Step.CONNECTED_30D, (Step.CSP_CONTACT_60D,)),
)
PARTS_OF_ELIGIBLE = (
    Step.NOT_OFFERED,
    Step.DECLINED,
    Step.UNKNOWN,
    Step.INCOMPLETE,
    Step.SCREENED,
)
ENOUGH = 30  # patients screened before 0% or 100% is odd
CHECK = "Check these numbers."

Where = tuple[str, str, str]  # group, site, period


@dataclass(frozen=True)
class QuarterRows:
    """All rows of one group, site and period."""

    lines: Sequence[TemplateLine]

    @property
    def period(self) -> Period:
        return period(self.lines[0].key.period)

    @cached_property
    def by_row(self) -> dict[tuple[Need | None, Stratum], TemplateLine]:
        return {(line.need, line.part): line for line in self.lines}

    @cached_property
    def counts(self) -> FunnelCounts:
        """As every quarter is held; of screens, without the patients they are no part of."""
        known: dict[FunnelCell, int] = {}
        for part in {line.part for line in self.lines}:
            needs: dict[Need | None, Mapping[Step, int]] = {
                line.need: funnel_counts(line) for line in self.lines if line.part == part
            }
            known.update(cells_of(needs, part))
        return FunnelCounts(self.period, known)

    def line_of(self, cell: FunnelCell) -> TemplateLine:
        """Where a number stands; that of the whole group in the first row of its patients."""
        if cell.need is not None:
            return self.by_row[cell.need, cell.stratum]
        for need in (None, Need.ANY):
            if found := self.by_row.get((need, cell.stratum)):
                return found
        return next((line for line in self.lines if line.part == cell.stratum), self.lines[0])


def funnel_counts(line: TemplateLine) -> Mapping[Step, int]:
    if line.unit is Unit.PATIENTS:
        return line.counts
    return {step: value for step, value in line.counts.items() if step is not Step.ELIGIBLE}


def quarters_of(lines: Sequence[TemplateLine]) -> dict[Where, QuarterRows]:
    found: dict[Where, list[TemplateLine]] = defaultdict(list)
    for line in lines:
        found[line.key.group_id, line.key.site_id, line.key.period].append(line)
    return {where: QuarterRows(of) for where, of in found.items()}


def problems_of(lines: Sequence[TemplateLine]) -> Iterator[Problem]:
    quarters = quarters_of(lines)
    for line in lines:
        yield from within_row(line)
    for quarter in quarters.values():
        yield from total_missing(quarter)
        yield from eligible_differ(quarter)
        yield from all_five(quarter)
        yield from parts_differ(quarter)
        for finding in contradictions(quarter.counts):
            yield problem_from(finding, quarter)
    yield from sites_over_group(quarters)


def warnings_of(lines: Sequence[TemplateLine]) -> Iterator[Problem]:
    quarters = quarters_of(lines)
    for line in lines:
        yield from hidden_at_source(line)
        yield from all_or_nobody(line)
        yield from more_screens_than_patients(line)
    for (group, site, _), quarter in quarters.items():
        before = quarters.get((group, site, str(quarter.period.previous)))
        for finding in oddities(quarter.counts, before.counts if before else None):
            yield problem_from(finding, quarter)
        yield from all_alike(quarter)


def problem_from(finding: Finding, quarter: QuarterRows) -> Problem:
    """A finding about a cell, at the row and column where the person sees it."""
    line = quarter.line_of(finding.cell)
    step = finding.cell.step
    if finding.cell.need is None and line.need is Need.ANY:
        step = {Step.ANY_POSITIVE: Step.POSITIVE}.get(step, step)
    column = step if step in STEPS or step in line.places else Step.SCREENED
    return Problem(line.at(column), finding.says)


# Rules of one row


def within_row(line: TemplateLine) -> Iterator[Problem]:
    for step, limits in AT_MOST:
        known = {limit: line.counts[limit] for limit in limits if limit in line.counts}
        if not known or line.counts.get(step, 0) <= max(known.values()):
            continue
        at_most = " or ".join(f"{limit} ({value:,})" for limit, value in known.items())
        says = f"{line.counts[step]:,} cannot be more than {at_most}. {CHECK}"
        yield Problem(line.at(step), says)
    if line.unit is Unit.PATIENTS:
        yield from eligible_add_up(line)


def eligible_add_up(line: TemplateLine) -> Iterator[Problem]:
    """Everybody eligible ended in one of five ways; those not known may explain a rest."""
    eligible = line.counts.get(Step.ELIGIBLE)
    if eligible is None:
        return
    known = {step: line.counts[step] for step in PARTS_OF_ELIGIBLE if step in line.counts}
    total = sum(known.values())
    is_whole = len(known) == len(PARTS_OF_ELIGIBLE)
    if total > eligible or (is_whole and total < eligible):
        names = ", ".join(known)
        relation = "more" if total > eligible else "fewer"
        says = f"{names} add up to {total:,}, {relation} than the eligible ({eligible:,}). {CHECK}"
        yield Problem(line.at("eligible"), says)


def hidden_at_source(line: TemplateLine) -> Iterator[Problem]:
    for step in sorted(line.suppressed):
        says = f"{SUPPRESSED} at the source is taken as not known. Send the true number if you can."
        yield Problem(line.at(step), says)


def all_or_nobody(line: TemplateLine) -> Iterator[Problem]:
    screened, positive = line.counts.get(Step.SCREENED, 0), line.counts.get(Step.POSITIVE)
    if line.part == ALL and screened >= ENOUGH and positive in (0, screened):
        who = "nobody" if positive == 0 else "everybody"
        says = f"Of {screened:,} screened, {who} has this need. Check that this is so."
        yield Problem(line.at("positive"), says)


def more_screens_than_patients(line: TemplateLine) -> Iterator[Problem]:
    screened, eligible = line.counts.get(Step.SCREENED), line.counts.get(Step.ELIGIBLE)
    if line.unit is Unit.SCREENS and eligible is not None and (screened or 0) > eligible:
        says = f"{screened:,} screens of {eligible:,} eligible. Send patients where you can."
        yield Problem(line.at("screened"), says)


# Rules over the rows of one group, site and period


def total_missing(quarter: QuarterRows) -> Iterator[Problem]:
    for line in quarter.lines:
        if (line.need, ALL) not in quarter.by_row:
            yield Problem(
                line.place,
                f"There is no total for {line.need or 'the group'} beside its parts. Add the row "
                f"with {'default' if line.places else 'stratum_type total and stratum total'}.",
            )
            return


def eligible_differ(quarter: QuarterRows) -> Iterator[Problem]:
    first: dict[Stratum, TemplateLine] = {}
    for line in quarter.lines:
        if Step.ELIGIBLE not in line.counts:
            continue
        before = first.setdefault(line.part, line)
        there, here = before.counts[Step.ELIGIBLE], line.counts[Step.ELIGIBLE]
        if there != here:
            yield Problem(
                line.at("eligible"),
                f"The eligible are the same for every need: {here:,} here, {there:,} in "
                f"{before.place}. Write the same number in both.",
            )


def all_five(quarter: QuarterRows) -> Iterator[Problem]:
    """Asked about all five: no more than about any one, and no fewer than must overlap."""
    for part in {line.part for line in quarter.lines}:
        row = quarter.by_row.get((Need.ALL5, part))
        each = [quarter.by_row[need, part] for need in FIVE if (need, part) in quarter.by_row]
        screened = [line.counts[Step.SCREENED] for line in each if Step.SCREENED in line.counts]
        value = row.counts.get(Step.SCREENED) if row else None
        if row is None or value is None or len(screened) < len(FIVE):
            continue
        eligible = row.counts.get(Step.ELIGIBLE)
        least = 0 if eligible is None else max(0, sum(screened) - (len(FIVE) - 1) * eligible)
        if not least <= value <= min(screened):
            yield Problem(
                row.at("screened"),
                f"{value:,} asked about all five cannot be: by the five needs it is from {least:,} "
                f"to {min(screened):,}. {CHECK}",
            )


def parts_differ(quarter: QuarterRows) -> Iterator[Problem]:
    """Parts exclude each other and leave nobody out, so they add up to all patients."""
    kinds: dict[tuple[Need | None, StratumType], list[TemplateLine]] = defaultdict(list)
    for line in quarter.lines:
        if line.part != ALL:
            kinds[line.need, line.part.type].append(line)
    for (need, kind), lines in kinds.items():
        whole = quarter.by_row.get((need, ALL))
        for step in Step if whole else ():
            values = [line.counts[step] for line in lines if step in line.counts]
            total = whole.counts.get(step) if whole else None
            if total is None or len(values) < len(lines):
                continue
            if sum(values) < total or (sum(values) > total and step not in NEED_STEPS):
                yield Problem(
                    lines[0].at(step),
                    f"{STRATUM_TYPE_LABELS[kind]} adds up to {sum(values):,}, all patients are "
                    f"{total:,}. Put whoever is missing into the row unknown.",
                )


def sites_over_group(quarters: Mapping[Where, QuarterRows]) -> Iterator[Problem]:
    """A patient has one site, so the sites cannot add up to more than the group."""
    together: dict[tuple[str, str], list[QuarterRows]] = defaultdict(list)
    for (group, site, when), quarter in quarters.items():
        if site != WHOLE:
            together[group, when].append(quarter)
    for (group, when), sites in together.items():
        whole = quarters.get((group, WHOLE, when))
        for row, line in (whole.by_row if whole else {}).items():
            at_sites = [quarter.by_row[row] for quarter in sites if row in quarter.by_row]
            for step, total in line.counts.items():
                added = sum(each.counts.get(step, 0) for each in at_sites)
                if added > total:
                    yield Problem(
                        line.at(step),
                        f"The sites add up to {added:,}, more than the {total:,} of the whole "
                        "group. Count each patient at one site only.",
                    )


def all_alike(quarter: QuarterRows) -> Iterator[Problem]:
    told = [need for need in FIVE if (need, ALL) in quarter.by_row]
    rows = [quarter.by_row[need, ALL] for need in told]
    told_of = {(line.counts.get(Step.SCREENED), line.counts.get(Step.POSITIVE)) for line in rows}
    if len(rows) > 2 and len(told_of) == 1 and next(iter(told_of))[1]:
        needs = ", ".join(NEED_LABELS[need].lower() for need in told)
        says = f"{needs.capitalize()} have the same counts. Check that each was counted by itself."
        yield Problem(rows[0].at("positive"), says)


def looks_like_patients(lines: Sequence[TemplateLine]) -> bool:
    values = set(chain.from_iterable(line.counts.values() for line in lines))
    return values <= {0, 1} and 1 in values
