"""Money held against a plan, whatever becomes of the plan."""

from __future__ import annotations

from datetime import timedelta

import pytest

from readiness.accounts.db import people
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, ChangedMeanwhile, Denied, NotFound, WrongState
from readiness.plans import db as plans
from readiness.plans.postings import PostingInput, PostingKind, Totals
from readiness.plans.presenters import spending as money_reading
from readiness.plans.service import money, plan
from readiness.plans.service.plan import PlanView
from tests.factories import plans as planned
from tests.factories.world import NOW

ANSWERS = planned.developing(EQME_4=1)
LATER = NOW + timedelta(days=200)


@pytest.fixture
def store(store):
    planned.submitted(store, "elm", ANSWERS, NOW)
    return store


def opened(store, at=NOW) -> PlanView:
    return plan.load(Session(store, people.actor(store, "maya"), at), "a1")


def priced(store):
    return [each for each in opened(store).plan.actions if each.cost]


def enter(store, action_id, cents, number=1, kind=PostingKind.SPENT, who="maya", at=NOW):
    wanted = PostingInput(kind, cents, at.date(), "", "")
    actor = people.actor(store, who)
    return money.post(Session(store, actor, at), "a1", action_id, wanted, f"p{number}")


def read(store, who="maya", at=NOW):
    return money.load(Session(store, people.actor(store, who), at), "a1")


def test_reading_stores_nothing_and_the_first_entry_keeps_the_plan(store):
    before = audit.head(store)
    assert not read(store).has_any
    assert audit.head(store) == before
    action = priced(store)[0]
    enter(store, action.id, 5_00)
    kept = plans.latest_plan(store, "a1")
    assert kept is not None
    assert read(store).line(action.id).actual.totals == Totals(spent=5_00)


def test_a_wrong_entry_leaves_nothing_behind(store):
    before = audit.head(store)
    with pytest.raises(BadInput):
        enter(store, priced(store)[0].id, -1)
    assert audit.head(store) == before
    assert plans.latest_plan(store, "a1") is None


def test_the_plan_s_one_off_and_yearly_parts_are_what_money_is_held_against(store):
    action = priced(store)[0]
    planned_money = read(store).line(action.id).actual.planned
    assert planned_money is not None
    first = action.amounts
    assert planned_money.one_off.likely == round(first.one_off.likely * 100)
    assert planned_money.yearly.likely == round(first.yearly.likely * 100)
    assert planned_money.first_year.likely == round(action.cost.likely * 100)


def test_time_runs_from_the_planned_start_or_from_the_first_payment(store):
    late = next(each for each in priced(store) if each.proposal.half_year == 2)
    assert read(store).line(late.id).actual.starts_on > NOW.date()
    enter(store, late.id, 5_00)
    assert read(store).line(late.id).actual.starts_on == NOW.date()


def test_what_was_taken_out_of_the_plan_keeps_its_money(store):
    action = priced(store)[0]
    enter(store, action.id, 7_00)
    current = opened(store).plan.actions
    revision = next(each.revision for each in current if each.id == action.id)
    plan.drop(Session(store, people.actor(store, "maya"), NOW), "a1", action.id, revision)
    line = read(store).line(action.id)
    assert (line.is_in_plan, line.actual.planned, line.actual.totals.spent) == (False, None, 7_00)
    assert money_reading.row_of(line).status_text == "Taken out of the plan"


def test_what_a_renewed_plan_no_longer_has_keeps_its_money_and_its_name(store):
    action = priced(store)[0]
    enter(store, action.id, 7_00)
    made = opened(store).assessment
    planned.score(store, made, planned.answers_at(4), LATER, "run-later")
    plan.renew(Session(store, people.actor(store, "maya"), LATER), "a1")
    assert action.id not in {each.id for each in opened(store, LATER).plan.actions}
    line = read(store, at=LATER).line(action.id)
    assert (line.title, line.actual.status, line.actual.totals.spent) == (action.title, None, 7_00)
    wanted = PostingInput(PostingKind.SPENT, 6_00, NOW.date(), "", "")
    money.correct(
        Session(store, people.actor(store, "maya"), LATER), "a1", action.id, "p1", wanted, "p2"
    )
    assert read(store, at=LATER).line(action.id).actual.totals.spent == 6_00


def test_an_action_without_a_catalogue_name_says_what_it_is(store):
    assert "no longer in the plan" in money.title_of("own:x", planned.QMER)


def test_only_the_group_s_manager_enters_money(store):
    action_id = priced(store)[0].id
    for who in ("cara", "pam"):
        with pytest.raises(Denied):
            enter(store, action_id, 5_00, who=who)
    for who in ("omar", "pete", "ada"):
        with pytest.raises(NotFound):
            enter(store, action_id, 5_00, who=who)
    assert plans.postings_of_assessment(store, "a1") == ()


def test_a_payer_reads_sums_alone(store):
    action_id = priced(store)[0].id
    enter(store, action_id, 5_00)
    line = read(store, "pam").line(action_id)
    assert line.actual.totals.spent == 5_00
    assert (line.entries, line.said) == ((), ())
    with pytest.raises(NotFound):
        line.entry("p1")


def test_the_second_of_two_corrections_is_refused(store):
    action_id = priced(store)[0].id
    enter(store, action_id, 5_00)
    actor, wanted = (
        people.actor(store, "maya"),
        PostingInput(PostingKind.SPENT, 6_00, NOW.date(), "", ""),
    )
    money.correct(Session(store, actor, NOW), "a1", action_id, "p1", wanted, "p2")
    with pytest.raises(ChangedMeanwhile):
        money.correct(Session(store, actor, NOW), "a1", action_id, "p1", wanted, "p3")
    money.correct(Session(store, actor, NOW), "a1", action_id, "p2", wanted, "p3")
    assert read(store).line(action_id).actual.totals.spent == 6_00


def test_a_draft_takes_no_money(store):
    planned.written(store, "elm", ANSWERS, NOW, assessment_id="a2")
    actor = people.actor(store, "maya")
    with pytest.raises(WrongState):
        money.load_enterable(Session(store, actor, NOW), "a2", "GOV")


def plan_cost(action):
    assert action.cost
    return round(action.cost.likely)


def test_the_whole_plan_adds_up_what_is_known(store):
    first, second = priced(store)[:2]
    enter(store, first.id, 5_00)
    enter(store, second.id, 50_00, 2, PostingKind.AWARDED)
    actor = people.actor(store, "maya")
    money.save_estimate(Session(store, actor, NOW), "a1", first.id, (1_00, 2_00, 3_00), "", "n1")
    told = money_reading.spending_table(read(store))
    assert (told.whole.spent, told.whole.awarded, told.whole.remaining) == ("$5", "$50", "$45")
    assert told.whole.needed == "$1 to $3, likely $2"
    assert told.whole.needed_on.startswith("said for 1 of ")
    assert {row.action_id for row in told.paid} == {first.id, second.id}
    both = plan_cost(first) + plan_cost(second)
    assert told.paid_together.first_year.endswith(f"likely ${both:,}")
    assert (told.paid_together.spent, told.paid_together.awarded) == ("$5", "$50")
    assert {row.action_id for row in told.priced} >= {each.id for each in priced(store)}
    assert not {row.action_id for row in told.priced} & {row.action_id for row in told.others}
