"""The pages on which a group checks, signs and sends in, and a payer reviews."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.assessments.db import assessments
from readiness.assessments.models import AssessmentStatus, Decision
from readiness.assessments.review import ReviewChoice
from readiness.assessments.service import review
from readiness.core.db import Session
from readiness.plans.presenters.tier_cost import help_that_fits
from readiness.plans.service import plan
from tests.factories import assessments as sheets
from tests.factories import payers, world
from tests.factories.page import Page, read
from tests.factories.payers import QMER, person
from tests.factories.world import NOW


@pytest.fixture
def whole(store, made):
    sheets.answer(store, made.id, NOW)
    return made


def at(made, rest=""):
    return f"/assessments/{made.id}{rest}"


def test_the_check_page_leads_straight_to_each_item(maya, store, made):
    sheets.answer(store, made.id, NOW, "3", ["LEAD-1"], note="")
    page = read(maya, at(made, "/check"))
    addresses = list(page.links.values())
    assert at(made, "/domains/LEAD#LEAD-1") in addresses
    assert at(made, "/domains/LEAD#LEAD-2") in addresses
    assert at(made, "/context#CTX-02") in addresses
    assert "evidence note missing (1)" in page.text
    assert "not answered yet (56)" in page.text
    assert "Go on to sign" not in page.text


def test_before_submitting_the_page_says_who_will_see_what(maya, whole):
    for rest in ("/check", "/submit"):
        text = read(maya, at(whole, rest)).text
        assert "Fair Health will see your levels" in text
        assert "They never see who answered which item" in text
        assert "your action plan, and your screening counts as rates" in text
        assert "kept apart from contract decisions" in text
        assert "never lowers a payment" in text


@pytest.mark.parametrize(
    "rest", ["", "/context", "/domains/LEAD", "/check", "/submit", "/questionnaire"]
)
def test_every_page_of_a_draft_says_who_will_see_what(maya, whole, rest):
    page = read(maya, at(whole, rest))
    assert "Until you send it in, only your group sees your answers; Fair Health sees" in page.text
    assert "levels, notes, tier, plan and released counts, never who answered" in page.text
    assert page.links["Who sees what"] == "/groups/elm/sharing"


def test_who_shares_with_nobody_is_told_so(client, sign_in, store):
    made = sheets.started(store, NOW, "omar")
    page = read(sign_in(client, "omar"), at(made))
    assert "payers you share with see how far you are" in page.text
    assert "Today you share with none." in page.text


def test_who_may_not_decide_about_sharing_gets_no_link_to_it(client, sign_in, made):
    page = read(sign_in(client, "cara"), at(made, "/domains/LEAD"))
    assert "only your group sees your answers" in page.text
    assert "Who sees what" not in page.links


def test_what_is_sent_in_no_longer_speaks_of_sending(maya, store, whole):
    sheets.sent_in(store, whole.id, NOW)
    assert "Until you send it in" not in read(maya, at(whole, "/domains/LEAD")).text


def test_the_result_names_each_gate_as_the_payer_reads_it(client, sign_in, store):
    made = payers.sent_in(store)
    own = gates_of(read(sign_in(client, "maya"), at(made, "/result")))
    assert own
    assert gates_of(read(sign_in(client, "pam"), "/payers/fair/groups/elm")) == own


def test_the_result_says_what_each_step_of_the_way_up_asks(maya, store, whole):
    sheets.sent_in(store, whole.id, NOW)
    text = read(maya, at(whole, "/result")).text
    opened = plan.load(Session(store, person(store, "maya"), NOW), whole.id)
    raised = [lift for each in opened.plan.current for lift in each.lifts]
    assert raised
    assert help_that_fits(opened) in text
    for lift in raised:
        says = opened.instrument.item_by_id[lift.item_id].levels[lift.to]
        assert f"{lift.item_id} " in text
        assert f": {says}" in text


def gates_of(page):
    (table,) = (each for each in page.all("table") if each.get("class") == "gates")
    return [[cell.text for cell in row.all("th", "td")] for row in table.all("tr")]


def test_a_signature_is_asked_for_and_what_was_typed_stays(maya, store, whole):
    reply = world.send(maya, at(whole, "/submit"), name="Someone Else")
    assert reply.status_code == 422
    page = Page(reply.text)
    assert page.by_id("name").get("value") == "Someone Else"
    assert "Tick the box" in page.text
    assert "Sign with your own name, as in your account: Maya." in page.text
    reply = world.send(maya, at(whole, "/submit"), name="Someone Else", agrees="y")
    assert reply.status_code == 422
    assert "Sign with your own name" in Page(reply.text).text
    assert assessments.get(store, whole.id).status == "in progress"


def test_signing_leads_to_a_receipt_and_the_result(maya, store, whole):
    reply = world.send(maya, at(whole, "/submit"), name="maya", agrees="y")
    assert reply.status_code == 303
    receipt = read(maya, reply.location)
    (submission,) = assessments.submissions(store, whole.id)
    assert submission.reference in receipt.text
    assert submission.reference.startswith("2027-ELM-")
    shown = read(maya, receipt.links["See the result"])
    assert shown.heading == "Result"
    for words in (
        "T2 Developing",
        "What holds it back",
        "The way to T3",
        "Claimed, supported, validated",
        "How sure this tier is cannot be told yet",
        "57 of 57 items",
        submission.reference,
    ):
        assert words in shown.text
    assert shown.links["Open the action plan"] == at(whole, "/plan")


def test_an_incomplete_one_is_not_sent_in(maya, store, made):
    reply = world.send(maya, at(made, "/submit"), name="Maya", agrees="y")
    assert reply.status_code == 422
    assert "LEAD-1" in Page(reply.text).text
    assert assessments.submissions(store, made.id) == ()


def test_sending_in_twice_is_told(maya, store, whole):
    assert world.send(maya, at(whole, "/submit"), name="Maya", agrees="y").status_code == 303
    assert world.send(maya, at(whole, "/submit"), name="Maya", agrees="y").status_code == 409
    assert maya.get(at(whole, "/submit")).status_code == 409
    assert len(assessments.submissions(store, whole.id)) == 1


def test_who_may_not_sign_is_told_to_ask_a_colleague(client, sign_in, store, whole):
    cara = sign_in(client, "cara")
    assert "Ask a colleague who may sign" in read(cara, at(whole, "/check")).text
    assert world.send(cara, at(whole, "/submit"), name="Cara", agrees="y").status_code == 403
    assert assessments.submissions(store, whole.id) == ()


def test_there_is_no_receipt_before_a_submission(maya, made):
    assert maya.get(at(made, "/receipt")).status_code == 404


def test_a_draft_is_previewed_for_the_group_alone(maya, store, made):
    sheets.answer(store, made.id, NOW)
    page = read(maya, at(made, "/result"))
    assert page.heading == "Preview of the result"
    assert "nobody outside your group sees this" in page.text
    assert "T2 Developing" in page.text
    assert "Open the action plan" not in page.links


def test_an_unfinished_assessment_shows_how_many_questions_are_left_and_no_score(maya, store, made):
    sheets.answer(store, made.id, NOW, item_ids=["LEAD-1", "LEAD-2"])
    for rest in ("/result", "/plan"):
        text = read(maya, at(made, rest)).text
        assert "55 of 57 questions are left" in text
        for score in ("T0", "weakest", "from not", "QMS 0", "Domain by domain"):
            assert score not in text
    assert "55 of 57 questions are left" in read(maya, at(made)).text
    assert maya.get(at(made, "/plan.json")).status_code == 409
    sheets.answer(store, made.id, NOW, "2")
    assert "questions are left" not in read(maya, at(made, "/result")).text
    assert maya.get(at(made, "/plan.json")).status_code == 200


def test_the_result_shows_every_unmet_criterion_and_what_each_raise_is_for(maya, store, made):
    sheets.answer(store, made.id, NOW, "1")
    sheets.answer(store, made.id, NOW, "0", ["REAL-1", "SOCR-1", "SOCR-2", "SOCR-3", "SOCR-4"])
    text = read(maya, at(made, "/result")).text
    lines = [
        "One way of asking (REAL-1): level 0, needs level 2",
        "Social-risk assessment and response (SOCR): 10.7, needs 15",
        "Quality-management-system maturity (QMS): 25.0, needs 35",
        "Equity readiness (EQR): 21.4, needs 30",
        "Screening tool and workflow (SOCR-1): level 0, needs level 1",
    ]
    places = [text.index(line) for line in lines]
    assert places == sorted(places)
    assert "2 may wait" in text
    assert "(T2 gate; T2 minimum of QMS)" in text
    assert "T2 minimums of SOCR, EQR" in text
    assert "For the essential gate on this item and Equity readiness (EQR)." in text
    assert "For Social risk (SOCR) and Equity readiness (EQR)" in text


def test_what_is_unknown_is_asked_first(maya, store, made):
    sheets.answer(store, made.id, NOW, "1")
    sheets.answer(store, made.id, NOW, "dk", ["LEAD-1"])
    text = read(maya, at(made, "/result")).text
    way = text[text.index("The way to T2") :]
    first = way.index("Questions to answer first (1)")
    assert first < way.index("Named accountability", first) < way.index(" from level 1 to ")


def test_a_provisional_tier_names_its_last_day_and_expires(maya, clock, store, made):
    sheets.answer(store, made.id, NOW)
    sheets.answer(store, made.id, NOW, "1", ["LEAD-1"])
    sheets.sent_in(store, made.id, NOW)
    assert "Provisional until Jul 15, 2027" in read(maya, at(made, "/result")).text
    clock.time = NOW + timedelta(minutes=30)
    assert "(expired)" not in read(maya, at(made, "/result")).text


@pytest.fixture
def payer(client, sign_in):
    return sign_in(client, "pam")


@pytest.fixture
def sent(store):
    return payers.sent_in(store, level=2)


def path_of(sent, *more):
    return "/".join(("/assessments", sent.id, "review", *more))


def form_of(client, sent, domain_id="LEAD"):
    path = path_of(sent, domain_id)
    return read(client, path).values(path)


def agreed(domain):
    return {f"{item.id}-verdict": "agree" for item in domain.items}


def status_of(store, sent):
    return assessments.get(store, sent.id).status


def decisions(store, sent, number=1):
    return assessments.reviews_of(store, sent.id, number)


@pytest.mark.slow
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
