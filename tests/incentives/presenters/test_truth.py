from __future__ import annotations

from dataclasses import replace

import pytest

from readiness.incentives.models import PriorBasis, PriorFact
from readiness.incentives.presenters.result import result_of
from readiness.incentives.presenters.truth import priors_table, truth_says
from tests.factories import incentive_runs

OWN = PriorFact("COL", "black", PriorBasis.OWN, 40, 0.6, 0.101, 0.0249)
WEAK = PriorFact("COL", "white", PriorBasis.WEAK, 6, 0.5, None, 0.2887)


def test_the_figures_are_for_the_counts_released():
    assert truth_says([OWN]) == (truth_says([OWN, WEAK])[0],)
    assert truth_says([OWN])[0].startswith("Every figure is for the counts that your groups rel")


@pytest.mark.parametrize(("priors", "of"), [([WEAK], "all"), ([OWN, WEAK], "1 of 2")])
def test_too_few_groups_to_tell_how_they_differ_is_said(priors, of):
    _, untold = truth_says(priors)
    assert f"how much of a gap is luck cannot be told for {of} of the rates" in untold
    assert "fewer than 30 groups" in untold


def test_a_run_of_the_former_method_says_so_and_what_to_do():
    run = incentive_runs.done(incentive_runs.a_run())
    assert run.outcome is not None
    former = replace(run, outcome={"questions": run.outcome["questions"]})
    found = result_of(former)
    assert "Do it again" in found.truth[0]
    assert not found.method


def test_every_rate_says_what_it_was_drawn_toward():
    table = priors_table([OWN, WEAK], {"COL": "Colorectal"}, {"black": "Black"})
    assert table.rows == (
        (
            "Colorectal",
            "Black",
            "How the groups themselves differ",
            "40",
            "60.0%",
            "10.1 points",
            "2.5 points",
        ),
        (
            "Colorectal",
            "white",
            "A weak prior, worth two patients",
            "6",
            "50.0%",
            "–",
            "28.9 points",
        ),
    )


def test_the_method_names_where_the_usual_figures_are_from():
    found = result_of(incentive_runs.done(incentive_runs.a_run()))
    assert any("American Journal of Managed Care" in each for each in found.method)
    assert any("an estimate by judgment, November 2026" in each for each in found.method)
