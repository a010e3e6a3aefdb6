"""A document's own address: the PDF, or a page that follows its printing and leads back there."""

from __future__ import annotations

import re
import secrets
from collections.abc import Callable

from flask import (
    Blueprint,
    Response,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue

from readiness.core.jobs.models import JobState
from readiness.core.pdf.job import PrintJob
from readiness.core.permissions import Can
from readiness.core.printing import service
from readiness.core.printing.service import PrintProgress, PrintQueue, PrintRequest
from readiness.core.web.downloads import send_export
from readiness.core.web.guard import needs, wants_json
from readiness.core.web.session import session

bp = Blueprint("prints", __name__)
MANY = "Many documents are asked for at this moment. Waiting for a turn."
ASK_AGAIN = 2  # seconds after which a program should look again
OURS = re.compile(r"/(?!/)[\w./?=&%-]*", re.ASCII)  # an address within this site


def send_pdf(prepare: Callable[[], PrintJob], name: str, back: str) -> ResponseReturnValue:
    """Under the address that asked for it; `back` is the page that linked there.

    `prepare` decides who may read the document and puts its words together.
    """
    config = current_app.config
    prints: PrintQueue = config["PRINTS"]
    with prints.seat() as has_seat:
        if not has_seat:
            return waiting(name, back, url_for("prints.turn"), MANY)
        new_id = secrets.token_urlsafe(9)
        asked = PrintRequest(session(), prepare(), config["PRINTER"], config["CLOCK"], new_id)
        found = prints.ask(asked)
    if isinstance(found, bytes):
        return send_export(found, name)
    follow, stop = (url_for(f"prints.{page}", print_id=found.id) for page in ("progress", "stop"))
    return waiting(name, back, follow, progress_says(service.progress(session(), found.id)), stop)


def waiting(name: str, back: str, follow: str, says: str, stop: str = "") -> Response:
    """`follow`: where it is told how far this is."""
    here = request.full_path.rstrip("?")
    if wants_json():
        reply = jsonify(progress=follow, document=here)
    else:
        place = {"here": here, "back": back, "follow": follow, "stop": stop}
        page = render_template("core/printing.html", name=name, says=says, **place)
        reply = current_app.make_response(page)
    reply.status_code = 202
    reply.headers["Retry-After"] = str(ASK_AGAIN)
    return reply


def progress_says(found: PrintProgress) -> str:
    if found.job.state is JobState.WAITING and found.live > 1:
        return f"Waiting for its turn: {found.live} documents are being printed or waiting."
    return "Being printed."


@bp.get("/prints/turn")
@needs(Can.SEE_HOME)
def turn() -> ResponseReturnValue:
    """For a page whose document could not be put together yet: whether to ask for it again."""
    with current_app.config["PRINTS"].seat() as has_seat:
        return jsonify(is_reading=not has_seat, says=MANY)


@bp.get("/prints/<print_id>/progress")
@needs(Can.SEE_HOME)
def progress(print_id: str) -> ResponseReturnValue:
    """For the page that waits, about once a second."""
    found = service.progress(session(), print_id)
    return jsonify(is_reading=found.job.is_live, says=progress_says(found))


@bp.post("/prints/<print_id>/stop")
@needs(Can.SEE_HOME)
def stop(print_id: str) -> ResponseReturnValue:
    service.stop(session(), print_id)
    flash("The printing was stopped.")
    back = request.form.get("back", "")
    return redirect(back if OURS.fullmatch(back) else url_for("home.start"), 303)
