from __future__ import annotations

import json

import pytest
from click.testing import CliRunner

from readiness.cli.calculations import invest


def run(*given, sent=None):
    return CliRunner().invoke(invest, list(given), input=sent)


def test_the_printed_example_is_solved_with_json_alone_on_stdout():
    example = run("--example")
    made = run("-", sent=example.stdout)
    assert made.exit_code == 0
    found = json.loads(made.stdout)
    assert list(found) == [
        "status", "chosen", "objective", "bound", "gap", "spent", "slack", "solver",
    ]  # fmt: skip
    assert made.stderr == ""


def test_a_problem_without_an_answer_ends_with_three():
    example = json.loads(run("--example").stdout)
    example["actions"][0]["pin"] = True
    example["budget"] = 1
    made = run("-", sent=json.dumps(example))
    assert made.exit_code == 3
    assert json.loads(made.stdout)["status"] == "infeasible"
    assert made.stderr == (
        "Nothing satisfies every constraint; something has to be loosened.\n"
        "These contradict each other: the budget is 1; navigator in elm is pinned. "
        "Loosen one of them.\n"
    )


def test_money_too_small_for_anything_is_said_beside_the_answer():
    example = json.loads(run("--example").stdout)
    made = run("-", sent=json.dumps({**example, "budget": 30_000, "floors": []}))
    assert made.exit_code == 0
    assert json.loads(made.stdout)["chosen"] == []
    assert made.stderr.strip() == (
        "Notice: The budget of 30,000 is too small to buy anything: the cheapest choice within "
        "the limits that adds anything, language data in oak, costs 40,000."
    )


def test_packages_are_chosen_and_their_tiers_counted():
    example = json.loads(run("--example").stdout)
    package = {
        "group": "oak", "id": "to T2", "tier": "T2", "actions": ["reports"],
        "cost": 60_000, "payable": 50_000, "benefit": 8,
    }  # fmt: skip
    sent = {**example, "packages": [package], "reach": {"T2": 100}}
    found = json.loads(run("-", sent=json.dumps(sent)).stdout)
    assert found["packages"] == [{"group": "oak", "id": "to T2"}]
    assert {"group": "oak", "action": "reports"} in found["chosen"]
    assert found["tiers"] == {"T2": 1}


@pytest.mark.parametrize("sent", ["", "[]", '{"budget": 1}', "{" * 5000])
def test_bad_input_ends_with_two_and_nothing_on_stdout(sent):
    made = run("-", sent=sent)
    assert (made.exit_code, made.stdout) == (2, "")
    assert made.stderr


def test_no_file_at_all_is_bad_input():
    assert run().exit_code == 2
