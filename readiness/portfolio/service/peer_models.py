"""What many groups tell of one over the years, and rates of few groups drawn toward a prior."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields

from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.db import Session
from readiness.core.errors import BadInput, Problem
from readiness.core.exports import Cell, Sheet
from readiness.core.numbers import comma_fault, number_in
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.equity import db as peers
from readiness.equity import prior_json
from readiness.equity.over_years import PeriodSeries, series_of
from readiness.equity.shrinkage import DeclaredPriors, StratumShrinkage, shrunken_rates
from readiness.equity.tables import StratumTable, TableKey
from readiness.portfolio.service.peers import (
    PeerComparison,
    comparison_sheet,
    readable_ids,
    table_of,
)

PRIOR_HEADER = ("Rate drawn toward a prior", "Drawn from", "Drawn to", "Prior")


def over_years(session: Session, payer_id: str, found: PeerComparison) -> PeriodSeries | None:
    """The gap of the chosen stratum, or its rate where no gap is shown, in years with no patient-
    year in common: those that end whole years before the chosen one. None for fewer than two."""
    permissions.require(session.actor, Can.REVIEW_PORTFOLIO, scope.of_payer(payer_id))
    shared = peers.sharing_groups(session.store, payer_id, session.now.date())
    by_period: dict[str, list[StratumTable]] = {}
    for each in peers.releases_of_measure(
        session.store, readable_ids(shared), found.choices.measure.id
    ):
        table = table_of(each, found.choices.kind)
        if table and is_whole_years_before(each.period, found.choices.period):
            by_period.setdefault(str(each.period), []).append(table)
    if len(by_period) < 2:
        return None
    return series_of(by_period, found.stratum, found.reference if found.gaps else None)


def is_whole_years_before(ending: Period, chosen: Period) -> bool:
    return ending.quarter == chosen.quarter and ending <= chosen


@dataclass(frozen=True)
class TypedPrior:
    """As an address holds it: empty for none."""

    prior_name: str = ""
    prior_source: str = ""
    prior_made_on: str = ""
    alpha: str = ""
    beta: str = ""

    @property
    def given(self) -> dict[str, str]:
        values = {each.name: str(getattr(self, each.name)).strip() for each in fields(self)}
        return {name: value for name, value in values.items() if value}


@dataclass(frozen=True)
class PeerShrinkage:
    """Rates of the chosen stratum drawn toward a prior, by group."""

    priors: DeclaredPriors | None = None
    rates: Mapping[str, StratumShrinkage] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()


def shrink_rates(found: PeerComparison, typed: TypedPrior) -> PeerShrinkage:
    if not typed.given:
        return PeerShrinkage()
    try:
        priors = prior_json.read(json.dumps(as_file(found, typed)).encode())
    except BadInput as wrong:
        return PeerShrinkage(problems=tuple(with_comma(each, typed) for each in wrong.problems))
    tables = list(stratum_tables(found))
    drawn = shrunken_rates(tables, priors) if tables else {}
    return PeerShrinkage(priors, {group_id: each for (group_id, _), each in drawn.items()})


def with_comma(problem: Problem, typed: TypedPrior) -> Problem:
    """A decimal comma is named: that a number is missing would not help whoever typed one."""
    name = problem.place.rpartition(" › ")[2]
    fault = comma_fault(getattr(typed, name)) if name in ("alpha", "beta") else ""
    return Problem(problem.place, fault.removesuffix(".")) if fault else problem


def as_file(found: PeerComparison, typed: TypedPrior) -> dict[str, object]:
    """The file that `flask equity --prior` reads, of one stratum."""
    place = {
        "measure": found.choices.measure.id,
        "stratum_type": found.choices.kind,
        "stratum": found.stratum,
    }
    return {
        "name": typed.prior_name.strip(),
        "source": typed.prior_source.strip(),
        "made_on": typed.prior_made_on.strip(),
        "rates": [{**place, "alpha": parameter_in(typed.alpha), "beta": parameter_in(typed.beta)}],
    }


def parameter_in(text: str) -> object:
    """What is no number stays as it is, for the reader to name."""
    found = number_in(text)
    return text if found is None else float(found)


def stratum_tables(found: PeerComparison) -> Iterator[StratumTable]:
    choices = found.choices
    for line in found.lines:
        if line.own:
            place = TableKey(choices.measure.id, str(choices.period), line.group.id, choices.kind)
            yield StratumTable(place, {found.stratum: line.own})


def sheet_with_prior(found: PeerComparison, drawn: PeerShrinkage) -> Sheet:
    """The comparison as it stands, and behind it what was drawn toward a prior, if any was."""
    sheet = comparison_sheet(found)
    if drawn.priors is None:
        return sheet
    more = [prior_cells(drawn, line.group.id) for line in found.lines]
    rows = ((*row, *own) for row, own in zip(sheet.rows, more, strict=True))
    return Sheet(sheet.name, (*sheet.header, *PRIOR_HEADER), rows, sheet.widths)


def prior_cells(drawn: PeerShrinkage, group_id: str) -> Sequence[Cell]:
    own = drawn.rates.get(group_id)
    if own is None or drawn.priors is None:
        return (None,) * len(PRIOR_HEADER)
    prior = drawn.priors
    named = f"{prior.name} ({prior.source}, {prior.made_on})"
    return (
        own.rate.mean,
        own.rate.low,
        own.rate.high,
        named if own.is_declared else "these groups",
    )
