"""Which numbers to hide, and the proof that they are enough, found by HiGHS.

Hiding is a covering problem that is learned while it is solved: a choice of columns is tried, and
wherever a reader could still work out a small count, the linear program that says so also tells
which columns would have given room (Fischetti and Salazar 2001). That is a new inequality for the
next choice. Each choice, mended where it falls short, may be cheaper than the best one so far.
"""

from __future__ import annotations

import highspy
import numpy as np

from readiness.core.solver import SolverError, quiet
from readiness.disclosure.solver.attack import NEARLY, Attack, Lift, Numbers
from readiness.disclosure.solver.greedy import drop_redundant, extend
from readiness.disclosure.suppression import PatternFinder, SuppressionPattern, SuppressionProblem

FEW_COLUMNS = 400  # up to so many a cheaper choice is looked for
MOST_COLUMNS = 1_000  # above, trying what is needless takes too long
FEW_CELLS = 4_000  # of a whole release; with more, what is found first has to do


ROUNDS_IN_PARTS = 60
PATIENCE, LESS, MANY_COLUMNS = 8, 3, 120  # choices in a row that were no better
MOST_LIFTS = 3_000  # linear programs in all: counts, so that the same problem gets the same answer
MOST_NODES = 10  # of one choice in whole columns
NEARLY_BEST = 0.03  # a choice that could be so little cheaper is not looked for


def find_pattern(problem: SuppressionProblem) -> SuppressionPattern:
    """Columns to hide at a low price, and the moves that prove them enough."""
    pattern = find_quickly(problem)
    few = len(problem.moves.lower) <= FEW_COLUMNS
    return improve(problem, pattern) if few and pattern.hidden else pattern


def find_quickly(problem: SuppressionProblem) -> SuppressionPattern:
    pattern = extend(problem)
    return drop_redundant(problem, pattern) if len(problem.moves.lower) <= MOST_COLUMNS else pattern


def finder_for(cells: int) -> PatternFinder:
    """How to look in a release of so many numbers."""
    return find_pattern if cells <= FEW_CELLS else find_quickly


def improve(problem: SuppressionProblem, pattern: SuppressionPattern) -> SuppressionPattern:
    """The pattern, or one that costs less."""
    search = PatternImprovement(problem, pattern)
    search.learn_in_parts()
    search.choose()
    return search.best


class PatternImprovement:
    def __init__(self, problem: SuppressionProblem, pattern: SuppressionPattern) -> None:
        self.problem, self.best = problem, pattern
        self.priced = np.array(sorted(problem.prices), dtype=np.int32)
        self.prices = np.array([problem.prices[int(c)] for c in self.priced], dtype=float)
        self.attack = Attack(problem.moves)
        self.met = problem.needs.keys() - pattern.unmet_needs(problem)
        self.lifts = 0
        self.choice = quiet()
        self.choice.setOptionValue("time_limit", highspy.kHighsInf)
        self.choice.setOptionValue("mip_max_nodes", MOST_NODES)
        self.choice.setOptionValue("mip_rel_gap", NEARLY_BEST)
        for price in self.prices:
            self.choice.addVar(0.0, 1.0)
            self.choice.changeColCost(self.choice.getNumCol() - 1, price)

    def cost_of(self, pattern: SuppressionPattern) -> int:
        return sum(self.problem.prices[column] for column in pattern.hidden)

    def learn_in_parts(self) -> None:
        """Columns hidden in part are quicker to choose, and teach as much."""
        for _ in range(ROUNDS_IN_PARTS):
            if self.is_over or not self.learn(self.choose_columns()[0]):
                return

    @property
    def is_over(self) -> bool:
        return self.lifts >= MOST_LIFTS

    def choose(self) -> None:
        columns = np.arange(len(self.priced), dtype=np.int32)
        whole = np.array([highspy.HighsVarType.kInteger] * len(columns))
        self.choice.changeColsIntegrality(len(columns), columns, whole)
        patience = PATIENCE if self.attack.size <= MANY_COLUMNS else LESS
        waited, fewest = 0, len(self.met)
        while waited < patience:
            part, bound = self.choose_columns()
            if self.is_over or bound >= (1 - NEARLY_BEST) * self.cost_of(self.best):
                return
            learned = self.learn(part)
            waited += 1
            if learned <= fewest:
                fewest = learned
                if self.keep(frozenset(int(c) for c in self.priced[part > 0.5])):
                    waited = 0
            if not learned:
                return

    def keep(self, hidden: frozenset[int]) -> bool:
        """Mend the choice where it falls short; whether it is cheaper than the best so far."""
        found = drop_redundant(self.problem, extend(self.problem, hidden))
        is_better = self.cost_of(found) < self.cost_of(self.best)
        if not is_better or found.unmet_needs(self.problem) & self.met:
            return False
        self.best = found
        return True

    def choose_columns(self) -> tuple[Numbers, float]:
        """For each priced column, in order, how much of it is hidden; and the least cost."""
        self.choice.run()
        found = np.array(self.choice.getSolution().col_value)
        if self.choice.getModelStatus() not in ANSWERED or not len(found):
            raise SolverError("HiGHS found no choice of columns")
        info = self.choice.getInfo()
        return np.clip(found, 0.0, 1.0), info.mip_dual_bound

    def learn(self, part: Numbers) -> int:
        """Try every need, and learn an inequality from each that is not met."""
        room = np.ones(self.attack.size)
        room[self.priced] = part
        self.attack.give(room)
        learned, best = 0, np.full(self.attack.size, -np.inf)
        for column in sorted(self.met, key=lambda c: (-self.problem.needs[c], c)):
            need = self.problem.needs[column]
            if best[column] >= need - NEARLY:
                continue
            self.lifts += 1
            lift = self.attack.lift(column, need)
            best = np.maximum(best, lift.move)
            if lift.height < need - NEARLY:
                learned += self.learn_from(lift, need, part)
        return learned

    def learn_from(self, lift: Lift, need: int, part: Numbers) -> bool:
        """What the lift lacks has to come from columns that are hidden too little by now.

        By duality its height is a constant and what each column's freedom is worth, and no other
        choice of columns can lift higher than the same constant and worths say.
        """
        worth = self.attack.worth_of(lift)[self.priced]
        missing = need - (lift.height - float(worth @ part))
        share = np.minimum(worth, missing)
        if share.sum() < missing - NEARLY:
            return False
        places = np.flatnonzero(share > NEARLY).astype(np.int32)
        self.choice.addRow(missing, highspy.kHighsInf, len(places), places, share[places])
        return True


ANSWERED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kModelEmpty,
)
