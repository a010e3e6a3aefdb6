"""The group's own control: invitations, who reads what it submits, and taking it back."""

from __future__ import annotations

import secrets

from flask import Blueprint, flash, redirect, render_template, url_for
from flask.typing import ResponseReturnValue

from readiness.assessments.forms.cycles import AcceptForm
from readiness.assessments.service import sharing
from readiness.core.errors import BadInput
from readiness.core.permissions import Can
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import needs
from readiness.core.web.session import now, session, store
from readiness.portfolio.service.bulk_pdf import sweep

pages = Blueprint("sharing", __name__)


@pages.get("/groups/<group_id>/sharing")
@needs(Can.SHARE)
def overview(group_id: str) -> ResponseReturnValue:
    found = sharing.sharing(session(), group_id)
    return render_template("assessments/sharing/overview.html", sharing=found)


@pages.get("/groups/<group_id>/invitations/<cycle_id>")
@needs(Can.SHARE)
def invitation(group_id: str, cycle_id: str) -> ResponseReturnValue:
    return asked(group_id, cycle_id, AcceptForm(formdata=None))


def asked(group_id: str, cycle_id: str, form: AcceptForm) -> ResponseReturnValue:
    group, found, linked = sharing.invitation(session(), group_id, cycle_id)
    page = render_template(
        "assessments/sharing/invitation.html", group=group, asked=found, linked=linked, form=form
    )
    return page, 422 if form.errors else 200


@pages.post("/groups/<group_id>/invitations/<cycle_id>/accept")
@needs(Can.SHARE)
def accept(group_id: str, cycle_id: str) -> ResponseReturnValue:
    form = AcceptForm()
    ids = secrets.token_urlsafe(9), secrets.token_urlsafe(9)
    if form.validate():
        try:
            sharing.accept(session(), group_id, cycle_id, form.expires_on.data, ids)
        except BadInput as error:
            with_problems(form, error)
        else:
            flash("Accepted. The payer sees your progress, and your answers once you submit them.")
            return redirect(url_for(".overview", group_id=group_id), 303)
    return asked(group_id, cycle_id, form)


@pages.post("/groups/<group_id>/invitations/<cycle_id>/decline")
@needs(Can.SHARE)
def decline(group_id: str, cycle_id: str) -> ResponseReturnValue:
    sharing.decline(session(), group_id, cycle_id)
    flash("Declined. The payer sees that you declined, and nothing else.")
    return redirect(url_for(".overview", group_id=group_id), 303)


@pages.post("/groups/<group_id>/sharing/<payer_id>/stop")
@needs(Can.SHARE)
def stop(group_id: str, payer_id: str) -> ResponseReturnValue:
    sharing.stop(session(), group_id, payer_id)
    sweep(store(), now())  # ZIPs of plans that the payer may no longer fetch
    flash("Sharing has stopped. From this moment that payer finds nothing of yours.")
    return redirect(url_for(".overview", group_id=group_id), 303)


@pages.post("/groups/<group_id>/invitations/<cycle_id>/share-again")
@needs(Can.SHARE)
def resume(group_id: str, cycle_id: str) -> ResponseReturnValue:
    sharing.resume(session(), group_id, cycle_id, secrets.token_urlsafe(9))
    flash("Shared again.")
    return redirect(url_for(".overview", group_id=group_id), 303)
