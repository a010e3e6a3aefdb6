"""A wide table: one line for each form, one column for each field, as REDCap exports them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.reader import Row, Table, key, opened, whole
from readiness.core.tables.reading import Reading
from readiness.core.tables.sources import Source
from readiness.counts.social_risk.models import Need
from readiness.imports.mapped import (
    NO_DAY,
    Columns,
    Head,
    NotReadError,
    Run,
    answers_in,
    columns_of,
    head_of,
    part_of,
)
from readiness.imports.mapping_shapes import Field, RedcapMapping, Role, plain
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens import headings
from readiness.imports.screens.parts import Answer, Answered, Part, Person, Result, Standing, Traits

OWN = {
    "redcap_event_name",
    "redcap_repeat_instrument",
    "redcap_repeat_instance",
    "redcap_survey_identifier",  # may hold an e-mail address: dropped unread
    "redcap_data_access_group",
}
BOX = "___"
OWN_ENDINGS = ("_complete", "_timestamp")  # one of each for every form
FINISHED = {"2", "complete"}
CHECKED = {"1", "checked", "yes", "true", "x"}
NOT_CHECKED = {"", "0", "unchecked", "no", "false"}
IN_PROGRESS = "in-progress"
NO_VALUE = "The mapping does not know what stands in {column}. Add it to that field's {what}."


@dataclass(frozen=True)
class Place:
    """Where one field of the mapping stands: one column, or one for each of its check boxes."""

    name: str
    of: Field
    column: int | None = None
    boxes: tuple[tuple[int, Answer], ...] = ()


@dataclass(frozen=True)
class Layout:
    columns: Columns
    fields: tuple[Place, ...]
    races: tuple[tuple[int, str], ...] = ()  # where races are check boxes


def parts(
    sources: Sequence[Source], reading: Reading, mapping: RedcapMapping, codes: CodeTable
) -> Iterator[Part | Person]:
    run = Run(mapping, codes)
    for source in sources:
        with opened(source) as table:
            layout = layout_of(table, mapping)
            for row in whole(table, reading):
                place = table.place(row.line)
                try:
                    yield from told_by(row, place, layout, run, reading)
                except NotReadError as error:
                    reading.report.refuse(place, str(error))


# Where everything stands


def layout_of(table: Table, mapping: RedcapMapping) -> Layout:
    columns = {key(name): at for at, name in enumerate(table.header)}
    problems: list[Problem] = []
    fields = []
    for name, of in mapping.fields.items():
        if key(name) in columns:
            fields.append(Place(name, of, columns[key(name)]))
        elif boxes := boxes_of(name, columns):
            fields.append(boxed(table, name, of, boxes, problems))
        else:
            problems.append(Problem(table.label, f"There is no column {told(name)}. Correct the "
                                    "field's name in the mapping, or add the column."))  # fmt: skip
    race_name = mapping.columns.get(Role.RACE, "")
    races = () if key(race_name) in columns else tuple(boxes_of(race_name, columns).items())
    kept = {role: at for role, at in mapping.columns.items() if role != Role.RACE or not races}
    known = {at for name, at in columns.items() if name in OWN or name.endswith(OWN_ENDINGS)}
    known |= {at for each in fields for at, _ in each.boxes}
    known |= {each.column for each in fields if each.column is not None}
    known |= {at for _, at in races}
    try:
        found = columns_of(table, replace(mapping, columns=kept), known)
    except BadInput as error:
        raise BadInput([*error.problems, *problems]) from None
    if problems:
        raise BadInput(problems)
    return Layout(found, tuple(fields), tuple((at, code) for code, at in races))


def boxes_of(name: str, columns: Mapping[str, int]) -> dict[str, int]:
    """REDCap writes the boxes of a field as name___1, name___2 and so on."""
    start = key(name) + BOX
    return {
        column.removeprefix(start): at
        for column, at in columns.items()
        if name and column.startswith(start)
    }


def boxed(
    table: Table, name: str, of: Field, boxes: Mapping[str, int], problems: list[Problem]
) -> Place:
    answers = {box_of(text): answer for text, answer in of.answers.items()}
    unknown = [at for code, at in boxes.items() if code not in answers]
    if of.need is not None:
        says = f"{told(name)} has check boxes: give the field a question with its answers."
        problems.append(Problem(table.label, says))
    elif unknown:
        says = f"Add what {headings.named(table.header, unknown)} means to the field's answers."
        problems.append(Problem(table.label, says))
    found = tuple((at, answers[code]) for code, at in boxes.items() if code in answers)
    return Place(name, of, boxes=found)


def box_of(code: str) -> str:
    """A code as it stands in the name of a column.

    >>> box_of("-9"), box_of("A")
    ('_9', 'a')
    """
    return plain(code).replace("-", "_")


def told(name: str) -> str:
    return f"“{name}”" if headings.is_heading(name) else "of that field"


# One line


def told_by(
    row: Row, place: str, layout: Layout, run: Run, reading: Reading
) -> Iterator[Part | Person]:
    head = with_races(head_of(row, layout.columns, run), row, layout, run)
    head = with_completeness(head, row, layout.columns)
    answered, results = answers_of(row, layout, run)
    is_finished = plain(layout.columns.text(row, Role.COMPLETE)) in FINISHED
    is_screen = bool(results) or is_finished or any(each.answers for each in answered)
    if is_screen:
        if head.day is None:
            raise NotReadError(NO_DAY)
        part = part_of(head, head.day, place, run, reading, answered, results)
        yield replace(part, is_whole=True, is_completed=is_finished)
    elif head.traits is not None:
        yield Person(reading.hashed(head.patient), head.traits)


def with_completeness(head: Head, row: Row, columns: Columns) -> Head:
    if Role.COMPLETE not in columns.at or head.standing is not Standing.COUNTED:
        return head
    if plain(columns.text(row, Role.COMPLETE)) in FINISHED:
        return head
    return replace(head, standing=Standing.HELD, status=IN_PROGRESS)


def with_races(head: Head, row: Row, layout: Layout, run: Run) -> Head:
    chosen = tuple(
        run.mapping.value(Role.RACE, code)
        for at, code in layout.races
        if plain(row.cells[at]) in CHECKED
    )
    if not chosen:
        return head
    return replace(head, traits=replace(head.traits or Traits(), races=chosen))


def answers_of(
    row: Row, layout: Layout, run: Run
) -> tuple[tuple[Answered, ...], dict[Need, Result]]:
    answered, results = [], {}
    for field in layout.fields:
        if field.of.need is not None:
            if result := result_in(row, field):
                results[field.of.need] = result
        elif not run.codes.is_personal(field.of.question):
            answered.append(Answered(field.of.question, answers_to(row, field, run)))
    return tuple(answered), results


def result_in(row: Row, field: Place) -> Result | None:
    text = row.cells[field.column] if field.column is not None else ""
    if not text:
        return None
    result = field.of.result(text)
    if result is None:
        raise NotReadError(NO_VALUE.format(column=told(field.name), what="results"))
    return result


def answers_to(row: Row, field: Place, run: Run) -> tuple[Answer, ...]:
    if field.column is None:
        return tuple(answer for at, answer in field.boxes if is_checked(row.cells[at], field.name))
    answers = answers_in(
        row.cells[field.column],
        field.of.question,
        (field.of.answers,),
        is_number=field.of.is_number,
        codes=run.codes,
    )
    if answers is None:
        raise NotReadError(NO_VALUE.format(column=told(field.name), what="answers"))
    return answers


def is_checked(text: str, name: str) -> bool:
    said = plain(text)
    if said in NOT_CHECKED:
        return False
    if said in CHECKED:
        return True
    raise NotReadError(
        f"The check boxes {told(name)} hold something other than 0 and 1. Export them as such."
    )
