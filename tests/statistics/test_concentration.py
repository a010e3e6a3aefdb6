from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from readiness.statistics.inequality import concentration_index, fractional_ranks

GROUPS = st.lists(
    st.tuples(st.integers(0, 1000), st.sampled_from([0.1, 0.2, 0.3, 0.4]), st.integers(1, 500)),
    min_size=1,
    max_size=12,
).filter(lambda groups: sum(given for given, _, _ in groups) > 0)


def index_of(groups):
    return concentration_index(*zip(*groups, strict=True))


def test_the_middle_of_each_group_is_its_rank():
    """100, 300 and 600 people: up to .1, .4 and 1."""
    assert fractional_ranks([5, 7, 9], [100, 300, 600]) == pytest.approx([0.05, 0.25, 0.7])
    assert fractional_ranks([9, 5, 7], [600, 100, 300]) == pytest.approx([0.7, 0.05, 0.25])


def test_groups_ranked_alike_share_one_rank():
    assert fractional_ranks([5, 5, 9], [100, 300, 600]) == pytest.approx([0.2, 0.2, 0.7])


def test_the_index_of_three_groups_by_hand():
    """Ranks .05, .25, .7; given 20, 30, 50: 2 × (20 × −.45 + 30 × −.25 + 50 × .2) ÷ 100 = −.13."""
    assert concentration_index([20, 30, 50], [5, 7, 9], [100, 300, 600]) == pytest.approx(-0.13)


def test_the_index_is_the_textbook_sum_over_single_people():
    """2 ÷ (n² μ) Σ h i − 1 − 1/n, with people numbered from the lowest ranked."""
    each = [3.0, 1.0, 4.0, 1.0, 5.0, 9.0, 2.0]
    n, mean = len(each), sum(each) / len(each)
    textbook = 2 / (n * n * mean) * sum(h * i for i, h in enumerate(each, 1)) - 1 - 1 / n
    assert concentration_index(each, range(n), [1] * n) == pytest.approx(textbook)


def test_all_to_one_end_of_many_is_nearly_one():
    nothing = [0.0] * 99
    assert concentration_index([*nothing, 1], range(100), [1] * 100) == pytest.approx(0.99)
    assert concentration_index([1, *nothing], range(100), [1] * 100) == pytest.approx(-0.99)


@given(GROUPS)
def test_the_same_to_everybody_is_no_concentration(groups):
    assert index_of([(people, rank, people) for _, rank, people in groups]) == pytest.approx(0)


@given(GROUPS, st.randoms(use_true_random=False))
def test_neither_order_nor_scale_nor_splitting_a_group_changes_it(groups, rng):
    expected = pytest.approx(index_of(groups), abs=1e-9)
    shuffled = rng.sample(groups, len(groups))
    assert index_of(shuffled) == expected
    assert (
        index_of([(7 * given, 3 + rank, 2 * people) for given, rank, people in groups]) == expected
    )
    given, rank, people = groups[0]
    halves = [(given / 2, rank, people / 2)] * 2
    assert index_of([*halves, *groups[1:]]) == expected


@given(GROUPS)
def test_turning_the_ranking_round_turns_the_sign(groups):
    turned = [(given, -rank, people) for given, rank, people in groups]
    assert index_of(turned) == pytest.approx(-index_of(groups), abs=1e-9)


@pytest.mark.parametrize(
    ("given", "ranked_by", "people"),
    [([1], [1], [0]), ([1], [1], [1, 2]), ([], [], []), ([1, 1], [1, 2], [2, -1])],
)
def test_a_ranking_of_nobody_is_refused(given, ranked_by, people):
    with pytest.raises(ValueError, match="how many people"):
        concentration_index(given, ranked_by, people)


@pytest.mark.parametrize("given", [[0, 0], [3, -1], [1]])
def test_a_concentration_of_nothing_is_refused(given):
    with pytest.raises(ValueError, match="above 0 in all"):
        concentration_index(given, [1, 2], [1, 1])
