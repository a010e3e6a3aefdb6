"""Doing things twice, late, out of order, at the same moment or in somebody else's place."""

from __future__ import annotations

import re
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from threading import Barrier

import pytest

from readiness.accounts.db import people
from readiness.accounts.passwords import Hasher
from readiness.accounts.service import one_time_links
from readiness.accounts.team import Invitee
from readiness.assessments.db import assessments, runs
from readiness.assessments.db import cycles as grants
from readiness.assessments.models import AssessmentStatus, Decision
from readiness.assessments.review import ReviewChoice
from readiness.assessments.saving import SentAnswer, choice_of
from readiness.assessments.service import answering, cycles, review, sharing, submission
from readiness.core import audit
from readiness.core import people as roles
from readiness.core.db import Session, Store
from readiness.core.errors import ChangedMeanwhile, ReadinessError, WrongState
from readiness.core.sealing import key_of
from tests.factories import payers, world
from tests.factories.page import Page
from tests.factories.payers import person
from tests.factories.world import NOW

pytestmark = pytest.mark.slow  # every move from every state

LATER = NOW + timedelta(days=2)
SHARED_WITH_NOBODY = "There is no such page, or it is not shared with you."


def at_once(store: Store, act: Callable[[Store, int], object]) -> list[object]:
    """Two people do the same at the same moment: what each is told."""
    start = Barrier(2)

    def one(number: int) -> object:
        own = Store(store.path)
        try:
            start.wait(timeout=600)
            return act(own, number)
        except ReadinessError as error:
            return error
        finally:
            own.close()

    with ThreadPoolExecutor(2) as pool:
        return list(pool.map(one, (1, 2)))


def refusals(told: list[object]) -> list[type]:
    return [type(each) for each in told if isinstance(each, ReadinessError)]


def verbs(store: Store, verb: str) -> int:
    return sum(row["verb"] == verb for row in store.rows("select verb from events"))


@pytest.fixture
def ready(store):
    """Elm's assessment, answered throughout and not sent in."""
    made = payers.started(store)
    payers.answer(store, made, payers.all_at(2))
    return made


@pytest.fixture
def sent(store):
    return payers.sent_in(store)


# At the same moment


def test_two_who_submit_at_once_submit_once(store, ready):
    def act(own, number):
        ids = submission.Ids(f"c{number}", f"s{number}", lambda: f"000{number}")
        maya = person(own, "maya")
        return submission.submit(
            Session(own, maya, NOW), ready.id, submission.Signature("Maya", True), ids
        )

    assert refusals(at_once(store, act)) == [WrongState]
    assert len(assessments.submissions(store, ready.id)) == 1
    assert len(runs.of_assessment(store, ready.id)) == 2
    assert verbs(store, "submitted") == 1


def test_two_who_answer_an_item_at_once_keep_both_answers(store, ready):
    base = assessments.answers(store, ready.id)["LEAD-1"].revision

    def act(own, number):
        sent = SentAnswer("LEAD-1", choice=str(2 + number), note=payers.NOTE, base=base)
        who = person(own, ("maya", "cara")[number - 1])
        return answering.save_item(Session(own, who, NOW), ready.id, sent)

    told = at_once(store, act)
    (refused,) = [each for each in told if isinstance(each, answering.AnsweredMeanwhile)]
    history = assessments.answer_history(store, ready.id, "LEAD-1")
    assert [each.revision for each in history] == list(range(1, base + 2))
    assert refused.clash.current == history[-1]
    assert refused.clash.sent.choice != choice_of(history[-1].answer)


def test_two_who_follow_one_link_at_once_join_once(store):
    seat = Invitee("new@example.org", roles.Role.CARE_TEAM, "elm")
    one_time_links.invite(Session(store, person(store, "maya"), NOW), seat, "token")

    def act(own, number):
        ids, hasher = (f"p{number}", f"m{number}"), Hasher(quick=True)
        words = "gentle otters ride at dawn"
        return one_time_links.accept_invitation(own, hasher, "token", "Nell", words, ids, NOW)

    assert len(refusals(at_once(store, act))) == 1
    assert len(people.memberships(store, group_id="elm")) == 3


def test_two_who_accept_an_invitation_at_once_share_once(store):
    cycle = payers.invited(store, payers.a_cycle(store), "oak")

    def act(own, number):
        ids = f"g{number}", f"a{number}"
        return sharing.accept(Session(own, person(own, "omar"), NOW), "oak", cycle.id, None, ids)

    assert refusals(at_once(store, act)) == [ChangedMeanwhile]
    assert len(grants.grants_of(store, "oak")) == 1
    assert len(assessments.of_group(store, "oak")) == 1


def test_of_accepting_and_closing_at_once_one_comes_first(store):
    cycle = payers.invited(store, payers.a_cycle(store), "oak")

    def act(own, number):
        if number == 1:
            return cycles.close(Session(own, person(own, "pam"), NOW), "fair", cycle.id)
        ids = "g1", "a1"
        return sharing.accept(Session(own, person(own, "omar"), NOW), "oak", cycle.id, None, ids)

    told = at_once(store, act)
    assert set(refusals(told)) <= {WrongState}
    assert bool(grants.grants_of(store, "oak")) is not isinstance(told[1], WrongState)


def test_two_who_start_at_once_work_on_the_same_assessment(store):
    def act(own, number):
        return answering.start(Session(own, person(own, "omar"), NOW), "oak", f"a{number}").id

    one, other = at_once(store, act)
    assert one == other
    assert len(assessments.of_group(store, "oak")) == 1


def test_two_who_take_an_assessment_up_again_at_once_leave_one_under_way(store, ready):
    maya = person(store, "maya")
    answering.withdraw(Session(store, maya, NOW), ready.id)
    again = answering.start(Session(store, maya, LATER), "elm", "again")
    answering.withdraw(Session(store, maya, LATER), again.id)

    def act(own, number):
        chosen = (ready.id, again.id)[number - 1]
        return answering.undo_withdrawal(Session(own, person(own, "maya"), LATER), chosen)

    assert refusals(at_once(store, act)) == [WrongState]
    states = [each.status for each in assessments.of_group(store, "elm")]
    assert sorted(states) == sorted([AssessmentStatus.IN_PROGRESS, AssessmentStatus.WITHDRAWN])


def test_two_reviewers_who_decide_at_once_both_stay_on_record(store, sent):
    def act(own, number):
        reason = "The minutes are from 2024." if number == 2 else ""
        wanted = Decision.CHANGE_REQUESTED if number == 2 else Decision.AGREED
        choice = ReviewChoice("LEAD-1", wanted, reason=reason, seen=0)
        return review.decide(Session(own, person(own, "pam"), LATER), sent.id, 1, (choice,))

    assert refusals(at_once(store, act)) == [ChangedMeanwhile]
    row = store.row("select count(*) as n from reviews where assessment_id = ?", (sent.id,))
    assert row["n"] == 1


# Out of order


EDITS = {
    "an item": ("maya", "/items/LEAD-1", {"choice": "4"}),
    "a page": ("maya", "/domains/LEAD", {"LEAD-1.choice": "4", "LEAD-1.base": "1"}),
    "the facts": ("maya", "/context", {"sites": "3"}),
    "a second signature": ("maya", "/submit", {"name": "Maya", "agrees": "y"}),
}


@pytest.mark.parametrize("what", EDITS)
@pytest.mark.parametrize(
    "status", [AssessmentStatus.SUBMITTED, AssessmentStatus.ACCEPTED, AssessmentStatus.WITHDRAWN]
)
def test_what_is_closed_is_not_changed_by_an_old_page(client, sign_in, store, sent, what, status):
    with store.writing():
        store.execute("update assessments set status = ? where id = ?", (status, sent.id))
    before = assessments.answers(store, sent.id), assessments.context(store, sent.id)
    who, path, fields = EDITS[what]
    sign_in(client, who)
    address = f"/assessments/{sent.id}{path}"
    if what == "an item":
        headers = {"X-CSRFToken": world.token(client)}
        reply = client.put(address, json={**fields, "base": 1}, headers=headers)
        assert reply.json["error"].endswith(".")
    else:
        reply = world.send(client, address, **fields)
        assert Page(reply.text).text
    assert reply.status_code == 409
    assert (assessments.answers(store, sent.id), assessments.context(store, sent.id)) == before
    assert len(assessments.submissions(store, sent.id)) == 1


def test_an_incomplete_assessment_is_not_taken_in(client, sign_in, store):
    made = payers.started(store)
    sign_in(client, "maya")
    reply = world.send(client, f"/assessments/{made.id}/submit", name="Maya", agrees="y")
    assert reply.status_code == 422
    assert assessments.submissions(store, made.id) == ()
    assert assessments.get(store, made.id).status is AssessmentStatus.IN_PROGRESS


MOVES = {
    "/withdraw": {
        AssessmentStatus.IN_PROGRESS,
        AssessmentStatus.SUBMITTED,
        AssessmentStatus.CHANGES_REQUESTED,
    },
    "/take-up-again": {AssessmentStatus.WITHDRAWN},
}


@pytest.mark.parametrize("path", MOVES)
@pytest.mark.parametrize("status", AssessmentStatus)
def test_each_state_allows_its_own_moves_only(client, sign_in, store, sent, path, status):
    with store.writing():
        store.execute("update assessments set status = ? where id = ?", (status, sent.id))
    sign_in(client, "maya")
    reply = world.send(client, f"/assessments/{sent.id}{path}")
    assert reply.status_code == (303 if status in MOVES[path] else 409)
    moved = assessments.get(store, sent.id).status is not status
    assert moved is (status in MOVES[path])


def test_starting_twice_carries_over_once(store, sent):
    with store.writing():
        store.execute("update assessments set status = 'accepted' where id = ?", (sent.id,))
    maya = person(store, "maya")
    first = answering.start(Session(store, maya, LATER), "elm", "a-first")
    there = assessments.answers(store, first.id)
    assert len(there) == len(payers.QMER.items)
    assert answering.start(Session(store, maya, LATER), "elm", "a-second").id == first.id
    assert assessments.answers(store, first.id) == there


def test_a_closed_cycle_takes_no_invitation_answer_or_later_date(client, sign_in, store):
    cycle = payers.invited(store, payers.a_cycle(store), "oak")
    cycles.close(Session(store, person(store, "pam"), NOW), "fair", cycle.id)
    board = f"/payers/fair/cycles/{cycle.id}"
    tries = [
        ("pam", f"{board}/invitations", {"group": "elm"}),
        ("pam", f"{board}/due", {"due_on": "2028-01-01"}),
        ("pam", f"{board}/close", {}),
        ("omar", f"/groups/oak/invitations/{cycle.id}/accept", {}),
        ("omar", f"/groups/oak/invitations/{cycle.id}/decline", {}),
        ("omar", f"/groups/oak/invitations/{cycle.id}/share-again", {}),
    ]
    for who, path, fields in tries:
        reply = world.send(sign_in(client, who), path, **fields)
        assert reply.status_code == 409, path
        assert Page(reply.text).text
    assert grants.grants_of(store, "oak") == ()


@pytest.mark.parametrize("path", ["accept", "request-changes", "agree-with-low", "LEAD"])
@pytest.mark.parametrize("number", ["0", "2", "-1", "9" * 40, "1e3", "x", "٣"])
def test_a_decision_on_another_version_is_refused(client, sign_in, store, sent, path, number):
    sign_in(client, "pam")
    address = f"/assessments/{sent.id}/review/LEAD"
    fields = Page(client.get(address).text).values(address)
    fields |= {"LEAD-1-verdict": "agree", "number": number}
    reply = world.send(client, f"/assessments/{sent.id}/review/{path}", **fields)
    assert reply.status_code == 409
    assert assessments.reviews_of(store, sent.id, 1) == {}
    assert assessments.get(store, sent.id).status is AssessmentStatus.SUBMITTED


@pytest.mark.parametrize("path", ["", "/LEAD", "/accept", "/request-changes", "/agree-with-low"])
def test_nobody_reviews_their_own_group(client, sign_in, store, sent, path):
    both = roles.Membership("m-both", "maya", roles.Role.PAYER_MANAGER, payer_id="fair")
    with store.writing():
        people.join(store, both, NOW)
    sign_in(client, "maya")
    address = f"/assessments/{sent.id}/review{path}"
    reading = path in ("", "/LEAD")
    reply = client.get(address) if reading else world.send(client, address, number="1")
    assert reply.status_code == 403
    assert assessments.get(store, sent.id).status is AssessmentStatus.SUBMITTED


# In somebody else's place


def test_a_grant_taken_back_closes_the_page_that_is_open(client, sign_in, store, sent):
    sign_in(client, "pam")
    address = f"/assessments/{sent.id}/review"
    form = Page(client.get(f"{address}/LEAD").text).values(f"{address}/LEAD")
    sharing.stop(Session(store, person(store, "maya"), NOW), "elm", "fair")
    pages = (address, f"{address}/LEAD", f"/assessments/{sent.id}/plan", "/payers/fair/groups/elm")
    assert {client.get(page).status_code for page in pages} == {404}
    reply = world.send(client, f"{address}/LEAD", **{**form, "LEAD-1-verdict": "agree"})
    assert reply.status_code == 404
    assert assessments.reviews_of(store, sent.id, 1) == {}
    for page in ("/payers/fair/portfolio", "/payers/fair/portfolio?text=elm"):
        assert "Elm Physicians" not in client.get(page).text
    assert b"Elm" not in client.get("/payers/fair/portfolio.csv").data


OF_AN_ASSESSMENT = ("", "/plan", "/plan.pdf", "/plan.json", "/review", "/review/LEAD", "/result")


@pytest.mark.parametrize("who", ["pam", "pete", "omar"])
@pytest.mark.parametrize("rest", OF_AN_ASSESSMENT)
def test_a_draft_looks_to_strangers_like_nothing_at_all(client, sign_in, store, ready, who, rest):
    sign_in(client, who)
    there = client.get(f"/assessments/{ready.id}{rest}")
    nothing = client.get(f"/assessments/nothing{rest}")
    assert there.status_code in (403, 404)  # 403: nobody of this role opens such an address
    assert there.status_code == 403 or SHARED_WITH_NOBODY in there.text
    assert (there.status_code, untold(there)) == (nothing.status_code, untold(nothing))


def untold(answer):
    """A page without its form token, which tells the second it was made in."""
    return re.sub(r'name="csrf_token" value="[^"]*"', "", answer.text)


@pytest.mark.parametrize("rest", ["/portfolio", "/groups/elm", "/cycles", "/history", "/team"])
def test_another_payers_pages_look_like_nothing_at_all(client, sign_in, rest):
    sign_in(client, "pete")
    there, nothing = (client.get(f"/payers/{payer}{rest}") for payer in ("fair", "nothing"))
    assert there.status_code == 404
    assert untold(there).replace("fair", "") == untold(nothing).replace("nothing", "")


@pytest.mark.parametrize("rest", ["/assessments", "/counts", "/team", "/sharing", "/records"])
def test_another_groups_pages_look_like_nothing_at_all(client, sign_in, rest):
    sign_in(client, "omar")
    there, nothing = (client.get(f"/groups/{group}{rest}") for group in ("elm", "nothing"))
    assert there.status_code == 404
    assert untold(there) == untold(nothing)


def test_a_draft_tells_a_payer_its_progress_and_nothing_else(client, sign_in, store):
    made = payers.started(store)
    payers.answer(store, made, {"LEAD-1": payers.all_at(4)["LEAD-1"]})
    sign_in(client, "pam")
    for page in ("/payers/fair/portfolio", "/payers/fair/groups/elm"):
        text = client.get(page).text
        assert payers.NOTE not in text
        assert made.id not in text
    assert payers.NOTE.encode() not in client.get("/payers/fair/portfolio.csv").data


def test_who_is_taken_off_a_team_is_out_at_once(client, sign_in, store, ready):
    sign_in(client, "cara")
    address = f"/assessments/{ready.id}/domains/LEAD"
    form = Page(client.get(address).text).values(address)
    with store.writing():
        people.leave(store, "m-cara", NOW)
    before = assessments.answers(store, ready.id)
    assert client.get(address).status_code == 403
    reply = world.send(client, address, **{**form, "LEAD-1.choice": "4"})
    assert reply.status_code == 403
    assert assessments.answers(store, ready.id) == before


def test_a_group_removed_while_somebody_types_is_gone_for_them(client, sign_in, store, ready):
    sign_in(client, "cara")
    address = f"/assessments/{ready.id}/domains/LEAD"
    form = Page(client.get(address).text).values(address)
    with store.writing():
        store.execute("delete from groups where id = 'elm'")
    reply = world.send(client, address, **{**form, "LEAD-1.choice": "4"})
    assert reply.status_code in (401, 403, 404)
    assert store.row("select 1 from answers") is None


FOR_MANAGERS = {
    "/groups/elm/team/invitations": {"email": "x@example.org", "role": "care team"},
    "/groups/elm/team/members/m-cara/attest": {"may_attest": "yes"},
    "/groups/elm/team/members/m-maya/leave": {},
    "/groups/elm/team/members/m-maya/new-password": {},
    "/groups/elm/sharing/fair/stop": {},
    "/groups/elm/records/export": {},
    "/groups/elm/records/remove": {"name": "Elm Physicians", "password": world.PASSWORD},
    "/assessments/{id}/submit": {"name": "Cara", "agrees": "y"},
    "/assessments/{id}/withdraw": {},
    "/assessments/{id}/plan/renew": {},
    "/assessments/{id}/plan/new-action": {"title": "x", "status": "planned"},
}


@pytest.mark.parametrize("path", FOR_MANAGERS)
def test_the_care_team_does_nothing_that_is_the_managers(client, sign_in, store, ready, path):
    sign_in(client, "cara")
    before = verbs(store, "submitted"), store.row("select max(seq) as n from events")["n"]
    reply = world.send(client, path.format(id=ready.id), **FOR_MANAGERS[path])
    assert reply.status_code == 403
    after = verbs(store, "submitted"), store.row("select max(seq) as n from events")["n"]
    assert after == before
    assert grants.grants_of(store, "elm")[0].revoked_at is None


MASS = {
    "tier": "T4",
    "role": "administrator",
    "status": "accepted",
    "group_id": "oak",
    "payer_id": "far",
    "person_id": "maya",
    "author_id": "omar",
    "id": "mine",
    "may_attest": "yes",
    "is_active": "1",
}


def test_fields_that_no_form_has_assign_nothing(client, sign_in, store, ready):
    sign_in(client, "cara")
    refused = world.send(client, f"/assessments/{ready.id}/context", **MASS)
    assert refused.status_code == 422
    sign_in(client, "maya")
    sent = {**MASS, "name": "Maya", "agrees": "y"}
    assert world.send(client, f"/assessments/{ready.id}/submit", **sent).status_code == 303
    found = assessments.get(store, ready.id)
    assert (found.status, found.group_id) == (AssessmentStatus.SUBMITTED, "elm")
    asked = {**MASS, "email": "new@example.org", "role": "care team", "may_attest": ""}
    assert world.send(client, "/groups/elm/team/invitations", **asked).status_code == 200
    (letter,) = list(store.rows("select * from letters"))
    assert (letter["group_id"], letter["payer_id"], letter["role"]) == ("elm", None, "care team")


@pytest.mark.parametrize("role", ["administrator", "relationship manager", "payer manager", ""])
def test_a_group_invites_into_its_own_roles_only(client, sign_in, store, role):
    sign_in(client, "maya")
    reply = world.send(client, "/groups/elm/team/invitations", email="new@example.org", role=role)
    assert reply.status_code == 422
    assert store.row("select 1 from letters") is None


# One-time links


def a_link(store, **changes):
    fields = {"email": "new@example.org", "role": roles.Role.CARE_TEAM, "group_id": "elm"}
    one_time_links.invite(
        Session(store, person(store, "maya"), NOW), Invitee(**{**fields, **changes}), "token"
    )
    return "/letters/token"


def accepted(client, link):
    words = "gentle otters ride at dawn"
    return world.send(
        client, f"{link}/accept", name="Nell", new_password=words, password_again=words
    )


@pytest.mark.parametrize("how", ["used", "run out", "made up"])
def test_a_spent_link_opens_nothing(client, store, clock, how):
    link = a_link(store)
    if how == "used":
        accepted(client, link)
    elif how == "run out":
        clock.forward(days=7)
    else:
        link = f"{link}x"
    before = len(people.memberships(store, group_id="elm"))
    for reply in (client.get(link), accepted(client, link)):
        assert reply.status_code == 404
        assert "has been used, was withdrawn or has run out" in Page(reply.text).text
    assert len(people.memberships(store, group_id="elm")) == before


def test_a_link_for_somebody_else_is_not_taken_by_who_finds_it(client, sign_in, store):
    link = a_link(store)
    sign_in(client, "omar")
    assert world.send(client, f"{link}/join").status_code == 403
    assert "elm" not in person(store, "omar").group_ids
    assert accepted(client, link).status_code == 303  # it was not used up by the stranger


def test_an_invitation_is_no_way_to_a_new_password(client, store):
    link = a_link(store)
    words = "gentle otters ride at dawn"
    fields = {"new_password": words, "password_again": words}
    assert world.send(client, f"{link}/password", **fields).status_code == 404
    one_time_links.offer_new_password(Session(store, person(store, "maya"), NOW), "cara", "reset")
    assert accepted(client, "/letters/reset").status_code == 404
    assert world.send(client, "/letters/reset/password", **fields).status_code == 303
    assert world.send(client, "/letters/reset/password", **fields).status_code == 404


# What is written down


def test_the_history_holds_ids_and_never_what_was_typed(client, sign_in, store, sent):
    secret = "Mrs. Secret was mentioned"
    maya = sign_in(client, "maya")
    world.send(maya, "/groups/elm/team/invitations", email="new@example.org", role="care team")
    pam = sign_in(client, "pam")
    address = f"/assessments/{sent.id}/review/LEAD"
    fields = Page(pam.get(address).text).values(address)
    fields |= {"LEAD-1-verdict": "change", "LEAD-1-reason": secret}
    assert world.send(pam, address, **fields).status_code == 303
    written = " ".join(str(row) for row in store.rows("select * from events"))
    for word in (secret, payers.NOTE, "new@example.org", "Maya", world.PASSWORD):
        assert word not in written
    assert audit.first_broken(store, key_of(store.path)) is None


def test_nothing_personal_is_logged(client, sign_in, caplog, sent):
    caplog.set_level("DEBUG")
    fields = {"email": "who@example.org", "password": "wrong password of mine"}
    world.send(client, "/sign-in", **fields)
    sign_in(client, "maya")
    world.send(client, f"/assessments/{sent.id}/submit", name="Somebody Else", agrees="y")
    client.get("/assessments/nothing")
    written = caplog.text
    for word in ("who@example.org", "wrong password", "Somebody Else", world.email("maya")):
        assert word not in written
