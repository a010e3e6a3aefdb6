"""How sure a tier is, from how many groups."""

from __future__ import annotations

import random

from readiness.assessments.reliability import alpha_of, assess
from readiness.assessments.service.scoring import scoring_run
from tests.factories.instruments import a_tier, an_instrument, answers_at

INSTRUMENT = an_instrument(
    {"QMS": {"LEAD": 4}, "EQR": {"REAL": 4}},
    tiers=(a_tier("T0"), a_tier("T1"), a_tier("T2", axis_min={"QMS": 50, "EQR": 95})),
)


def history(groups):
    """Groups that differ, each answering its items nearly alike."""
    rng = random.Random(groups)
    sets = []
    for _ in range(groups):
        level = rng.randint(1, 3)
        near = {item.id.replace("-", "_"): level + rng.randint(-1, 1) for item in INSTRUMENT.items}
        sets.append(answers_at(INSTRUMENT, level, **near))
    return sets


def test_below_thirty_groups_it_cannot_be_told():
    run = scoring_run(INSTRUMENT, {}, answers_at(INSTRUMENT, 2))
    found = assess(INSTRUMENT, run, history(13))
    assert "cannot be told yet" in found.says
    assert "there are 13" in found.says
    assert not found.alphas


def test_from_thirty_groups_alpha_is_told_and_no_cut_is_judged():
    run = scoring_run(INSTRUMENT, {}, answers_at(INSTRUMENT, 2))
    found = assess(INSTRUMENT, run, history(40))
    assert [(each.domain_id, each.items, each.groups) for each in found.alphas] == [
        ("LEAD", 4, 40),
        ("REAL", 4, 40),
    ]
    assert all(each.low < each.value < each.high for each in found.alphas)
    assert not found.near


def test_from_sixty_groups_a_score_near_a_cut_is_flagged():
    run = scoring_run(INSTRUMENT, {}, answers_at(INSTRUMENT, 2))
    found = assess(INSTRUMENT, run, history(60))
    assert len(found.near) == 1  # QMS is at its cut, EQR far from it
    assert "(QMS)" in found.near[0]


def test_groups_with_a_dont_know_are_left_out_of_alpha():
    sets = history(31)
    sets[0] = answers_at(INSTRUMENT, 2, LEAD_1="dk")
    found = alpha_of(INSTRUMENT.domain_by_id["LEAD"], sets)
    assert found
    assert found.groups == 30
    sets[1] = sets[0]
    assert alpha_of(INSTRUMENT.domain_by_id["LEAD"], sets) is None
