"""`flask people ...`: the first administrator and payer, before anybody can sign in."""

from __future__ import annotations

import secrets
from contextlib import closing
from datetime import UTC, datetime

import click
from flask import current_app

from readiness.administration import service as administration
from readiness.cli.database import in_use
from readiness.cli.outcome import ends_well, say
from readiness.core.config import Settings


@click.group()
def people() -> None:
    """Invite the people who invite everybody else."""


def link(token: str) -> str:
    settings: Settings = current_app.config["SETTINGS"]
    host = settings.hosts[0] if settings.hosts and not settings.is_demo else ""
    return f"https://{host}/letters/{token}" if host else f"/letters/{token}"


@people.command("add-administrator")
@click.argument("email")
@click.option("--name", required=True, help="Their name.")
@ends_well
def add_administrator(email: str, name: str) -> None:
    """Print a one-time link by which EMAIL becomes an administrator."""
    token = secrets.token_urlsafe(32)
    settings: Settings = current_app.config["SETTINGS"]
    with closing(in_use(settings.database)) as store:
        administration.invite_administrator(store, email, name, token, datetime.now(UTC))
    hand_over(name, token)


@people.command("add-payer")
@click.argument("name")
@click.option("--manager", "email", required=True, help="E-mail of its relationship manager.")
@ends_well
def add_payer(name: str, email: str) -> None:
    """Add the payer NAME and print a one-time link for its relationship manager."""
    token = secrets.token_urlsafe(32)
    settings: Settings = current_app.config["SETTINGS"]
    with closing(in_use(settings.database)) as store:
        administration.invite_payer(
            store, name, email, secrets.token_urlsafe(9), token, datetime.now(UTC)
        )
    hand_over(email, token)


@people.command("remove-second-step")
@click.argument("email")
@ends_well
def remove_second_step(email: str) -> None:
    """Let EMAIL sign in without a code: for the only administrator, who lost the phone."""
    settings: Settings = current_app.config["SETTINGS"]
    with closing(in_use(settings.database)) as store:
        found = administration.remove_second_step(store, email, datetime.now(UTC))
    say(f"{found.name} signs in with the password, and is told who removed the second step.")


def hand_over(whom: str, token: str) -> None:
    say(f"Pass this link on to {whom}. It works once, within 7 days, at this server's address:")
    click.echo(link(token))
