"""A version in which facts about the group decide what applies, from its cycle to its paper."""

from __future__ import annotations

from io import BytesIO

import pytest
from openpyxl import load_workbook

from readiness.assessments.db import assessments
from readiness.assessments.models import ContextRevision
from readiness.assessments.saving import SentAnswer
from readiness.assessments.service import answering, questionnaire, submission
from readiness.assessments.workbook import WorkbookColumn
from readiness.core.db import Session
from readiness.core.errors import BadInput
from readiness.core.pdf.job import Page
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Answer, AnswerKind
from tests.factories import payers
from tests.factories.page import read
from tests.factories.questionnaire_workbook import changed, place_of
from tests.factories.world import NOW

TRIAL = instruments.load("qmer", "2026.2")


@pytest.fixture
def made(store):
    cycle = payers.invited(store, payers.a_cycle(store, version=TRIAL.version), "elm")
    return payers.accepted(store, cycle)


@pytest.fixture
def maya(client, sign_in):
    return sign_in(client, "maya")


def facts(store, made, **values):
    with store.writing():
        for key, value in values.items():
            revision = ContextRevision(key, 1, value, "maya", NOW)
            assessments.save_context(store, made.id, (revision,), None)


def item(maya, made, item_id):
    domain = TRIAL.item_by_id[item_id].domain_id
    return read(maya, f"/assessments/{made.id}/domains/{domain}").by_id(item_id)


def choices(shown):
    return [each.get("value") for each in shown.all("input") if each.get("type") == "radio"]


def session(store):
    return Session(store, payers.person(store, "maya"), NOW)


def test_a_payer_may_choose_it_after_the_published_one_and_sees_that_it_is_on_trial(
    client, sign_in, made
):
    page = read(sign_in(client, "pam"), "/payers/fair/cycles/new")
    offered = [each.text for each in page.all("option")]
    assert [each.split(":")[0] for each in offered] == [
        "Version 2026.1",
        "Version 2026.2 (on trial)",
    ]


def test_an_item_that_does_not_apply_says_so_and_offers_no_such_choice(maya, store, made):
    facts(store, made, sites=1)
    shown = item(maya, made, "LEAD-5")
    assert "Does not apply to your group: one practice site (CTX-02)." in shown.text
    assert "na" not in choices(shown)
    assert "on trial" in read(maya, f"/assessments/{made.id}/domains/LEAD").text


def test_where_the_fact_is_known_to_be_otherwise_the_item_is_like_any_other(maya, store, made):
    facts(store, made, sites=3)
    shown = item(maya, made, "LEAD-5")
    assert "apply" not in shown.text
    assert "na" not in choices(shown)


def test_where_the_fact_is_not_known_the_page_says_what_decides(maya, made):
    shown = item(maya, made, "LEAD-5")
    assert "Facts about your group (CTX-02) decide whether this applies" in shown.text
    assert "Not applicable" not in shown.text


def test_it_counts_as_answered_and_what_is_typed_is_kept_and_not_counted(maya, store, made):
    facts(store, made, sites=1)
    before = read(maya, f"/assessments/{made.id}/domains/LEAD").text
    assert "1 of 6 answered on this page" in before
    answering.save_item(session(store), made.id, SentAnswer("LEAD-5", "4", note="minutes"))
    shown = item(maya, made, "LEAD-5")
    assert "Your answer is kept and not counted" in shown.text
    assert assessments.answers(store, made.id)["LEAD-5"].answer == Answer.at(4, "minutes")
    found = submission.check(session(store), made.id).view
    assert found.answers["LEAD-5"].kind is AnswerKind.NOT_APPLICABLE


@pytest.mark.parametrize("sites", [1, 3, None])
def test_not_applicable_is_never_saved_whoever_sends_it(store, made, sites):
    if sites:
        facts(store, made, sites=sites)
    with pytest.raises(BadInput, match="decide whether this applies"):
        answering.save_item(session(store), made.id, SentAnswer("LEAD-5", "na", reason="one"))
    assert "LEAD-5" not in assessments.answers(store, made.id)


def test_what_does_not_apply_is_not_asked_for_when_it_is_sent_in(store, made):
    facts(store, made, sites=1)
    given = {each.id: Answer.at(2, "note") for each in TRIAL.items if each.id != "LEAD-5"}
    payers.answer(store, made, given)
    missing = submission.check(session(store), made.id).blocking
    assert not [each for each in missing if each.place == "LEAD-5"]


@pytest.mark.slow
def test_the_spreadsheet_says_so_and_lists_no_such_choice(store, made):
    facts(store, made, sites=1)
    raw = questionnaire.download(session(store), made.id)
    sheet = load_workbook(BytesIO(raw))["Answers"]
    row = place_of(raw, "LEAD-5", WorkbookColumn.ANSWER).split("!")[1][1:]
    assert sheet[f"C{row}"].value.startswith("Does not apply to your group: one practice site")
    assert not [
        rule for rule in sheet.data_validations.dataValidation if "not applicable" in rule.formula1
    ]
    back = questionnaire.upload(session(store), made.id, raw)
    assert (back.changes, back.conflicts) == ((), ())
    sent = changed(raw, {place_of(raw, "LEAD-5", WorkbookColumn.ANSWER): "not applicable"})
    with pytest.raises(BadInput, match="Choose one of: 0, 1, 2, 3, 4, don't know"):
        questionnaire.upload(session(store), made.id, sent)


def test_the_paper_has_nothing_to_tick_where_facts_decide():
    html = questionnaire.blank_job("qmer", "2026.2", Page.A4).html
    assert "Left out, with nothing to tick, where facts about the group say so" in html
    assert "Does not apply:" not in html
    first = questionnaire.blank_job("qmer", "2026.1", Page.A4).html
    assert "Does not apply: the group has one practice site (CTX-02)" in first


def test_the_result_of_the_first_version_still_reads_what_the_group_says(maya, store):
    cycle = payers.invited(store, payers.a_cycle(store), "elm")
    first = payers.accepted(store, cycle)
    facts(store, first, sites=1)
    shown = read(maya, f"/assessments/{first.id}/domains/LEAD").by_id("LEAD-5")
    assert "na" in choices(shown)
    assert "Does not apply to your group" not in shown.text
