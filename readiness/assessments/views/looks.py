"""Notes, after a page or a file was handed to a payer's people, that they looked at a group."""

from __future__ import annotations

import logging

from flask import Flask, Response, g, request

from readiness.assessments.service import looks
from readiness.core.errors import NotSaved
from readiness.core.web.session import session

log = logging.getLogger(__name__)


def attach(app: Flask) -> None:
    app.after_request(note)


def note(response: Response) -> Response:
    """A full disk stops nobody from reading."""
    if response.status_code == 200 and g.get("actor") and g.actor.payer_ids:
        try:
            note_reading(is_file="Content-Disposition" in response.headers)
        except NotSaved:
            log.warning("what a payer read could not be written into the history")
    return response


def note_reading(*, is_file: bool) -> None:
    given = request.view_args or {}
    payer_id, group_id = given.get("payer_id"), given.get("group_id")
    if assessment_id := given.get("assessment_id"):
        group_id = looks.group_of(session(), assessment_id)
    if group_id and not payer_id:
        payer_id = looks.payer_reading(session(), group_id)
    if payer_id is None:
        return
    if is_file:
        looks.note_download(session(), payer_id, group_id, file_name())
    elif group_id and request.method == "GET":
        looks.note_look(session(), payer_id, group_id)


def file_name() -> str:
    """What kind of file, never whose: "brief pdf", "portfolio csv"."""
    last = request.path.rstrip("/").rpartition("/")[2]
    return last.replace("-", " ").replace(".", " ") if "." in last else last
