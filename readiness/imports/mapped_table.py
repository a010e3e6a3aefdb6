"""What the mapped tables have in common: where each column stands, and a person's traits."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, Protocol, TypeVar

from readiness.core import numbers
from readiness.core.errors import BadInput, Problem
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.core.tables.reader import TextTable, column_key, open_table, patient_rows
from readiness.counts.social_risk.models import Need
from readiness.imports import safe_names
from readiness.imports.dates import DateOrder, day_of, instant_of, orders_of
from readiness.imports.mapping import standing_of
from readiness.imports.mapping_models import (
    TRAITS,
    Answers,
    ColumnRole,
    TableMapping,
    meant,
    plain,
)
from readiness.imports.safe_names import Labels
from readiness.imports.screening_codes.models import BETWEEN_ANSWERS, CodeTable
from readiness.imports.screens.models import (
    UNREADABLE_ANSWER,
    AnsweredQuestion,
    NeedResult,
    PatientTraits,
    RecordStatus,
    ScreenAnswer,
    ScreenPart,
)

UNKNOWN_STATUS = "unknown"
NO_STATUS = "final"  # of a table that has no such column: what it holds is meant to be counted
REMEMBERED = 10_000  # of each kind of text, so that memory does not grow with the file
SEVERAL = re.compile(r"[;|]")
MOST_NUMBER = 10**9  # of an answer

WHOSE = (ColumnRole.PATIENT, ColumnRole.DATE, ColumnRole.ISSUED)
HEAD = (*WHOSE, ColumnRole.STATUS, ColumnRole.GROUP, ColumnRole.SITE, *TRAITS)

NO_RESULTS: Mapping[Need, NeedResult] = {}
NO_PATIENT = "There is no patient in this line. Fill in the patient."
NO_DAY = "The day of the screen is missing or is no date. Write it as 2026-07-03."
OTHER_ORDER = {
    DateOrder.MONTH_FIRST: (
        "This date is written day first, and dates are read month first here (7/3/2026 is July 3). "
        "Say in the mapping that the day comes first, or write the date as 2026-07-03."
    ),
    DateOrder.DAY_FIRST: (
        "This date is written month first, and dates are read day first here (3/7/2026 is July 3). "
        "Say in the mapping that the month comes first, or write the date as 2026-07-03."
    ),
}
ALL_OTHER_ORDER = (
    "Dates are written {other}, and were to be read {own}: others, such as 7/3/2026, would be "
    "taken for another day. Say in the mapping that they are {other}, or write all as 2026-07-03."
)
NO_STANDING = "The mapping does not say what this line's status means. Add it under statuses."


class NotReadError(Exception):
    """One line cannot be read; the sentence is our own."""


Columns = Mapping[ColumnRole, int]  # where each role stands in one table


class MappedLine(NamedTuple):
    """One line of a table, by what its columns are."""

    cells: Sequence[str]
    columns: Columns
    place: str = ""
    head: tuple[str, ...] = ()  # what stands in the columns of HEAD, as far as they are there
    own: int = 0  # so many of these, the first, are of this line alone

    def text(self, role: ColumnRole) -> str:
        at = self.columns.get(role)
        return self.cells[at] if at is not None else ""


def open_mapped(source: SourceFile, mapping: TableMapping) -> AbstractContextManager[TextTable]:
    """The table whose headings the mapping names, below whatever title and on whatever sheet."""
    return open_table(source, mapping.headings, mapping.sheet)


def lines_of(table: TextTable, columns: Columns, reading: ReadContext) -> Iterator[MappedLine]:
    places = [columns[role] for role in HEAD if role in columns]
    own = sum(role in columns for role in WHOSE)
    for number, cells in patient_rows(table, reading):
        head = tuple([cells[at] for at in places])
        yield MappedLine(cells, columns, table.place(number), head, own)


class Placed(Protocol):
    @property
    def place(self) -> str: ...


Placeable = TypeVar("Placeable", bound=Placed)
Found = TypeVar("Found")


def parts_in(
    lines: Iterable[Placeable],
    reading: ReadContext,
    parts_of: Callable[[Placeable], Iterable[Found]],
) -> Iterator[Found]:
    """What the lines tell; one that cannot be read is told by its place and left out."""
    for line in lines:
        try:
            yield from parts_of(line)
        except NotReadError as error:
            reading.report.refuse(line.place, str(error))


class RowHead(NamedTuple):
    """What one line tells beside its answers; the same object for lines that begin alike."""

    patient: str
    day: date | None  # none where there is no screen in the line
    issued: str
    standing: RecordStatus
    status: str
    group_id: str
    site_id: str
    traits: PatientTraits | None


SharedHead = tuple[RecordStatus, str, str, str, PatientTraits | None]


def part_of(
    head: RowHead,
    day: date,
    line: MappedLine,
    run: MappedRun,
    reading: ReadContext,
    answered: tuple[AnsweredQuestion, ...] = (),
    results: Mapping[Need, NeedResult] = NO_RESULTS,
    *,
    is_whole: bool = False,
    is_completed: bool = False,
) -> ScreenPart:
    return ScreenPart(
        source=line.place,
        patient=run.hashed(head.patient, reading),
        day=day,
        standing=head.standing,
        status=head.status,
        answered=answered,
        results=results,
        instrument=run.mapping.instrument,
        issued=head.issued,
        group_id=head.group_id or reading.group_id,
        site_id=head.site_id,
        traits=head.traits,
        is_whole=is_whole,
        is_completed=is_completed,
    )


@dataclass(frozen=True)
class PlaceLabels:
    """What the tables of one run call groups and sites: one text has one label in all of them."""

    groups: Labels = field(default_factory=lambda: Labels("group"))
    sites: Labels = field(default_factory=lambda: Labels("site"))


class ReadResult(NamedTuple):
    """What stands in one cell of a need: nothing where nobody asked."""

    result: NeedResult | None
    is_read: bool = True


@dataclass
class MappedRun:
    """One run over the files of one mapping. What it remembers is gone when it ends."""

    mapping: TableMapping
    codes: CodeTable
    labels: PlaceLabels = field(default_factory=PlaceLabels)
    days: dict[str, date | None] = field(default_factory=dict)
    heads: dict[tuple[str, ...], SharedHead] = field(default_factory=dict)  # by all but whose
    last: tuple[tuple[str, ...], RowHead] | None = None  # a screen may be many lines
    patient: tuple[str, bytes] = ("", b"")  # the last one, and its hash
    orders: set[frozenset[DateOrder]] = field(default_factory=set)  # of dates with slashes
    traits: dict[tuple[str, ...], PatientTraits] = field(default_factory=dict)
    standings: dict[str, tuple[RecordStatus, str]] = field(default_factory=dict)
    answers: dict[tuple[str, str], tuple[ScreenAnswer, ...]] = field(default_factory=dict)
    results: dict[tuple[str, str], ReadResult] = field(default_factory=dict)  # by field and text

    def hashed(self, patient: str, reading: ReadContext) -> bytes:
        """Lines of one patient often follow each other."""
        if self.patient[0] != patient:
            self.patient = (patient, reading.hashed(patient))
        return self.patient[1]

    def day(self, text: str) -> date | None:
        if text not in self.days:
            if len(self.days) >= REMEMBERED:
                self.days.clear()
            self.days[text] = day_of(text, self.mapping.dates)
            self.orders.add(orders_of(text))
        return self.days[text]

    def why_no_day(self, text: str, says: str) -> str:
        """`says` is told of what is no date at all."""
        other = orders_of(text) - {self.mapping.dates}
        return OTHER_ORDER[self.mapping.dates] if other else says

    def refuse_other_order(self) -> None:
        """Where dates prove the other order, none its own, and some could be either."""
        own = self.mapping.dates
        others = [each for each in self.orders if each and own not in each]
        if others and frozenset({own}) not in self.orders and frozenset(DateOrder) in self.orders:
            (other,) = others[0]
            raise BadInput(ALL_OTHER_ORDER.format(own=own, other=other))


def columns_of(table: TextTable, mapping: TableMapping, also: Collection[int] = ()) -> Columns:
    """Refused where a column of the mapping is missing, or where one is not known to it.

    `also` are the places of columns that the reader knows by itself.
    """
    places = {column_key(name): at for at, name in enumerate(table.header)}
    at = {
        role: places[column_key(name)]
        for role, name in mapping.columns.items()
        if column_key(name) in places
    }
    missing = mapping.columns.keys() - at.keys()
    problems = [
        Problem(table.label, f"There is no column for the {role}{quoted_column(mapping, role)}. "
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
    return at


def quoted_column(mapping: TableMapping, role: ColumnRole) -> str:
    name = mapping.columns[role]
    return f" (“{name}”)" if safe_names.is_heading(name) else ""


def strange_columns(table: TextTable, strange: list[int]) -> str:
    names = safe_names.column_names(table.header, strange)
    what = "this column" if len(strange) == 1 else "these columns"
    return (
        f"The mapping does not know {names}. Remove {what}, or name what is not needed in ignore."
    )


def head_of(line: MappedLine, run: MappedRun) -> RowHead:
    if run.last and run.last[0] == line.head:
        return run.last[1]
    patient, issued = line.text(ColumnRole.PATIENT), line.text(ColumnRole.ISSUED)
    if not patient:
        raise NotReadError(NO_PATIENT)
    head = RowHead(
        patient,
        run.day(line.text(ColumnRole.DATE)),
        instant_of(issued, run.mapping.dates) if issued else "",
        *shared_head(line, run),
    )
    run.last = (line.head, head)
    return head


def shared_head(line: MappedLine, run: MappedRun) -> SharedHead:
    """What many lines have alike."""
    alike = line.head[line.own :]
    found = run.heads.get(alike)
    if found is None:
        mapping = run.mapping
        group_id = mapping.value(ColumnRole.GROUP, line.text(ColumnRole.GROUP))
        site_id = mapping.value(ColumnRole.SITE, line.text(ColumnRole.SITE))
        if len(run.heads) >= REMEMBERED:
            run.heads.clear()
        found = run.heads[alike] = (
            *standing_in(line, run),
            run.labels.groups.of(group_id),
            run.labels.sites.of(site_id),
            traits_of(line, run),
        )
    return found


def standing_in(line: MappedLine, run: MappedRun) -> tuple[RecordStatus, str]:
    if ColumnRole.STATUS not in line.columns:
        return RecordStatus.COUNTED, NO_STATUS
    text = line.text(ColumnRole.STATUS)
    if text not in run.standings:
        status = run.mapping.statuses.get(plain(text), text) or UNKNOWN_STATUS
        standing = standing_of(run.codes, status)
        if standing is None:
            raise NotReadError(NO_STANDING)
        run.standings[text] = standing, plain(status).replace(" ", "-")
    return run.standings[text]


def traits_of(line: MappedLine, run: MappedRun) -> PatientTraits | None:
    """None where the line tells nothing of the person."""
    texts = tuple(line.text(role) for role in TRAITS)
    if not any(texts):
        return None
    found = run.traits.get(texts)
    if found is None:
        if len(run.traits) >= REMEMBERED:
            run.traits.clear()
        found = run.traits[texts] = traits_from(dict(zip(TRAITS, texts, strict=True)), run)
    return found


def traits_from(texts: Mapping[ColumnRole, str], run: MappedRun) -> PatientTraits:
    mapping, age = run.mapping, texts[ColumnRole.AGE]
    races = (part.strip() for part in SEVERAL.split(texts[ColumnRole.RACE]))
    return PatientTraits(
        races=tuple(mapping.value(ColumnRole.RACE, race) for race in races if race),
        ethnicity=mapping.value(ColumnRole.ETHNICITY, texts[ColumnRole.ETHNICITY]),
        language=mapping.value(ColumnRole.LANGUAGE, texts[ColumnRole.LANGUAGE]),
        payer=mapping.value(ColumnRole.PAYER, texts[ColumnRole.PAYER]),
        sex=mapping.value(ColumnRole.SEX, texts[ColumnRole.SEX]),
        born=run.day(texts[ColumnRole.BORN]),
        age=int(age) if age.isascii() and age.isdigit() and len(age) <= 3 else None,
    )


def answers_in(
    text: str, question: str, known: tuple[Answers, ...], *, is_number: bool, codes: CodeTable
) -> tuple[ScreenAnswer, ...]:
    """Every answer that stands in one cell; what means nothing to us leaves the question open."""
    if not text:
        return ()
    if (one := answer_in(text, question, known, is_number=is_number, codes=codes)) is not None:
        return (one,)
    several = [part.strip() for part in SEVERAL.split(text) if part.strip()]
    if len(several) < 2 and codes.has_several(question):
        several = [part.strip() for part in BETWEEN_ANSWERS.split(text) if part.strip()]
    if len(several) < 2:
        return (UNREADABLE_ANSWER,)
    found = (answer_in(p, question, known, is_number=False, codes=codes) for p in several)
    return tuple(dict.fromkeys(answer or UNREADABLE_ANSWER for answer in found))


def answer_in(
    text: str, question: str, known: tuple[Answers, ...], *, is_number: bool, codes: CodeTable
) -> ScreenAnswer | None:
    for answers in known:
        if found := meant(answers, text):
            return found
    if is_number and (number := number_in(text)) is not None:
        return ScreenAnswer(number=number)
    return codes.answer_for(question, text)


def comma_fault(text: str, heading: str = "") -> str:
    """Why the number of an answer is none, where a comma is why; "" where it is not."""
    fault = numbers.comma_in(text, "$")
    under = f" under “{heading}”" if heading and safe_names.is_heading(heading) else ""
    return f"The number of an answer{under} {fault.value}" if fault else ""


def number_in(text: str) -> float | None:
    """
    >>> number_in("$25,000"), number_in("12"), number_in("12,5"), number_in("a lot")
    (25000.0, 12.0, None, None)
    """
    found = numbers.number_in(text, "$")
    return float(found) if found is not None and abs(found) < MOST_NUMBER else None
