"""A plan is worked out once for a run, and anew when anything that went into it is another."""

from __future__ import annotations

import fcntl
from dataclasses import replace
from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.assessments.db import assessments
from readiness.core import solver
from readiness.core.db import Session
from readiness.instruments.answers import Answer
from readiness.plans import db as kept_plans
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus
from readiness.plans.planning import GroupFacts, propose
from readiness.plans.service import basis, begun, plan, proposals, tier_plans
from tests.factories import plans as planned
from tests.factories.page import Page
from tests.factories.world import NOW

LATER = NOW + timedelta(days=365)
HERE = "/assessments/a1/plan"


@pytest.fixture
def sent(store):
    planned.submitted(store, "elm", planned.developing(MEAS_2=Answer.dont_know()), NOW)
    return store


@pytest.fixture
def no_solver(monkeypatch):
    """From when it is called on, nothing can be solved."""

    def take_away():
        def refuse(*_):
            raise AssertionError("this was worked out before")

        monkeypatch.setattr(solver, "least", refuse)

    return take_away


def load(store, who="maya", at=NOW, assessment_id="a1"):
    return plan.load(Session(store, people.actor(store, who), at), assessment_id)


def kept(store):
    return [(row["run_id"], row["tier"]) for row in store.rows("select * from proposed_plans")]


def test_a_plan_is_worked_out_once(sent, no_solver):
    first = load(sent)
    assert kept(sent) == [("run-a1", "T3")]
    no_solver()
    assert load(sent).plan == first.plan
    assert load(sent, "pam").plan.actions == first.plan.actions


@pytest.mark.parametrize(
    "answers", [planned.developing(MEAS_2=Answer.dont_know()), planned.answers_at(1)]
)
def test_what_was_kept_is_what_was_proposed(store, answers):
    facts = GroupFacts(planned.QMER, planned.BOOK, answers, planned.FACTS)
    planned.submitted(store, "elm", answers, NOW)
    for tier in planned.QMER.tiers[3:]:
        made = proposals.plan_to(store, tier, facts, "run-a1")
        assert made == propose(facts, solver.least, tier)
        assert proposals.plan_to(store, tier, facts, "run-a1") == made
    assert len(kept(store)) == 2


def test_plans_to_the_tiers_after_the_next_are_kept_too(sent, no_solver):
    opened = load(sent)
    first = tier_plans.tier_plans(sent, opened)
    assert kept(sent) == [("run-a1", "T3"), ("run-a1", "T4")]
    no_solver()
    assert tier_plans.tier_plans(sent, opened) == first


def test_of_answers_that_are_not_submitted_nothing_is_kept(store):
    planned.written(store, "elm", planned.developing(), NOW)
    assert load(store).is_preview
    assert kept(store) == []


def test_what_a_group_began_before_changes_the_plan(sent):
    planned.submitted(sent, "elm", planned.developing(), LATER, assessment_id="a2")
    assert "GOV" in {a.id for a in load(sent, at=LATER, assessment_id="a2").plan.actions}
    action = plan.action_of(load(sent), "GOV")
    done = replace(edit_of(action), status=ActionStatus.DONE)
    maya = Session(sent, people.actor(sent, "maya"), NOW)
    plan.edit(maya, "a1", "GOV", action.revision, done)
    assert begun.begun_by(sent, assessments.get(sent, "a2")).done_before == {"GOV"}
    assert "GOV" not in {a.id for a in load(sent, at=LATER, assessment_id="a2").plan.actions}
    assert kept(sent).count(("run-a2", "T3")) == 1


FACTS = GroupFacts(
    planned.QMER, planned.BOOK, planned.developing(), planned.FACTS, {"GOV": 5}, frozenset({"X"})
)


@pytest.mark.parametrize(
    "other",
    [
        replace(FACTS, book=replace(planned.BOOK, sha256="another")),
        replace(FACTS, book=None),
        replace(FACTS, instrument=replace(planned.QMER, sha256="another")),
        replace(FACTS, still_to_pay={"GOV": 6}),
        replace(FACTS, done_before=frozenset()),
    ],
)
def test_whatever_a_run_does_not_fix_makes_another_seal(other):
    assert proposals.facts_sha256(other) != proposals.facts_sha256(FACTS)


@pytest.mark.parametrize("name", ["VERSION", "ENGINE_VERSION"])
def test_another_version_of_the_code_works_it_out_anew(sent, name, monkeypatch):
    load(sent)
    before = proposals.facts_sha256(FACTS)
    monkeypatch.setattr(proposals, name, "another")
    assert proposals.facts_sha256(FACTS) != before
    row = sent.row("select facts_sha256 from proposed_plans")
    load(sent)
    assert sent.row("select facts_sha256 from proposed_plans") != row


def test_it_goes_with_the_group_s_records(sent):
    load(sent)
    with sent.writing():
        sent.execute("delete from groups where id = 'elm'")
    assert kept(sent) == []


def test_a_page_waits_for_nobody_who_writes(sent, client, sign_in):
    sign_in(client, "maya")
    with open(f"{sent.path}.lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        page = Page(client.get(HERE).text)
    assert page.one("h1").text == "Action plan"
    assert kept(sent) == []


def test_a_kept_plan_of_another_tier_is_not_taken_for_this_one(sent):
    load(sent)
    seal = proposals.facts_sha256(basis.facts_of(sent, *before(sent)))
    assert kept_plans.proposed_plan(sent, "run-a1", "T3", seal)
    assert kept_plans.proposed_plan(sent, "run-a1", "T4", seal) is None
    assert kept_plans.proposed_plan(sent, "run-a2", "T3", seal) is None


def before(store):
    opened = load(store)
    return opened.assessment, opened.instrument, opened.basis
