"""`flask screens mapping --example SHAPE`: a mapping file to begin from."""

from __future__ import annotations

import click

from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_models import MappingShape


@click.command()
@click.option(
    "--example",
    "shape",
    type=click.Choice([str(shape) for shape in MappingShape]),
    required=True,
    help="Print a commented mapping file (TOML) for this shape of file.",
)
def mapping(shape: str) -> None:
    """Print a mapping file to begin from: it says what the columns of a file mean."""
    click.echo(EXAMPLES[MappingShape(shape)], nl=False)
