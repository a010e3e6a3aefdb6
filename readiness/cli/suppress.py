"""`flask screens suppress COUNTS.csv`: exactly what a payer would see of a table of counts."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, BinaryIO

import click

from readiness.cli.outcome import ends_well, hides_content, say
from readiness.core.small_cells import ALL_POSITIVE_UNDER, FEWEST
from readiness.core.tables.models import file_in_memory
from readiness.disclosure.flat_counts import MOST_BYTES
from readiness.disclosure.service import all_positive_notices, suppress_beside_ledger
from readiness.disclosure.service import suppress as suppress_counts
from readiness.disclosure.suppressed_table import SuppressedRow, SuppressedTable

LEAST_THRESHOLD, MOST_THRESHOLD = 5, 30


@click.command()
@click.argument("counts", type=click.File("rb"))
@click.option(
    "--threshold",
    type=click.IntRange(LEAST_THRESHOLD, MOST_THRESHOLD),
    default=FEWEST,
    show_default=True,
    help="Counts of people below it are hidden, except zero.",
)
@click.option(
    "--ledger",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Hold this release against all former ones in the file, and append it there. It holds "
    "true counts.",
)
@click.option(
    "--all-positive",
    type=click.Choice(["join", "show"]),
    default="join",
    show_default=True,
    help=f"Where all of fewer than {ALL_POSITIVE_UNDER} people of a stratum were positive: join it "
    "with others, or show it. Nothing is joined beside a ledger.",
)
@click.option("--json", "_json", is_flag=True, help="Print JSON, which is the only form there is.")
@ends_well
@hides_content
def suppress(
    counts: BinaryIO, threshold: int, ledger: Path | None, all_positive: str, _json: bool
) -> None:
    """Hide the small counts of COUNTS (CSV; - for standard input), and others that would tell them.

    Its columns are group_id, period, domain, stratum_type, stratum, screened, positive. Totals are
    rows with stratum_type and stratum "total", and group_id ALL is the sum over the groups.
    """
    source = file_in_memory("file", counts.name, counts.read(MOST_BYTES + 1))
    if ledger is None:
        printed = suppress_counts(source, threshold, joins_all_positive=all_positive == "join")
        notices = tuple(all_positive_notices(printed))
    else:
        printed, notices = suppress_beside_ledger(source, threshold, ledger)
    for notice in notices:
        say(notice)
    click.echo(json.dumps(as_json(printed), indent=2))


def as_json(found: SuppressedTable) -> dict[str, Any]:
    return {
        "rows": [row_json(row) for row in found.rows],
        "coarsened": [
            {
                "group_id": merge.group_id,
                "stratum_type": merge.stratum_type,
                "from": list(merge.parts),
                "to": merge.name,
            }
            for merge in found.merges
        ],
        "hidden_share": found.hidden_share,
    }


def row_json(row: SuppressedRow) -> dict[str, Any]:
    return {
        **row.key._asdict(),
        "screened": row.screened,
        "positive": row.positive,
        "negative": row.negative,
        "rate": row.rate,
    }
