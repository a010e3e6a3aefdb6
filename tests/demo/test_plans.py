"""A plan that its group changed, in the invented world."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from readiness.accounts.db import people
from readiness.core.db import Session, Store
from readiness.core.migrations import migrate
from readiness.demo import actions, fill, plans, world
from readiness.demo.actions import Stage
from readiness.demo.world import Round
from readiness.instruments import loader as instruments
from readiness.plans.service import plan

TODAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
(CEDAR,) = (who for who in world.GROUPS if who.id == plans.PLANNER)


def on(days: int) -> datetime:
    return TODAY + timedelta(days=days)


def test_one_group_knows_a_cost_and_a_start_better_than_the_catalogue(tmp_path):
    store = Store.create(tmp_path / "readiness.db")
    migrate(store)
    with store.writing():
        fill.people_and_places(store, "no password", on(-700))
        stage = Stage(store, instruments.load("qmer"), people.actor(store, "payer"), TODAY)
        actions.open_cycle(replace(stage, now=on(-75)), Round.THIS, on(55).date())
        told = [*fill.this_year(CEDAR, on), *plans.changes_of(CEDAR, on)]
        for at, do in sorted(told, key=lambda deed: deed[0]):
            do(replace(stage, now=at))
    here = Round.THIS.assessment_of(CEDAR)
    reader = people.actor(store, CEDAR.manager_id)
    own = [a.own for a in plan.load(Session(store, reader, TODAY), here).plan.actions]
    store.close()
    assert any(each.amounts.one_off and each.may_pay for each in own)
    assert any(each.half_year for each in own)


def test_nobody_else_has_changed_a_plan():
    assert [who.id for who in world.GROUPS if list(plans.changes_of(who, on))] == [plans.PLANNER]
