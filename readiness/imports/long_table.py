"""A long table: one line for each answer, or for each need that the sender judged already."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from functools import partial

from readiness.core.tables.models import ReadContext, Report, SourceFile
from readiness.counts.social_risk.models import Need
from readiness.imports.mapped_table import (
    NO_DAY,
    REMEMBERED,
    MappedLine,
    MappedRun,
    NotReadError,
    PlaceLabels,
    answers_in,
    columns_of,
    comma_fault,
    head_of,
    lines_of,
    open_mapped,
    part_of,
    parts_in,
)
from readiness.imports.mapping_models import OVER_ALL, ColumnRole, LongMapping, plain
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import (
    UNREADABLE_ANSWER,
    AnsweredQuestion,
    NeedResult,
    PatientRecord,
    ScreenAnswer,
    ScreenPart,
)

LOINC = re.compile(r"[0-9]{1,7}-[0-9]")
NO_QUESTION = "The mapping does not know this line's question. Add it under questions."
NO_NEED = "The mapping does not know this line's need. Add it under needs."


def parts(
    sources: Sequence[SourceFile],
    reading: ReadContext,
    mapping: LongMapping,
    codes: CodeTable,
    labels: PlaceLabels | None = None,
) -> Iterator[ScreenPart | PatientRecord]:
    run = MappedRun(mapping, codes, labels or PlaceLabels())
    for source in sources:
        with open_mapped(source, mapping) as table:
            columns = columns_of(table, mapping)
            lines = lines_of(table, columns, reading)
            screen = partial(screen_in, run=run, mapping=mapping, reading=reading)
            yield from gathered(parts_in(lines, reading, screen))
    run.refuse_other_order()


def gathered(parts: Iterable[ScreenPart]) -> Iterator[ScreenPart]:
    """Answers of one screen that follow each other, in one part."""
    whole: ScreenPart | None = None
    for part in parts:
        if whole and whole.is_continued_by(part):
            whole.answered += part.answered
            continue
        if whole:
            yield whole
        whole = part
    if whole:
        yield whole


def screen_in(
    line: MappedLine, run: MappedRun, mapping: LongMapping, reading: ReadContext
) -> Iterator[ScreenPart]:
    head = head_of(line, run)
    if head.day is None:
        raise NotReadError(run.why_no_day(line.text(ColumnRole.DATE), NO_DAY))
    if ColumnRole.NEED in line.columns:
        results = need_result(line, mapping, run.codes, reading.report)
        yield part_of(head, head.day, line, run, reading, results=results)
        return
    question = line.text(ColumnRole.QUESTION)
    code = mapping.questions.get(plain(question), question)
    if not run.codes.knows(code):
        if not LOINC.fullmatch(code):
            raise NotReadError(NO_QUESTION)
        reading.report.unknown_codes[code] += 1
        return
    if run.codes.is_personal(code):
        return
    flag = line.text(ColumnRole.FLAG)
    answers = answers_to(code, line.text(ColumnRole.ANSWER), run, mapping)
    if UNREADABLE_ANSWER in answers:
        reading.report.unreadable_answers[code] += 1
        if is_number(code, run, mapping) and (fault := number_fault(line, mapping)):
            reading.report.unread_beside(line.place, fault)
    answered = AnsweredQuestion(code, answers, mapping.flags.get(plain(flag)) if flag else None)
    yield part_of(head, head.day, line, run, reading, answered=(answered,))


def answers_to(
    code: str, text: str, run: MappedRun, mapping: LongMapping
) -> tuple[ScreenAnswer, ...]:
    if (code, text) in run.answers:
        return run.answers[code, text]
    answers = answers_in(
        text,
        code,
        (mapping.answers.get(code, {}), mapping.answers.get(OVER_ALL, {})),
        is_number=is_number(code, run, mapping),
        codes=run.codes,
    )
    if len(run.answers) < REMEMBERED:
        run.answers[code, text] = answers
    return answers


def number_fault(line: MappedLine, mapping: LongMapping) -> str:
    return comma_fault(line.text(ColumnRole.ANSWER), mapping.columns[ColumnRole.ANSWER])


def is_number(code: str, run: MappedRun, mapping: LongMapping) -> bool:
    return code in mapping.numbers or run.codes.is_counted(code)


def need_result(
    line: MappedLine, mapping: LongMapping, codes: CodeTable, report: Report
) -> dict[Need, NeedResult]:
    """A word that nothing explains leaves the need open: it is never taken for a "no"."""
    need = mapping.need(line.text(ColumnRole.NEED))
    if need is None:
        raise NotReadError(NO_NEED)
    text = line.text(ColumnRole.RESULT)
    if not text:
        return {need: NeedResult.INCOMPLETE}
    result = mapping.result(text) or codes.result_for(text)
    if result is None:
        report.unreadable_answers[need.value] += 1
    return {need: result or NeedResult.INCOMPLETE}
