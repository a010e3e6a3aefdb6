"""Money in the invented world: the same every time, and some of it more than was planned."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from readiness.accounts.db import people
from readiness.core.db import Session, Store
from readiness.core.migrations import migrate
from readiness.demo import actions, fill, payments, world
from readiness.demo.actions import Stage
from readiness.demo.world import Round
from readiness.instruments import loader as instruments
from readiness.plans import db as postings
from readiness.plans.models import ActionStatus
from readiness.plans.service import money

TODAY = datetime(2026, 11, 22, 12, 0, tzinfo=UTC)
ELM = world.GROUPS[0]


def on(days: int) -> datetime:
    return TODAY + timedelta(days=days)


@pytest.fixture(scope="module")
def lived(tmp_path_factory):
    """Last year's cycle as the group on show went through it, and its money since."""
    store = Store.create(tmp_path_factory.mktemp("demo") / "readiness.db")
    migrate(store)
    with store.writing():
        fill.people_and_places(store, "no password", on(-700))
        stage = Stage(store, instruments.load("qmer"), people.actor(store, "payer"), TODAY)
        actions.open_cycle(replace(stage, now=on(-400)), Round.LAST, on(-310).date())
        told = [*fill.last_year(ELM, on), *payments.money_of(ELM, on)]
        for at, do in sorted(told, key=lambda deed: deed[0]):
            do(replace(stage, now=at))
    yield store
    store.close()


@pytest.fixture(scope="module")
def found(lived):
    return money.load(Session(lived, people.actor(lived, ELM.manager_id), TODAY), "elm-last-year")


def test_only_groups_that_had_a_plan_last_year_have_money():
    assert [who.id for who in world.GROUPS if list(payments.money_of(who, on))] == [
        who.id for who in world.GROUPS if who.had_last_year
    ]


def test_some_spend_more_than_was_awarded_and_the_page_warns(found):
    says = " ".join(text for line in found.lines for text in line.warnings)
    assert "More is spent than awarded" in says
    assert "The award will not be enough" in says
    assert "Spending runs ahead of time" in says


def test_one_entry_was_mistyped_and_put_right(lived):
    every = postings.postings_of_assessment(lived, "elm-last-year")
    (wrong,) = (each for each in every if each.id == payments.MISTYPED)
    (right,) = (each for each in every if each.corrects == wrong.id)
    assert wrong.cents == 10 * right.cents


def test_every_action_with_money_was_begun(found):
    begun = {ActionStatus.UNDER_WAY, ActionStatus.DONE}
    assert {line.actual.status for line in found.lines if line.has_any} <= begun
    assert sum(line.has_any for line in found.lines) >= 4
