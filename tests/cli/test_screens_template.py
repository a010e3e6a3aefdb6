"""`flask screens template`: a table to fill in, read back by `flask screens aggregate`."""

from __future__ import annotations

import json

from click.testing import CliRunner

from readiness.cli.screens import screens
from tests.factories.questionnaire_workbook import changed


def run(*given):
    return CliRunner().invoke(screens, [str(each) for each in given])


def test_a_table_that_was_filled_in_is_counted(tmp_path):
    path = tmp_path / "counts.xlsx"
    done = run("template", path, "--group", "g1", "--site", "elm", "--period", "2026-Q1")
    assert done.exit_code == 0, done.stderr
    path.write_bytes(changed(path.read_bytes(), {"Counts!R2": 240, "Counts!S2": 60}))
    done = run("aggregate", path, "--json")
    assert done.exit_code == 0, done.stderr
    [cell] = json.loads(done.stdout)["cells"]
    assert (cell["group_id"], cell["site_id"], cell["period"]) == ("g1", "elm", "2026-Q1")
    assert (cell["screened"], cell["positive"], cell["negative"]) == (240, 60, 180)


def test_a_csv_has_a_row_for_each_part_asked_for(tmp_path):
    path = tmp_path / "counts.csv"
    assert run("template", path, "--by", "sex", "--period", "2026-Q1").exit_code == 0
    assert len(path.read_text(encoding="utf-8-sig").splitlines()) == 1 + 7 * 5


def test_a_quarter_that_is_none_is_bad_input(tmp_path):
    done = run("template", tmp_path / "counts.csv", "--period", "summer")
    assert done.exit_code == 2
    assert done.stderr == "--period: Please write a quarter from 2015 on as 2026-Q3.\n"
    assert not (tmp_path / "counts.csv").exists()
