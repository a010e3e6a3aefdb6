"""Which numbers to hide, found by HiGHS.

Hiding is a covering problem that is learned while it is solved: a choice of columns is tried, and
wherever a reader could still work out a small count, the linear program that says so also tells
which columns would have given room. That is a new inequality for the next choice. Choices are made
in fractions first, which is quick, then in whole numbers; at the end what proved needless is shown.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from readiness.domain.program import Row, Solution
from readiness.domain.release.puzzle import Cover, Puzzle
from readiness.engines.attack import NEARLY, Attack, Lift, Numbers
from readiness.engines.choice import Choice
from readiness.engines.solver import least

FRACTIONAL_ROUNDS = 60
MOSTLY = 0.7  # hidden for that part, it is hidden wholly in the next choice


def extents(puzzle: Puzzle) -> Cover:
    """Columns to hide at a low price, none of them needless, and the moves that prove it."""
    search = Search(puzzle)
    search.learn_from_lines()
    search.learn_in_fractions()
    search.choose_in_whole_numbers()
    search.prove()
    search.show_what_is_needless()
    return Cover(search.hidden, tuple(search.moves), search.rounds)


class Search:
    """The state of one search: what is hidden now, and the moves that this leaves open."""

    def __init__(self, puzzle: Puzzle) -> None:
        self.puzzle = puzzle
        self.attack = Attack(puzzle.moves)
        self.choice = Choice(puzzle.prices)
        self.priced = self.choice.columns
        self.needs = dict(sorted(puzzle.needs.items(), key=lambda each: (-each[1], each[0])))
        self.part = np.zeros(len(self.priced))
        self.moves: list[Solution] = []
        self.rounds = 0

    def learn_from_lines(self) -> None:
        """A number that must move takes another of each of its sums along."""
        for row in self.puzzle.moves.rows:
            others = row.terms.keys() - self.puzzle.prices.keys()
            if row.least == row.most and len(others) == 1 and others <= self.needs.keys():
                share = np.array([float(column in row.terms) for column in self.priced])
                if share.any():
                    self.choice.require(share, 1.0)

    def learn_in_fractions(self) -> None:
        for _ in range(FRACTIONAL_ROUNDS):
            if not self.learn(self.choice.cheapest()):
                return

    def choose_in_whole_numbers(self) -> None:
        """Step by step, hide wholly what was hidden for the largest part."""
        part = self.choice.cheapest()
        while (parts := is_part(part)).any():
            self.choice.insist(part >= min(MOSTLY, part[parts].max()))
            part = self.choice.cheapest()
            self.learn(part)
            part = self.choice.cheapest()
        while self.learn(part):
            part = self.choice.cheapest()
            self.choice.insist(part > NEARLY)
            part = np.where(part > NEARLY, 1.0, 0.0)
        self.part = part.round()

    @property
    def hidden(self) -> frozenset[int]:
        return frozenset(int(column) for column in self.priced[self.part > 0.5])

    def room(self, part: Numbers) -> Numbers:
        room = np.ones(self.attack.size)
        room[self.priced] = part
        return room

    def learn(self, part: Numbers) -> int:
        """Try every need, and learn an inequality from each that is not met."""
        self.attack.give(self.room(part))
        self.rounds += 1
        learned = 0
        for column, lift in self.unmet():
            learned += self.learn_from(lift, self.needs[column], part)
        return learned

    def unmet(self) -> Iterator[tuple[int, Lift]]:
        best = self.lifted_together()
        for column, need in self.needs.items():
            if best[column] < need - NEARLY:
                lift = self.attack.lift(column, self.needs[column])
                best = np.maximum(best, lift.move)
                if lift.height < need - NEARLY:
                    yield column, lift

    def lifted_together(self) -> Numbers:
        """The heights that a few moves for many columns reach, as long as they do much at once."""
        left, best = self.needs, np.full(self.attack.size, -np.inf)
        while left:
            best = np.maximum(best, self.attack.lift_together(left))
            before, left = left, {c: n for c, n in left.items() if best[c] < n - NEARLY}
            if len(before) - len(left) < 0.2 * len(before):
                break
        return best

    def learn_from(self, lift: Lift, need: int, part: Numbers) -> bool:
        """What the lift lacks has to come from columns that are hidden too little by now.

        By duality its height is a constant and what each column's freedom is worth, and no other
        choice of columns can lift higher than the same constant and worths say.
        """
        worth = self.attack.worth_of(lift)[self.priced]
        missing = need - (lift.height - float(worth @ part))
        share = np.minimum(worth, missing)
        if share.sum() < missing - NEARLY:
            return False  # whatever is hidden: there is no such move
        self.choice.require(share, missing)
        return True

    def prove(self) -> None:
        """A whole-number move for every need, hiding more where only fractions would do."""
        self.attack.give(self.room(self.part))
        left = dict(self.needs)
        while left:
            self.keep(self.attack.whole(self.attack.lift_together(left)))
            before, left = left, {c: n for c, n in left.items() if not self.is_met(c)}
            if len(before) - len(left) < 0.2 * len(before):
                break
        for column in left:
            if not self.is_met(column) and not self.meet(column):
                self.hide_for(column)

    def keep(self, move: Solution | None) -> None:
        if move is not None and any(move[c] >= need for c, need in self.needs.items()):
            self.moves.append(move)

    def is_met(self, column: int) -> bool:
        need = self.needs[column]
        return any(move[column] >= need for move in self.moves)

    def meet(self, column: int) -> bool:
        """Find a whole-number move for one need within the room given last."""
        need = self.needs[column]
        lift = self.attack.lift(column, self.needs[column])
        if lift.height < need - NEARLY:
            self.learn_from(lift, need, self.part)
            return False
        move = self.attack.whole(lift.move)
        if move is None or move[column] < need:
            still = {int(c): 0 for c in np.flatnonzero(self.attack.room == 0.0)}
            wanted = Row({column: 1}, least=need)
            move = least(self.puzzle.moves.fixed(still).also(wanted), {})
        self.keep(move)
        return move is not None

    def hide_for(self, column: int) -> None:
        """The fewest further numbers whose hiding lets this one reach what it needs."""
        move = cheapest_move(self.puzzle, self.hidden, column, self.needs[column])
        if move is not None:
            self.part = np.maximum(self.part, np.array([move[c] != 0 for c in self.priced]))
            self.moves.append(move)
            self.attack.give(self.room(self.part))

    def show_what_is_needless(self) -> None:
        """Show a number again if every need is still met without it."""
        met = [column for column in self.needs if self.is_met(column)]
        if not self.part.any():
            return
        for place in self.choice.least_useful_first():
            if self.part[place] and self.choice.spare(self.part)[place]:
                self.show(place, met)

    def show(self, place: int, met: Sequence[int]) -> None:
        column, moves = int(self.priced[place]), self.moves
        self.part[place] = 0.0
        self.attack.give(self.room(self.part))
        self.moves = [move for move in moves if not move[column]]
        if not all(self.is_met(need) or self.meet(need) for need in met):
            self.part[place] = 1.0
            self.moves = moves


def is_part(part: Numbers) -> NDArray[np.bool_]:
    return np.asarray((part > NEARLY) & (part < 1.0 - NEARLY))


def cheapest_move(
    puzzle: Puzzle, hidden: frozenset[int], column: int, need: int
) -> Solution | None:
    """A whole-number move of one column at the least price of what else must be hidden."""
    dear = [c for c in puzzle.prices if c not in hidden]
    size = len(puzzle.moves.lower)
    switch = {c: size + place for place, c in enumerate(dear)}
    rows = [Row({column: 1}, least=need)]
    for c, on in switch.items():
        rows.append(Row({c: 1, on: -puzzle.moves.upper[c]}, most=0))
        rows.append(Row({c: 1, on: -puzzle.moves.lower[c]}, least=0))
    program = puzzle.moves.with_switches(len(dear)).also(*rows)
    found = least(program, {on: puzzle.prices[c] for c, on in switch.items()})
    return None if found is None else found[:size]
