"""A reader with every release of a period and a solver, who wants the small counts behind equity.

Written from what the numbers mean, apart from the code that hides them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from contextlib import closing
from itertools import combinations

import pytest

from readiness.core.db import Store
from readiness.core.integer_program import Program, Row
from readiness.core.migrations import migrate
from readiness.core.periods import Period
from readiness.core.solver import least
from readiness.counts.quality.models import (
    DemographicCell,
    DemographicField,
    DemographicSource,
    DemographicStatus,
    MeasureCell,
    MeasurePart,
    QualityCell,
    QualityCounts,
)
from readiness.counts.strata import ALL, Stratum, StratumType
from readiness.disclosure.db import quality as stored
from readiness.disclosure.succession import ReleaseOutcome
from readiness.releases.service import publication
from readiness.releases.service.publication import QUALITY
from tests.factories import world
from tests.factories.world import NOW

ENDING = Period(2026, 4)
BIG = 100_000
RACES = {"white": 60, "black": 14, "asian": 4, "aian": 1, "unknown": 9}
LANGUAGES = {"english": 86, "spanish": 11, "other": 3}


class Reader:
    """`releases`: the true counts, only to know what would be a hit, and what was printed."""

    def __init__(self, releases):
        self.releases = releases
        names = [(n, cell) for n, (_, printed) in enumerate(releases) for cell in printed]
        self.columns = {name: at for at, name in enumerate(names)}
        values = [releases[n][1][cell] for n, cell in names]
        self.program = Program(
            tuple(1 if value is None else value for value in values),
            tuple(BIG if value is None else value for value in values),
            tuple(row for n in range(len(releases)) for row in self.rules(n)),
        )

    def terms(self, number, plus, minus):
        found = {self.columns[number, cell]: 1 for cell in plus}
        return found | {self.columns[number, cell]: -1 for cell in minus}

    def rules(self, number):
        truth, _ = self.releases[number]
        for plus, minus in self.differences(number):
            left = sum(truth[c] for c in plus) - sum(truth[c] for c in minus)
            is_exact = left == 0 and not is_not_met(plus, minus)
            yield Row(self.terms(number, plus, minus), 0, 0 if is_exact else None)

    def differences(self, number):
        """Sets of cells of which the second, as everybody knows, are people of the first."""
        truth, printed = self.releases[number]
        kinds = defaultdict(list)
        for cell in printed:
            if isinstance(cell, MeasureCell):
                kinds[cell.measure_id, cell.stratum.type, cell.is_estimated].append(cell.stratum)
        for (measure, kind, estimated), strata in kinds.items():
            met, counted = (
                [MeasureCell(measure, part, stratum, estimated) for stratum in set(strata)]
                for part in MeasurePart
            )
            yield from (((b,), (a,)) for a, b in zip(met, counted, strict=True))
            wholes = [MeasureCell(measure, part) for part in MeasurePart]
            if kind is not StratumType.TOTAL and wholes[0] in printed:
                yield (wholes[0],), tuple(met)
                yield (wholes[1],), tuple(counted)
                yield (wholes[1], *met), (wholes[0], *counted)
        fields = [
            tuple(c for c in printed if getattr(c, "field", "") == f) for f in DemographicField
        ]
        if all(fields):
            yield tuple(sorted(fields, key=lambda cells: -sum(truth[c] for c in cells)))

    def secrets(self):
        for number, (truth, printed) in enumerate(self.releases):
            for cell in printed:
                yield cell.key, truth[cell], self.terms(number, (cell,), ())
            for plus, minus in self.differences(number):
                left = sum(truth[c] for c in plus) - sum(truth[c] for c in minus)
                yield f"{plus} - {minus}", left, self.terms(number, plus, minus)
        for one, other in combinations(range(len(self.releases)), 2):
            (before, _), (after, _) = self.releases[one], self.releases[other]
            same = [pair for pair in self.differences(one) if pair in set(self.differences(other))]
            for plus, minus in [((c,), ()) for c in before.keys() & after.keys()] + same:
                moved = [
                    sum(each[c] for c in plus) - sum(each[c] for c in minus)
                    for each in (before, after)
                ]
                terms = self.terms(other, plus, minus)
                terms |= {at: -n for at, n in self.terms(one, plus, minus).items()}
                yield f"moved {plus} - {minus}", moved[1] - moved[0], terms

    def extent(self, terms):
        low, high = (
            least(self.program, {at: sign * n for at, n in terms.items()}) for sign in (1, -1)
        )
        assert low is not None
        assert high is not None
        return tuple(sum(n * found[at] for at, n in terms.items()) for found in (low, high))

    def hits(self):
        found = []
        for says, people, terms in self.secrets():
            if 0 < abs(people) < 11:
                low, high = self.extent(terms)
                if 1 <= low <= high < 11 or 1 <= -high <= -low < 11:
                    found.append((says, people, (low, high)))
        return found


def is_not_met(plus, minus):
    """Nobody knows from the form of a table that everybody meets a measure."""
    parts = {cell.part for cell in (*plus, *minus) if isinstance(cell, MeasureCell)}
    return parts == set(MeasurePart)


def counts_of(seed, size):
    """Of invented patients; language may leave some out, and two fields differ by a few."""
    rng = random.Random(seed)
    people = [
        (
            Stratum(StratumType.RACE, rng.choices(list(RACES), list(RACES.values()))[0]),
            Stratum(
                StratumType.LANGUAGE, rng.choices(list(LANGUAGES), list(LANGUAGES.values()))[0]
            ),
            rng.random() < 0.75,
        )
        for _ in range(size)
    ]
    known: dict[QualityCell, int] = {MeasureCell("COL", part): 0 for part in MeasurePart}
    left_out = rng.choice(("other", "nobody"))
    for race, language, is_met in people:
        for stratum in (ALL, race, language):
            if stratum.name != left_out:
                met, counted = (MeasureCell("COL", part, stratum) for part in MeasurePart)
                known[counted] = known.get(counted, 0) + 1
                known[met] = known.get(met, 0) + is_met
    for field in DemographicField:
        states = rng.choices(range(3), (80, 15, 5), k=size + rng.choice((0, 0, 4)))
        for state, origin in enumerate(
            (DemographicSource.SELF_REPORT, DemographicSource.RECORD, None)
        ):
            cell = DemographicCell(
                field, DemographicStatus.KNOWN if origin else DemographicStatus.DECLINED, origin
            )
            known[cell] = states.count(state)
    return known


def publish(path, rounds):
    with closing(Store.create(path / "readiness.db")) as store:
        migrate(store)
        world.fill(store)
        verdicts = []
        for known in rounds:
            found = QualityCounts(ENDING, known)
            ready = publication.prepare(store, QUALITY, "elm", found, 11, NOW)
            publication.save(store, QUALITY, ready, "cara", NOW)
            verdicts.append(ready.outcome)
        formers = stored.previous_releases(store, "elm", ENDING)
    assert verdicts[0] is ReleaseOutcome.FIRST
    return [(each.known, each.values) for each in formers]


@pytest.mark.slow
@pytest.mark.parametrize("size", [6, 30, 90, 300])
@pytest.mark.parametrize("seed", range(4))
def test_nobody_can_work_out_a_small_count(tmp_path, seed, size):
    assert Reader(publish(tmp_path, [counts_of(seed, size)])).hits() == []


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(6))
def test_nobody_can_work_one_out_from_two_releases(tmp_path, seed):
    size = random.Random(seed).choice((40, 90, 200))
    rounds = [counts_of(seed, size), counts_of(seed + 100, size + 150)]
    found = publish(tmp_path, rounds)
    assert Reader(found).hits() == []


def test_the_reader_would_notice_one_that_is_shown():
    known = counts_of(1, 90)
    printed = {cell: None if 0 < value < 11 else value for cell, value in known.items()}
    assert Reader([(known, printed)]).hits()
