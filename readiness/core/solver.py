"""HiGHS behind one small function: the least costly solution of an integer program."""

from __future__ import annotations

from collections.abc import Mapping

import highspy
import numpy as np

from readiness.core.integer_program import PARTS, PricedSolution, Program, cost_of

SECONDS = 20.0  # far beyond any real assessment; a question that needs more is our own fault


class SolverError(RuntimeError):
    """The solver stopped without an answer or a proof that there is none."""


def least(program: Program, costs: Mapping[int, int]) -> PricedSolution | None:
    """A solution of least cost, proven least; None when there is no solution.

    First in fractions: where the answer is whole and its prices prove it least, there is no search.
    """
    highs = quiet()
    highs.setOptionValue("mip_heuristic_run_feasibility_jump", False)  # half of a small one's time
    load(highs, model_of(program, costs, whole=not costs))
    prices = (0,) * len(program.rows)
    if costs:
        highs.setOptionValue("presolve", "off")  # takes longer than it spares
        if not has_solution(highs):
            return None
        prices = tuple(round(PARTS * price) for price in highs.getSolution().row_dual)
        found = priced(highs, prices)
        if program.allows(found) and program.bound(costs, prices).proves(cost_of(found, costs)):
            return found
        ask_in_wholes(highs)
    return priced(highs, prices) if has_solution(highs) else None


def load(highs: highspy.Highs, model: highspy.HighsLp) -> None:
    if highs.passModel(model) == highspy.HighsStatus.kError:
        raise SolverError("HiGHS refused the model")


def priced(highs: highspy.Highs, prices: tuple[int, ...]) -> PricedSolution:
    return PricedSolution((round(value) for value in highs.getSolution().col_value), prices)


def has_solution(highs: highspy.Highs) -> bool:
    highs.run()
    status = highs.getModelStatus()
    if status in (
        highspy.HighsModelStatus.kInfeasible,
        highspy.HighsModelStatus.kUnboundedOrInfeasible,  # every column is bounded
    ):
        return False
    if status != highspy.HighsModelStatus.kOptimal:
        raise SolverError(f"HiGHS stopped with {highs.modelStatusToString(status)}")
    return True


def ask_in_wholes(highs: highspy.Highs) -> None:
    columns = np.arange(highs.getNumCol(), dtype=np.int32)
    whole = np.array([highspy.HighsVarType.kInteger] * len(columns))
    highs.clearSolver()
    highs.changeColsIntegrality(len(columns), columns, whole)
    highs.setOptionValue("presolve", "choose")


def quiet() -> highspy.Highs:
    """One thread and a fixed seed, so that the same question always gets the same answer."""
    highs = highspy.Highs()  # type: ignore[no-untyped-call]
    highs.setOptionValue("output_flag", False)
    highs.setOptionValue("threads", 1)
    highs.setOptionValue("random_seed", 0)
    highs.setOptionValue("time_limit", SECONDS)
    highs.setOptionValue("mip_rel_gap", 0.0)
    highs.setOptionValue("mip_abs_gap", 0.5)  # costs are whole: within a half is proven least
    return highs


def model_of(program: Program, costs: Mapping[int, int], *, whole: bool = True) -> highspy.HighsLp:
    columns = len(program.lower)
    model = highspy.HighsLp()
    model.num_col_ = columns
    model.num_row_ = len(program.rows)
    model.col_cost_ = np.array([costs.get(column, 0) for column in range(columns)], dtype=float)
    model.col_lower_ = np.array(program.lower, dtype=float)
    model.col_upper_ = np.array(program.upper, dtype=float)
    model.row_lower_ = np.array([bound(row.least, -highspy.kHighsInf) for row in program.rows])
    model.row_upper_ = np.array([bound(row.most, highspy.kHighsInf) for row in program.rows])
    if whole:
        model.integrality_ = [highspy.HighsVarType.kInteger] * columns
    matrix = model.a_matrix_
    matrix.format_ = highspy.MatrixFormat.kRowwise
    matrix.start_ = np.cumsum([0, *(len(row.terms) for row in program.rows)], dtype=np.int32)
    matrix.index_ = np.array([c for row in program.rows for c in row.terms], dtype=np.int32)
    matrix.value_ = np.array([v for row in program.rows for v in row.terms.values()], dtype=float)
    return model


def bound(value: int | None, otherwise: float) -> float:
    return otherwise if value is None else float(value)
