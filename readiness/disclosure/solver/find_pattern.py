"""Which numbers to hide, and the proof that they are enough, found by HiGHS.

Hiding is a covering problem that is learned while it is solved: a choice of columns is tried, and
wherever a reader could still work out a small count, the linear program that says so also tells
which columns would have given room (Fischetti and Salazar 2001). That is a new inequality for the
next choice. What a choice in fractions costs is a bound; columns are added to it until nothing can
be worked out, and it is looked for further only where the bound leaves much to gain.
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
MOST_COLUMNS = 1_000  # above, columns are hidden for one small count after the other
FEW_CELLS = 4_000  # of a whole release; with more, the first choice has to do

ROUNDS_IN_PARTS = 20
PATIENCE = 2  # choices in a row that were no better
MOST_LIFTS = 3_000  # linear programs in all: counts, so that the same problem gets the same answer
MOST_NODES = 10  # of one choice in whole columns
MOST_STEPS = 500  # of the simplex over all choices; after so many a better one is seldom near
MOST_LEARNED = 16  # inequalities from one choice; more of them say much the same
MOST_KNOWN = 600  # moves that later choices are first tried with
NEARLY_BEST = 0.05  # a choice that could be so little cheaper is not looked for


def find_pattern(problem: SuppressionProblem) -> SuppressionPattern:
    """Columns to hide at a low price, and the moves that prove them enough."""
    if len(problem.moves.lower) > FEW_COLUMNS:
        return find_quickly(problem)
    search = PatternSearch(problem)
    return extend(problem, search.best_columns(), search.known)


def find_quickly(problem: SuppressionProblem) -> SuppressionPattern:
    if len(problem.moves.lower) > MOST_COLUMNS:
        return extend(problem)
    search = PatternSearch(problem)
    return extend(problem, search.first_columns(), search.known)


def finder_for(cells: int) -> PatternFinder:
    """How to look in a release of so many numbers."""
    return find_pattern if cells <= FEW_CELLS else find_quickly


class PatternSearch:
    """A choice says for each priced column, in order, how much of it is hidden."""

    def __init__(self, problem: SuppressionProblem) -> None:
        self.priced = np.array(sorted(problem.prices), dtype=np.int32)
        self.prices = np.array([problem.prices[int(c)] for c in self.priced], dtype=float)
        self.attack = Attack(problem.moves)
        self.needs = dict(sorted(problem.needs.items(), key=lambda need: (-need[1], need[0])))
        self.known: list[Numbers] = []
        self.shares: list[Numbers] = []
        self.missing: list[float] = []
        self.lifts = self.steps = 0
        self.master = quiet()
        self.master.setOptionValue("time_limit", highspy.kHighsInf)
        self.master.setOptionValue("mip_max_nodes", MOST_NODES)
        self.master.setOptionValue("mip_rel_gap", NEARLY_BEST)
        self.master.setOptionValue("mip_heuristic_effort", 0.0)  # best choices are soon mended ones
        self.master.setOptionValue("mip_heuristic_run_feasibility_jump", False)  # as in `least`
        for price in self.prices:
            self.master.addVar(0.0, 1.0)
            self.master.changeColCost(self.master.getNumCol() - 1, price)

    def first_columns(self) -> frozenset[int]:
        """Enough by every sum, though perhaps not yet in whole people."""
        return self.columns_of(self.mend(np.zeros(len(self.priced), dtype=bool)))

    def best_columns(self) -> frozenset[int]:
        """As the first ones, but nearly the cheapest there are."""
        part = self.learn_in_parts()
        bound = self.cost_of(part)
        best = self.mend(part > 1 - NEARLY)
        self.declare_whole()
        waited = 0
        while bound < (1 - NEARLY_BEST) * self.cost_of(best) and waited < PATIENCE:
            if self.is_over or self.steps > MOST_STEPS:
                break
            part, bound = self.choose_columns()
            part = self.mend(part > 0.5)
            waited += 1
            if self.cost_of(part) < self.cost_of(best):
                best, waited = part, 0
        return self.columns_of(best)

    def learn_in_parts(self) -> Numbers:
        """Columns hidden in part are quicker to choose, and teach as much."""
        part = np.zeros(len(self.priced))
        for _ in range(ROUNDS_IN_PARTS):
            if not self.learn(part):
                break
            part = self.choose_columns()[0]
        return part

    def declare_whole(self) -> None:
        columns = np.arange(len(self.priced), dtype=np.int32)
        whole = np.array([highspy.HighsVarType.kInteger] * len(columns))
        self.master.changeColsIntegrality(len(columns), columns, whole)

    def columns_of(self, part: Numbers) -> frozenset[int]:
        return frozenset(int(column) for column in self.priced[part > 0])

    def cost_of(self, part: Numbers) -> float:
        return float(self.prices @ part)

    @property
    def is_over(self) -> bool:
        return self.lifts >= MOST_LIFTS

    def choose_columns(self) -> tuple[Numbers, float]:
        """The cheapest choice by what was learned, and a bound on the cost of all."""
        self.master.run()
        found = np.array(self.master.getSolution().col_value)
        if self.master.getModelStatus() not in ANSWERED or not len(found):
            raise SolverError("HiGHS found no choice of columns")
        info = self.master.getInfo()
        self.steps += info.simplex_iteration_count
        return np.clip(found, 0.0, 1.0), info.mip_dual_bound

    def mend(self, chosen: NDArray[np.bool_]) -> Numbers:
        """Hide more until nothing can be worked out, and then no column in vain."""
        part = chosen.astype(float)
        self.cover(part)
        while self.learn(part):
            self.cover(part)
        spare = self.is_spare(part)
        for column in np.argsort(-self.prices, kind="stable"):
            if spare[column] and not self.is_over:
                part[column] = 0.0
                part[column] = float(self.learn(part, most=1) > 0)
                spare = self.is_spare(part)
        return part

    def cover(self, part: Numbers) -> None:
        """Hide what adds most for its price to the inequalities that are not kept yet."""
        shares, missing = self.inequalities()
        while (lack := missing - shares @ part).max(initial=0.0) > NEARLY:
            gain = np.minimum(shares, np.maximum(lack, 0.0)[:, None]).sum(axis=0)
            part[np.argmax(gain * (part < 1) / self.prices)] = 1.0

    def is_spare(self, part: Numbers) -> NDArray[np.bool_]:
        """The hidden columns that no inequality insists on."""
        shares, missing = self.inequalities()
        slack = shares @ part - missing
        return np.asarray((shares <= slack[:, None] + NEARLY).all(axis=0) & (part > 0))

    def inequalities(self) -> tuple[Numbers, Numbers]:
        return np.reshape(self.shares, (len(self.shares), len(self.priced))), np.array(self.missing)

    def learn(self, part: Numbers, most: int = MOST_LEARNED) -> int:
        """Try every need, and learn an inequality from some of those that are not met."""
        if self.is_over:
            return 0
        room = np.ones(self.attack.size)
        room[self.priced] = part
        self.attack.give(room)
        learned, best = 0, self.attack.highest(self.known)
        unmet = self.lift_together(best)
        for column in sorted(unmet, key=lambda c: best[c] / self.needs[c]):
            need = self.needs[column]
            if best[column] >= need - NEARLY:
                continue
            self.lifts += 1
            lift = self.attack.lift(column, need)
            self.keep(lift.move, best)
            if lift.height < need - NEARLY:
                learned += self.learn_from(lift, column, part)
            if learned == most:
                break
        return learned

    def lift_together(self, best: Numbers) -> list[int]:
        """The needs that remain when one move for all that are not met brings no more."""
        unmet = self.unmet(best)
        while len(unmet) > FEW_NEEDS:
            before = len(unmet)
            self.keep(self.attack.lift_together({c: self.needs[c] for c in unmet}), best)
            unmet = self.unmet(best)
            if len(unmet) > before - FEW_NEEDS:
                break
        return unmet

    def unmet(self, best: Numbers) -> list[int]:
        return [column for column, need in self.needs.items() if best[column] < need - NEARLY]

    def keep(self, move: Numbers, best: Numbers) -> None:
        np.maximum(best, move, out=best)
        self.known = [*self.known[1 - MOST_KNOWN :], move]

    def learn_from(self, lift: Lift, column: int, part: Numbers) -> bool:
        """What the lift lacks has to come from columns that are hidden too little by now.

        By duality its height is a constant and what each column's freedom is worth, and no other
        choice of columns can lift higher than the same constant and worths say. A need that all
        columns together cannot meet is given up.
        """
        need, worth = self.needs[column], self.attack.worth_of(lift)[self.priced]
        missing = need - (lift.height - float(worth @ part))
        share = np.minimum(worth, missing)
        share[share <= NEARLY] = 0.0
        if share.sum() < missing - NEARLY:
            del self.needs[column]
            return False
        places = np.flatnonzero(share).astype(np.int32)
        self.master.addRow(missing, highspy.kHighsInf, len(places), places, share[places])
        self.shares.append(share)
        self.missing.append(missing)
        return True


ANSWERED = (
    highspy.HighsModelStatus.kOptimal,
    highspy.HighsModelStatus.kSolutionLimit,
    highspy.HighsModelStatus.kModelEmpty,
)
FEW_NEEDS = 3  # so few are quicker lifted one by one


# The proof in whole numbers: small counts one after the other, with as little more as they need.


LONG = 10.0  # steps that a number to hide is taken to move
LITTLE = 1.0  # for each step of a hidden number: of two moves the one that changes less


def extend(
    problem: SuppressionProblem, hidden: frozenset[int] = frozenset(), known: Sequence[Numbers] = ()
) -> SuppressionPattern:
    """What is hidden from the beginning is free; of the known moves those in whole numbers help."""
    search = PatternExtension(problem)
    for column in sorted(hidden):
        search.hide(column)
    search.meet_with(known)
    search.meet_together()
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

    def meet_with(self, known: Sequence[Numbers]) -> None:
        """The known moves that change hidden numbers alone, where they meet what is not met yet."""
        printed = [c for c in self.problem.prices if c not in self.hidden]
        met: set[int] = set()
        for move in known:
            whole = np.round(move)
            if whole[printed].any() or np.abs(move - whole).max(initial=0.0) > NEARLY:
                continue
            more = {c for c, need in self.problem.needs.items() if whole[c] >= need} - met
            found = tuple(int(value) for value in whole)
            if more and self.problem.allows(found):
                self.moves.append(found)
                met |= more

    def meet_together(self) -> None:
        """Moves of what is hidden by now, each for all needs that those before it do not meet."""
        attack = Attack(self.problem.moves)
        room = [float(c in self.hidden or c not in self.problem.prices) for c in range(self.size)]
        attack.give(np.array(room))
        while unmet := {c: n for c, n in self.problem.needs.items() if not self.is_met(c)}:
            move = attack.in_whole_numbers(attack.lift_together(unmet))
            if move is None or not self.problem.allows(move):
                break
            if not any(move[column] >= need for column, need in unmet.items()):
                break
            self.moves.append(move)

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
        unmoved = [c for c in range(self.size) if abs(move[c]) < NEARLY]
        printed = [c for c in unmoved if c in self.problem.prices and c not in self.hidden]
        wanted = Row({column: 1}, least=self.problem.needs[column])
        for still in (unmoved, printed):  # most often fewer columns are enough, and far quicker
            found = least(self.problem.moves.fixed(dict.fromkeys(still, 0)).also(wanted), {})
            if found is not None:
                return found
        return None

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
