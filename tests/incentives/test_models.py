"""A stored design and a stored outcome are read again as they were."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path

import pytest

from readiness.core.serialization import from_json
from readiness.incentives.design import PRESETS, Design, GapKind, PoolSplit, Rule, problems_of
from readiness.incentives.models import (
    DesignOutcome,
    Eligibility,
    GroupOutcome,
    GroupSlice,
    Scenario,
    Simulated,
    TrueChange,
    outcome_in,
    outcome_out,
    plain,
)

COMPOSITE = Design(
    "Both",
    ("COL", "CBP"),
    Rule.COMPOSITE,
    weights={Rule.NARROWING: 1.0, Rule.ATTAINMENT: 3.0},
    attainment=0.7,
    split=PoolSplit.BY_PATIENTS,
    gap=GapKind.LARGEST,
    least_tier=2,
    confidence=0.95,
)
A = Simulated(0.25, 0.01)
PART = GroupSlice("T1", 2, 1, 900, 0.3, A, A)
OUTCOME = DesignOutcome(
    design=COMPOSITE,
    scenario=Scenario(TrueChange.TRUE_GAIN, 4.0),
    replicates=200,
    groups=(GroupOutcome("ash", 900, Eligibility.TAKES_PART, 2, 500_000.0, A, A),),
    paid=A,
    paid_of_changed=A,
    paid_of_unchanged=None,
    changed=1,
    nobody=A,
    fell=None,
    spent=A,
    unspent=A,
    measures_counted=2,
    measures_asked=2,
    cells_not_shown=1,
    cells_too_few=0,
    by_tier=(PART,),
    by_social_risk=(replace(PART, dollar_share=None),),
    concentration=None,
    present_concentration=0.1,
    concentration_groups=1,
)


@pytest.mark.parametrize("design", [COMPOSITE, *(each.design for each in PRESETS)])
def test_a_design_is_read_as_it_was_stored(design):
    assert from_json(Design, json.loads(json.dumps(plain(design)))) == design


def test_a_design_stored_before_a_setting_was_there_has_it_at_its_usual():
    stored = {name: value for name, value in plain(COMPOSITE).items() if name != "gap"}
    assert from_json(Design, stored) == replace(COMPOSITE, gap=GapKind.MEAN)


def test_an_outcome_is_read_as_it_was_stored():
    assert outcome_in(json.loads(json.dumps(outcome_out(OUTCOME))), COMPOSITE) == OUTCOME


@pytest.mark.parametrize("preset", PRESETS, ids=lambda each: each.id)
def test_a_preset_can_be_tried_as_soon_as_measures_are_chosen(preset):
    assert [each.place for each in problems_of(preset.design)] == ["measure_ids"]
    assert problems_of(replace(preset.design, measure_ids=("COL",))) == ()


ROOT = Path(__file__).parents[2]
SHOWN = (
    "readiness.incentives.cautions",
    "readiness.incentives.design",
    "readiness.incentives.models",
)


def test_a_page_that_shows_what_was_simulated_does_not_wait_for_numpy():
    loaded = "'scipy' in sys.modules or 'numpy' in sys.modules"
    code = f"import sys, {', '.join(SHOWN)}; sys.exit({loaded})"
    subprocess.run([sys.executable, "-c", code], check=True, cwd=ROOT)
