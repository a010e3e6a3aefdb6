"""From files of screens to counts. Rows live in memory, for the length of one run."""

from __future__ import annotations

import heapq
import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from hashlib import blake2b

from readiness.core.errors import BadInput, Problem
from readiness.core.periods import CalendarYear, Period
from readiness.core.tables.models import ReadContext, Report, SourceFile, refuse_if_nothing_read
from readiness.counts.social_risk.models import Need, Step
from readiness.imports import long_table, ny1115, redcap
from readiness.imports.data_value_table import read_long
from readiness.imports.diagnoses import diagnosis_table
from readiness.imports.diagnoses.diagnosis_list import DiagnosisList
from readiness.imports.diagnoses.documented import count_documented
from readiness.imports.diagnoses.models import Diagnosis
from readiness.imports.fhir import reader as fhir
from readiness.imports.formats import FileFormat, format_of
from readiness.imports.mapped_table import MappedRun, PlaceLabels
from readiness.imports.mapping import parse
from readiness.imports.mapping_choice import allot, form_mapping
from readiness.imports.mapping_models import (
    AnyMapping,
    AnyTableMapping,
    DiagnosisMapping,
    FormMapping,
    LongMapping,
    RedcapMapping,
    ReferralMapping,
    VisitMapping,
)
from readiness.imports.referrals import referral_table
from readiness.imports.referrals.found_needs import FoundNeeds
from readiness.imports.referrals.models import FollowUp, ReferralRecord
from readiness.imports.referrals.referral_log import ReferralLog
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.assembly import ScreenAssembly
from readiness.imports.screens.evaluation import (
    KnownEvaluations,
    add_derived_needs,
    evaluate,
)
from readiness.imports.screens.models import (
    CellKey,
    NeedResult,
    PatientRecord,
    PatientTraits,
    RecordStatus,
    ResultCounts,
    Screen,
    ScreenPart,
)
from readiness.imports.screens.quarter_counts import add_tables, counts_of, in_period
from readiness.imports.screens.strata import NOBODY_KNOWN, KnownTraits, known_from, known_in
from readiness.imports.screens.tally import PatientTally
from readiness.imports.service import large
from readiness.imports.step_counts import NO_STEPS, StepCounts, count_steps, with_documented
from readiness.imports.template import reader as template
from readiness.imports.template.models import Expectations, Unit
from readiness.imports.visits import visit_table
from readiness.imports.visits.models import Visit
from readiness.imports.visits.visit_list import VisitList
from readiness.imports.warehouse import sql_text

AnyRecord = ScreenPart | PatientRecord | Visit | Diagnosis | FollowUp | ReferralRecord

KEY_BYTES, HASH_BYTES = 32, 12
QUARTERS = 4  # of a year
OF_COUNTS = (FileFormat.TEMPLATE, FileFormat.DATA_VALUES)
NO_MAPPING = (
    "Nothing says what the columns of this table mean. Send a mapping for it along with the file."
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
NO_ROWS = (
    "There is no row in it: headings alone, an empty list or an empty Bundle. Export it again with "
    "its rows."
)
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
    step_counts: StepCounts = NO_STEPS  # of visits and referrals beside screens


@dataclass(frozen=True)
class RunRecords:
    """Everything read of patients; gone when the run ends."""

    assembly: ScreenAssembly
    visits: VisitList = field(default_factory=VisitList)
    diagnoses: DiagnosisList = field(default_factory=DiagnosisList)
    log: ReferralLog = field(default_factory=ReferralLog)

    def add(self, record: AnyRecord) -> None:
        if isinstance(record, (ScreenPart, PatientRecord)):
            self.assembly.add(record)
        elif isinstance(record, Visit):
            self.visits.add(record)
        elif isinstance(record, Diagnosis):
            self.diagnoses.add(record)
        else:
            self.log.add(record)


def aggregate(
    sources: Sequence[SourceFile],
    *,
    group_id: str = "",
    period: Period | CalendarYear | None = None,
    mapping: str | Sequence[str] | None = None,
    is_explained: bool = False,
    tells_years: bool = False,
    on_progress: Callable[[int], None] = lambda _: None,
    today: date = date.max,
    sites: Collection[str] | None = None,
    groups: Collection[str] | None = None,
) -> Aggregation:
    """Counts by need and stratum of all screens in the files; BadInput refuses the files whole.

    There may be several mappings: each table goes to the one whose columns it holds. A table of
    counts has to be of quarters that were over by `today`, and of these sites and groups, where
    they are known.
    """
    codes = screening.load()
    reading = ReadContext(keyed_hash(os.urandom(KEY_BYTES)), Report(), group_id, on_progress)
    chosen = [parse(text, codes) for text in texts_in(mapping)]
    if not is_explained and (large_mapping := mapping_of_large(sources, chosen)):
        cells = large.cells_of(sources[0], reading, large_mapping, codes, str(period or ""))
        tell_of_parts(reading.report)
        return Aggregation(cells=cells, report=reading.report)
    by_form = files_by_format(sources, chosen)
    if any(by_form[form] for form in OF_COUNTS):
        return aggregate_tables(by_form, reading, period, Expectations(today, sites, groups))
    records = RunRecords(ScreenAssembly(codes, reading.report, is_explained))
    for record in parts_of(by_form, reading, codes, chosen):
        records.add(record)
    found = count_screens(records, period, today, tells_years=tells_years)
    tell_of_parts(reading.report)
    return found


def tell_of_parts(report: Report) -> None:
    """What was read in part is never told as if it were all; something must have been read."""
    if not (report.rows or report.refused):
        raise BadInput(NO_ROWS)
    if report.refused:
        refuse_if_nothing_read(report)
        rows, share = max(report.rows, report.refused), f"{report.unread_share:.1%}"
        report.warn("", UNREAD.format(refused=report.refused, rows=rows, share=share))
    if answers := report.unreadable_answers.total():
        report.warn("", UNREAD_ANSWERS.format(counted_phrase(answers, "answer")))
    if forms := report.passed_forms.total():
        report.warn("", PASSED_FORMS.format(counted_phrase(forms, "filled-in form")))


def counted_phrase(number: int, thing: str) -> str:
    return f"{number:,} {thing}{' was' if number == 1 else 's were'}"


def texts_in(mapping: str | Sequence[str] | None) -> Sequence[str]:
    return [mapping] if isinstance(mapping, str) else mapping or ()


def mapping_of_large(
    sources: Sequence[SourceFile], mappings: Sequence[AnyMapping]
) -> LongMapping | None:
    """That of one large table of needs judged already, if that is all there is."""
    only = mappings[0] if len(mappings) == 1 else None
    return only if isinstance(only, LongMapping) and large.handles(sources, only) else None


def keyed_hash(key: bytes) -> Callable[[str], bytes]:
    """Nobody can work an identifier out of its hash once the key of the run is gone."""

    def hashed(text: str) -> bytes:
        raw = text.encode("utf-8", errors="surrogatepass")
        return blake2b(raw, key=key, digest_size=HASH_BYTES).digest()

    return hashed


def files_by_format(
    sources: Sequence[SourceFile], mappings: Sequence[AnyMapping]
) -> dict[FileFormat, list[SourceFile]]:
    """The files by what they are, told from their content."""
    if not sources:
        raise BadInput(NO_FILE)
    by_form: defaultdict[FileFormat, list[SourceFile]] = defaultdict(list)
    for source in sources:
        by_form[format_of(source)].append(source)
    unknown = by_form[FileFormat.TABLE]
    if unknown and all(isinstance(each, FormMapping) for each in mappings):
        raise BadInput([Problem(source.label, NO_MAPPING) for source in unknown])
    tables = [source for form in OF_COUNTS for source in by_form[form]]
    if tables and len(tables) < len(sources):
        raise BadInput([Problem(source.label, TABLE_ALONE) for source in tables])
    return by_form


def aggregate_tables(
    by_form: Mapping[FileFormat, Sequence[SourceFile]],
    reading: ReadContext,
    period: Period | CalendarYear | None,
    expected: Expectations,
) -> Aggregation:
    """Tables of counts as they stand: what a file tells is not worked out again."""
    own = expected.groups or ([reading.group_id] if reading.group_id else None)
    of_group = replace(expected, groups=own)
    found = [
        *(
            template.read_template(source, reading, expected.today, expected.sites, expected.groups)
            for source in by_form[FileFormat.TEMPLATE]
        ),
        *(read_long(source, reading, of_group) for source in by_form[FileFormat.DATA_VALUES]),
    ]
    steps = in_period(add_tables([rows.cells for rows in found], reading.group_id), period)
    return Aggregation(
        cells={key: counts_of(each) for key, each in steps.items() if key.need},
        report=reading.report,
        steps=steps,
        problems=tuple(warning for rows in found for warning in rows.warnings),
        unit=Unit.SCREENS if any(rows.unit is Unit.SCREENS for rows in found) else Unit.PATIENTS,
    )


def parts_of(
    by_form: Mapping[FileFormat, list[SourceFile]],
    reading: ReadContext,
    codes: CodeTable,
    mappings: Sequence[AnyMapping],
) -> Iterator[AnyRecord]:
    if of := by_form.get(FileFormat.FHIR):
        yield from fhir.parts(of, reading, codes, form_mapping(mappings))
    if of := by_form.get(FileFormat.NY1115):
        yield from ny1115.parts(of, reading, codes)
    if of := by_form.get(FileFormat.TABLE):
        tables = [each for each in mappings if not isinstance(each, FormMapping)]
        labels = PlaceLabels()
        for mapping, files in allot(of, tables):
            yield from table_parts(files, reading, mapping, codes, labels)


def table_parts(
    sources: Sequence[SourceFile],
    reading: ReadContext,
    mapping: AnyTableMapping,
    codes: CodeTable,
    labels: PlaceLabels,
) -> Iterator[AnyRecord]:
    match mapping:
        case LongMapping():
            yield from long_table.parts(sources, reading, mapping, codes, labels)
        case RedcapMapping():
            yield from redcap.parts(sources, reading, mapping, codes, labels)
        case VisitMapping():
            run = MappedRun(mapping, codes, labels)
            yield from visit_table.visits(sources, reading, run)
        case DiagnosisMapping():
            run = MappedRun(mapping, codes, labels)
            yield from diagnosis_table.diagnoses(sources, reading, run)
        case ReferralMapping():
            yield from referral_table.follow_ups(sources, reading, mapping, codes)


def count_screens(
    records: RunRecords,
    period: Period | CalendarYear | None,
    today: date,
    *,
    tells_years: bool = False,
) -> Aggregation:
    """By quarter, or by one calendar year; of all quarters the whole years too, where wanted."""
    assembly = records.assembly
    tally, needs = PatientTally(assembly.codes), FoundNeeds()
    judged: list[ExplainedScreen] = []
    known = KnownEvaluations()
    for met in by_day(records.visits.visits(period), assembly.screens()):
        if isinstance(met, Visit):
            tally.meet(met, visit_traits(met, assembly.codes))
            continue
        is_wanted = period is None or period.holds(met.day)
        found = count_screen(met, tally, assembly, known) if is_wanted else {}
        if is_wanted and assembly.is_explained:
            judged.append(explain_screen(met, found))
        if records.log:
            needs.add(met, found if is_wanted else judge(met, assembly.codes, known))
    if isinstance(period, CalendarYear):
        tally = tally.of_years([str(period)])
    corners = tally.corners(assembly.people)
    cells = tally.cells_at(corners)
    return Aggregation(
        cells=cells,
        years=whole_years(tally, assembly.people) if tells_years else {},
        report=assembly.report,
        screens=tuple(sorted(judged, key=lambda each: each.at)),
        step_counts=NO_STEPS
        if isinstance(period, CalendarYear)
        else with_documented(
            count_steps(tally, corners, records.visits, records.log, needs, cells, today),
            count_documented(records.diagnoses, tally, assembly.people, period),
        ),
    )


def whole_years(
    tally: PatientTally, people: Mapping[bytes, PatientTraits]
) -> dict[CellKey, ResultCounts]:
    """The calendar years of which all four quarters are there, each patient once."""
    years = tally.of_years([year for year, of in tally.years().items() if len(of) == QUARTERS])
    return years.cells(people)


def by_day(visits: Iterator[Visit], screens: Iterator[Screen]) -> Iterator[Visit | Screen]:
    """On one day the screen comes last: what it says of a person and a site stands."""
    both: tuple[Iterator[Visit | Screen], ...] = (visits, screens)
    return heapq.merge(*both, key=lambda met: met.day)


def visit_traits(visit: Visit, codes: CodeTable) -> KnownTraits:
    return known_from(visit.traits, codes, visit.day) if visit.traits else NOBODY_KNOWN


def judge(screen: Screen, codes: CodeTable, known: KnownEvaluations) -> Mapping[Need, NeedResult]:
    """Of a quarter that is not counted: a later referral may still belong to it."""
    is_counted = screen.standing is RecordStatus.COUNTED
    return evaluate(screen, codes, known).needs if is_counted else {}


def count_screen(
    screen: Screen, tally: PatientTally, assembly: ScreenAssembly, known: KnownEvaluations
) -> Mapping[Need, NeedResult]:
    """What a screen says of each need, counted; nothing for one that is held or taken back."""
    if screen.standing is not RecordStatus.COUNTED:
        return {}
    judgment = evaluate(screen, assembly.codes, known)
    report = assembly.report
    report.cover(screen.day)
    report.flag_disagreements += judgment.flag_disagreements
    for question, code in judgment.unknown_answers:
        report.unreadable_answers[question] += 1
        report.unknown_codes[code] += 1
    for question in judgment.impossible_numbers:
        report.unreadable_answers[question] += 1
    tally.add(screen, judgment.needs, known_in(screen, assembly.codes, tally.told))
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
