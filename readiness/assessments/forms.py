"""The facts about a group as a form: its fields come from the instrument, not from code."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from werkzeug.datastructures import MultiDict

from readiness.assessments.saving import SentFact
from readiness.assessments.service.answering import FactConflict
from readiness.assessments.service.assessment_view import AssessmentView
from readiness.core.errors import BadInput, Problem
from readiness.instruments import context_fields
from readiness.instruments.answers import ContextValue
from readiness.instruments.models import ContextField, ContextItem, Instrument

BLANK_ROWS = 2  # offered below those that are filled in
BASE = re.compile(r"\d{1,6}", re.ASCII)
STRANGE = "This page sent something we do not know. Reload it and try again."


@dataclass(frozen=True)
class FactCell:
    column: ContextField
    name: str
    typed: str
    is_fixed: bool = False  # a row's own label, such as a category
    is_wrong: bool = False


@dataclass(frozen=True)
class FactBox:
    """One fact on the page, with what is typed into it."""

    field: ContextField
    typed: str = ""
    chosen: tuple[str, ...] = ()
    rows: tuple[tuple[FactCell, ...], ...] = ()
    is_none: bool = False  # said to be empty
    base: int = 0
    errors: tuple[str, ...] = ()
    clash: str = ""

    @property
    def id(self) -> str:
        return self.field.key

    @property
    def is_fixed(self) -> bool:
        return has_fixed_rows(self.field)


@dataclass(frozen=True)
class ContextPart:
    """One question of the context with its boxes."""

    asked: ContextItem
    boxes: tuple[FactBox, ...]


@dataclass(frozen=True)
class TypedFacts:
    """What a page sent: facts that can be read, boxes as they were typed, and problems."""

    facts: Mapping[str, SentFact]
    boxes: Mapping[str, FactBox]
    problems: tuple[Problem, ...]


def has_fixed_rows(table: ContextField) -> bool:
    """A table whose rows are the choices of its first column shows all of them."""
    first, *others = table.columns or (table,)
    return first.type == "choice" and all(column.type != "choice" for column in others)


# What is stored, as boxes


def parts_of(
    view: AssessmentView,
    boxes: Mapping[str, FactBox] | None = None,
    problems: Iterable[Problem] = (),
    clashes: Iterable[FactConflict] = (),
) -> tuple[ContextPart, ...]:
    found = boxes or {
        key: box_of(each, view.facts[key].value if key in view.facts else None, base(view, key))
        for key, each in view.instrument.field_by_key.items()
    }
    told = with_problems(found, tuple(problems))
    for clash in clashes:
        told[clash.key] = with_conflict(told[clash.key], clash)
    return tuple(
        ContextPart(asked, tuple(told[each.key] for each in asked.fields))
        for asked in view.instrument.context
    )


def base(view: AssessmentView, key: str) -> int:
    return view.facts[key].revision if key in view.facts else 0


def box_of(each: ContextField, value: ContextValue, revision: int) -> FactBox:
    if each.type == "table":
        rows = [as_typed_row(each, row) for row in value] if isinstance(value, list) else []
        return FactBox(each, rows=cells_of(each, rows), is_none=value == [], base=revision)
    if each.type == "choices":
        chosen = tuple(map(str, value)) if isinstance(value, list) else ()
        return FactBox(each, chosen=chosen, is_none=value == [], base=revision)
    return FactBox(each, typed=context_fields.typed_text(each, value), base=revision)


def as_typed_row(table: ContextField, row: Any) -> dict[str, str]:
    return {
        column.key: context_fields.typed_text(column, row.get(column.key))
        for column in table.columns
    }


def cells_of(table: ContextField, rows: list[dict[str, str]]) -> tuple[tuple[FactCell, ...], ...]:
    if has_fixed_rows(table):
        first = table.columns[0]
        by_choice = {row.get(first.key, ""): row for row in rows}
        rows = [{**by_choice.get(value, {}), first.key: value} for value, _ in first.choices]
    else:
        rows = [*rows, *[{} for _ in range(BLANK_ROWS)]][: context_fields.ROWS]
    return tuple(
        tuple(
            FactCell(
                column,
                context_fields.cell_place(table, number, column),
                row.get(column.key, ""),
                is_fixed=has_fixed_rows(table) and column is table.columns[0],
            )
            for column in table.columns
        )
        for number, row in enumerate(rows, start=1)
    )


# What was sent, as facts


def read_form(instrument: Instrument, form: MultiDict[str, str]) -> TypedFacts:
    """Only the fields that the page has; every problem at once."""
    known = instrument.field_by_key
    check_names(known, form)
    read: dict[str, SentFact] = {}
    boxes: dict[str, FactBox] = {}
    problems: list[Problem] = []
    for key, each in known.items():
        box = box_in(each, form)
        boxes[key] = box
        value, wrong = value_in(box)
        problems.extend(wrong)
        if not wrong:
            read[key] = SentFact(value, box.base)
    return TypedFacts(read, boxes, tuple(problems))


def check_names(known: Mapping[str, ContextField], form: MultiDict[str, str]) -> None:
    for name, values in form.lists():
        key = name.split(".")[0]
        is_list = key in known and known[key].type == "choices" and name == key
        if name != "csrf_token" and (key not in known or (len(values) > 1 and not is_list)):
            raise BadInput(STRANGE)


def box_in(each: ContextField, form: MultiDict[str, str]) -> FactBox:
    revision = form.get(f"{each.key}.base", "0")
    if not BASE.fullmatch(revision):
        raise BadInput(STRANGE)
    is_none = form.get(f"{each.key}.none") == context_fields.EMPTY
    if each.type == "table":
        rows = cells_of(each, rows_in(each, form))
        return FactBox(each, rows=rows, is_none=is_none, base=int(revision))
    if each.type == "choices":
        chosen = tuple(form.getlist(each.key))
        return FactBox(each, chosen=chosen, is_none=is_none, base=int(revision))
    return FactBox(each, typed=form.get(each.key, ""), base=int(revision))


def rows_in(table: ContextField, form: MultiDict[str, str]) -> list[dict[str, str]]:
    """Rows in which something was typed; in a table with fixed rows, beside the row's label."""
    found = []
    for number in range(1, context_fields.ROWS + 1):
        row = {
            column.key: form.get(context_fields.cell_place(table, number, column), "").strip()
            for column in table.columns
        }
        own = table.columns[1:] if has_fixed_rows(table) else table.columns
        if any(row[column.key] for column in own):
            found.append(row)
    return found


def value_in(box: FactBox) -> tuple[ContextValue, tuple[Problem, ...]]:
    each = box.field
    try:
        if each.type == "table":
            rows = [{cell.column.key: cell.typed for cell in row} for row in box.rows]
            filled = [row for row in rows if any(row[key] for key in own_keys(each))]
            return context_fields.read_table(each, filled, is_empty=box.is_none)
        if each.type == "choices":
            none = (context_fields.EMPTY,) if box.is_none else ()
            return context_fields.read_choices(each, (*box.chosen, *none)), ()
        return context_fields.read_value(each, box.typed), ()
    except ValueError as error:
        return None, (Problem(each.key, str(error)),)


def own_keys(table: ContextField) -> tuple[str, ...]:
    columns = table.columns[1:] if has_fixed_rows(table) else table.columns
    return tuple(column.key for column in columns)


# What is wrong, beside its box


def with_problems(
    boxes: Mapping[str, FactBox], problems: tuple[Problem, ...]
) -> dict[str, FactBox]:
    told = dict(boxes)
    for problem in problems:
        key = problem.place.split(".")[0]
        if key in told:
            box = told[key]
            rows = tuple(
                tuple(replace(c, is_wrong=c.is_wrong or c.name == problem.place) for c in row)
                for row in box.rows
            )
            told[key] = replace(box, errors=(*box.errors, problem.says), rows=rows)
    return told


def with_conflict(box: FactBox, clash: FactConflict) -> FactBox:
    """The other person's value is named, and the next save is made in sight of it."""
    theirs = in_words(box.field, clash.current.value)
    says = f"{clash.author} saved “{theirs}” here meanwhile. Save again to keep yours."
    return replace(box, clash=says, base=clash.current.revision)


def in_words(each: ContextField, value: ContextValue) -> str:
    if isinstance(value, list):
        return f"{len(value)} rows" if each.type == "table" else ", ".join(map(str, value))
    words = dict(each.choices).get(str(value), context_fields.typed_text(each, value))
    return words or "nothing"


def summary_of(parts: Iterable[ContextPart]) -> list[tuple[str, str]]:
    """Pairs of (id on the page, sentence) for the top of the page."""
    return [
        (box.id, f"{box.field.label}: {says}")
        for part in parts
        for box in part.boxes
        for says in (*box.errors, *([box.clash] if box.clash else []))
    ]
