"""What a payer's address may ask for, and what a line may say."""

from __future__ import annotations

import pytest

from readiness.domain.portfolio import (
    Query,
    Sort,
    address,
    open_gates,
    query_of,
    reach_of,
    shows_reach,
    visible_reach,
)
from readiness.domain.small_cells import HIDDEN

DOMAINS, CYCLES = ("LEAD", "REAL"), ("c1",)


def asked(**sent):
    return query_of(sent, DOMAINS, CYCLES)


def test_nothing_asked_is_the_whole_list_by_name():
    assert asked() == Query()


def test_every_part_of_an_address_is_understood_and_written_back():
    sent = {
        "text": "elm",
        "tier": "T2",
        "status": "submitted",
        "cycle": "c1",
        "domain": "REAL",
        "below": "40.5",
        "sort": "LEAD",
        "order": "down",
        "page": 3,
        "size": 100,
    }
    query = asked(**{name: str(value) for name, value in sent.items()})
    assert (query.sort, query.sort_domain_id, query.below) == (Sort.DOMAIN, "LEAD", 40.5)
    assert address(query) == {**sent}


@pytest.mark.parametrize(
    "sent",
    [
        {"tier": "T5"},
        {"status": "withdrawn'"},
        {"cycle": "c2"},
        {"sort": "domain"},
        {"sort": "NOPE"},
        {"size": "51"},
        {"page": "0"},
        {"domain": "LEAD"},
        {"below": "40"},
        {"domain": "NOPE", "below": "40"},
        {"domain": "LEAD", "below": "1e3"},
        {"domain": "LEAD", "below": "-1"},
    ],
)
def test_what_means_nothing_is_left_out(sent):
    assert asked(**sent) == Query()


@pytest.mark.parametrize(
    ("screened", "eligible", "shown"),
    [
        (0, 500, True),
        (1, 500, False),
        (10, 500, False),
        (11, 500, True),
        (500, 500, True),
        (495, 500, False),
        (489, 500, True),
        (5, 10, False),
    ],
)
def test_both_sides_of_a_share_are_looked_at(screened, eligible, shown):
    assert shows_reach(screened, eligible) is shown
    assert (visible_reach(screened, eligible) is not None) is shown
    assert (reach_of(screened, eligible).says == HIDDEN) is not shown


@pytest.mark.parametrize(("screened", "eligible"), [(None, None), (None, 9), (0, 0), (3, None)])
def test_without_counts_there_is_no_reach_and_nothing_hidden(screened, eligible):
    assert reach_of(screened, eligible).says == "no counts yet"
    assert visible_reach(screened, eligible) is None


def test_at_the_top_no_gate_is_open():
    result = {"tier": "T4", "gates": [{"tier": "T4", "item": "REAL-1", "met": False}]}
    assert open_gates(result) == ()
