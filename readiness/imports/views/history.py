"""A quarter's counts site by site, and everything that was ever saved of them."""

from __future__ import annotations

from dataclasses import dataclass

from flask import Blueprint, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session
from readiness.core.web.template_filters import moment
from readiness.imports.presenter import counted, written
from readiness.imports.service import history
from readiness.imports.service.history import SavedLine, Saving

bp = Blueprint("screen_records", __name__)
MOST_LINES = 200  # of one saving; an upload with breakdowns has thousands


@bp.get("/groups/<group_id>/counts/<period>/sites")
@needs(Can.READ_COUNTS)
def by_site(group_id: str, period: str) -> ResponseReturnValue:
    found = history.by_site(session(), group_id, period)
    return render_template(
        "counts/social_risk/by_site.html",
        found=found,
        rows=[(cell.label, [written(value) for value in values]) for cell, values in found.rows],
    )


@bp.get("/groups/<group_id>/counts/<period>/history")
@needs(Can.READ_COUNTS)
def record(group_id: str, period: str) -> ResponseReturnValue:
    found = history.record(session(), group_id, period)
    return render_template(
        "counts/social_risk/record.html",
        found=found,
        savings=[saving_shown(saving, group_id) for saving in found.savings],
    )


@dataclass(frozen=True)
class SavingShown:
    at: str
    author: str
    upload: str  # its address
    says: str
    lines: tuple[tuple[str, str, str], ...]
    more: int


def saving_shown(saving: Saving, group_id: str) -> SavingShown:
    upload = saving.upload
    return SavingShown(
        at=moment(saving.at),
        author=saving.author,
        upload=url_for("upload.show", group_id=group_id, upload_id=upload.id) if upload else "",
        says=counted(len(saving.lines), "count"),
        lines=tuple(line_shown(line) for line in saving.lines[:MOST_LINES]),
        more=max(0, len(saving.lines) - MOST_LINES),
    )


def line_shown(line: SavedLine) -> tuple[str, str, str]:
    label = f"{line.site.name}: {line.cell.label}" if line.site else line.cell.label
    return label, written(line.before), written(line.after)
