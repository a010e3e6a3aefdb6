"""A wide table: one line for each form, one column for each field, as REDCap exports them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, partial
from typing import NamedTuple

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import ReadContext, Report, SourceFile
from readiness.core.tables.reader import TextTable, column_key
from readiness.counts.social_risk.models import Need
from readiness.imports import safe_names
from readiness.imports.mapped_table import (
    NO_DAY,
    NO_PATIENT,
    REMEMBERED,
    Columns,
    MappedLine,
    MappedRun,
    NotReadError,
    PlaceLabels,
    ReadResult,
    RowHead,
    answers_in,
    columns_of,
    comma_fault,
    head_of,
    lines_of,
    open_mapped,
    part_of,
    parts_in,
)
from readiness.imports.mapping_models import (
    ColumnRole,
    MappedField,
    RedcapMapping,
    plain,
    unmarked,
)
from readiness.imports.referrals.beside_screens import follow_ups
from readiness.imports.referrals.models import FollowUp
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.evaluation import any_of
from readiness.imports.screens.models import (
    UNREADABLE_ANSWER,
    Absent,
    AnsweredQuestion,
    NeedResult,
    PatientRecord,
    PatientTraits,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)

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
SEPARATOR = "\0"  # stands in no table that is read
NO_PATIENT_PART = (
    "A column that tells patients apart is missing. Correct its name in the mapping, or add it."
)


@dataclass(frozen=True)
class FieldPlace:
    """Where one field of the mapping stands: one column, or one for each of its check boxes."""

    name: str
    of: MappedField
    column: int | None = None
    boxes: tuple[tuple[int, ScreenAnswer], ...] = ()


class FormAnswers(NamedTuple):
    """What one line of a wide table answers."""

    answered: tuple[AnsweredQuestion, ...]
    results: Mapping[Need, NeedResult]
    unread: tuple[str, ...]  # headings of what was not understood
    faults: tuple[str, ...]  # why, where a comma is why
    is_screen: bool


@dataclass(frozen=True)
class RedcapLayout:
    mapping: RedcapMapping
    columns: Columns
    fields: tuple[FieldPlace, ...]
    races: tuple[tuple[int, str], ...] = ()  # where races are check boxes
    patient_parts: tuple[int, ...] = ()
    forms: dict[tuple[str, ...], FormAnswers] = field(default_factory=dict)  # as they were read

    @cached_property
    def followed(self) -> tuple[FieldPlace, ...]:
        """What followed a need."""
        return tuple(each for each in self.fields if each.of.about is not None)

    @cached_property
    def answers(self) -> tuple[int, ...]:
        """The columns that its answers stand in."""
        fields = [each for each in self.fields if each.of.about is None]
        boxes = (at for each in fields for at, _ in each.boxes)
        return (*(each.column for each in fields if each.column is not None), *boxes)


def parts(
    sources: Sequence[SourceFile],
    reading: ReadContext,
    mapping: RedcapMapping,
    codes: CodeTable,
    labels: PlaceLabels | None = None,
) -> Iterator[ScreenPart | PatientRecord | FollowUp]:
    run = MappedRun(mapping, codes, labels or PlaceLabels())
    for source in sources:
        with open_mapped(source, mapping) as table:
            layout = layout_of(table, mapping)
            lines = lines_of(table, layout.columns, reading)
            yield from parts_in(
                lines, reading, partial(form_in, layout=layout, run=run, reading=reading)
            )
    run.refuse_other_order()


# Where everything stands


def layout_of(table: TextTable, mapping: RedcapMapping) -> RedcapLayout:
    columns = {column_key(name): at for at, name in enumerate(table.header)}
    problems: list[Problem] = []
    fields = []
    for name, of in mapping.fields.items():
        if column_key(name) in columns:
            fields.append(FieldPlace(name, of, columns[column_key(name)]))
        elif boxes := boxes_of(name, columns):
            fields.append(box_place(table, name, of, boxes, problems))
        else:
            problems.append(Problem(table.label, f"There is no column {quoted(name)}. Correct the "
                                    "field's name in the mapping, or add the column."))  # fmt: skip
    patient_parts = [columns.get(column_key(name)) for name in mapping.patient_parts]
    if None in patient_parts:
        problems.append(Problem(table.label, NO_PATIENT_PART))
    race_name = mapping.columns.get(ColumnRole.RACE, "")
    races = () if column_key(race_name) in columns else tuple(boxes_of(race_name, columns).items())
    kept = {
        role: at for role, at in mapping.columns.items() if role != ColumnRole.RACE or not races
    }
    known = {at for name, at in columns.items() if name in OWN or name.endswith(OWN_ENDINGS)}
    known |= {at for each in fields for at, _ in each.boxes}
    known |= {each.column for each in fields if each.column is not None}
    known |= {at for _, at in races}
    parts_at = tuple(at for at in patient_parts if at is not None)
    known |= {*parts_at}
    try:
        found = columns_of(table, replace(mapping, columns=kept), known)
    except BadInput as error:
        raise BadInput([*error.problems, *problems]) from None
    if problems:
        raise BadInput(problems)
    boxes_of_races = tuple((at, code) for code, at in races)
    return RedcapLayout(mapping, found, tuple(fields), boxes_of_races, parts_at)


def boxes_of(name: str, columns: Mapping[str, int]) -> dict[str, int]:
    """REDCap writes the boxes of a field as name___1, name___2 and so on."""
    start = column_key(name) + BOX
    return {
        column.removeprefix(start): at
        for column, at in columns.items()
        if name and column.startswith(start)
    }


def box_place(
    table: TextTable, name: str, of: MappedField, boxes: Mapping[str, int], problems: list[Problem]
) -> FieldPlace:
    answers = {box_of(text): answer for text, answer in of.answers.items()}
    unknown = [at for code, at in boxes.items() if code not in answers]
    if of.need is not None:
        says = f"{quoted(name)} has check boxes: give the field a question with its answers."
        problems.append(Problem(table.label, says))
    elif unknown:
        names = safe_names.column_names(table.header, unknown)
        says = f"Add what {names} means to the field's answers."
        problems.append(Problem(table.label, says))
    found = tuple((at, answers[code]) for code, at in boxes.items() if code in answers)
    return FieldPlace(name, of, boxes=found)


def box_of(code: str) -> str:
    """A code as it stands in the name of a column.

    >>> box_of("-9"), box_of("A")
    ('_9', 'a')
    """
    return plain(code).replace("-", "_")


def quoted(name: str) -> str:
    return f"“{name}”" if safe_names.is_heading(name) else "of that field"


# One line


def form_in(
    line: MappedLine, layout: RedcapLayout, run: MappedRun, reading: ReadContext
) -> Iterator[ScreenPart | PatientRecord | FollowUp]:
    head = head_of(line, run)
    if layout.patient_parts:
        head = with_patient(head, line, layout, run)
    if layout.races:
        head = with_races(head, line, layout, run)
    is_finished = plain(line.text(ColumnRole.COMPLETE)) in FINISHED
    if ColumnRole.COMPLETE in line.columns and not is_finished:
        head = held_back(head)
    form = answers_of(line, layout, run, reading.report)
    patient = run.hashed(head.patient, reading)
    followed = list[FollowUp]()
    if layout.followed and head.standing is RecordStatus.COUNTED:
        told = beside(line, layout)
        followed += follow_ups(told, line.place, run, patient, head.day, reading.report)
    if form.is_screen or is_finished:
        if head.day is None:
            raise NotReadError(run.why_no_day(line.text(ColumnRole.DATE), NO_DAY))
        yield part_of(
            head,
            head.day,
            line,
            run,
            reading,
            form.answered,
            form.results,
            is_whole=True,
            is_completed=is_finished,
        )
    elif head.traits is not None:
        yield PatientRecord(patient, head.traits)
    yield from followed


def with_patient(head: RowHead, line: MappedLine, layout: RedcapLayout, run: MappedRun) -> RowHead:
    """Told apart by all parts together, whatever capitals, spaces and ways to write a day."""
    texts = [head.patient, *(line.cells[at] for at in layout.patient_parts)]
    if not all(texts):
        raise NotReadError(NO_PATIENT)
    parts = (str(run.day(text) or plain(text)) for text in texts)
    return head._replace(patient=SEPARATOR.join(parts))


def held_back(head: RowHead) -> RowHead:
    """A form that is not finished; one that was taken back stays so."""
    if head.standing is not RecordStatus.COUNTED:
        return head
    return head._replace(standing=RecordStatus.HELD, status=IN_PROGRESS)


def with_races(head: RowHead, line: MappedLine, layout: RedcapLayout, run: MappedRun) -> RowHead:
    chosen = tuple(
        run.mapping.value(ColumnRole.RACE, code)
        for at, code in layout.races
        if plain(line.cells[at]) in CHECKED
    )
    if not chosen:
        return head
    return head._replace(traits=(head.traits or PatientTraits())._replace(races=chosen))


def answers_of(
    line: MappedLine, layout: RedcapLayout, run: MappedRun, report: Report
) -> FormAnswers:
    """Forms are often answered alike. What nothing explains is told each time."""
    texts = tuple([line.cells[at] for at in layout.answers])
    found = layout.forms.get(texts)
    if found is None:
        found = form_answers(line, layout, run)
        if len(layout.forms) < REMEMBERED:
            layout.forms[texts] = found
    if found.unread:
        report.unreadable_answers.update(found.unread)
        for fault in found.faults:
            report.unread_beside(line.place, fault)
    return found


def form_answers(line: MappedLine, layout: RedcapLayout, run: MappedRun) -> FormAnswers:
    """What nothing explains leaves its own need open, and says nothing of the others."""
    answered, unread, faults = list[AnsweredQuestion](), list[str](), list[str]()
    results: dict[Need, list[NeedResult]] = {}
    for each in layout.fields:
        if each.of.about is not None:
            continue
        if each.of.need is not None:
            found = known_result(line, each, layout.mapping, run)
            if found.result:
                results.setdefault(each.of.need, []).append(found.result)
            if not found.is_read:
                unread.append(named(each))
        elif not run.codes.is_personal(each.of.question):
            answers = answers_to(line, each, run)
            if UNREADABLE_ANSWER in answers:
                unread.append(named(each))
                if fault := number_fault(line, each):
                    faults.append(fault)
            answered.append(AnsweredQuestion(each.of.question, answers))
    united = {
        need: any_of(found) if len(found) > 1 else found[0] for need, found in results.items()
    }
    is_screen = bool(united) or any(one.answers for one in answered)
    return FormAnswers(tuple(answered), united, tuple(unread), tuple(faults), is_screen)


def beside(line: MappedLine, layout: RedcapLayout) -> dict[Need, dict[ColumnRole, str]]:
    """What followed each need, from the columns about it."""
    found: dict[Need, dict[ColumnRole, str]] = {}
    for each in layout.followed:
        if each.of.about and each.of.need and each.column is not None:
            told = found.setdefault(each.of.need, {})
            text = each.of.word(line.cells[each.column])
            told[each.of.about] = text or told.get(each.of.about, "")
    return found


def known_result(
    line: MappedLine, field: FieldPlace, mapping: RedcapMapping, run: MappedRun
) -> ReadResult:
    """Words are few and are met a million times."""
    text = line.cells[field.column] if field.column is not None else ""
    key = (field.name, text)
    found = run.results.get(key)
    if found is None:
        found = result_in(text, field, mapping, run.codes)
        if len(run.results) < REMEMBERED:
            run.results[key] = found
    return found


def result_in(text: str, field: FieldPlace, mapping: RedcapMapping, codes: CodeTable) -> ReadResult:
    if not text or {plain(text), unmarked(text)} & mapping.blanks:
        return ReadResult(None)
    if result := mapping.result(field.of, text):
        return ReadResult(result)
    if codes.absent_for(text) is Absent.NOT_ASKED:
        return ReadResult(None)
    if result := codes.result_for(text):
        return ReadResult(result)
    return ReadResult(NeedResult.INCOMPLETE, is_read=False)


def number_fault(line: MappedLine, field: FieldPlace) -> str:
    """The sentence for a comma where a number belongs; the other needs of the line stand."""
    if not field.of.is_number or field.column is None:
        return ""
    return comma_fault(line.cells[field.column], field.name)


def named(field: FieldPlace) -> str:
    """The heading, as far as it may be repeated; else what it is about."""
    if safe_names.is_heading(field.name):
        return field.name
    return field.of.question or str(field.of.need)


def answers_to(line: MappedLine, field: FieldPlace, run: MappedRun) -> tuple[ScreenAnswer, ...]:
    if field.column is None:
        said = (box_answer(line.cells[at], answer) for at, answer in field.boxes)
        return tuple(answer for answer in said if answer)
    return answers_in(
        line.cells[field.column],
        field.of.question,
        (field.of.answers,),
        is_number=field.of.is_number,
        codes=run.codes,
    )


def box_answer(text: str, answer: ScreenAnswer) -> ScreenAnswer | None:
    """A box that holds anything but yes or no is open: it may have been checked."""
    said = plain(text)
    if said in NOT_CHECKED:
        return None
    return answer if said in CHECKED else UNREADABLE_ANSWER
