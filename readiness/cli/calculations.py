"""Answers from a file alone: `flask score`, `plan`, `invest`, `instrument check`."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import BinaryIO

import click

from readiness.assessments import assessment_json
from readiness.assessments.scorecard import to_json
from readiness.assessments.service.scoring import score_file
from readiness.cli.outcome import NO_ANSWER, ends_well, say
from readiness.core.errors import BadInput
from readiness.instruments import cost_book_check
from readiness.instruments import loader as instruments
from readiness.investment import problem_json
from readiness.investment.service.allocation import (
    EXAMPLE,
    allocate_file,
    as_json,
    conflicts_of,
    too_little_money,
)
from readiness.plans.service.plan_file import plan_file


@click.command()
@click.argument("file", type=click.File("rb"))
@ends_well
def score(file: BinaryIO) -> None:
    """Print the scoring run of the assessment in FILE (JSON; - for standard input).

    It holds an instrument, optionally its version and the group's context, and the answers:
    {"instrument": "qmer", "answers": {"LEAD-1": {"level": 2}, "LEAD-3": {"dk": true}}}
    """
    run, notices = score_file(file.read(assessment_json.MOST_BYTES + 1))
    for notice in notices:
        say(f"Notice: {notice}")
    click.echo(json.dumps(to_json(run), indent=2))


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option("--to", help="The tier to reach; without it, the next one.")
@click.option("--no-margin", is_flag=True, help="Do not ask that one raise may end a level short.")
@ends_well
def plan(file: BinaryIO, to: str | None, no_margin: bool) -> None:
    """Print the least-cost plan from the assessment in FILE (JSON; - for standard input) to a tier.

    FILE is what `flask score` takes, and may say what is under way:
    {"under_way": [{"id": "GOV", "still_to_pay": 2000}]}. Exit code 3: no plan reaches the tier.
    """
    made = plan_file(file.read(assessment_json.MOST_BYTES + 1), to, margin=not no_margin)
    for notice in made.notices:
        say(notice)
    if made.plan is None:
        say(made.reason)
        sys.exit(NO_ANSWER)
    click.echo(json.dumps(made.plan, indent=2))


@click.command()
@click.argument("problem", type=click.File("rb"), required=False)
@click.option("--example", is_flag=True, help="Print a problem to start from.")
@ends_well
def invest(problem: BinaryIO | None, example: bool) -> None:
    """Choose the actions with the most benefit that the budget in PROBLEM pays for.

    PROBLEM is JSON (- for standard input); --example prints one. Of equal benefit the cheapest is
    chosen, then the first by ids; from 200 actions on, the answer is proven to within the gap that
    PROBLEM asks for. It may hold packages too, at most one of which is chosen in a group, and what
    reaching a tier is worth. What is payable of a package takes the place of its actions' cost;
    its benefit comes on top of theirs, and "chosen" in the answer lists them too:

    \b
    "packages": [{"group": "oak", "id": "to T2", "tier": "T2", "actions": ["reports"],
                  "cost": 60000, "payable": 50000, "benefit": 8}],
    "reach": {"T2": 100}

    Exit code 3: nothing satisfies every constraint; limits that contradict each other are named.
    """
    if example:
        click.echo(json.dumps(EXAMPLE, indent=2))
        return
    if problem is None:
        raise BadInput("Name a file with the problem, or ask for one with --example.")
    made = allocate_file(problem.read(problem_json.MOST_BYTES + 1))
    click.echo(json.dumps(as_json(made), indent=2))
    if made.chosen is None:
        say("Nothing satisfies every constraint; something has to be loosened.")
        for conflict in conflicts_of(made.problem):
            say(conflict.sentence)
        sys.exit(NO_ANSWER)
    if notice := too_little_money(made, ""):
        say(f"Notice: {notice}")


@click.group()
def instrument() -> None:
    """Work on instrument files."""


@instrument.command()
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
@ends_well
def check(file: Path) -> None:
    """List every problem of the instrument or cost book in FILE (YAML), with its place."""
    is_book = cost_book_check.is_cost_book(file)
    if problems := (cost_book_check if is_book else instruments).problems_of(file):
        raise BadInput(problems)
    click.echo(f"{file} has no problems.")
