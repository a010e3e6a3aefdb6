from __future__ import annotations

import pytest

from readiness.equity.gates import USE_LABELS, Use, gap_use, rate_use

GATES = [  # the whole table, readable by a statistician
    (10, 500, None, Use.HIDDEN),
    (500, 10, None, Use.HIDDEN),
    (None, 500, None, Use.HIDDEN),
    (11, 500, 0.9, Use.COUNT_ONLY),
    (12, 12, 0.9, Use.COUNT_ONLY),
    (12, 13, None, Use.DIRECTIONAL),
    (100, 500, 0.39, Use.DIRECTIONAL),
    (100, 500, 0.40, Use.PEER_COMPARISON),
    (100, 500, 0.69, Use.PEER_COMPARISON),
    (100, 500, 0.70, Use.RANKING),
]


@pytest.mark.parametrize(("people", "others", "reliability", "use"), GATES)
def test_what_a_gap_may_be_used_for(people, others, reliability, use):
    assert gap_use(people, others, reliability) is use


def test_nobody_is_not_hidden_and_has_no_rate():
    assert rate_use(0) is Use.COUNT_ONLY
    assert gap_use(0, 500, 0.9) is Use.COUNT_ONLY


def test_every_use_has_words():
    assert set(USE_LABELS) == set(Use)
