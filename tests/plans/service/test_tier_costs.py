"""What the next tier costs, kept for lists: always what the group's plan says."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest

from readiness.accounts.db import people
from readiness.assessments.db import assessments
from readiness.assessments.models import AssessmentStatus, RunKind
from readiness.assessments.service import result
from readiness.core import audit, solver
from readiness.core.db import Session, Store
from readiness.core.serialization import from_json
from readiness.core.solver import SolverError
from readiness.instruments import cost_book
from readiness.instruments.answers import Answer
from readiness.plans import db as plans
from readiness.plans import planning, tier_cost
from readiness.plans.costs import CostRange, PeopleDays
from readiness.plans.editing import ActionEdit, edit_of
from readiness.plans.models import ActionStatus, GroupValues, ResourceEstimate
from readiness.plans.postings import PostingInput, PostingKind
from readiness.plans.service import money, plan, tier_costs
from readiness.plans.tier_cost import TierCost, TierCostExclusion, made_with
from tests.factories import payers
from tests.factories import plans as planned
from tests.factories.page import Page
from tests.factories.world import NOW

LATER = NOW + timedelta(days=40)
DEVELOPING = planned.developing()


def maya(store: Store) -> Session:
    return Session(store, people.actor(store, "maya"), LATER)


def opened(store, who="pam", assessment_id="a1"):
    return plan.load(Session(store, people.actor(store, who), LATER), assessment_id)


def kept(store, assessment_id="a1"):
    """By the run that stands now and with this code."""
    row = store.row(
        "select cost from tier_costs t join standings s using (assessment_id, run_id)"
        " where assessment_id = ? and made_with = ?",
        (assessment_id, made_with()),
    )
    return from_json(TierCost, json.loads(row["cost"])) if row else None


def entry_of(store, assessment_id, at):
    found = tier_costs.entry_of(store, assessment_id, at)
    assert found
    return found


@pytest.fixture
def sent(store):
    planned.submitted(store, "elm", DEVELOPING, NOW)
    result.update_entry(store, "elm", NOW)
    tier_costs.refresh(store, ["a1"], LATER)
    return store


def test_it_is_what_a_payer_reads_in_the_plan(sent):
    assert kept(sent) == opened(sent).tier_cost
    row = sent.row("select dollars, patients from tier_costs")
    assert row == {
        "dollars": float(opened(sent).tier_cost.first_year.likely),
        "patients": planned.FACTS["active_patients"],
    }


def set_status(store, status):
    action = plan.action_of(opened(store, "maya"), "COACH")
    edit = replace(edit_of(action), status=status)
    plan.edit(maya(store), "a1", "COACH", action.revision, edit)


def begin(store):
    set_status(store, ActionStatus.UNDER_WAY)


def pay(store):
    wanted = PostingInput(PostingKind.SPENT, 5_000_00, NOW.date(), "The payer", "")
    money.post(maya(store), "a1", "COACH", wanted, "p1")


def correct(store):
    wanted = PostingInput(PostingKind.SPENT, 1_000_00, NOW.date(), "The payer", "")
    money.correct(maya(store), "a1", "COACH", "p1", wanted, "p2")


def say_needed(store):
    money.save_estimate(maya(store), "a1", "COACH", [100, 200, 300], "", "e1")


def drop(store):
    action = plan.action_of(opened(store, "maya"), "COACH")
    plan.drop(maya(store), "a1", "COACH", action.revision)


def restore(store):
    action = plan.action_of(opened(store, "maya"), "COACH")
    plan.restore(maya(store), "a1", "COACH", action.revision)


def add_own(store):
    ends = [Decimal(each) for each in (1, 2, 3)]
    own = GroupValues(amounts=ResourceEstimate(CostRange(*ends), None, PeopleDays(*ends)))
    wanted = ActionEdit("quality lead", None, ActionStatus.PLANNED, "", "Our own", own)
    plan.add_own(maya(store), "a1", "own:1", wanted)


def test_whatever_the_group_plans_or_pays_makes_it_worked_out_again(sent):
    seen = [kept(sent)]
    for change in (begin, pay, correct, say_needed, drop, restore, add_own):
        change(sent)
        assert kept(sent) is None, change
        assert plans.without_tier_cost(sent, made_with(), "", 9) == ("a1",)
        tier_costs.refresh(sent, ["a1"], LATER)
        assert kept(sent) == opened(sent).tier_cost, change
        seen.append(kept(sent))
    likely = [each.first_year.likely for each in seen]
    whole = likely[0]
    coach = plan.action_of(opened(sent), "COACH").cost
    assert coach
    without = whole - coach.likely
    paid = [whole - 5_000, whole - 1_000, without + 2]
    assert likely == [whole, whole, *paid, without, whole, whole]  # its own raises nothing


def test_of_a_validated_result_it_is_that_of_the_renewed_plan(sent):
    begin(sent)
    tier_costs.refresh(sent, ["a1"], LATER)
    lower = planned.developing(LEAD_2=1)
    saved = replace(assessments.get(sent, "a1"), status=AssessmentStatus.ACCEPTED)
    with sent.writing():
        assessments.save(sent, saved, planned.event("accepted", "elm", LATER))
        planned.score(sent, saved, lower, LATER, "validated", RunKind.VALIDATED)
        result.update_entry(sent, "elm", LATER)
    assert kept(sent) is None
    tier_costs.refresh(sent, ["a1"], LATER)
    assert kept(sent) == opened(sent).tier_cost
    plan.renew(maya(sent), "a1")
    assert kept(sent) is None
    tier_costs.refresh(sent, ["a1"], LATER)
    assert kept(sent) == opened(sent).tier_cost


def test_a_plan_of_a_result_that_was_raised_since_is_no_way_to_the_next_tier(sent):
    begin(sent)
    saved = replace(assessments.get(sent, "a1"), status=AssessmentStatus.ACCEPTED)
    with sent.writing():
        assessments.save(sent, saved, planned.event("accepted", "elm", LATER))
        planned.score(sent, saved, planned.answers_at(3), LATER, "validated", RunKind.VALIDATED)
        result.update_entry(sent, "elm", LATER)
    tier_costs.refresh(sent, ["a1"], LATER)
    assert kept(sent).exclusion is TierCostExclusion.OUTDATED
    assert kept(sent).target_id == "T4"
    assert sent.row("select dollars from tier_costs") == {"dollars": None}


@pytest.mark.parametrize("module", [tier_cost, planning])
def test_another_version_of_the_code_passes_it_over(sent, monkeypatch, module):
    monkeypatch.setattr(module, "VERSION", "another")
    assert kept(sent) is None
    assert tier_costs.fill(sent, LATER) == 1
    assert kept(sent) == opened(sent).tier_cost


def test_so_does_another_cost_book(sent, monkeypatch):
    seals = {"qmer/2026.1.yaml": "another"}
    monkeypatch.setattr(cost_book, "seals", lambda: seals)
    assert kept(sent) is None


def test_what_changed_while_it_was_worked_out_is_not_written_over(sent):
    entry = entry_of(sent, "a1", LATER)
    last = audit.last_of_group(sent, "elm")
    begin(sent)
    plans.save_tier_cost(sent, entry, last)
    assert kept(sent) is None
    plans.save_tier_cost(sent, entry, audit.last_of_group(sent, "elm"))
    assert kept(sent) == entry.cost


def test_of_what_is_still_being_written_none_is_worked_out(store):
    planned.written(store, "elm", DEVELOPING, NOW)
    assert tier_costs.refresh(store, ["a1"], NOW) == {}
    assert store.row("select count(*) as n from tier_costs") == {"n": 0}


def test_everything_missing_is_filled_and_one_that_cannot_be_holds_nothing_up(
    sent, monkeypatch, caplog
):
    planned.submitted(sent, "oak", planned.answers_at(1), NOW, assessment_id="b1")
    result.update_entry(sent, "oak", NOW)
    with sent.writing():
        sent.execute("delete from tier_costs")
        sent.execute("delete from proposed_plans where run_id = 'run-b1'")

    def stop(*_):
        raise SolverError("HiGHS stopped")

    with monkeypatch.context() as patch:
        patch.setattr(solver, "least", stop)
        assert tier_costs.fill(sent, LATER) == 1
    assert kept(sent, "b1") is None
    assert "b1" in caplog.text
    assert tier_costs.fill(sent, LATER) == 1
    assert kept(sent, "b1").target_id == "T2"
    assert tier_costs.fill(sent, LATER) == 0


def test_it_goes_with_the_group_s_records(sent):
    with sent.writing():
        sent.execute("delete from groups where id = 'elm'")
    assert sent.row("select count(*) as n from tier_costs") == {"n": 0}


def test_plan_and_cost_are_worked_out_when_answers_are_submitted(store, client, sign_in):
    made = payers.started(store)
    payers.answer(store, made, payers.all_at(2))
    sign_in(client, "maya")
    here = f"/assessments/{made.id}/submit"
    fields = {"csrf_token": Page(client.get(here).text).token, "name": "Maya", "agrees": "y"}
    assert client.post(here, data=fields).status_code == 303
    assert kept(store, made.id).target_id == "T3"
    assert store.row("select tier from proposed_plans") == {"tier": "T3"}


def test_a_submission_is_not_held_up_by_a_plan_that_cannot_be_worked_out(
    store, client, sign_in, monkeypatch
):
    made = payers.started(store)
    payers.answer(store, made, payers.all_at(2))
    sign_in(client, "maya")
    here = f"/assessments/{made.id}/submit"
    fields = {"csrf_token": Page(client.get(here).text).token, "name": "Maya", "agrees": "y"}
    monkeypatch.setattr(plan, "view_of", refuse)
    assert client.post(here, data=fields).status_code == 303
    assert kept(store, made.id) is None


def refuse(*_):
    raise SolverError("HiGHS stopped")


def test_a_day_that_moves_months_alone_moves_no_dollars(sent):
    unknown = planned.developing(MEAS_2=Answer.dont_know())
    planned.submitted(sent, "oak", unknown, NOW, assessment_id="b1")
    early, late = (entry_of(sent, "b1", NOW + timedelta(days=days)) for days in (0, 400))
    assert early.dollars == late.dollars
    assert early.cost.months != late.cost.months
