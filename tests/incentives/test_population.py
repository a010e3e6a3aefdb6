from __future__ import annotations

import math

from readiness.incentives.models import GroupNumbers, ReleasedNumbers
from readiness.incentives.population import population_of, shown_cells

ASH = GroupNumbers(
    "ash", "Ash", 2, 300, (30, 120), 1, (), {"COL": {"black": (60, 100), "white": (140, 200)}}
)
OAK = GroupNumbers("oak", "Oak", None, 50, None, 1, (), {"GSD": {"white": (10, 50)}})
NUMBERS = ReleasedNumbers(
    "race_omb2024", "2026-Q4", "white", "", ("COL", "GSD"), ("GSD",), ("black", "white"), (ASH, OAK)
)


def test_every_count_stands_in_its_place_and_what_is_absent_has_no_rate():
    population = population_of(NUMBERS)
    assert population.shape == (2, 2, 2)
    assert population.people.tolist() == [[[100, 200], [0, 0]], [[0, 0], [0, 50]]]
    assert (population.rates[0, 0].tolist(), population.rates[1, 1, 1]) == ([0.6, 0.7], 0.2)
    assert shown_cells(population).sum() == 3
    assert population.strata[population.reference] == "white"


def test_what_is_not_known_of_a_group_is_said_so_and_never_taken_for_none():
    population = population_of(NUMBERS)
    assert population.tiers.tolist() == [2, -1]
    assert population.social_risk[0] == 0.25
    assert math.isnan(population.social_risk[1])
    assert population.higher_is_better.tolist() == [True, False]
