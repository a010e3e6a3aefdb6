"""`flask screens`: counts from files of screens."""

from __future__ import annotations

import click

from readiness.cli.screens_aggregate import aggregate
from readiness.cli.screens_mapping import mapping
from readiness.cli.screens_sql import sql
from readiness.cli.screens_template import template
from readiness.cli.suppress import suppress


@click.group()
def screens() -> None:
    """Count screens for social risk; rows of patients are never kept."""


screens.add_command(aggregate)
screens.add_command(mapping)
screens.add_command(suppress)
screens.add_command(sql)
screens.add_command(template)
