"""`flask screens sql`, as a person types it."""

from __future__ import annotations

from pathlib import Path

from click.testing import CliRunner

from readiness.cli.screens import screens

KEPT = Path(__file__).parents[1] / "data" / "sql"


def run(*given):
    return CliRunner().invoke(screens, ["sql", *given])


def test_the_text_stands_alone_on_standard_output():
    done = run("--dialect", "snowflake", "--as-of", "2026-11-22")
    assert done.exit_code == 0
    assert done.stdout == (KEPT / "snowflake.sql").read_text()
    assert done.stderr == ""


def test_the_table_it_reads_can_be_described_alone():
    done = run("--describe")
    assert "SELECT" not in done.stdout
    assert done.stdout.startswith("group_id")


def test_a_table_that_cannot_be_named_so_is_bad_input():
    done = run("--table", "a; b")
    assert (done.exit_code, done.stdout) == (2, "")
    assert "letters, digits" in done.stderr


def test_a_dialect_that_is_not_spoken_is_bad_input():
    assert run("--dialect", "cobol").exit_code == 2
