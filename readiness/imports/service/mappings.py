"""A group's mappings: what the columns of its tables mean, found out once and kept under a name."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from io import StringIO
from itertools import chain, islice

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.core import audit
from readiness.core.db import Session, Store
from readiness.core.errors import NOT_SHARED, BadInput, NotFound, Problem
from readiness.core.free_text import clean
from readiness.core.patient_identifiers import refusal
from readiness.core.people import Group, Site
from readiness.core.permissions import Can
from readiness.core.tables.models import SourceFile, file_in_memory
from readiness.core.tables.reader import column_key, is_sum, open_table
from readiness.core.tables.spreadsheet import STARTS
from readiness.imports import db as uploads
from readiness.imports import redcap
from readiness.imports.column_contents import NO_ROWS, ColumnContent, check_headings, tallies_of
from readiness.imports.column_guess import GuessedColumn, guessed
from readiness.imports.dates import DateOrder
from readiness.imports.formats import FileFormat, first_bytes, format_of
from readiness.imports.mapped_table import columns_of, open_mapped
from readiness.imports.mapping import parse
from readiness.imports.mapping_choices import (
    NO_ORDER,
    MappingChoices,
    Word,
    WordReader,
    can_be_changed_here,
    mapping_from,
    with_known_sites,
)
from readiness.imports.mapping_choices import problems as choice_problems
from readiness.imports.mapping_models import ColumnRole, FormMapping, RedcapMapping
from readiness.imports.mapping_text import PageMapping, text_of
from readiness.imports.models import SavedMapping
from readiness.imports.screening_codes import loader as screening
from readiness.imports.service.upload import site_ids_by_name

MOST_ROWS = 50_000  # that are looked at for what stands in each column
NAME_CHARACTERS = 60
MAPPING = "mapping"  # in the history
NO_FILE = "Choose the file."
NO_TABLE = "This file needs no mapping. Choose “Read the files” instead."
OTHER_COLUMNS = "This file has columns that the page did not show. Look them over."
TABLE_APART = "Hand over tables of your own apart from the other files."
OTHER_HEADINGS = "These files have different headings. Hand them over one by one."
WRITTEN_BY_HAND = (
    "This mapping holds more than the page can show. Change it where it was written and upload it "
    "again, or leave it out and answer the page's questions."
)
NO_NAME = "Give the mapping a name, such as the name of the report it is for."
NAME_TAKEN = "There is a mapping of this name already. Give another name, or tick that it replaces."
NAME_IS_TAKEN = "There is a mapping of this name already. Give another name."


@dataclass(frozen=True)
class MappingLine:
    mapping: SavedMapping
    author: str


@dataclass(frozen=True)
class MappingList:
    group: Group
    lines: tuple[MappingLine, ...]  # newest first


def list_mappings(session: Session, group_id: str) -> MappingList:
    scope.require_for_group(session, Can.READ_COUNTS, group_id)
    found = uploads.mappings_of_group(session.store, group_id)
    names = people.with_ids(session.store, {each.author_id for each in found})
    lines = (
        MappingLine(each, names[each.author_id].name if each.author_id in names else "")
        for each in found
    )
    return MappingList(groups.get(session.store, group_id), tuple(lines))


def get(
    session: Session, group_id: str, mapping_id: str, can: Can = Can.READ_COUNTS
) -> SavedMapping:
    scope.require_for_group(session, can, group_id)
    found = uploads.mapping(session.store, mapping_id)
    if found is None or found.group_id != group_id:
        raise NotFound(NOT_SHARED)
    return found


def delete(session: Session, group_id: str, mapping_id: str) -> SavedMapping:
    gone = get(session, group_id, mapping_id, Can.ENTER_COUNTS)
    event = audit.event(session, "deleted", MAPPING, gone.id, group_id=group_id)
    with session.store.writing():
        uploads.remove_mapping(session.store, gone.id)
        audit.record(session.store, event)
    return gone


def rename(session: Session, group_id: str, mapping_id: str, written: str) -> str:
    """Return the name as it is kept."""
    before = get(session, group_id, mapping_id, Can.ENTER_COUNTS)
    name = tidy_name(written, f"name-{mapping_id}")
    other = named(session.store, group_id, name)
    if other and other.id != before.id:
        raise BadInput([Problem(f"name-{mapping_id}", NAME_IS_TAKEN)])
    event = audit.event(session, "renamed", MAPPING, before.id, group_id=group_id)
    with session.store.writing():
        uploads.rename_mapping(session.store, before.id, name)
        audit.record(session.store, event)
    return name


def tidy_name(written: str, place: str) -> str:
    try:
        name = clean(" ".join(written.split()), NAME_CHARACTERS)
    except ValueError as error:
        raise BadInput([Problem(place, str(error))]) from None
    if says := refusal(name) if name else NO_NAME:
        raise BadInput([Problem(place, says)])
    return name


def named(store: Store, group_id: str, name: str) -> SavedMapping | None:
    found = uploads.mappings_of_group(store, group_id)
    return next((each for each in found if each.name.casefold() == name.casefold()), None)


@dataclass(frozen=True)
class NameChoice:
    """Under which name a mapping is to be kept, and what may give way to it."""

    written: str
    changes: str = ""  # the id of the mapping that was opened to be changed
    replaces: bool = False


def name_problems(session: Session, group_id: str, choice: NameChoice) -> list[Problem]:
    try:
        there = named(session.store, group_id, tidy_name(choice.written, "name"))
    except BadInput as error:
        return list(error.problems)
    is_taken = there and there.id != choice.changes and not choice.replaces
    return [Problem("name", NAME_TAKEN)] if is_taken else []


def mapping_to_save(
    session: Session,
    group_id: str,
    text: str,
    choice: NameChoice,
    new_id: Callable[[], str],
) -> SavedMapping:
    """In the place of one of the same name where the person was told so; not stored yet."""
    scope.require_for_group(session, Can.ENTER_COUNTS, group_id)
    if problems := name_problems(session, group_id, choice):
        raise BadInput(problems)
    name = tidy_name(choice.written, "name")
    there = named(session.store, group_id, name)
    parse(text, screening.load())
    mapping_id = there.id if there else new_id()
    return SavedMapping(mapping_id, group_id, name, text, session.actor.id, session.now)


# What a file holds


@dataclass(frozen=True)
class TableToMap:
    group: Group
    sites: tuple[Site, ...]
    known: WordReader
    columns: tuple[GuessedColumn, ...]  # none where no file came along

    @property
    def site_names(self) -> dict[str, str]:
        return {site.id: site.name for site in self.sites}


def table_to_map(session: Session, group_id: str, sources: Sequence[SourceFile]) -> TableToMap:
    scope.require_for_group(session, Can.ENTER_COUNTS, group_id)
    sites = groups.sites(session.store, group_id)
    codes = screening.load()
    return TableToMap(
        groups.get(session.store, group_id),
        sites,
        WordReader(codes, site_ids_by_name(sites)),
        read_columns(sources) if sources else (),
    )


@dataclass(frozen=True)
class MappingAnswers:
    """What a person sent from the page that asks what the columns mean."""

    contents: tuple[ColumnContent, ...]  # as the page showed them
    choices: MappingChoices
    asked: frozenset[tuple[ColumnRole, Word]]  # the words of traits, sites and statuses shown
    dates: DateOrder | None


@dataclass(frozen=True)
class CheckedMapping:
    contents: tuple[ColumnContent, ...]
    choices: MappingChoices
    problems: tuple[Problem, ...]

    @property
    def text(self) -> str:
        return text_of(mapping_from(self.choices))


def check(
    session: Session,
    table: TableToMap,
    sources: Sequence[SourceFile],
    sent: MappingAnswers,
    name: NameChoice,
) -> CheckedMapping:
    """Everything that is wrong at once. The file is read anew: the page may have shown another."""
    found: list[Problem] = []
    contents, choices = sent.contents, sent.choices
    try:
        tables = text_tables(session, table.group.id, sources)
        columns = read_columns(tables) if tables else ()
    except BadInput as error:
        columns = ()
        found += error.problems
    if columns:
        contents = tuple(each.content for each in columns)
        new = {c.content.heading: c.use for c in columns if c.content.heading not in choices.uses}
        found += [Problem("files", OTHER_COLUMNS)] if new else []
        choices = replace(choices, uses={c.heading: choices.uses.get(c.heading) or new[c.heading]
                                         for c in contents})  # fmt: skip
    elif not found:
        found.append(Problem("files", NO_FILE))
    choices = with_known_sites(
        replace(choices, dates=sent.dates or DateOrder.MONTH_FIRST), contents, table.known
    )
    found += choice_problems(choices, contents, sent.asked, table.known)
    if sent.dates is None:
        found.append(Problem("dates", NO_ORDER))
    found += name_problems(session, table.group.id, name)
    return CheckedMapping(contents, choices, tuple(found))


def read_columns(sources: Sequence[SourceFile]) -> tuple[GuessedColumn, ...]:
    """Of text tables, in memory; the rows are dropped one by one."""
    formats = set(map(format_of, sources))
    if formats != {FileFormat.TABLE}:
        is_mixed = FileFormat.TABLE in formats
        raise BadInput([Problem("files", TABLE_APART if is_mixed else NO_TABLE)])
    headers = headings_of(sources)
    for source, header in zip(sources, headers, strict=True):
        check_headings(source.label, header)
    if len({tuple(map(column_key, header)) for header in headers}) > 1:
        raise BadInput([Problem("files", OTHER_HEADINGS)])
    tallies = tallies_of(headers[0], islice(rows_of(sources), MOST_ROWS))
    if not any(tally.filled for tally in tallies):
        raise BadInput([Problem("files", NO_ROWS)])
    return guessed(tallies, screening.load())


def rows_of(sources: Sequence[SourceFile]) -> Iterator[list[str]]:
    for source in sources:
        with open_table(source) as table:
            yield from (row.cells for row in table.rows if not is_sum(row.cells))


def headings_of(sources: Sequence[SourceFile]) -> list[tuple[str, ...]]:
    found = []
    for source in sources:
        with open_table(source) as table:
            found.append(table.header)
    return found


def unknown_tables(
    session: Session, group_id: str, sources: Sequence[SourceFile]
) -> tuple[SourceFile, ...]:
    """The files as text, where somebody has to say what the columns of one mean; else none. What
    cannot be read is told later."""
    try:
        found = text_tables(session, group_id, sources)
        return found if FileFormat.TABLE in map(format_of, found) else ()
    except BadInput:
        return ()


def text_tables(
    session: Session, group_id: str, sources: Sequence[SourceFile]
) -> tuple[SourceFile, ...]:
    """Workbooks as text tables: opening one takes seconds, and here each is read several times."""
    scope.require_for_group(session, Can.ENTER_COUNTS, group_id)
    usual = usual_headings(uploads.mappings_of_group(session.store, group_id))
    return tuple(
        text_table(each, usual) if first_bytes(each).startswith(STARTS) else each
        for each in sources
    )


def usual_headings(known: Sequence[SavedMapping]) -> tuple[str, ...]:
    """Those of the newest mapping for tables: of several sheets the one that holds them is read."""
    for saved in known:
        with suppress(BadInput):
            mapping = parse(saved.text, screening.load())
            if not isinstance(mapping, FormMapping):
                return mapping.headings
    return ()


def text_table(source: SourceFile, headings: Sequence[str] = ()) -> SourceFile:
    """Each row on the line that it has in the workbook."""
    text = StringIO(newline="")
    writer, at = csv.writer(text, quoting=csv.QUOTE_ALL), 0
    with open_table(source, headings) as table:
        for line, cells in chain([(table.line, list(table.header))], table.rows):
            text.write("\n" * (line - 1 - at))
            writer.writerow(cells)
            at = line
    return file_in_memory(source.label, "", text.getvalue().encode())


# Which mapping fits


def fitting(
    session: Session, group_id: str, sources: Sequence[SourceFile]
) -> tuple[SavedMapping, ...]:
    """Of each table the newest whose columns are all there, with none besides that it does not
    know; none at all where a table has none."""
    scope.require_for_group(session, Can.ENTER_COUNTS, group_id)
    known = uploads.mappings_of_group(session.store, group_id)
    tables = [each for each in sources if format_of(each) is FileFormat.TABLE]
    found = [next((saved for saved in known if fits(saved, each)), None) for each in tables]
    if None in found:
        return ()
    return tuple(dict.fromkeys(each for each in found if each))


def fits(saved: SavedMapping, source: SourceFile) -> bool:
    try:
        mapping = parse(saved.text, screening.load())
        if isinstance(mapping, FormMapping):
            return False
        with open_mapped(source, mapping) as table:
            if isinstance(mapping, RedcapMapping):
                redcap.layout_of(table, mapping)
            else:
                columns_of(table, mapping)
    except BadInput:
        return False
    return True


def almost_fitting(
    session: Session, group_id: str, sources: Sequence[SourceFile]
) -> SavedMapping | None:
    """The newest that the page can show whose columns are all there, with others besides."""
    scope.require_for_group(session, Can.ENTER_COUNTS, group_id)
    there = set(map(column_key, chain(*headings_of(sources))))
    for saved in uploads.mappings_of_group(session.store, group_id):
        with suppress(BadInput):
            if set(map(column_key, changeable(saved).headings)) <= there:
                return saved
    return None


def changeable(saved: SavedMapping) -> PageMapping:
    """The mapping as the page can show it."""
    codes = screening.load()
    mapping = parse(saved.text, codes)
    if not isinstance(mapping, PageMapping) or not can_be_changed_here(mapping, codes):
        raise BadInput([Problem("saved", WRITTEN_BY_HAND)])
    return mapping
