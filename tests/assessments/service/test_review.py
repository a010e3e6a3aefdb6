"""The payer's review: item by item, until changes are asked or it is accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.assessments.db import assessments, runs
from readiness.assessments.models import AssessmentStatus, Decision, RunKind
from readiness.assessments.review import AnswerChange, ReviewChoice
from readiness.assessments.service import review, sharing
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, ChangedMeanwhile, Denied, NotFound, WrongState
from readiness.core.people import Membership, Role
from readiness.portfolio.service import portfolio
from tests.factories import payers
from tests.factories.payers import QMER, a_cycle, accepted, invited, person
from tests.factories.world import NOW

LATER = NOW + timedelta(days=2)
ITEMS = [item.id for item in QMER.items]


def opened(store, assessment, who="pam"):
    return review.open_review(Session(store, person(store, who), LATER), assessment.id)


def line(store, assessment, item_id):
    found = opened(store, assessment)
    return next(each for part in found.parts for each in part.lines if each.item.id == item_id)


def decide(store, assessment, *choices, number=1, who="pam"):
    review.decide(Session(store, person(store, who), LATER), assessment.id, number, choices)


def agree(*item_ids, **more):
    return [ReviewChoice(item_id, Decision.AGREED, **more) for item_id in item_ids]


def ask(item_id, reason="Show the minutes.", **more):
    return ReviewChoice(item_id, Decision.CHANGE_REQUESTED, reason=reason, **more)


def accept(store, assessment, number=1):
    return review.accept(
        Session(store, person(store, "pam"), LATER), assessment.id, number, payers.fresh("run")
    )


def request(store, assessment, number=1):
    return review.request_changes(
        Session(store, person(store, "pam"), LATER), assessment.id, number
    )


def run_of(store, assessment, kind):
    found = runs.latest(store, assessment.id, kind)
    assert found
    return found


def test_every_item_waits_with_its_claim_and_its_note(store):
    sent = payers.sent_in(store, level=2)
    found = opened(store, sent)
    assert (found.waiting, found.requested, found.may_accept) == (len(ITEMS), 0, False)
    first = line(store, sent, "LEAD-1")
    assert (first.answer.level, first.note, first.withheld) == (2, payers.NOTE, "")


def test_a_note_that_could_point_at_a_patient_is_withheld(store):
    assessment = payers.started(store)
    given = payers.all_at(1)
    payers.answer(store, assessment, given)
    # It was stored before the check page knew of such marks.
    payers.send_in(store, assessment)
    peopled_note = "Patient born 1950-02-03"
    with store.writing():
        store.execute("update answers set note = ? where item_id = 'LEAD-1'", (peopled_note,))
    found = line(store, assessment, "LEAD-1")
    assert found.note == ""
    assert "a date of birth" in found.withheld
    assert "1950" not in found.withheld


def test_gates_and_high_claims_are_worth_a_look_and_low_ones_go_together(store):
    sent = payers.sent_in(store, level=1, LEAD_2=3)
    assert line(store, sent, "LEAD-2").is_worth_a_look
    low = opened(store, sent).remaining_low
    assert "LEAD-2" not in low
    gates_met = {g.item_id for t in QMER.tiers for g in t.gates if g.level <= 1}
    assert gates_met
    assert not gates_met & set(low)
    agreed = review.agree_with_low(Session(store, person(store, "pam"), LATER), sent.id, 1)
    assert agreed == len(low)
    assert opened(store, sent).waiting == len(ITEMS) - len(low)
    assert review.agree_with_low(Session(store, person(store, "pam"), LATER), sent.id, 1) == 0


def test_accepting_scores_the_validated_levels_and_keeps_the_three_values_apart(store):
    sent = payers.sent_in(store, level=3)
    lower = ReviewChoice(
        "LEAD-1", Decision.AGREED, validated_level=1, reason="No minutes since May."
    )
    decide(store, sent, *agree(*(i for i in ITEMS if i != "LEAD-1")), lower)
    assert accept(store, sent).status is AssessmentStatus.ACCEPTED
    validated = run_of(store, sent, RunKind.VALIDATED)
    claimed = run_of(store, sent, RunKind.CLAIMED)
    assert validated.inputs["answers"]["LEAD-1"] == {"level": 1}
    assert claimed.inputs["answers"]["LEAD-1"] == {"level": 3}
    assert validated.submission_number == 1
    standing = runs.portfolio_entry(store, "elm")
    assert standing
    assert (standing.run_id, standing.run_kind) == (validated.id, RunKind.VALIDATED)
    (shown,) = portfolio.page(Session(store, person(store, "pam"), LATER), "fair", {}).lines
    assert shown.is_validated


def test_before_acceptance_the_portfolio_shows_the_unreviewed_value(store):
    payers.sent_in(store, level=3)
    (shown,) = portfolio.page(Session(store, person(store, "pam"), LATER), "fair", {}).lines
    assert shown.tier_id
    assert not shown.is_validated


def test_nothing_is_accepted_while_an_item_waits_or_a_change_is_asked(store):
    sent = payers.sent_in(store)
    decide(store, sent, *agree(*ITEMS[1:]))
    with pytest.raises(WrongState, match="1 wait"):
        accept(store, sent)
    decide(store, sent, ask(ITEMS[0]))
    with pytest.raises(WrongState, match="still asked"):
        accept(store, sent)
    assert runs.latest(store, sent.id, RunKind.VALIDATED) is None


def test_changes_are_requested_only_with_something_to_change(store):
    sent = payers.sent_in(store)
    with pytest.raises(WrongState):
        request(store, sent)
    decide(store, sent, ask("LEAD-1"))
    assert request(store, sent).status is AssessmentStatus.CHANGES_REQUESTED


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (ReviewChoice("LEAD-1", Decision.CHANGE_REQUESTED), "what should change"),
        (ReviewChoice("LEAD-1", Decision.AGREED, validated_level=1), "why"),
        (ReviewChoice("LEAD-1", Decision.AGREED, validated_level=2, reason="x"), "below the claim"),
        (
            ReviewChoice("LEAD-1", Decision.AGREED, validated_level=-1, reason="x"),
            "below the claim",
        ),
        (ask("LEAD-1", reason="Call 617-555-0134"), "a phone number"),
        (ask("LEAD-1", reason="x" * 1001), "shorten"),
        (ask("NOPE-1"), "not sent in"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused_with_the_others(store, choice, says):
    sent = payers.sent_in(store)
    with pytest.raises(BadInput, match=says):
        decide(store, sent, *agree("LEAD-2"), choice)
    assert opened(store, sent).waiting == len(ITEMS)


def test_of_two_reviewers_the_second_is_told(store):
    sent = payers.sent_in(store)
    decide(store, sent, *agree("LEAD-1"))
    with pytest.raises(ChangedMeanwhile, match="LEAD-1"):
        decide(store, sent, *agree("LEAD-2"), ask("LEAD-1"))
    assert line(store, sent, "LEAD-1").decision.decision is Decision.AGREED
    assert line(store, sent, "LEAD-2").decision is None
    seen = line(store, sent, "LEAD-1").seen
    decide(store, sent, ask("LEAD-1", seen=seen))
    assert line(store, sent, "LEAD-1").decision.decision is Decision.CHANGE_REQUESTED


def resubmitted(store, **changed):
    """Changes were asked to LEAD-1; everything else was agreed."""
    sent = payers.sent_in(store, level=3)
    decide(store, sent, *agree(*ITEMS[1:]), ask("LEAD-1"))
    request(store, sent)
    payers.answer(store, sent, {k: v for k, v in payers.all_at(3, **changed).items() if k in
                                {n.replace("_", "-") for n in changed}})  # fmt: skip
    payers.send_in(store, sent, LATER)
    return sent


def test_a_resubmission_shows_what_changed_and_keeps_what_was_agreed(store):
    sent = resubmitted(store, LEAD_1=2, LEAD_2=4)
    assert line(store, sent, "LEAD-1").change is AnswerChange.LOWERED
    assert line(store, sent, "LEAD-2").change is AnswerChange.RAISED
    assert line(store, sent, "LEAD-2").decision is None
    kept = line(store, sent, "LEAD-3")
    assert (kept.change, kept.is_carried, kept.decision.decision) == (None, True, Decision.AGREED)
    assert opened(store, sent).waiting == 2


def test_a_request_does_not_outlive_the_resubmission(store):
    sent = resubmitted(store, LEAD_1=2)
    assert line(store, sent, "LEAD-1").decision is None
    decide(store, sent, *agree("LEAD-1"), number=2)
    accept(store, sent, number=2)
    validated = run_of(store, sent, RunKind.VALIDATED)
    assert validated.inputs["answers"]["LEAD-1"] == {"level": 2}
    assert validated.submission_number == 2


def test_a_decision_on_an_earlier_version_is_told_so(store):
    sent = resubmitted(store, LEAD_1=2)
    pam = person(store, "pam")
    for attempt in (
        lambda: decide(store, sent, *agree("LEAD-1"), number=1),
        lambda: review.agree_with_low(Session(store, pam, LATER), sent.id, 1),
        lambda: accept(store, sent, number=1),
        lambda: request(store, sent, number=1),
    ):
        with pytest.raises((ChangedMeanwhile, WrongState)):
            attempt()
    assert line(store, sent, "LEAD-1").decision is None


def test_while_the_group_changes_its_answers_the_payer_reads_what_was_sent_in(store):
    sent = payers.sent_in(store, level=3)
    decide(store, sent, ask("LEAD-1"))
    request(store, sent)
    payers.answer(store, sent, {"LEAD-1": payers.all_at(0)["LEAD-1"]})
    assert line(store, sent, "LEAD-1").answer.level == 3
    with pytest.raises(WrongState):
        decide(store, sent, *agree("LEAD-2"))


def test_a_draft_is_not_reviewed_by_anybody(store):
    assessment = payers.started(store)
    with pytest.raises(NotFound):
        opened(store, assessment)
    with pytest.raises(NotFound):
        decide(store, assessment, *agree("LEAD-1"))


def test_another_payer_finds_no_submission_and_a_reading_one_may_not_review(store):
    sent = payers.sent_in(store)
    with pytest.raises(NotFound):
        opened(store, sent, "pete")
    linked = accepted(store, invited(store, a_cycle(store, "far"), "elm"))
    assert linked.id == sent.id
    with pytest.raises(Denied, match="Another payer"):
        opened(store, sent, "pete")


def test_the_groups_own_people_do_not_review(store):
    sent = payers.sent_in(store)
    with pytest.raises(Denied):
        opened(store, sent, "maya")
    both = Membership("m-both", "pam", Role.PRACTICE_MANAGER, group_id="elm")
    people.join(store, both, NOW)
    with pytest.raises(Denied, match="belong to this group"):
        opened(store, sent, "pam")


def test_taking_the_grant_back_ends_a_review_that_runs(store):
    sent = payers.sent_in(store)
    decide(store, sent, *agree("LEAD-1"))
    sharing.stop(Session(store, person(store, "maya"), NOW), "elm", "fair")
    with pytest.raises(NotFound):
        opened(store, sent)
    with pytest.raises(NotFound):
        decide(store, sent, *agree("LEAD-2"))
    with pytest.raises(NotFound):
        accept(store, sent)


def test_a_submission_of_the_groups_own_accord_is_read_but_not_reviewed(store):
    sent = payers.sent_in(store)
    with store.writing():
        store.execute("update assessments set cycle_id = null")
    with pytest.raises(Denied, match="no cycle"):
        opened(store, assessments.get(store, sent.id))


def test_the_history_holds_numbers_and_no_reasons(store):
    sent = payers.sent_in(store)
    decide(store, sent, ask("LEAD-1", reason="A secret reason."), *agree("LEAD-2"))
    request(store, sent)
    told = {e.verb: e for e in audit.of_group(store, "elm") if e.actor_id == "pam"}
    assert told["reviewed items"].detail == {"submission": 1, "agreed": 1, "asked to change": 1}
    assert told["requested changes"].payer_id == "fair"
    assert "secret" not in str(told)
