"""Numbers that were hidden along the way and turn out needless are shown again."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from readiness.core.integer_program import Program, Row, Solution
from readiness.disclosure.solver.attack import NEARLY, Attack, Lift, Numbers
from readiness.disclosure.suppression_problem import Cover, Puzzle


def trimmed(puzzle: Puzzle, cover: Cover) -> Cover:
    """Try each hidden column, those that few moves use first: show it if all is proven without."""
    trimming = Trimming(puzzle, cover)
    for place in trimming.least_used_first():
        if trimming.spare()[place]:
            trimming.show(place)
    return trimming.cover(cover.rounds)


class Trimming:
    """Over the open columns alone, those hidden anyway and those that the cover hides.

    What a lift lacks without a column is remembered as an inequality: so much room must come from
    the columns still hidden. Columns that some inequality insists on need not be tried.
    """

    def __init__(self, puzzle: Puzzle, cover: Cover) -> None:
        size = len(puzzle.moves.lower)
        self.size = size
        self.open = [c for c in range(size) if c not in puzzle.prices or c in cover.hidden]
        self.attack = Attack(narrowed(puzzle.moves, self.open))
        at = {column: place for place, column in enumerate(self.open)}
        self.hidden = np.array([at[c] for c in sorted(cover.hidden)], dtype=np.int32)
        self.prices = np.array([puzzle.prices[c] for c in sorted(cover.hidden)])
        self.needs = {at[c]: need for c, need in puzzle.needs.items()}
        self.moves = [tuple(move[c] for c in self.open) for move in cover.moves]
        self.met = [place for place in self.needs if self.is_met(place)]
        self.part = np.ones(len(self.hidden))
        self.shares: list[Numbers] = []
        self.missing: list[float] = []

    def cover(self, rounds: int) -> Cover:
        hidden = (self.open[place] for place in self.hidden[self.part > 0])
        return Cover(frozenset(hidden), tuple(map(self.widened, self.moves)), rounds)

    def widened(self, move: Solution) -> Solution:
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
        move = self.attack.whole(lift.move)
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


def narrowed(moves: Program, columns: Sequence[int]) -> Program:
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
