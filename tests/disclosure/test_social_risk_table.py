"""A quarter as a reader outside may come to know it: true in every sum, complete in its gaps."""

from __future__ import annotations

import pytest

from readiness.core.periods import period
from readiness.counts.social_risk.models import FunnelCell, FunnelCounts, Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.disclosure.social_risk_table import releasable_cells, table_of
from readiness.disclosure.table import Residual
from tests.factories.social_risk_counts import counts, simulated

Q3 = period("2026-Q3")
ELIGIBLE, OFFERED, SCREENED = (
    FunnelCell(Step.ELIGIBLE),
    FunnelCell(Step.SCREENING_OFFERED),
    FunnelCell(Step.SCREENED),
)
LANGUAGE = StratumType.LANGUAGE


def table(known, threshold=11):
    return table_of(releasable_cells(FunnelCounts(Q3, known)), threshold)


def by_language(step, **people):
    return {FunnelCell(step, None, Stratum(LANGUAGE, name)): n for name, n in people.items()}


@pytest.mark.parametrize("patients", [0, 3, 25, 200])
@pytest.mark.parametrize("seed", range(4))
def test_every_sum_and_limit_is_true_of_real_patients(patients, seed):
    made = table_of(releasable_cells(simulated(seed, patients, Q3)), 11)
    for each in made.sums:
        assert made.counts[each.whole] == sum(made.counts[part] for part in each.parts), each
    for limit in made.limits:
        assert made.slack_of(limit) >= 0, limit
    assert min(made.counts.values(), default=0) >= 0


def test_the_difference_of_two_neighbors_is_people_too():
    made = table({ELIGIBLE: 400, SCREENED: 250})
    assert made.counts[Residual(ELIGIBLE, (SCREENED,))] == 150
    assert Residual(ELIGIBLE, (SCREENED,)) not in made.shown


def test_a_small_difference_over_several_steps_has_a_cell_of_its_own():
    made = table({ELIGIBLE: 400, OFFERED: 397, SCREENED: 393})
    assert made.counts[Residual(ELIGIBLE, (SCREENED,))] == 7
    assert (
        Residual(ELIGIBLE, (SCREENED,))
        not in table({ELIGIBLE: 400, OFFERED: 380, SCREENED: 300}).counts
    )


def test_a_step_that_nobody_counted_is_stepped_over():
    food = {FunnelCell(Step.POSITIVE, Need.FOOD): 40, FunnelCell(Step.RESOLVED, Need.FOOD): 6}
    made = table(food)
    assert made.counts[Residual(next(iter(food)), tuple(food)[1:])] == 34


def test_parts_that_are_all_known_add_up_to_the_whole():
    parts = by_language(Step.ELIGIBLE, english=300, spanish=60, other=20, declined=15, unknown=5)
    made = table({ELIGIBLE: 400, **parts})
    assert [set(each.parts) for each in made.sums if each.whole == ELIGIBLE] == [set(parts)]


def test_the_rest_of_a_breakdown_is_people_with_gaps_of_their_own():
    parts = by_language(Step.ELIGIBLE, english=300) | by_language(Step.SCREENED, english=200)
    made = table({ELIGIBLE: 400, SCREENED: 295, **parts})
    rests = {
        each.whole.step: each
        for each in made.counts
        if isinstance(each, Residual) and set(each.parts) <= set(parts) and each.whole not in parts
    }
    assert {step: made.counts[rest] for step, rest in rests.items()} == {
        Step.ELIGIBLE: 100,
        Step.SCREENED: 95,
    }
    assert made.counts[Residual(rests[Step.ELIGIBLE], (rests[Step.SCREENED],))] == 5


def test_people_neither_screened_nor_declined_are_people():
    made = table({OFFERED: 300, SCREENED: 250, FunnelCell(Step.DECLINED): 46})
    assert 4 in made.counts.values()


def test_numbers_that_contradict_each_other_are_not_tied():
    made = table({ELIGIBLE: 100, SCREENED: 120})
    assert not made.sums


def test_sites_and_a_second_scheme_of_race_never_leave():
    inside = {
        FunnelCell(Step.ELIGIBLE, None, Stratum(kind, name)): 50
        for kind, name in ((StratumType.RACE_1997, "white"), (StratumType.SEX, "female"))
    } | {
        FunnelCell(Step.REFERRED, Need.FOOD): 50,
        FunnelCell(Step.EXCLUDED): 50,
        FunnelCell(Step.UNKNOWN): 50,
    }
    assert releasable_cells(FunnelCounts(Q3, {ELIGIBLE: 400, **inside})) == {ELIGIBLE: 400}


def test_one_or_more_of_the_five_is_one_number_however_it_came():
    own = FunnelCounts(Q3, {FunnelCell(Step.POSITIVE, Need.ANY): 90})
    assert releasable_cells(own) == {FunnelCell(Step.ANY_POSITIVE): 90}
    told = {ELIGIBLE: 400, FunnelCell(Step.ANY_POSITIVE): 91}
    spanish = FunnelCell(Step.POSITIVE, Need.ANY, Stratum(LANGUAGE, "spanish"))
    both = FunnelCounts(Q3, {**told, FunnelCell(Step.POSITIVE, Need.ANY): 90, spanish: 99})
    assert releasable_cells(both) == told


@pytest.mark.parametrize(("eligible", "leave"), [(199, 0), (200, 1), (9_999, 1), (10_000, 2)])
def test_breakdowns_of_small_groups_are_coarser(eligible, leave):
    spanish = Stratum(LANGUAGE, "spanish")
    parts = {
        FunnelCell(Step.ELIGIBLE, None, spanish): 50,
        FunnelCell(Step.POSITIVE, Need.FOOD, spanish): 20,
    }
    left = releasable_cells(FunnelCounts(Q3, {ELIGIBLE: eligible, **parts}))
    assert len(left.keys() & parts.keys()) == leave


def test_everything_that_leaves_may_be_shown():
    good = counts()
    assert table_of(releasable_cells(good), 11).shown == set(releasable_cells(good))
