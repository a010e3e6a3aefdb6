from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest

from readiness.instruments import cost_book as costs
from readiness.instruments import loader as instruments
from readiness.instruments.answers import Context
from readiness.instruments.cost_book import CostNote
from readiness.instruments.models import Intervention
from readiness.plans.costs import (
    ResourceRequirements,
    estimate_cost,
    requirements_of,
    round_dollars,
)

BOOK = costs.load("qmer", "2026.1")
EVERYTHING = {
    "sites": 7,
    "clinicians_fte": 33.5,
    "active_patients": 41_777,
    "attributed_members": 12_345,
    "interpreter_patients": 613,
}
QMER = instruments.load("qmer", "2026.1")
COACH = QMER.intervention_by_id["COACH"].cost


def note_of(intervention_id: str) -> CostNote:
    note = BOOK.note(intervention_id)
    assert note is not None
    return note


def taken(
    intervention: Intervention, note: CostNote, context: Context, units: Fraction | None = None
) -> ResourceRequirements:
    takes = requirements_of(intervention, note, context, units)
    assert takes is not None
    return takes


def test_a_cost_per_site_is_known_once_the_sites_are():
    assert estimate_cost(COACH, {}).total is None
    low, high = int(COACH.low_dollars), int(COACH.high_dollars)
    total = estimate_cost(COACH, {"sites": 3}).total
    assert total is not None
    assert [total.low, total.high] == [Decimal(3 * low), Decimal(3 * high)]


def test_the_likely_value_is_the_geometric_mean_and_says_so():
    cost = replace(COACH, low_dollars=Fraction(10_000), high_dollars=Fraction(40_000))
    price = estimate_cost(cost, {"sites": 1})
    assert price.per_unit.likely == 20_000
    assert price.is_likely_estimated


def test_a_source_s_likely_value_is_kept():
    cost = replace(COACH, likely_dollars=Fraction(12_345))
    price = estimate_cost(cost, {"sites": 2})
    assert price.total is not None
    assert price.total.likely == 24_690
    assert not price.is_likely_estimated


def test_a_cost_without_a_driver_is_never_a_total():
    rides = QMER.intervention_by_id["TRANS"].cost
    assert rides.quantity is None
    assert estimate_cost(rides, {"sites": 3, "active_patients": 9_000}).total is None


def test_half_a_cent_is_rounded_up_and_small_sums_keep_their_cents():
    assert round_dollars(Fraction(1055, 1000)) == Decimal("1.06")
    assert round_dollars(Fraction(20001, 2)) == Decimal(10001)


def test_every_cost_of_the_catalogue_can_be_told_or_says_what_it_waits_for():
    for intervention in QMER.interventions:
        price = estimate_cost(intervention.cost, {})
        assert price.total or price.units_say, intervention.id
        assert price.per_unit.low <= price.per_unit.likely <= price.per_unit.high


@pytest.mark.parametrize("intervention", QMER.interventions, ids=lambda each: each.id)
def test_one_off_and_yearly_are_the_first_year_to_the_cent(intervention):
    total = estimate_cost(intervention.cost, EVERYTHING).total
    note = note_of(intervention.id)
    if total is None:
        assert requirements_of(intervention, note, EVERYTHING) is None
        takes = taken(intervention, note, {}, Fraction(37))
    else:
        takes = taken(intervention, note, EVERYTHING)
        assert takes.first_year == total
    for part in (takes.one_off, takes.yearly, takes.people_days):
        assert 0 <= part.low <= part.likely <= part.high


def test_units_somebody_counted_replace_those_of_the_catalogue():
    intervention, note = QMER.intervention_by_id["COACH"], note_of("COACH")
    counted = taken(intervention, note, {"sites": 3}, Fraction(9))
    assert counted == requirements_of(intervention, note, {"sites": 9})
    assert counted.first_year.low == 9 * int(COACH.low_dollars)


@pytest.mark.parametrize("share", [Fraction(0), Fraction(1, 3), Fraction(999, 1000), Fraction(1)])
def test_both_parts_of_a_cost_rise_with_it_whatever_the_share(share):
    intervention = QMER.intervention_by_id["COACH"]
    near = replace(COACH, low_dollars=Fraction(99999, 100), high_dollars=Fraction(1002))
    note = replace(note_of("COACH"), one_off_share=share)
    takes = taken(replace(intervention, cost=near), note, {"sites": 1})
    for part in (takes.one_off, takes.yearly):
        assert 0 <= part.low <= part.likely <= part.high
