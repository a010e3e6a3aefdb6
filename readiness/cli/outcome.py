"""How a command ends: 0 done, 2 bad input with its sentences, 3 no answer, 1 our own fault."""

from __future__ import annotations

import sys
from collections.abc import Callable
from functools import wraps
from typing import ParamSpec

import click

from readiness.core.errors import BadInput, ReadinessError

Given = ParamSpec("Given")

DONE, OUR_FAULT, BAD_INPUT, NO_ANSWER = 0, 1, 2, 3


def ends_well(command: Callable[Given, None]) -> Callable[Given, None]:
    """Sentences on stderr and an exit code, never a trace of our insides."""

    @wraps(command)
    def wrapped(*given: Given.args, **named: Given.kwargs) -> None:
        try:
            command(*given, **named)
        except BadInput as error:
            for problem in error.problems:
                say(str(problem))
            sys.exit(BAD_INPUT)
        except ReadinessError as error:
            say(str(error))
            sys.exit(BAD_INPUT)
        except (click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            say(f"This is our own fault, not your file's ({type(error).__name__}: {error}).")
            sys.exit(OUR_FAULT)

    return wrapped


def hides_content(command: Callable[Given, None]) -> Callable[Given, None]:
    """For commands that read rows of people: our own fault is told by its kind alone.

    What an exception says may hold what stands in the file.
    """

    @wraps(command)
    def wrapped(*given: Given.args, **named: Given.kwargs) -> None:
        try:
            command(*given, **named)
        except (ReadinessError, click.ClickException, click.exceptions.Exit, BrokenPipeError):
            raise
        except Exception as error:
            say(f"This is our own fault, not your file's ({type(error).__name__}).")
            sys.exit(OUR_FAULT)

    return wrapped


def say(sentence: str) -> None:
    """On stderr, so that stdout holds the result alone. Nothing unprintable reaches a terminal."""
    click.echo("".join(map(printable, sentence)), err=True)


def printable(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()
