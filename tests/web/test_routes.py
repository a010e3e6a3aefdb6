"""Every address of the application, tried by everybody. A new address needs a row here.

Each row gives what seven visitors are answered, on what belongs to the group elm and the payer
fair (see `world.py`):

    nobody  signed in as no one
    maya    practice manager of elm           omar  practice manager of another group
    cara    care team of elm
    pam     payer whom elm shares with        pete  payer whom nobody shares with
    ada     administrator

401: sign in first. 403: not for people like you. 404: no such thing, as far as you can tell.
Forms are sent empty but for their token: 422 means that somebody was let in and told what is
missing. The order of the columns is the order of trying: whoever may change something comes last.
"""

from __future__ import annotations

import pytest

from readiness.domain.people import Role
from readiness.domain.team import Seat
from readiness.store import letters
from readiness.usecases.letters import write_invitation
from tests.web import world

VISITORS = ("nobody", "omar", "pete", "cara", "pam", "ada", "maya")
PLACES = {
    "group_id": "elm",
    "payer_id": "fair",
    "person_id": "cara",
    "letter_id": letters.digest("seat-in-elm"),
    "token": "seat-in-elm",
    "name": "no-such-font",
    "filename": "app.css",
}
MEMBERS = {  # whose membership an address is about
    "team": "m-cara",
    "group_people": "m-cara",
    "payer_team": "m-pam",
    "payer_people": "m-pam",
    "administrators": "m-ada",
}
LETTERS = {  # which invitation
    "payer_team": "seat-at-fair",
    "payer_people": "seat-at-fair",
    "administrators": "seat-here",
}

ROUTES = {
    #                                                             nobody omar pete cara pam ada maya
    "GET /": "200 302 302 302 302 302 302",
    "GET /home": "401 200 200 200 200 200 200",
    "GET /health": "200 200 200 200 200 200 200",
    "GET /static/<path:filename>": "200 200 200 200 200 200 200",
    "GET /vendor/bootstrap.min.css": "200 200 200 200 200 200 200",
    "GET /fonts/<name>": "404 404 404 404 404 404 404",
    "GET /sign-in": "200 200 200 200 200 200 200",
    "POST /sign-in": "422 422 422 422 422 422 422",
    "POST /sign-out": "401 303 303 303 303 303 303",
    "POST /session": "401 303 303 303 303 303 303",
    # one's own account
    "GET /account": "401 200 200 200 200 200 200",
    "POST /account/password": "401 422 422 422 422 422 422",
    "POST /account/sessions/end": "401 303 303 303 303 303 303",
    # one-time links: whoever has the link, may read it; joining asks for the right person
    "GET /letters/<token>": "200 200 200 200 200 200 200",
    "POST /letters/<token>/accept": "422 422 422 422 422 422 422",
    "POST /letters/<token>/join": "401 403 403 403 403 403 403",
    "POST /letters/<token>/password": "404 404 404 404 404 404 404",  # this one is an invitation
    # the people of a group
    "GET /groups/<group_id>/team": "401 404 403 403 403 403 200",
    "POST /groups/<group_id>/team/invitations": "401 404 403 403 403 403 422",
    "POST /groups/<group_id>/team/invitations/<letter_id>/withdraw": "401 404 403 403 403 403 303",
    "POST /groups/<group_id>/team/members/<membership_id>/attest": "401 404 403 403 403 403 303",
    "POST /groups/<group_id>/team/members/<membership_id>/new-password": (
        "401 404 403 403 403 403 200"
    ),
    "GET /groups/<group_id>/team/members/<membership_id>/leave": "401 404 403 403 403 403 200",
    "POST /groups/<group_id>/team/members/<membership_id>/leave": "401 404 403 403 403 403 303",
    "GET /groups/<group_id>/history": "401 404 403 403 403 403 200",
    "GET /groups/<group_id>/records": "401 404 403 403 403 403 200",
    "POST /groups/<group_id>/records/export": "401 404 403 403 403 403 200",
    "GET /groups/<group_id>/records/remove": "401 404 403 403 403 403 200",
    "POST /groups/<group_id>/records/remove": "401 404 403 403 403 403 422",
    # the people of a payer
    "GET /payers/<payer_id>/team": "401 403 404 403 200 403 403",
    "POST /payers/<payer_id>/team/invitations": "401 403 404 403 422 403 403",
    "POST /payers/<payer_id>/team/invitations/<letter_id>/withdraw": "401 403 404 403 303 403 403",
    "POST /payers/<payer_id>/team/members/<membership_id>/new-password": (
        "401 403 404 403 200 403 403"
    ),
    "GET /payers/<payer_id>/team/members/<membership_id>/leave": "401 403 404 403 200 403 403",
    "POST /payers/<payer_id>/team/members/<membership_id>/leave": "401 403 404 403 422 403 403",
    "GET /payers/<payer_id>/history": "401 403 404 403 200 403 403",
    # administration
    "GET /admin": "401 403 403 403 403 200 403",
    "GET /admin/groups": "401 403 403 403 403 200 403",
    "POST /admin/groups": "401 403 403 403 403 422 403",
    "GET /admin/payers": "401 403 403 403 403 200 403",
    "POST /admin/payers": "401 403 403 403 403 422 403",
    "GET /admin/people": "401 403 403 403 403 200 403",
    "GET /admin/people/<person_id>": "401 403 403 403 403 200 403",
    "POST /admin/people/<person_id>/disable": "401 403 403 403 403 303 403",
    "POST /admin/people/<person_id>/enable": "401 403 403 403 403 303 403",
    "POST /admin/people/<person_id>/new-password": "401 403 403 403 403 200 403",
    "GET /admin/history": "401 403 403 403 403 200 403",
    "POST /admin/history/check": "401 403 403 403 403 303 403",
    "GET /admin/groups/<group_id>": "401 403 403 403 403 200 403",
    "POST /admin/groups/<group_id>/invitations": "401 403 403 403 403 422 403",
    "POST /admin/groups/<group_id>/invitations/<letter_id>/withdraw": "401 403 403 403 403 303 403",
    "POST /admin/groups/<group_id>/members/<membership_id>/attest": "401 403 403 403 403 303 403",
    "POST /admin/groups/<group_id>/members/<membership_id>/new-password": (
        "401 403 403 403 403 200 403"
    ),
    "GET /admin/groups/<group_id>/members/<membership_id>/leave": "401 403 403 403 403 200 403",
    "POST /admin/groups/<group_id>/members/<membership_id>/leave": "401 403 403 403 403 303 403",
    "GET /admin/payers/<payer_id>": "401 403 403 403 403 200 403",
    "POST /admin/payers/<payer_id>/invitations": "401 403 403 403 403 422 403",
    "POST /admin/payers/<payer_id>/invitations/<letter_id>/withdraw": "401 403 403 403 403 303 403",
    "POST /admin/payers/<payer_id>/members/<membership_id>/new-password": (
        "401 403 403 403 403 200 403"
    ),
    "GET /admin/payers/<payer_id>/members/<membership_id>/leave": "401 403 403 403 403 200 403",
    "POST /admin/payers/<payer_id>/members/<membership_id>/leave": "401 403 403 403 403 422 403",
    "GET /admin/administrators": "401 403 403 403 403 200 403",
    "POST /admin/administrators/invitations": "401 403 403 403 403 422 403",
    "POST /admin/administrators/invitations/<letter_id>/withdraw": "401 403 403 403 403 303 403",
    "POST /admin/administrators/members/<membership_id>/new-password": (
        "401 403 403 403 403 200 403"
    ),
    "GET /admin/administrators/members/<membership_id>/leave": "401 403 403 403 403 200 403",
    "POST /admin/administrators/members/<membership_id>/leave": "401 403 403 403 403 422 403",
}


@pytest.fixture
def invited(store):
    """An open invitation to each place, and a link to a new password."""
    seats = {
        "seat-in-elm": Seat("new@example.org", Role.CARE_TEAM, group_id="elm"),
        "seat-at-fair": Seat("new@example.org", Role.PAYER_MANAGER, payer_id="fair"),
        "seat-here": Seat("new@example.org", Role.ADMINISTRATOR),
    }
    for token, seat in seats.items():
        write_invitation(store, "ada", seat, token, world.NOW)
    return store


def rules(app):
    return {
        f"{method} {rule.rule}": rule
        for rule in app.url_map.iter_rules()
        for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
    }


def address(app, rule):
    area = rule.endpoint.split(".")[0]
    values = PLACES | {"membership_id": MEMBERS.get(area, "m-cara")}
    if area in LETTERS:
        values["letter_id"] = letters.digest(LETTERS[area])
    with app.test_request_context():
        return app.url_map.bind("localhost").build(
            rule.endpoint, {name: values[name] for name in rule.arguments}, force_external=False
        )


def test_every_address_has_its_row_and_every_row_its_address(app):
    assert sorted(rules(app)) == sorted(ROUTES)


@pytest.mark.parametrize("route", ROUTES)
def test_everybody_is_answered_as_the_table_says(app, invited, sign_in, route):
    method, _ = route.split(" ", 1)
    path = address(app, rules(app)[route])
    answered = []
    for visitor in VISITORS:
        client = app.test_client()
        if visitor != "nobody":
            sign_in(client, visitor)
        token = world.token(client) if method == "POST" else ""
        reply = client.open(
            path, method=method, buffered=True, data={"csrf_token": token} if token else None
        )
        answered.append(str(reply.status_code))
    assert dict(zip(VISITORS, answered, strict=True)) == dict(
        zip(VISITORS, ROUTES[route].split(), strict=True)
    )
