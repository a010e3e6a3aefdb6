"""Facts about a group as people type them, and the checks between them.

A fact has a type that the instrument declares. Shares are typed in percent and kept from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any

from readiness.core import patient_identifiers
from readiness.core.errors import Problem
from readiness.core.free_text import LINE_CHARACTERS, clean
from readiness.core.numbers import comma_fault, number_in
from readiness.core.small_cells import may_show
from readiness.instruments.answers import Context, ContextValue
from readiness.instruments.models import ContextField, Instrument

ROWS = 40  # a table may hold
LARGEST = Decimal(100_000_000)
MOST = Decimal(10**12)  # what is read at all, before the bounds of the fact
PLACES = Decimal("0.000001")
EXCLUSIVE = (  # shares of the same patients, each counted once
    ("commercial_share", "medicaid_share", "medicare_share", "uninsured_share"),
)
ROUNDING = Decimal("0.005")  # shares typed in whole percents may add to a little over the whole
BOOLEANS = {"yes": True, "no": False}
EMPTY = "none"  # typed for a table or a set of choices that holds nothing

Row = Mapping[str, str]


def read_value(field: ContextField, typed: str) -> ContextValue:
    """The value behind what was typed, None for a blank, or ValueError with a sentence."""
    text = clean(typed, LINE_CHARACTERS)
    if not text:
        return None
    return READERS[field.type](field, text)


def read_integer(field: ContextField, text: str) -> ContextValue:
    value = parse_decimal(text)
    if value != value.to_integral_value():
        raise ValueError("Type a whole number, such as 12.")
    return int(check_bounds(field, value))


def read_number(field: ContextField, text: str) -> ContextValue:
    return float(check_bounds(field, parse_decimal(text)))


def read_share(field: ContextField, text: str) -> ContextValue:
    value = (parse_decimal(text.removesuffix("%").strip()) / 100).quantize(PLACES)
    low, high = field.minimum, field.maximum
    if (low is not None and value < Decimal(float(low))) or (
        high is not None and value > Decimal(float(high))
    ):
        raise ValueError("Type a percentage from 0 to 100, such as 45.")
    return float(value)


def parse_decimal(text: str) -> Decimal:
    found = number_in(text)
    if found is None or found % PLACES or abs(found) >= MOST:
        raise ValueError(comma_fault(text) or "Type a number in digits, such as 1200 or 3.5.")
    return found


def check_bounds(field: ContextField, value: Decimal) -> Decimal:
    low = Decimal(float(field.minimum)) if field.minimum is not None else -LARGEST
    high = Decimal(float(field.maximum)) if field.maximum is not None else LARGEST
    if not low <= value <= high:
        if field.maximum is None:
            raise ValueError(f"Type a number from {low:,} to {high:,}.")
        raise ValueError(f"Type a number between {low:,} and {high:,}.")
    return value


def read_boolean(_field: ContextField, text: str) -> ContextValue:
    if text not in BOOLEANS:
        raise ValueError("Choose yes or no.")
    return BOOLEANS[text]


def read_choice(field: ContextField, text: str) -> ContextValue:
    if text not in dict(field.choices):
        raise ValueError("Choose one of the list.")
    return text


def read_text(_field: ContextField, text: str) -> ContextValue:
    if refused := patient_identifiers.refusal(text):
        raise ValueError(refused)
    return " ".join(text.split())


def read_date(_field: ContextField, text: str) -> ContextValue:
    try:
        value = date.fromisoformat(text)
    except ValueError as error:
        raise ValueError("Type a date as year-month-day, such as 2027-01-15.") from error
    if not 1990 <= value.year <= 2100:
        raise ValueError("Type a date between 1990 and 2100.")
    return value.isoformat()


READERS: dict[str, Callable[[ContextField, str], ContextValue]] = {
    "integer": read_integer,
    "number": read_number,
    "share": read_share,
    "boolean": read_boolean,
    "choice": read_choice,
    "text": read_text,
    "date": read_date,
}


def read_choices(field: ContextField, typed: Sequence[str]) -> ContextValue:
    """Several of a list; EMPTY alone says that there are none."""
    if not typed:
        return None
    if EMPTY in typed:
        if len(typed) > 1:
            raise ValueError("Choose either some of the list or none of them.")
        return []
    wrong = [text for text in typed if text not in dict(field.choices)]
    if wrong:
        raise ValueError("Choose from the list.")
    return [value for value, _ in field.choices if value in typed]


def read_table(
    field: ContextField, rows: Sequence[Row], *, is_empty: bool
) -> tuple[ContextValue, tuple[Problem, ...]]:
    """A table's rows without the blank ones, and a problem for every cell that cannot be."""
    if len(rows) > ROWS:
        return None, (Problem(field.key, f"A table holds {ROWS} rows at the most."),)
    read, problems = [], []
    for number, row in enumerate(rows, start=1):
        values: dict[str, ContextValue] = {}
        for column in field.columns:
            try:
                values[column.key] = read_value(column, row.get(column.key, ""))
            except ValueError as error:
                says = f"{field.label}, row {number}, {column.label}: {error}"
                problems.append(Problem(cell_place(field, number, column), says))
        if any(value is not None for value in values.values()):
            read.append(values)
    if read and is_empty:
        problems.append(Problem(field.key, f"{field.label}: fill in rows or say none, not both."))
    problems.extend(table_problems(field, read))
    if not read and not is_empty:
        return None, tuple(problems)
    return list(read), tuple(problems)


def cell_place(field: ContextField, number: int, column: ContextField) -> str:
    return f"{field.key}.{number}.{column.key}"


def table_problems(field: ContextField, rows: Sequence[Mapping[str, Any]]) -> Iterator[Problem]:
    """No column of shares adds to more than the whole; a column of rates may."""
    for column in field.columns:
        if column.type == "share" and column.key.endswith("_share"):
            total = total_share(row.get(column.key) for row in rows)
            if total > 1 + ROUNDING:
                says = f"{field.label}, {column.label}: the shares add to {total:.0%}, over 100%."
                yield Problem(field.key, says)


def total_share(shares: Any) -> Decimal:
    return sum((Decimal(str(value)) for value in shares if value is not None), Decimal(0))


def problems_between(instrument: Instrument, context: Context) -> Iterator[Problem]:
    """What cannot be true together."""
    for keys in EXCLUSIVE:
        total = total_share(context.get(key) for key in keys)
        if total > 1 + ROUNDING:
            says = f"These shares of the same patients add to {total:.0%}, over 100%: mend them."
            yield Problem(keys[0], says)
    patients, interpreted = context.get("active_patients"), context.get("interpreter_patients")
    if isinstance(patients, int) and isinstance(interpreted, int) and interpreted > patients:
        yield Problem("interpreter_patients", "More patients than the group has: mend one of them.")
    yield from small_cell_problems(
        instrument, context, patients if isinstance(patients, int) else None
    )


def active_patients(context: Context) -> int | None:
    value = context.get("active_patients")
    return int(value) if isinstance(value, int | float) and not isinstance(value, bool) else None


def small_cell_problems(
    instrument: Instrument, context: Context, patients: int | None
) -> Iterator[Problem]:
    """A share of very few patients could point at somebody, and so could the few it leaves out."""
    for field in instrument.field_by_key.values():
        rows = context.get(field.key)
        for number, row in enumerate(rows if isinstance(rows, list) else (), start=1):
            if not isinstance(row, dict):
                continue
            for column in field.columns:
                if column.type == "share" and is_small_cell(row, column.key, patients):
                    says = (
                        f"{field.label}, row {number}, {column.label}: this stands for 10 "
                        "patients or fewer. Leave it out."
                    )
                    yield Problem(cell_place(field, number, column), says)


def is_small_cell(row: Mapping[str, Any], key: str, patients: int | None) -> bool:
    value = row.get(key)
    if value is None:
        return False
    if key == "rate":  # of the row's own denominator, read from both sides
        known = row.get("denominator")
        met = round(value * known) if known else 0
        return known is not None and not (may_show(met) and may_show(known - met))
    return patients is not None and not may_show(value * patients)


def typed_text(field: ContextField, value: ContextValue) -> str:
    """A value as a person would type it.

    >>> typed_text(ContextField("s", "S", "share"), 0.045)
    '4.5'
    """
    if value is None or isinstance(value, list):
        return ""
    if field.type == "boolean":
        return "yes" if value else "no"
    if field.type == "share":
        return format_decimal(Decimal(str(value)) * 100)
    if field.type in ("integer", "number"):
        return format_decimal(Decimal(str(value)))
    return str(value)


def format_decimal(value: Decimal) -> str:
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text
