"""`flask screens aggregate PATH…`: counts by need and stratum, as JSON."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import click

from readiness.cli.outcome import ends_well, hides_content, say
from readiness.core.errors import BadInput, Problem
from readiness.core.periods import Period
from readiness.core.periods import period as period_of
from readiness.core.tables.models import Report, SourceFile
from readiness.imports.screens.models import CellKey, ResultCounts
from readiness.imports.service import screens
from readiness.imports.service.screens import Aggregation, ExplainedScreen

NO_SUCH_FILE = "There is no such file or folder. Check its name."
ENDINGS = frozenset(".json .ndjson .jsonl .gz .csv .tsv .psv .txt .xlsx".split())
NOTHING_INSIDE = (
    f"No file in this folder ends in {', '.join(sorted(ENDINGS))}. Name the files one by one."
)
LEFT_OUT = "Files with other endings were left out ({number}): name them one by one to read them."
NOT_A_MAPPING = "The mapping file is not text in UTF-8. Save it as such."


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="PATH…")
@click.option("--period", default=None, metavar="QUARTER", help="Only this quarter (2026-Q3).")
@click.option("--group", "group_id", default="", metavar="ID", help="The group of files without.")
@click.option(
    "--mapping",
    type=click.Path(dir_okay=False, path_type=Path),
    help="What the columns of a table, or the link ids of a form, mean (TOML).",
)
@click.option("--explain", "is_explained", is_flag=True, help="Also every screen with its results.")
@click.option("--json", "_json", is_flag=True, help="Print JSON, which is the only form there is.")
@ends_well
@hides_content
def aggregate(
    paths: tuple[Path, ...],
    period: str | None,
    group_id: str,
    mapping: Path | None,
    is_explained: bool,
    _json: bool,
) -> None:
    """Count the screens in files or folders: FHIR, the New York 1115 set, our template, or a table
    with a mapping.

    Files are told by number, in the order given; those of a folder in the order of their names.
    """
    found = screens.aggregate(
        sources_at(paths),
        group_id=group_id,
        period=quarter(period),
        mapping=text_at(mapping) if mapping else None,
        is_explained=is_explained,
        today=datetime.now(UTC).date(),
    )
    for problem in found.problems:
        say(str(problem))
    click.echo(json.dumps(as_json(found, is_explained=is_explained), indent=2))


def sources_at(paths: Sequence[Path]) -> list[SourceFile]:
    """A file's name may tell whose it is, so files are told by number."""
    found = [file for number, path in enumerate(paths, 1) for file in files_at(path, number)]
    return [
        SourceFile(f"file {number}", path.name, path.stat().st_size, opener(path))
        for number, path in enumerate(found, 1)
    ]


def opener(path: Path) -> Any:
    return lambda: path.open("rb")


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


def quarter(written: str | None) -> Period | None:
    try:
        return period_of(written) if written else None
    except ValueError as error:
        raise BadInput([Problem("--period", str(error))]) from None


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
    if is_explained:
        told["by_screen"] = [screen_json(each) for each in found.screens]
    return told


def cell_json(key: CellKey, counts: ResultCounts) -> dict[str, Any]:
    return {
        "group_id": key.group_id,
        "site_id": key.site_id,
        "period": key.period,
        "need": key.need,
        "stratum_type": key.stratum_type,
        "stratum": key.stratum,
        "screened": counts.screened,
        "positive": counts.positive,
        "negative": counts.negative,
        "declined": counts.declined,
        "unknown": counts.unknown,
        "incomplete": counts.incomplete,
    }


def screen_json(judged: ExplainedScreen) -> dict[str, Any]:
    return {
        "source": judged.source,
        "instrument": judged.instrument,
        "date": judged.date,
        "status": judged.status,
        "needs": {need.value: result.value for need, result in judged.needs.items()},
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
        "problems": [{"place": each.place, "says": each.says} for each in report.problems],
    }
