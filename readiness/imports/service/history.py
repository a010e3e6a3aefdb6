"""What was ever saved of a quarter's counts, and what stands at each site."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from itertools import groupby

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.core.db import Session
from readiness.core.people import Group, Person, Site
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.counts.models import Revision
from readiness.counts.service.entry import enterable_period
from readiness.counts.social_risk.models import NEED_LABELS, FunnelCell, Step
from readiness.counts.strata import ALL
from readiness.imports import db as uploads
from readiness.imports.models import WHOLE_GROUP, Upload
from readiness.imports.service.review import histories, latest_counts


@dataclass(frozen=True)
class SavedLine:
    """One count, from what to what."""

    site: Site | None  # None: the group as a whole
    cell: FunnelCell
    before: int | None
    after: int | None


@dataclass(frozen=True)
class Saving:
    """What one person saved at one moment, by hand or from an upload."""

    at: datetime
    author: str
    upload: Upload | None
    lines: tuple[SavedLine, ...]


@dataclass(frozen=True)
class CountHistory:
    group: Group
    period: Period
    savings: tuple[Saving, ...]  # newest first


def record(session: Session, group_id: str, written: str) -> CountHistory:
    scope.require_for_group(session, Can.READ_COUNTS, group_id)
    wanted = enterable_period(written, session.now.date())
    lines = social_risk.all_revisions(session.store, group_id, wanted)
    names = people.with_ids(session.store, {line.author_id for _, line in lines})
    sites = {site.id: site for site in groups.sites(session.store, group_id)}
    taken = [each for each in uploads.of_group(session.store, group_id) if wanted in each.taken]
    return CountHistory(
        groups.get(session.store, group_id),
        wanted,
        tuple(savings(lines, names, sites, taken))[::-1],
    )


def savings(
    lines: list[tuple[str, Revision[FunnelCell]]],
    names: Mapping[str, Person],
    sites: Mapping[str, Site],
    taken: list[Upload],
) -> Iterator[Saving]:
    """Oldest first."""
    last: dict[tuple[str, FunnelCell], int | None] = {}
    from_upload = {(each.decided_at, each.decided_by): each for each in taken}
    for (at, author_id), together in groupby(
        lines, key=lambda pair: (pair[1].at, pair[1].author_id)
    ):
        saved: list[SavedLine] = []
        for site_id, line in together:
            before = last.get((site_id, line.cell))
            saved.append(SavedLine(sites.get(site_id), line.cell, before, line.value))
            last[site_id, line.cell] = line.value
        author = names[author_id].name if author_id in names else ""
        yield Saving(at, author, from_upload.get((at, author_id)), tuple(saved))


@dataclass(frozen=True)
class CountsBySite:
    group: Group
    period: Period
    sites: tuple[Site, ...]  # those with counts
    rows: tuple[tuple[FunnelCell, tuple[int | None, ...]], ...]  # the group first, then its sites
    breakdowns: int  # counts by breakdown, shown elsewhere


def by_site(session: Session, group_id: str, written: str) -> CountsBySite:
    """Every count of all patients, those that only files bring too."""
    scope.require_for_group(session, Can.READ_COUNTS, group_id)
    wanted = enterable_period(written, session.now.date())
    standing = latest_counts(histories(social_risk.all_revisions(session.store, group_id, wanted)))
    sites = tuple(site for site in groups.sites(session.store, group_id) if standing.get(site.id))
    columns = [standing[WHOLE_GROUP], *(standing[site.id] for site in sites)]
    cells = {cell for column in columns for cell in column if cell.stratum == ALL}
    return CountsBySite(
        group=groups.get(session.store, group_id),
        period=wanted,
        sites=sites,
        rows=tuple(
            (cell, tuple(column.get(cell) for column in columns))
            for cell in sorted(cells, key=place)
        ),
        breakdowns=sum(cell.stratum != ALL for cell in standing[WHOLE_GROUP]),
    )


NEEDS, STEPS = (None, *NEED_LABELS), tuple(Step)


def place(cell: FunnelCell) -> tuple[int, int]:
    """As the grid has them: all needs, then each, step by step."""
    return NEEDS.index(cell.need), STEPS.index(cell.step)
