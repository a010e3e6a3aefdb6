"""The people of a group, of a payer or of the installation: the same pages, on other ground.

Each set of pages stands under its own address and asks for its own ability; `SETS` is the table.
"""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from flask import Blueprint, flash, g, redirect, render_template, request, url_for
from flask.typing import ResponseReturnValue

from readiness.accounts.forms import InviteToGroupForm, InviteWithRoleForm, LeaveForm
from readiness.accounts.service import one_time_links, people, second_step
from readiness.accounts.team import Invitee, roles_at
from readiness.core.errors import BadInput, WrongState
from readiness.core.people import Role
from readiness.core.permissions import Can
from readiness.core.web.forms import with_problems
from readiness.core.web.guard import asks_again, needs
from readiness.core.web.session import actor, session


@dataclass(frozen=True)
class TeamPlace:
    """Whose people: a group's, a payer's, or (without either) the installation's."""

    group_id: str | None = None
    payer_id: str | None = None


def place_ids() -> tuple[str | None, str | None]:
    return g.place.group_id, g.place.payer_id


def invite_form(**given: Any) -> InviteWithRoleForm:
    form = (InviteToGroupForm if g.place.group_id else InviteWithRoleForm)(**given)
    form.offer(roles_at(*place_ids()))
    return form


def show() -> ResponseReturnValue:
    return team_page(invite_form(formdata=None))


def team_page(form: InviteWithRoleForm) -> str:
    team = people.team_of(session(), *place_ids())
    return render_template("accounts/team/team.html", team=team, form=form, place=g.place)


def invite() -> ResponseReturnValue:
    form, token = invite_form(), secrets.token_urlsafe(32)
    if not form.validate():
        return team_page(form), 422
    try:
        link = one_time_links.invite(session(), invitee_of(form), token)
    except BadInput as error:
        return team_page(with_problems(form, error)), 422
    return link_page(token, link.email, "7 days", url_for(".show"))


def invitee_of(form: InviteWithRoleForm) -> Invitee:
    return Invitee(
        email=form.email.data,
        name=form.name.data or "",
        role=Role(form.role.data),
        group_id=g.place.group_id,
        payer_id=g.place.payer_id,
        may_attest=form.may_attest.data if "may_attest" in form else False,
    )


def link_page(token: str, whom: str, lasts: str, back: str) -> str:
    """Shown once: the link is stored nowhere, only its hash."""
    link = url_for("letters.read", token=token, _external=True)
    return render_template(
        "accounts/one_time_link.html", link=link, whom=whom, lasts=lasts, back=back
    )


def withdraw(letter_id: str) -> ResponseReturnValue:
    one_time_links.withdraw_invitation(session(), *place_ids(), letter_id)
    flash("The invitation no longer holds.")
    return redirect(url_for(".show"), 303)


def attest(membership_id: str) -> ResponseReturnValue:
    may = request.form.get("may_attest") == "yes"
    people.set_attesting(session(), g.place.group_id, membership_id, may)
    flash("They may now attest." if may else "They may no longer attest.")
    return redirect(url_for(".show"), 303)


def new_password(membership_id: str) -> ResponseReturnValue:
    member, token = find_member(membership_id), secrets.token_urlsafe(32)
    one_time_links.offer_new_password(session(), member.person.id, token)
    return link_page(token, member.person.name, "one hour", url_for(".show"))


def remove_second_step(membership_id: str) -> ResponseReturnValue:
    found = second_step.remove_of(session(), find_member(membership_id).person.id)
    flash(f"{found.name} signs in without a code, or sets an app up anew.")
    return redirect(url_for(".show"), 303)


def find_member(membership_id: str) -> people.Member:
    return people.member(session(), *place_ids(), membership_id)


def leaving(membership_id: str) -> ResponseReturnValue:
    return leave_page(membership_id, LeaveForm(formdata=None))


def leave_page(membership_id: str, form: LeaveForm, problem: str = "") -> str:
    team = people.team_of(session(), *place_ids())
    form.offer(m for m in team.members if m.membership.id != membership_id)
    return render_template(
        "accounts/team/leave.html",
        team=team,
        member=find_member(membership_id),
        form=form,
        problem=problem,
        place=g.place,
    )


def leave(membership_id: str) -> ResponseReturnValue:
    form = LeaveForm()
    successor = form.successor.raw_data[0] if form.successor.raw_data else None
    try:
        gone = people.end_part(session(), *place_ids(), membership_id, successor or None)
    except (BadInput, WrongState) as error:
        return leave_page(membership_id, form, str(error)), 422
    flash(f"{gone.person.name} no longer belongs to this team.")
    is_self = gone.person.id == actor().id
    return redirect(url_for("home.start") if is_self else url_for(".show"), 303)


VIEWS: tuple[tuple[str, str, Callable[..., ResponseReturnValue]], ...] = (
    ("GET", "", show),
    ("POST", "/invitations", invite),
    ("POST", "/invitations/<letter_id>/withdraw", withdraw),
    ("POST", "/members/<membership_id>/attest", attest),
    ("POST", "/members/<membership_id>/new-password", new_password),
    ("POST", "/members/<membership_id>/remove-second-step", remove_second_step),
    ("GET", "/members/<membership_id>/leave", leaving),
    ("POST", "/members/<membership_id>/leave", leave),
)
PAGES = {show, leaving}  # the others change who may do what
SETS = (  # name, address, and who may open it
    ("team", "/groups/<group_id>/team", Can.MANAGE_TEAM),
    ("payer_team", "/payers/<payer_id>/team", Can.MANAGE_PAYER_TEAM),
    ("group_people", "/admin/groups/<group_id>", Can.ADMINISTER),
    ("payer_people", "/admin/payers/<payer_id>", Can.ADMINISTER),
    ("administrators", "/admin/administrators", Can.ADMINISTER),
)


def pages_for(name: str, address: str, can: Can) -> Blueprint:
    pages = Blueprint(name, __name__, url_prefix=address)
    pages.url_value_preprocessor(take_place)
    pages.url_defaults(put_place)
    for method, rule, view in VIEWS:
        if view is not attest or "group_id" in address:
            pages.add_url_rule(rule, view.__name__, guard(view, can), methods=[method])
    return pages


def guard(view: Callable[..., ResponseReturnValue], can: Can) -> Callable[..., ResponseReturnValue]:
    """The view under one ability; under another address it may ask for another."""

    @needs(can)
    def opened(**given: str) -> ResponseReturnValue:
        return view(**given)

    return opened if view in PAGES else asks_again(opened)


def take_place(_endpoint: str | None, values: dict[str, Any] | None) -> None:
    values = values if values is not None else {}
    g.place = TeamPlace(values.pop("group_id", None), values.pop("payer_id", None))


def put_place(_endpoint: str, values: dict[str, Any]) -> None:
    """Addresses built on these pages stay with the same group or payer."""
    if "place" in g and g.place.group_id:
        values.setdefault("group_id", g.place.group_id)
    if "place" in g and g.place.payer_id:
        values.setdefault("payer_id", g.place.payer_id)


BLUEPRINTS = tuple(pages_for(*each) for each in SETS)
