"""Filling a new database with the invented world, deed by deed in the order of time."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, time, timedelta
from functools import partial

from readiness.accounts.db import groups, people
from readiness.accounts.passwords import Hasher
from readiness.assessments.service.result import update_entry
from readiness.core.db import Store
from readiness.core.people import Group, Membership, Payer, Person, Role, Site
from readiness.core.periods import latest_closed
from readiness.demo import actions, payer, payments, plans, uploads, world
from readiness.demo.actions import Stage
from readiness.demo.quality_counts import YEARS
from readiness.demo.world import PAYER_ID, QUARTERS, Character, Round
from readiness.instruments import loader as instruments
from readiness.plans.service import tier_costs

PASSWORD = "a demonstration for everyone"  # noqa: S105
TWO_YEARS = timedelta(days=730)
LAST_DUE, THIS_DUE = -310, 55  # days from today

Deed = tuple[datetime, Callable[[Stage], None]]


def fill(store: Store, hasher: Hasher, today: datetime) -> None:
    """Write the whole world, the same for the same day."""
    with store.writing():
        people_and_places(store, hasher.hash(PASSWORD), today - TWO_YEARS)
        stage = Stage(store, instruments.load("qmer"), people.actor(store, "payer"), today)
        for at, do in sorted(schedule(today), key=lambda deed: deed[0]):
            do(replace(stage, now=at))
        for who in world.GROUPS:
            update_entry(store, who.id, today)
        payer.try_incentives(stage)
    payer.plan_investment(store, today)
    tier_costs.fill(store, today)


def schedule(today: datetime) -> Iterator[Deed]:
    """Who does what when: two cycles, the assessments in them, and the counts of each quarter."""

    def on(days: int) -> datetime:
        return today + timedelta(days=days)

    yield on(-400), partial(actions.open_cycle, which=Round.LAST, due_on=on(LAST_DUE).date())
    yield on(-280), partial(actions.close_cycle, which=Round.LAST)
    yield on(-75), partial(actions.open_cycle, which=Round.THIS, due_on=on(THIS_DUE).date())
    for number, who in enumerate(world.GROUPS):
        later = timedelta(hours=number)  # no two at once
        for at, do in (*last_year(who, on), *this_year(who, on), *payments.money_of(who, on)):
            yield at + later, do
        yield from plans.changes_of(who, on)
        yield from screening(who, today)
        yield from quality(who, today)


def last_year(who: Character, on: Callable[[int], datetime]) -> Iterator[Deed]:
    """A whole assessment: begun, answered, sent in and accepted."""
    if who.had_last_year:
        yield on(-360), partial(actions.accept_invitation, who=who, which=Round.LAST)
        yield on(-358), partial(actions.answer, who=who, which=Round.LAST, share=1)
        yield on(-340), partial(actions.send_in, who=who, which=Round.LAST)
        yield on(-320), partial(actions.agree, who=who, which=Round.LAST)


def this_year(who: Character, on: Callable[[int], datetime]) -> Iterator[Deed]:
    """As far as the group's stage says."""
    if who.stage == "invited":
        return
    share = 0.4 if who.stage == "in progress" else 1
    yield on(-60), partial(actions.accept_invitation, who=who, which=Round.THIS)
    yield on(-40), partial(actions.answer, who=who, which=Round.THIS, share=share)
    if share == 1:
        yield on(-25), partial(actions.send_in, who=who, which=Round.THIS)
    if who.stage == "accepted":
        yield on(-10), partial(actions.agree, who=who, which=Round.THIS)
    if who.stage == "changes requested":
        yield on(-9), partial(actions.ask_for_changes, who=who, which=Round.THIS)


def screening(who: Character, today: datetime) -> Iterator[Deed]:
    """Counts of the last closed quarters; the newest is left for the care team on show."""
    newest = latest_closed(today.date())
    for index in range(QUARTERS) if who.reach else ():
        period = newest.plus(index - QUARTERS + 1)
        if who.id != world.ON_SHOW or period != newest:
            day = min(period.last_day + timedelta(days=12), today.date())
            at = datetime.combine(day, time(), UTC)
            yield at, partial(actions.enter_counts, who=who, period=period, index=index)
            if who.id == world.ON_SHOW and period == newest.previous:
                yield at, partial(uploads.take_over, who=who, period=period, index=index)
        else:
            yield today, partial(uploads.hand_over, who=who, period=period, index=index)


def quality(who: Character, today: datetime) -> Iterator[Deed]:
    """Quality measures of the last years; the newest is left for the group on show."""
    newest = latest_closed(today.date())
    for year in range(YEARS) if who.reach else ():
        period = newest.plus(4 * (year - YEARS + 1))
        if who.id != world.ON_SHOW or period != newest:
            day = min(period.last_day + timedelta(days=20), today.date())
            at = datetime.combine(day, time(), UTC)
            yield at, partial(actions.enter_quality, who=who, period=period, year=year)


def people_and_places(store: Store, hashed: str, at: datetime) -> None:
    groups.add_payer(store, Payer(PAYER_ID, world.PAYER_NAME, is_synthetic=True), at)
    for who in world.GROUPS:
        sites = tuple(Site(f"{who.id}-{n}", who.id, name) for n, name in enumerate(who.sites, 1))
        groups.add(store, Group(who.id, who.name, is_synthetic=True), at, sites)
    for person_id, name, email in world.PEOPLE:
        people.add(store, Person(person_id, name, email, True, at), hashed)
    for who in world.GROUPS[1:]:
        name = f"Manager of {who.sites[0]}"
        person = Person(who.manager_id, name, f"manager.{who.id}@example.org", True, at)
        people.add(store, person, hashed)
    parts = [
        Membership("admin", "admin", Role.ADMINISTRATOR),
        Membership("payer", "payer", Role.PAYER_MANAGER, payer_id=PAYER_ID),
        Membership("team", "team", Role.CARE_TEAM, group_id="elm"),
        *(
            Membership(
                f"manager-{who.id}",
                who.manager_id,
                Role.PRACTICE_MANAGER,
                group_id=who.id,
                may_attest=True,
            )
            for who in world.GROUPS
        ),
    ]
    for part in parts:
        people.join(store, part, at)
