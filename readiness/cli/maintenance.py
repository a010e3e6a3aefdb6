"""Keeping the file: creating and updating it, copies, the way back, and a check of everything."""

from __future__ import annotations

from contextlib import closing
from datetime import datetime
from pathlib import Path

from readiness.core import backup
from readiness.core.backup import Backup
from readiness.core.db import Store
from readiness.core.errors import NotFound
from readiness.core.migrations import is_current, migrate
from readiness.portfolio.service.bulk_pdf import sweep


def bring_up_to_date(database: Path, now: datetime) -> tuple[list[str], Backup | None]:
    """The changes applied, and the backup made before: a file in use is never changed without."""
    database.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    is_new = not database.exists()
    with closing(Store(database)) as store:
        if is_current(store):
            sweep(store, now)
            return [], None
        made = None if is_new else backup.make(store, before_update(database, now), now)
        applied = migrate(store)
        sweep(store, now)
    database.chmod(0o600)
    return applied, made


def before_update(database: Path, now: datetime) -> Path:
    return database.parent / "backups" / f"before-update-{backup.stamp(now)}.db"


def back_up(database: Path, target: Path | None, now: datetime) -> tuple[Backup, list[Path]]:
    """The copy made, and the old copies that made room for it; files past their day go too."""
    with closing(opened(database)) as store:
        sweep(store, now)
        folder = database.parent / "backups"
        made = backup.make(store, target or backup.next_path(folder, now), now)
    return made, [] if target else backup.rotate(folder)


def bring_back(source: Path, database: Path, now: datetime) -> Path | None:
    return backup.restore(source, database, now)


def problems(database: Path) -> list[str]:
    with closing(opened(database)) as store:
        return backup.problems(store)


def opened(database: Path) -> Store:
    if not database.exists():
        raise NotFound(f"There is no database {database}. Run: flask database migrate")
    return Store(database)
