"""Commands. JSON or plain results on stdout, sentences on stderr."""

from __future__ import annotations

import click
from flask import Flask

COMMANDS: tuple[click.Command, ...] = ()


def attach(app: Flask) -> None:
    """Give the `flask` command our own commands."""
    for command in COMMANDS:
        app.cli.add_command(command)
