"""A guess at what the columns of a stranger's table are: by their headings, then by their words.

A person looks every guess over. Where nothing speaks for a column, it is not needed.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from readiness.counts.social_risk.models import Need
from readiness.imports.column_contents import (
    ANSWER_CODE,
    LOINC,
    ColumnContent,
    ColumnTally,
    Withheld,
    content_of,
)
from readiness.imports.column_uses import (
    BORN,
    BORN_AND_PATIENT,
    DATE,
    NOT_NEEDED,
    PATIENT,
    ColumnUse,
)
from readiness.imports.mapping_models import RESULTS, ColumnRole, plain
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import Absent, NeedResult

# Of a heading in small letters, with spaces for marks. The first that fits decides.
ROLE_HEADINGS = tuple(
    (re.compile(pattern), role)
    for pattern, role in (
        (r"\b(dob|birth ?date|date of birth|birth ?day|born)\b", ColumnRole.BORN),
        (r"\bage\b", ColumnRole.AGE),
        (r"\b(clinic|site|location|facility|practice|department|office)\b", ColumnRole.SITE),
        (r"\b(payer|payor|insurance|insurer|health ?plan|coverage|plan name)\b", ColumnRole.PAYER),
        (r"\b(language|lang)\b", ColumnRole.LANGUAGE),
        (r"\b(ethnicity|ethnic|hispanic|latino)\b", ColumnRole.ETHNICITY),
        (r"\brace\b", ColumnRole.RACE),
        (r"\b(sex|gender)\b", ColumnRole.SEX),
        (r"^((form|record|screen|screening|assessment|encounter) )?status$", ColumnRole.STATUS),
        (r"\bcomplete$", ColumnRole.COMPLETE),
    )
)
NUMBERED = tuple(  # the first that fits any column decides
    re.compile(pattern)
    for pattern in (
        r"\b(mrn|medical record|emr id|ehr id|empi|mpi)\b",
        (
            r"\b(patient|pat|member|client|person|enrollee|subscriber|medicaid)( record)? "
            r"?(id|number|no|nbr|num|identifier)\b|\bcin\b|^patient$"
        ),
        (
            r"\b(record|subject|participant|study|chart) ?(id|number|no|nbr|num|identifier)\b"
            r"|^(id|record|chart)$"
        ),
    )
)
NAMED = re.compile(
    r"\b((patient|first|last|full|given|family|member|client) ?name|surname)\b|^name$"
)
PERSONAL = re.compile(
    r"\b(name|names|surname|street|address|city|zip|zipcode|postal|phone|telephone|mobile|cell|fax"
    r"|e ?mail|ssn|social security|mbi|hic|provider|physician|doctor|clinician|nurse|screener"
    r"|screened by|entered by|completed by|staff|user|author|pcp|guardian|caregiver|contact|parent"
    r"|notes?|comments?|narrative|free ?text|account|identifier|id|number|nbr)\b"
)
SCREENED_ON = tuple(  # the first that fits any column decides
    re.compile(pattern)
    for pattern in (
        r"\b(screen(ing|ed)?|survey|assessment|form)\b",
        r"\b(completed|collected|recorded|administered|answered)\b",
        r"\b(encounter|visit|service|appointment)\b",
    )
)
NEED_HEADINGS = tuple(
    (re.compile(pattern), need)
    for pattern, need in (
        (r"\b(food|hunger|hungry|meals?|nutrition)", Need.FOOD),
        (r"\bhomeless", Need.HOMELESSNESS),
        (r"\b(mold|pests?|housing (quality|conditions?))\b", Need.INADEQUATE_HOUSING),
        (r"\b(housing|housed|shelter|rent|evict)", Need.HOUSING),
        (r"\b(transport|transit)", Need.TRANSPORTATION),
        (r"\b(utilit|electric|heating|energy)", Need.UTILITIES),
        (r"\b(safe|safety|ipv|interpersonal|violence|abuse|partner)\b", Need.SAFETY),
        (r"\b(financ|money|strain|income)", Need.FINANCIAL),
        (r"\b(employ|unemploy|job|jobs|work)", Need.EMPLOYMENT),
        (r"\b(education|school)", Need.EDUCATION),
        (r"\b(digital|internet|broadband)", Need.DIGITAL),
        (r"\b(isolat|lonel|social (support|connection))", Need.SOCIAL),
        (r"\bstress", Need.STRESS),
        (r"\bliteracy", Need.LITERACY),
        (r"\b(child ?care|clothing|basic needs|material)", Need.MATERIAL),
    )
)
AFTERWARDS = re.compile(  # about help with a need, not about the need
    r"\b(refer|referr|help|assist|wants|resolved|closed|connected|outcome|consent|date|score|total"
    r"|intervention|follow|plan|reason|other)"
)
TELLS_NO_NEED = re.compile(r"\b(enough|secure|stable|safe|adequate|reliable|affordable)\b")
YES = (
    "yes y true t 1 x checked positive pos + risk need needs insecure unstable often sometimes"
).split()
PHRASES_OF_NEED = (
    "at risk", "at-risk", "high risk", "has need", "need identified", "need found", "unmet need",
    "need present", "screened positive", "positive screen", "often true", "sometimes true",
)  # fmt: skip
NO = "no n false f 0 unchecked negative neg never none secure stable safe met".split()
PHRASES_OF_NO_NEED = (
    "no risk", "not at risk", "low risk", "no need", "no needs", "no need identified",
    "no unmet need", "screened negative", "negative screen", "never true", "none identified",
)  # fmt: skip
WORDS: dict[str, NeedResult] = {
    **dict.fromkeys((*YES, *PHRASES_OF_NEED, "la33-6"), NeedResult.POSITIVE),
    **dict.fromkeys((*NO, *PHRASES_OF_NO_NEED, "la32-8"), NeedResult.NEGATIVE),
    **RESULTS,
    **dict.fromkeys(("incomplete", "not answered", "partial"), NeedResult.INCOMPLETE),
}
EXCUSED = {  # what the name of a place or a plan may be called
    ColumnRole.SITE: {"name", "names", "id", "number", "nbr"},
    ColumnRole.PAYER: {"name", "names"},
}
CODED = (*(role for _, role in ROLE_HEADINGS if role not in (ColumnRole.BORN, ColumnRole.AGE)),)
DIGITS = re.compile(r"[0-9]+")


@dataclass(frozen=True)
class GuessedColumn:
    content: ColumnContent
    use: ColumnUse = NOT_NEEDED
    is_reversed: bool = False  # a yes says that there is no need


def spoken(heading: str) -> str:
    """
    >>> spoken("ScreeningDate"), spoken("FOOD_insecurity?")
    ('screening date', 'food insecurity')
    """
    parted = re.sub(r"(?<=[a-z])(?=[A-Z])", " ", heading)
    return " ".join(re.sub(r"[^\w+]|_", " ", parted).casefold().split())


def result_for(word: str, codes: CodeTable) -> NeedResult | Absent | None:
    """
    What a word most likely says of a need; None where only the team can know.
    """
    said = plain(word).rstrip(".!")
    if said in WORDS:
        return WORDS[said]
    absent = codes.absent_for(word.strip())
    if absent is None or absent is Absent.NOT_ASKED:
        return absent
    return NeedResult(absent.value)


def role_of(heading: str) -> ColumnRole | None:
    said = spoken(heading)
    return next((role for pattern, role in ROLE_HEADINGS if pattern.search(said)), None)


def question_in(heading: str, codes: CodeTable) -> str:
    found = LOINC.search(heading)
    return found[0] if found and codes.knows(found[0]) else ""


def need_of(heading: str) -> Need | None:
    said = spoken(heading)
    if AFTERWARDS.search(said):
        return None
    return next((need for pattern, need in NEED_HEADINGS if pattern.search(said)), None)


def is_of_person(heading: str, codes: CodeTable) -> bool:
    """Whether the heading announces a name, a number, an address or a note."""
    said = spoken(heading)
    question = question_in(heading, codes)
    if question:
        return codes.is_personal(question)
    if NAMED.search(said) or any(pattern.search(said) for pattern in NUMBERED):
        return True
    role = role_of(heading)
    marks = {found[1] for found in PERSONAL.finditer(said)}
    return bool(marks - (EXCUSED.get(role, set()) if role else set()))


def content(tally: ColumnTally, codes: CodeTable) -> ColumnContent:
    known = [word for word in tally.texts if result_for(word, codes) or ANSWER_CODE.fullmatch(word)]
    return content_of(
        tally,
        is_person=is_of_person(tally.heading, codes),
        is_coded=role_of(tally.heading) in CODED or need_of(tally.heading) is not None,
        known=known,
    )


def guessed(tallies: Iterable[ColumnTally], codes: CodeTable) -> tuple[GuessedColumn, ...]:
    columns = [GuessedColumn(content(tally, codes)) for tally in tallies]
    columns = [replace(each, use=use_by_content(each.content, codes)) for each in columns]
    columns = with_one_of_each(columns)
    columns = with_patient(with_date(columns))
    return tuple(
        replace(each, is_reversed=is_reversed(each.content.heading)) if each.use.need else each
        for each in columns
    )


def use_by_content(of: ColumnContent, codes: CodeTable) -> ColumnUse:
    """Of one column by itself; which of several is the patient or the day is seen later."""
    if of.withheld is Withheld.PERSON:
        return NOT_NEEDED
    if question := question_in(of.heading, codes):
        return ColumnUse(question=question)
    role = role_of(of.heading)
    if of.holds_days:
        return BORN if role is ColumnRole.BORN else NOT_NEEDED
    if role is ColumnRole.AGE or (role and not of.withheld and role is not ColumnRole.BORN):
        return ColumnUse((role,))
    need = need_of(of.heading)
    strange = [word for word in of.words if result_for(word, codes) is None]
    is_counted = any(map(DIGITS.fullmatch, strange))  # how many visits, meals, points
    return ColumnUse(need=need) if need and not of.withheld and not is_counted else NOT_NEEDED


def with_one_of_each(columns: Sequence[GuessedColumn]) -> list[GuessedColumn]:
    """A trait, a site, a status stands in one column: the first."""
    seen: set[ColumnRole] = set()
    found = []
    for each in columns:
        is_again = not seen.isdisjoint(each.use.roles)
        seen.update(each.use.roles)
        found.append(replace(each, use=NOT_NEEDED) if is_again else each)
    return found


def with_date(columns: Sequence[GuessedColumn]) -> list[GuessedColumn]:
    """The day of the screen: by its heading, or the only days there are beside the birth date."""
    days = [
        at for at, each in enumerate(columns) if each.content.holds_days and each.use == NOT_NEEDED
    ]
    headings = {at: spoken(columns[at].content.heading) for at in days}
    return with_use(columns, DATE, (best(headings, SCREENED_ON) or days)[:1])


def with_patient(columns: Sequence[GuessedColumn]) -> list[GuessedColumn]:
    """A number of the patient; where there is none, the name with the birth date."""
    headings = {at: spoken(each.content.heading) for at, each in enumerate(columns)}
    if numbers := best(headings, NUMBERED):
        return with_use(columns, PATIENT, numbers[:1])
    names = best(headings, (NAMED,))
    births = [at for at, each in enumerate(columns) if each.use == BORN]
    if not names or not births:
        return list(columns)
    return with_use(with_use(columns, PATIENT, names), BORN_AND_PATIENT, births)


def best(headings: Mapping[int, str], patterns: Sequence[re.Pattern[str]]) -> list[int]:
    """The places whose headings fit the first pattern that any of them fits."""
    fitting = ([at for at, said in headings.items() if each.search(said)] for each in patterns)
    return next(filter(None, fitting), [])


def with_use(
    columns: Sequence[GuessedColumn], use: ColumnUse, places: Sequence[int]
) -> list[GuessedColumn]:
    return [replace(each, use=use) if at in places else each for at, each in enumerate(columns)]


def is_reversed(heading: str) -> bool:
    return TELLS_NO_NEED.search(spoken(heading)) is not None
