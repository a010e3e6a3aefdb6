"""`flask instrument check FILE`: everything that is wrong with an instrument file, at once."""

from __future__ import annotations

from pathlib import Path

import click

from readiness.cli.outcome import ends_well
from readiness.core.errors import BadInput
from readiness.instruments import loader as instruments


@click.group()
def instrument() -> None:
    """Work on instrument files."""


@instrument.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@ends_well
def check(file: Path) -> None:
    """List every problem of the instrument in FILE (YAML), with its place."""
    if problems := instruments.problems_of(file):
        raise BadInput(problems)
    click.echo(f"{file} has no problems.")
