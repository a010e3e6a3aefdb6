"""Parts and screens with one thing said of them and the rest as it usually is."""

from __future__ import annotations

from datetime import date
from typing import Any

from readiness.core.tables.models import Report
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screens.assembly import ScreenAssembly
from readiness.imports.screens.models import (
    Absent,
    AnsweredQuestion,
    PatientRecord,
    RecordStatus,
    Screen,
    ScreenAnswer,
    ScreenPart,
)

CODES = screening.load()
DAY = date(2026, 7, 3)
HITS = ("95618-5", "95617-7", "95616-9", "95615-1")
POINTS = ("", "LA6270-8", "LA10066-1", "LA10082-8", "LA16644-9", "LA6482-9")  # by their number
YES, NO, DECLINED = "LA33-6", "LA32-8", "LA30122-8"


def answer(said: Any) -> ScreenAnswer:
    """A code, a number or a reason for none."""
    if isinstance(said, Absent):
        return ScreenAnswer(absent=said)
    return ScreenAnswer(number=said) if isinstance(said, int | float) else ScreenAnswer(code=said)


def answered(question: str, *said: Any, flag: bool | None = None) -> AnsweredQuestion:
    return AnsweredQuestion(question, tuple(map(answer, said)), flag)


def a_screen(*questions: AnsweredQuestion, **changes: Any) -> Screen:
    defaults: dict[str, Any] = {
        "patient": b"p1",
        "day": DAY,
        "instrument": "ahc_hrsn",
        "status": "final",
        "standing": RecordStatus.COUNTED,
        "answered": {each.question: each for each in questions},
    }
    return Screen(**{**defaults, **changes})


def a_part(*questions: AnsweredQuestion, **changes: Any) -> ScreenPart:
    defaults: dict[str, Any] = {
        "source": "file 1, line 2",
        "patient": b"p1",
        "day": DAY,
        "standing": RecordStatus.COUNTED,
        "status": "final",
        "answered": questions,
    }
    return ScreenPart(**{**defaults, **changes})


def assembled(
    *parts: ScreenPart | PatientRecord, is_explained: bool = False
) -> tuple[list[Screen], Report]:
    assembly = ScreenAssembly(CODES, Report(), is_explained)
    for part in parts:
        assembly.add(part)
    return list(assembly.screens()), assembly.report
