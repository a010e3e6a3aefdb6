"""Commands. JSON or plain results on stdout, sentences on stderr."""

from __future__ import annotations

import click
from flask import Flask

from readiness.cli.calculations import instrument, invest, plan, score
from readiness.cli.database import database
from readiness.cli.demo import demo
from readiness.cli.equity import equity
from readiness.cli.people import people
from readiness.cli.screens import screens

COMMANDS: tuple[click.Command, ...] = (
    score,
    plan,
    screens,
    equity,
    instrument,
    database,
    people,
    demo,
    invest,
)


def attach(app: Flask) -> None:
    """Give the `flask` command our own commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
