"""`flask screens ...`: counts from files of screens, and files to begin from."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from readiness.cli.outcome import ends_well, hides_content, say
from readiness.cli.suppress import suppress
from readiness.core import periods
from readiness.core.errors import BadInput, Problem
from readiness.core.periods import CalendarYear, Period, latest_closed
from readiness.core.periods import period as period_of
from readiness.core.tables.models import Report, SourceFile, file_on_disk
from readiness.counts.social_risk.models import Step
from readiness.counts.strata import StratumType
from readiness.imports.mapping_examples import EXAMPLES
from readiness.imports.mapping_models import MappingShape
from readiness.imports.screens.models import CellKey, NeedResult, ResultCounts
from readiness.imports.service import data_values
from readiness.imports.service import screens as service
from readiness.imports.service.screens import Aggregation, ExplainedScreen
from readiness.imports.step_counts import sentences
from readiness.imports.template.workbook import BlankTemplate, template_csv, template_xlsx
from readiness.imports.warehouse.sql_text import DIALECTS, table_description

NO_SUCH_FILE = "There is no such file or folder. Check its name."
ENDINGS = frozenset(".json .ndjson .jsonl .gz .csv .tsv .psv .txt .xlsx".split())
NOTHING_INSIDE = (
    f"No file in this folder ends in {', '.join(sorted(ENDINGS))}. Name the files one by one."
)
LEFT_OUT = "Files with other endings were left out ({number}): name them one by one to read them."
WRITTEN = {NeedResult.PARTIAL: NeedResult.INCOMPLETE}  # there are five results in print
HINTS = {
    service.NO_MAPPING: (
        "“flask screens mapping --example redcap” (or long) prints a mapping to begin from."
    ),
}
NOT_A_MAPPING = "The mapping file is not text in UTF-8. Save it as such."


@click.group()
def screens() -> None:
    """Count screens for social risk; rows of patients are never kept."""


screens.add_command(suppress)


@screens.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option(
    "--period",
    default=None,
    metavar="PERIOD",
    help="Only this quarter (2026-Q3), or a calendar year (2026) with each patient once.",
)
@click.option("--group", "group_id", default="", metavar="ID", help="The group of files without.")
@click.option(
    "--mapping",
    "mappings",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="What the columns of a table, or the link ids of a form, mean (TOML); may be given again.",
)
@click.option("--explain", "is_explained", is_flag=True, help="Also every screen with its results.")
@click.option("--json", "_json", is_flag=True, help="Print JSON, as without --as.")
@click.option(
    "--as",
    "form",
    type=click.Choice(["json", "long"]),
    default="json",
    help="long: CSV for DHIS2, one line for each count (orgUnit, period, dataElement, value).",
)
@ends_well
@hides_content
def aggregate(
    paths: tuple[Path, ...],
    period: str | None,
    group_id: str,
    mappings: tuple[Path, ...],
    is_explained: bool,
    _json: bool,
    form: str,
) -> None:
    """Count the screens in files or folders: FHIR, the New York 1115 set, our template, or a table
    with a mapping. Visits beside them tell who was eligible, diagnoses whose need is documented,
    referrals what followed.

    With several mappings each table goes to the one whose columns it holds. Files are told by
    number, in the order given; those of a folder in the order of their names.
    """
    try:
        found = service.aggregate(
            sources_at(paths),
            group_id=group_id,
            period=quarter_or_year(period) if period else None,
            mapping=[text_at(mapping) for mapping in mappings],
            is_explained=is_explained,
            today=datetime.now(UTC).date(),
        )
    except BadInput as error:
        raise with_hints(error) from None
    notes = (Problem("", says) for says in sentences(found.step_counts.left_out))
    table = data_values.table_of(found) if form == "long" else b""
    for problem in (*found.report.warnings, *found.problems, *notes):
        say(str(problem))
    if form == "long":
        click.echo(table, nl=False)
    else:
        click.echo(json.dumps(as_json(found, is_explained=is_explained), indent=2))


def with_hints(error: BadInput) -> BadInput:
    """What only the command line can offer, behind the sentences that it helps with."""
    said = {problem.says for problem in error.problems}
    hints = [Problem("", hint) for says, hint in HINTS.items() if says in said]
    return BadInput([*error.problems, *hints])


def sources_at(paths: Sequence[Path]) -> list[SourceFile]:
    """A file's name may tell whose it is, so files are told by number."""
    found = [file for number, path in enumerate(paths, 1) for file in files_at(path, number)]
    return [file_on_disk(path, f"file {number}") for number, path in enumerate(found, 1)]


def files_at(path: Path, number: int) -> list[Path]:
    if path.is_file():
        return [path]
    if not path.is_dir():
        raise BadInput([Problem(f"path {number}", NO_SUCH_FILE)])
    inside = sorted(each for each in path.rglob("*") if each.is_file())
    chosen = [each for each in inside if each.suffix.lower() in ENDINGS and not is_hidden(each)]
    if not chosen:
        raise BadInput([Problem(f"path {number}", NOTHING_INSIDE)])
    if others := len(inside) - len(chosen):
        say(f"path {number}: {LEFT_OUT.format(number=others)}")
    return chosen


def is_hidden(path: Path) -> bool:
    return path.name.startswith(".")


def quarter_or_year(written: str) -> Period | CalendarYear:
    try:
        return periods.quarter_or_year(written)
    except ValueError as error:
        raise BadInput([Problem("--period", str(error))]) from None


def quarter(written: str, says: str = "{}") -> Period:
    try:
        return period_of(written)
    except ValueError as error:
        raise BadInput([Problem("--period", says.format(error))]) from None


def text_at(path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise BadInput([Problem("--mapping", NOT_A_MAPPING)]) from None
    except OSError:
        raise BadInput([Problem("--mapping", NO_SUCH_FILE)]) from None


def as_json(found: Aggregation, *, is_explained: bool) -> dict[str, Any]:
    told: dict[str, Any] = {
        "cells": [cell_json(key, counts) for key, counts in found.cells.items()],
        "report": report_json(found.report),
    }
    if found.step_counts.left_out:
        steps = found.step_counts.steps.items()
        told["steps"] = [steps_json(key, of) for key, of in steps]
        told["report"]["left_out"] = asdict(found.step_counts.left_out)
    if is_explained:
        told["by_screen"] = [screen_json(each) for each in found.screens]
    return told


def key_json(key: CellKey) -> dict[str, Any]:
    return {
        "group_id": key.group_id,
        "site_id": key.site_id,
        "period": key.period,
        "need": key.need or None,
        "stratum_type": key.stratum_type,
        "stratum": key.stratum,
    }


def steps_json(key: CellKey, steps: Mapping[Step, int]) -> dict[str, Any]:
    """No need: the steps of the whole group's row."""
    return {**key_json(key), **{step.value: number for step, number in steps.items()}}


def cell_json(key: CellKey, counts: ResultCounts) -> dict[str, Any]:
    return {
        **key_json(key),
        "screened": counts.screened,
        "positive": counts.positive,
        "negative": counts.negative,
        "declined": counts.declined,
        "unknown": counts.unknown,
        "incomplete": counts.incomplete + counts.partial,
    }


def screen_json(judged: ExplainedScreen) -> dict[str, Any]:
    return {
        "source": judged.source,
        "instrument": judged.instrument,
        "date": judged.date,
        "status": judged.status,
        "needs": {
            need.value: WRITTEN.get(result, result).value for need, result in judged.needs.items()
        },
    }


def report_json(report: Report) -> dict[str, Any]:
    return {
        "rows": report.rows,
        "skipped": report.skipped,
        "held": report.held,
        "deleted": report.deleted,
        "duplicates": report.duplicates,
        "refused": report.refused,
        "flag_disagreements": report.flag_disagreements,
        "unknown_codes": dict(sorted(report.unknown_codes.items())),
        "unreadable_answers": dict(sorted(report.unreadable_answers.items())),
        "passed_forms": dict(sorted(report.passed_forms.items())),
        "first_day": report.first_day and str(report.first_day),
        "last_day": report.last_day and str(report.last_day),
        "warnings": [each.says for each in report.warnings],
        "problems": [{"place": each.place, "says": each.says} for each in report.problems],
    }


@screens.command()
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


@screens.command()
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
    click.echo(service.sql_of(dialect, table, as_of.date() if as_of else None), nl=False)


@screens.command()
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
    closed = quarter(period, "Please {}.") if period else latest_closed(today)
    blank = BlankTemplate(group_id, closed, today, sites, kinds=tuple(map(StratumType, kinds)))
    is_book = path.suffix.casefold() == ".xlsx"
    path.write_bytes(template_xlsx(blank) if is_book else template_csv(blank))
    say("Fill in the counts and leave empty what is not known.")
