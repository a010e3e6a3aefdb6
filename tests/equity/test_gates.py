from __future__ import annotations

import pytest

from readiness.equity.gates import (
    USE_LABELS,
    Comparability,
    Use,
    gap_comparability,
    gap_use,
    rate_comparability,
    rate_use,
    reference_vote,
)
from readiness.equity.tables import tables_of
from tests.factories.equity_rows import rows

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


ORDER = ("asian", "black", "white")


def table(**counts):
    return tables_of(rows(counts))[0]


@pytest.mark.parametrize(
    ("own", "other", "found"),
    [
        ((30, 40), (70, 90), Comparability.SEEN),
        ((None, None), (70, 90), Comparability.HIDDEN),
        ((None, 40), (70, 90), Comparability.HIDDEN),
        ((30, 40), (None, 90), Comparability.HIDDEN),
        ((4, 8), (70, 90), Comparability.HIDDEN),  # a table that was let out with less care
        ((6, 11), (70, 90), Comparability.FEW),
        ((6, 12), (6, 12), Comparability.FEW),  # together fewer than 25
        ((0, 0), (70, 90), Comparability.NOBODY),
    ],
)
def test_a_gap_takes_two_numbers_that_may_be_seen(own, other, found):
    assert gap_comparability(table(black=own, white=other), "black", "white") is found


def test_a_rate_takes_one_number_and_no_reference():
    one = table(black=(30, 40), white=(None, None))
    assert rate_comparability(one, "black") is Comparability.SEEN
    assert gap_comparability(one, "black", "white") is Comparability.HIDDEN


def test_what_is_not_in_the_table_was_not_counted_and_no_table_was_not_released():
    assert gap_comparability(table(white=(70, 90)), "black", "white") is Comparability.NOT_COUNTED
    assert rate_comparability(None, "black") is Comparability.NOT_RELEASED


def test_the_reference_is_the_one_that_most_groups_declared():
    vote = reference_vote({"a": "white", "b": "asian", "c": "white", "d": ""}, ORDER)
    assert (vote.reference, vote.groups, vote.asked, vote.is_tied) == ("white", 2, 4, False)


def test_of_two_declared_as_often_the_first_in_the_list_stands_and_it_is_said():
    vote = reference_vote({"a": "white", "b": "black"}, ORDER)
    assert (vote.reference, vote.is_tied) == ("black", True)


def test_nobody_s_declaration_is_no_reference():
    assert reference_vote({"a": "", "b": "elsewhere"}, ORDER).reference == ""
