"""Our table of counts as a file, CSV or a workbook."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from datetime import date

from readiness.core.errors import BadInput, Problem
from readiness.core.numbers import CommaFault, comma_in
from readiness.core.patient_identifiers import found_in, in_words
from readiness.core.periods import Period, period
from readiness.core.tables.models import ReadContext, SourceFile
from readiness.core.tables.reader import full_rows, is_sum, open_table
from readiness.counts.social_risk.models import LARGEST, Need, Step
from readiness.counts.strata import STRATA, StratumType
from readiness.imports.screens.models import NOBODY, WHOLE, CellKey
from readiness.imports.template.checks import looks_like_patients, problems_of, warnings_of
from readiness.imports.template.models import (
    INSTRUMENTS,
    MOST_ROWS,
    NAMES,
    SCHEMA,
    STEPS,
    SUPPRESSED,
    Expectations,
    TemplateLine,
    TemplateRows,
    Unit,
    header_problems,
    name_of,
    refuse,
)

PlacedRow = tuple[str, Sequence[str]]  # where it stands as the person sees it, and its cells
ReadRows = Callable[[Sequence[str], Iterable[PlacedRow], Expectations], TemplateRows]


def read_template(
    source: SourceFile,
    reading: ReadContext,
    today: date,
    sites: Collection[str] | None = None,
    groups: Collection[str] | None = None,
) -> TemplateRows:
    """Everything the file says, or BadInput with everything wrong with it.

    Of counts nothing is left out quietly: a line that cannot be read refuses the file.
    """
    return read_whole(source, reading, read_rows, Expectations(today, sites, groups))


def read_whole(
    source: SourceFile, reading: ReadContext, read: ReadRows, expected: Expectations
) -> TemplateRows:
    before = reading.report.refused
    try:
        with open_table(source) as table:
            rows = ((table.place(row.line), row.cells) for row in full_rows(table, reading))
            found = read(table.header, rows, expected)
    except BadInput as error:
        refuse([*ragged_since(before, reading), *error.problems])
        raise
    refuse(ragged_since(before, reading))
    return found


def ragged_since(before: int, reading: ReadContext) -> list[Problem]:
    return reading.report.problems if reading.report.refused > before else []


COUNT = re.compile(r"[0-9]{1,9}")
GROUPED = re.compile(r"[0-9]{1,3}([, .'][0-9]{3})+")
WRITTEN_DAY = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})|([0-9]{1,2})/([0-9]{1,2})/([0-9]{4})")
LABEL = re.compile(r"[\w .&'()+/-]{1,80}")


# What a label may not hold beyond what free text may not: there it would be harmless.
MARKS = {
    "a date": re.compile(
        r"[0-9]{4}[/.-][0-9]{1,2}[/.-][0-9]{1,2}|[0-9]{1,2}/[0-9]{1,2}/[0-9]{2,4}"
    ),
    "a ZIP code": re.compile(r"[0-9]{5}(-[0-9]{4})?$"),
    "an id of one record": re.compile(r"[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}", re.IGNORECASE),
    "a Medicaid number": re.compile(r"[A-Z]{2}[0-9]{5}[A-Z]$", re.IGNORECASE),
    "a long number": re.compile(r"[0-9]{7}"),
}
NO_ROWS = "No row holds a count. Fill in the counts, screened and positive first."
ONE_PATIENT_A_ROW = (
    "Every count is 0 or 1, so these look like patients and not like counts. Send counts: one row "
    "for each need, with all patients of a site or of the group added up."
)
SUMS = "This row adds up others. Take it out: totals are worked out from the rows."
MIXED_UNITS = "One file counts either patients or screens. Choose one of them for every row."


def read_rows(
    header: Sequence[str], rows: Iterable[PlacedRow], expected: Expectations
) -> TemplateRows:
    refuse(list(header_problems(header)))
    reader = RowReader(header, expected)
    lines: list[TemplateLine] = []
    for number, (place, cells) in enumerate(rows, start=1):
        if number > MOST_ROWS:
            refuse([Problem("", f"Send at most {MOST_ROWS:,} rows in one file.")])
        if line := reader.line(place, cells):
            lines.append(line)
    return checked_rows(lines, [*reader.problems, *duplicate_rows(lines)])


def checked_rows(lines: Sequence[TemplateLine], problems: list[Problem]) -> TemplateRows:
    """The lines of a table of counts, whatever its shape; `problems` were found reading them."""
    if not lines and not problems:
        problems.append(Problem("", NO_ROWS))
    if lines and looks_like_patients(lines):
        refuse([Problem("", ONE_PATIENT_A_ROW)])
    if len({line.unit for line in lines}) > 1:
        problems.append(Problem("", MIXED_UNITS))
    refuse(problems or list(problems_of(lines)))
    return TemplateRows(
        cells={line.key: line.counts for line in lines},
        warnings=tuple(warnings_of(lines)),
        unit=lines[0].unit,
        as_of=latest(lines),
        instruments=tuple(sorted({line.instrument for line in lines} - {""})),
    )


def duplicate_rows(lines: Sequence[TemplateLine]) -> Iterable[Problem]:
    first: dict[object, TemplateLine] = {}
    for line in lines:
        before = first.setdefault(line.key, line)
        if before is not line:
            yield Problem(
                line.place,
                f"This row stands in {before.place} too. Keep one; where two instruments were "
                "used, add them up and write mixed.",
            )


def latest(lines: Sequence[TemplateLine]) -> dict[str, date]:
    found: dict[str, date] = {}
    for line in lines:
        found[line.key.period] = max(line.as_of, found.get(line.key.period, line.as_of))
    return found


class RowReader:
    """Reads row after row and notes everything wrong."""

    def __init__(self, header: Sequence[str], expected: Expectations) -> None:
        self.names = [name_of(heading) for heading in header]
        self.expected = expected
        self.sites = by_plain(expected.sites)
        self.groups = by_plain(expected.groups)
        self.problems: list[Problem] = []
        self.place = ""

    def problem(self, column: str, says: str) -> None:
        self.problems.append(Problem(f"{self.place}, {column}", says))

    def line(self, place: str, cells: Sequence[str]) -> TemplateLine | None:
        """None where the row holds no count, or where something is wrong with it."""
        self.place = place
        texts = {
            n: strip_apostrophe(text)
            for n, text in zip(self.names, cells, strict=True)
            if n in NAMES
        }
        if not any(texts.get(name) for name in STEPS):
            return None
        before = len(self.problems)
        if is_sum(cells) and not texts.get("need"):
            self.problems.append(Problem(place, SUMS))
            return None
        kind, stratum = self.stratum(texts)
        quarter = self.period(texts.get("period", ""))
        key = CellKey(
            group_id=self.known(texts, "group_id", self.groups) or NOBODY,
            site_id=self.site(texts),
            period=str(quarter),
            need=self.one_of(texts, "need", tuple(Need)),
            stratum_type=kind,
            stratum=stratum,
        )
        counts, suppressed = self.counts(texts)
        self.one_of(texts, "schema_version", (SCHEMA,), SCHEMA)
        self.label(texts, "instrument_version")
        line = TemplateLine(
            place=place,
            key=key,
            counts=counts,
            suppressed=suppressed,
            as_of=self.as_of(texts.get("as_of_date", ""), quarter),
            unit=Unit(self.one_of(texts, "unit", tuple(Unit), Unit.PATIENTS)),
            instrument=self.one_of(texts, "instrument", INSTRUMENTS, ""),
        )
        return line if len(self.problems) == before else None

    def one_of(
        self, texts: Mapping[str, str], column: str, allowed: Sequence[str], default: str = ""
    ) -> str:
        text = texts.get(column, "").casefold()
        if text in allowed:
            return text
        if not text and default in allowed:
            return default
        if text or column == "need":
            marks = marks_in(texts.get(column, ""))
            says = f"Write one of: {', '.join(allowed)}."
            self.problem(column, f"This seems to hold {marks}. {says}" if marks else says)
        return default if default in allowed else allowed[0]

    def stratum(self, texts: Mapping[str, str]) -> tuple[str, str]:
        kind = self.one_of(texts, "stratum_type", tuple(StratumType), StratumType.TOTAL)
        if kind == StratumType.TOTAL:
            return kind, self.one_of(texts, "stratum", (kind,), kind)
        allowed = tuple(STRATA[StratumType(kind)])
        if not texts.get("stratum"):
            self.problem("stratum", f"Write one of: {', '.join(allowed)}.")
        return kind, self.one_of(texts, "stratum", allowed)

    def label(self, texts: Mapping[str, str], column: str) -> str:
        text = texts.get(column, "")
        if marks := marks_in(text):
            self.problem(column, f"This seems to hold {marks}: take it out.")
        elif text and not LABEL.fullmatch(text):
            self.problem(column, "Use a short name of letters and digits.")
        return text

    def known(
        self, texts: Mapping[str, str], column: str, allowed: Mapping[str, str] | None
    ) -> str:
        if allowed is None:
            return self.label(texts, column)
        text = texts.get(column, "")
        if text and plain(text) not in allowed:
            marks = marks_in(text)
            seems = f"This seems to hold {marks}. " if marks else ""
            self.problem(column, f"{seems}Use a name from the template that you download.")
        return allowed.get(plain(text), "")

    def site(self, texts: Mapping[str, str]) -> str:
        if plain(texts.get("site_id", "")) in ("", plain(WHOLE)):
            return WHOLE
        return self.known(texts, "site_id", self.sites) or WHOLE

    def period(self, text: str) -> Period | None:
        try:
            found = period(text.upper())
        except ValueError:
            self.problem("period", "Write a calendar quarter as 2026-Q3.")
            return None
        if not found.is_closed_on(self.expected.today):
            self.problem("period", "This quarter is not over. Send it after its last day.")
            return None
        return found

    def as_of(self, text: str, quarter: Period | None) -> date:
        found = day_of(text)
        if found is None:
            self.problem("as_of_date", "Write the day the counts were made as 2026-10-15.")
            return date.min
        if quarter and found < quarter.last_day:
            says = f"Counts are made after the quarter: on {quarter.last_day} or later."
            self.problem("as_of_date", f"{says} Make them again, or correct the day.")
        if found > self.expected.today:
            self.problem("as_of_date", "This day is in the future. Correct it.")
        return found

    def counts(self, texts: Mapping[str, str]) -> tuple[dict[Step, int], frozenset[Step]]:
        known: dict[Step, int] = {}
        suppressed = set()
        for name, step in STEPS.items():
            text = texts.get(name, "")
            if text.casefold() == SUPPRESSED:
                suppressed.add(step)
            elif COUNT.fullmatch(text) and int(text) <= LARGEST:
                known[step] = int(text)
            elif text:
                self.problem(name, why_not(text))
        return known, frozenset(suppressed)


def why_not(text: str) -> str:
    """
    >>> why_not("1,204")
    'Write the whole number without separators, such as 1204.'
    """
    if text.startswith(("<", "≤")) or text == "*":
        return "Write the true number, or suppressed where your source hides it; never <11."
    if text.startswith(("-", "\N{MINUS SIGN}")):
        return "A count is 0 or more. Correct it."
    if COUNT.fullmatch(text):
        return f"This is more than {LARGEST:,}. Check the number."
    if GROUPED.fullmatch(text):
        return "Write the whole number without separators, such as 1204."
    if comma_in(text) is CommaFault.DECIMAL:
        return "This is written with a decimal comma. Write a whole number, such as 1204."
    return "Write a whole number, or leave the cell empty when it is not known."


def day_of(text: str) -> date | None:
    """
    >>> day_of("2026-10-15") == day_of("10/15/2026"), day_of("soon")
    (True, None)
    """
    found = WRITTEN_DAY.fullmatch(text)
    if not found:
        return None
    year, month, day = (
        (found[1], found[2], found[3]) if found[1] else (found[6], found[4], found[5])
    )
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def strip_apostrophe(text: str) -> str:
    """Without the apostrophe that keeps a spreadsheet from running a text.

    >>> strip_apostrophe(" '=x"), strip_apostrophe("o'hara")
    ('=x', "o'hara")
    """
    stripped = text.strip()
    return stripped[1:] if re.match(r"'[=+@-]", stripped) else stripped


def marks_in(text: str) -> str:
    """What in a label could point at one person, in words; never the mark itself.

    >>> marks_in("10025"), marks_in("AB12345C"), marks_in("elm-2"), marks_in("617-555-0134")
    ('a ZIP code', 'a Medicaid number', '', 'a phone number')
    """
    kinds = found_in(text)
    if kinds:
        return in_words(kinds)
    return next((kind for kind, pattern in MARKS.items() if pattern.search(text)), "")


def by_plain(names: Collection[str] | None) -> Mapping[str, str] | None:
    return None if names is None else {plain(name): name for name in names}


def plain(text: str) -> str:
    return " ".join(text.casefold().split())
