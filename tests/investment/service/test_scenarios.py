"""A scenario is stored, answered in the background, changed, replayed and stopped."""

from __future__ import annotations

import threading
import time
from dataclasses import replace
from datetime import timedelta
from itertools import count

import pytest

from readiness.accounts.db import people
from readiness.core import audit
from readiness.core.db import Session
from readiness.core.errors import BadInput, Denied, NotFound, WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job
from readiness.equity.service.readable import ENDED_MEANWHILE
from readiness.investment import db as allocations
from readiness.investment.answers import CostSpan
from readiness.investment.service import scenarios
from readiness.investment.service.scenarios import ActionChange, JobStarter, ScenarioJob
from tests.factories import allocations as allocated
from tests.factories.allocations import SMALL
from tests.factories.waiting import PATIENCE, until
from tests.factories.world import NOW

pytestmark = pytest.mark.slow  # every test solves

numbers = count(1)


@pytest.fixture
def pam(grove):
    return people.actor(grove, "pam")


@pytest.fixture
def runs(runner):
    return JobStarter(runner, lambda: NOW, lambda: f"id-{next(numbers)}")


def answer_to(store, allocation_id):
    found = allocations.solution(store, allocation_id)
    assert found, "it has an answer"
    return found


def over(store, actor, allocation_id):
    def ended():
        far = scenarios.progress(Session(store, actor, NOW), "fair", allocation_id)
        return None if far.is_live else far

    return until(ended)


def test_a_scenario_is_answered_in_the_background_and_kept(grove, pam, runs):
    made = scenarios.ask(Session(grove, pam, NOW), "fair", SMALL, 7, runs)
    assert over(grove, pam, made).says == ""
    solution = answer_to(grove, made)
    assert {offer.group_id for offer in solution.offers} == {"elm", "ash", "fir"}
    found = solution.answer.found("next_tier")
    assert {(each.group_id, each.package_id) for each in found.packages} == {
        ("elm", "to:T2"),
        ("ash", "to:T3"),
        ("fir", "to:T4"),
    }
    verbs = [event.verb for event in audit.of_payer(grove, "fair")]
    assert {"asked for", "solved"} <= set(verbs)


def test_mistakes_are_told_and_nothing_is_stored(grove, pam, runs):
    with pytest.raises(BadInput):
        scenarios.ask(Session(grove, pam, NOW), "fair", replace(SMALL, budgets=()), 7, runs)
    assert allocations.of_payer(grove, "fair") == ()


def test_one_at_a_time_for_a_payer(grove, pam, runs):
    jobs.ask(grove, Job("other", scenarios.KIND, "pam", NOW, NOW, payer_id="fair"))
    with pytest.raises(WrongState, match="for your organization"):
        scenarios.ask(Session(grove, pam, NOW), "fair", SMALL, 7, runs)
    assert allocations.of_payer(grove, "fair") == ()


def test_only_the_payer_s_own_people_may(grove, runs):
    maya, pete = (people.actor(grove, each) for each in ("maya", "pete"))
    allocated.add_request(grove, "a1")
    for actor in (maya, pete):
        with pytest.raises((NotFound, Denied)):
            scenarios.ask(Session(grove, actor, NOW), "fair", SMALL, 7, runs)
        with pytest.raises((NotFound, Denied)):
            scenarios.load_request(Session(grove, actor, NOW), "fair", "a1")
    with pytest.raises(NotFound):
        # another payer's scenario under one's own address
        scenarios.load_request(Session(grove, pete, NOW), "far", "a1")


def test_one_click_makes_a_scenario_of_its_own_that_names_its_parent(grove, pam, runs):
    before = allocated.add_solved(grove, "a1")
    pick = before.answer.found("next_tier").picks[0]
    made = scenarios.change(
        Session(grove, pam, NOW), "fair", "a1", frozenset({pick.key}), ActionChange.BAN, 8, runs
    )
    over(grove, pam, made)
    child = allocations.get(grove, made)
    assert child.parent_id == "a1"
    assert child.scenario.bans == frozenset({pick.key})
    after = answer_to(grove, made).answer
    assert pick.key not in {each.key for each in after.found("next_tier").picks}
    assert allocations.solution(grove, "a1") == before
    freed = scenarios.with_change(child.scenario, frozenset({pick.key}), ActionChange.FREE)
    assert (freed.bans, freed.pins) == (frozenset(), frozenset())


def test_a_package_is_pinned_by_a_click_as_an_action_is(grove, pam, runs):
    before = allocated.add_solved(grove, "a1", replace(SMALL, budgets=(60_000,)))
    way = ("ash", "to:T3")
    assert way not in before.answer.found("next_tier").keys
    session = Session(grove, pam, NOW)
    made = scenarios.change(session, "fair", "a1", frozenset({way}), ActionChange.PIN, 8, runs)
    over(grove, pam, made)
    assert allocations.get(grove, made).scenario.pins == {way}
    found = answer_to(grove, made).answer.found("next_tier")
    assert not found.is_possible  # it costs more than there is
    (sentence,) = found.why_not
    assert "the pinned to:T3 in ash" in sentence
    assert "the budget is 60,000" in sentence


def test_a_package_is_banned_in_every_group_at_once(grove, pam, runs):
    allocated.add_solved(grove, "a1")
    session = Session(grove, pam, NOW)
    everywhere = frozenset({("", "to:T3")})
    made = scenarios.change(session, "fair", "a1", everywhere, ActionChange.BAN, 8, runs)
    over(grove, pam, made)
    assert allocations.get(grove, made).scenario.bans == {("elm", "to:T3"), ("ash", "to:T3")}
    chosen = answer_to(grove, made).answer.found("next_tier").packages
    assert "to:T3" not in {each.package_id for each in chosen}


def test_an_action_that_is_not_there_cannot_be_pinned(grove, pam, runs):
    allocated.add_solved(grove, "a1")
    with pytest.raises(NotFound):
        scenarios.change(
            Session(grove, pam, NOW),
            "fair",
            "a1",
            frozenset({("oak", "GOV")}),
            ActionChange.PIN,
            8,
            runs,
        )


def test_an_action_is_banned_in_every_group_at_once(grove, pam, runs):
    solution = allocated.add_solved(grove, "a1")
    session, pick = Session(grove, pam, NOW), solution.answer.found("next_tier").picks[0]
    everywhere = frozenset({("", pick.action_id)})
    made = scenarios.change(session, "fair", "a1", everywhere, ActionChange.BAN, 8, runs)
    over(grove, pam, made)
    assert allocations.get(grove, made).scenario.bans == {
        each.key
        for offer in solution.offers
        for each in offer.candidates
        if each.id == pick.action_id
    }
    chosen = answer_to(grove, made).answer.found("next_tier").picks
    assert pick.action_id not in {each.action_id for each in chosen}


def test_nothing_marked_changes_nothing(grove, pam, runs):
    allocated.add_solved(grove, "a1")
    with pytest.raises(BadInput, match="Nothing is marked"):
        scenarios.change(
            Session(grove, pam, NOW), "fair", "a1", frozenset(), ActionChange.PIN, 8, runs
        )
    assert len(allocations.of_payer(grove, "fair")) == 1


def test_a_replay_says_whether_the_same_answer_came_out(grove, pam, runs):
    allocated.add_solved(grove, "a1")
    scenarios.replay(Session(grove, pam, NOW), "fair", "a1", runs)
    over(grove, pam, "a1")
    (replay,) = allocations.replays(grove, "a1")
    assert replay.is_same
    found = answer_to(grove, "a1").answer.found("next_tier")
    assert scenarios.is_same(found, replace(found, span=CostSpan(1, 2, 3)))
    assert not scenarios.is_same(found, replace(found, picks=found.picks[1:]))
    assert not scenarios.is_same(found, replace(found, packages=found.packages[1:]))


def test_what_is_shaken_is_kept_beside_the_answer(grove, pam, runs):
    allocated.add_solved(grove, "a1")
    scenarios.check_sensitivity(Session(grove, pam, NOW), "fair", "a1", runs, count=3)
    over(grove, pam, "a1")
    found = allocations.stability(grove, "a1")
    assert found
    assert found.answered == 3


def test_without_an_answer_there_is_nothing_to_shake_or_replay(grove, pam, runs):
    allocated.add_request(grove, "a1")
    for begin in (scenarios.check_sensitivity, scenarios.replay):
        with pytest.raises(WrongState, match="no answer yet"):
            begin(Session(grove, pam, NOW), "fair", "a1", runs)


def test_a_stopped_solve_keeps_nothing_and_can_be_begun_again(grove, pam, runs):
    made = allocated.add_request(grove, "a1")
    waiting = []

    def work(told):
        while True:
            time.sleep(0.02)
            waiting.append(1)
            told(len(waiting))

    scenarios.submit(Session(grove, pam, NOW), made, ScenarioJob.SOLVE, work, runs)
    assert scenarios.progress(Session(grove, pam, NOW), "fair", "a1").stage is ScenarioJob.SOLVE
    assert scenarios.stop(Session(grove, pam, NOW), "fair", "a1")
    assert not over(grove, pam, "a1").is_live
    assert allocations.solution(grove, "a1") is None
    assert not scenarios.stop(Session(grove, pam, NOW), "fair", "a1")
    scenarios.solve_again(Session(grove, pam, NOW), "fair", "a1", runs)
    over(grove, pam, "a1")
    assert allocations.solution(grove, "a1") is not None


def test_nobody_sharing_is_said(store):
    made = allocated.add_request(store, "a1")
    with store.writing():
        store.execute("delete from assessments")
    with pytest.raises(WrongState, match="nothing to choose"):
        scenarios.solve_request(store, made, NOW, lambda _: None)


# A group stops sharing


def end(store, group_id, at="2027-01-15"):
    with store.writing():
        store.execute("update grants set revoked_at = ? where group_id = ?", (at, group_id))


def test_what_is_solved_when_a_group_stops_is_not_kept(grove, pam, runs, monkeypatch):
    """Asked for before it ended, and answered after."""
    began, ended = threading.Event(), threading.Event()
    real = scenarios.solve_request

    def held(*asked):
        solution = real(*asked)
        began.set()
        assert ended.wait(PATIENCE)
        return solution

    monkeypatch.setattr(scenarios, "solve_request", held)
    made = scenarios.ask(Session(grove, pam, NOW), "fair", SMALL, 7, runs)
    assert began.wait(PATIENCE)
    end(grove, "ash")
    ended.set()
    assert over(grove, pam, made).says == ENDED_MEANWHILE
    assert allocations.solution(grove, made) is None
    monkeypatch.undo()
    scenarios.solve_again(Session(grove, pam, NOW), "fair", made, runs)
    over(grove, pam, made)
    assert {offer.group_id for offer in answer_to(grove, made).offers} == {"elm", "fir"}


def test_solved_later_it_is_held_against_the_grants_of_that_day(grove, pam, runs):
    made = allocated.add_request(grove, "late")
    with grove.writing():
        grove.execute("update grants set expires_on = '2027-01-20' where group_id = 'ash'")
    later = NOW + timedelta(days=9)
    starter = replace(runs, clock=lambda: later)
    scenarios.solve_again(Session(grove, pam, later), "fair", made.id, starter)
    over(grove, pam, made.id)
    assert {offer.group_id for offer in answer_to(grove, made.id).offers} == {"elm", "fir"}


@pytest.mark.parametrize("again", [scenarios.replay, scenarios.check_sensitivity])
def test_as_it_was_it_is_not_solved_again_once_a_group_stopped_sharing(grove, pam, runs, again):
    allocated.add_solved(grove, "a1")
    end(grove, "ash")
    with pytest.raises(WrongState, match="no longer shares"):
        again(Session(grove, pam, NOW), "fair", "a1", runs)
