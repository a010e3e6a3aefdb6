"""The incentive laboratory: designs are put in side by side, simulated, read and taken along."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import replace
from functools import partial

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

from readiness.accounts.service import people
from readiness.core.errors import BadInput, WrongState
from readiness.core.people import Payer
from readiness.core.permissions import Can
from readiness.core.web.downloads import send_export
from readiness.core.web.guard import needs
from readiness.core.web.paper import paper
from readiness.core.web.printing import send_pdf
from readiness.core.web.session import now, session, store
from readiness.incentives import design as presets
from readiness.incentives import forms
from readiness.incentives.forms import DesignForm, LaboratoryForm, Typed, laboratory_form
from readiness.incentives.presenters import result as presenter
from readiness.incentives.presenters.truth import settings_values
from readiness.incentives.service import export as sheet
from readiness.incentives.service import runs as asking
from readiness.incentives.service.released import NumbersFilters, NumbersOptions
from readiness.incentives.service.runs import MOST_DESIGNS, RunRequest

bp = Blueprint("laboratory", __name__)
ADD, REMOVE, RUN = "add-", "remove-", "run"
USUAL = {
    "gain_points": 5,
    "fall_points": 5,
    "replicates": 10_000,
    "staying": 0.84,
    "correlation": 0.3,
}


@bp.get("/payers/<payer_id>/laboratory")
@needs(Can.READ_INCENTIVES)
def listing(payer_id: str) -> ResponseReturnValue:
    payer, runs = asking.list_runs(session(), payer_id)
    payers = people.payers_of(session())
    return render_template("incentives/list.html", payer=payer, payers=payers, runs=runs)


@bp.get("/payers/<payer_id>/laboratory/new")
@needs(Can.TEST_INCENTIVES)
def new(payer_id: str) -> ResponseReturnValue:
    """From two examples, or from the designs of an earlier run."""
    earlier = request.args.get("from")
    if earlier:
        run = asking.progress(session(), payer_id, earlier).run
        wish = asking.filters_of(run)
        settings, typed = (
            run.settings,
            [forms.typed_of(d) for d in asking.designs_of(run)],
        )
    else:
        wish, settings = NumbersFilters(), USUAL | {"seed": int(f"{now():%Y%m%d}")}
        typed = []
    payer, found = asking.options(session(), payer_id, wish)
    if found is None:
        return form_page(payer, None, None, ())
    data = settings_values(settings)
    form = show_chosen(laboratory_form(found, formdata=None, data=data), found)
    return form_page(payer, found, form, typed or first_designs(found))


def first_designs(found: NumbersOptions) -> list[Typed]:
    return [example(preset_id, found) for preset_id in presets.FIRST_PRESETS]


def example(preset_id: str, found: NumbersOptions) -> Typed:
    design = presets.PRESET_BY_ID[preset_id].design
    return forms.typed_of(replace(design, measure_ids=found.usual_measures))


def show_chosen(form: LaboratoryForm, found: NumbersOptions) -> LaboratoryForm:
    """What is not there for a newly chosen split gives way to what is."""
    for name, value in forms.chosen_values(found).items():
        form[name].data = value
    return form


def form_page(
    payer: Payer,
    found: NumbersOptions | None,
    form: LaboratoryForm | None,
    typed: Sequence[Typed],
) -> str:
    designs = forms.design_forms(typed, found) if found else []
    return render_form(payer, found, form, designs)


def render_form(
    payer: Payer,
    found: NumbersOptions | None,
    form: LaboratoryForm | None,
    designs: Sequence[DesignForm],
) -> str:
    return render_template(
        "incentives/new.html",
        payer=payer,
        found=found,
        form=form,
        designs=designs,
        presets=presets.PRESETS,
        may_add=len(designs) < MOST_DESIGNS,
        problems=forms.all_problems(form, designs) if form else [],
        says=presenter.options_say(found) if found else "",
    )


@bp.post("/payers/<payer_id>/laboratory/new")
@needs(Can.TEST_INCENTIVES)
def change(payer_id: str) -> ResponseReturnValue:
    """Add or take away a design, take other numbers, or simulate."""
    typed = forms.typed_in(request.form)
    wish = forms.filters_in(request.form)
    payer, found = asking.options(session(), payer_id, wish)
    if found is None:
        return form_page(payer, None, None, ()), 422
    form, do = laboratory_form(found), request.form.get("do", RUN)
    if do == RUN:
        return start_run(payer, found, form, typed)
    if do.startswith(ADD) and do[len(ADD) :] in presets.PRESET_BY_ID and len(typed) < MOST_DESIGNS:
        typed.append(example(do[len(ADD) :], found))
    if do.startswith(REMOVE):
        typed = [each for n, each in enumerate(typed) if str(n) != do[len(REMOVE) :]]
    return form_page(payer, found, show_chosen(form, found), typed)


def start_run(
    payer: Payer, found: NumbersOptions, form: LaboratoryForm, typed: Sequence[Typed]
) -> ResponseReturnValue:
    designs = forms.design_forms(typed, found)
    in_order = [forms.is_in_order(each) for each in designs]
    if not (form.validate() and all(in_order)):
        return render_form(payer, found, form, designs), 422
    asked = RunRequest(tuple(map(forms.design_of, designs)), form.settings)
    runner, clock = current_app.config["RUNNER"], current_app.config["CLOCK"]
    try:
        run_id = asking.start(
            session(),
            payer.id,
            forms.filters_in(request.form),
            asked,
            runner,
            clock,
            new_id,
        )
    except BadInput as error:
        forms.add_problems(form, designs, error.problems)
        return render_form(payer, found, form, designs), 422
    except WrongState as busy:  # another run is under way
        form.form_errors.append(str(busy))
        return render_form(payer, found, form, designs), 409
    return redirect(url_for(".show", payer_id=payer.id, run_id=run_id), 303)


def new_id() -> str:
    return secrets.token_urlsafe(9)


@bp.get("/payers/<payer_id>/laboratory/<run_id>")
@needs(Can.READ_INCENTIVES)
def show(payer_id: str, run_id: str) -> ResponseReturnValue:
    found = asking.progress(session(), payer_id, run_id)
    if found.run.ended and not found.is_live:
        return render_template("incentives/withheld.html", found=found)
    if found.run.outcome is None:
        says = presenter.progress_says(found)
        return render_template("incentives/waiting.html", found=found, says=says)
    repeated = asking.compare_repeat(store(), found.run)
    return render_template(
        "incentives/show.html",
        found=found,
        run=found.run,
        result=presenter.result_of(found.run),
        former=repeated[0] if repeated else None,
        is_same=repeated[1] if repeated else None,
    )


@bp.get("/payers/<payer_id>/laboratory/<run_id>/progress")
@needs(Can.READ_INCENTIVES)
def progress(payer_id: str, run_id: str) -> ResponseReturnValue:
    """For the page that waits, a few times a second."""
    found = asking.progress(session(), payer_id, run_id)
    return jsonify(is_reading=found.is_live, says=presenter.progress_says(found))


@bp.post("/payers/<payer_id>/laboratory/<run_id>/stop")
@needs(Can.TEST_INCENTIVES)
def stop(payer_id: str, run_id: str) -> ResponseReturnValue:
    if asking.cancel(session(), payer_id, run_id):
        flash("Stopped. The designs are kept, so that you can change them and try again.")
    return redirect(url_for(".show", payer_id=payer_id, run_id=run_id), 303)


@bp.post("/payers/<payer_id>/laboratory/<run_id>/again")
@needs(Can.TEST_INCENTIVES)
def again(payer_id: str, run_id: str) -> ResponseReturnValue:
    """The same designs, numbers and seed once more."""
    runner, clock = current_app.config["RUNNER"], current_app.config["CLOCK"]
    repeat = asking.repeat(session(), payer_id, run_id, runner, clock, new_id)
    return redirect(url_for(".show", payer_id=payer_id, run_id=repeat), 303)


@bp.get("/payers/<payer_id>/laboratory/<run_id>/laboratory.pdf")
@needs(Can.READ_INCENTIVES)
def pdf(payer_id: str, run_id: str) -> ResponseReturnValue:
    prepare = partial(sheet.print_job, session(), payer_id, run_id, paper())
    back = url_for(".show", payer_id=payer_id, run_id=run_id)
    return send_pdf(prepare, "incentive-laboratory.pdf", back)


@bp.get("/payers/<payer_id>/laboratory/<run_id>/laboratory.xlsx")
@needs(Can.READ_INCENTIVES)
def xlsx(payer_id: str, run_id: str) -> ResponseReturnValue:
    run = sheet.load_finished(session(), payer_id, run_id)
    return send_export(sheet.as_xlsx(run), "incentive-laboratory.xlsx")


@bp.get("/payers/<payer_id>/laboratory/<run_id>/laboratory.json")
@needs(Can.READ_INCENTIVES)
def json(payer_id: str, run_id: str) -> ResponseReturnValue:
    return jsonify(sheet.as_data(sheet.load_finished(session(), payer_id, run_id)))
