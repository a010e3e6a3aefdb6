"""What the mapped tables have in common: where each column stands, and a person's traits."""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from datetime import date

from readiness.core.errors import BadInput, Problem
from readiness.core.tables.reader import Row, Table, key
from readiness.core.tables.reading import Reading
from readiness.counts.social_risk.models import Need
from readiness.imports.days import day_of, instant_of
from readiness.imports.labels import Labels
from readiness.imports.mapping import standing_of
from readiness.imports.mapping_shapes import TRAITS, Answers, Role, TableMapping, plain
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens import headings
from readiness.imports.screens.parts import Answer, Answered, Part, Result, Standing, Traits

UNKNOWN_STATUS = "unknown"
NO_STATUS = "final"  # of a table that has no such column: what it holds is meant to be counted
REMEMBERED = 10_000  # of each kind of text, so that memory does not grow with the file
SEVERAL = re.compile(r"[;|]")
NUMBER = re.compile(r"-?[0-9]{1,9}(?:\.[0-9]{1,6})?")

NO_RESULTS: Mapping[Need, Result] = {}
NO_PATIENT = "There is no patient in this line. Fill in the patient."
NO_DAY = "The day of the screen is missing or is no date. Write it as 2026-07-03."
NO_STANDING = "The mapping does not say what this line's status means. Add it under statuses."


class NotReadError(Exception):
    """One line cannot be read; the sentence is our own."""


@dataclass(frozen=True)
class Columns:
    """Where each role stands in one table."""

    at: Mapping[Role, int]

    def text(self, row: Row, role: Role) -> str:
        place = self.at.get(role)
        return row.cells[place] if place is not None else ""


@dataclass(frozen=True)
class Head:
    """What one line tells beside its answers."""

    patient: str
    day: date | None  # none where there is no screen in the line
    standing: Standing
    status: str
    issued: str
    group_id: str
    site_id: str
    traits: Traits | None


def part_of(
    head: Head,
    day: date,
    place: str,
    run: Run,
    reading: Reading,
    answered: tuple[Answered, ...] = (),
    results: Mapping[Need, Result] = NO_RESULTS,
) -> Part:
    return Part(
        source=place,
        patient=reading.hashed(head.patient),
        day=day,
        standing=head.standing,
        status=head.status,
        answered=answered,
        results=results,
        instrument=run.mapping.instrument,
        issued=head.issued,
        group_id=head.group_id,
        site_id=head.site_id,
        traits=head.traits,
    )


@dataclass
class Run:
    """One run over the files of one mapping. What it remembers is gone when it ends."""

    mapping: TableMapping
    codes: CodeTable
    groups: Labels = field(default_factory=lambda: Labels("group"))
    sites: Labels = field(default_factory=lambda: Labels("site"))
    days: dict[str, date | None] = field(default_factory=dict)
    traits: dict[tuple[str, ...], Traits] = field(default_factory=dict)
    standings: dict[str, tuple[Standing, str]] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[Answer, ...]] = field(default_factory=dict)

    def day(self, text: str) -> date | None:
        if text not in self.days:
            if len(self.days) >= REMEMBERED:
                self.days.clear()
            self.days[text] = day_of(text, self.mapping.dates)
        return self.days[text]


def columns_of(table: Table, mapping: TableMapping, also: Collection[int] = ()) -> Columns:
    """Refused where a column of the mapping is missing, or where one is not known to it.

    `also` are the places of columns that the reader knows by itself.
    """
    places = {key(name): at for at, name in enumerate(table.header)}
    at = {role: places[key(name)] for role, name in mapping.columns.items() if key(name) in places}
    missing = mapping.columns.keys() - at.keys()
    problems = [
        Problem(table.label, f"There is no column for the {role}{as_named(mapping, role)}. "
                "Correct its name in the mapping, or add the column.")
        for role in sorted(missing)
    ]  # fmt: skip
    strange = [
        place
        for place, name in enumerate(table.header)
        if place not in at.values() and place not in also and not mapping.ignores(name)
    ]
    if strange and (at or also):
        problems.append(Problem(table.label, strange_columns(table, strange)))
    if problems:
        raise BadInput(problems)
    return Columns(at)


def as_named(mapping: TableMapping, role: Role) -> str:
    name = mapping.columns[role]
    return f" (“{name}”)" if headings.is_heading(name) else ""


def strange_columns(table: Table, strange: list[int]) -> str:
    names = headings.named(table.header, strange)
    what = "this column" if len(strange) == 1 else "these columns"
    return (
        f"The mapping does not know {names}. Remove {what}, or name what is not needed in ignore."
    )


def head_of(row: Row, columns: Columns, run: Run) -> Head:
    patient = columns.text(row, Role.PATIENT)
    if not patient:
        raise NotReadError(NO_PATIENT)
    mapping, issued = run.mapping, columns.text(row, Role.ISSUED)
    standing, status = standing_in(row, columns, run)
    return Head(
        patient=patient,
        day=run.day(columns.text(row, Role.DATE)),
        standing=standing,
        status=status,
        issued=instant_of(issued, mapping.dates) if issued else "",
        group_id=run.groups.of(mapping.value(Role.GROUP, columns.text(row, Role.GROUP))),
        site_id=run.sites.of(mapping.value(Role.SITE, columns.text(row, Role.SITE))),
        traits=traits_of(row, columns, run),
    )


def standing_in(row: Row, columns: Columns, run: Run) -> tuple[Standing, str]:
    if Role.STATUS not in columns.at:
        return Standing.COUNTED, NO_STATUS
    text = columns.text(row, Role.STATUS)
    if text not in run.standings:
        status = run.mapping.statuses.get(plain(text), text) or UNKNOWN_STATUS
        standing = standing_of(run.codes, status)
        if standing is None:
            raise NotReadError(NO_STANDING)
        run.standings[text] = standing, plain(status).replace(" ", "-")
    return run.standings[text]


def traits_of(row: Row, columns: Columns, run: Run) -> Traits | None:
    """None where the line tells nothing of the person."""
    texts = tuple(columns.text(row, role) for role in TRAITS)
    if not any(texts):
        return None
    found = run.traits.get(texts)
    if found is None:
        if len(run.traits) >= REMEMBERED:
            run.traits.clear()
        found = run.traits[texts] = traits_from(dict(zip(TRAITS, texts, strict=True)), run)
    return found


def traits_from(texts: Mapping[Role, str], run: Run) -> Traits:
    mapping, age = run.mapping, texts[Role.AGE]
    races = (part.strip() for part in SEVERAL.split(texts[Role.RACE]))
    return Traits(
        races=tuple(mapping.value(Role.RACE, race) for race in races if race),
        ethnicity=mapping.value(Role.ETHNICITY, texts[Role.ETHNICITY]),
        language=mapping.value(Role.LANGUAGE, texts[Role.LANGUAGE]),
        payer=mapping.value(Role.PAYER, texts[Role.PAYER]),
        sex=mapping.value(Role.SEX, texts[Role.SEX]),
        born=run.day(texts[Role.BORN]),
        age=int(age) if age.isascii() and age.isdigit() and len(age) <= 3 else None,
    )


def answers_in(
    text: str, question: str, known: tuple[Answers, ...], *, is_number: bool, codes: CodeTable
) -> tuple[Answer, ...] | None:
    """Every answer that stands in one cell; None when one of them means nothing to us."""
    if not text:
        return ()
    if (one := answer_in(text, question, known, is_number=is_number, codes=codes)) is not None:
        return (one,)
    several = [part.strip() for part in SEVERAL.split(text) if part.strip()]
    found = [answer_in(p, question, known, is_number=False, codes=codes) for p in several]
    told = tuple(answer for answer in found if answer is not None)
    return told if len(told) == len(found) > 1 else None


def answer_in(
    text: str, question: str, known: tuple[Answers, ...], *, is_number: bool, codes: CodeTable
) -> Answer | None:
    for answers in known:
        if found := answers.get(plain(text)):
            return found
    if is_number and (number := number_in(text)) is not None:
        return Answer(number=number)
    return codes.answer_for(question, text)


def number_in(text: str) -> float | None:
    """
    >>> number_in("$25,000"), number_in("12"), number_in("a lot")
    (25000.0, 12.0, None)
    """
    digits = text.replace(",", "").replace("$", "").strip()
    return float(digits) if NUMBER.fullmatch(digits) else None
