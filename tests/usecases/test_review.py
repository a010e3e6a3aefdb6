"""The payer's review: item by item, until changes are asked or it is accepted."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.domain.assessment import Decision, RunKind
from readiness.domain.errors import BadInput, ChangedMeanwhile, Denied, NotFound, WrongState
from readiness.domain.lifecycle import Status
from readiness.domain.people import Membership, Role
from readiness.domain.review import Change, Choice
from readiness.store import assessments, events, people, runs
from readiness.usecases import portfolio, review, sharing
from tests import payers
from tests.payers import QMER, a_cycle, accepted, invited, person
from tests.web.world import NOW

LATER = NOW + timedelta(days=2)
ITEMS = [item.id for item in QMER.items]


def opened(store, assessment, who="pam"):
    return review.open_review(store, person(store, who), assessment.id, LATER)


def line(store, assessment, item_id):
    found = opened(store, assessment)
    return next(each for part in found.parts for each in part.lines if each.item.id == item_id)


def decide(store, assessment, *choices, number=1, who="pam"):
    review.decide(store, person(store, who), assessment.id, number, choices, LATER)


def agree(*item_ids, **more):
    return [Choice(item_id, Decision.AGREED, **more) for item_id in item_ids]


def ask(item_id, reason="Show the minutes.", **more):
    return Choice(item_id, Decision.CHANGE_REQUESTED, reason=reason, **more)


def accept(store, assessment, number=1):
    return review.accept(
        store, person(store, "pam"), assessment.id, number, payers.fresh("run"), LATER
    )


def request(store, assessment, number=1):
    return review.request_changes(store, person(store, "pam"), assessment.id, number, LATER)


def run_of(store, assessment, kind):
    found = runs.latest(store, assessment.id, kind)
    assert found
    return found


def test_every_item_waits_with_its_claim_and_its_note(peopled):
    sent = payers.sent_in(peopled, level=2)
    found = opened(peopled, sent)
    assert (found.waiting, found.requested, found.may_accept) == (len(ITEMS), 0, False)
    first = line(peopled, sent, "LEAD-1")
    assert (first.answer.level, first.note, first.withheld) == (2, payers.NOTE, "")


def test_a_note_that_could_point_at_a_patient_is_withheld(peopled):
    assessment = payers.started(peopled)
    given = payers.all_at(1)
    payers.answer(peopled, assessment, given)
    # It was stored before the check page knew of such marks.
    payers.send_in(peopled, assessment)
    peopled_note = "Patient born 1950-02-03"
    with peopled.writing():
        peopled.execute("update answers set note = ? where item_id = 'LEAD-1'", (peopled_note,))
    found = line(peopled, assessment, "LEAD-1")
    assert found.note == ""
    assert "a date of birth" in found.withheld
    assert "1950" not in found.withheld


def test_gates_and_high_claims_are_worth_a_look_and_low_ones_go_together(peopled):
    sent = payers.sent_in(peopled, level=1, LEAD_2=3)
    assert line(peopled, sent, "LEAD-2").is_worth_a_look
    low = opened(peopled, sent).remaining_low
    assert "LEAD-2" not in low
    gates_met = {g.item_id for t in QMER.tiers for g in t.gates if g.level <= 1}
    assert gates_met
    assert not gates_met & set(low)
    agreed = review.agree_with_low(peopled, person(peopled, "pam"), sent.id, 1, LATER)
    assert agreed == len(low)
    assert opened(peopled, sent).waiting == len(ITEMS) - len(low)
    assert review.agree_with_low(peopled, person(peopled, "pam"), sent.id, 1, LATER) == 0


def test_accepting_scores_the_validated_levels_and_keeps_the_three_values_apart(peopled):
    sent = payers.sent_in(peopled, level=3)
    lower = Choice("LEAD-1", Decision.AGREED, validated_level=1, reason="No minutes since May.")
    decide(peopled, sent, *agree(*(i for i in ITEMS if i != "LEAD-1")), lower)
    assert accept(peopled, sent).status is Status.ACCEPTED
    validated = run_of(peopled, sent, RunKind.VALIDATED)
    claimed = run_of(peopled, sent, RunKind.CLAIMED)
    assert validated.inputs["answers"]["LEAD-1"] == {"level": 1}
    assert claimed.inputs["answers"]["LEAD-1"] == {"level": 3}
    assert validated.submission_number == 1
    standing = runs.standing(peopled, "elm")
    assert standing
    assert (standing.run_id, standing.run_kind) == (validated.id, RunKind.VALIDATED)
    (shown,) = portfolio.listing(peopled, person(peopled, "pam"), "fair", {}, LATER).lines
    assert shown.is_validated


def test_before_acceptance_the_portfolio_shows_the_unreviewed_value(peopled):
    payers.sent_in(peopled, level=3)
    (shown,) = portfolio.listing(peopled, person(peopled, "pam"), "fair", {}, LATER).lines
    assert shown.tier_id
    assert not shown.is_validated


def test_nothing_is_accepted_while_an_item_waits_or_a_change_is_asked(peopled):
    sent = payers.sent_in(peopled)
    decide(peopled, sent, *agree(*ITEMS[1:]))
    with pytest.raises(WrongState, match="1 wait"):
        accept(peopled, sent)
    decide(peopled, sent, ask(ITEMS[0]))
    with pytest.raises(WrongState, match="still asked"):
        accept(peopled, sent)
    assert runs.latest(peopled, sent.id, RunKind.VALIDATED) is None


def test_changes_are_requested_only_with_something_to_change(peopled):
    sent = payers.sent_in(peopled)
    with pytest.raises(WrongState):
        request(peopled, sent)
    decide(peopled, sent, ask("LEAD-1"))
    assert request(peopled, sent).status is Status.CHANGES_REQUESTED


@pytest.mark.parametrize(
    ("choice", "says"),
    [
        (Choice("LEAD-1", Decision.CHANGE_REQUESTED), "what should change"),
        (Choice("LEAD-1", Decision.AGREED, validated_level=1), "why"),
        (Choice("LEAD-1", Decision.AGREED, validated_level=2, reason="x"), "below the claim"),
        (Choice("LEAD-1", Decision.AGREED, validated_level=-1, reason="x"), "below the claim"),
        (ask("LEAD-1", reason="Call 617-555-0134"), "a phone number"),
        (ask("LEAD-1", reason="x" * 1001), "shorten"),
        (ask("NOPE-1"), "not sent in"),
    ],
)
def test_a_decision_that_cannot_stand_is_refused_with_the_others(peopled, choice, says):
    sent = payers.sent_in(peopled)
    with pytest.raises(BadInput, match=says):
        decide(peopled, sent, *agree("LEAD-2"), choice)
    assert opened(peopled, sent).waiting == len(ITEMS)


def test_of_two_reviewers_the_second_is_told(peopled):
    sent = payers.sent_in(peopled)
    decide(peopled, sent, *agree("LEAD-1"))
    with pytest.raises(ChangedMeanwhile, match="LEAD-1"):
        decide(peopled, sent, *agree("LEAD-2"), ask("LEAD-1"))
    assert line(peopled, sent, "LEAD-1").decision.decision is Decision.AGREED
    assert line(peopled, sent, "LEAD-2").decision is None
    seen = line(peopled, sent, "LEAD-1").seen
    decide(peopled, sent, ask("LEAD-1", seen=seen))
    assert line(peopled, sent, "LEAD-1").decision.decision is Decision.CHANGE_REQUESTED


def resubmitted(store, **changed):
    """Changes were asked to LEAD-1; everything else was agreed."""
    sent = payers.sent_in(store, level=3)
    decide(store, sent, *agree(*ITEMS[1:]), ask("LEAD-1"))
    request(store, sent)
    payers.answer(store, sent, {k: v for k, v in payers.all_at(3, **changed).items() if k in
                                {n.replace("_", "-") for n in changed}})  # fmt: skip
    payers.send_in(store, sent, LATER)
    return sent


def test_a_resubmission_shows_what_changed_and_keeps_what_was_agreed(peopled):
    sent = resubmitted(peopled, LEAD_1=2, LEAD_2=4)
    assert line(peopled, sent, "LEAD-1").change is Change.LOWERED
    assert line(peopled, sent, "LEAD-2").change is Change.RAISED
    assert line(peopled, sent, "LEAD-2").decision is None
    kept = line(peopled, sent, "LEAD-3")
    assert (kept.change, kept.is_carried, kept.decision.decision) == (None, True, Decision.AGREED)
    assert opened(peopled, sent).waiting == 2


def test_a_request_does_not_outlive_the_resubmission(peopled):
    sent = resubmitted(peopled, LEAD_1=2)
    assert line(peopled, sent, "LEAD-1").decision is None
    decide(peopled, sent, *agree("LEAD-1"), number=2)
    accept(peopled, sent, number=2)
    validated = run_of(peopled, sent, RunKind.VALIDATED)
    assert validated.inputs["answers"]["LEAD-1"] == {"level": 2}
    assert validated.submission_number == 2


def test_a_decision_on_an_earlier_version_is_told_so(peopled):
    sent = resubmitted(peopled, LEAD_1=2)
    pam = person(peopled, "pam")
    for attempt in (
        lambda: decide(peopled, sent, *agree("LEAD-1"), number=1),
        lambda: review.agree_with_low(peopled, pam, sent.id, 1, LATER),
        lambda: accept(peopled, sent, number=1),
        lambda: request(peopled, sent, number=1),
    ):
        with pytest.raises((ChangedMeanwhile, WrongState)):
            attempt()
    assert line(peopled, sent, "LEAD-1").decision is None


def test_while_the_group_changes_its_answers_the_payer_reads_what_was_sent_in(peopled):
    sent = payers.sent_in(peopled, level=3)
    decide(peopled, sent, ask("LEAD-1"))
    request(peopled, sent)
    payers.answer(peopled, sent, {"LEAD-1": payers.all_at(0)["LEAD-1"]})
    assert line(peopled, sent, "LEAD-1").answer.level == 3
    with pytest.raises(WrongState):
        decide(peopled, sent, *agree("LEAD-2"))


def test_a_draft_is_not_reviewed_by_anybody(peopled):
    assessment = payers.started(peopled)
    with pytest.raises(NotFound):
        opened(peopled, assessment)
    with pytest.raises(NotFound):
        decide(peopled, assessment, *agree("LEAD-1"))


def test_another_payer_finds_no_submission_and_a_reading_one_may_not_review(peopled):
    sent = payers.sent_in(peopled)
    with pytest.raises(NotFound):
        opened(peopled, sent, "pete")
    linked = accepted(peopled, invited(peopled, a_cycle(peopled, "far"), "elm"))
    assert linked.id == sent.id
    with pytest.raises(Denied, match="Another payer"):
        opened(peopled, sent, "pete")


def test_the_groups_own_people_do_not_review(peopled):
    sent = payers.sent_in(peopled)
    with pytest.raises(Denied):
        opened(peopled, sent, "maya")
    both = Membership("m-both", "pam", Role.PRACTICE_MANAGER, group_id="elm")
    people.join(peopled, both, NOW)
    with pytest.raises(Denied, match="belong to this group"):
        opened(peopled, sent, "pam")


def test_taking_the_grant_back_ends_a_review_that_runs(peopled):
    sent = payers.sent_in(peopled)
    decide(peopled, sent, *agree("LEAD-1"))
    sharing.stop(peopled, person(peopled, "maya"), "elm", "fair", NOW)
    with pytest.raises(NotFound):
        opened(peopled, sent)
    with pytest.raises(NotFound):
        decide(peopled, sent, *agree("LEAD-2"))
    with pytest.raises(NotFound):
        accept(peopled, sent)


def test_a_submission_of_the_groups_own_accord_is_read_but_not_reviewed(peopled):
    sent = payers.sent_in(peopled)
    with peopled.writing():
        peopled.execute("update assessments set cycle_id = null")
    with pytest.raises(Denied, match="no cycle"):
        opened(peopled, assessments.get(peopled, sent.id))


def test_the_history_holds_numbers_and_no_reasons(peopled):
    sent = payers.sent_in(peopled)
    decide(peopled, sent, ask("LEAD-1", reason="A secret reason."), *agree("LEAD-2"))
    request(peopled, sent)
    told = {e.verb: e for e in events.of_group(peopled, "elm") if e.actor_id == "pam"}
    assert told["reviewed items"].detail == {"submission": 1, "agreed": 1, "asked to change": 1}
    assert told["requested changes"].payer_id == "fair"
    assert "secret" not in str(told)
