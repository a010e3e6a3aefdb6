"""Postings are only ever added."""

from __future__ import annotations

import sqlite3
from dataclasses import replace
from datetime import date, timedelta

import pytest

from readiness.accounts.db import groups
from readiness.core import audit
from readiness.core.audit import Event
from readiness.core.errors import ChangedMeanwhile, NotFound
from readiness.plans import db as postings
from readiness.plans.postings import Cents, EstimateToComplete, Posting, PostingKind
from tests.factories import plans, world

NOW = world.NOW
EVENT = Event(NOW, "maya", "entered money for", "plan", "p1", group_id="elm")
ONE = Posting(
    "m1", "elm", "a1", "PHARM", PostingKind.SPENT, 12_500_01, date(2027, 1, 10),
    "the payer’s grant", "invoice 14", "maya", NOW,
)  # fmt: skip
NEEDED = EstimateToComplete("n1", "elm", "a1", "PHARM", Cents(1, 2, 3), "quote", "maya", NOW)


@pytest.fixture
def store(store):
    plans.submitted(store, "elm", plans.answers_at(2), NOW)
    return store


def test_a_posting_comes_back_as_it_went_in_with_its_line_of_history(store):
    before = audit.head(store)[0]
    postings.add_posting(store, ONE, EVENT)
    assert postings.get_posting(store, "m1") == ONE
    assert postings.postings_of_assessment(store, "a1") == (ONE,)
    assert audit.head(store)[0] == before + 1


def test_what_is_corrected_stays_and_the_correction_names_it(store):
    better = replace(ONE, id="m2", cents=12_000_00, at=NOW + timedelta(hours=1), corrects="m1")
    postings.add_posting(store, ONE, EVENT)
    postings.add_posting(store, better, EVENT)
    assert postings.postings_of_assessment(store, "a1") == (ONE, better)


def test_of_two_who_correct_the_same_posting_the_second_is_told(store):
    postings.add_posting(store, ONE, EVENT)
    postings.add_posting(store, replace(ONE, id="m2", corrects="m1"), EVENT)
    before = audit.head(store)
    with pytest.raises(ChangedMeanwhile):
        postings.add_posting(store, replace(ONE, id="m3", corrects="m1"), EVENT)
    assert len(postings.postings_of_assessment(store, "a1")) == 2
    assert audit.head(store) == before


@pytest.mark.parametrize("table", ["postings", "still_needed"])
def test_nothing_that_was_entered_can_be_changed(store, table):
    postings.add_posting(store, ONE, EVENT)
    postings.add_estimate(store, NEEDED, EVENT)
    with pytest.raises(sqlite3.IntegrityError, match="only ever added"), store.writing():
        store.execute(f"update {table} set note = 'another'")  # noqa: S608


def test_a_failed_event_leaves_no_posting_behind(store, monkeypatch):
    monkeypatch.setattr(audit, "record", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        postings.add_posting(store, ONE, EVENT)
    assert postings.postings_of_assessment(store, "a1") == ()


def test_there_is_no_other_posting(store):
    with pytest.raises(NotFound):
        postings.get_posting(store, "m9")


def test_many_groups_are_read_at_once_and_no_other(store):
    postings.add_posting(store, ONE, EVENT)
    assert postings.postings_of_groups(store, ["elm", "oak"]) == (ONE,)
    assert postings.postings_of_groups(store, ["oak"]) == ()


def test_every_estimate_is_kept_oldest_first(store):
    later = replace(NEEDED, id="n2", cents=Cents(4, 5, 6), at=NOW + timedelta(days=1))
    postings.add_estimate(store, later, EVENT)
    postings.add_estimate(store, NEEDED, EVENT)
    assert postings.estimates_of_assessment(store, "a1") == (NEEDED, later)


def test_a_group_takes_its_money_along_when_it_goes(store):
    postings.add_posting(store, ONE, EVENT)
    postings.add_posting(store, replace(ONE, id="m2", corrects="m1"), EVENT)
    postings.add_estimate(store, NEEDED, EVENT)
    groups.remove(store, "elm")
    assert postings.postings_of_assessment(store, "a1") == ()
    assert postings.estimates_of_assessment(store, "a1") == ()
