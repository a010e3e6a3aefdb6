"""The payer's cycles, and what a group shares with it."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from fractions import Fraction
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue
from wtforms import Form, SelectField, SelectMultipleField, StringField, ValidationError
from wtforms.fields.choices import SelectChoice
from wtforms.validators import InputRequired, Length, Optional

from readiness.accounts.service import people
from readiness.assessments.cycles import LONGEST_NAME, score_in
from readiness.assessments.service import cycles, sharing
from readiness.assessments.service.cycles import CycleDraft
from readiness.core.errors import BadInput
from readiness.core.numbers import comma_fault
from readiness.core.people import Group
from readiness.core.permissions import Can
from readiness.core.web.forms import NO_DAY, Day, SafeForm, with_problems
from readiness.core.web.guard import asks_again, needs
from readiness.core.web.session import first_payer_id, now, session, store
from readiness.instruments.models import Axis, Instrument, Tier
from readiness.portfolio.service.bulk_pdf import sweep

bp = Blueprint("cycles", __name__)


@bp.get("/cycles")
@needs(Can.OPEN_CYCLE)
def start() -> ResponseReturnValue:
    return redirect(url_for(".listing", payer_id=first_payer_id()))


@bp.get("/payers/<payer_id>/cycles")
@needs(Can.OPEN_CYCLE)
def listing(payer_id: str) -> ResponseReturnValue:
    payer, rounds = cycles.cycles_of(session(), payer_id)
    payers = people.payers_of(session())
    return render_template(
        "assessments/cycles/list.html", payer=payer, payers=payers, rounds=rounds
    )


@bp.get("/payers/<payer_id>/cycles/new")
@needs(Can.OPEN_CYCLE)
def new(payer_id: str) -> ResponseReturnValue:
    payer, offered = cycles.offered_instruments(session(), payer_id)
    form = cycle_form(offered, data=first_days(now().date()))
    return render_template("assessments/cycles/new.html", payer=payer, form=form)


@bp.post("/payers/<payer_id>/cycles/new")
@needs(Can.OPEN_CYCLE)
def opening(payer_id: str) -> ResponseReturnValue:
    payer, offered = cycles.offered_instruments(session(), payer_id)
    form: CycleForm = cycle_form(offered)
    if form.validate():
        cycle_id = secrets.token_urlsafe(9)
        try:
            cycle = cycles.open_cycle(session(), payer_id, draft_of(form, offered), cycle_id)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash(f"{cycle.name} is open. Now invite groups.")
            return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle.id), 303)
    return render_template("assessments/cycles/new.html", payer=payer, form=form), 422


@bp.get("/payers/<payer_id>/cycles/<cycle_id>")
@needs(Can.OPEN_CYCLE)
def board(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    return board_page(payer_id, cycle_id, DueForm(formdata=None))


def board_page(
    payer_id: str, cycle_id: str, due: DueForm, problem: str = ""
) -> ResponseReturnValue:
    """The cycle's page, with what a search for more groups finds."""
    found = cycles.board(session(), payer_id, cycle_id)
    text = request.args.get("text", "")[:100]
    groups = cycles.candidates(session(), payer_id, cycle_id, text)
    page = render_template(
        "assessments/cycles/board.html",
        board=found,
        due=due,
        text=text,
        invite=invite_form(groups, formdata=None),
        most=cycles.MOST_FOUND,
        has_more=len(groups) == cycles.MOST_FOUND,
        problem=problem,
    )
    return page, 422 if problem or due.errors else 200


@bp.post("/payers/<payer_id>/cycles/<cycle_id>/invitations")
@needs(Can.OPEN_CYCLE)
def invite(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    chosen = request.form.getlist("group")
    try:
        asked = cycles.invite(session(), payer_id, cycle_id, chosen)
    except BadInput as error:
        return board_page(payer_id, cycle_id, DueForm(formdata=None), str(error.problems[0].says))
    flash("1 group invited." if asked == 1 else f"{asked} groups invited.")
    return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle_id), 303)


@bp.post("/payers/<payer_id>/cycles/<cycle_id>/due")
@needs(Can.OPEN_CYCLE)
def extend(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    form = DueForm()
    if form.validate():
        try:
            cycles.extend(session(), payer_id, cycle_id, form.due_on.data)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("The due date is moved.")
            return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle_id), 303)
    return board_page(payer_id, cycle_id, form)


@bp.post("/payers/<payer_id>/cycles/<cycle_id>/close")
@needs(Can.OPEN_CYCLE)
def close(payer_id: str, cycle_id: str) -> ResponseReturnValue:
    cycle = cycles.close(session(), payer_id, cycle_id)
    flash(f"{cycle.name} is closed. What was submitted stays readable.")
    return redirect(url_for(".board", payer_id=payer_id, cycle_id=cycle_id), 303)


sharing_bp = Blueprint("sharing", __name__)


@sharing_bp.get("/groups/<group_id>/sharing")
@needs(Can.SHARE)
def overview(group_id: str) -> ResponseReturnValue:
    found = sharing.sharing(session(), group_id)
    return render_template("assessments/sharing/overview.html", sharing=found)


@sharing_bp.get("/groups/<group_id>/invitations/<cycle_id>")
@needs(Can.SHARE)
def invitation(group_id: str, cycle_id: str) -> ResponseReturnValue:
    return invitation_page(group_id, cycle_id, AcceptInvitationForm(formdata=None))


def invitation_page(
    group_id: str, cycle_id: str, form: AcceptInvitationForm
) -> ResponseReturnValue:
    group, found, linked = sharing.invitation(session(), group_id, cycle_id)
    page = render_template(
        "assessments/sharing/invitation.html", group=group, asked=found, linked=linked, form=form
    )
    return page, 422 if form.errors else 200


@sharing_bp.post("/groups/<group_id>/invitations/<cycle_id>/accept")
@needs(Can.SHARE)
@asks_again
def accept(group_id: str, cycle_id: str) -> ResponseReturnValue:
    form = AcceptInvitationForm()
    ids = secrets.token_urlsafe(9), secrets.token_urlsafe(9)
    if form.validate():
        try:
            sharing.accept(session(), group_id, cycle_id, form.expires_on.data, ids)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("Accepted. The payer sees your progress, and your answers once you submit them.")
            return redirect(url_for(".overview", group_id=group_id), 303)
    return invitation_page(group_id, cycle_id, form)


@sharing_bp.post("/groups/<group_id>/invitations/<cycle_id>/decline")
@needs(Can.SHARE)
def decline(group_id: str, cycle_id: str) -> ResponseReturnValue:
    sharing.decline(session(), group_id, cycle_id)
    flash("Declined. The payer sees that you declined, and nothing else.")
    return redirect(url_for(".overview", group_id=group_id), 303)


@sharing_bp.post("/groups/<group_id>/sharing/<payer_id>/stop")
@needs(Can.SHARE)
def stop(group_id: str, payer_id: str) -> ResponseReturnValue:
    sharing.stop(session(), group_id, payer_id)
    sweep(store(), now())  # ZIPs of plans that the payer may no longer fetch
    flash("Sharing has stopped. From this moment that payer reads nothing of yours here.")
    return redirect(url_for(".overview", group_id=group_id), 303)


@sharing_bp.post("/groups/<group_id>/invitations/<cycle_id>/share-again")
@needs(Can.SHARE)
@asks_again
def resume(group_id: str, cycle_id: str) -> ResponseReturnValue:
    sharing.resume(session(), group_id, cycle_id, secrets.token_urlsafe(9))
    flash("Shared again.")
    return redirect(url_for(".overview", group_id=group_id), 303)


class Minimum(StringField):  # type: ignore[misc]
    """A score from 0 to 100, or nothing."""

    def pre_validate(self, _form: Form) -> None:
        if (self.data or "").strip() and score_in(self.data) is None:
            says = "Enter a score from 0 to 100, or leave it empty."
            raise ValidationError(comma_fault(self.data) or says)

    @property
    def asked(self) -> Fraction | None:
        found = score_in(self.data or "")
        return None if found is None else Fraction(str(found))


class CycleForm(SafeForm):
    name = StringField(
        "Name",
        [
            InputRequired("Give the cycle a name, such as 2027 baseline."),
            Length(max=LONGEST_NAME, message=f"Shorten the name to {LONGEST_NAME} characters."),
        ],
        description="Groups see it on the invitation.",
    )
    instrument = SelectField(
        "Instrument",
        description="Groups answer this version. One on trial has new wording that its cut points "
        "have not been tried with: for testing it, not for a program.",
    )
    opens_on = Day("Opens on", [InputRequired(NO_DAY)])
    due_on = Day("Due on", [InputRequired(NO_DAY)])


class DueForm(SafeForm):
    due_on = Day("New due date", [InputRequired(NO_DAY)])


class InviteGroupsForm(SafeForm):
    group = SelectMultipleField("Groups to invite")


class AcceptInvitationForm(SafeForm):
    expires_on = Day(
        "Stop sharing on",
        [Optional()],
        description="Leave it empty to share until you take it back. You can do that at any time.",
    )


def cycle_form(offered: Sequence[Instrument], **data: Any) -> CycleForm:
    """With a field for each minimum of each tier, which a program may raise."""
    fields = {
        place(tier, axis): Minimum(
            f"{tier.id} {tier.title}: {axis.title}",
            description=f"The instrument asks for {float(tier.axis_min[axis.id]):g}.",
        )
        for tier, axis in minimums_in(offered[0])
    }
    form: CycleForm = type("CycleFormOfInstrument", (CycleForm,), fields)(**data)
    form.instrument.choices = [
        SelectChoice(f"{each.id} {each.version}", instrument_words(each)) for each in offered
    ]
    return form


def instrument_words(each: Instrument) -> str:
    on_trial = " (on trial)" if each.status == "trial" else ""
    return f"Version {each.version}{on_trial}: {each.title}"


def minimums_in(instrument: Instrument) -> Iterable[tuple[Tier, Axis]]:
    return (
        (tier, axis)
        for tier in instrument.tiers
        for axis in instrument.axes
        if axis.id in tier.axis_min
    )


def place(tier: Tier, axis: Axis) -> str:
    """The name of a minimum's field, and the place its problem is told at."""
    return f"{tier.id}-{axis.id}"


def draft_of(form: CycleForm, offered: Sequence[Instrument]) -> CycleDraft:
    instrument_id, _, version = form.instrument.data.partition(" ")
    return CycleDraft(
        name=form.name.data,
        instrument_id=instrument_id,
        version=version,
        opens_on=form.opens_on.data,
        due_on=form.due_on.data,
        axis_min=minimums(form, offered[0]),
    )


def minimums(form: CycleForm, instrument: Instrument) -> Mapping[str, Mapping[str, Fraction]]:
    """Only those that were entered."""
    found: dict[str, dict[str, Fraction]] = {}
    for tier, axis in minimums_in(instrument):
        if (least := form[place(tier, axis)].asked) is not None:
            found.setdefault(tier.id, {})[axis.id] = least
    return found


def invite_form(groups: Iterable[Group], **data: Any) -> InviteGroupsForm:
    form = InviteGroupsForm(**data)
    form.group.choices = [SelectChoice(group.id, group.name) for group in groups]
    return form


def first_days(today: date) -> dict[str, date]:
    """What a new cycle most often wants: from today, for about three months."""
    return {"opens_on": today, "due_on": date.fromordinal(today.toordinal() + 90)}
