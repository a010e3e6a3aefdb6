"""Starting an assessment and answering it, alone and together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.assessments.db import assessments
from readiness.assessments.models import AssessmentStatus
from readiness.assessments.saving import SentAnswer
from readiness.assessments.service import answering, assessment_view, pages
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.instruments.answers import Answer
from tests.factories import assessments as sheets
from tests.factories.world import NOW

LATER = NOW + timedelta(days=365)


def save(store, assessment, sent, person_id="maya"):
    return answering.save_item(
        Session(store, sheets.actor(store, person_id), NOW), assessment.id, sent
    )


def test_starting_twice_goes_on_with_the_same_assessment(store):
    first = sheets.started(store, NOW)
    assert sheets.started(store, LATER) == first
    assert first.status is AssessmentStatus.IN_PROGRESS
    assert first.title == "2027"


def test_nobody_starts_for_a_group_of_others(store):
    with pytest.raises(NotFound):
        answering.start(Session(store, sheets.actor(store, "omar"), NOW), "elm", "a")
    with pytest.raises(Denied):
        answering.start(Session(store, sheets.actor(store, "pam"), NOW), "elm", "a")


def test_each_answer_is_a_revision_with_its_author_and_its_line_of_history(store):
    made = sheets.started(store, NOW)
    save(store, made, SentAnswer("LEAD-1", "1"))
    save(store, made, SentAnswer("LEAD-1", "2", note="Charter", base=1), "cara")
    history = assessments.answer_history(store, made.id, "LEAD-1")
    assert [(h.revision, h.author_id) for h in history] == [(1, "maya"), (2, "cara")]
    last = audit.of_group(store, "elm")[0]
    assert (last.verb, last.actor_id) == ("answered", "cara")
    assert last.detail == {"item": "LEAD-1", "revision": 2}


def test_saving_the_same_again_adds_nothing(store):
    made = sheets.started(store, NOW)
    save(store, made, SentAnswer("LEAD-1", "1"))
    _, revision = save(store, made, SentAnswer("LEAD-1", "1", base=1))
    assert revision.revision == 1
    assert assessments.latest_revision(store, made.id, "LEAD-1") == 1


def test_a_second_saver_is_shown_both_answers(store):
    made = sheets.started(store, NOW)
    save(store, made, SentAnswer("LEAD-1", "1"))
    with pytest.raises(answering.AnsweredMeanwhile) as told:
        save(store, made, SentAnswer("LEAD-1", "3", note="Charter"), "cara")
    assert told.value.clash.author == "Maya"
    assert told.value.clash.current.answer == Answer.at(1)
    assert told.value.clash.sent.note == "Charter"
    assert assessments.latest_revision(store, made.id, "LEAD-1") == 1


def test_a_revision_nobody_has_seen_is_refused(store):
    made = sheets.started(store, NOW)
    with pytest.raises(BadInput, match="reload"):
        save(store, made, SentAnswer("LEAD-1", "1", base=7))


def test_an_item_of_no_instrument_is_not_found(store):
    with pytest.raises(NotFound):
        save(store, sheets.started(store, NOW), SentAnswer("LEAD-99", "1"))


def test_a_page_saves_what_is_in_order_and_names_the_rest(store):
    made = sheets.started(store, NOW)
    save(store, made, SentAnswer("LEAD-2", "1"))
    page = [
        SentAnswer("LEAD-1", "2"),
        SentAnswer("LEAD-2", "3"),
        SentAnswer("LEAD-3", "9"),
        SentAnswer("LEAD-4", "0"),
    ]
    done = answering.save_page(Session(store, sheets.actor(store, "cara"), NOW), made.id, page)
    assert done.saved == ("LEAD-1", "LEAD-4")
    assert [each.place for each in done.problems] == ["LEAD-3"]
    assert [each.sent.item_id for each in done.clashes] == ["LEAD-2"]


def test_not_applicable_opens_with_the_fact_that_it_rests_on(store):
    made = sheets.started(store, NOW)
    with pytest.raises(BadInput, match="Answer CTX-02 first"):
        save(store, made, SentAnswer("LEAD-5", "na", reason="one site"))


def test_answers_are_locked_after_submission_however_late_a_page_saves(store):
    made = sheets.started(store, NOW)
    sheets.answer(store, made.id, NOW)
    sheets.sent_in(store, made.id, NOW)
    with pytest.raises(WrongState, match="cannot be changed"):
        save(store, made, SentAnswer("LEAD-1", "4", base=1))
    assert assessments.get(store, made.id).status is AssessmentStatus.SUBMITTED
    assert assessments.latest_revision(store, made.id, "LEAD-1") == 1


@pytest.fixture
def next_year(store):
    """An assessment whose answers were carried from one that was sent in a year before."""
    before = sheets.started(store, NOW)
    sheets.answer(store, before.id, NOW)
    sheets.sent_in(store, before.id, NOW)
    return sheets.started(store, LATER)


def test_carried_answers_count_once_each_is_confirmed(store, next_year):
    found = assessment_view.view_of(store, next_year)
    assert (found.progress.answered, found.progress.to_confirm) == (0, 57)
    note = sheets.answer_in(store, next_year.id, "LEAD-1").note
    save(store, next_year, SentAnswer("LEAD-1", "2", note=note, base=1, confirms=True))
    save(
        store, next_year, SentAnswer("LEAD-2", "1", note=note, base=1)
    )  # a change confirms as well
    found = assessment_view.view_of(store, next_year)
    assert (found.progress.answered, found.progress.to_confirm) == (2, 55)


def test_what_became_of_each_item_is_said(store, next_year):
    shown = pages.contents(Session(store, sheets.actor(store), LATER), next_year.id)
    assert shown.previous
    assert shown.previous.assessment.title == "2027"
    assert (shown.reworded, shown.new, shown.dropped) == ((), (), ())


def test_a_group_may_begin_with_a_blank_sheet(store):
    before = sheets.started(store, NOW)
    sheets.answer(store, before.id, NOW)
    sheets.sent_in(store, before.id, NOW)
    blank = sheets.started(store, LATER, carries=False)
    assert assessment_view.view_of(store, blank).revisions == {}


def test_withdrawing_hides_and_taking_up_again_brings_back(store):
    made, maya = sheets.started(store, NOW), sheets.actor(store)
    assert (
        answering.withdraw(Session(store, maya, NOW), made.id).status is AssessmentStatus.WITHDRAWN
    )
    with pytest.raises(WrongState):
        save(store, made, SentAnswer("LEAD-1", "1"))
    assert (
        answering.undo_withdrawal(Session(store, maya, NOW), made.id).status
        is AssessmentStatus.IN_PROGRESS
    )


def test_only_who_may_sign_withdraws(store):
    made = sheets.started(store, NOW)
    with pytest.raises(Denied):
        answering.withdraw(Session(store, sheets.actor(store, "cara"), NOW), made.id)


def test_a_withdrawn_one_is_not_taken_up_beside_another(store):
    first, maya = sheets.started(store, NOW), sheets.actor(store)
    answering.withdraw(Session(store, maya, NOW), first.id)
    sheets.started(store, LATER)
    with pytest.raises(WrongState, match="under way"):
        answering.undo_withdrawal(Session(store, maya, LATER), first.id)
