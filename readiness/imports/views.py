"""Handing over a file, deciding on what it would change, and reading all that was ever saved."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace

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

from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.periods import Period, period
from readiness.core.permissions import Can
from readiness.core.tables.models import SourceFile
from readiness.core.web import guard, upload_limit
from readiness.core.web.downloads import send_export
from readiness.core.web.forms import SafeForm, whole_number
from readiness.core.web.guard import needs
from readiness.core.web.session import actor, session, store
from readiness.imports import forms, mapping_page, presenter
from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_models import MappingShape
from readiness.imports.mapping_page import MappingPage
from readiness.imports.models import SavedMapping, UploadState
from readiness.imports.screening_codes import loader as screening
from readiness.imports.service import history, mappings, review, upload, years
from readiness.imports.service.data_values import table_of_group
from readiness.imports.service.mappings import NameChoice, TableToMap
from readiness.imports.service.review import CountsChanged
from readiness.imports.service.template import template_for
from readiness.imports.service.upload import UploadedFiles
from readiness.imports.step_counts import DEFINITIONS
from readiness.imports.template import workbook
from readiness.imports.year_table import YearTable

bp = Blueprint("upload", __name__)
record_bp = Blueprint("screen_records", __name__)
TAKE, SEEN = "take.", "seen."  # before the quarter, in the names of fields
FIELDS = ("files", "mapping", "name", "saved")  # that a problem may be about
MEBIBYTES = 64
ONE_NAME = "Save one mapping at a time: choose one of them, or leave out the name."
EXAMPLE_TITLES = (
    (MappingShape.REDCAP, "a REDCap export or another wide table"),
    (MappingShape.LONG, "a table with a row for each answer"),
    (MappingShape.FHIR, "FHIR forms of your own"),
    (MappingShape.VISITS, "a list of visits"),
    (MappingShape.DIAGNOSES, "a list of diagnoses"),
    (MappingShape.REFERRALS, "a list of referrals"),
)
MOST_LINES = 200  # of one saving; an upload with breakdowns has thousands


@bp.get("/groups/<group_id>/counts/upload")
@needs(Can.READ_COUNTS)
def start(group_id: str) -> ResponseReturnValue:
    return start_page(group_id, (), request.args.get("mapping", ""))


def start_page(group_id: str, problems: tuple[Problem, ...], chosen: str = "") -> str:
    found = review.list_uploads(session(), group_id)
    return render_template(
        "imports/start.html",
        group=found.group,
        sites=found.sites,
        lines=found.lines,
        states=presenter.STATES,
        problems=[
            (each.place, each.says) if each.place in FIELDS else ("", str(each))
            for each in problems
        ],
        examples=EXAMPLE_TITLES,
        saved=mappings.list_mappings(session(), group_id).lines,
        chosen=chosen,
        name=forms.name_choice(),
        definitions=presenter.definitions_of(DEFINITIONS),
        most_megabytes=MEBIBYTES,
        most_bytes=MEBIBYTES * upload_limit.MEBIBYTE,
    )


@bp.post("/groups/<group_id>/counts/upload")
@needs(Can.ENTER_COUNTS)
@upload_limit.takes(MEBIBYTES)
def send(group_id: str) -> ResponseReturnValue:
    """A table that no mapping fits leads to the page that asks what its columns mean."""
    chosen = request.form.get("saved", "")
    try:
        sources, texts = forms.source_files(), forms.mapping_files()
        saved = mappings.get(session(), group_id, chosen) if chosen and not texts else None
        is_open = not texts and saved is None
        fitting: tuple[SavedMapping, ...] = (saved,) if saved else ()
        if is_open and (tables := mappings.unknown_tables(session(), group_id, sources)):
            fitting = mappings.fitting(session(), group_id, tables)
            if not fitting:
                almost = mappings.almost_fitting(session(), group_id, tables)
                return columns_page(group_id, tables, almost)
        keep = mapping_to_keep(group_id, texts)
        used = (keep,) if keep else fitting
        told = tuple(each.text for each in used) or texts
        files = UploadedFiles(sources, told, used[0].id if len(used) == 1 else None)
        return begin(group_id, files, keep)
    except BadInput as error:
        return refused(group_id, error, chosen)


def mapping_to_keep(group_id: str, texts: Sequence[str]) -> SavedMapping | None:
    """A mapping from a file is kept only where it is given a name."""
    name = forms.name_choice()
    if not texts or not name.written.strip():
        return None
    if len(texts) > 1:
        raise BadInput([Problem("name", ONE_NAME)])
    return mappings.mapping_to_save(session(), group_id, texts[0], name, new_id)


def begin(group_id: str, files: UploadedFiles, keep: SavedMapping | None) -> ResponseReturnValue:
    runner, clock = current_app.config["RUNNER"], current_app.config["CLOCK"]
    upload_id = upload.start(store(), actor(), group_id, files, runner, clock, new_id, keep)
    href = url_for("upload.show", group_id=group_id, upload_id=upload_id)
    return jsonify(href=href) if guard.wants_json() else redirect(href, 303)


@bp.post("/groups/<group_id>/counts/upload/columns")
@needs(Can.ENTER_COUNTS)
@upload_limit.takes(MEBIBYTES)
def columns(group_id: str) -> ResponseReturnValue:
    """What the columns of a table mean, looked over before it is read."""
    chosen = request.form.get("saved", "")
    try:
        sources = forms.source_files()
        if not sources:
            raise BadInput([Problem("files", upload.NO_FILE)])
        tables = mappings.text_tables(session(), group_id, sources)
        if chosen:
            return columns_page(group_id, tables, mappings.get(session(), group_id, chosen))
        fitting = mappings.fitting(session(), group_id, tables)
        return columns_page(group_id, tables, fitting[0] if fitting else None)
    except BadInput as error:
        return refused(group_id, error, chosen)


def columns_page(
    group_id: str, sources: Sequence[SourceFile], saved: SavedMapping | None = None
) -> str:
    table = mappings.table_to_map(session(), group_id, sources)
    first = mapping_page.first_choices(table.columns, mappings.changeable(saved) if saved else None)
    page = mapping_page.page_of(
        [each.content for each in table.columns],
        first.choices,
        first.dates,
        table.known,
        table.site_names,
        missing=first.missing,
        new=first.new,
    )
    name = NameChoice(saved.name, saved.id) if saved else NameChoice("")
    return render_mapping_page(table, page, name, first.choices.sheet)


def render_mapping_page(
    table: TableToMap,
    page: MappingPage,
    name: NameChoice,
    sheet: str,
    problems: Sequence[Problem] = (),
) -> str:
    return render_template(
        "imports/mapping/edit.html",
        group=table.group,
        page=page,
        name=name,
        sheet=sheet,
        uses=mapping_page.USE_OPTIONS,
        meanings=mapping_page.MEANING_OPTIONS,
        orders=mapping_page.DATE_OPTIONS,
        contents=forms.contents_text([each.content for each in page.columns]),
        problems=page.links(problems),
        most_megabytes=MEBIBYTES,
        most_bytes=MEBIBYTES * upload_limit.MEBIBYTE,
    )


@bp.post("/groups/<group_id>/counts/mappings")
@needs(Can.ENTER_COUNTS)
@upload_limit.takes(MEBIBYTES)
def save_mapping(group_id: str) -> ResponseReturnValue:
    """Keep the mapping and begin to read by it; on a problem the page comes back as it was."""
    table, name = mappings.table_to_map(session(), group_id, ()), forms.name_choice()
    try:
        sent, sources = forms.mapping_form(table.known), forms.source_files()
    except BadInput as error:
        return refused(group_id, error)
    checked = mappings.check(session(), table, sources, sent.answers, name)
    if not checked.problems:
        try:
            keep = mappings.mapping_to_save(session(), group_id, checked.text, name, new_id)
            return begin(group_id, UploadedFiles(sources, (keep.text,), keep.id), keep)
        except BadInput as error:
            checked = replace(checked, problems=tuple(Problem("", p.says) for p in error.problems))
    page = mapping_page.page_of(
        checked.contents,
        checked.choices,
        sent.answers.dates,
        table.known,
        table.site_names,
        sent.asked_meanings,
    )
    return render_mapping_page(table, page, name, checked.choices.sheet, checked.problems), 422


def refused(group_id: str, error: BadInput, chosen: str = "") -> ResponseReturnValue:
    if guard.wants_json():
        return jsonify(error=" ".join(problem.says for problem in error.problems)), 422
    return start_page(group_id, error.problems, chosen), 422


def new_id() -> str:
    return secrets.token_urlsafe(9)


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
        answers=presenter.answer_lines(found.upload.report, screening.load()),
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


@bp.get("/groups/<group_id>/counts/long.csv")
@needs(Can.READ_COUNTS)
def long_csv(group_id: str) -> ResponseReturnValue:
    """One line for each count, as DHIS2 has it."""
    return send_export(table_of_group(session(), group_id), "counts-long.csv")


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


@record_bp.get("/groups/<group_id>/counts/years/<int:year>")
@needs(Can.READ_COUNTS)
def of_year(group_id: str, year: int) -> ResponseReturnValue:
    found = years.of_year(session(), group_id, year)
    table = YearTable(found.year, found.known, found.quarters)
    return render_template(
        "imports/year.html", found=found, four=list(table.four()), needs=list(table.needs())
    )


@record_bp.get("/groups/<group_id>/counts/<period>/history")
@needs(Can.READ_COUNTS)
def record(group_id: str, period: str) -> ResponseReturnValue:
    found = history.record(session(), group_id, period)
    return render_template("imports/record.html", found=found, most_lines=MOST_LINES)
