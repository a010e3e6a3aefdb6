"""What an upload would change, and the yes or no to it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, ChangedMeanwhile, Problem, WrongState
from readiness.core.people import Group, Person, Site
from readiness.core.periods import Period
from readiness.core.permissions import Can
from readiness.counts.db import social_risk
from readiness.counts.edits import latest, revision_of
from readiness.counts.models import History, PeriodState, Revision
from readiness.counts.service import entry
from readiness.counts.service.social_risk import SCHEMA
from readiness.counts.social_risk.checks import Finding, contradictions
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts
from readiness.imports import db as uploads
from readiness.imports.models import (
    WHOLE_GROUP,
    BySite,
    CountComparison,
    SavedMapping,
    Upload,
    UploadState,
    changes_by_site,
    compare_counts,
    counts_after,
    replaced_by,
)
from readiness.imports.service.upload import require_upload

NONE_CHOSEN = "Tick at least one quarter to save."
CHANGED = (
    "Somebody changed these counts since you looked. Nothing was overwritten. "
    "Compare what you saw with what stands now, then save what you agree on."
)
NOT_READ = "There is nothing here to save. Upload the file again."


class CountsChanged(ChangedMeanwhile):
    """What the person compared with is no longer what stands."""


@dataclass(frozen=True)
class ChangeSinceSeen:
    """One count that somebody changed after the person looked."""

    site: Site | None
    cell: FunnelCell
    seen: int | None
    now: int | None


@dataclass(frozen=True)
class SiteChanges:
    site: Site | None  # None: the group as a whole
    lines: tuple[CountComparison, ...]


@dataclass(frozen=True)
class QuarterPreview:
    period: Period
    state: PeriodState | None
    revisions: int  # how many were saved when this was shown
    has_counts: bool
    sites: tuple[SiteChanges, ...]  # the group first
    contradictions: tuple[Finding, ...]  # once it is saved
    since: tuple[ChangeSinceSeen, ...] = ()

    @property
    def changed(self) -> int:
        return sum(line.is_changed for part in self.sites for line in part.lines)


@dataclass(frozen=True)
class UploadPreview:
    group: Group
    upload: Upload
    author: str
    same: tuple[Upload, ...]  # earlier ones with the same content
    quarters: tuple[QuarterPreview, ...]  # newest first
    mapping: SavedMapping | None = None  # by which it was read


Histories = Mapping[str, History[FunnelCell]]  # by site


def histories(
    lines: list[tuple[str, Revision[FunnelCell]]],
) -> dict[str, dict[FunnelCell, list[Revision[FunnelCell]]]]:
    found: dict[str, dict[FunnelCell, list[Revision[FunnelCell]]]] = {WHOLE_GROUP: {}}
    for site_id, line in lines:
        found.setdefault(site_id, {}).setdefault(line.cell, []).append(line)
    return found


def latest_counts(by_site: Histories) -> dict[str, dict[FunnelCell, int]]:
    return {site_id: latest(history) for site_id, history in by_site.items()}


def preview(
    session: Session,
    group_id: str,
    upload_id: str,
    seen: Mapping[Period, int] | None = None,
) -> UploadPreview:
    """With `seen`, how many revisions each quarter had when the person looked before."""
    upload = require_upload(session, group_id, upload_id, Can.READ_COUNTS)
    sites = {site.id: site for site in groups.sites(session.store, group_id)}
    brought = uploads.found_in(session.store, upload_id) if upload.state is UploadState.READ else {}
    names = people.with_ids(session.store, {upload.author_id})
    author = names.get(upload.author_id)
    return UploadPreview(
        group=groups.get(session.store, group_id),
        upload=upload,
        author=author.name if author else "",
        same=tuple(same_content(session.store, upload)),
        quarters=tuple(
            quarter_preview(session.store, group_id, quarter, brought[quarter], sites, seen or {})
            for quarter in sorted(brought, reverse=True)
        ),
        mapping=uploads.mapping(session.store, upload.mapping_id) if upload.mapping_id else None,
    )


def same_content(store: Store, upload: Upload) -> list[Upload]:
    """Those before it that can still be looked at."""
    return [
        each
        for each in uploads.of_group(store, upload.group_id)
        if each.sha256 == upload.sha256
        and each.id != upload.id
        and each.at <= upload.at
        and each.state in (UploadState.CONFIRMED, UploadState.READ, UploadState.REFUSED)
    ]


def quarter_preview(
    store: Store,
    group_id: str,
    quarter: Period,
    brought: BySite,
    sites: Mapping[str, Site],
    seen: Mapping[Period, int],
) -> QuarterPreview:
    lines = social_risk.all_revisions(store, group_id, quarter)
    current = latest_counts(histories(lines))
    changed = changes_by_site(current, brought)
    whole = counts_after(current[WHOLE_GROUP], changed.get(WHOLE_GROUP, {}))
    return QuarterPreview(
        period=quarter,
        state=social_risk.status(store, group_id, quarter).state,
        revisions=len(lines),
        has_counts=any(current.values()),
        sites=tuple(
            SiteChanges(
                sites.get(site_id),
                compare_counts(
                    current.get(site_id, {}), brought.get(site_id, {}), changed.get(site_id, {})
                ),
            )
            for site_id in sorted({WHOLE_GROUP, *brought, *changed})
        ),
        contradictions=contradictions(FunnelCounts(quarter, whole)),
        since=changed_since(lines, seen.get(quarter), sites),
    )


def changed_since(
    lines: list[tuple[str, Revision[FunnelCell]]], seen: int | None, sites: Mapping[str, Site]
) -> tuple[ChangeSinceSeen, ...]:
    if seen is None or seen >= len(lines):
        return ()
    before, now = latest_counts(histories(lines[:seen])), latest_counts(histories(lines))
    touched = dict.fromkeys((site_id, line.cell) for site_id, line in lines[seen:])
    return tuple(
        ChangeSinceSeen(
            sites.get(site_id), cell, before.get(site_id, {}).get(cell), now[site_id].get(cell)
        )
        for site_id, cell in touched
    )


@dataclass(frozen=True)
class Confirmation:
    quarters: tuple[Period, ...]
    changed: int  # counts


def confirm(
    session: Session,
    group_id: str,
    upload_id: str,
    chosen: Mapping[Period, int],
) -> Confirmation:
    """Take the chosen quarters over, all or none."""
    with session.store.writing():
        upload = require_upload(session, group_id, upload_id, Can.ENTER_COUNTS)
        if upload.state is not UploadState.READ:
            raise WrongState(NOT_READ)
        taken = tuple(quarter for quarter in upload.quarters if quarter in chosen)
        if not taken:
            raise BadInput([Problem("quarters", NONE_CHOSEN)])
        brought = uploads.found_in(session.store, upload_id)
        changed = sum(
            apply_upload(session, upload, quarter, brought[quarter], chosen[quarter])
            for quarter in taken
        )
        uploads.decide(
            session.store, upload_id, UploadState.CONFIRMED, taken, session.actor.id, session.now
        )
    return Confirmation(taken, changed)


def apply_upload(
    session: Session,
    upload: Upload,
    quarter: Period,
    brought: BySite,
    seen: int,
) -> int:
    lines = social_risk.all_revisions(session.store, upload.group_id, quarter)
    if len(lines) != seen:
        raise CountsChanged(CHANGED)
    by_site = histories(lines)
    changed = changes_by_site(latest_counts(by_site), brought)
    for site_id, values in changed.items():
        history = by_site.get(site_id, {})
        revisions = [
            Revision(cell, revision_of(history, cell) + 1, value, session.actor.id, session.now)
            for cell, value in values.items()
        ]
        social_risk.save(session.store, upload.group_id, quarter, revisions, site_id=site_id)
    number = sum(map(len, changed.values()))
    event = Event(
        session.now,
        session.actor.id,
        "saved an upload",
        "counts",
        str(quarter),
        group_id=upload.group_id,
        detail={"upload": upload.id, "counts": number},
    )
    audit.record(session.store, event)
    if changed:
        today = session.now.date()
        before = entry.read(session.store, SCHEMA, upload.group_id, quarter, today)
        entry.reopen(session, SCHEMA, before)
    return number


def discard(session: Session, group_id: str, upload_id: str) -> None:
    require_upload(session, group_id, upload_id, Can.ENTER_COUNTS)
    uploads.decide(
        session.store, upload_id, UploadState.DISCARDED, (), session.actor.id, session.now
    )


# The list


@dataclass(frozen=True)
class SavedQuarter:
    period: Period
    replaced_by: Upload | None


@dataclass(frozen=True)
class UploadLine:
    upload: Upload
    author: str
    taken: tuple[SavedQuarter, ...]


@dataclass(frozen=True)
class UploadList:
    group: Group
    sites: tuple[Site, ...]
    lines: tuple[UploadLine, ...]  # newest first


def list_uploads(session: Session, group_id: str) -> UploadList:
    scope.require_for_group(session, Can.READ_COUNTS, group_id)
    found = uploads.of_group(session.store, group_id)
    names = people.with_ids(session.store, {upload.author_id for upload in found})
    return UploadList(
        group=groups.get(session.store, group_id),
        sites=groups.sites(session.store, group_id),
        lines=tuple(
            line_of(upload, found, names)
            for upload in found
            if upload.state is not UploadState.DISCARDED
        ),
    )


def line_of(upload: Upload, others: tuple[Upload, ...], names: Mapping[str, Person]) -> UploadLine:
    return UploadLine(
        upload,
        names[upload.author_id].name if upload.author_id in names else "",
        tuple(
            SavedQuarter(quarter, replaced_by(upload, quarter, others)) for quarter in upload.taken
        ),
    )
