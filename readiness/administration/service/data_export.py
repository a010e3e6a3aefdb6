"""Everything a group owns in one ZIP: each table as JSON and as CSV, with a note on each."""

from __future__ import annotations

import csv
import io
import json
import zipfile
from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.administration import db as takeout
from readiness.core import audit, permissions
from readiness.core.audit import Event
from readiness.core.db import Session
from readiness.core.exports import harmless
from readiness.core.people import Group
from readiness.core.permissions import Can

NOTE = """Everything this installation holds of one group, as of {at}.

Each table is here twice: in json/ exactly as stored, in csv/ for a spreadsheet (UTF-8; text that
a spreadsheet would take for a formula has an apostrophe in front).

people           the group's own team, with names and e-mail addresses
assessments      one line each; answers, context, submissions, reviews and runs refer to its id
answers          every revision ever saved; the highest revision of an item is its answer
submissions      what was sent in; submitted_answers names the revision of each answer in it
runs             each scoring run with its inputs and its result
counts           social-risk counts, every revision; no patient is in any of them
releases         what left the group of each quarter: released_cells as others read it, and
                 release_grounds as it was counted then
history          who did what when, in the order of seq
Passwords and sessions are not part of an export.
"""


def exportable(session: Session, group_id: str) -> Group:
    permissions.require(
        session.actor, Can.TAKE_OUT, scope.of_group(session.store, group_id, session.now)
    )
    return groups.get(session.store, group_id)


def of_group(session: Session, group_id: str) -> bytes:
    permissions.require(
        session.actor, Can.TAKE_OUT, scope.of_group(session.store, group_id, session.now)
    )
    with session.store.writing():
        audit.record(
            session.store,
            Event(session.now, session.actor.id, "exported", "group", group_id, group_id=group_id),
        )
    tables = takeout.tables(session.store, group_id)
    return packed(
        {"README.txt": NOTE.format(at=session.now.isoformat())} | files(tables), session.now
    )


def files(
    tables: Mapping[str, tuple[list[str], list[dict[str, Any]]]],
) -> dict[str, str]:
    made: dict[str, str] = {}
    for name, (columns, rows) in tables.items():
        made[f"json/{name}.json"] = json.dumps(rows, indent=1, ensure_ascii=False)
        made[f"csv/{name}.csv"] = as_csv(columns, rows)
    return made


def as_csv(columns: list[str], rows: Iterable[Mapping[str, Any]]) -> str:
    text = io.StringIO()
    writer = csv.writer(text)
    writer.writerow(columns)
    writer.writerows([harmless(row[name]) for name in columns] for row in rows)
    return text.getvalue()


def packed(contents: Mapping[str, str], now: datetime) -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in contents.items():
            entry = zipfile.ZipInfo(name, now.timetuple()[:6])
            entry.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(entry, text.encode())
    return made.getvalue()
