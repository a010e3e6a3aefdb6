"""A scenario is stored, answered in the background, changed, replayed and stopped."""

from __future__ import annotations

import time
from dataclasses import replace
from itertools import count

import pytest

from readiness.domain.errors import BadInput, Denied, NotFound, WrongState
from readiness.domain.jobs import Job
from readiness.store import allocations, events, jobs, people
from readiness.usecases.allocation import asking
from readiness.usecases.allocation.asking import Change, Runs, Stage
from tests import allocated
from tests.allocated import SMALL
from tests.web.world import NOW

numbers = count(1)


@pytest.fixture
def pam(grove):
    return people.actor(grove, "pam")


@pytest.fixture
def runs(runner):
    return Runs(runner, lambda: NOW, lambda: f"id-{next(numbers)}")


def answer_to(store, allocation_id):
    found = allocations.answered(store, allocation_id)
    assert found, "it has an answer"
    return found


def over(store, actor, allocation_id):
    end = time.monotonic() + 60
    while (far := asking.progress(store, actor, "fair", allocation_id, NOW)).is_live:
        assert time.monotonic() < end, "it did not end in time"
        time.sleep(0.05)
    return far


def test_a_scenario_is_answered_in_the_background_and_kept(grove, pam, runs):
    made = asking.ask(grove, pam, "fair", SMALL, 7, runs)
    assert over(grove, pam, made).says == ""
    answered = answer_to(grove, made)
    assert {offer.group_id for offer in answered.offers} == {"elm", "ash", "fir"}
    assert answered.answer.found("readiness").picks
    verbs = [event.verb for event in events.of_payer(grove, "fair")]
    assert {"asked for", "solved"} <= set(verbs)


def test_mistakes_are_told_and_nothing_is_stored(grove, pam, runs):
    with pytest.raises(BadInput):
        asking.ask(grove, pam, "fair", replace(SMALL, budgets=()), 7, runs)
    assert allocations.of_payer(grove, "fair") == ()


def test_one_at_a_time_for_a_payer(grove, pam, runs):
    jobs.ask(grove, Job("other", asking.KIND, "pam", NOW, NOW, payer_id="fair"))
    with pytest.raises(WrongState, match="for your organization"):
        asking.ask(grove, pam, "fair", SMALL, 7, runs)
    assert allocations.of_payer(grove, "fair") == ()


def test_only_the_payer_s_own_people_may(grove, runs):
    maya, pete = (people.actor(grove, each) for each in ("maya", "pete"))
    allocated.asked(grove, "a1")
    for actor in (maya, pete):
        with pytest.raises((NotFound, Denied)):
            asking.ask(grove, actor, "fair", SMALL, 7, runs)
        with pytest.raises((NotFound, Denied)):
            asking.own(grove, actor, "fair", "a1")
    with pytest.raises(NotFound):
        asking.own(grove, pete, "far", "a1")  # another payer's scenario under one's own address


def test_one_click_makes_a_scenario_of_its_own_that_names_its_parent(grove, pam, runs):
    before = allocated.solved(grove, "a1")
    pick = before.answer.found("readiness").picks[0]
    made = asking.change(grove, pam, "fair", "a1", pick.key, Change.BAN, 8, runs)
    over(grove, pam, made)
    child = allocations.get(grove, made)
    assert child.parent_id == "a1"
    assert child.scenario.bans == frozenset({pick.key})
    after = answer_to(grove, made).answer
    assert pick.key not in {each.key for each in after.found("readiness").picks}
    assert allocations.answered(grove, "a1") == before
    freed = asking.changed(child.scenario, pick.key, Change.FREE)
    assert (freed.bans, freed.pins) == (frozenset(), frozenset())


def test_an_action_that_is_not_there_cannot_be_pinned(grove, pam, runs):
    allocated.solved(grove, "a1")
    with pytest.raises(NotFound):
        asking.change(grove, pam, "fair", "a1", ("oak", "GOV"), Change.PIN, 8, runs)


def test_a_replay_says_whether_the_same_answer_came_out(grove, pam, runs):
    allocated.solved(grove, "a1")
    asking.replay(grove, pam, "fair", "a1", runs)
    over(grove, pam, "a1")
    (replay,) = allocations.replays(grove, "a1")
    assert replay.is_same
    found = answer_to(grove, "a1").answer.found("readiness")
    assert not asking.is_same(found, replace(found, picks=found.picks[1:]))


def test_what_is_shaken_is_kept_beside_the_answer(grove, pam, runs):
    allocated.solved(grove, "a1")
    asking.shake(grove, pam, "fair", "a1", runs, count=3)
    over(grove, pam, "a1")
    found = allocations.stability(grove, "a1")
    assert found
    assert found.answered == 3


def test_without_an_answer_there_is_nothing_to_shake_or_replay(grove, pam, runs):
    allocated.asked(grove, "a1")
    for begin in (asking.shake, asking.replay):
        with pytest.raises(WrongState, match="no answer yet"):
            begin(grove, pam, "fair", "a1", runs)


def test_a_stopped_solve_keeps_nothing_and_can_be_begun_again(grove, pam, runs):
    made = allocated.asked(grove, "a1")
    waiting = []

    def work(told):
        while True:
            time.sleep(0.02)
            waiting.append(1)
            told(len(waiting))

    asking.begin(grove, pam, made, Stage.SOLVE, work, runs)
    assert asking.progress(grove, pam, "fair", "a1", NOW).stage is Stage.SOLVE
    assert asking.stop(grove, pam, "fair", "a1", NOW)
    assert not over(grove, pam, "a1").is_live
    assert allocations.answered(grove, "a1") is None
    assert not asking.stop(grove, pam, "fair", "a1", NOW)
    asking.solve_again(grove, pam, "fair", "a1", runs)
    over(grove, pam, "a1")
    assert allocations.answered(grove, "a1") is not None


def test_nobody_sharing_is_said(peopled, runner):
    made = allocated.asked(peopled, "a1")
    with peopled.writing():
        peopled.execute("delete from assessments")
    with pytest.raises(WrongState, match="nothing to choose"):
        asking.answer_of(peopled, made, NOW, lambda _: None)
