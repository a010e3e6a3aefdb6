"""`flask screens sql`: the count as text for a warehouse of one's own."""

from __future__ import annotations

from datetime import datetime

import click

from readiness.cli.outcome import ends_well
from readiness.imports.service import screens
from readiness.imports.warehouse.sql_text import DIALECTS, table_description


@click.command()
@click.option("--dialect", type=click.Choice(DIALECTS), default="duckdb", show_default=True)
@click.option("--table", default="results", show_default=True, help="The table of results.")
@click.option(
    "--as-of",
    type=click.DateTime(["%Y-%m-%d"]),
    help="Count the quarters closed by this day; without it by the day that the SQL runs.",
)
@click.option("--describe", "is_described", is_flag=True, help="Only say what the table holds.")
@ends_well
def sql(dialect: str, table: str, as_of: datetime | None, is_described: bool) -> None:
    """Print the SQL that counts a table of results and returns our table of counts.

    The table has one row for each result of a need. Rows of patients stay where they are; what
    comes back can be sent as a table of counts.
    """
    if is_described:
        click.echo("\n".join(table_description()))
        return
    click.echo(screens.sql_of(dialect, table, as_of.date() if as_of else None), nl=False)
