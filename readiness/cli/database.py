"""`flask database ...`: create or update the file, copy it, bring a copy back, check it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app

from readiness.cli import maintenance
from readiness.cli.outcome import OUR_FAULT, ends_well, say
from readiness.core.config import Settings


@click.group()
def database() -> None:
    """Create, update, copy, bring back or check the database."""


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def here() -> Path:
    return settings().database


@database.command()
@ends_well
def migrate() -> None:
    """Create the database, or bring it up to date after a backup."""
    applied, made = maintenance.bring_up_to_date(here(), datetime.now(UTC))
    if made:
        say(f"Before the update a copy was kept in {made.path}.")
    for name in applied:
        say(f"Applied: {name}.")
    say(f"{here()} is up to date.")


@database.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@ends_well
def backup(file: Path | None) -> None:
    """Copy the database to FILE while it is in use, and check the copy.

    Without FILE the copy goes to the folder backups beside the database, where the newest 14 are
    kept. Keep the .json beside each copy: restore needs it.
    """
    made, removed = maintenance.back_up(here(), file, datetime.now(UTC))
    for path in removed:
        say(f"Removed the old copy {path}.")
    say(f"Copied and checked; {made.lines} lines of history, the last with hash {made.head}.")
    click.echo(made.path)


@database.command()
@click.argument("file", type=click.Path(path_type=Path))
@ends_well
def restore(file: Path) -> None:
    """Put the backup FILE in the place of the database, which is kept aside."""
    former = maintenance.bring_back(file, here(), datetime.now(UTC))
    if former:
        say(f"The former database is kept in {former}.")
    say(f"{here()} now holds what {file} holds.")


@database.command()
@ends_well
def check() -> None:
    """Check the database's structure, its references and its history."""
    found = maintenance.problems(here())
    for problem in found:
        say(problem)
    if found:
        sys.exit(OUR_FAULT)
    say("Nothing is wrong with the database or its history.")
