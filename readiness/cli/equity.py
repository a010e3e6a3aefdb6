"""`flask equity FILE.csv`: rates, gaps and spread by stratum, as a payer would see them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import BinaryIO

import click

from readiness.cli.outcome import ends_well, hides_content, say
from readiness.core.errors import BadInput, Problem
from readiness.core.small_cells import FEWEST
from readiness.core.tables.models import file_in_memory
from readiness.counts.measures.models import Direction
from readiness.disclosure.flat_counts import MOST_BYTES
from readiness.equity import prior_json
from readiness.equity.alignment import alignment_json
from readiness.equity.findings import Declarations, as_json
from readiness.equity.service.findings import report
from readiness.equity.stratification import loader as stratification

DIRECTIONS = {str(each): each for each in (Direction.HIGHER, Direction.LOWER)}


@click.command()
@click.argument("file", type=click.File("rb"))
@click.option(
    "--reference",
    "references",
    multiple=True,
    metavar="TYPE=STRATUM",
    help="Compare the strata of a type with this one, such as race_omb2024=white.",
)
@click.option(
    "--direction",
    "directions",
    multiple=True,
    metavar="MEASURE=higher|lower",
    help="Which way is better; higher unless said.",
)
@click.option(
    "--primary",
    multiple=True,
    metavar="MEASURE:STRATUM",
    help="A gap that was to be tested before anybody saw the numbers. The others wait for it.",
)
@click.option(
    "--prior",
    type=click.File("rb"),
    help="JSON: how true rates differ elsewhere, toward which those of fewer than 30 groups are "
    "drawn.",
)
@click.option("--json", "_json", is_flag=True, help="Print JSON, which is the only form there is.")
@ends_well
@hides_content
def equity(
    file: BinaryIO,
    references: tuple[str, ...],
    directions: tuple[str, ...],
    primary: tuple[str, ...],
    prior: BinaryIO | None,
    _json: bool,
) -> None:
    """What the measures in FILE (CSV; - for standard input) say of equity. Small counts are hidden.

    Its columns are group_id, period, measure, stratum_type, stratum, numerator, denominator. Totals
    are rows with stratum_type and stratum "total", and group_id ALL is the sum over the groups.
    Patients of a total who are in none of its strata count as unknown. The gaps of a group over all
    measures, strata and periods of FILE are one family, over which p-values are adjusted.

    Periods that last equally long are told together (over_years), and gaps are adjusted for shares
    of payers, ages and sexes where the rows tell them (case_mix). Both take 30 groups.

    A prior names itself, whose it is and its day, and gives Beta distributions of true rates:

    \b
    {"name": "Colorectal screening 2025", "source": "A payer", "made_on": "2026-03-01",
     "rates": [{"measure": "COL", "stratum_type": "race_omb2024", "stratum": "black",
                "alpha": 12.5, "beta": 7.5}]}
    """
    declared = declared_by(references, directions, primary)
    if prior:
        priors = prior_json.read(prior.read(prior_json.MOST_BYTES + 1))
        declared = replace(declared, priors=priors)
    source = file_in_memory("file", "counts.csv", file.read(MOST_BYTES + 1))
    found = report(source, declared, FEWEST)
    for sentence in found.says:
        say(sentence)
    tables = [each.table for each in found.findings.tables]
    alignment = alignment_json(stratification.load(), tables)
    click.echo(json.dumps(as_json(found.findings) | {"alignment": alignment}, indent=2))


def declared_by(
    references: Iterable[str], directions: Iterable[str], primary: Iterable[str]
) -> Declarations:
    """The options, or every problem with them."""
    problems: list[Problem] = []
    strata = values_of("--reference", "TYPE=STRATUM", references, problems)
    ways = values_of("--direction", "MEASURE=higher or MEASURE=lower", directions, problems)
    first = [pair for _, pair in pairs_of("--primary", "MEASURE:STRATUM", ":", primary, problems)]
    for at, way in enumerate(ways.values(), 1):
        if way not in DIRECTIONS:
            problems.append(Problem(f"--direction {at}", "Write higher or lower after the ="))
    if problems:
        raise BadInput(problems)
    by_measure = {measure: DIRECTIONS[way] for measure, way in ways.items()}
    return Declarations(strata, by_measure, tuple(first))


def values_of(
    option: str, form: str, written: Iterable[str], problems: list[Problem]
) -> dict[str, str]:
    found: dict[str, str] = {}
    for at, (name, value) in pairs_of(option, form, "=", written, problems):
        if name in found:
            problems.append(Problem(f"{option} {at}", "It is given twice: keep one of them."))
        found.setdefault(name, value)
    return found


def pairs_of(
    option: str, form: str, separator: str, written: Iterable[str], problems: list[Problem]
) -> Iterator[tuple[int, tuple[str, str]]]:
    """What could be read, each with its number."""
    for at, text in enumerate(written, 1):
        name, _, value = text.partition(separator)
        if name and value:
            yield at, (name, value)
        else:
            problems.append(Problem(f"{option} {at}", f"Write it as {form}."))
