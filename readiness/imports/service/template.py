"""The table of counts to fill in, made for one group: its sites, and what was sent last."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core.db import Session, Store
from readiness.core.people import Site
from readiness.core.periods import latest_closed
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.counts.social_risk.models import STRATUM_TYPES, Step
from readiness.imports.models import WHOLE_GROUP
from readiness.imports.screens.models import WHOLE, CellKey
from readiness.imports.service.review import histories, latest_counts
from readiness.imports.template.workbook import BlankTemplate, from_counts

Last = Mapping[CellKey, Mapping[Step, int]]
Written = Callable[[BlankTemplate, Last], bytes]


def template_for(session: Session, group_id: str, write: Written) -> bytes:
    """For the latest closed quarter, with the counts of the newest one before it that has any."""
    scope.require_for_group(session, Can.READ_COUNTS, group_id)
    sites = groups.sites(session.store, group_id)
    wanted = latest_closed(session.now.date())
    blank = BlankTemplate(
        group_id, wanted, session.now.date(), site_ids(sites), kinds=STRATUM_TYPES
    )
    return write(blank, last_counts(session.store, group_id, blank))


def site_ids(sites: tuple[Site, ...]) -> tuple[str, ...]:
    """A group with one site is counted as a whole."""
    return tuple(site.id for site in sites) if len(sites) > 1 else ()


def last_counts(store: Store, group_id: str, blank: BlankTemplate) -> Last:
    before = [
        quarter for quarter in social_risk.of_group(store, group_id) if quarter < blank.period
    ]
    if not before:
        return {}
    quarter = max(before)
    found: dict[CellKey, Mapping[Step, int]] = {}
    for site_id, cells in latest_counts(
        histories(social_risk.all_revisions(store, group_id, quarter))
    ).items():
        named = WHOLE if site_id == WHOLE_GROUP else site_id
        found |= from_counts(cells, group_id, named, quarter)
    return found
