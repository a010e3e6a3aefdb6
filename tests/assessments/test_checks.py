"""What a group should look at before it sends its answers in."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from readiness.assessments.checks import FindingKind, find, note_reason
from readiness.assessments.models import AnswerRevision, confirmed_answers
from readiness.instruments.answers import Answer, AnswerKind, ApplicabilityVerdict, applicability
from readiness.instruments.conditions import parse_condition
from readiness.instruments.models import ContextField, ContextItem
from tests.factories.instruments import a_domain, a_gate, a_tier, an_instrument, an_item

NOW = datetime(2027, 1, 15, tzinfo=UTC)
SITES = ContextItem("CTX-02", "Sites", "", (ContextField("sites", "Sites", "integer"),))
NOTE = "Minutes of March"


def instrument():
    first = an_item("LEAD-1")
    second = an_item(
        "LEAD-2", na_when=parse_condition("sites == 1"), na_says="the group has one site"
    )
    return an_instrument(
        domains=(a_domain("LEAD", "QMS", (first, second)),),
        tiers=(a_tier("T0"), a_tier("T1"), a_tier("T2", gates=(a_gate("T2", "LEAD-1", 2),))),
        context=(SITES,),
    )


def revisions(**answers):
    return {
        key.replace("_", "-"): AnswerRevision(key.replace("_", "-"), 1, answer, "maya", NOW)
        for key, answer in answers.items()
    }


def asked(found):
    return [(each.asks, each.place) for each in found]


def test_a_blank_sheet_lacks_every_item_and_every_fact():
    found = find(instrument(), {}, {}, "T0")
    assert asked(found) == [
        (FindingKind.MISSING, "LEAD-1"),
        (FindingKind.MISSING, "LEAD-2"),
        (FindingKind.CONTEXT, "CTX-02"),
    ]
    assert [each.blocks for each in found] == [True, True, False]


def test_a_carried_answer_counts_only_once_it_is_confirmed():
    carried = AnswerRevision("LEAD-1", 1, Answer.at(2, NOTE), "maya", NOW, is_carried=True)
    there = {**revisions(LEAD_2=Answer.at(1)), "LEAD-1": carried}
    assert set(confirmed_answers(there)) == {"LEAD-2"}
    assert (FindingKind.UNCONFIRMED, "LEAD-1") in asked(find(instrument(), there, {}, "T0"))


@pytest.mark.parametrize(
    ("context", "verdict"),
    [
        ({"sites": 1}, ApplicabilityVerdict.OPEN),
        ({"sites": 3}, ApplicabilityVerdict.CLOSED),
        ({}, ApplicabilityVerdict.UNKNOWN),
    ],
)
def test_not_applicable_stands_only_on_what_is_known(context, verdict):
    made = instrument()
    may = applicability(made, made.item_by_id["LEAD-2"], context, {})
    assert may.verdict is verdict
    assert may.context_ids == ("CTX-02",)
    there = revisions(LEAD_1=Answer.at(0), LEAD_2=Answer.not_applicable("one site"))
    blocked = (FindingKind.APPLICABLE, "LEAD-2") in asked(find(made, there, context, "T1"))
    assert blocked is (verdict is not ApplicabilityVerdict.OPEN)


def test_not_applicable_needs_a_reason():
    there = revisions(LEAD_1=Answer.at(0), LEAD_2=Answer(AnswerKind.NOT_APPLICABLE))
    found = find(instrument(), there, {"sites": 1}, "T1")
    assert asked(found) == [(FindingKind.APPLICABLE, "LEAD-2")]


def test_an_item_without_a_condition_always_applies():
    made = instrument()
    assert (
        applicability(made, made.item_by_id["LEAD-1"], {}, {}).verdict is ApplicabilityVerdict.NEVER
    )


@pytest.mark.parametrize(
    ("level", "tier_id", "needs"),
    [(1, "T1", False), (2, "T1", False), (2, "T2", True), (1, "T2", False), (3, "T1", True)],
)
def test_a_note_is_needed_from_level_3_and_where_a_gate_of_the_tier_is_met(level, tier_id, needs):
    made = instrument()
    item = made.item_by_id["LEAD-1"]
    assert bool(note_reason(made, item, Answer.at(level), tier_id)) is needs


def test_a_note_that_a_gate_needs_names_the_gate():
    made = instrument()
    reason = note_reason(made, made.item_by_id["LEAD-1"], Answer.at(2), "T2")
    assert reason == "it is a gate: tier T2 asks for level 2 here"


def test_a_dont_know_needs_no_note():
    made = instrument()
    assert note_reason(made, made.item_by_id["LEAD-1"], Answer.dont_know(), "T2") == ""


def test_a_note_that_could_point_at_a_patient_blocks_without_being_repeated():
    there = revisions(LEAD_1=Answer.at(3, "call 617-555-0134"), LEAD_2=Answer.at(0))
    (found,) = find(instrument(), there, {"sites": 1}, "T1")
    assert found.asks is FindingKind.IDENTIFIER
    assert found.blocks
    assert "LEAD-1" in found.says
    assert "a phone number" in found.says
    assert "617" not in found.says


def test_a_whole_sheet_lacks_nothing():
    there = revisions(LEAD_1=Answer.at(3, NOTE), LEAD_2=Answer.at(0))
    assert find(instrument(), there, {"sites": 1}, "T1") == ()
