"""The payer's cycles and the group's answer to them, as pages."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.accounts.db import groups
from readiness.assessments.db import assessments, cycles
from tests.factories import payers, world
from tests.factories.page import Page, read
from tests.factories.payers import a_cycle, accepted, invited
from tests.factories.world import NOW

CYCLES = "/payers/fair/cycles"
FIELDS = {
    "name": "2027 baseline",
    "instrument": f"{payers.QMER.id} {payers.QMER.version}",
    "opens_on": "2027-01-15",
    "due_on": "2027-04-15",
}


@pytest.fixture
def payer(client, sign_in):
    return sign_in(client, "pam")


@pytest.fixture
def group(app, sign_in):
    return sign_in(app.test_client(), "omar")


def test_a_cycle_is_opened_groups_are_invited_and_one_accepts(payer, group, store):
    assert "There is no cycle yet" in read(payer, CYCLES).text
    form = read(payer, f"{CYCLES}/new").values(f"{CYCLES}/new")
    assert form["opens_on"] == "2027-01-15"
    reply = world.send(payer, f"{CYCLES}/new", **{**form, "name": "2027 baseline", "T3-QMS": "70"})
    assert reply.status_code == 303
    board = reply.headers["Location"]
    page = read(payer, board)
    assert "the instrument asks for 60.0" in page.text
    reply = world.send(payer, f"{board}/invitations", group=["elm", "oak"])
    assert reply.status_code == 303
    page = read(payer, board)
    assert "2 groups invited." in page.text
    assert "2 no reply yet" in page.text

    sharing = read(group, "/groups/oak/sharing")
    invitation = sharing.links["Fair Health: 2027 baseline"]
    page = read(group, invitation)
    assert "your action plan with the posts named in it" in page.text
    assert "What Fair Health will see" in page.text
    assert "also not in what it worked out before" in page.text
    assert "the instrument asks for 60.0" in page.text
    reply = world.send(group, f"{invitation}/accept", expires_on="")
    assert reply.headers["Location"] == "/groups/oak/sharing"
    page = read(group, "/groups/oak/sharing")
    assert "you take it back" in page.text
    assert "also not in what it worked out before" in page.text
    assert len(assessments.of_group(store, "oak")) == 1
    assert "1 accepted, not started" in read(payer, board).text

    assert world.send(group, "/groups/oak/sharing/fair/stop").status_code == 303
    page = read(group, "/groups/oak/sharing")
    assert "You share with nobody" in page.text
    assert "1 no longer sharing" in read(payer, board).text
    assert world.send(group, f"{invitation}/share-again").status_code == 303
    assert groups.readers(store, "oak", NOW.date()) == {"fair"}


def test_progress_shows_on_the_board_and_nothing_else_of_a_draft(payer, store):
    made = invited(store, a_cycle(store), "oak")
    assessment = accepted(store, made, "oak")
    payers.answer(store, assessment, {"LEAD-1": payers.all_at(4)["LEAD-1"]}, "omar")
    page = read(payer, f"{CYCLES}/{made.id}")
    assert "1 of 57 answered" in page.text
    assert payers.NOTE not in page.text


@pytest.mark.parametrize(
    ("field", "typed", "says"),
    [
        ("name", " ", "Give the cycle a name"),
        ("name", "x" * 81, "Shorten the name"),
        ("due_on", "2027-01-15", "after the day it opens"),
        ("due_on", "soon", "Enter a date"),
        ("instrument", "qmer 1999.1", "Not a valid choice"),
        ("T3-QMS", "59", "the instrument asks for 60"),
        ("T3-QMS", "lots", "Enter a score from 0 to 100"),
        ("T3-EQR", "101", "Enter a score from 0 to 100"),
    ],
)
def test_what_is_wrong_is_said_at_its_field_and_nothing_typed_is_lost(payer, field, typed, says):
    reply = world.send(payer, f"{CYCLES}/new", **{**FIELDS, field: typed})
    assert reply.status_code == 422
    page = Page(reply.text)
    assert says in page.by_id("errors").text
    assert f"#{field}" in page.by_id("errors").all("a")[0].get("href")
    kept = page.values(f"{CYCLES}/new")
    assert kept["due_on"] == ("2027-04-15" if field != "due_on" else typed)
    if field != "instrument":
        assert kept[field] == typed


def test_an_invitation_without_a_group_says_what_to_do(payer, store):
    made = a_cycle(store)
    reply = world.send(payer, f"{CYCLES}/{made.id}/invitations")
    assert reply.status_code == 422
    assert "Choose at least one group" in Page(reply.text).by_id("errors").text


def test_groups_to_invite_are_searched_by_name(payer, store):
    made = a_cycle(store)
    page = read(payer, f"{CYCLES}/{made.id}?text=oak")
    assert [tag.text for tag in page.all("label") if "group" in tag.get("for")] == [
        "Oak Physicians"
    ]
    assert "No group of that name" in read(payer, f"{CYCLES}/{made.id}?text=%25").text


def test_the_due_date_moves_and_the_cycle_closes(payer, store):
    made = a_cycle(store)
    board = f"{CYCLES}/{made.id}"
    reply = world.send(payer, f"{board}/due", due_on="2027-02-01")
    assert reply.status_code == 422
    assert "after the due date" in Page(reply.text).text
    assert world.send(payer, f"{board}/due", due_on="2027-06-01").status_code == 303
    assert "Jun 1, 2027" in read(payer, board).text
    assert world.send(payer, f"{board}/close").status_code == 303
    page = read(payer, board)
    assert "closed Jan 15, 2027" in page.text
    assert "Invite groups" not in page.text
    assert world.send(payer, f"{board}/invitations", group="elm").status_code == 409
    assert cycles.invited_group_ids(store, made.id) == frozenset()


def test_an_invitation_can_be_declined_and_accepted_after_all(group, store):
    made = invited(store, a_cycle(store), "oak")
    path = f"/groups/oak/invitations/{made.id}"
    assert world.send(group, f"{path}/decline").status_code == 303
    assert "You can still accept" in read(group, "/groups/oak/sharing").text
    reply = world.send(group, f"{path}/accept", expires_on="2027-01-15")
    assert reply.status_code == 422
    assert "Choose a day after today" in Page(reply.text).by_id("errors").text
    assert world.send(group, f"{path}/accept", expires_on="2027-03-01").status_code == 303
    assert "Mar 1, 2027" in read(group, "/groups/oak/sharing").text
    assert world.send(group, f"{path}/accept", expires_on="").status_code == 409


def test_a_second_invitation_says_that_one_assessment_serves_both(group, store):
    accepted(store, invited(store, a_cycle(store), "oak"), "oak")
    second = invited(store, a_cycle(store, "far", name="Far round"), "oak")
    page = read(group, f"/groups/oak/invitations/{second.id}")
    assert "serves this invitation too" in page.text
    assert world.send(group, f"/groups/oak/invitations/{second.id}/accept").status_code == 303
    assert len(assessments.of_group(store, "oak")) == 1


@pytest.mark.parametrize(("who", "status"), [("pete", 404), ("omar", 403), ("ada", 403)])
def test_nobody_else_sees_or_changes_a_payers_cycles(client, sign_in, store, who, status):
    made = a_cycle(store)
    stranger = sign_in(client, who)
    board = f"{CYCLES}/{made.id}"
    for path in (CYCLES, f"{CYCLES}/new", board):
        assert stranger.get(path).status_code == status
    for path in (f"{CYCLES}/new", f"{board}/invitations", f"{board}/due", f"{board}/close"):
        sent = world.send(stranger, path, **FIELDS, group="elm")
        assert sent.status_code == status
    assert cycles.get(store, made.id).closed_at is None


@pytest.mark.parametrize(("who", "status"), [("maya", 404), ("cara", 403), ("pam", 403)])
def test_nobody_else_sees_or_changes_what_a_group_shares(client, sign_in, store, who, status):
    made = invited(store, a_cycle(store), "oak")
    stranger = sign_in(client, who)
    path = f"/groups/oak/invitations/{made.id}"
    for each in ("/groups/oak/sharing", path):
        assert stranger.get(each).status_code == status
    for each in (f"{path}/accept", f"{path}/decline", f"{path}/share-again",
                 "/groups/oak/sharing/fair/stop"):  # fmt: skip
        assert world.send(stranger, each).status_code == status
    assert groups.readers(store, "oak", NOW.date()) == frozenset()


def test_an_overdue_cycle_says_so(payer, store, clock, sign_in):
    made = a_cycle(store)
    clock.time = NOW + timedelta(days=120)
    sign_in(payer, "pam")
    people_session(store, clock)
    assert "(past)" in read(payer, f"{CYCLES}/{made.id}").text


def people_session(store, clock):
    """The session is as fresh as the clock says."""
    with store.writing():
        moment = clock().isoformat()
        store.execute("update sessions set created_at = ?, seen_at = ?", (moment, moment))
