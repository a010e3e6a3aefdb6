"""The tables, and every later change to them, in order.

A migration that has shipped never changes. The tables themselves stand in `schema.sql`; a change to
them is a migration at the end of this file.
"""

from __future__ import annotations

import re
from pathlib import Path

from sqlite_utils import Database, Migrations

from readiness.core.db import Store

TABLES = Path(__file__).with_name("schema.sql")
COMMENT = re.compile(r"^-- .*$", re.MULTILINE)
migrations = Migrations("readiness")


def migrate(store: Store) -> list[str]:
    """Bring the file up to date; return the names of what was applied."""
    with store.writing():
        pending = [migration.name for migration in migrations.pending(store.db)]
        if pending:
            migrations.apply(store.db)
    return pending


def is_current(store: Store) -> bool:
    return not migrations.pending(store.db)


def run(db: Database, script: str) -> None:
    """Run statements one by one: `executescript` would end the transaction."""
    for statement in COMMENT.sub("", script).split(";\n\n"):
        if statement.strip():
            db.conn.execute(statement)


@migrations()
def first_release(db: Database) -> None:
    run(db, TABLES.read_text(encoding="utf-8"))
