"""Commands. JSON or plain results on stdout, sentences on stderr."""

from __future__ import annotations

import click
from flask import Flask

from readiness.cli.instrument import instrument
from readiness.cli.score import score

COMMANDS: tuple[click.Command, ...] = (score, instrument)


def attach(app: Flask) -> None:
    """Give the `flask` command our own commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
