"""How a command ends."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from readiness.cli.outcome import ends_well, say
from readiness.core.errors import BadInput, NotFound, Problem


def ending_of(error):
    @click.command()
    @ends_well
    def command():
        raise error

    return CliRunner().invoke(command)


@pytest.mark.parametrize(
    ("error", "code", "says"),
    [
        (BadInput([Problem("line 1", "a"), Problem("line 2", "b")]), 2, "line 1: a\nline 2: b\n"),
        (NotFound("There is no such group."), 2, "There is no such group.\n"),
        (KeyError("x"), 1, "This is our own fault, not your file's (KeyError: 'x').\n"),
    ],
)
def test_an_error_ends_in_sentences_and_its_own_code(error, code, says):
    done = ending_of(error)
    assert (done.exit_code, done.stdout, done.stderr) == (code, "", says)


def test_what_a_terminal_would_obey_is_shown_instead(capsys):
    say("red \x1b[31m and ü\n")
    assert capsys.readouterr().err == "red \\x1b[31m and ü\\n\n"
