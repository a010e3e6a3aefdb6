"""The questionnaire away from the screen, and back."""

from __future__ import annotations

from dataclasses import replace
from io import BytesIO

import page
import pytest
from openpyxl import load_workbook

from readiness.accounts.db import people
from readiness.assessments import workbook
from readiness.assessments.db import assessments
from readiness.assessments.models import AnswerRevision, AssessmentStatus, ContextRevision
from readiness.assessments.service import questionnaire
from readiness.assessments.workbook import WorkbookColumn
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.core.pdf.job import Page
from readiness.instruments.answers import Answer, AnswerKind
from tests.factories import plans, world
from tests.factories.questionnaire_workbook import changed, place_of

pytestmark = pytest.mark.slow  # every test writes and reads workbooks

NOW = world.NOW
STARTED = {"LEAD-1": Answer.at(2, "charter of 2026-03-01"), "LEAD-2": Answer.dont_know()}


@pytest.fixture
def maya(store):
    plans.written(store, "elm", STARTED, NOW, facts={"sites": 3, "deprived_share": 0.22})
    return people.actor(store, "maya")


@pytest.fixture
def book(store, maya):
    return questionnaire.download(Session(store, maya, NOW), "a1")


def at(book, name, column=WorkbookColumn.ANSWER):
    return place_of(book, name, column)


def value(book, name):
    return place_of(book, name, WorkbookColumn.VALUE)


def look(store, maya, raw):
    return questionnaire.upload(Session(store, maya, NOW), "a1", raw)


def problems(store, maya, raw):
    with pytest.raises(BadInput) as refused:
        look(store, maya, raw)
    return [str(each) for each in refused.value.problems]


def answers(store):
    return {key: r.answer for key, r in assessments.answers(store, "a1").items()}


# Going out


def test_the_book_holds_what_is_answered_so_far(book):
    cells = load_workbook(BytesIO(book))
    place = at(book, "LEAD-1", WorkbookColumn.NOTE).split("!")[1]
    assert cells["Answers"][place].value == "charter of 2026-03-01"
    assert cells["Answers"][at(book, "LEAD-1").split("!")[1]].value == 2
    assert cells["Answers"][at(book, "LEAD-2").split("!")[1]].value == "don't know"
    assert cells["About the group"][value(book, "deprived_share").split("!")[1]].value == 22


def test_it_asks_every_item_with_its_anchors_and_a_list_to_choose_from(book):
    cells = load_workbook(BytesIO(book))["Answers"]
    assert cells.max_row == 1 + len(plans.QMER.items)
    ruled = {str(each.sqref) for each in cells.data_validations.dataValidation}
    assert ruled
    assert cells["D2"].value == plans.QMER.items[0].levels[0]


def test_not_applicable_is_offered_only_where_it_can_be(book):
    cells = load_workbook(BytesIO(book))["Answers"]
    for rule in cells.data_validations.dataValidation:
        rows = {row for part in rule.sqref.ranges for row in range(part.min_row, part.max_row + 1)}
        items = [plans.QMER.items[row - 2] for row in rows]
        assert ("not applicable" in rule.formula1) == all(i.na_when is not None for i in items)


def test_the_same_answers_give_the_same_bytes(store, maya, book):
    assert questionnaire.download(Session(store, maya, NOW), "a1") == book


def test_only_the_group_takes_it_out(store, maya):
    for who in ("omar", "pam"):
        with pytest.raises((NotFound, Denied)):
            questionnaire.download(Session(store, people.actor(store, who), NOW), "a1")


# Coming back


def test_a_book_sent_back_as_it_came_changes_nothing(store, maya, book):
    seen = look(store, maya, book)
    assert (seen.changes, seen.conflicts) == ((), ())


def test_what_would_change_is_shown_and_nothing_is_stored_yet(store, maya, book):
    raw = changed(
        book,
        {
            at(book, "LEAD-1"): 3,
            at(book, "LEAD-3"): "don’t know",
            value(book, "sites"): 4,
            value(book, "separate_governing_body"): "yes",
        },
    )
    seen = look(store, maya, raw)
    assert [(line.id, line.before, line.after) for line in seen.changes] == [
        ("sites", "3", "4"),
        ("separate_governing_body", "not known", "yes"),
        ("LEAD-1", "level 2: charter of 2026-03-01", "level 3: charter of 2026-03-01"),
        ("LEAD-3", "no answer", "don't know"),
    ]
    assert answers(store) == STARTED


def test_a_note_that_may_point_at_a_patient_is_told_with_its_row(store, maya, book):
    note = at(book, "LEAD-1", WorkbookColumn.NOTE)
    (line,) = look(store, maya, changed(book, {note: "chart of MRN 1234567"})).changes
    assert line.warning.startswith(f"The row of {at(book, 'LEAD-1')} seems to hold a medical")
    (line,) = look(store, maya, changed(book, {note: "charter of 2026-04-01"})).changes
    assert line.warning == ""


def take(store, maya, raw):
    """Confirmed on a page: through plain values, as a page would carry them."""
    seen = look(store, maya, raw)
    again = workbook.from_plain(workbook.to_plain(seen.filled), plans.QMER)
    return questionnaire.apply_upload(Session(store, maya, NOW), "a1", again)


def test_confirmed_it_is_stored(store, maya, book):
    raw = changed(
        book,
        {
            at(book, "LEAD-1"): 3,
            at(book, "LEAD-1", WorkbookColumn.NOTE): "minutes of 2026-06-01",
            value(book, "deprived_share"): 30,
        },
    )
    take(store, maya, raw)
    assert answers(store)["LEAD-1"] == Answer.at(3, "minutes of 2026-06-01")
    assert assessments.context_values(store, "a1")["deprived_share"] == 0.3


def test_a_percentage_formatted_as_one_means_the_same(store, maya, book):
    cells = load_workbook(BytesIO(book))
    sheet, cell = value(book, "deprived_share").split("!")
    cells[sheet][cell] = 0.3
    cells[sheet][cell].number_format = "0%"
    written = BytesIO()
    cells.save(written)
    (line,) = look(store, maya, written.getvalue()).changes
    assert line.after == "30%"


def test_what_does_not_apply_is_taken_with_the_fact_that_allows_it(store, maya, book):
    raw = changed(
        book,
        {
            at(book, "LEAD-5"): "not applicable",
            at(book, "LEAD-5", WorkbookColumn.REASON): "one site",
            value(book, "sites"): 1,
        },
    )
    take(store, maya, raw)
    assert answers(store)["LEAD-5"].kind is AnswerKind.NOT_APPLICABLE


def test_what_somebody_changed_meanwhile_is_not_overwritten(store, maya, book):
    theirs = AnswerRevision("LEAD-1", 2, Answer.at(1), "cara", NOW)
    assessments.save_answer(store, "a1", theirs, None)
    assessments.save_context(store, "a1", (ContextRevision("sites", 2, 9, "cara", NOW),), None)
    raw = changed(book, {at(book, "LEAD-1"): 3, at(book, "LEAD-2"): 1, value(book, "sites"): 5})
    seen = take(store, maya, raw)
    assert [(line.id, line.author) for line in seen.conflicts] == [
        ("sites", "Cara"),
        ("LEAD-1", "Cara"),
    ]
    assert answers(store)["LEAD-1"] == Answer.at(1)
    assert answers(store)["LEAD-2"] == Answer.at(1)
    assert assessments.context_values(store, "a1")["sites"] == 9


def test_what_was_left_alone_never_goes_over_a_newer_answer(store, maya, book):
    theirs = AnswerRevision("LEAD-1", 2, Answer.at(1), "cara", NOW)
    assessments.save_answer(store, "a1", theirs, None)
    seen = look(store, maya, book)
    assert (seen.changes, seen.conflicts) == ((), ())


def test_every_problem_is_told_by_its_cell_and_nothing_is_stored(store, maya, book):
    wrong: dict[str, str | int | float] = {
        at(book, "LEAD-1"): 7,
        at(book, "LEAD-3"): "not applicable",
        at(book, "LEAD-5"): "not applicable",
        at(book, "LEAD-4"): "=1+1",
        at(book, "LEAD-6", WorkbookColumn.NOTE): "no level chosen",
        at(book, "MEAS-1"): 2,
        at(book, "MEAS-1", WorkbookColumn.NOTE): "x" * 1001,
        value(book, "sites"): "many",
        value(book, "medicaid_share"): 140,
    }
    said = problems(store, maya, changed(book, wrong))
    assert len(said) == len(wrong) - 1  # MEAS-1's level is right
    for place in wrong:
        if place != at(book, "MEAS-1") and place != at(book, "LEAD-6", WorkbookColumn.NOTE):
            assert any(line.startswith(f"{place}: ") for line in said), place
    assert any(line.startswith(at(book, "LEAD-6")) for line in said)
    assert answers(store) == STARTED


def test_facts_that_cannot_both_be_are_told_by_cell(store, maya, book):
    wrong = {value(book, "medicaid_share"): 60, value(book, "commercial_share"): 60}
    (line,) = problems(store, maya, changed(book, wrong))
    assert line.startswith(value(book, "commercial_share"))


@pytest.mark.parametrize(
    ("cell", "typed", "says"),
    [
        ("Answers!A2", "LEAD-99", "No item has this name"),
        ("Answers!A3", "LEAD-1", "a second time"),
        ("Answers!L2", "new", "Put back the number"),
        ("Answers!L2", 99, "Put back the hidden number"),
        ("Answers!I1", "Level", "The heading here was “Answer”"),
        ("About the group!B3", "beds", "No fact has this name"),
    ],
)
def test_a_damaged_book_is_refused_with_the_place(store, maya, book, cell, typed, says):
    raw = changed(
        book, {cell: typed, at(book, "LEAD-1"): 3} if cell != "Answers!A3" else {cell: typed}
    )
    said = problems(store, maya, raw)
    assert any(says in line for line in said), said


def test_a_book_of_another_assessment_is_refused(store, maya, book):
    plans.written(store, "elm", {}, NOW, assessment_id="a2")
    with pytest.raises(BadInput, match="another assessment"):
        questionnaire.upload(Session(store, maya, NOW), "a2", book)


def test_nothing_is_taken_after_submission(store, maya, book):
    assessment = assessments.get(store, "a1")
    done = replace(assessment, status=AssessmentStatus.SUBMITTED)
    assessments.save(store, done, plans.event("sent", "elm", NOW))
    with pytest.raises(WrongState):
        look(store, maya, book)


@pytest.mark.parametrize(
    "sent",
    [None, [], {}, {"answers": 3, "facts": []}, {"answers": [["LEAD-1"]], "facts": []}],
)
def test_what_a_page_did_not_send_is_refused(sent):
    with pytest.raises(BadInput):
        workbook.from_plain(sent, plans.QMER)


def test_what_a_page_sends_is_checked_like_any_answer(store, maya):
    sent = {"answers": [["LEAD-1", "9", "", "", 1]], "facts": []}
    filled = workbook.from_plain(sent, plans.QMER)
    seen = questionnaire.apply_upload(Session(store, maya, NOW), "a1", filled)
    assert seen.changes == ()
    assert answers(store) == STARTED


# On paper


def test_the_blank_questionnaire_can_be_read_by_everybody(printer, tmp_path):
    pdf = printer.pdf_of(questionnaire.blank_job("qmer", "2026.1", Page.A4))
    (file := tmp_path / "q.pdf").write_bytes(pdf)
    assert page.validate_pdf(str(file)).failures == []


def test_it_asks_every_item_with_five_levels_and_room_for_a_note():
    html = questionnaire.blank_job("qmer", "2026.1", Page.LETTER).html
    assert html.count('<article class="question">') == 57
    ticks = sum(6 + (item.na_when is not None) for item in plans.QMER.items)
    assert html.count("tick-box") == ticks
