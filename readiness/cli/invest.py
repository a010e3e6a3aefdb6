"""`flask invest PROBLEM.json`: choose what a budget pays for."""

from __future__ import annotations

import json
import sys
from typing import BinaryIO

import click

from readiness.cli.outcome import NO_ANSWER, ends_well, say
from readiness.core.errors import BadInput
from readiness.investment.problem_json import MOST_BYTES
from readiness.investment.service.allocation import EXAMPLE, allocate_file, as_json


@click.command()
@click.argument("problem", type=click.File("rb"), required=False)
@click.option("--example", is_flag=True, help="Print a problem to start from.")
@ends_well
def invest(problem: BinaryIO | None, example: bool) -> None:
    """Choose the actions with the most benefit that the budget in PROBLEM pays for.

    PROBLEM is JSON (- for standard input); --example prints one. Of equal benefit the cheapest is
    chosen, then the first by ids; from 200 actions on, the answer is proven to within the gap that
    PROBLEM asks for. Exit code 3: nothing satisfies every constraint.
    """
    if example:
        click.echo(json.dumps(EXAMPLE, indent=2))
        return
    if problem is None:
        raise BadInput("Name a file with the problem, or ask for one with --example.")
    made = allocate_file(problem.read(MOST_BYTES + 1))
    click.echo(json.dumps(as_json(made), indent=2))
    if made.chosen is None:
        say("Nothing satisfies every constraint: loosen a pin, a floor or the number of groups.")
        sys.exit(NO_ANSWER)
