"""What the page says a saved change did to cost, tier and date."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session
from readiness.plans.costs import NO_COST, CostRange
from readiness.plans.editing import edit_of
from readiness.plans.models import ActionStatus, GroupValues, ResourceEstimate
from readiness.plans.presenters.change import change_says, moved_says
from readiness.plans.presenters.formats import money
from readiness.plans.presenters.outlook import outlook
from readiness.plans.presenters.tier_cost import tier_cost_text
from readiness.plans.service import plan
from tests.factories import plans, world

NOW = world.NOW
TODAY = NOW.date()
REACHES = "T3 Incentive-ready"


@pytest.fixture
def session(store):
    plans.submitted(store, "elm", plans.developing(), NOW)
    return Session(store, people.actor(store, "maya"), NOW)


def opened(session):
    return plan.load(session, "a1")


def edit(session, action_id, **changes):
    action = plan.action_of(opened(session), action_id)
    wanted = replace(edit_of(action), **changes)
    return plan.edit(session, "a1", action_id, action.revision, wanted)


def own(session, action_id, **values):
    mine = plan.action_of(opened(session), action_id).own
    return edit(session, action_id, own=replace(mine, **values))


def drop(session, action_id):
    revision = plan.action_of(opened(session), action_id).revision
    return plan.drop(session, "a1", action_id, revision)


def says(change, today=TODAY):
    before, after = (replace(view, today=today) for view in (change.before, change.after))
    return change_says(replace(change, before=before, after=after))


def dollars(cost):
    return f"${cost.first_year.likely:,}"


def months(view, at=TODAY):
    return outlook(replace(view, today=at)).stages[-1].between


def test_what_moves_neither_cost_nor_tier_nor_date_is_only_saved(session):
    assert says(edit(session, "GOV", owner="quality lead", note="agreed")) == "Saved."


def test_before_and_after_are_what_the_page_shows_before_and_after(session):
    before = opened(session)
    change = drop(session, "COACH")
    after = opened(session)
    assert change.before.plan.actions == before.plan.actions
    assert change.before.tier_cost == before.tier_cost
    assert (change.after.plan, change.after.tier_cost) == (after.plan, after.tier_cost)


def test_what_is_taken_out_tells_cost_days_and_what_stays_short(session):
    change = drop(session, "REALCOL")
    before, after = change.before.tier_cost, change.after.tier_cost
    title = change.action.title
    assert says(change) == (
        f"You took out “{title}”. The plan now costs {dollars(after)} (before "
        f"{dollars(before)}), takes {after.people_days} of your own people-days "
        f"(before {before.people_days}) and no longer reaches {REACHES}. These stay "
        f"short: {'; '.join(outlook(change.after).ahead.short)}."
    )


def test_what_is_put_back_reaches_the_tier_by_the_day_that_the_page_tells(session):
    revision = drop(session, "REALCOL").action.revision
    change = plan.restore(session, "a1", "REALCOL", revision)
    told = says(change)
    assert told.startswith(f"You put “{change.action.title}” back. The plan now costs ")
    assert f"and reaches {REACHES} by {months(change.after).rpartition(' and ')[2]}." in told


def test_an_own_step_moves_days_and_no_money(session):
    title = plan.action_of(opened(session), "raise:LEAD-4").title
    told = says(drop(session, "raise:LEAD-4"))
    assert told.startswith(f"You took out “{title}”. The plan now takes ")
    assert "$" not in told


def test_a_later_start_tells_by_how_much_the_tier_is_later(session):
    change = own(session, "REALCOL", half_year=5)
    before, after = months(change.before), months(change.after)
    assert before != after
    told = says(change)
    assert f"still reaches {REACHES}, " in told
    assert f" months later (by {after.rpartition(' and ')[2]})." in told
    back = own(session, "REALCOL", half_year=None)
    assert " months sooner (by " in says(back)


def test_a_cost_of_its_own_tells_the_likely_figures_and_that_the_tier_stays(session):
    quote = CostRange(*map(Decimal, (1_000, 2_000, 3_000)))
    change = own(session, "COACH", amounts=ResourceEstimate(one_off=quote))
    told = says(change)
    assert f"now costs {dollars(change.after.tier_cost)} (before " in told
    assert told.endswith(f"still reaches {REACHES} by {last_month(change)}, as before.")


def last_month(change):
    return months(change.after).rpartition(" and ")[2]


def test_where_only_the_ends_of_a_range_move_the_ranges_are_told(session):
    usual = plan.action_of(opened(session), "GOV").cost
    assert usual
    wider = replace(usual, high=usual.high + 5_000)
    change = own(session, "GOV", amounts=ResourceEstimate(one_off=wider, yearly=NO_COST))
    told = says(change)
    assert f"costs {money(change.after.tier_cost.first_year)}" in told
    assert f"(before {money(change.before.tier_cost.first_year)})" in told


def test_an_action_of_its_own_is_said_to_be_added(session):
    blank = plan.action_of(opened(session), "COACH")
    yearly = CostRange(*map(Decimal, (10_000, 20_000, 30_000)))
    wanted = replace(
        edit_of(blank),
        title="Hire a greeter",
        own=GroupValues(amounts=ResourceEstimate(yearly=yearly)),
    )
    assert says(plan.add_own(session, "a1", "own:1", wanted)) == (
        "You added “Hire a greeter”. It raises nothing that a tier needs, so the cost to the "
        "tier stays as it is."
    )
    raising = replace(wanted, own=replace(wanted.own, levels=(("PART-5", 4),)))
    change = plan.add_own(session, "a1", "own:2", raising)
    told = says(change)
    assert told.startswith("You added “Hire a greeter”. The plan now costs ")
    assert f"(before {dollars(change.before.tier_cost)})" in told


def test_a_tier_above_the_target_is_told_when_an_own_action_reaches_it(session):
    top = tuple((item.id, 4) for item in plans.QMER.items)
    blank = plan.action_of(opened(session), "COACH")
    wanted = replace(
        edit_of(blank), title="Do everything", due_on=date(2027, 6, 1), own=GroupValues(levels=top)
    )
    told = says(plan.add_own(session, "a1", "own:1", wanted))
    assert "The plan now reaches T4 Sustaining by " in told


def test_what_is_done_is_said_to_be(session):
    own(session, "REALCOL", half_year=5)
    change = edit(session, "REALCOL", status=ActionStatus.DONE)
    assert says(change).startswith(f"You marked “{change.action.title}” as done.")


def test_of_a_plan_that_a_later_assessment_outdid_only_the_cost_is_told(session):
    later = NOW + timedelta(days=300)
    plans.submitted(session.store, "elm", plans.answers_at(3), later, assessment_id="a2")
    told = says(drop(replace(session, now=later), "REALCOL"), later.date())
    assert "The plan now costs " in told
    assert "T3" not in told


def test_only_an_earlier_earliest_day_is_told_too():
    old = (date(2027, 11, 1), date(2028, 3, 1))
    new = (date(2027, 9, 1), date(2028, 3, 9))
    assert moved_says(old, new) == " by Mar 2028, at the earliest in Sep 2027 (before Nov 2027)"


def test_the_cost_is_told_as_the_page_tells_it(session):
    change = drop(session, "COACH")
    text = tier_cost_text(opened(session))
    assert text
    likely = change.after.tier_cost.first_year.likely
    assert f"costs ${likely:,} (before" in says(change)
    assert f"costs ${likely:,}: an estimate" in text.lead
