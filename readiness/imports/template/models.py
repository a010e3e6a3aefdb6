"""Our table of counts as groups fill it in: its columns, and how a filled one is read.

Whoever writes the template and whoever reads it back look here, so the two cannot drift apart.
Known columns only: what we did not ask for cannot be stored by accident.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum

from readiness.core.errors import BadInput, Problem
from readiness.counts.social_risk.models import Need, Step
from readiness.counts.strata import Stratum, StratumType
from readiness.imports.safe_names import column_names
from readiness.imports.screens.models import WHOLE, CellKey

SCHEMA = "1"
MOST_ROWS = 50_000
MOST_PROBLEMS = 200  # told one by one; the rest are a number
SUPPRESSED = "suppressed"  # the source hides this number: not known, and never zero
MIXED = "mixed"
INSTRUMENTS = (
    "ahc_hrsn ahc_hrsn_supplemental hvs prapare wellrx we_care seek usda_fss health_leads hsvs "
    f"aafp {MIXED} other"
).split()


class Unit(StrEnum):
    PATIENTS = "patients"  # each counted once in a row
    SCREENS = "screens"


@dataclass(frozen=True)
class TemplateColumn:
    name: str
    meaning: str
    step: Step | None = None  # of a count
    is_required: bool = False


LABELS = (
    TemplateColumn("schema_version", f"Version of this table: {SCHEMA}."),
    TemplateColumn("group_id", "Your group, as the page names it."),
    TemplateColumn("site_id", f"One of your sites, or {WHOLE} for the whole group."),
    TemplateColumn("period", "A closed calendar quarter, such as 2026-Q3.", is_required=True),
    TemplateColumn("as_of_date", "The day the counts were made, on or after the quarter's last.",
        is_required=True),
    TemplateColumn("instrument", f"The screening instrument; {MIXED} where there are several."),
    TemplateColumn("instrument_version", "Its version or form, if you know it."),
    TemplateColumn("unit", "patients (each counted once in a row) or screens; one of them in a "
        "file."),
    TemplateColumn("need", "The social need that the row is about.", is_required=True),
    TemplateColumn("stratum_type", "total, or how patients are divided."),
    TemplateColumn("stratum", "total, or the part of the patients that the row is about."),
)  # fmt: skip
COUNTS = (
    TemplateColumn("eligible", "Patients due for screening; the same for every need.",
        Step.ELIGIBLE),
    TemplateColumn("excluded", "Patients left out for a reason of the program's; not among the "
        "eligible.", Step.EXCLUDED),
    TemplateColumn("not_offered", "Of the eligible, those who were not asked.", Step.NOT_OFFERED),
    TemplateColumn("declined", "Of the eligible, those who did not want to answer.", Step.DECLINED),
    TemplateColumn("unknown", "Of the eligible, those who answered that they do not know.",
        Step.UNKNOWN),
    TemplateColumn("incomplete", "Of the eligible, those who did not answer in full.",
        Step.INCOMPLETE),
    TemplateColumn("screened", "Of the eligible, those with a clear answer, yes or no.",
        Step.SCREENED, is_required=True),
    TemplateColumn("positive", "Of those screened, patients with the need.",
        Step.POSITIVE, is_required=True),
    TemplateColumn("wants_help", "Of those with the need, patients who want help.",
        Step.WANTS_HELP),
    TemplateColumn("wants_help_all", "Patients who want help, where everybody screened is asked.",
        Step.WANTS_HELP_ALL),
    TemplateColumn("help_offered", "Patients who were offered help.", Step.HELP_OFFERED),
    TemplateColumn("referred_30d", "Of those who want help, patients referred within 30 days.",
        Step.REFERRED_30D),
    TemplateColumn("intervention_30d", "Of those with the need, patients with any help within 30 "
        "days of the first screen that found it: a referral, but also counseling or education.",
        Step.INTERVENTION_30D),
    TemplateColumn("positive_mature", "Of those with the need, patients whose screen lies 30 days "
        "or more before the day the counts were made.", Step.POSITIVE_MATURE),
    TemplateColumn("connected_30d", "Patients who received the service within 30 days.",
        Step.CONNECTED_30D),
    TemplateColumn("outcome_known", "Of those referred, patients for whom it is recorded whether "
        "help arrived.", Step.OUTCOME_KNOWN),
    TemplateColumn("connected", "Of those with a known outcome, patients who received the service.",
        Step.CONNECTED),
    TemplateColumn("resolved", "Of those connected, patients who say that the need is met.",
        Step.RESOLVED),
    TemplateColumn("csp_contact_60d", "Patients with a contact to a community service within 60 "
        "days.", Step.CSP_CONTACT_60D),
)  # fmt: skip
COLUMNS = (*LABELS, *COUNTS)
NAMES = tuple(column.name for column in COLUMNS)
STEPS = {column.name: column.step for column in COUNTS if column.step is not None}
NOT_OURS = "These are not the headings of our table of counts. Download it and fill that in."


@dataclass(frozen=True)
class TemplateLine:
    """One row of the table, read."""

    place: str
    key: CellKey
    counts: Mapping[Step, int]
    suppressed: frozenset[Step]
    as_of: date
    unit: Unit = Unit.PATIENTS
    instrument: str = ""
    places: Mapping[str, str] = field(default_factory=dict)  # of counts in lines of their own

    @property
    def need(self) -> Need | None:
        """None in the row of the group as a whole, which only a long table has."""
        return Need(self.key.need) if self.key.need else None

    @property
    def part(self) -> Stratum:
        return Stratum(StratumType(self.key.stratum_type), self.key.stratum)

    def at(self, column: str) -> str:
        return f"{self.places.get(column, self.place)}, {column}"


@dataclass(frozen=True)
class TemplateRows:
    """What a filled table says. A step that is absent is not known, which is not zero."""

    cells: Mapping[CellKey, Mapping[Step, int]]
    warnings: tuple[Problem, ...] = ()
    unit: Unit = Unit.PATIENTS
    as_of: Mapping[str, date] = field(default_factory=dict)  # by period
    instruments: tuple[str, ...] = ()


@dataclass(frozen=True)
class Expectations:
    """What the rows are held against. `None`: whatever name is allowed."""

    today: date
    sites: Collection[str] | None = None
    groups: Collection[str] | None = None


def refuse(problems: Sequence[Problem]) -> None:
    """Everything at once, within reason."""
    distinct = list(dict.fromkeys(problems))
    if len(distinct) > MOST_PROBLEMS:
        rest = f"There are {len(distinct) - MOST_PROBLEMS:,} more problems. Mend these first."
        distinct = [*distinct[:MOST_PROBLEMS], Problem("", rest)]
    if distinct:
        raise BadInput(distinct)


# Headings


def name_of(heading: str) -> str:
    """
    >>> name_of(" Help offered "), name_of("connected_30d")
    ('help_offered', 'connected_30d')
    """
    return "_".join(heading.casefold().split())


def is_ours(header: Iterable[str]) -> bool:
    """Whether a file means to be our table, well filled in or not."""
    names = {name_of(heading) for heading in header}
    return "need" in names and {"screened", "positive", "period"} <= names


def header_problems(header: Sequence[str]) -> Iterator[Problem]:
    """Headings are repeated only beside some of our own: else a person may stand there."""
    names = [name_of(heading) for heading in header]
    if not set(names) & set(NAMES):
        yield Problem("headings", NOT_OURS)
        return
    strange = [at for at, name in enumerate(names) if name not in NAMES]
    if strange:
        what = "this column" if len(strange) == 1 else "these columns"
        yield Problem(
            "headings",
            f"Remove {what}: {column_names(header, strange)}. Send counts, never patients.",
        )
    missing = [column.name for column in COLUMNS if column.is_required]
    missing = [name for name in missing if name not in names]
    if missing:
        yield Problem("headings", f"Add the missing column: {', '.join(missing)}.")
    if len(set(names)) < len(names):
        yield Problem("headings", "A heading stands there twice. Keep one of the two columns.")
