"""`flask score` and `flask instrument check`, as a person types them."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from readiness.cli.calculations import instrument, score
from readiness.instruments import cost_book
from readiness.instruments import loader as instruments

QMER = Path(instruments.__file__).parent / "qmer" / "2026.1.yaml"


def run(command, *given, **more):
    return CliRunner().invoke(command, [str(each) for each in given], **more)


def test_the_run_stands_alone_on_standard_output(tmp_path):
    file = tmp_path / "a.json"
    file.write_text('{"instrument": "qmer", "context": {"moon": 1}, "answers": {}}')
    done = run(score, file)
    assert done.exit_code == 0
    assert json.loads(done.stdout)["tier"] == "T0"
    assert done.stderr.startswith('Notice: context["moon"]: is not asked by this instrument')


def test_standard_input_may_be_scored():
    done = run(score, "-", input='{"instrument": "qmer", "answers": {"LEAD-1": {"level": 4}}}')
    assert done.exit_code == 0
    assert json.loads(done.stdout)["domains"]["LEAD"]["low"] == 16.7


def test_bad_input_prints_a_sentence_per_problem_and_nothing_else():
    done = run(
        score, "-", input='{"instrument": "qmer", "answers": {"X": {"level": 4}, "Y": {"dk": 1}}}'
    )
    assert done.exit_code == 2
    assert done.stdout == ""
    assert len(done.stderr.splitlines()) == 2


def test_a_file_that_is_not_there_is_bad_input(tmp_path):
    assert run(score, tmp_path / "none.json").exit_code == 2


def test_an_instrument_without_problems_says_so():
    done = run(instrument, "check", QMER)
    assert done.exit_code == 0
    assert "no problems" in done.stdout


def test_a_cost_book_is_checked_beside_its_instrument(tmp_path):
    shipped = cost_book.FOLDER / "qmer" / "2026.1.yaml"
    assert run(instrument, "check", shipped).exit_code == 0
    file = tmp_path / "book.yaml"
    text = shipped.read_text(encoding="utf-8")
    file.write_text(text.replace("      REAL-1:", "      LEAD-1:", 1), encoding="utf-8")
    done = run(instrument, "check", file)
    assert (done.exit_code, done.stdout) == (2, "")
    assert "REALCOL does not name LEAD-1 among its items" in done.stderr


@pytest.mark.parametrize("text", ["id: qmer\n", "]", ""])
def test_an_instrument_with_problems_lists_them(tmp_path, text):
    file = tmp_path / "bad.yaml"
    file.write_text(text)
    done = run(instrument, "check", file)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert done.stderr


def test_the_example_of_the_readme_is_scored():
    done = run(score, "tests/data/assessment.json")
    found = json.loads(done.stdout)
    assert (found["tier"], found["provisional"], found["complete"]) == ("T2", True, True)
    assert found["shortest_way"][0] == {
        "item": "LEAD-1",
        "from": 1,
        "to": 3,
        "serves": ["T3:axis:QMS", "T3:gate:LEAD-1"],
    }
    assert done.stderr == ""
