"""A reader's attempts to work out a small count, as linear programs that HiGHS solves."""

from __future__ import annotations

from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from readiness.core.integer_program import Program, Solution
from readiness.core.solver import SolverError, model_of, quiet

Numbers = NDArray[np.float64]
NEARLY = 1e-6


@dataclass(frozen=True)
class Lift:
    """The move that takes one column highest, and what one more step of each column adds to it."""

    move: Numbers
    height: float
    steps: Numbers


class Attack:
    """One linear program, solved again and again from where the last solution was."""

    def __init__(self, moves: Program) -> None:
        self.moves = moves
        self.size = len(moves.lower)
        self.every = np.arange(self.size, dtype=np.int32)
        self.lower = np.array(moves.lower, dtype=float)
        self.upper = np.array(moves.upper, dtype=float)
        self.highs = quiet()
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("time_limit", highspy.kHighsInf)  # it counts over all questions
        self.highs.passModel(model_of(moves, {}, whole=False))
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.aim: dict[int, float] = {}

    def give(self, room: Numbers) -> None:
        """For each column the share of its freedom that the reader has to imagine it in."""
        self.highs.changeColsBounds(self.size, self.every, self.lower * room, self.upper * room)

    def lift(self, column: int, need: int) -> Lift:
        """No further than needed: whole numbers are likelier to come out."""
        self.aim_at({column: 1.0})
        self.highs.changeColBounds(column, self.lower[column], float(need))
        move = self.solve()
        steps = np.array(self.highs.getSolution().col_dual)
        height = self.highs.getInfo().objective_function_value
        self.highs.changeColBounds(column, self.lower[column], self.upper[column])
        return Lift(move, height, steps)

    def worth_of(self, lift: Lift) -> Numbers:
        """What the whole freedom of each column adds, at most, to the height of the lift."""
        room = np.where(lift.steps > 0, self.upper, self.lower)
        worth: Numbers = lift.steps * room
        return worth

    def aim_at(self, aim: dict[int, float]) -> None:
        for column in self.aim.keys() - aim.keys():
            self.highs.changeColCost(column, 0.0)
        for column, weight in aim.items():
            self.highs.changeColCost(column, weight)
        self.aim = aim

    def solve(self) -> Numbers:
        self.highs.run()
        status = self.highs.getModelStatus()
        if status not in (highspy.HighsModelStatus.kOptimal, highspy.HighsModelStatus.kModelEmpty):
            raise SolverError(f"HiGHS stopped with {self.highs.modelStatusToString(status)}")
        return np.array(self.highs.getSolution().col_value)

    def in_whole_numbers(self, move: Numbers) -> Solution | None:
        """The move in whole numbers, or None when rounding breaks a rule."""
        rounded = np.round(move)
        if np.abs(move - rounded).max(initial=0.0) > NEARLY:
            return None
        found = tuple(int(value) for value in rounded)
        return found if self.moves.allows(found) else None

    def whole_lift(self, column: int, need: int) -> Solution | None:
        """Any move in whole numbers that lifts the column so far."""
        self.aim_at({})
        self.highs.changeColBounds(column, float(need), self.upper[column])
        self.declare(highspy.HighsVarType.kInteger, presolve="on")
        self.highs.run()
        is_found = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = np.array(self.highs.getSolution().col_value) if is_found else None
        self.declare(highspy.HighsVarType.kContinuous, presolve="off")
        self.highs.changeColBounds(column, self.lower[column], self.upper[column])
        return None if found is None else self.in_whole_numbers(found)

    def declare(self, kind: highspy.HighsVarType, presolve: str) -> None:
        self.highs.changeColsIntegrality(self.size, self.every, np.array([kind] * self.size))
        self.highs.setOptionValue("presolve", presolve)
