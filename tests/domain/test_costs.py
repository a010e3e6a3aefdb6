from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

from readiness import instruments
from readiness.domain.costs import CostRange, priced, rounded, together

QMER = instruments.load("qmer", "2026.1")
COACH = QMER.intervention_by_id["COACH"].cost


def test_a_cost_per_site_is_known_once_the_sites_are():
    assert priced(COACH, {}).total is None
    low, high = int(COACH.low_dollars), int(COACH.high_dollars)
    total = priced(COACH, {"sites": 3}).total
    assert total is not None
    assert [total.low, total.high] == [Decimal(3 * low), Decimal(3 * high)]


def test_the_likely_value_is_the_geometric_mean_and_says_so():
    cost = replace(COACH, low_dollars=Fraction(10_000), high_dollars=Fraction(40_000))
    price = priced(cost, {"sites": 1})
    assert price.per_unit.likely == 20_000
    assert price.is_likely_estimated


def test_a_source_s_likely_value_is_kept():
    cost = replace(COACH, likely_dollars=Fraction(12_345))
    price = priced(cost, {"sites": 2})
    assert price.total is not None
    assert price.total.likely == 24_690
    assert not price.is_likely_estimated


def test_a_cost_without_a_driver_is_never_a_total():
    rides = QMER.intervention_by_id["TRANS"].cost
    assert rides.quantity is None
    assert priced(rides, {"sites": 3, "active_patients": 9_000}).total is None


def test_half_a_cent_is_rounded_up_and_small_sums_keep_their_cents():
    assert rounded(Fraction(1055, 1000)) == Decimal("1.06")
    assert rounded(Fraction(20001, 2)) == Decimal(10001)


def test_ranges_are_added_end_to_end():
    one = CostRange(Decimal(1), Decimal(2), Decimal(4))
    assert together([one, one]) == CostRange(Decimal(2), Decimal(4), Decimal(8))
    assert together([]) == CostRange(Decimal(0), Decimal(0), Decimal(0))


def test_every_cost_of_the_catalogue_can_be_told_or_says_what_it_waits_for():
    for intervention in QMER.interventions:
        price = priced(intervention.cost, {})
        assert price.total or price.units_say, intervention.id
        assert price.per_unit.low <= price.per_unit.likely <= price.per_unit.high
