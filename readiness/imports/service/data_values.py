"""Counts as a long table for DHIS2: those of files, and those that a group keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from readiness.accounts.service import scope
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem
from readiness.core.exports import csv_of
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.imports.data_values import HEADINGS, Line, lines_of
from readiness.imports.models import WHOLE_GROUP, BySite
from readiness.imports.screens.models import NOBODY, WHOLE
from readiness.imports.screens.quarter_counts import file_counts, year_counts
from readiness.imports.service.review import histories, latest_counts
from readiness.imports.service.screens import Aggregation

NO_GROUP = "These files do not say whose counts they are. Name the group with --group."


def table_of(found: Aggregation) -> bytes:
    """Each group as a whole and each of its sites, by quarter, or by the year asked for."""
    groups = {key.group_id for key in (*found.cells, *found.steps, *found.step_counts.steps)}
    if NOBODY in groups:
        raise BadInput([Problem("--group", NO_GROUP)])
    is_of_year = any(len(key.period) == len("2026") for key in found.cells)
    lines_in = year_lines if is_of_year else quarter_lines
    return csv_of(HEADINGS, (line for group in sorted(groups) for line in lines_in(found, group)))


def year_lines(found: Aggregation, group_id: str) -> Iterator[Line]:
    for year, known in sorted(year_counts(found.cells, group_id).items(), key=str):
        yield from lines_of(group_id, year, known)


def quarter_lines(found: Aggregation, group_id: str) -> Iterator[Line]:
    also = found.step_counts.steps
    named = {key.site_id for key in (*found.cells, *found.steps, *also)} - {WHOLE}
    sites: Mapping[str, str] = {site.strip().casefold(): site for site in named}
    counts = file_counts(found.cells, found.steps, group_id, sites, also)
    for quarter in sorted(counts.quarters):
        yield from site_lines(group_id, quarter, counts.quarters[quarter])


def table_of_group(session: Session, group_id: str) -> bytes:
    """Every quarter as it was saved last: the group as a whole and each of its sites."""
    scope.require_for_group(session, Can.READ_COUNTS, group_id)
    return csv_of(HEADINGS, kept_lines(session.store, group_id))


def kept_lines(store: Store, group_id: str) -> Iterator[Line]:
    for quarter in sorted(social_risk.of_group(store, group_id)):
        revisions = social_risk.all_revisions(store, group_id, quarter)
        yield from site_lines(group_id, quarter, latest_counts(histories(revisions)))


def site_lines(group_id: str, quarter: Period, sites: BySite) -> Iterator[Line]:
    for site_id in sorted(sites):
        org_unit = group_id if site_id == WHOLE_GROUP else site_id
        yield from lines_of(org_unit, quarter, sites[site_id])
