"""The count as SQL text, for payers whose rows must stay where they are."""

from __future__ import annotations

from datetime import date

from readiness.imports.screening_codes import loader as screening
from readiness.imports.warehouse import sql_text


def sql_of(dialect: str, table: str, as_of: date | None = None) -> str:
    """The statuses of single answers and of forms are told apart by no table, so both are known."""
    codes = screening.load()
    standings = {word: of for each in codes.standings.values() for word, of in each.items()}
    return sql_text.text_for(dialect, table, standings, as_of)
