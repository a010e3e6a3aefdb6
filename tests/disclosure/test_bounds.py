"""What everybody knows of needs, `any` and `all5`: true of all patients, and of use to nobody."""

from __future__ import annotations

import random
from collections import Counter
from itertools import product

import pytest

from readiness.cli.suppress import as_json
from readiness.counts.social_risk.models import FIVE, Need
from readiness.disclosure.bounds import BOUNDS
from readiness.disclosure.flat_counts import CountKind
from readiness.disclosure.service import suppress
from tests.disclosure.table_attacker import Attacker, small_counts
from tests.disclosure.test_service import source
from tests.factories.seeds import seeds

ABOUT_FIVE = [
    bound for bound in BOUNDS if {need for _, need in bound.larger} <= {*FIVE, Need.ANY, Need.ALL5}
]


def counted(answers):
    """In which counts a patient is, whose answers are None, False or True by need."""
    asked = {need: answer for need, answer in zip(FIVE, answers, strict=True) if answer is not None}
    found: Counter[tuple[CountKind, Need]] = Counter()
    groups = dict(asked)
    groups |= {Need.ANY: any(asked.values())} if asked else {}
    groups |= {Need.ALL5: any(asked.values())} if len(asked) == len(FIVE) else {}
    for need, is_positive in groups.items():
        found[CountKind.SCREENED, need] = 1
        found[CountKind.POSITIVE if is_positive else CountKind.NEGATIVE, need] = 1
    return found


def test_every_bound_holds_for_every_kind_of_patient():
    assert len(ABOUT_FIVE) == 33
    for answers in product((None, False, True), repeat=len(FIVE)):
        found = counted(answers)
        for bound in ABOUT_FIVE:
            smaller, larger = (sum(found[each] for each in side) for side in bound)
            assert smaller <= larger, (answers, bound)


def test_four_needs_and_any_tell_nothing_of_the_fifth():
    key = ("elm", "2026-Q1")
    row: dict[Need, tuple[int, int]] = dict.fromkeys(FIVE, (29, 12))
    row |= {Need.SAFETY: (4, 2), Need.ANY: (30, 14), Need.ALL5: (0, 0)}
    rows = {(*key, need.value, "total", "total"): tally for need, tally in row.items()}
    screened = {r.key.domain: r.screened for r in suppress(source(rows), 11).rows}
    assert screened[Need.SAFETY] is None
    assert sum(people is None for people in screened.values()) > 1


STRATA = {"race_omb2024": ("white", "black", "asian"), "language": ("en", "es")}


def a_quarter(seed):
    throw = random.Random(seed)
    patients = [
        (
            {kind: throw.choice(names) for kind, names in STRATA.items()},
            counted([throw.choice((None, False, False, True)) for _ in FIVE]),
        )
        for _ in range(throw.randint(20, 120))
    ]
    found = {}
    strata = [("total", "total"), *((kind, n) for kind, names in STRATA.items() for n in names)]
    for (kind, name), need in product(strata, (*FIVE, Need.ANY, Need.ALL5)):
        them = [about for of, about in patients if kind == "total" or of[kind] == name]
        tally = tuple(
            sum(about[each, need] for about in them)
            for each in (CountKind.SCREENED, CountKind.POSITIVE)
        )
        if tally[0]:
            found["elm", "2026-Q1", need.value, kind, name] = tally
    return found


@pytest.mark.slow
@pytest.mark.parametrize("seed", seeds(range(60), 5))
def test_no_small_count_of_a_quarter_can_be_worked_out(seed):
    rows = a_quarter(seed)
    truth = {key: (n, positive, n - positive) for key, (n, positive) in rows.items()}
    reader = Attacker()
    reader.reads(as_json(suppress(source(rows), 11)), truth)
    small = [each for each in small_counts(truth, 11) if each in reader.columns]
    assert small
    assert reader.pinned(small, 11) == []
