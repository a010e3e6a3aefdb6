"""How long the ways and the plans of a portfolio take: to the next tier, for each group.

Invented groups of every size and maturity, each from its seed; every second one stands near its
next tier, with all but one of its way's raises behind it. The shipped questionnaire and catalogue,
two processes; milliseconds are of the processor. A way starts with scoring the answers, a plan with
what the catalogue has for the group. Beside it a few of the same plans, cost alone and no ties, by
the second statement of the tests and CBC. With READINESS_BENCH_LARGE=0 there are 500 groups.
"""

from __future__ import annotations

import os
import resource
import statistics
import time
from collections.abc import Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from itertools import islice

from readiness.assessments.tier_path import apply_raises, least_effort
from readiness.assessments.tiers import evaluate
from readiness.core import solver
from readiness.instruments.answers import Answers, Context
from readiness.plans.least_cost import LeastCostPlan, PlanInputs, least_cost_plan
from tests.plans.test_least_cost_catalogue import QMER, a_group, inputs_of, least_cost_by_cbc

GROUPS = 5_000 if os.environ.get("READINESS_BENCH_LARGE", "1") != "0" else 500
PROCESSES, AT_A_TIME = 2, 50
BESIDE = 12  # groups that CBC is asked about


@dataclass(frozen=True)
class Times:
    """Milliseconds of one group."""

    way: float
    plan: float


def run() -> Iterator[str]:
    seeds = range(GROUPS)
    began = time.perf_counter()
    with ProcessPoolExecutor(PROCESSES) as pool:
        found = [each for each in pool.map(times_of, seeds, chunksize=AT_A_TIME) if each]
    took = time.perf_counter() - began
    yield f"{len(found):,} groups, {PROCESSES} processes, seeds below {GROUPS:,}"
    yield f"ways: {milliseconds(each.way for each in found)}"
    yield f"plans: {milliseconds(each.plan for each in found)}"
    yield f"both: {milliseconds(each.way + each.plan for each in found)}"
    busy = sum(each.way + each.plan for each in found) / 1000
    yield f"{PROCESSES * len(found) / busy:,.0f} groups a second if nothing else runs"
    yield f"5,000 groups: {5_000 / len(found) * busy / PROCESSES:,.0f} s if nothing else runs"
    yield f"by the clock, with making up the groups: {took:,.0f} s, load {os.getloadavg()[0]:.1f}"
    yield f"instead, plans by PuLP and CBC, their costs alone: {milliseconds(beside())}"


def times_of(seed: int) -> Times | None:
    """None where a group is not ratable or at the top."""
    answers, context = group(seed)
    began = time.process_time()
    result = evaluate(QMER, answers)
    least_effort(QMER, answers, result)
    way = time.process_time()
    inputs = inputs_of(answers, context)
    if inputs is None:
        return None
    least_cost_plan(inputs, solver.least, margin=True)
    return Times(1000 * (way - began), 1000 * (time.process_time() - way))


def group(seed: int) -> tuple[Answers, Context]:
    answers, context = a_group(seed)
    if seed % 2:
        way = least_effort(QMER, answers, evaluate(QMER, answers))
        answers = apply_raises(answers, (way.raises or ())[:-1])
    return answers, context


def milliseconds(each: Iterable[float]) -> str:
    times = sorted(each)
    return (
        f"mean {statistics.mean(times):.1f} ms, median {statistics.median(times):.1f}, "
        f"95th percentile {times[int(0.95 * len(times))]:.1f}, slowest {times[-1]:.0f}"
    )


def beside() -> Iterator[float]:
    """CBC runs in a process of its own, whose time counts with ours."""
    for inputs, plan in islice(plans(), BESIDE):
        began = processor_time()
        least_cost_by_cbc(inputs, margin=plan.has_margin)
        yield 1000 * (processor_time() - began)


def plans() -> Iterator[tuple[PlanInputs, LeastCostPlan]]:
    for seed in range(GROUPS):
        inputs = inputs_of(*group(seed))
        if inputs and (plan := least_cost_plan(inputs, solver.least, margin=True)):
            yield inputs, plan


def processor_time() -> float:
    used = map(resource.getrusage, (resource.RUSAGE_SELF, resource.RUSAGE_CHILDREN))
    return sum(each.ru_utime + each.ru_stime for each in used)
