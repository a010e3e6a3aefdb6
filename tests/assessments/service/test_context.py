"""Facts about the group: saved together, never over somebody else's."""

from __future__ import annotations

import pytest

from readiness.assessments.db import assessments
from readiness.assessments.saving import SentAnswer, SentFact
from readiness.assessments.service import answering
from readiness.assessments.service.answering import FactsChangedMeanwhile
from readiness.core.db import Session
from readiness.core.errors import BadInput, WrongState
from tests.factories import assessments as sheets
from tests.factories.world import NOW


def save(store, made, person_id="maya", **facts):
    page = {key: SentFact(*fact) for key, fact in facts.items()}
    return answering.save_facts(Session(store, sheets.actor(store, person_id), NOW), made.id, page)


def test_only_what_changed_is_saved(store, made):
    save(store, made, sites=(3, 0), age_mix=(None, 0))
    save(store, made, sites=(3, 1), age_mix=("adult", 0))
    known = assessments.context(store, made.id)
    assert {key: (fact.value, fact.revision) for key, fact in known.items()} == {
        "sites": (3, 1),
        "age_mix": ("adult", 1),
    }


def test_a_fact_that_somebody_else_changed_is_shown_and_nothing_is_saved(store, made):
    save(store, made, sites=(3, 0))
    with pytest.raises(FactsChangedMeanwhile) as told:
        save(store, made, "cara", sites=(4, 0), age_mix=("adult", 0))
    (clash,) = told.value.clashes
    assert (clash.key, clash.current.value, clash.author) == ("sites", 3, "Maya")
    assert assessments.context_values(store, made.id) == {"sites": 3}


def test_an_untouched_old_fact_does_not_clash(store, made):
    save(store, made, sites=(3, 0))
    save(store, made, sites=(4, 1))
    save(store, made, "cara", sites=(3, 1), age_mix=("adult", 0))
    assert assessments.context_values(store, made.id) == {"sites": 4, "age_mix": "adult"}


def test_what_cannot_be_together_is_refused_as_a_whole(store, made):
    with pytest.raises(BadInput, match="over 100%"):
        save(store, made, commercial_share=(0.9, 0), medicaid_share=(0.2, 0), sites=(3, 0))
    assert assessments.context_values(store, made.id) == {}


def test_one_site_opens_not_applicable(store, made):
    save(store, made, sites=(1, 0))
    sent = SentAnswer("LEAD-5", "na", reason="One site only")
    answering.save_item(Session(store, sheets.actor(store), NOW), made.id, sent)
    assert sheets.answer_in(store, made.id, "LEAD-5").reason == "One site only"


def test_facts_are_locked_with_the_answers(store, made):
    sheets.answer(store, made.id, NOW)
    sheets.sent_in(store, made.id, NOW)
    with pytest.raises(WrongState):
        save(store, made, sites=(3, 0))
