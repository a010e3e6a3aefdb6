"""What a payer's address may ask for, and what a line may say."""

from __future__ import annotations

import pytest

from readiness.assessments.scorecard import open_gates
from readiness.core.small_cells import HIDDEN
from readiness.portfolio.models import (
    NO_SCORE,
    PortfolioQuery,
    PortfolioRow,
    PortfolioSort,
    parse_query,
    query_parameters,
)

DOMAINS, CYCLES = ("LEAD", "REAL"), ("c1",)


def asked(**sent):
    return parse_query(sent, DOMAINS, CYCLES)


def test_nothing_asked_is_the_whole_list_by_name():
    assert asked() == PortfolioQuery()


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
    assert (query.sort, query.sort_domain_id, query.below) == (PortfolioSort.DOMAIN, "LEAD", 40.5)
    assert query_parameters(query) == {**sent}


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
    ],
)
def test_what_means_nothing_is_left_out(sent):
    assert asked(**sent) == PortfolioQuery()


@pytest.mark.parametrize(
    ("written", "says"),
    [
        ("12,5", "“12,5” is written with a decimal comma. Write 12.5."),
        ("1e3", NO_SCORE),
        ("-1", NO_SCORE),
        ("101", NO_SCORE),
        ("12.5", ""),
        (" ", ""),
    ],
)
def test_a_score_that_cannot_be_read_is_told_and_filters_nothing(written, says):
    query = asked(domain="LEAD", below=written)
    assert query.below_fault == says
    assert query.below == (12.5 if written == "12.5" else None)


def reach(screened, eligible, quarters=4):
    line = PortfolioRow(
        "elm", "Elm", None, 0, None, None, screened=screened, eligible=eligible, quarters=quarters
    )
    return line.reach


def test_released_counts_make_a_share():
    assert (reach(412, 980).says, reach(412, 980).share) == ("412 of 980", 412 / 980)


def test_of_too_few_patients_no_share_is_made():
    assert (reach(12, 29).says, reach(12, 29).share) == ("12 of 29, too few for a rate", None)
    assert reach(12, 30).share == 0.4


@pytest.mark.parametrize(("screened", "eligible"), [(None, 980), (412, None), (None, None)])
def test_one_hidden_number_hides_the_share(screened, eligible):
    assert (reach(screened, eligible).says, reach(screened, eligible).share) == (HIDDEN, None)


def test_without_a_release_there_is_no_reach_and_nothing_hidden():
    assert reach(None, None, quarters=0).says == "no counts yet"


def test_at_the_top_no_gate_is_open():
    result = {"tier": "T4", "gates": [{"tier": "T4", "item": "REAL-1", "met": False}]}
    assert open_gates(result) == ()
