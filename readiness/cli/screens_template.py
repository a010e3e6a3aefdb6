"""`flask screens template`: our table of counts to fill in."""

from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import click

from readiness.cli.outcome import ends_well, say
from readiness.core.errors import BadInput, Problem
from readiness.core.periods import Period, latest_closed
from readiness.core.periods import period as period_of
from readiness.counts.strata import StratumType
from readiness.imports.template.workbook import BlankTemplate, template_csv, template_xlsx


@click.command()
@click.argument("path", type=click.Path(dir_okay=False, path_type=Path))
@click.option("--group", "group_id", default="", metavar="ID", help="The group it is for.")
@click.option("--site", "sites", multiple=True, metavar="ID", help="A site; may be given again.")
@click.option("--period", default=None, metavar="QUARTER", help="2026-Q3; else the last closed.")
@click.option(
    "--by",
    "kinds",
    multiple=True,
    type=click.Choice([str(kind) for kind in StratumType if kind is not StratumType.TOTAL]),
    help="Also a row for each part of the patients; may be given again.",
)
@ends_well
def template(
    path: Path, group_id: str, sites: tuple[str, ...], period: str | None, kinds: tuple[str, ...]
) -> None:
    """Write the table of counts to PATH, as a workbook where it ends in .xlsx, else as CSV."""
    today = datetime.now(UTC).date()
    quarter = read(period) if period else latest_closed(today)
    blank = BlankTemplate(group_id, quarter, today, sites, kinds=tuple(map(StratumType, kinds)))
    is_book = path.suffix.casefold() == ".xlsx"
    path.write_bytes(template_xlsx(blank) if is_book else template_csv(blank))
    say("Fill in the counts and leave empty what is not known.")


def read(written: str) -> Period:
    try:
        return period_of(written)
    except ValueError as error:
        raise BadInput([Problem("--period", f"Please {error}.")]) from None
