"""`flask database ...`: create or update the file, copy it, bring a copy back, check it."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app

from readiness.cli.outcome import OUR_FAULT, ends_well, say
from readiness.core import anchors, encryption, migrations, verification
from readiness.core import backup as copies
from readiness.core.anchors import Anchor
from readiness.core.backup import Backup
from readiness.core.config import Settings
from readiness.core.db import Store
from readiness.core.encryption import Recipients
from readiness.core.errors import BadInput, NotFound, WrongState
from readiness.core.sealing import key_if_there, key_path
from readiness.plans.service import tier_costs
from readiness.portfolio.service.bulk_pdf import sweep


@click.group()
def database() -> None:
    """Create, update, copy, bring back or check the database."""


def settings() -> Settings:
    found: Settings = current_app.config["SETTINGS"]
    return found


def here() -> Path:
    return settings().database


@database.command()
@click.option("--dry-run", is_flag=True, help="Do it to a copy, and say what it would do.")
@ends_well
def migrate(dry_run: bool) -> None:
    """Create the database, or bring it up to date after a backup."""
    if dry_run:
        opened(here()).close()
        for name in copies.rehearsed(here()):
            say(f"Would apply: {name}.")
        say("Nothing was changed; the copy that was tried was whole afterwards.")
        return
    applied, made = bring_up_to_date(here(), datetime.now(UTC), recipients())
    if made:
        say(f"Before the update a copy was kept in {made.path}.")
    for name in applied:
        say(f"Applied: {name}.")
    fill_tier_costs(datetime.now(UTC))
    say(f"{here()} is up to date.")


def fill_tier_costs(now: datetime) -> None:
    with closing(Store(here())) as store:
        filled = tier_costs.fill(store, now)
    if filled:
        groups = "1 group" if filled == 1 else f"{filled} groups"
        say(f"Worked out what the next tier costs for {groups}.")


@database.command()
@click.argument("file", type=click.Path(path_type=Path), required=False)
@ends_well
def backup(file: Path | None) -> None:
    """Copy the database to FILE while it is in use, and check the copy.

    Without FILE the copy goes to the folder backups beside the database, where the newest 14 are
    kept, the last of 8 weeks and the last of 12 months. Keep the .json beside each copy: restore
    needs it. With READINESS_BACKUP_RECIPIENT it is encrypted and ends in .age.
    """
    made, removed = back_up(here(), file, datetime.now(UTC), recipients())
    for path in removed:
        say(f"Removed the old copy {path}.")
    say(f"Copied and checked; {made.lines} lines of history, the last with hash {made.head}.")
    click.echo(made.path)


@database.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option("--dry-run", is_flag=True, help="Do all but the last step, and say what it would do.")
@click.option("--lost-key", is_flag=True, help="history.key is lost: begin a new one.")
@click.option(
    "--identity", type=click.Path(path_type=Path), help="The file with the key of an encrypted one."
)
@ends_well
def restore(file: Path, dry_run: bool, lost_key: bool, identity: Path | None) -> None:
    """Put the backup FILE in the place of the database, which is kept aside.

    A backup made by an earlier release is brought up to date on the way.
    """
    now = datetime.now(UTC)
    with copies.prepared(file, here(), now, lost_key=lost_key, identity=identity) as ready:
        say(f"{file} is whole: {ready.lines} lines of history, the last with hash {ready.head}.")
        for name in ready.applied:
            say(f"{'Would apply' if dry_run else 'Applied'}: {name}.")
        if dry_run:
            say("Nothing was changed. Run it without --dry-run to bring this backup back.")
            return
        if former := copies.put(ready, here(), now):
            say(f"The former database is kept in {former}.")
    fill_tier_costs(now)
    say(f"{here()} now holds what {file} holds.")


@database.command("new-identity")
@click.argument("file", type=click.Path(path_type=Path))
@ends_well
def new_identity(file: Path) -> None:
    """Make a key for encrypted backups: the secret part in FILE, the public one printed.

    Set READINESS_BACKUP_RECIPIENT to what is printed, and keep FILE away from this machine: restore
    needs it, and nothing else does.
    """
    public = encryption.write_identity(file, datetime.now(UTC))
    say(f"Keep {file} away from this machine: without it no encrypted backup can be read.")
    click.echo(public)


@database.command("new-key")
@ends_well
def new_key() -> None:
    """Begin a new history.key where the one before is lost.

    What was marked with it can then only be compared with backups and kept anchors.
    """
    with closing(opened(here())) as store:
        migrations.new_key(store, datetime.now(UTC))
    say(f"Keep a copy of {key_path(here())} somewhere else: nothing can be saved without it.")


@database.command()
@ends_well
def anchor() -> None:
    """Print the head of the history, to be kept where nobody can change it: on another machine, or
    in a mail. A line of it in a file is what `check --anchors FILE` compares with."""
    with closing(opened(here())) as store:
        click.echo(anchors.present(store, datetime.now(UTC)))


@database.command()
@click.option(
    "--anchors",
    "kept",
    type=click.Path(path_type=Path),
    help="Compare with a file of lines that `flask database anchor` printed.",
)
@ends_well
def check(kept: Path | None) -> None:
    """Check the database's structure, its references, its history and the rows with marks.

    The history is compared with the heads that the backups in the folder backups carry.
    """
    found = problems(here(), anchors_in(kept) if kept else ())
    for problem in found:
        say(problem)
    if found:
        sys.exit(OUR_FAULT)
    say("Nothing is wrong with the database or its history.")


# Keeping the file: what the commands do, and what `flask people` opens


def recipients() -> Recipients:
    return encryption.recipients(settings().backup_recipient)


def bring_up_to_date(
    path: Path, now: datetime, to: Recipients = ()
) -> tuple[list[str], Backup | None]:
    """The changes applied, and the backup made before: a file in use is never changed without."""
    with closing(Store.create(path)) as store:
        is_new = migrations.is_empty(store)
        if not is_new:
            migrations.refuse_strange(store)
        if migrations.is_current(store):
            sweep(store, now)
            return [], None
        made = None if is_new else copies.make(store, before_update(path, now), now, to)
        applied = migrations.migrate(store)
        sweep(store, now)
    path.chmod(0o600)
    return applied, made


def before_update(path: Path, now: datetime) -> Path:
    return path.parent / "backups" / f"before-update-{copies.stamp(now)}.db"


def back_up(
    path: Path, target: Path | None, now: datetime, to: Recipients = ()
) -> tuple[Backup, list[Path]]:
    """The copy made, and the old copies that made room for it; files past their day go too."""
    with closing(opened(path)) as store:
        sweep(store, now)
        folder = path.parent / "backups"
        made = copies.make(store, target or copies.next_path(folder, now), now, to)
    return made, [] if target else copies.rotate(folder)


def anchors_in(path: Path) -> list[Anchor]:
    try:
        return [Anchor.read(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
    except (OSError, ValueError):
        raise BadInput(
            f"{path} cannot be read as lines of `flask database anchor`. Check the path."
        ) from None


def problems(path: Path, kept: Sequence[Anchor] = ()) -> list[str]:
    key = key_if_there(path)
    with closing(opened(path)) as store:
        older = [] if migrations.is_current(store) else [migrations.OLDER]
        heads = [*copies.kept_heads(path.parent / "backups", key), *kept]
        return [*verification.problems(store, key), *older, *anchors.faults(store, heads)]


def opened(path: Path) -> Store:
    if not path.exists():
        raise NotFound(f"There is no database {path}. Run: flask database migrate")
    return Store(path)


def in_use(path: Path) -> Store:
    """For commands that go on working with it: none that this program does not understand."""
    store = opened(path)
    try:
        migrations.refuse_strange(store)
        if not migrations.is_current(store):
            raise WrongState(migrations.OLDER)
    except BaseException:
        store.close()
        raise
    return store
