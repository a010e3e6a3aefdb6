"""Reviewing a submission on pages, with no script."""

from __future__ import annotations

import pytest

from readiness.assessments.db import assessments
from readiness.assessments.models import AssessmentStatus, Decision
from readiness.assessments.review import ReviewChoice
from readiness.assessments.service import review
from readiness.core.db import Session
from tests.factories import payers, world
from tests.factories.page import Page
from tests.factories.payers import QMER, person
from tests.factories.world import NOW


@pytest.fixture
def payer(client, sign_in):
    return sign_in(client, "pam")


@pytest.fixture
def sent(store):
    return payers.sent_in(store, level=2)


def path_of(sent, *more):
    return "/".join(("/assessments", sent.id, "review", *more))


def read(client, path, status=200):
    reply = client.get(path)
    assert reply.status_code == status, reply.text
    return Page(reply.text)


def form_of(client, sent, domain_id="LEAD"):
    path = path_of(sent, domain_id)
    return read(client, path).values(path)


def agreed(domain):
    return {f"{item.id}-verdict": "agree" for item in domain.items}


def status_of(store, sent):
    return assessments.get(store, sent.id).status


def decisions(store, sent, number=1):
    return assessments.reviews_of(store, sent.id, number)


def test_a_review_runs_from_page_to_page_until_it_is_accepted(payer, store, sent):
    assert "57 of 57 items wait" in read(payer, path_of(sent)).text
    for domain, following in zip(QMER.domains, [*QMER.domains[1:], None], strict=True):
        form = form_of(payer, sent, domain.id) | agreed(domain)
        reply = world.send(payer, path_of(sent, domain.id), **form)
        assert reply.status_code == 303
        assert reply.headers["Location"] == path_of(sent, *([following.id] if following else []))
    page = read(payer, path_of(sent))
    assert "Every item is decided" in page.text
    form = page.values(path_of(sent, "accept"))
    assert world.send(payer, path_of(sent, "accept"), **form).status_code == 303
    assert status_of(store, sent) is AssessmentStatus.ACCEPTED
    page = read(payer, path_of(sent))
    assert "Nothing can be decided on it now" in page.text
    (stands,) = [
        cell.text
        for cell in read(payer, "/payers/fair/portfolio").all("td")
        if cell.get("class") == "stands"
    ]
    assert stands.endswith("validated")
    read(payer, path_of(sent, "LEAD"))


def test_changes_are_requested_with_reasons_and_the_rest_may_be_agreed_together(payer, store, sent):
    form = form_of(payer, sent) | {
        "LEAD-1-verdict": "change",
        "LEAD-1-reason": "The minutes are from 2024.",
        "LEAD-2-verdict": "lower",
        "LEAD-2-level": "1",
        "LEAD-2-reason": "Only one site.",
    }
    assert world.send(payer, path_of(sent, "LEAD"), **form).status_code == 303
    found = decisions(store, sent)
    assert found["LEAD-1"].decision is Decision.CHANGE_REQUESTED
    assert (found["LEAD-2"].decision, found["LEAD-2"].validated_level) == (Decision.AGREED, 1)
    page = read(payer, path_of(sent))
    together = page.values(path_of(sent, "agree-with-low"))
    assert world.send(payer, path_of(sent, "agree-with-low"), **together).status_code == 303
    form = read(payer, path_of(sent)).values(path_of(sent, "request-changes"))
    assert world.send(payer, path_of(sent, "request-changes"), **form).status_code == 303
    assert status_of(store, sent) is AssessmentStatus.CHANGES_REQUESTED


def test_what_nobody_touched_is_not_decided_and_not_decided_anew(payer, store, sent):
    form = form_of(payer, sent)
    assert world.send(payer, path_of(sent, "LEAD"), **form).status_code == 303
    assert decisions(store, sent) == {}
    world.send(payer, path_of(sent, "LEAD"), **form, **{"LEAD-1-verdict": "agree"})
    again = form_of(payer, sent)
    assert again["LEAD-1-verdict"] == "agree"
    world.send(payer, path_of(sent, "LEAD"), **again)
    assert store.row("select count(*) as n from reviews")["n"] == 1


@pytest.mark.parametrize(
    ("typed", "says"),
    [
        ({"LEAD-1-verdict": "change"}, "Say what should change"),
        ({"LEAD-1-verdict": "lower", "LEAD-1-reason": "x"}, "Choose the lower level"),
        ({"LEAD-1-verdict": "lower", "LEAD-1-level": "1"}, "Say why"),
        ({"LEAD-1-reason": "A reason alone."}, "Choose a decision"),
        ({"LEAD-1-verdict": "change", "LEAD-1-reason": "Call 617-555-0134"}, "a phone number"),
        ({"LEAD-1-verdict": "maybe"}, "Choose one of the decisions offered"),
        ({"LEAD-1-verdict": "lower", "LEAD-1-level": "4"}, "Choose one of the decisions offered"),
    ],
)
def test_what_is_wrong_is_said_at_its_item_and_nothing_typed_is_lost(
    payer, store, sent, typed, says
):
    form = form_of(payer, sent) | {"LEAD-2-verdict": "agree", "LEAD-3-reason": ""} | typed
    reply = world.send(payer, path_of(sent, "LEAD"), **form)
    assert reply.status_code == 422
    page = Page(reply.text)
    assert says in page.by_id("errors").text
    kept = page.values(path_of(sent, "LEAD"))
    assert kept["LEAD-2-verdict"] == "agree"
    assert kept["LEAD-1-reason"] == typed.get("LEAD-1-reason", "")
    assert decisions(store, sent) == {}


def test_of_two_reviewers_the_second_gets_both_texts(payer, store, sent):
    form = form_of(payer, sent)
    colleague = ReviewChoice("LEAD-1", Decision.CHANGE_REQUESTED, reason="A colleague asks.")
    review.decide(Session(store, person(store, "pam"), NOW), sent.id, 1, (colleague,))
    typed = {"LEAD-1-verdict": "agree", "LEAD-1-reason": "I saw the minutes."}
    reply = world.send(payer, path_of(sent, "LEAD"), **(form | typed))
    assert reply.status_code == 409
    page = Page(reply.text)
    assert "A colleague decided on LEAD-1" in page.by_id("errors").text
    assert "A colleague asks." in page.text
    kept = page.values(path_of(sent, "LEAD"))
    assert kept["LEAD-1-reason"] == "I saw the minutes."
    assert decisions(store, sent)["LEAD-1"].reason == "A colleague asks."
    assert world.send(payer, path_of(sent, "LEAD"), **kept).status_code == 303
    assert decisions(store, sent)["LEAD-1"].reason == "I saw the minutes."


def test_a_page_of_an_earlier_submission_does_not_finish_a_later_one(payer, store, sent):
    stale = {"number": "7"}
    for action in ("accept", "request-changes", "agree-with-low"):
        assert world.send(payer, path_of(sent, action), **stale).status_code == 409
        assert world.send(payer, path_of(sent, action), number="x").status_code == 409
    form = form_of(payer, sent) | {"LEAD-1-verdict": "agree", "number": "7"}
    assert world.send(payer, path_of(sent, "LEAD"), **form).status_code == 409
    assert status_of(store, sent) is AssessmentStatus.SUBMITTED
    assert decisions(store, sent) == {}


def test_accepting_too_early_is_refused(payer, store, sent):
    assert world.send(payer, path_of(sent, "accept"), number="1").status_code == 409
    assert status_of(store, sent) is AssessmentStatus.SUBMITTED


def test_an_unknown_domain_is_not_found(payer, sent):
    assert payer.get(path_of(sent, "NOPE")).status_code == 404
    assert payer.get("/assessments/none/review").status_code == 404


@pytest.mark.parametrize(("who", "status"), [("pete", 404), ("maya", 403), ("ada", 403)])
def test_nobody_else_reviews(client, sign_in, store, sent, who, status):
    stranger = sign_in(client, who)
    for more in ((), ("LEAD",)):
        assert stranger.get(path_of(sent, *more)).status_code == status
    for action in ("LEAD", "accept", "request-changes", "agree-with-low"):
        assert world.send(stranger, path_of(sent, action), number="1").status_code == status
    assert status_of(store, sent) is AssessmentStatus.SUBMITTED


def test_a_draft_has_no_review(payer, store):
    assessment = payers.started(store)
    assert payer.get(path_of(assessment)).status_code == 404
