"""`flask score FILE`: score an assessment that is not in the database."""

from __future__ import annotations

import json
from typing import BinaryIO

import click

from readiness.assessments.assessment_json import MOST_BYTES
from readiness.assessments.scorecard import to_json
from readiness.assessments.service.scoring import score_file
from readiness.cli.outcome import ends_well, say


@click.command()
@click.argument("file", type=click.File("rb"))
@ends_well
def score(file: BinaryIO) -> None:
    """Print the scoring run of the assessment in FILE (JSON; - for standard input).

    It holds an instrument, optionally its version and the group's context, and the answers:
    {"instrument": "qmer", "answers": {"LEAD-1": {"level": 2}, "LEAD-3": {"dk": true}}}
    """
    run, notices = score_file(file.read(MOST_BYTES + 1))
    for notice in notices:
        say(f"Notice: {notice}")
    click.echo(json.dumps(to_json(run), indent=2))
