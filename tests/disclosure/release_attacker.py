"""A reader who wants to know what was hidden, and who has every release and a solver.

Written from what the numbers mean, apart from the code that hides them: which people are part of
which, that parts exclude each other, and that a hidden number is at least 1.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import combinations, pairwise

from readiness.core.integer_program import Program, Row
from readiness.core.solver import least
from readiness.counts.social_risk.models import FIVE, FunnelCell, Need, Step
from readiness.counts.strata import ALL, STRATA, Stratum

BIG = 100_000
GROUP = ("eligible", "screening_offered", "screened", "any_positive")
NEED = ("screened", "positive", "wants_help", "outcome_known", "connected", "resolved")
Known = Mapping[FunnelCell, int]
Printed = Mapping[FunnelCell, int | None]


def chains(part: Stratum) -> Iterator[tuple[FunnelCell, ...]]:
    yield tuple(FunnelCell(Step(step), None, part) for step in GROUP)
    yield tuple(FunnelCell(Step(step), None, part) for step in (*GROUP[:2], "declined"))
    for need in Need:
        row = tuple(FunnelCell(Step(step), need, part) for step in NEED)
        yield (*(FunnelCell(Step(step), None, part) for step in GROUP[:3]), *row)
        yield (*row[:3], FunnelCell(Step.REFERRED_30D, need, part))
        if need in FIVE:
            yield FunnelCell(Step.ANY_POSITIVE, None, part), row[1]


class Reader:
    """All releases of one quarter, the true counts only to know what would be a hit."""

    def __init__(self, releases: Sequence[tuple[Known, Printed]], threshold: int = 11) -> None:
        self.releases, self.threshold = releases, threshold
        self.columns: dict[tuple[int, FunnelCell], int] = {}
        for number, (_, printed) in enumerate(releases):
            for cell in printed:
                self.columns[number, cell] = len(self.columns)
        self.program = Program(
            tuple(self.bound(*name, otherwise=1) for name in self.columns),
            tuple(self.bound(*name, otherwise=BIG) for name in self.columns),
            tuple(row for number in range(len(releases)) for row in self.rules(number)),
        )

    def bound(self, number: int, cell: FunnelCell, otherwise: int) -> int:
        value = self.releases[number][1][cell]
        return otherwise if value is None else value

    def rules(self, number: int) -> Iterator[Row]:
        cells = self.releases[number][1]
        for part in {cell.stratum for cell in cells}:
            for chain in chains(part):
                known = [cell for cell in chain if cell in cells]
                for outer, inner in pairwise(known):
                    yield self.at_least(number, {outer: 1, inner: -1})
            both = {
                FunnelCell(Step.SCREENED, None, part): -1,
                FunnelCell(Step.DECLINED, None, part): -1,
            }
            for step in (Step.SCREENING_OFFERED, Step.ELIGIBLE):
                whole = FunnelCell(step, None, part)
                if {whole, *both} <= cells.keys():
                    yield self.at_least(number, {whole: 1, **both})
        for whole, parts, is_all in self.breakdowns(number):
            terms = {whole: 1, **dict.fromkeys(parts, -1)}
            yield self.at_least(number, terms, 0 if is_all else None)

    def breakdowns(self, number: int) -> Iterator[tuple[FunnelCell, list[FunnelCell], bool]]:
        """Parts of a whole, and whether together they are all of it."""
        known, printed = self.releases[number]
        for whole in (cell for cell in printed if cell.stratum == ALL):
            for kind, names in STRATA.items():
                every = [FunnelCell(whole.step, whole.need, Stratum(kind, name)) for name in names]
                parts = [cell for cell in every if cell in printed]
                if parts:
                    is_all = sum(known[cell] for cell in parts) == known[whole]
                    yield whole, parts, is_all and len(parts) == len(every)

    def at_least(
        self, number: int, terms: Mapping[FunnelCell, int], most: int | None = None
    ) -> Row:
        return Row({self.columns[number, c]: n for c, n in terms.items()}, 0, most)

    def extent(self, terms: Mapping[int, int]) -> tuple[int, int]:
        ends = []
        for direction in (1, -1):
            costs = {column: direction * n for column, n in terms.items()}
            found = least(self.program, costs)
            assert found is not None, "the truth solves it"
            ends.append(sum(n * found[column] for column, n in terms.items()))
        return ends[0], ends[1]

    def hits(self) -> list[tuple[str, int, tuple[int, int]]]:
        """Every small number of people that can be proved small, with what is proved of it."""
        return [
            (says, people, extent)
            for says, people, terms in self.secrets()
            if 0 < abs(people) < self.threshold and self.gives_away(extent := self.extent(terms))
        ]

    def gives_away(self, extent: tuple[int, int]) -> bool:
        low, high = extent
        return 1 <= low <= high < self.threshold or 1 <= -high <= -low < self.threshold

    def secrets(self) -> Iterator[tuple[str, int, dict[int, int]]]:
        for number, (known, printed) in enumerate(self.releases):
            for cell in printed:
                yield f"{number} {cell.key}", known[cell], {self.columns[number, cell]: 1}
            for outer, inner in self.inclusions(number):
                yield (
                    f"{number} {outer.key} without {inner.key}",
                    known[outer] - known[inner],
                    {self.columns[number, outer]: 1, self.columns[number, inner]: -1},
                )
            for whole, parts, is_all in self.breakdowns(number):
                if not is_all:
                    terms = {self.columns[number, whole]: 1}
                    terms |= {self.columns[number, part]: -1 for part in parts}
                    people = known[whole] - sum(known[part] for part in parts)
                    yield f"{number} rest of {whole.key}", people, terms
        for one, other in combinations(range(len(self.releases)), 2):
            yield from self.changes(one, other)

    def inclusions(self, number: int) -> set[tuple[FunnelCell, FunnelCell]]:
        cells = self.releases[number][1]
        return {
            pair
            for part in {cell.stratum for cell in cells}
            for chain in chains(part)
            for pair in combinations([cell for cell in chain if cell in cells], 2)
        }

    def changes(self, one: int, other: int) -> Iterator[tuple[str, int, dict[int, int]]]:
        before, after = self.releases[one][0], self.releases[other][0]
        for cell in self.releases[one][1].keys() & self.releases[other][1].keys():
            terms = {self.columns[other, cell]: 1, self.columns[one, cell]: -1}
            yield f"{one} to {other} {cell.key}", after[cell] - before[cell], terms
        for outer, inner in self.inclusions(one) & self.inclusions(other):
            terms = {
                self.columns[other, outer]: 1,
                self.columns[other, inner]: -1,
                self.columns[one, outer]: -1,
                self.columns[one, inner]: 1,
            }
            moved = after[outer] - after[inner] - before[outer] + before[inner]
            yield f"{one} to {other} {outer.key} without {inner.key}", moved, terms
