"""Who set the cut points: a page for everybody who signs in, and a payer's record of a panel."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue
from wtforms import SelectField, TextAreaField
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length

from readiness.assessments.panels import LONGEST, PanelMethod, PanelRecord
from readiness.assessments.service import standard_setting
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web.forms import NO_DAY, Day, SafeForm, with_problems
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session

bp = Blueprint("standard_setting", __name__)


@bp.get("/instruments/<instrument_id>/<version>/cut-points")
@needs(Can.SEE_HOME)
def show(instrument_id: str, version: str) -> ResponseReturnValue:
    found = standard_setting.load(session(), instrument_id, version)
    return render_template("assessments/standard_setting/show.html", found=found)


@bp.get("/payers/<payer_id>/instruments/<instrument_id>/<version>/panel")
@needs(Can.RECORD_PANEL)
def new(payer_id: str, instrument_id: str, version: str) -> ResponseReturnValue:
    return panel_page(payer_id, instrument_id, version, PanelForm(formdata=None))


def panel_page(
    payer_id: str, instrument_id: str, version: str, form: PanelForm
) -> ResponseReturnValue:
    payer, instrument = standard_setting.recording(session(), payer_id, instrument_id, version)
    page = render_template(
        "assessments/standard_setting/panel.html", payer=payer, instrument=instrument, form=form
    )
    return page, 422 if form.errors else 200


@bp.post("/payers/<payer_id>/instruments/<instrument_id>/<version>/panel")
@needs(Can.RECORD_PANEL)
def record(payer_id: str, instrument_id: str, version: str) -> ResponseReturnValue:
    form = PanelForm()
    if form.validate():
        entered = PanelRecord(
            id=secrets.token_urlsafe(9),
            payer_id=payer_id,
            instrument_id=instrument_id,
            version=version,
            held_on=form.held_on.data,
            took_part=form.took_part.data,
            method=PanelMethod(form.method.data),
            looked_at=form.looked_at.data,
            outcome=form.outcome.data,
            recorded_at=now(),
            recorded_by=session().actor.id,
        )
        try:
            standard_setting.record_panel(session(), entered)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("Recorded. It stays as it is; a correction is another record.")
            return redirect(url_for(".show", instrument_id=instrument_id, version=version), 303)
    return panel_page(payer_id, instrument_id, version, form)


def text_of(says: str, missing: str, hint: str) -> TextAreaField:
    asked = [InputRequired(missing), Length(max=LONGEST)]
    return TextAreaField(says, asked, description=hint)


class PanelForm(SafeForm):
    held_on = Day("Day on which the panel met", [InputRequired(NO_DAY)])
    took_part = text_of(
        "Who took part, by role",
        "Say who took part, by role and number.",
        "Roles and how many, such as three practice managers and one patient. No names.",
    )
    method = SelectField("Method", choices=[SelectChoice(str(each)) for each in PanelMethod])
    looked_at = text_of(
        "What it looked at",
        "Say which items, gates or cut points it looked at.",
        "Items, gates and cut points, by their codes or in words.",
    )
    outcome = text_of(
        "What came out",
        "Say what came out, also where nothing was agreed.",
        "Cut points that it would keep, raise or lower, how far people agreed, what stayed open.",
    )
