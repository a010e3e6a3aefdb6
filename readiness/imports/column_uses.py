"""What a column of a wide table may be, as a person chooses it on a page."""

from __future__ import annotations

from dataclasses import dataclass

from readiness.counts.social_risk.models import Need
from readiness.imports.mapping_models import MADE_BY_US, ColumnRole
from readiness.imports.screening_codes.models import CodeTable

VISIT = "visit"
NEED, QUESTION = "need.", "question."  # before the need, the question, in the value of a choice


@dataclass(frozen=True)
class ColumnUse:
    """Nothing of it is set for a column that is not needed."""

    roles: tuple[ColumnRole, ...] = ()
    need: Need | None = None
    question: str = ""
    is_of_visit: bool = False  # the day of a visit: the table lists visits, not screens

    @property
    def value(self) -> str:
        if self.is_of_visit:
            return VISIT
        if self.need:
            return f"{NEED}{self.need}"
        if self.question:
            return f"{QUESTION}{self.question}"
        return "+".join(self.roles)

    @property
    def tells_patients_apart(self) -> bool:
        return ColumnRole.PATIENT in self.roles


NOT_NEEDED = ColumnUse()
PATIENT, DATE = ColumnUse((ColumnRole.PATIENT,)), ColumnUse((ColumnRole.DATE,))
VISIT_DATE = ColumnUse((ColumnRole.DATE,), is_of_visit=True)
BORN = ColumnUse((ColumnRole.BORN,))
BORN_AND_PATIENT = ColumnUse((ColumnRole.PATIENT, ColumnRole.BORN))
OF_THE_SCREEN = (ColumnRole.STATUS, ColumnRole.COMPLETE, ColumnRole.SITE)
OF_THE_PERSON = (
    ColumnRole.RACE,
    ColumnRole.ETHNICITY,
    ColumnRole.LANGUAGE,
    ColumnRole.PAYER,
    ColumnRole.SEX,
    ColumnRole.AGE,
)
SINGLE = tuple(ColumnUse((role,)) for role in (*OF_THE_SCREEN, *OF_THE_PERSON))
NEEDS = tuple(ColumnUse(need=need) for need in Need if need not in MADE_BY_US)
DAYS = (DATE, VISIT_DATE, BORN, BORN_AND_PATIENT)
USES = {use.value: use for use in (NOT_NEEDED, PATIENT, *DAYS, *SINGLE, *NEEDS)}


def use_of(value: str, codes: CodeTable) -> ColumnUse:
    """What was chosen; nothing for what is no choice of ours."""
    if value.startswith(QUESTION):
        question = value.removeprefix(QUESTION)
        is_known = codes.knows(question) and not codes.is_personal(question)
        return ColumnUse(question=question) if is_known else NOT_NEEDED
    return USES.get(value, NOT_NEEDED)
