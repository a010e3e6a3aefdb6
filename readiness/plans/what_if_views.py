"""What if other levels were reached or lost: a page that stores nothing, told by its address."""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlencode

from flask import Blueprint, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.core.permissions import Can
from readiness.core.web.guard import needs
from readiness.core.web.session import session, store
from readiness.plans.presenters.tier_cost import tier_cost_text
from readiness.plans.presenters.what_if import text_of
from readiness.plans.service import what_if
from readiness.plans.what_if import LevelChange

bp = Blueprint("what_if", __name__)


@bp.get("/assessments/<assessment_id>/what-if")
@needs(Can.READ_PLAN)
def show(assessment_id: str) -> ResponseReturnValue:
    """The form sends every item; an address that is kept names only those that are changed."""
    asked = [*request.args.items(multi=True)]
    if not all(level for _, level in asked):
        return redirect(address_of(assessment_id, [each for each in asked if each[1]]))
    opened = what_if.load(session(), assessment_id)
    if opened.questions_left:
        return render_template("plans/unfinished.html", opened=opened, heading="What if …?")
    found = what_if.try_levels(store(), opened, asked)
    page = render_template(
        "plans/what_if.html",
        opened=opened,
        found=found,
        problems=[("", says) for says in found.asked.problems],
        told=text_of(found),
        cost=tier_cost_text(opened),
        without=addresses_without(assessment_id, found.asked.changes),
    )
    return page, 422 if found.asked.problems else 200


def addresses_without(assessment_id: str, changes: Iterable[LevelChange]) -> dict[str, str]:
    """By item id, this page with all changes but that one."""
    levels = {each.item_id: str(each.to) for each in changes}
    return {
        left_out: address_of(assessment_id, [e for e in levels.items() if e[0] != left_out])
        for left_out in levels
    }


def address_of(assessment_id: str, levels: Iterable[tuple[str, str]]) -> str:
    here = url_for(".show", assessment_id=assessment_id)
    query = urlencode([*levels])
    return f"{here}?{query}" if query else here
