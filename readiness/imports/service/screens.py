"""From files of screens to counts. Rows live in memory, for the length of one run."""

from __future__ import annotations

import os
from collections import defaultdict
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from hashlib import blake2b

from readiness.core.errors import BadInput, Problem
from readiness.core.periods import Period, quarter_of
from readiness.core.tables.reading import Reading, Report
from readiness.core.tables.sources import Source
from readiness.counts.social_risk.models import Need, Step
from readiness.imports import long_table, ny1115, redcap
from readiness.imports.fhir import reader as fhir
from readiness.imports.mapping import mapping_of
from readiness.imports.mapping_shapes import AnyMapping, FormMapping, LongMapping, RedcapMapping
from readiness.imports.recognizing import Form, form_of
from readiness.imports.screening_codes import loader as screening
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.assembling import Assembly
from readiness.imports.screens.cells import CellKey, Counts
from readiness.imports.screens.derived_needs import with_made
from readiness.imports.screens.judging import Replies, judge
from readiness.imports.screens.models import Screen
from readiness.imports.screens.parts import Part, Person, Result, Standing
from readiness.imports.screens.strata import known_in
from readiness.imports.screens.tables_of_counts import added_up, counts_of, in_period
from readiness.imports.screens.tally import Tally
from readiness.imports.service import large
from readiness.imports.template import reader as template
from readiness.imports.template.models import Ground, Unit

KEY_BYTES, HASH_BYTES = 32, 12
NO_MAPPING = (
    "These columns are not known. Say what they mean in a mapping file. The page of uploads has "
    "examples to begin from; flask screens mapping --example long (or redcap) prints them."
)
NO_FILE = "There is no file. Name one or more."
TABLE_ALONE = "A table of counts cannot be added to screens of patients. Send it by itself."


@dataclass(frozen=True)
class Judged:
    """One screen as it may be told: what was found, and nothing of whose it is."""

    source: str
    instrument: str
    date: str
    status: str
    needs: Mapping[Need, Result]
    at: int


@dataclass(frozen=True)
class Aggregated:
    cells: Mapping[CellKey, Counts]
    report: Report
    steps: Mapping[CellKey, Mapping[Step, int]] = field(default_factory=dict)  # of tables of counts
    screens: tuple[Judged, ...] = ()  # in the order of the input, when asked for
    problems: tuple[Problem, ...] = ()  # oddities that stop nothing
    unit: Unit = Unit.PATIENTS


def aggregate(
    sources: Sequence[Source],
    *,
    group_id: str = "",
    period: Period | None = None,
    mapping: str | None = None,
    is_explained: bool = False,
    told: Callable[[int], None] = lambda _: None,
    today: date = date.max,
    sites: Collection[str] | None = None,
    groups: Collection[str] | None = None,
) -> Aggregated:
    """Counts by need and stratum of all screens in the files; BadInput refuses the files whole.

    A table of counts has to be of quarters that were over by `today`, and of these sites and
    groups, where they are known.
    """
    codes = screening.load()
    reading = Reading(hashed_with(os.urandom(KEY_BYTES)), Report(), group_id, told)
    chosen = mapping_of(mapping, codes) if mapping is not None else None
    if isinstance(chosen, LongMapping) and not is_explained and large.takes(sources, chosen):
        cells = large.cells_of(sources[0], reading, chosen, codes, str(period or ""))
        return Aggregated(cells=cells, report=reading.report)
    by_form = sorted_out(sources, chosen)
    if tables := by_form[Form.TEMPLATE]:
        return of_tables(tables, reading, period, Ground(today, sites, groups))
    assembly = Assembly(codes, reading.report, is_explained)
    for part in parts_of(by_form, reading, codes, chosen):
        assembly.add(part)
    return counted(assembly, period)


def hashed_with(key: bytes) -> Callable[[str], bytes]:
    """Nobody can work an identifier out of its hash once the key of the run is gone."""

    def hashed(text: str) -> bytes:
        raw = text.encode("utf-8", errors="surrogatepass")
        return blake2b(raw, key=key, digest_size=HASH_BYTES).digest()

    return hashed


def sorted_out(sources: Sequence[Source], mapping: AnyMapping | None) -> dict[Form, list[Source]]:
    """The files by what they are, told from their content."""
    if not sources:
        raise BadInput(NO_FILE)
    by_form: defaultdict[Form, list[Source]] = defaultdict(list)
    for source in sources:
        by_form[form_of(source)].append(source)
    unknown = by_form[Form.TABLE]
    if unknown and not isinstance(mapping, LongMapping | RedcapMapping):
        raise BadInput([Problem(source.label, NO_MAPPING) for source in unknown])
    if by_form[Form.TEMPLATE] and len(by_form[Form.TEMPLATE]) < len(sources):
        raise BadInput([Problem(source.label, TABLE_ALONE) for source in by_form[Form.TEMPLATE]])
    return by_form


def of_tables(
    sources: Sequence[Source], reading: Reading, period: Period | None, ground: Ground
) -> Aggregated:
    """Tables of counts as they stand: what a file tells is not worked out again."""
    found = [
        template.rows(source, reading, ground.today, ground.sites, ground.groups)
        for source in sources
    ]
    steps = in_period(added_up([rows.cells for rows in found], reading.group_id), period)
    return Aggregated(
        cells={key: counts_of(each) for key, each in steps.items()},
        report=reading.report,
        steps=steps,
        problems=tuple(warning for rows in found for warning in rows.warnings),
        unit=Unit.SCREENS if any(rows.unit is Unit.SCREENS for rows in found) else Unit.PATIENTS,
    )


def parts_of(
    by_form: Mapping[Form, list[Source]],
    reading: Reading,
    codes: CodeTable,
    mapping: AnyMapping | None,
) -> Iterator[Part | Person]:
    if of := by_form.get(Form.FHIR):
        form = mapping if isinstance(mapping, FormMapping) else None
        yield from fhir.parts(of, reading, codes, form)
    if of := by_form.get(Form.NY1115):
        yield from ny1115.parts(of, reading, codes)
    if of := by_form.get(Form.TABLE):
        if isinstance(mapping, LongMapping):
            yield from long_table.parts(of, reading, mapping, codes)
        elif isinstance(mapping, RedcapMapping):
            yield from redcap.parts(of, reading, mapping, codes)


def counted(assembly: Assembly, period: Period | None) -> Aggregated:
    tally = Tally(assembly.codes)
    judged: list[Judged] = []
    known: Replies = {}
    for screen in assembly.screens():
        if period is None or quarter_of(screen.day) == period:
            needs = added(screen, tally, assembly, known)
            if assembly.is_explained:
                judged.append(told_of(screen, needs))
    return Aggregated(
        cells=tally.cells(assembly.people),
        report=assembly.report,
        screens=tuple(sorted(judged, key=lambda each: each.at)),
    )


def added(
    screen: Screen, tally: Tally, assembly: Assembly, known: Replies
) -> Mapping[Need, Result]:
    """What a screen says of each need, counted; nothing for one that is held or taken back."""
    if screen.standing is not Standing.COUNTED:
        return {}
    judgment = judge(screen, assembly.codes, known)
    assembly.report.flag_disagreements += judgment.flag_disagreements
    assembly.report.unknown_codes.update(judgment.unknown_answers)
    tally.add(screen, judgment.needs, known_in(screen, assembly.codes))
    return judgment.needs


def told_of(screen: Screen, needs: Mapping[Need, Result]) -> Judged:
    """With the needs made of others, as far as this one screen tells them."""
    found = with_made(needs)
    return Judged(
        screen.source, screen.instrument, str(screen.day), screen.status, found, screen.at
    )
