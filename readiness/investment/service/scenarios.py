"""A scenario is asked for, answered in the background, replayed and changed."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator
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
from readiness.core.jobs.service import Clock, Keep, OnProgress, Runner, Work
from readiness.core.people import Actor
from readiness.core.permissions import Can
from readiness.equity.service.readable import readable_names, require_readable
from readiness.imports.models import RETENTION
from readiness.instruments import cost_book as costs
from readiness.instruments.cost_book import CostBook
from readiness.instruments.models import Instrument
from readiness.investment import db as allocations
from readiness.investment.answers import (
    PolicyAnswer,
)
from readiness.investment.lifecycle import REFUSED, ScenarioState, ScenarioStatus
from readiness.investment.portfolio import offers_of
from readiness.investment.problem import Key
from readiness.investment.scenario import (
    BudgetScenario,
    Replay,
    ScenarioRequest,
    ScenarioSolution,
    problems_of,
)
from readiness.investment.service import baselines, solving
from readiness.investment.service.case import Case
from readiness.plans.service import basis

KIND = "investment"
OBJECT = "investment scenario"
NOT_ANSWERED = "This scenario has no answer yet. Wait until it has been solved, or solve it again."
STOPPED = (
    "A group in this scenario no longer shares, so it can neither be taken along as a file nor be "
    "solved as it was. Copy it: the copy is solved without that group."
)
NO_GROUP = (
    "No group that shares with you has submitted anything yet, so there is nothing to choose."
)


class ScenarioJob(StrEnum):
    """What a job does with a scenario."""

    SOLVE = "solve"
    SHAKE = "shake"
    REPLAY = "replay"


class ActionChange(StrEnum):
    """What one click does to an action in a group."""

    PIN = "pin"
    BAN = "ban"
    FREE = "free"


@dataclass(frozen=True)
class JobStarter:
    """How a job is started, and what names its rows."""

    runner: Runner
    clock: Clock
    new_id: Callable[[], str]


def ask(
    session: Session,
    payer_id: str,
    scenario: BudgetScenario,
    seed: int,
    runs: JobStarter,
    parent_id: str | None = None,
) -> str:
    """Store the scenario and begin to solve it; the id under which it can be looked at."""
    require_planner(session, payer_id)
    if wrong := problems_of(scenario):
        raise BadInput(wrong)
    actor, now = session.actor, session.now
    request = ScenarioRequest(runs.new_id(), payer_id, parent_id, actor.id, now, scenario, seed)
    work = solve_work(session.store.path, request, actor, now)
    event = event_of(request, actor, "asked for", now)
    submit(session, request, ScenarioJob.SOLVE, work, runs, event)
    return request.id


def submit(
    session: Session,
    request: ScenarioRequest,
    stage: ScenarioJob,
    work: Work,
    runs: JobStarter,
    event: Event | None = None,
) -> None:
    """One job for a payer at a time; with an event the scenario itself is stored too."""
    store, now = session.store, session.now
    job = Job(
        runs.new_id(), KIND, session.actor.id, now, now, payer_id=request.payer_id,
        result_id=job_key(request.id, stage),
    )  # fmt: skip

    def also(store: Store) -> None:
        jobs.forget(store, now - RETENTION)
        if event:
            allocations.add(store, request, event)

    runs.runner.submit(store, job, work, runs.clock, also)


def job_key(allocation_id: str, stage: ScenarioJob) -> str:
    return f"{allocation_id}:{stage}"


def event_of(request: ScenarioRequest, actor: Actor, verb: str, now: datetime) -> Event:
    return Event(now, actor.id, verb, OBJECT, request.id, payer_id=request.payer_id)


# What the jobs do.


def solve_work(database: Path, request: ScenarioRequest, actor: Actor, begun_at: datetime) -> Work:
    def work(on_progress: OnProgress) -> Keep:
        with closing(Store(database)) as store:
            solution = solve_request(store, request, begun_at, on_progress)

        def keep(store: Store, at: datetime) -> None:
            require_kept(store, request, solution, at)
            event = event_of(request, actor, "solved", at)
            allocations.keep_answer(store, request.id, replace(solution, at=at), event)

        return keep

    return work


def require_kept(
    store: Store, request: ScenarioRequest, solution: ScenarioSolution, at: datetime
) -> None:
    """Nothing is kept that was worked out of a group that stopped sharing meanwhile."""
    ids = [each.group_id for each in solution.offers]
    require_readable(store, request.payer_id, ids, at.date())


def solve_request(
    store: Store, request: ScenarioRequest, at: datetime, on_progress: OnProgress
) -> ScenarioSolution:
    """From what the sharing groups submitted and released by now."""
    found = baselines.of_payer(store, request.payer_id, at.date())
    if not found:
        raise WrongState(NO_GROUP)
    offers = offers_of(found, book_for, request.scenario.tier_gate)
    case = Case(request.scenario, offers, request.seed)
    answer = solving.solve(case, found, on_progress)
    return ScenarioSolution(at, offers, case.problem(request.scenario.policy), answer)


def book_for(instrument: Instrument) -> CostBook:
    """An instrument of one's own without a cost book is priced as the latest of ours."""
    return basis.book_of(instrument) or costs.load()


def sensitivity_work(
    request: ScenarioRequest, solution: ScenarioSolution, count: int, actor: Actor
) -> Work:
    def work(on_progress: OnProgress) -> Keep:
        found = solving.sensitivity(
            Case(request.scenario, solution.offers, request.seed), count, on_progress
        )

        def keep(store: Store, at: datetime) -> None:
            require_kept(store, request, solution, at)
            event = event_of(request, actor, "shook", at)
            allocations.keep_stability(store, request.id, found, at, event)

        return keep

    return work


def replay_work(request: ScenarioRequest, solution: ScenarioSolution, actor: Actor) -> Work:
    def work(on_progress: OnProgress) -> Keep:
        again, solver = solving.solve_stored(solution.problem, request.scenario.policy, on_progress)
        before = solution.answer.found(request.scenario.policy_id)

        def keep(store: Store, at: datetime) -> None:
            require_kept(store, request, solution, at)
            event = event_of(request, actor, "replayed", at)
            allocations.keep_replay(
                store, request.id, Replay(at, solver, is_same(before, again)), event
            )

        return keep

    return work


def is_same(before: PolicyAnswer, again: PolicyAnswer) -> bool:
    return all(
        getattr(before, each) == getattr(again, each)
        for each in ("is_possible", "picks", "packages")
    )


# What a person asks of a scenario that is there.


def require_reader(session: Session, payer_id: str) -> None:
    permissions.require(session.actor, Can.READ_INVESTMENT, scope.of_payer(payer_id))


def require_planner(session: Session, payer_id: str) -> None:
    permissions.require(session.actor, Can.PLAN_INVESTMENT, scope.of_payer(payer_id))


def load_to_change(session: Session, payer_id: str, allocation_id: str) -> ScenarioRequest:
    require_planner(session, payer_id)
    return load_request(session, payer_id, allocation_id)


def load_request(session: Session, payer_id: str, allocation_id: str) -> ScenarioRequest:
    require_reader(session, payer_id)
    request = allocations.get(session.store, allocation_id)
    if request.payer_id != payer_id:
        raise NotFound(NOT_SHARED)
    if allocations.status(session.store, request).state is ScenarioState.DELETED:
        raise NotFound(REFUSED[ScenarioState.DELETED])
    return request


def require_solution(store: Store, request: ScenarioRequest) -> ScenarioSolution:
    solution = allocations.solution(store, request.id)
    if solution is None:
        raise WrongState(NOT_ANSWERED)
    return solution


def require_shared_solution(session: Session, request: ScenarioRequest) -> ScenarioSolution:
    """To be worked on as it was solved: only while every group in it shares."""
    solution = require_solution(session.store, request)
    names = readable_names(session.store, request.payer_id, session.now.date())
    if not names.keys() >= {each.group_id for each in solution.offers}:
        raise WrongState(STOPPED)
    return solution


def solve_again(session: Session, payer_id: str, allocation_id: str, runs: JobStarter) -> None:
    """For a scenario whose solving was stopped or lost; what is answered stays as it is."""
    request = load_to_change(session, payer_id, allocation_id)
    if allocations.solution(session.store, request.id) is None:
        work = solve_work(session.store.path, request, session.actor, session.now)
        submit(session, request, ScenarioJob.SOLVE, work, runs)


def check_sensitivity(
    session: Session,
    payer_id: str,
    allocation_id: str,
    runs: JobStarter,
    count: int = solving.RUNS,
) -> None:
    request = load_to_change(session, payer_id, allocation_id)
    solution = require_shared_solution(session, request)
    work = sensitivity_work(request, solution, count, session.actor)
    submit(session, request, ScenarioJob.SHAKE, work, runs)


def replay(session: Session, payer_id: str, allocation_id: str, runs: JobStarter) -> None:
    request = load_to_change(session, payer_id, allocation_id)
    solution = require_shared_solution(session, request)
    work = replay_work(request, solution, session.actor)
    submit(session, request, ScenarioJob.REPLAY, work, runs)


def change(
    session: Session,
    payer_id: str,
    allocation_id: str,
    keys: frozenset[Key],
    wanted: ActionChange,
    seed: int,
    runs: JobStarter,
) -> str:
    """The same scenario with actions pinned, banned or freed: a new one that names this one.

    A key without a group, ("", "SDOH"), is that action in every group.
    """
    request = load_to_change(session, payer_id, allocation_id)
    solution = require_solution(session.store, request)
    offered = {each.key for offer in solution.offers for each in offer.choices}
    named = frozenset(each for key in keys for each in named_by(key, offered))
    if not keys:
        raise BadInput("Nothing is marked. Mark the actions first, then pin or ban them.")
    if not named:
        raise NotFound("This scenario has no such action. Reload the page to see it as it is.")
    scenario = with_change(request.scenario, named, wanted)
    return ask(session, payer_id, scenario, seed, runs, parent_id=request.id)


def named_by(key: Key, offered: Collection[Key]) -> Iterator[Key]:
    group_id, action_id = key
    return (each for each in offered if each[1] == action_id and group_id in ("", each[0]))


def with_change(
    scenario: BudgetScenario, keys: frozenset[Key], wanted: ActionChange
) -> BudgetScenario:
    pins, bans = scenario.pins - keys, scenario.bans - keys
    if wanted is ActionChange.PIN:
        pins |= keys
    if wanted is ActionChange.BAN:
        bans |= keys
    return replace(scenario, pins=pins, bans=bans)


@dataclass(frozen=True)
class ScenarioProgress:
    """How far the newest job of a scenario is; no stage: nothing is under way."""

    request: ScenarioRequest
    status: ScenarioStatus
    stage: ScenarioJob | None
    done: int
    total: int
    says: str  # why the last one came to nothing

    @property
    def is_live(self) -> bool:
        return self.stage is not None

    @property
    def share(self) -> float:
        return min(1.0, self.done / self.total) if self.total else 0.0


def progress(session: Session, payer_id: str, allocation_id: str) -> ScenarioProgress:
    request = load_request(session, payer_id, allocation_id)
    status = allocations.status(session.store, request)
    made = [
        (job, stage)
        for stage in ScenarioJob
        if (job := jobs.follow(session.store, job_key(request.id, stage), session.now))
    ]
    if not made:
        return ScenarioProgress(request, status, None, 0, 0, "")
    job, stage = max(made, key=lambda pair: pair[0].asked_at)
    live = stage if job.is_live else None
    return ScenarioProgress(request, status, live, job.done, total_of(request, stage), job.says)


def total_of(request: ScenarioRequest, stage: ScenarioJob) -> int:
    if stage is ScenarioJob.SOLVE:
        return solving.solves_of(request.scenario)
    return solving.RUNS if stage is ScenarioJob.SHAKE else 1


def stop(session: Session, payer_id: str, allocation_id: str) -> bool:
    """End what is under way and keep nothing of it; False when it was over already."""
    request = load_to_change(session, payer_id, allocation_id)
    is_stopped = False
    for stage in ScenarioJob:
        job = jobs.making(session.store, job_key(request.id, stage))
        if job and job.is_live:
            is_stopped |= jobs.end(session.store, job.id, JobState.CANCELED, "", session.now)
    return is_stopped
