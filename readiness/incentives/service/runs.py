"""A payer tries incentives on what its groups released: asked on a page, simulated by a thread."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from datetime import datetime
from importlib.metadata import version
from typing import Any

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.core import permissions
from readiness.core.audit import Event
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, Problem, WrongState
from readiness.core.jobs import db as jobs
from readiness.core.jobs.models import Job, JobState
from readiness.core.jobs.service import Clock, Keep, OnProgress, Runner, Work
from readiness.core.people import Actor, Payer
from readiness.core.permissions import Can
from readiness.core.serialization import from_json
from readiness.equity import db as peers
from readiness.equity.db import SharingGroup
from readiness.equity.service.readable import readable_names, require_readable
from readiness.incentives import db as laboratory
from readiness.incentives.design import Design, problems_of
from readiness.incentives.models import (
    NOTHING,
    DesignOutcome,
    LaboratoryRun,
    PriorFact,
    ReleasedNumbers,
    RunSummary,
    Scenario,
    TrueChange,
    outcome_in,
    outcome_out,
    plain,
)
from readiness.incentives.service import released, simulation
from readiness.incentives.service.released import FEWEST_GROUPS, NumbersFilters, NumbersOptions

KIND = "laboratory"
METHOD = "laboratory 2"  # raised whenever the same run would give other numbers
MOST_DESIGNS = 4
LEAST_REPLICATES, MOST_REPLICATES = 1_000, 20_000
NOTHING_RELEASED = (
    "No group has released a quality measure by groups of patients yet. Try again when one has."
)
NO_REFERENCE = (
    "No group declared a reference for this split. Choose with whom the others are compared."
)
TOO_FEW_STILL_SHARE = (
    f"Fewer than {FEWEST_GROUPS} of the groups that this was tried on still share with you. Put "
    "the designs in anew: they are tried on whoever shares today."
)
TOO_FEW_GROUPS = (
    f"Fewer than {FEWEST_GROUPS} groups released these measures, split this way, for this period. "
    "Choose other measures, another split or another period."
)


@dataclass(frozen=True)
class RunSettings:
    """What is supposed, and how often it is tried."""

    gain_points: float
    fall_points: float
    replicates: int
    seed: int
    staying: float = 0.0  # share of the patients who are counted in both years, 0 to 1
    correlation: float = 0.0  # of one patient's results in both years, 0 to 1

    @property
    def repeated(self) -> float:
        return self.staying * self.correlation


@dataclass(frozen=True)
class RunRequest:
    """What a page asks for. `repeats` names the run whose numbers are taken again."""

    designs: tuple[Design, ...]
    settings: RunSettings
    repeats: str = ""


def require(actor: Actor, payer_id: str, can: Can = Can.READ_INCENTIVES) -> None:
    permissions.require(actor, can, scope.of_payer(payer_id))


def options(
    session: Session, payer_id: str, filters: NumbersFilters
) -> tuple[Payer, NumbersOptions | None]:
    """What can be tried; None as long as nothing was released."""
    require(session.actor, payer_id, Can.TEST_INCENTIVES)
    return groups.payer(session.store, payer_id), released.options_for(
        session.store, payer_id, filters, session.now.date()
    )


def start(
    session: Session,
    payer_id: str,
    filters: NumbersFilters,
    asked: RunRequest,
    runner: Runner,
    clock: Clock,
    new_id: Callable[[], str],
) -> str:
    """Begin to simulate on the newest numbers, and return the id of the run."""
    today = session.now.date()
    _, found = options(session, payer_id, filters)
    if found is None:
        raise BadInput(NOTHING_RELEASED)
    if problems := [*design_problems(asked.designs), *option_problems(found)]:
        raise BadInput(problems)
    numbers = released.numbers_of(session.store, payer_id, found, measures_of(asked.designs), today)
    if len(numbers.groups) < FEWEST_GROUPS:
        raise BadInput(TOO_FEW_GROUPS)
    return submit(session, payer_id, asked, numbers, runner, clock, new_id)


def repeat(
    session: Session,
    payer_id: str,
    run_id: str,
    runner: Runner,
    clock: Clock,
    new_id: Callable[[], str],
) -> str:
    """Do a run once more, on the very numbers it was done on, of the groups that still share."""
    require(session.actor, payer_id, Can.TEST_INCENTIVES)
    stored = load(session, payer_id, run_id)
    asked = RunRequest(designs_of(stored), settings_of(stored), repeats=stored.id)
    numbers = from_json(ReleasedNumbers, stored.numbers)
    if len(numbers.groups) < FEWEST_GROUPS:
        raise WrongState(TOO_FEW_STILL_SHARE)
    return submit(session, payer_id, asked, numbers, runner, clock, new_id)


def design_problems(designs: Sequence[Design]) -> list[Problem]:
    """Each at "number:field"."""
    names = [each.name.casefold() for each in designs]
    found = [
        Problem(f"{number}:{problem.place}", problem.says)
        for number, design in enumerate(designs)
        for problem in problems_of(design)
    ]
    found += [
        Problem(f"{number}:name", "Give each design a name of its own.")
        for number, name in enumerate(names)
        if name in names[:number]
    ]
    if not 1 <= len(designs) <= MOST_DESIGNS:
        found.append(Problem("", f"Put in 1 to {MOST_DESIGNS} designs."))
    return found


def option_problems(found: NumbersOptions) -> list[Problem]:
    return [] if found.reference else [Problem("reference", NO_REFERENCE)]


def measures_of(designs: Sequence[Design]) -> tuple[str, ...]:
    """All that any design pays for, each once."""
    return tuple(dict.fromkeys(id_ for design in designs for id_ in design.measure_ids))


def submit(
    session: Session,
    payer_id: str,
    asked: RunRequest,
    numbers: ReleasedNumbers,
    runner: Runner,
    clock: Clock,
    new_id: Callable[[], str],
) -> str:
    store, actor, now, run_id = session.store, session.actor, session.now, new_id()
    run = run_of(run_id, payer_id, actor.id, asked, numbers, now)
    event = Event(now, actor.id, "started", "laboratory run", run.id, payer_id=payer_id)
    job = Job(new_id(), KIND, actor.id, now, now, payer_id=payer_id, result_id=run.id)
    work = work_on(run)
    runner.submit(store, job, work, clock, lambda store: laboratory.add(store, run, event))
    return run.id


def run_of(
    run_id: str,
    payer_id: str,
    author_id: str,
    asked: RunRequest,
    numbers: ReleasedNumbers,
    now: datetime,
) -> LaboratoryRun:
    repeats = {"repeats": asked.repeats} if asked.repeats else {}
    return LaboratoryRun(
        id=run_id,
        payer_id=payer_id,
        asked_by=author_id,
        asked_at=now,
        designs=tuple(plain(design) for design in asked.designs),
        settings=asdict(asked.settings) | repeats,
        numbers=plain(numbers),
    )


def designs_of(stored: LaboratoryRun) -> tuple[Design, ...]:
    return tuple(from_json(Design, each) for each in stored.designs)


def settings_of(stored: LaboratoryRun) -> RunSettings:
    plain: Mapping[str, Any] = stored.settings
    return RunSettings(
        plain["gain_points"],
        plain["fall_points"],
        plain["replicates"],
        plain["seed"],
        plain.get("staying", 0.0),
        plain.get("correlation", 0.0),
    )


def filters_of(stored: LaboratoryRun) -> NumbersFilters:
    numbers = stored.numbers
    return NumbersFilters(numbers["kind"], numbers["period"], numbers["reference"])


# Looking at a run, and stopping it


def load(session: Session, payer_id: str, run_id: str) -> LaboratoryRun:
    """A run as it may be read today."""
    require(session.actor, payer_id)
    shared = peers.sharing_groups(session.store, payer_id, session.now.date())
    return as_shared(laboratory.get(session.store, payer_id, run_id), shared)


def as_shared(run: LaboratoryRun, shared: Sequence[SharingGroup]) -> LaboratoryRun:
    """Without the groups that share no more and, where it was tried on one of them, without all
    that came of it: every sum rests on all of its groups, so sums less the lines beside them would
    tell of the one that is gone."""
    stored = from_json(ReleasedNumbers, run.numbers)
    numbers = released.still_readable(stored, shared)
    ended = len(stored.groups) - len(numbers.groups)
    outcome = None if ended else run.outcome
    return replace(run, numbers=plain(numbers), outcome=outcome, ended=ended)


@dataclass(frozen=True)
class RunProgress:
    """A run, and the job that makes it as long as that is remembered."""

    payer: Payer
    run: LaboratoryRun
    job: Job | None
    most: int  # replicates in all
    author: str  # who asked for it

    @property
    def is_live(self) -> bool:
        return self.run.outcome is None and bool(self.job and self.job.is_live)


def progress(session: Session, payer_id: str, run_id: str) -> RunProgress:
    require(session.actor, payer_id)
    job = jobs.follow(session.store, run_id, session.now)
    run = load(session, payer_id, run_id)  # after its job: what it came to stands then
    payer, author = groups.payer(session.store, payer_id), laboratory.author(session.store, run)
    return RunProgress(payer, run, job, total_draws(run), author)


def compare_repeat(store: Store, run: LaboratoryRun) -> tuple[LaboratoryRun, bool | None] | None:
    """The run that this one did again, and whether it gave the same numbers to the last digit;
    None where it was tried on fewer groups, for some shared no more."""
    former_id = run.settings.get("repeats")
    if not former_id:
        return None
    former = laboratory.get(store, run.payer_id, former_id)
    tried_on = [[each["group"] for each in one.numbers["groups"]] for one in (former, run)]
    return former, former.outcome == run.outcome if tried_on[0] == tried_on[1] else None


def cancel(session: Session, payer_id: str, run_id: str) -> bool:
    """Stop it; what was asked for stays. False when it was over already."""
    require(session.actor, payer_id, Can.TEST_INCENTIVES)
    laboratory.get(session.store, payer_id, run_id)
    job = jobs.making(session.store, run_id)
    return job is not None and jobs.end(session.store, job.id, JobState.CANCELED, "", session.now)


def list_runs(session: Session, payer_id: str) -> tuple[Payer, tuple[RunSummary, ...]]:
    """All runs, newest first."""
    require(session.actor, payer_id)
    names = readable_names(session.store, payer_id, session.now.date())
    return groups.payer(session.store, payer_id), tuple(
        replace(each, ended=sum(group_id not in names for group_id in each.group_ids))
        for each in laboratory.of_payer(session.store, payer_id)
    )


# What the thread does: every question simulated for all designs on the same draws


def scenarios(settings: Mapping[str, Any]) -> tuple[Scenario, ...]:
    """In the order of the questions."""
    return (
        NOTHING,
        Scenario(TrueChange.TRUE_GAIN, settings["gain_points"]),
        Scenario(TrueChange.HIGHER_FALLS, settings["fall_points"]),
    )


def engine() -> str:
    """What makes the numbers: another version of it may draw other luck from the same seed."""
    return f"{METHOD}, NumPy {version('numpy')}"


def total_draws(run: LaboratoryRun) -> int:
    """Replicates over all questions."""
    return len(scenarios(run.settings)) * int(run.settings["replicates"])


def work_on(run: LaboratoryRun) -> Work:
    def work(on_progress: OnProgress) -> Keep:
        outcome = outcome_of(run, on_progress)

        def keep(store: Store, now: datetime) -> None:
            tried_on = [each["group"] for each in run.numbers["groups"]]
            require_readable(store, run.payer_id, tried_on, now.date())
            laboratory.keep(store, run.id, outcome, engine(), now)

        return keep

    return work


def outcome_of(run: LaboratoryRun, on_progress: OnProgress) -> dict[str, Any]:
    """For each question the outcome of each design, and what true rates rest on, as stored."""
    from readiness.incentives import population, prior  # numpy is slow to import

    people = population.population_of(
        from_json(ReleasedNumbers, run.numbers), settings_of(run).repeated
    )
    found = simulation.simulate_scenarios(
        people,
        tuple(from_json(Design, each) for each in run.designs),
        scenarios(run.settings),
        run.settings["replicates"],
        run.settings["seed"],
        on_progress,
    )
    return {
        "questions": [[outcome_out(each) for each in outcomes] for outcomes in found.values()],
        "priors": [plain(each) for each in prior.facts_of(people)],
    }


def priors_in(run: LaboratoryRun) -> tuple[PriorFact, ...]:
    """Empty for a run of the first method, which took released rates for the true ones."""
    stored = (run.outcome or {}).get("priors", [])
    return tuple(from_json(PriorFact, each) for each in stored)


def outcomes_of(
    run: LaboratoryRun, designs: Sequence[Design]
) -> tuple[tuple[DesignOutcome, ...], ...]:
    """By question and design, of a run that is done."""
    if run.outcome is None:
        raise ValueError("this run is not done")
    return tuple(
        tuple(outcome_in(each, design) for each, design in zip(question, designs, strict=True))
        for question in run.outcome["questions"]
    )
