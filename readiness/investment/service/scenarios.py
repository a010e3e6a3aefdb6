"""A scenario is asked for, answered in the background, shaken, replayed and changed."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from pathlib import Path

from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, BadInput, NotFound, WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import Clock, Keep, Runner, Told, Work
from readiness.core.people import Actor
from readiness.core.permissions import Can
from readiness.imports.models import RETENTION
from readiness.instruments.costs import loader as costs
from readiness.investment import db as allocations
from readiness.investment.answer import Found
from readiness.investment.models import Answered, Asked, Replay
from readiness.investment.portfolio import offers_of
from readiness.investment.problem import Key
from readiness.investment.scenario import Scenario, wrong_with
from readiness.investment.service import baselines, solving
from readiness.investment.service.solving import Case

KIND = "investment"
OBJECT = "investment scenario"
NOT_ANSWERED = "This scenario has no answer yet. Wait until it has been solved, or solve it again."
NO_GROUP = (
    "No group that shares with you has submitted anything yet, so there is nothing to choose."
)


class Stage(StrEnum):
    """What a job does with a scenario."""

    SOLVE = "solve"
    SHAKE = "shake"
    REPLAY = "replay"


class Change(StrEnum):
    """What one click does to an action in a group."""

    PIN = "pin"
    BAN = "ban"
    FREE = "free"


@dataclass(frozen=True)
class Runs:
    """How a job is started, and what names its rows."""

    runner: Runner
    clock: Clock
    new_id: Callable[[], str]


def ask(
    store: Store,
    actor: Actor,
    payer_id: str,
    scenario: Scenario,
    seed: int,
    runs: Runs,
    parent_id: str | None = None,
) -> str:
    """Store the scenario and begin to solve it; the id under which it can be looked at."""
    permissions.require(actor, Can.PLAN_INVESTMENT, scope.of_payer(payer_id))
    if wrong := wrong_with(scenario):
        raise BadInput(wrong)
    now = runs.clock()
    asked = Asked(runs.new_id(), payer_id, parent_id, actor.id, now, scenario, seed)
    event = told_of(asked, actor, "asked for", now)
    begin(store, actor, asked, Stage.SOLVE, solving_of(store.path, asked, actor), runs, event)
    return asked.id


def begin(
    store: Store,
    actor: Actor,
    asked: Asked,
    stage: Stage,
    work: Work,
    runs: Runs,
    event: Event | None = None,
) -> None:
    """One job for a payer at a time; with an event the scenario itself is stored too."""
    now = runs.clock()
    job = Job(
        runs.new_id(), KIND, actor.id, now, now, payer_id=asked.payer_id,
        result_id=made_by(asked.id, stage),
    )  # fmt: skip
    place = runs.runner.place()
    try:
        with store.writing():
            jobs.forget(store, now - RETENTION)
            jobs.ask(store, job)
            if event:
                allocations.add(store, asked, event)
        runs.runner.start(place, job.id, work, runs.clock)
    except BaseException:
        place.leave()
        raise


def made_by(allocation_id: str, stage: Stage) -> str:
    return f"{allocation_id}:{stage}"


def told_of(asked: Asked, actor: Actor, verb: str, now: datetime) -> Event:
    return Event(now, actor.id, verb, OBJECT, asked.id, payer_id=asked.payer_id)


# What the jobs do.


def solving_of(database: Path, asked: Asked, actor: Actor) -> Work:
    def work(told: Told) -> Keep:
        with closing(Store(database)) as store:
            answered = answer_of(store, asked, asked.asked_at, told)
        return lambda store, at: allocations.keep_answer(
            store, asked.id, replace(answered, at=at), told_of(asked, actor, "solved", at)
        )

    return work


def answer_of(store: Store, asked: Asked, at: datetime, told: Told) -> Answered:
    """From what the sharing groups submitted and released by now."""
    found = baselines.of_payer(store, asked.payer_id, at.date())
    if not found:
        raise WrongState(NO_GROUP)
    offers = offers_of(found, costs.load(), asked.scenario.tier_gate)
    case = Case(asked.scenario, offers, asked.seed)
    answer = solving.answered(case, found, told)
    return Answered(at, offers, case.problem(asked.scenario.policy), answer)


def shaking_of(asked: Asked, answered: Answered, count: int, actor: Actor) -> Work:
    def work(told: Told) -> Keep:
        found = solving.shaken(Case(asked.scenario, answered.offers, asked.seed), count, told)
        return lambda store, at: allocations.keep_stability(
            store, asked.id, found, at, told_of(asked, actor, "shook", at)
        )

    return work


def replay_of(asked: Asked, answered: Answered, actor: Actor) -> Work:
    def work(told: Told) -> Keep:
        again, solver = solving.again(answered.problem, asked.scenario.policy, told)
        before = answered.answer.found(asked.scenario.policy_id)
        return lambda store, at: allocations.keep_replay(
            store,
            asked.id,
            Replay(at, solver, is_same(before, again)),
            told_of(asked, actor, "replayed", at),
        )

    return work


def is_same(before: Found, again: Found) -> bool:
    return (before.is_possible, before.picks) == (again.is_possible, again.picks)


# What a person asks of a scenario that is there.


def own(store: Store, actor: Actor, payer_id: str, allocation_id: str) -> Asked:
    permissions.require(actor, Can.PLAN_INVESTMENT, scope.of_payer(payer_id))
    asked = allocations.get(store, allocation_id)
    if asked.payer_id != payer_id:
        raise NotFound(NOT_SHARED)
    return asked


def answered_or_refused(store: Store, asked: Asked) -> Answered:
    answered = allocations.answered(store, asked.id)
    if answered is None:
        raise WrongState(NOT_ANSWERED)
    return answered


def solve_again(store: Store, actor: Actor, payer_id: str, allocation_id: str, runs: Runs) -> None:
    """For a scenario whose solving was stopped or lost; what is answered stays as it is."""
    asked = own(store, actor, payer_id, allocation_id)
    if allocations.answered(store, asked.id) is None:
        begin(store, actor, asked, Stage.SOLVE, solving_of(store.path, asked, actor), runs)


def shake(
    store: Store,
    actor: Actor,
    payer_id: str,
    allocation_id: str,
    runs: Runs,
    count: int = solving.RUNS,
) -> None:
    asked = own(store, actor, payer_id, allocation_id)
    answered = answered_or_refused(store, asked)
    begin(store, actor, asked, Stage.SHAKE, shaking_of(asked, answered, count, actor), runs)


def replay(store: Store, actor: Actor, payer_id: str, allocation_id: str, runs: Runs) -> None:
    asked = own(store, actor, payer_id, allocation_id)
    answered = answered_or_refused(store, asked)
    begin(store, actor, asked, Stage.REPLAY, replay_of(asked, answered, actor), runs)


def change(
    store: Store,
    actor: Actor,
    payer_id: str,
    allocation_id: str,
    key: Key,
    wanted: Change,
    seed: int,
    runs: Runs,
) -> str:
    """The same scenario with one action pinned, banned or freed: a new one that names this one."""
    asked = own(store, actor, payer_id, allocation_id)
    answered = answered_or_refused(store, asked)
    if key not in {each.key for offer in answered.offers for each in offer.candidates}:
        raise NotFound("This scenario has no such action. Reload the page to see it as it is.")
    scenario = changed(asked.scenario, key, wanted)
    return ask(store, actor, payer_id, scenario, seed, runs, parent_id=asked.id)


def changed(scenario: Scenario, key: Key, wanted: Change) -> Scenario:
    pins, bans = scenario.pins - {key}, scenario.bans - {key}
    if wanted is Change.PIN:
        pins |= {key}
    if wanted is Change.BAN:
        bans |= {key}
    return replace(scenario, pins=pins, bans=bans)


@dataclass(frozen=True)
class Progress:
    """How far the newest job of a scenario is; no stage: nothing is under way."""

    asked: Asked
    stage: Stage | None
    done: int
    total: int
    says: str  # why the last one came to nothing

    @property
    def is_live(self) -> bool:
        return self.stage is not None

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0


def progress(session: Session, payer_id: str, allocation_id: str) -> Progress:
    asked = own(session.store, session.actor, payer_id, allocation_id)
    made = [
        (job, stage)
        for stage in Stage
        if (job := jobs.making(session.store, made_by(asked.id, stage))) is not None
    ]
    if not made:
        return Progress(asked, None, 0, 0, "")
    job, stage = max(made, key=lambda pair: pair[0].asked_at)
    if job.is_lost(session.now):
        jobs.bury(session.store, session.now)
        job = jobs.get(session.store, job.id)
    return Progress(
        asked, stage if job.is_live else None, job.done, total_of(asked, stage), job.says
    )


def total_of(asked: Asked, stage: Stage) -> int:
    if stage is Stage.SOLVE:
        return solving.solves_of(asked.scenario)
    return solving.RUNS if stage is Stage.SHAKE else 1


def stop(session: Session, payer_id: str, allocation_id: str) -> bool:
    """End what is under way and keep nothing of it; False when it was over already."""
    asked = own(session.store, session.actor, payer_id, allocation_id)
    is_stopped = False
    for stage in Stage:
        job = jobs.making(session.store, made_by(asked.id, stage))
        if job and job.is_live:
            is_stopped |= jobs.end(session.store, job.id, JobState.CANCELED, "", session.now)
    return is_stopped
