"""Which numbers to hide, and the proof that they are enough, found by HiGHS.

Hiding is a covering problem that is learned while it is solved: a choice of columns is tried, and
wherever a reader could still work out a small count, the linear program that says so also tells
which columns would have given room (Fischetti and Salazar 2001). That is a new inequality for the
next choice. Each choice, mended where it falls short, may be cheaper than the best one so far.
"""

from __future__ import annotations

from collections.abc import Sequence

import highspy
import numpy as np
from numpy.typing import NDArray

from readiness.core.integer_program import Program, Row, Solution
from readiness.core.solver import SolverError, least, model_of, quiet
from readiness.disclosure.solver.attack import NEARLY, Attack, Lift, Numbers
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


# A first choice of numbers to hide: small counts one after the other, then what was needless.
#
# Quick where there are many numbers and most of what is needed is hidden already. What is hidden
# for one count is free for the next; what turns out needless at the end is shown again.


LONG = 10.0  # steps that a number to hide is taken to move
LITTLE = 1.0  # for each step of a hidden number: of two moves the one that changes less


def extend(problem: SuppressionProblem, hidden: frozenset[int] = frozenset()) -> SuppressionPattern:
    """What is hidden from the beginning is free."""
    search = PatternExtension(problem)
    for column in sorted(hidden):
        search.hide(column)
    for column in sorted(problem.needs, key=lambda c: (-problem.needs[c], c)):
        if not search.is_met(column):
            search.meet(column)
    return SuppressionPattern(frozenset(search.hidden), tuple(search.moves), len(search.moves))


class PatternExtension:
    """The linear program has each column twice: its steps up and its steps down."""

    def __init__(self, problem: SuppressionProblem) -> None:
        self.problem = problem
        self.size = len(problem.moves.lower)
        self.hidden: set[int] = set()
        self.moves: list[Solution] = []
        self.highs = quiet()
        self.highs.setOptionValue("presolve", "off")
        self.highs.setOptionValue("time_limit", highspy.kHighsInf)  # it counts over all questions
        self.highs.passModel(model_of(split_by_sign(problem.moves), {}, whole=False))
        for column in range(self.size):
            self.charge(column, problem.prices.get(column, 0) / LONG + LITTLE)

    def charge(self, column: int, cost: float) -> None:
        self.highs.changeColCost(column, cost)
        self.highs.changeColCost(self.size + column, cost)

    def is_met(self, column: int) -> bool:
        need = self.problem.needs[column]
        return any(move[column] >= need for move in self.moves)

    def meet(self, column: int) -> None:
        moves, down = self.problem.moves, self.size + column
        self.highs.changeColBounds(column, float(self.problem.needs[column]), moves.upper[column])
        self.highs.changeColBounds(down, 0.0, 0.0)
        self.highs.run()
        is_found = self.highs.getModelStatus() == highspy.HighsModelStatus.kOptimal
        found = np.array(self.highs.getSolution().col_value) if is_found else None
        self.highs.changeColBounds(column, 0.0, moves.upper[column])
        self.highs.changeColBounds(down, 0.0, -moves.lower[column])
        if found is not None:
            self.keep(self.in_whole_numbers(found[: self.size] - found[self.size :], column))

    def in_whole_numbers(self, move: Numbers, column: int) -> Solution | None:
        rounded = tuple(int(value) for value in np.round(move))
        if np.abs(move - rounded).max() <= NEARLY and self.problem.moves.allows(rounded):
            return rounded
        still = [c for c in self.problem.prices if c not in self.hidden and abs(move[c]) < NEARLY]
        wanted = Row({column: 1}, least=self.problem.needs[column])
        return least(self.problem.moves.fixed(dict.fromkeys(still, 0)).also(wanted), {})

    def keep(self, move: Solution | None) -> None:
        if move is None:
            return
        self.moves.append(move)
        for column in self.problem.prices:
            if move[column] and column not in self.hidden:
                self.hide(column)

    def hide(self, column: int) -> None:
        self.hidden.add(column)
        self.charge(column, LITTLE)


def split_by_sign(moves: Program) -> Program:
    size = len(moves.lower)
    return Program(
        (0,) * (2 * size),
        (*moves.upper, *(-low for low in moves.lower)),
        tuple(
            Row(
                {**row.terms, **{size + column: -value for column, value in row.terms.items()}},
                row.least,
                row.most,
            )
            for row in moves.rows
        ),
    )


def drop_redundant(problem: SuppressionProblem, pattern: SuppressionPattern) -> SuppressionPattern:
    """Try each hidden column, those that few moves use first: show it if all is proven without."""
    search = RedundantColumns(problem, pattern)
    for place in search.least_used_first():
        if search.spare()[place]:
            search.show(place)
    return search.pattern(pattern.rounds)


class RedundantColumns:
    """Over the open columns alone, those hidden anyway and those that the pattern hides.

    What a lift lacks without a column is remembered as an inequality: so much room must come from
    the columns still hidden. Columns that some inequality insists on need not be tried.
    """

    def __init__(self, problem: SuppressionProblem, pattern: SuppressionPattern) -> None:
        size = len(problem.moves.lower)
        self.size = size
        self.open = [c for c in range(size) if c not in problem.prices or c in pattern.hidden]
        self.attack = Attack(restrict(problem.moves, self.open))
        at = {column: place for place, column in enumerate(self.open)}
        self.hidden = np.array([at[c] for c in sorted(pattern.hidden)], dtype=np.int32)
        self.prices = np.array([problem.prices[c] for c in sorted(pattern.hidden)])
        self.needs = {at[c]: need for c, need in problem.needs.items()}
        self.moves = [tuple(move[c] for c in self.open) for move in pattern.moves]
        self.met = [place for place in self.needs if self.is_met(place)]
        self.part = np.ones(len(self.hidden))
        self.shares: list[Numbers] = []
        self.missing: list[float] = []

    def pattern(self, rounds: int) -> SuppressionPattern:
        hidden = (self.open[place] for place in self.hidden[self.part > 0])
        return SuppressionPattern(frozenset(hidden), tuple(map(self.widen, self.moves)), rounds)

    def widen(self, move: Solution) -> Solution:
        whole = [0] * self.size
        for column, value in zip(self.open, move, strict=True):
            whole[column] = value
        return tuple(whole)

    def is_met(self, place: int) -> bool:
        return any(move[place] >= self.needs[place] for move in self.moves)

    def least_used_first(self) -> list[int]:
        used = [sum(1 for move in self.moves if move[place]) for place in self.hidden]
        return sorted(range(len(used)), key=lambda n: (used[n], -self.prices[n], n))

    def spare(self) -> NDArray[np.bool_]:
        if not self.shares:
            return self.part > 0
        shares = np.array(self.shares)
        slack = shares @ self.part - np.array(self.missing)
        return np.asarray((shares <= slack[:, None] + NEARLY).all(axis=0) & (self.part > 0))

    def show(self, number: int) -> None:
        """Show one column again, unless a need is not met without it."""
        moves, place = self.moves, self.hidden[number]
        self.part[number] = 0.0
        self.attack.give(self.room())
        self.moves = [move for move in moves if not move[place]]
        if not all(self.is_met(need) or self.meet(need) for need in self.met):
            self.part[number] = 1.0
            self.moves = moves

    def room(self) -> Numbers:
        room = np.ones(self.attack.size)
        room[self.hidden] = self.part
        return room

    def meet(self, place: int) -> bool:
        need = self.needs[place]
        lift = self.attack.lift(place, need)
        if lift.height < need - NEARLY:
            self.learn(lift, need)
            return False
        move = self.attack.in_whole_numbers(lift.move)
        if move is None or move[place] < need:
            move = self.attack.whole_lift(place, need)
        if move is not None:
            self.moves.append(move)
        return move is not None

    def learn(self, lift: Lift, need: int) -> None:
        """By duality the height is a constant and what each column's freedom is worth to it.

        No other choice of columns can lift higher than the same constant and worths say.
        """
        worth = self.attack.worth_of(lift)[self.hidden]
        missing = need - (lift.height - float(worth @ self.part))
        self.shares.append(np.minimum(worth, missing))
        self.missing.append(missing)


def restrict(moves: Program, columns: Sequence[int]) -> Program:
    """The program when all other columns stay where they are."""
    place = {column: number for number, column in enumerate(columns)}
    rows = []
    for row in moves.rows:
        terms = {place[c]: value for c, value in row.terms.items() if c in place}
        if terms:
            rows.append(Row(terms, row.least, row.most))
    return Program(
        tuple(moves.lower[c] for c in columns), tuple(moves.upper[c] for c in columns), tuple(rows)
    )
