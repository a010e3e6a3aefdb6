"""One way of spending one invented budget, in a process of its own: prints what it took as JSON.

python -m tests.bench.allocating WAY GROUPS ACTIONS SEED GAP SECONDS [packages]
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any

from readiness.investment import problem_json
from readiness.investment.formulation import model_of
from readiness.investment.heuristics import equal_split, greedy
from readiness.investment.problem import AllocationProblem, total_benefit
from readiness.investment.service.allocation import allocate
from tests.bench.counting import peak_mib
from tests.bench.investing import random_problem, with_packages

Found = tuple[float, float | None]  # benefit, and a bound where one is proven


def ours(problem: AllocationProblem, gap: float, seconds: float) -> Found:
    made = allocate(problem, gap, seconds)
    return float(made.objective), float(made.bound)


def by_ratio(problem: AllocationProblem, _gap: float, _seconds: float) -> Found:
    return float(total_benefit(problem, greedy(problem))), None


def in_equal_parts(problem: AllocationProblem, _gap: float, _seconds: float) -> Found:
    return float(total_benefit(problem, equal_split(problem))), None


def scipy_milp(problem: AllocationProblem, gap: float, seconds: float) -> Found:
    """The whole program at once, on the HiGHS that comes with scipy."""
    import numpy as np
    from scipy.optimize import Bounds, LinearConstraint, milp
    from scipy.sparse import csr_array

    model = model_of(problem)
    program = model.program
    values = [float(v) for row in program.rows for v in row.terms.values()]
    columns = [c for row in program.rows for c in row.terms]
    starts = np.cumsum([0, *(len(row.terms) for row in program.rows)])
    matrix = csr_array((values, columns, starts), shape=(len(program.rows), len(program.lower)))
    least = [-np.inf if row.least is None else row.least for row in program.rows]
    most = [np.inf if row.most is None else row.most for row in program.rows]
    costs = np.zeros(len(program.lower))
    costs[list(model.gains)] = [-gain for gain in model.gains.values()]
    made = milp(
        costs,
        integrality=np.ones(len(costs)),
        bounds=Bounds(program.lower, program.upper),
        constraints=LinearConstraint(matrix, least, most),
        options={"mip_rel_gap": gap, "time_limit": seconds},
    )
    unit = float(model.unit)
    return (0.0 if made.x is None else -made.fun * unit), -made.mip_dual_bound * unit


def cbc(problem: AllocationProblem, gap: float, _seconds: float) -> Found:
    """Stated anew through PuLP; it tells no bound."""
    from tests.investment import cbc_statement

    return cbc_statement.solved(problem_json.write(problem, gap, 60), (), gap).objective, None


WAYS: dict[str, Callable[[AllocationProblem, float, float], Found]] = {
    "ours": ours,
    "by ratio": by_ratio,
    "equal parts": in_equal_parts,
    "scipy's milp": scipy_milp,
    "PuLP and CBC": cbc,
}


def measured(way: str, problem: AllocationProblem, gap: float, seconds: float) -> dict[str, Any]:
    began, worked = time.perf_counter(), processor()
    value, bound = WAYS[way](problem, gap, seconds)
    return {
        "seconds": time.perf_counter() - began,
        "processor": processor() - worked,
        "mib": peak_mib(),
        "benefit": value,
        "bound": bound,
    }


def processor() -> float:
    """With what its children used: CBC runs as one."""
    import os

    used = os.times()
    return used.user + used.system + used.children_user + used.children_system


def main(
    way: str, groups: str, actions: str, seed: str, gap: str, seconds: str, packages: str = ""
) -> int:
    problem = random_problem(int(groups), int(actions), int(seed))
    if packages:
        problem = with_packages(problem, int(seed))
    print(json.dumps(measured(way, problem, float(gap), float(seconds))))
    return 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
