"""Everything that can be wrong with a database: its structure, its references, its history, and
the rows that only this program may write."""

from __future__ import annotations

from collections.abc import Iterator

from sqlite_utils import Database

from readiness.core import audit, migrations
from readiness.core.db import Store
from readiness.core.sealing import FIRST, GONE, SEALED, Seal, content_of, next_seal, row_key

SHOWN = 20  # rows of one table; more would say no more
NO_KEY = (
    "The history and the rows with marks could not be checked: history.key is missing. Put it "
    "beside the database from where you keep a copy. If it is lost: flask database new-key, or "
    "flask database restore FILE --lost-key"
)


def problems(store: Store, key: bytes | None) -> list[str]:
    """A sentence for each, read as of one moment. `key`: the one that the marks were made with."""
    with store.snapshot():
        found = list(structure_faults(store))
        lacking = migrations.missing_parts(store)
        if not any(part.startswith(("column events.", "table events")) for part in lacking):
            found += mark_faults(store, key)
        return found


def structure_faults(store: Store) -> Iterator[str]:
    for row in store.rows("pragma integrity_check"):
        if row["integrity_check"] != "ok":
            yield f"The database is damaged: {row['integrity_check']}."
    for row in store.rows("pragma foreign_key_check"):
        yield f"Table {row['table']} refers to a missing row of {row['parent']}."
    if problem := migrations.problem_of(store):
        yield problem
        return
    made = shapes(migrations.with_steps(migrations.applied(store)))
    for name, shape in sorted(shapes(store.db).items()):
        if made.get(name) != shape:
            how = "changed in" if name in made else "put into"
            yield f"The {name} was {how} the file by hand."


def shapes(db: Database) -> dict[str, str]:
    """The tables, indexes and triggers by kind and name, as they were made."""
    rows = db.conn.execute(
        "select type || ' ' || name, sql from sqlite_schema"
        " where name not like 'sqlite_%' and sql is not null"
    )
    return {name: " ".join(sql.split()) for name, sql in rows}


def mark_faults(store: Store, key: bytes | None) -> Iterator[str]:
    has_marks = "history_keys" in store.db.table_names()
    if has_marks and key is None:
        yield NO_KEY
        return
    if line := audit.first_broken(store, key if has_marks else None):
        yield f"The history was changed or cut at line {line}."
    elif has_marks and key:
        yield from row_faults(store, key)


def row_faults(store: Store, key: bytes) -> Iterator[str]:
    newest: dict[tuple[str, str], str] = {}
    use = audit.key_uses(store)[-1]  # the history is whole, so there is one
    last = store.row("select mark from row_seals where seq = ?", (use.seals_from - 1,))
    before = last["mark"] if last else FIRST
    marks = {before}
    rows = store.rows("select * from row_seals where seq >= ? order by seq", (use.seals_from,))
    for number, row in enumerate(rows, start=use.seals_from):
        seal = Seal(row["table_name"], row["row_key"], row["content"], row["mark"])
        made = next_seal(key, before, seal.table_name, seal.row_key, seal.content)
        if row["seq"] != number or seal != made:
            yield f"The marks on rows were changed or cut at number {number}."
            return
        newest[seal.table_name, seal.row_key] = seal.content
        before = seal.mark
        marks.add(before)
    last = store.row("select rows_mark from events where rows_mark <> '' order by seq desc limit 1")
    if last and last["rows_mark"] not in marks:
        yield "Marks on rows were cut off: the history knows of later ones."
    for table in sorted(SEALED.keys() & set(store.db.table_names())):  # an older file has fewer
        yield from table_faults(store, key, table, newest)


def table_faults(
    store: Store, key: bytes, table: str, newest: dict[tuple[str, str], str]
) -> Iterator[str]:
    missing = {of_row for name, of_row in newest if name == table and newest[name, of_row] != GONE}
    faults = []
    for row in store.rows(f"select * from {table}"):  # noqa: S608 - our names
        of_row = row_key(table, row)
        missing.discard(of_row)
        if (marked := newest.get((table, of_row), GONE)) == GONE:
            faults.append(f"A row of {table} was put in by hand: {of_row}.")
        elif marked != content_of(key, table, row):
            faults.append(f"A row of {table} was changed by hand: {of_row}.")
    faults += [f"A row of {table} was taken out by hand: {of_row}." for of_row in sorted(missing)]
    yield from faults[:SHOWN]
    if len(faults) > SHOWN:
        yield f"{len(faults) - SHOWN:,} more rows of {table} are not as they were written."
