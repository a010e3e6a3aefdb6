"""Handing over a file, deciding on what it would change, and reading all that was ever saved."""

from __future__ import annotations

import secrets
from contextlib import suppress

from flask import (
    Blueprint,
    current_app,
    flash,
    jsonify,
    redirect,
    render_template,
    request,
    url_for,
)
from flask.typing import ResponseReturnValue
from werkzeug.datastructures import FileStorage

from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.periods import Period, period
from readiness.core.permissions import Can
from readiness.core.tables.models import SourceFile, file_in_memory
from readiness.core.web import guard, upload_limit
from readiness.core.web.downloads import send_export
from readiness.core.web.forms import SafeForm, whole_number
from readiness.core.web.guard import needs
from readiness.core.web.session import actor, session, store
from readiness.imports import presenter
from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_models import MappingShape
from readiness.imports.models import UploadState
from readiness.imports.service import history, review, upload
from readiness.imports.service.review import CountsChanged
from readiness.imports.service.template import template_for
from readiness.imports.service.upload import UploadedFiles
from readiness.imports.step_counts import DEFINITIONS
from readiness.imports.template import workbook

bp = Blueprint("upload", __name__)
record_bp = Blueprint("screen_records", __name__)
TAKE, SEEN = "take.", "seen."  # before the quarter, in the names of fields
MEBIBYTES = 64
MOST_FILES = 20
MOST_MAPPINGS = 8
TOO_MANY_MAPPINGS = f"Choose {MOST_MAPPINGS} mapping files at the most, one for each shape of file."
TOO_MANY = f"Choose {MOST_FILES} files at the most, or put the rows into fewer files."
MAPPING_TOO_LONG = "The mapping file is too long. Map only the columns that hold screens."
MAPPINGS = (
    (MappingShape.REDCAP, "a REDCap export"),
    (MappingShape.LONG, "a table with a row for each answer"),
    (MappingShape.FHIR, "FHIR forms of your own"),
    (MappingShape.VISITS, "a list of visits"),
    (MappingShape.REFERRALS, "a list of referrals"),
)
NO_TEXT = "The mapping file is not text in UTF-8. Save it as such."
MOST_OF_A_MAPPING = 256 * 1024  # bytes
MOST_LINES = 200  # of one saving; an upload with breakdowns has thousands


@bp.get("/groups/<group_id>/counts/upload")
@needs(Can.READ_COUNTS)
def start(group_id: str) -> ResponseReturnValue:
    return start_page(group_id, ())


def start_page(group_id: str, problems: tuple[Problem, ...]) -> str:
    found = review.list_uploads(session(), group_id)
    return render_template(
        "imports/start.html",
        group=found.group,
        sites=found.sites,
        lines=found.lines,
        states=presenter.STATES,
        problems=[(problem.place, problem.says) for problem in problems],
        mappings=MAPPINGS,
        definitions=presenter.definitions_of(DEFINITIONS),
        most_megabytes=MEBIBYTES,
        most_bytes=MEBIBYTES * upload_limit.MEBIBYTE,
    )


@bp.post("/groups/<group_id>/counts/upload")
@needs(Can.ENTER_COUNTS)
@upload_limit.takes(MEBIBYTES)
def send(group_id: str) -> ResponseReturnValue:
    runner, clock = current_app.config["RUNNER"], current_app.config["CLOCK"]
    try:
        upload_id = upload.start(
            store(), actor(), group_id, uploaded_files(), runner, clock, new_id
        )
    except BadInput as error:
        if guard.wants_json():
            return jsonify(error=" ".join(problem.says for problem in error.problems)), 422
        return start_page(group_id, error.problems), 422
    href = url_for(".show", group_id=group_id, upload_id=upload_id)
    return jsonify(href=href) if guard.wants_json() else redirect(href, 303)


def new_id() -> str:
    return secrets.token_urlsafe(9)


def uploaded_files() -> UploadedFiles:
    """What was sent, in memory. A file is told by its number: its name may say too much."""
    files = [each for each in request.files.getlist("files") if each.filename]
    if len(files) > MOST_FILES:
        raise BadInput([Problem("files", TOO_MANY)])
    sources: list[SourceFile] = []
    for number, each in enumerate(files, start=1):
        sources.append(file_in_memory(f"file {number}", each.filename or "", each.read()))
    mappings = [each for each in request.files.getlist("mapping") if each.filename]
    if len(mappings) > MOST_MAPPINGS:
        raise BadInput([Problem("mapping", TOO_MANY_MAPPINGS)])
    return UploadedFiles(tuple(sources), tuple(map(mapping_text, mappings)))


def mapping_text(sent: FileStorage) -> str:
    text: bytes = sent.read(MOST_OF_A_MAPPING + 1)
    if len(text) > MOST_OF_A_MAPPING:
        raise BadInput([Problem("mapping", MAPPING_TOO_LONG)])
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput([Problem("mapping", NO_TEXT)]) from None


@bp.get("/groups/<group_id>/counts/upload/<upload_id>")
@needs(Can.READ_COUNTS)
def show(group_id: str, upload_id: str) -> ResponseReturnValue:
    found = upload.progress(session(), group_id, upload_id)
    if found.upload.state is UploadState.READING:
        return render_template(
            "imports/reading.html",
            group_id=group_id,
            upload_id=upload_id,
            is_live=found.is_live,
            says=presenter.progress_message(found),
        )
    return preview_page(group_id, upload_id)


@bp.get("/groups/<group_id>/counts/upload/<upload_id>/progress")
@needs(Can.READ_COUNTS)
def progress(group_id: str, upload_id: str) -> ResponseReturnValue:
    """For the page that waits, a few times a second."""
    found = upload.progress(session(), group_id, upload_id)
    return jsonify(is_reading=found.is_live, says=presenter.progress_message(found))


@bp.post("/groups/<group_id>/counts/upload/<upload_id>/stop")
@needs(Can.ENTER_COUNTS)
def stop(group_id: str, upload_id: str) -> ResponseReturnValue:
    if upload.cancel(session(), group_id, upload_id):
        flash("Stopped. Nothing of the file was kept.")
        return redirect(url_for(".start", group_id=group_id), 303)
    return redirect(url_for(".show", group_id=group_id, upload_id=upload_id), 303)


def preview_page(
    group_id: str,
    upload_id: str,
    problems: tuple[Problem, ...] = (),
    chosen: dict[Period, int] | None = None,
) -> str:
    found = review.preview(session(), group_id, upload_id, seen_before())
    return render_template(
        "imports/show.html",
        form=SafeForm(formdata=None),
        found=found,
        headings=presenter.HEADINGS,
        states=presenter.STATES,
        definitions=presenter.definitions_of(found.upload.report.steps),
        quarters=[presenter.quarter_tables(quarter) for quarter in found.quarters],
        ticked=chosen,
        problems=[(f"{TAKE}{found.quarters[0].period}", problem.says) for problem in problems],
    )


@bp.post("/groups/<group_id>/counts/upload/<upload_id>")
@needs(Can.ENTER_COUNTS)
def confirm(group_id: str, upload_id: str) -> ResponseReturnValue:
    chosen = ticked()
    try:
        done = review.confirm(session(), group_id, upload_id, chosen)
    except BadInput as error:
        return preview_page(group_id, upload_id, error.problems, chosen), 422
    except CountsChanged as clash:
        return preview_page(group_id, upload_id, (Problem("", str(clash)),), chosen), 409
    flash(presenter.saved_message(done.changed))
    if len(done.quarters) == 1:
        (only,) = done.quarters
        return redirect(url_for("screen.quarter", group_id=group_id, period=only), 303)
    return redirect(url_for("screen.quarters", group_id=group_id), 303)


def seen_before() -> dict[Period, int]:
    """How many revisions of each quarter the page had shown."""
    found: dict[Period, int] = {}
    for name, value in request.form.items():
        if name.startswith(SEEN):
            with suppress(ValueError):
                found[period(name.removeprefix(SEEN))] = whole_number(value)
    return found


def ticked() -> dict[Period, int]:
    return {q: seen for q, seen in seen_before().items() if f"{TAKE}{q}" in request.form}


@bp.post("/groups/<group_id>/counts/upload/<upload_id>/discard")
@needs(Can.ENTER_COUNTS)
def discard(group_id: str, upload_id: str) -> ResponseReturnValue:
    review.discard(session(), group_id, upload_id)
    flash("Discarded. Nothing of the file is kept.")
    return redirect(url_for(".start", group_id=group_id), 303)


# Files to begin from: our template, and mapping files for other people's tables


@bp.get("/groups/<group_id>/counts/template.csv")
@needs(Can.READ_COUNTS)
def template_csv(group_id: str) -> ResponseReturnValue:
    made = template_for(session(), group_id, workbook.template_csv)
    return send_export(made, "counts.csv")


@bp.get("/groups/<group_id>/counts/template.xlsx")
@needs(Can.READ_COUNTS)
def template_xlsx(group_id: str) -> ResponseReturnValue:
    made = template_for(session(), group_id, workbook.template_xlsx)
    return send_export(made, "counts.xlsx")


@bp.get("/mappings/<shape>.toml")
@needs(Can.READ_COUNTS)
def mapping_example(shape: str) -> ResponseReturnValue:
    """The same for everybody."""
    if shape not in list(MappingShape):
        raise NotFound("There is no such example. Choose one from the upload's page.")
    made = EXAMPLES[MappingShape(shape)].encode()
    return send_export(made, f"mapping-{shape}.toml")


# A quarter's counts site by site, and everything that was ever saved of them


@record_bp.get("/groups/<group_id>/counts/<period>/sites")
@needs(Can.READ_COUNTS)
def by_site(group_id: str, period: str) -> ResponseReturnValue:
    found = history.by_site(session(), group_id, period)
    return render_template("imports/by_site.html", found=found)


@record_bp.get("/groups/<group_id>/counts/<period>/history")
@needs(Can.READ_COUNTS)
def record(group_id: str, period: str) -> ResponseReturnValue:
    found = history.record(session(), group_id, period)
    return render_template("imports/record.html", found=found, most_lines=MOST_LINES)
