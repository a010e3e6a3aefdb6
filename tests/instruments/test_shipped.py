"""The instrument that we ship."""

from __future__ import annotations

import re
from fractions import Fraction
from itertools import pairwise

import pytest

from readiness.instruments import cost_book
from readiness.instruments import loader as instruments
from readiness.instruments.loader import SHIPPED
from readiness.instruments.models import CostDriver, GateKind
from readiness.instruments.population import Ages
from readiness.instruments.quantities import Quantity
from tests.factories.second_version import shipped_text

QMER = instruments.load("qmer")

REFERENCE_GROUP = {  # the group that the file's cost_reference describes
    "clinicians_fte": 40,
    "sites": 8,
    "active_patients": 50_000,
    "attributed_members": 50_000,
    "interpreter_patients": 1_000,
}
BANDS = {1: (0, 25_000), 2: (25_000, 100_000), 3: (100_000, 300_000), 4: (300_000, 10**9)}


def test_every_shipped_file_has_no_problems():
    paths = list(SHIPPED.glob("*/*.yaml"))
    assert paths
    assert {path.name: instruments.problems_of(path) for path in paths} == {
        path.name: () for path in paths
    }


def test_it_has_nine_domains_on_two_axes_57_items_and_25_interventions():
    assert [len(domain.items) for domain in QMER.domains] == [6, 8, 6, 6, 7, 6, 7, 6, 5]
    assert [(axis.id, len(axis.domain_ids)) for axis in QMER.axes] == [("QMS", 4), ("EQR", 5)]
    assert len(QMER.items) == len(QMER.item_by_id) == 57
    assert len(QMER.interventions) == 25
    assert [item.id for item in QMER.context] == [f"CTX-{n:02}" for n in range(1, 17)]


def test_every_item_has_five_different_anchors_and_at_least_one_intervention():
    for item in QMER.items:
        assert len(set(item.levels)) == 5, item.id
        assert item.intervention_ids, item.id


def test_the_tiers_ask_what_was_decided():
    def gates(tier_id, kind):
        return {g.item_id: g.level for g in QMER.tier_by_id[tier_id].gates if g.kind is kind}

    assert [(t.id, t.title) for t in QMER.tiers] == [
        ("T0", "Not yet ratable"),
        ("T1", "Foundation"),
        ("T2", "Developing"),
        ("T3", "Incentive-ready"),
        ("T4", "Sustaining"),
    ]
    assert [tier.axis_min for tier in QMER.tiers[2:]] == [
        {"QMS": 35, "EQR": 30},
        {"QMS": 60, "EQR": 55},
        {"QMS": 80, "EQR": 75},
    ]
    assert [tier.domain_min for tier in QMER.tiers] == [0, 0, 15, 40, 60]
    assert [tier.supporting_unmet_max for tier in QMER.tiers] == [0, 0, 2, 2, 1]
    assert gates("T2", GateKind.ESSENTIAL) == {"REAL-1": 2}
    assert gates("T4", GateKind.ESSENTIAL) == {"MEAS-2": 3, "EQME-1": 3, "EQME-5": 3, "CONT-4": 3}
    assert [len(tier.gates) for tier in QMER.tiers] == [0, 0, 7, 16, 9]


def test_every_gate_says_why_and_none_falls():
    for item_id, gates in QMER.gates_by_item.items():
        assert item_id in QMER.item_by_id
        assert all(gate.why for gate in gates)
        assert all(low.level <= high.level for low, high in pairwise(gates))


def test_not_applicable_is_allowed_on_five_items_under_a_condition_each():
    conditions = {item.id: item.na_when.text for item in QMER.items if item.na_when}
    assert conditions == {
        "LEAD-2": "not separate_governing_body",
        "LEAD-5": "sites == 1",
        "IMPR-6": "clinicians_fte <= 1",
        "PART-3": 'interpreter_share < 0.01 and interpreter_patients < 50 and level("REAL-5") >= 3',
        "CONT-4": 'level("EQME-4") <= 1',
    }
    assert all(bool(item.na_says) == bool(item.na_when) for item in QMER.items)


def test_limits_are_exact():
    limits = QMER.limits
    assert limits.na_per_domain == limits.dk_per_domain == Fraction("0.34")
    assert (limits.dk_overall, limits.na_cap) == (Fraction("0.15"), "T2")


def test_two_claims_are_checked_against_counts():
    assert {item.id: item.support_at for item in QMER.items if item.support_at} == {
        "SOCR-2": {1: Fraction("0.1"), 2: Fraction("0.3"), 3: Fraction("0.6"), 4: Fraction("0.8")},
        "SOCR-5": {3: Fraction("0.6"), 4: Fraction("0.8")},
    }


@pytest.mark.parametrize("intervention", QMER.interventions, ids=lambda each: each.id)
def test_a_cost_band_agrees_with_the_cost_for_the_reference_group(intervention):
    cost = intervention.cost
    if cost.quantity is None:
        assert cost.driver in (CostDriver.DAY, CostDriver.RIDE, CostDriver.PATIENT)
        return
    units = Quantity(cost.quantity).units(REFERENCE_GROUP)
    low, high = BANDS[cost.band]
    assert cost.low_dollars * units < high
    assert cost.high_dollars * units >= low


def test_every_estimate_is_marked():
    assert set(QMER.marks) == {"V", "K", "E"}
    assert QMER.intervention_by_id["REALAUD"].cost.status == "E"
    assert QMER.intervention_by_id["DASH"].effect.status == "part V, numbers K"


def test_a_source_gives_the_likely_cost_only_of_a_collaborative_and_a_mailed_test():
    likely = {i.id: i.cost.likely_dollars for i in QMER.interventions if i.cost.likely_dollars}
    assert likely == {"LEARN": 250_000, "FIT": Fraction("12.41")}


OF_ADULTS = re.compile(r"(?i)\badults?\b|mammogra|stool|colo|breast|HbA1c|diabet|pharmacist-led")


def texts_for_everybody():
    """What a group of any ages reads; what studies found is told as found, whoever took part."""
    for tier in QMER.tiers:
        yield from (tier.reading, tier.usually, tier.incentive_fit)
    for item in QMER.items:
        yield from (item.why, item.stem, *item.levels)
    for note in cost_book.load().notes:
        if note.population.ages is Ages.ALL:
            each = QMER.intervention_by_id[note.intervention_id]
            yield from (each.title, each.what, each.staffing, each.sustain, each.equity_note)
            yield from (note.acts, *note.may_pay, note.pays_after, note.source)


def test_nothing_for_adults_alone_is_told_to_a_group_of_children():
    told = list(texts_for_everybody())
    assert len(told) > 500
    assert [each for each in told if OF_ADULTS.search(each) and "child" not in each] == []


def test_every_context_field_can_be_filled_in():
    for field in QMER.field_by_key.values():
        assert bool(field.columns) == (field.type == "table")
        assert bool(field.choices) == (field.type in ("choice", "choices"))
    assert {"sites", "clinicians_fte", "separate_governing_body", "age_mix"} <= set(
        QMER.field_by_key
    )


def test_the_file_keeps_the_manner_of_the_country_it_is_for():
    for british in ("randomised", "judgement", "artefact", "finalised", "favour"):
        assert british not in shipped_text()
