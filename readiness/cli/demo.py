"""`flask demo`: the invented groups to try everything with."""

from __future__ import annotations

from datetime import UTC, datetime

import click
from flask import current_app
from flask.cli import AppGroup

from readiness.accounts.db import groups
from readiness.accounts.passwords import Hasher
from readiness.cli.database import in_use
from readiness.cli.outcome import ends_well
from readiness.core.config import Settings
from readiness.core.errors import WrongState
from readiness.demo import fill, world

demo = AppGroup("demo", help="The demonstration: invented groups only.")

WHAT_FOR = {
    "manager": "practice manager",
    "team": "care team",
    "payer": "payer relationship manager",
    "admin": "administrator",
}


def of_the_demonstration() -> Settings:
    settings: Settings = current_app.config["SETTINGS"]
    if not settings.is_demo:
        raise WrongState("Set READINESS_DEMO=1: invented groups never go among real ones.")
    return settings


@demo.command("fill")
@ends_well
def fill_command() -> None:
    """Fill a new database with thirteen invented groups under one invented payer."""
    settings = of_the_demonstration()
    store = in_use(settings.database)
    if groups.all_groups(store):
        raise WrongState("This database has groups already. Remove its folder to start afresh.")
    fill.fill(store, Hasher(quick=settings.quick_hashing), datetime.now(UTC).replace(microsecond=0))
    store.close()
    click.echo(f"Filled with {len(world.GROUPS)} invented groups.")


@demo.command("sign-ins")
@ends_well
def sign_ins() -> None:
    """Print one sign-in per role."""
    of_the_demonstration()
    for person_id, _, email in world.PEOPLE:
        click.echo(f"  {WHAT_FOR[person_id]:28} {email:28} {fill.PASSWORD}")
