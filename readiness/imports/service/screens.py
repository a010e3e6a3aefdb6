"""From files of screens to counts. Rows live in memory, for the length of one run."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from readiness.core.errors import BadInput, Problem
from readiness.core.periods import CalendarYear, Period
from readiness.core.tables.models import ReadContext, Report, SourceFile, refuse_if_nothing_read
from readiness.counts.social_risk.models import Need, Step
from readiness.imports import long_table, ny1115, redcap
from readiness.imports.fhir import reader as fhir
from readiness.imports.formats import FileFormat, format_of
from readiness.imports.mapping import parse
from readiness.imports.mapping_models import AnyMapping, FormMapping, LongMapping, RedcapMapping
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.assembly import ScreenAssembly
from readiness.imports.screens.evaluation import Replies, add_derived_needs, evaluate
from readiness.imports.screens.models import (
    CellKey,
    NeedResult,
    PatientRecord,
    RecordStatus,
    ResultCounts,
    Screen,
    ScreenPart,
)
from readiness.imports.screens.quarter_counts import add_tables, counts_of, in_period
from readiness.imports.screens.strata import known_in
from readiness.imports.screens.tally import PatientTally
from readiness.imports.service import large
from readiness.imports.template import reader as template
from readiness.imports.template.models import Expectations, Unit
from readiness.imports.warehouse import sql_text

KEY_BYTES, HASH_BYTES = 32, 12
NO_MAPPING = (
    "These columns are not known. Say what they mean in a mapping file. The page of uploads has "
    "examples to begin from; flask screens mapping --example long (or redcap) prints them."
)
NO_FILE = "There is no file. Name one or more."
UNREAD = (
    "{refused:,} of {rows:,} rows ({share}) could not be read and were left out: what was counted "
    "is not the whole. Mend them where the file comes from and send it again."
)
UNREAD_ANSWERS = (
    "{} not understood and counted as not answered in full. Say what such answers mean, and send "
    "the file again."
)
PASSED_FORMS = "{} passed over: nothing says that such forms are screens."
TABLE_ALONE = "A table of counts cannot be added to screens of patients. Send it by itself."


@dataclass(frozen=True)
class ExplainedScreen:
    """One screen as it may be told: what was found, and nothing of whose it is."""

    source: str
    instrument: str
    date: str
    status: str
    needs: Mapping[Need, NeedResult]
    at: int


@dataclass(frozen=True)
class Aggregation:
    cells: Mapping[CellKey, ResultCounts]
    report: Report
    steps: Mapping[CellKey, Mapping[Step, int]] = field(default_factory=dict)  # of tables of counts
    years: Mapping[CellKey, ResultCounts] = field(default_factory=dict)  # of those read in whole
    screens: tuple[ExplainedScreen, ...] = ()  # in the order of the input, when asked for
    problems: tuple[Problem, ...] = ()  # oddities that stop nothing
    unit: Unit = Unit.PATIENTS


def aggregate(
    sources: Sequence[SourceFile],
    *,
    group_id: str = "",
    period: Period | CalendarYear | None = None,
    mapping: str | None = None,
    is_explained: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
    today: date = date.max,
    sites: Collection[str] | None = None,
    groups: Collection[str] | None = None,
) -> Aggregation:
    """Counts by need and stratum of all screens in the files; BadInput refuses the files whole.

    A table of counts has to be of quarters that were over by `today`, and of these sites and
    groups, where they are known.
    """
    codes = screening.load()
    reading = ReadContext(keyed_hash(os.urandom(KEY_BYTES)), Report(), group_id, on_progress)
    chosen = parse(mapping, codes) if mapping is not None else None
    if isinstance(chosen, LongMapping) and not is_explained and large.handles(sources, chosen):
        cells = large.cells_of(sources[0], reading, chosen, codes, str(period or ""))
        warn_of_parts(reading.report, is_table=True)
        return Aggregation(cells=cells, report=reading.report)
    by_form = files_by_format(sources, chosen)
    if tables := by_form[FileFormat.TEMPLATE]:
        return aggregate_tables(tables, reading, period, Expectations(today, sites, groups))
    assembly = ScreenAssembly(codes, reading.report, is_explained)
    for part in parts_of(by_form, reading, codes, chosen):
        assembly.add(part)
    found = count_screens(assembly, period)
    warn_of_parts(reading.report, is_table=FileFormat.FHIR not in by_form)
    return found


def warn_of_parts(report: Report, *, is_table: bool) -> None:
    """What was read in part is never told as if it were all; of a table some line must be read."""
    if report.refused:
        if is_table:
            refuse_if_nothing_read(report)
        share = f"{report.refused / report.rows:.1%}"
        report.warn("", UNREAD.format(refused=report.refused, rows=report.rows, share=share))
    if answers := report.unreadable_answers.total():
        report.warn("", UNREAD_ANSWERS.format(counted_phrase(answers, "answer")))
    if forms := report.passed_forms.total():
        report.warn("", PASSED_FORMS.format(counted_phrase(forms, "filled-in form")))


def counted_phrase(number: int, thing: str) -> str:
    return f"{number:,} {thing}{' was' if number == 1 else 's were'}"


def keyed_hash(key: bytes) -> Callable[[str], bytes]:
    """Nobody can work an identifier out of its hash once the key of the run is gone."""

    def hashed(text: str) -> bytes:
        raw = text.encode("utf-8", errors="surrogatepass")
        return blake2b(raw, key=key, digest_size=HASH_BYTES).digest()

    return hashed


def files_by_format(
    sources: Sequence[SourceFile], mapping: AnyMapping | None
) -> dict[FileFormat, list[SourceFile]]:
    """The files by what they are, told from their content."""
    if not sources:
        raise BadInput(NO_FILE)
    by_form: defaultdict[FileFormat, list[SourceFile]] = defaultdict(list)
    for source in sources:
        by_form[format_of(source)].append(source)
    unknown = by_form[FileFormat.TABLE]
    if unknown and not isinstance(mapping, LongMapping | RedcapMapping):
        raise BadInput([Problem(source.label, NO_MAPPING) for source in unknown])
    if by_form[FileFormat.TEMPLATE] and len(by_form[FileFormat.TEMPLATE]) < len(sources):
        raise BadInput(
            [Problem(source.label, TABLE_ALONE) for source in by_form[FileFormat.TEMPLATE]]
        )
    return by_form


def aggregate_tables(
    sources: Sequence[SourceFile],
    reading: ReadContext,
    period: Period | CalendarYear | None,
    expected: Expectations,
) -> Aggregation:
    """Tables of counts as they stand: what a file tells is not worked out again."""
    found = [
        template.read_template(source, reading, expected.today, expected.sites, expected.groups)
        for source in sources
    ]
    steps = in_period(add_tables([rows.cells for rows in found], reading.group_id), period)
    return Aggregation(
        cells={key: counts_of(each) for key, each in steps.items()},
        report=reading.report,
        steps=steps,
        problems=tuple(warning for rows in found for warning in rows.warnings),
        unit=Unit.SCREENS if any(rows.unit is Unit.SCREENS for rows in found) else Unit.PATIENTS,
    )


def parts_of(
    by_form: Mapping[FileFormat, list[SourceFile]],
    reading: ReadContext,
    codes: CodeTable,
    mapping: AnyMapping | None,
) -> Iterator[ScreenPart | PatientRecord]:
    if of := by_form.get(FileFormat.FHIR):
        form = mapping if isinstance(mapping, FormMapping) else None
        yield from fhir.parts(of, reading, codes, form)
    if of := by_form.get(FileFormat.NY1115):
        yield from ny1115.parts(of, reading, codes)
    if of := by_form.get(FileFormat.TABLE):
        if isinstance(mapping, LongMapping):
            yield from long_table.parts(of, reading, mapping, codes)
        elif isinstance(mapping, RedcapMapping):
            yield from redcap.parts(of, reading, mapping, codes)


def count_screens(assembly: ScreenAssembly, period: Period | CalendarYear | None) -> Aggregation:
    """By quarter, or by one calendar year. Of all quarters, the years too that have all four."""
    tally = PatientTally(assembly.codes)
    judged: list[ExplainedScreen] = []
    known: Replies = {}
    for screen in assembly.screens():
        if period is None or period.holds(screen.day):
            needs = count_screen(screen, tally, assembly, known)
            if assembly.is_explained:
                judged.append(explain_screen(screen, needs))
    counted = tally
    if isinstance(period, CalendarYear):
        counted = tally.of_years([str(period)])
    whole = [year for year, quarters in tally.years().items() if len(quarters) == 4]
    return Aggregation(
        cells=counted.cells(assembly.people),
        years=tally.of_years(whole).cells(assembly.people) if period is None and whole else {},
        report=assembly.report,
        screens=tuple(sorted(judged, key=lambda each: each.at)),
    )


def count_screen(
    screen: Screen, tally: PatientTally, assembly: ScreenAssembly, known: Replies
) -> Mapping[Need, NeedResult]:
    """What a screen says of each need, counted; nothing for one that is held or taken back."""
    if screen.standing is not RecordStatus.COUNTED:
        return {}
    judgment = evaluate(screen, assembly.codes, known)
    report = assembly.report
    report.cover(screen.day)
    report.flag_disagreements += judgment.flag_disagreements
    report.unreadable_answers.update(question for question, _ in judgment.unknown_answers)
    report.unknown_codes.update(code for _, code in judgment.unknown_answers)
    tally.add(screen, judgment.needs, known_in(screen, assembly.codes))
    return judgment.needs


def explain_screen(screen: Screen, needs: Mapping[Need, NeedResult]) -> ExplainedScreen:
    """With the needs made of others, as far as this one screen tells them."""
    found = add_derived_needs(needs)
    return ExplainedScreen(
        screen.source, screen.instrument, str(screen.day), screen.status, found, screen.at
    )


def sql_of(dialect: str, table: str, as_of: date | None = None) -> str:
    """The statuses of single answers and of forms are told apart by no table, so both are known."""
    codes = screening.load()
    standings = {word: of for each in codes.standings.values() for word, of in each.items()}
    return sql_text.text_for(dialect, table, standings, as_of)
