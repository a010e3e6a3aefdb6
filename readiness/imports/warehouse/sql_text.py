"""The one expression as text for a warehouse of a payer's own: rows stay there, counts come back.

What it returns are exactly the columns of our table of counts, so that it can be sent as it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from textwrap import wrap

import sqlglot
from sqlglot import exp

from readiness.core.errors import BadInput
from readiness.counts.strata import STRATA, UNKNOWN
from readiness.imports.screens.models import STATED, WHOLE, NeedResult, RecordStatus
from readiness.imports.template import models as template
from readiness.imports.warehouse import sql

DIALECTS = ("duckdb", "spark", "postgres", "bigquery", "snowflake", "databricks", "trino")
RESULTS = "results"  # how the expression calls the table
NAME = r"[A-Za-z_][A-Za-z0-9_]*(?:-[A-Za-z0-9_]+)*"
TABLE = re.compile(rf"{NAME}(?:\.{NAME}){{0,3}}")
NO_TABLE = "A table is named by letters, digits and underscores, with dots between its parts."
TODAY = "CURRENT_DATE"
LABELS = {  # what stands in the columns that name a row
    "schema_version": f"'{template.SCHEMA}'",
    "as_of_date": "CAST({as_of} AS TEXT)",
    "instrument": f"'{template.MIXED}'",
    "instrument_version": "''",
    "unit": f"'{template.Unit.PATIENTS}'",
}
KEYS = ("group_id", "site_id", "period", "need", "stratum_type", "stratum")
COUNTS = {
    "declined": NeedResult.DECLINED,
    "unknown": NeedResult.UNKNOWN,
    "incomplete": NeedResult.INCOMPLETE,
    "screened": f"{NeedResult.POSITIVE} + {NeedResult.NEGATIVE} + {NeedResult.PARTIAL}",
    "positive": NeedResult.POSITIVE,
}


@dataclass(frozen=True)
class WarehouseColumn:
    """One column of the table that the expression reads."""

    name: str
    type: str
    says: str
    is_needed: bool = False


COLUMNS = (
    WarehouseColumn(
        "group_id", "text", "the physician group, as the program names it", is_needed=True
    ),
    WarehouseColumn(
        "site_id", "text", "its site; who has none counts for the group as a whole alone"
    ),
    WarehouseColumn(
        "patient", "any type", "what tells patients apart; never returned", is_needed=True
    ),
    WarehouseColumn("screened_on", "date", "the day of the screen", is_needed=True),
    WarehouseColumn(
        "instrument", "text", "the instrument: a result replaces only those of its own"
    ),
    WarehouseColumn("need", "text", "one of " + ", ".join(sql.STATED_NEEDS), is_needed=True),
    WarehouseColumn("result", "text", "one of " + ", ".join(STATED), is_needed=True),
    WarehouseColumn("status", "text", "as FHIR has it; none counts as final"),
    WarehouseColumn(
        "issued", "timestamp", "when the result was written; of one day the latest counts"
    ),
    WarehouseColumn("version", "integer", "of those written at the same time the highest counts"),
    *(WarehouseColumn(kind, "text", "one of " + ", ".join(STRATA[kind])) for kind in sql.TYPES),
)


def table_description() -> Iterator[str]:
    """The table that the text reads: one row for each result of a need."""
    width = max(len(column.name) for column in COLUMNS)
    for column in COLUMNS:
        needed = "needed; " if column.is_needed else ""
        says = wrap(f"{column.type}; {needed}{column.says}", 96 - width)
        yield f"{column.name:{width}}  {says[0]}"
        yield from (f"{'':{width}}  {more}" for more in says[1:])


def text_for(
    dialect: str, table: str, standings: Mapping[str, RecordStatus], as_of: date | None = None
) -> str:
    if not TABLE.fullmatch(table):
        raise BadInput(NO_TABLE)
    tree = sqlglot.parse_one(query(standings, as_of), read="duckdb")
    for found in list(tree.find_all(exp.Table)):
        if found.name == RESULTS:
            found.replace(exp.to_table(table, dialect=dialect))
    body = tree.sql(dialect=dialect, pretty=True, unsupported_level=sqlglot.ErrorLevel.RAISE)
    return "\n".join([*head(table), body, ""])


def head(table: str) -> Iterator[str]:
    yield "-- Patients by need and stratum, as a table of counts to send. Closed quarters only."
    yield f"-- Reads {table}: one row for each result of a need."
    yield "-- Every column has to be there; one that you do not have is NULL in every row."
    yield "--"
    yield from (f"--   {line}" for line in table_description())


# In a table of counts ALL is the whole group; who has no site is counted there alone.
PLACED = f"""
  SELECT
    group_id, CASE wholes.number WHEN 1 THEN '{WHOLE}' ELSE site_id END AS site_id,
    period, need, stratum_type, stratum,
    {", ".join(f"SUM({each}) AS {each}" for each in NeedResult)}
  FROM cells CROSS JOIN ({sql.rows((0, 1))}) AS wholes
  WHERE wholes.number = 1 OR site_id <> '{WHOLE}'
  GROUP BY
    group_id, CASE wholes.number WHEN 1 THEN '{WHOLE}' ELSE site_id END,
    period, need, stratum_type, stratum"""


def query(standings: Mapping[str, RecordStatus], as_of: date | None) -> str:
    """Strata are given only where something is known of somebody; then the rest is `unknown`."""
    day = f"CAST('{as_of}' AS DATE)" if as_of else TODAY
    year, quarter = (f"CAST(EXTRACT({each} FROM {day}) AS TEXT)" for each in ("YEAR", "QUARTER"))
    selected = ",\n  ".join(f"{value_of(name, day)} AS {name}" for name in template.NAMES)
    return f"""{sql.tallies_query(standings, RESULTS)},
cells AS (
{sql.cells()}
),
placed AS (
{PLACED}
),
told AS (
  SELECT *, MAX(CASE WHEN stratum <> '{UNKNOWN}' THEN 1 ELSE 0 END)
    OVER (PARTITION BY stratum_type) AS is_told
  FROM placed
)
SELECT
  {selected}
FROM told
WHERE is_told = 1 AND period < {year} || '-Q' || {quarter}
ORDER BY group_id, site_id, period, need, stratum_type, stratum"""


def value_of(name: str, as_of: str) -> str:
    if name in KEYS:
        return name
    if name in LABELS:
        return LABELS[name].format(as_of=as_of)
    return COUNTS.get(name, "CAST(NULL AS INT)")
