"""What a review may decide and what outlives a resubmission."""

from __future__ import annotations

from readiness.assessments.models import Decision, ItemReview
from readiness.assessments.review import (
    AnswerChange,
    change_of,
    needs_attention,
    requested_changes,
    still_agreed,
    undecided,
    undecided_low,
    validated_answers,
)
from readiness.instruments.answers import Answer
from tests.factories.instruments import a_gate, a_tier, an_instrument, answers_at
from tests.factories.world import NOW

SMALL = an_instrument(
    tiers=(a_tier("T0"), a_tier("T1", gates=(a_gate("T1", "LEAD-1", 2),)), a_tier("T2"))
)


def a_review(item_id, decision=Decision.AGREED, level=None, number=1):
    return ItemReview("a", number, item_id, decision, level, "why", "pam", NOW)


def test_met_gates_high_claims_and_not_applicable_are_worth_a_look():
    for answer, item_id, is_worth in (
        (Answer.at(1), "LEAD-1", False),
        (Answer.at(2), "LEAD-1", True),
        (Answer.at(2), "LEAD-2", False),
        (Answer.at(3), "LEAD-2", True),
        (Answer.dont_know(), "LEAD-1", False),
        (Answer.not_applicable("No clinic."), "LEAD-2", True),
    ):
        assert needs_attention(SMALL, item_id, answer) is is_worth


def test_undecided_items_wait_in_the_order_they_are_asked():
    given = answers_at(SMALL, 1)
    decisions = {
        "LEAD-2": a_review("LEAD-2"),
        "REAL-1": a_review("REAL-1", Decision.CHANGE_REQUESTED),
    }
    assert undecided(SMALL, given, decisions) == ("LEAD-1", "REAL-2")
    assert requested_changes(SMALL, decisions) == ("REAL-1",)
    assert undecided_low(SMALL, answers_at(SMALL, 1, REAL_2=4), decisions) == ("LEAD-1",)


def test_agreement_outlives_a_resubmission_only_word_for_word():
    before = {"LEAD-1": Answer.at(2, "note"), "LEAD-2": Answer.at(2, "note")}
    reviews = {
        "LEAD-1": a_review("LEAD-1", level=2),
        "LEAD-2": a_review("LEAD-2", Decision.CHANGE_REQUESTED),
    }
    assert set(still_agreed(reviews, before, before)) == {"LEAD-1"}
    for changed in (Answer.at(2, "other"), Answer.at(3, "note"), Answer.dont_know("note")):
        assert still_agreed(reviews, before, {**before, "LEAD-1": changed}) == {}
    assert still_agreed(reviews, before, {"LEAD-2": before["LEAD-2"]}) == {}


def test_a_validated_level_lowers_a_claim_and_never_raises_it():
    given = {"LEAD-1": Answer.at(3), "LEAD-2": Answer.at(1), "REAL-1": Answer.dont_know()}
    decisions = {
        "LEAD-1": a_review("LEAD-1", level=1),
        "LEAD-2": a_review("LEAD-2", level=4),
        "REAL-1": a_review("REAL-1"),
    }
    taken = validated_answers(given, decisions)
    assert [taken[item_id].level for item_id in given] == [1, 1, None]
    assert given["LEAD-1"].level == 3


def test_a_change_is_named_by_what_moved():
    for before, now, change in (
        (None, Answer.at(1), AnswerChange.NEW),
        (Answer.at(1), Answer.at(2), AnswerChange.RAISED),
        (Answer.at(2, "a"), Answer.at(1, "b"), AnswerChange.LOWERED),
        (Answer.at(2), Answer.dont_know(), AnswerChange.ANSWERED_OTHERWISE),
        (Answer.not_applicable("a"), Answer.not_applicable("b"), AnswerChange.ANSWERED_OTHERWISE),
        (Answer.at(2, "a"), Answer.at(2, "b"), AnswerChange.NOTE),
    ):
        assert change_of(before, now) is change
