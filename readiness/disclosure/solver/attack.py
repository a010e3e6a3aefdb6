"""A reader's attempts to work out a small count, as linear programs that HiGHS solves."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import highspy
import numpy as np
from numpy.typing import NDArray

from readiness.core.integer_program import Program, Solution
from readiness.core.solver import SolverError, model_of, quiet

Numbers = NDArray[np.float64]
NEARLY = 1e-6
DUAL, PRIMAL = 1, 4  # as HiGHS numbers them; primal is quicker from one aim to the next


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
        self.highs.setOptionValue("simplex_strategy", PRIMAL)
        self.highs.setOptionValue("primal_simplex_bound_perturbation_multiplier", 0.0)
        self.highs.passModel(model_of(moves, {}, whole=False))
        self.highs.changeObjectiveSense(highspy.ObjSense.kMaximize)
        self.room = np.ones(self.size)
        self.aim: dict[int, float] = {}

    def give(self, room: Numbers) -> None:
        """For each column the share of its freedom that the reader has to imagine it in."""
        self.room = room
        self.highs.changeColsBounds(self.size, self.every, self.lower * room, self.upper * room)

    def highest(self, moves: Sequence[Numbers]) -> Numbers:
        """How far each column is lifted by those of the moves that keep within what is given."""
        made = np.reshape(moves, (len(moves), self.size))
        low, high = self.lower * self.room - NEARLY, self.upper * self.room + NEARLY
        fits = ((made >= low) & (made <= high)).all(axis=1)
        found: Numbers = made[fits].max(axis=0, initial=-np.inf)
        return found

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

    def lift_together(self, needs: Mapping[int, int]) -> Numbers:
        """One move that lifts many columns, each as far as it needs and no further."""
        columns = [column for column in needs if self.room[column] > 0]
        self.aim_at({column: 1.0 / needs[column] for column in columns})
        upper = self.upper * self.room
        upper[columns] = [needs[column] for column in columns]
        self.highs.changeColsBounds(self.size, self.every, self.lower * self.room, upper)
        move = self.solve()
        self.give(self.room)
        return move

    def aim_at(self, aim: dict[int, float]) -> None:
        for column in self.aim.keys() - aim.keys():
            self.highs.changeColCost(column, 0.0)
        for column, weight in aim.items():
            self.highs.changeColCost(column, weight)
        self.aim = aim

    def solve(self) -> Numbers:
        self.highs.run()
        if not self.is_solved:  # the quick way, without perturbation, now and then goes astray
            self.highs.clearSolver()
            self.highs.setOptionValue("simplex_strategy", DUAL)
            self.highs.run()
            self.highs.setOptionValue("simplex_strategy", PRIMAL)
        if not self.is_solved:
            status = self.highs.modelStatusToString(self.highs.getModelStatus())
            raise SolverError(f"HiGHS stopped with {status}")
        return np.array(self.highs.getSolution().col_value)

    @property
    def is_solved(self) -> bool:
        return self.highs.getModelStatus() in (
            highspy.HighsModelStatus.kOptimal,
            highspy.HighsModelStatus.kModelEmpty,
        )

    def in_whole_numbers(self, move: Numbers) -> Solution | None:
        """The move in whole numbers, or None when rounding breaks a rule."""
        rounded = np.round(move)
        if np.abs(move - rounded).max(initial=0.0) > NEARLY:
            return None
        found = tuple(int(value) for value in rounded)
        return found if self.moves.allows(found) else None
