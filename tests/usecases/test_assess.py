"""Starting an assessment and answering it, alone and together."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.domain.answers import Answer
from readiness.domain.errors import BadInput, Denied, NotFound, WrongState
from readiness.domain.lifecycle import Status
from readiness.domain.saving import Sent
from readiness.store import assessments, events
from readiness.usecases import assess, overview, sheet
from tests import sheets
from tests.web.world import NOW

LATER = NOW + timedelta(days=365)


def save(store, assessment, sent, person_id="maya"):
    return assess.save_item(store, sheets.actor(store, person_id), assessment.id, sent, NOW)


def test_starting_twice_goes_on_with_the_same_assessment(peopled):
    first = sheets.started(peopled, NOW)
    assert sheets.started(peopled, LATER) == first
    assert first.status is Status.IN_PROGRESS
    assert first.title == "2027"


def test_nobody_starts_for_a_group_of_others(peopled):
    with pytest.raises(NotFound):
        assess.start(peopled, sheets.actor(peopled, "omar"), "elm", "a", NOW)
    with pytest.raises(Denied):
        assess.start(peopled, sheets.actor(peopled, "pam"), "elm", "a", NOW)


def test_each_answer_is_a_revision_with_its_author_and_its_line_of_history(peopled):
    made = sheets.started(peopled, NOW)
    save(peopled, made, Sent("LEAD-1", "1"))
    save(peopled, made, Sent("LEAD-1", "2", note="Charter", base=1), "cara")
    history = assessments.answer_history(peopled, made.id, "LEAD-1")
    assert [(h.revision, h.author_id) for h in history] == [(1, "maya"), (2, "cara")]
    last = events.of_group(peopled, "elm")[0]
    assert (last.verb, last.actor_id) == ("answered", "cara")
    assert last.detail == {"item": "LEAD-1", "revision": 2}


def test_saving_the_same_again_adds_nothing(peopled):
    made = sheets.started(peopled, NOW)
    save(peopled, made, Sent("LEAD-1", "1"))
    _, revision = save(peopled, made, Sent("LEAD-1", "1", base=1))
    assert revision.revision == 1
    assert assessments.latest_revision(peopled, made.id, "LEAD-1") == 1


def test_a_second_saver_is_shown_both_answers(peopled):
    made = sheets.started(peopled, NOW)
    save(peopled, made, Sent("LEAD-1", "1"))
    with pytest.raises(assess.AnsweredMeanwhile) as told:
        save(peopled, made, Sent("LEAD-1", "3", note="Charter"), "cara")
    assert told.value.clash.author == "Maya"
    assert told.value.clash.current.answer == Answer.at(1)
    assert told.value.clash.sent.note == "Charter"
    assert assessments.latest_revision(peopled, made.id, "LEAD-1") == 1


def test_a_revision_nobody_has_seen_is_refused(peopled):
    made = sheets.started(peopled, NOW)
    with pytest.raises(BadInput, match="reload"):
        save(peopled, made, Sent("LEAD-1", "1", base=7))


def test_an_item_of_no_instrument_is_not_found(peopled):
    with pytest.raises(NotFound):
        save(peopled, sheets.started(peopled, NOW), Sent("LEAD-99", "1"))


def test_a_page_saves_what_is_in_order_and_names_the_rest(peopled):
    made = sheets.started(peopled, NOW)
    save(peopled, made, Sent("LEAD-2", "1"))
    page = [Sent("LEAD-1", "2"), Sent("LEAD-2", "3"), Sent("LEAD-3", "9"), Sent("LEAD-4", "0")]
    done = assess.save_page(peopled, sheets.actor(peopled, "cara"), made.id, page, NOW)
    assert done.saved == ("LEAD-1", "LEAD-4")
    assert [each.place for each in done.problems] == ["LEAD-3"]
    assert [each.sent.item_id for each in done.clashes] == ["LEAD-2"]


def test_not_applicable_opens_with_the_fact_that_it_rests_on(peopled):
    made = sheets.started(peopled, NOW)
    with pytest.raises(BadInput, match="Answer CTX-02 first"):
        save(peopled, made, Sent("LEAD-5", "na", reason="one site"))


def test_answers_are_locked_after_submission_however_late_a_page_saves(peopled):
    made = sheets.started(peopled, NOW)
    sheets.answer(peopled, made.id, NOW)
    sheets.sent_in(peopled, made.id, NOW)
    with pytest.raises(WrongState, match="cannot be changed"):
        save(peopled, made, Sent("LEAD-1", "4", base=1))
    assert assessments.get(peopled, made.id).status is Status.SUBMITTED
    assert assessments.latest_revision(peopled, made.id, "LEAD-1") == 1


@pytest.fixture
def next_year(peopled):
    """An assessment whose answers were carried from one that was sent in a year before."""
    before = sheets.started(peopled, NOW)
    sheets.answer(peopled, before.id, NOW)
    sheets.sent_in(peopled, before.id, NOW)
    return sheets.started(peopled, LATER)


def test_carried_answers_count_once_each_is_confirmed(peopled, next_year):
    found = sheet.read(peopled, next_year)
    assert (found.progress.answered, found.progress.to_confirm) == (0, 57)
    note = sheets.answer_in(peopled, next_year.id, "LEAD-1").note
    save(peopled, next_year, Sent("LEAD-1", "2", note=note, base=1, confirms=True))
    save(peopled, next_year, Sent("LEAD-2", "1", note=note, base=1))  # a change confirms as well
    found = sheet.read(peopled, next_year)
    assert (found.progress.answered, found.progress.to_confirm) == (2, 55)


def test_what_became_of_each_item_is_said(peopled, next_year):
    shown = overview.contents(peopled, sheets.actor(peopled), next_year.id, LATER)
    assert shown.previous
    assert shown.previous.assessment.title == "2027"
    assert (shown.reworded, shown.new, shown.dropped) == ((), (), ())


def test_a_group_may_begin_with_a_blank_sheet(peopled):
    before = sheets.started(peopled, NOW)
    sheets.answer(peopled, before.id, NOW)
    sheets.sent_in(peopled, before.id, NOW)
    blank = sheets.started(peopled, LATER, carries=False)
    assert sheet.read(peopled, blank).revisions == {}


def test_withdrawing_hides_and_taking_up_again_brings_back(peopled):
    made, maya = sheets.started(peopled, NOW), sheets.actor(peopled)
    assert assess.withdraw(peopled, maya, made.id, NOW).status is Status.WITHDRAWN
    with pytest.raises(WrongState):
        save(peopled, made, Sent("LEAD-1", "1"))
    assert assess.undo_withdrawal(peopled, maya, made.id, NOW).status is Status.IN_PROGRESS


def test_only_who_may_sign_withdraws(peopled):
    made = sheets.started(peopled, NOW)
    with pytest.raises(Denied):
        assess.withdraw(peopled, sheets.actor(peopled, "cara"), made.id, NOW)


def test_a_withdrawn_one_is_not_taken_up_beside_another(peopled):
    first, maya = sheets.started(peopled, NOW), sheets.actor(peopled)
    assess.withdraw(peopled, maya, first.id, NOW)
    sheets.started(peopled, LATER)
    with pytest.raises(WrongState, match="under way"):
        assess.undo_withdrawal(peopled, maya, first.id, LATER)
