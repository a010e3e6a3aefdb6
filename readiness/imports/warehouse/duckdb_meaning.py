"""What the texts of a column mean: asked once for each, however many rows hold it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from readiness.core.errors import BadInput, Problem
from readiness.imports.warehouse.duckdb_session import DuckdbSession, literal
from readiness.imports.warehouse.duckdb_words import Column, Run

MOST_TEXTS = 20_000  # different ones in a column; more are names or notes
TOO_VARIOUS = "The {column} column holds too many different texts. Name another column."
UNREAD = "unread"  # what a status means that nobody explained: its row is left out
AGE = re.compile(r"[0-9]{1,3}")


def raw(column: Column) -> str:
    """How its text is called in SQL, where some of the words mean something."""
    return f"{column}_raw"


def text_of(run: Run, column: Column) -> str:
    return f"COALESCE({run.sql_of(column)}, '')"


def explain(db: DuckdbSession, run: Run, column: Column, texts: str) -> None:
    """Make a table of every text and what it means; `texts` selects them as `text`.

    The meanings are a type of their own, so that a row holds a small number for each.
    """
    db.run(f"CREATE OR REPLACE TABLE {column}_words AS {texts}")
    found = [row[0] for row in db.run(f"SELECT text :: VARCHAR FROM {column}_words")]
    if len(found) > MOST_TEXTS:
        raise BadInput([Problem(run.label, TOO_VARIOUS.format(column=column))])
    meant = [MEANT[column](run, text.strip()) for text in found]
    db.run(f"ALTER TABLE {column}_words RENAME TO {column}_texts")
    db.run(f"DROP TYPE IF EXISTS {column}_word")
    name_words(db, f"{column}_word", (each for each in meant if each))
    db.run(
        f"CREATE TABLE {column}_words AS SELECT text, CAST(meant AS {column}_word) AS meant"
        f" FROM {column}_texts JOIN (SELECT unnest(?) AS found, unnest(?) :: VARCHAR AS meant)"
        " ON text = found",
        (found, meant),
    )
    db.run(f"DROP TABLE {column}_texts")


def name_words(db: DuckdbSession, name: str, words: Iterable[str]) -> None:
    """A type of these words; an empty one stands in it, since no type is without any."""
    listed = ", ".join(literal(word) for word in dict.fromkeys(["", *words]))
    db.run(f"CREATE TYPE {name} AS ENUM ({listed})")


def age_of(run: Run, text: str) -> str:
    return run.wording.age(int(text) if AGE.fullmatch(text) else None)


MEANT: dict[Column, Callable[[Run, str], str | None]] = {
    Column.NEED: lambda run, text: run.wording.need(text),
    Column.RESULT: lambda run, text: run.wording.result(text),
    Column.STATUS: lambda run, text: run.wording.standing(text) or UNREAD,
    Column.GROUP: lambda run, text: run.wording.group(text) or run.reading.group_id or None,
    Column.SITE: lambda run, text: run.wording.site(text) or None,
    Column.AGE: age_of,
}
