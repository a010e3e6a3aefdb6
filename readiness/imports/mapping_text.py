"""A mapping that the page can make, as the text that is kept of it and the command line reads.

`mapping.parse` reads it back to the same mapping.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from readiness.imports.dates import DateOrder
from readiness.imports.mapping import WIDE
from readiness.imports.mapping_models import (
    Answers,
    ColumnRole,
    MappedField,
    RedcapMapping,
    VisitMapping,
)
from readiness.imports.screens.models import Absent

BARE = re.compile(r"[A-Za-z0-9_-]+")
BEGINS = "# What the columns of a table mean.\n"
DELETE = "\x7f"  # the one character that JSON writes as it is and TOML does not


PageMapping = RedcapMapping | VisitMapping  # that the page can make


def text_of(mapping: PageMapping) -> str:
    return f"{BEGINS}\n" + "\n".join([*lines_at_top(mapping), *tables_of(mapping)]) + "\n"


def lines_at_top(mapping: PageMapping) -> Iterator[str]:
    is_wide = isinstance(mapping, RedcapMapping)
    yield f"shape = {quoted(WIDE if is_wide else mapping.shape)}"
    if mapping.instrument:
        yield f"instrument = {quoted(mapping.instrument)}"
    if mapping.sheet:
        yield f"sheet = {quoted(mapping.sheet)}"
    if mapping.dates is not DateOrder.MONTH_FIRST:
        yield f"dates = {quoted(mapping.dates)}"
    if mapping.ignore:
        yield f"ignore = {listed(mapping.ignore)}"


def tables_of(mapping: PageMapping) -> Iterator[str]:
    if isinstance(mapping, RedcapMapping):
        yield from tables_of_screens(mapping)
    else:
        yield from table("columns", column_texts(mapping))
    for role, values in mapping.values.items():
        yield from table(f"values.{role}", texts(values))


def tables_of_screens(mapping: RedcapMapping) -> Iterator[str]:
    yield from table("columns", columns_of(mapping))
    for heading, of in mapping.fields.items():
        yield from field_lines(f"fields.{key(heading)}", of)
    shared = {text: quoted(result) for text, result in mapping.results.items()}
    shared |= {text: quoted(Absent.NOT_ASKED) for text in sorted(mapping.blanks)}
    yield from table("results", shared)
    yield from table("statuses", texts(mapping.statuses))


def column_texts(mapping: PageMapping) -> dict[str, str]:
    return texts({str(role): heading for role, heading in mapping.columns.items()})


def columns_of(mapping: RedcapMapping) -> dict[str, str]:
    columns = column_texts(mapping)
    if mapping.patient_parts:
        headings = (mapping.columns[ColumnRole.PATIENT], *mapping.patient_parts)
        columns[ColumnRole.PATIENT] = listed(headings)
    return columns


def field_lines(name: str, of: MappedField) -> Iterator[str]:
    if of.need is not None:
        yield from table(name, {"need": quoted(of.need)})
        yield from table(f"{name}.results", texts(of.results))
        return
    number = {"number": "true"} if of.is_number else {}
    yield from table(name, {"question": quoted(of.question), **number})
    yield from table(f"{name}.answers", texts(answer_texts(of.answers)))


def answer_texts(answers: Answers) -> dict[str, str]:
    return {text: answer.code or str(answer.absent) for text, answer in answers.items()}


def table(name: str, values: Mapping[str, str]) -> Iterator[str]:
    if values:
        yield f"\n[{name}]"
        yield from (f"{key(each)} = {value}" for each, value in values.items())


def texts(values: Mapping[str, str]) -> dict[str, str]:
    return {name: quoted(value) for name, value in values.items()}


def listed(names: tuple[str, ...]) -> str:
    return f"[{', '.join(map(quoted, names))}]"


def key(name: str) -> str:
    """
    >>> key("food_need"), key("Food insecurity")
    ('food_need', '"Food insecurity"')
    """
    return name if BARE.fullmatch(name) else quoted(name)


def quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False).replace(DELETE, "\\u007f")
