"""What becomes of an answer that arrives."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from readiness.assessments.models import AnswerRevision
from readiness.assessments.saving import (
    SaveOutcome,
    SentAnswer,
    answer_of,
    outcome,
    require_allowed,
)
from readiness.core.errors import BadInput
from readiness.instruments.answers import Answer, Applicability, ApplicabilityVerdict
from tests.factories.instruments import an_item

NOW = datetime(2027, 1, 15, tzinfo=UTC)


def at(revision, level, *, is_carried=False):
    return AnswerRevision("LEAD-1", revision, Answer.at(level), "maya", NOW, is_carried)


def sent(level, base, *, confirms=False):
    return SentAnswer("LEAD-1", str(level), base=base, confirms=confirms)


@pytest.mark.parametrize(
    ("arrives", "current", "base", "becomes"),
    [
        (sent(2, 0), None, None, SaveOutcome.SAVED),  # the first answer
        (sent(2, 1), at(1, 1), at(1, 1), SaveOutcome.SAVED),  # a change
        (sent(2, 1), at(1, 2), at(1, 2), SaveOutcome.KEPT),  # nothing new
        (sent(3, 1), at(2, 2), at(1, 1), SaveOutcome.CONFLICT),  # both changed it, differently
        (sent(2, 1), at(2, 2), at(1, 1), SaveOutcome.KEPT),  # both changed it to the same
        (sent(1, 1), at(2, 2), at(1, 1), SaveOutcome.KEPT),  # only the other changed it
        (sent(2, 0), at(1, 1), None, SaveOutcome.CONFLICT),  # both gave the first answer
    ],
)
def test_nothing_is_silently_overwritten(arrives, current, base, becomes):
    assert outcome(arrives, answer_of(arrives), current, base) is becomes


def test_confirming_a_carried_answer_saves_it_once():
    carried, confirmed = at(1, 2, is_carried=True), at(2, 2)
    arrives = sent(2, 1, confirms=True)
    assert outcome(arrives, answer_of(arrives), carried, carried) is SaveOutcome.SAVED
    assert outcome(arrives, answer_of(arrives), confirmed, carried) is SaveOutcome.KEPT


def test_a_carried_answer_is_not_confirmed_by_passing_by():
    carried = at(1, 2, is_carried=True)
    arrives = sent(2, 1)
    assert outcome(arrives, answer_of(arrives), carried, carried) is SaveOutcome.KEPT


@pytest.mark.parametrize("choice", ["5", "-1", "3.5", " 3 ", "٣", "level", "DK"])
def test_a_choice_that_the_page_does_not_offer_is_refused(choice):
    with pytest.raises(BadInput, match="Choose one of the answers"):
        answer_of(SentAnswer("LEAD-1", choice))


def test_a_note_without_a_level_waits_for_one():
    with pytest.raises(BadInput, match="Choose a level first"):
        answer_of(SentAnswer("LEAD-1", "", note="Minutes"))


def test_the_reason_is_kept_for_not_applicable_alone():
    assert answer_of(SentAnswer("LEAD-1", "2", reason="one site")) == Answer.at(2)


def test_not_applicable_is_stored_only_where_it_is_open_and_with_a_reason():
    item, answer = an_item("LEAD-1", na_says="one site"), Answer.not_applicable("one site")
    require_allowed(item, answer, Applicability(ApplicabilityVerdict.OPEN))
    for verdict in (
        ApplicabilityVerdict.NEVER,
        ApplicabilityVerdict.CLOSED,
        ApplicabilityVerdict.UNKNOWN,
    ):
        with pytest.raises(BadInput, match="Not saved as"):
            require_allowed(item, answer, Applicability(verdict))
    with pytest.raises(BadInput, match="why this does not apply"):
        require_allowed(item, Answer.not_applicable(""), Applicability(ApplicabilityVerdict.OPEN))
