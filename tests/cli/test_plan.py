"""`flask plan`, as a person types it."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from readiness.cli.calculations import plan
from readiness.instruments import loader as instruments

EXAMPLE = "tests/data/assessment.json"
QMER = instruments.load("qmer", "2026.1")
KEYS = [
    "instrument", "version", "from", "target", "unmet", "actions", "own_steps", "find_out",
    "cost_likely", "people_days_likely", "objective", "margin", "margin_cost", "proven", "reaches",
    "not_eligible", "unknown_quantity", "notes",
]  # fmt: skip


def run(*given, **more):
    return CliRunner().invoke(plan, [str(each) for each in given], **more)


def sent(level=2, context=None, **changes):
    answers = {item.id: {"level": level} for item in QMER.items}
    answers |= {key.replace("_", "-"): value for key, value in changes.items()}
    return json.dumps(
        {"instrument": "qmer", "answers": answers, "context": context or {"sites": 3}}
    )


@pytest.fixture(scope="module")
def example():
    done = run(EXAMPLE)
    assert done.exit_code == 0
    return json.loads(done.stdout)


def test_the_plan_stands_alone_on_standard_output(example):
    assert list(example) == KEYS
    assert (example["from"], example["target"], example["reaches"]) == ("T2", "T3", "T3")
    assert example["proven"] is True
    assert example["margin"] is True
    assert {each["kind"] for each in example["unmet"]} >= {"axis", "domain", "essential"}


def test_what_is_printed_adds_up(example):
    parts = [*example["actions"], *example["own_steps"]]
    dollars = sum(each["cost"]["likely"] for each in example["actions"])
    days = sum(each["people_days"] for each in parts)
    assert example["cost_likely"] == pytest.approx(dollars)
    assert example["people_days_likely"] == pytest.approx(days)
    assert example["objective"] == pytest.approx(dollars + 400 * days, abs=len(parts))


def test_each_part_says_what_it_raises_what_that_serves_and_what_comes_first(example):
    ids = {each["id"] for each in example["unmet"]}
    started = {e["id"]: e["half_year"] for e in example["actions"]} | {
        e["item"]: e["half_year"] for e in example["own_steps"]
    }
    for each in example["actions"]:
        assert each["raises"]
        assert {c for raised in each["raises"] for c in raised["serves"]} <= ids
        assert all(started[first] < each["half_year"] for first in each["requires"])
    assert all(step["to"] > (step["from"] or 0) for step in example["own_steps"])


def test_without_the_margin_a_plan_costs_so_much_less(example):
    bare = json.loads(run(EXAMPLE, "--no-margin").stdout)
    assert (bare["margin"], bare["margin_cost"]) == (False, None)
    assert example["objective"] - bare["objective"] == example["margin_cost"] >= 0


def test_a_higher_tier_may_be_asked_for_and_costs_more():
    nearer = json.loads(run("-", input=sent(level=1)).stdout)
    higher = json.loads(run("-", "--to", "T3", input=sent(level=1)).stdout)
    assert (nearer["target"], higher["target"], higher["reaches"]) == ("T2", "T3", "T3")
    assert higher["objective"] > nearer["objective"]


def test_what_is_under_way_costs_what_is_still_to_pay():
    answers = json.loads(sent())
    bare = json.loads(run("-", input=json.dumps(answers)).stdout)
    bought = bare["actions"][0]["id"]
    answers["under_way"] = [{"id": bought, "still_to_pay": 700}]
    found = json.loads(run("-", input=json.dumps(answers)).stdout)
    (begun,) = (each for each in found["actions"] if each["id"] == bought)
    assert begun["cost"] == {"low": 700, "likely": 700, "high": 700}
    assert begun["under_way"] is True
    assert found["objective"] < bare["objective"]


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"under_way": {}}, "must be a list"),
        ({"under_way": [{"id": "NONE", "still_to_pay": 1}]}, "not an intervention"),
        ({"under_way": [{"id": "GOV", "still_to_pay": -1}]}, "whole dollars"),
        ({"under_way": [{"id": "GOV"}]}, 'give "id" and "still_to_pay"'),
        ({"answers": {"NONE-1": {"level": 2}}}, "NONE-1"),
    ],
)
def test_bad_input_is_told_and_nothing_is_printed(given, says):
    done = run("-", input=json.dumps(json.loads(sent()) | given))
    assert (done.exit_code, done.stdout) == (2, "")
    assert says in done.stderr


def test_a_tier_that_is_not_there_is_bad_input():
    done = run("-", "--to", "T9", input=sent())
    assert (done.exit_code, done.stdout) == (2, "")
    assert "there is no tier" in done.stderr


def test_at_t0_it_lists_what_to_find_out_and_nothing_else():
    found = json.loads(
        run(
            "-",
            "--to",
            "T3",
            input=sent(LEAD_1={"dk": True}, LEAD_2={"dk": True}, LEAD_3={"dk": True}),
        ).stdout
    )
    assert (found["from"], found["target"], found["reaches"]) == ("T0", "T1", "T1")
    assert found["find_out"] == ["LEAD-1"]
    assert (found["actions"], found["own_steps"], found["objective"]) == ([], [], 0)


def test_of_a_tier_that_is_held_nothing_is_left_to_do():
    found = json.loads(run("-", input=sent(level=4)).stdout)
    assert (found["from"], found["reaches"], found["objective"]) == ("T4", "T4", 0)


def test_where_no_plan_reaches_the_tier_it_says_why_and_ends_with_three():
    low = run("-", "--to", "T4", input=sent(level=0))
    assert low.exit_code == 3
    assert low.stdout == ""
    assert "within three years" in low.stderr
