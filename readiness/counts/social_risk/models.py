"""Social-risk counts: people at each step of the way from being seen to a need being met.

Counts only, never people. A count that is absent is not known, which is not the same as zero.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from readiness.core.periods import Period
from readiness.counts.models import Grid, Heading
from readiness.counts.strata import ALL, STRATUM_TYPE_LABELS, Stratum, StratumType, strata_of

LARGEST = 9_999_999  # people; more is a slip of the finger


class Need(StrEnum):
    FOOD = "food"
    HOUSING = "housing"
    TRANSPORTATION = "transportation"
    UTILITIES = "utilities"
    SAFETY = "safety"
    FINANCIAL = "financial"
    DIGITAL = "digital"
    SOCIAL = "social"
    HOUSING_INSTABILITY = "housing_instability"
    HOMELESSNESS = "homelessness"
    INADEQUATE_HOUSING = "inadequate_housing"
    EMPLOYMENT = "employment"
    EDUCATION = "education"
    STRESS = "stress"
    INSURANCE = "insurance"
    LITERACY = "literacy"
    MATERIAL = "material"
    ANY = "any"  # one or more of the five
    ALL5 = "all5"  # asked about all five


FIVE = (Need.FOOD, Need.HOUSING, Need.TRANSPORTATION, Need.UTILITIES, Need.SAFETY)
OPTIONAL = (Need.FINANCIAL, Need.DIGITAL, Need.SOCIAL)
BY_HAND = (*FIVE, *OPTIONAL)  # the rows of the grid; the others come from files
HOUSING_PARTS = (Need.HOUSING_INSTABILITY, Need.HOMELESSNESS, Need.INADEQUATE_HOUSING)

NEED_LABELS = {
    Need.FOOD: "Food",
    Need.HOUSING: "Housing",
    Need.TRANSPORTATION: "Transportation",
    Need.UTILITIES: "Utilities",
    Need.SAFETY: "Safety",
    Need.FINANCIAL: "Financial strain",
    Need.DIGITAL: "Digital access",
    Need.SOCIAL: "Social isolation",
    Need.HOUSING_INSTABILITY: "Unstable housing",
    Need.HOMELESSNESS: "Homelessness",
    Need.INADEQUATE_HOUSING: "Poor housing conditions",
    Need.EMPLOYMENT: "Employment",
    Need.EDUCATION: "Education",
    Need.STRESS: "Stress",
    Need.INSURANCE: "Health insurance",
    Need.LITERACY: "Health literacy",
    Need.MATERIAL: "Clothing, phone, child care and other basics",
    Need.ANY: "One or more of the five needs",
    Need.ALL5: "Asked about all five needs",
}


class Step(StrEnum):
    """One step of the way. `screened` is a completed screen; for a need, a clear yes or no to it:
    whoever declined the question or left it open was not screened for that need."""

    ELIGIBLE = "eligible"
    SCREENING_OFFERED = "screening_offered"
    DECLINED = "declined"
    SCREENED = "screened"
    ANY_POSITIVE = "any_positive"
    POSITIVE = "positive"
    WANTS_HELP = "wants_help"
    REFERRED = "referred"
    REFERRED_30D = "referred_30d"
    OUTCOME_KNOWN = "outcome_known"
    CONNECTED = "connected"
    RESOLVED = "resolved"
    # Only from files.
    EXCLUDED = "excluded"
    NOT_OFFERED = "not_offered"
    UNKNOWN = "unknown"
    INCOMPLETE = "incomplete"
    WANTS_HELP_ALL = "wants_help_all"
    HELP_OFFERED = "help_offered"
    INTERVENTION_30D = "intervention_30d"
    POSITIVE_MATURE = "positive_mature"
    CONNECTED_30D = "connected_30d"
    CSP_CONTACT_60D = "csp_contact_60d"
    DOCUMENTED = "documented"  # by a diagnosis, which is no screen


GROUP_STEPS = (
    Step.ELIGIBLE,
    Step.SCREENING_OFFERED,
    Step.DECLINED,
    Step.SCREENED,
    Step.ANY_POSITIVE,
)
NEED_STEPS = (
    Step.SCREENED,
    Step.POSITIVE,
    Step.WANTS_HELP,
    Step.REFERRED,
    Step.REFERRED_30D,
    Step.OUTCOME_KNOWN,
    Step.CONNECTED,
    Step.RESOLVED,
)

STEP_LABELS = {
    Step.ELIGIBLE: "Eligible",
    Step.SCREENING_OFFERED: "Screening offered",
    Step.DECLINED: "Declined",
    Step.SCREENED: "Screened",
    Step.ANY_POSITIVE: "One or more needs",
    Step.POSITIVE: "Need found",
    Step.WANTS_HELP: "Wants help",
    Step.REFERRED: "Referred",
    Step.REFERRED_30D: "Referred in 30 days",
    Step.OUTCOME_KNOWN: "Outcome known",
    Step.CONNECTED: "Connected",
    Step.RESOLVED: "Resolved",
    Step.EXCLUDED: "Excluded",
    Step.NOT_OFFERED: "Screening not offered",
    Step.UNKNOWN: "Answer not known",
    Step.INCOMPLETE: "Not answered in full",
    Step.WANTS_HELP_ALL: "Wants help, of everybody asked",
    Step.HELP_OFFERED: "Help offered",
    Step.INTERVENTION_30D: "Intervention in 30 days",
    Step.POSITIVE_MATURE: "Need found 30 days ago or more",
    Step.CONNECTED_30D: "Connected in 30 days",
    Step.CSP_CONTACT_60D: "Contact with a service in 60 days",
    Step.DOCUMENTED: "Documented by a diagnosis code",
}

GROUP_MEANINGS = {
    Step.ELIGIBLE: "Patients seen at least once in the quarter and due for screening",
    Step.SCREENING_OFFERED: "Patients who were offered screening",
    Step.DECLINED: "Patients who were offered it and said no",
    Step.SCREENED: "Patients who completed a screen: a clear answer about one need or more, "
    "whatever else they declined",
    Step.ANY_POSITIVE: "Patients with a need in one or more of food, housing, transportation, "
    "utilities and safety",
}
NEED_MEANINGS = {
    Step.SCREENED: "Patients who gave a clear answer about this need, yes or no",
    Step.POSITIVE: "Patients with this need",
    Step.WANTS_HELP: "Of those with the need, patients who want help with it",
    Step.REFERRED: "Of those who want help, patients for whom help was started or a referral sent",
    Step.REFERRED_30D: "Of those referred, patients referred within 30 days of the screen",
    Step.OUTCOME_KNOWN: "Of those referred, patients for whom it is recorded whether help arrived",
    Step.CONNECTED: "Of those with a known outcome, patients who received the service",
    Step.RESOLVED: "Of those connected, patients who say that the need is met",
}


STRATUM_TYPES = (StratumType.LANGUAGE, StratumType.RACE, StratumType.PAYER)  # entered by hand


@dataclass(frozen=True, order=True)
class FunnelCell:
    """Where one count stands. `need` is empty for the steps of the whole group."""

    step: Step
    need: Need | None = None
    stratum: Stratum = ALL

    @property
    def key(self) -> str:
        """
        >>> FunnelCell(Step.POSITIVE, Need.FOOD).key, FunnelCell(Step.ELIGIBLE).key
        ('total.total.food.positive', 'total.total.group.eligible')
        """
        return ".".join((self.stratum.type, self.stratum.name, self.need or "group", self.step))

    @property
    def row_label(self) -> str:
        need = NEED_LABELS[self.need] if self.need else "All needs"
        if self.stratum == ALL:
            return need if self.need else self.stratum.label
        return f"{self.stratum.label}, {need.lower()}" if self.need else self.stratum.label

    @property
    def label(self) -> str:
        """Its row and column, as the grid names them.

        >>> FunnelCell(Step.POSITIVE, Need.FOOD).label
        'Food, Need found'
        """
        return f"{self.row_label}, {STEP_LABELS[self.step]}"


def cells_of(stratum: Stratum) -> Iterator[FunnelCell]:
    """Every cell a person can enter for these patients, in the order of the grid."""
    yield from (FunnelCell(step, None, stratum) for step in GROUP_STEPS)
    yield from (FunnelCell(step, need, stratum) for need in BY_HAND for step in NEED_STEPS)


ENTERED: dict[str, FunnelCell] = {
    cell.key: cell
    for stratum in (ALL, *(each for kind in STRATUM_TYPES for each in strata_of(kind)))
    for cell in cells_of(stratum)
}


@dataclass(frozen=True)
class FunnelCounts:
    """What is known of one period: the unit is patients, each counted once in a cell."""

    period: Period
    known: Mapping[FunnelCell, int] = field(default_factory=dict)

    def at(self, step: Step, need: Need | None = None, stratum: Stratum = ALL) -> int | None:
        """The count, or None when it is not known."""
        return self.known.get(FunnelCell(step, need, stratum))

    @property
    def strata(self) -> tuple[Stratum, ...]:
        """Those with any count, all patients first."""
        parts = {cell.stratum for cell in self.known} - {ALL}
        return (ALL, *sorted(parts))


# The tables in which they are entered: rows, columns and which cell stands where.


ALSO = {
    Step.SCREENING_OFFERED: ("offered",),
    Step.ANY_POSITIVE: ("any positive", "any need"),
    Step.WANTS_HELP: ("wanted help", "want help"),
    Step.REFERRED_30D: ("referred within 30 days",),
    Need.FINANCIAL: ("financial",),
    Need.DIGITAL: ("digital",),
    Need.SOCIAL: ("social",),
    Need.TRANSPORTATION: ("transport",),
}
ALSO_OF_A_NEED = {Step.SCREENED: ("asked", "answered")}


def group_columns() -> tuple[Heading, ...]:
    return tuple(
        Heading(step, STEP_LABELS[step], ALSO.get(step, ()), GROUP_MEANINGS[step])
        for step in GROUP_STEPS
    )


def need_columns() -> tuple[Heading, ...]:
    return tuple(
        Heading(
            step,
            STEP_LABELS[step],
            (*ALSO.get(step, ()), *ALSO_OF_A_NEED.get(step, ())),
            NEED_MEANINGS[step],
        )
        for step in NEED_STEPS
    )


def strata_grid(parts: Iterable[Stratum], title: str) -> Grid[FunnelCell]:
    """The steps of the whole group, a row for each part."""
    listed = tuple(parts)
    return Grid(
        id="group",
        title=title,
        rows=tuple(Heading(part.name, part.label) for part in listed),
        columns=group_columns(),
        cells={
            (part.name, step): FunnelCell(step, None, part)
            for part in listed
            for step in GROUP_STEPS
        },
    )


def needs_grid(part: Stratum) -> Grid[FunnelCell]:
    return Grid(
        id="needs",
        title="Each need",
        rows=tuple(
            Heading(need, NEED_LABELS[need], ALSO.get(need, ()), is_optional=need in OPTIONAL)
            for need in BY_HAND
        ),
        columns=need_columns(),
        corner="Need",
        cells={
            (need, step): FunnelCell(step, need, part) for need in BY_HAND for step in NEED_STEPS
        },
    )


def grids_of_part(part: Stratum = ALL) -> tuple[Grid[FunnelCell], ...]:
    """All that can be entered for all patients, or for one part of them."""
    return (strata_grid((part,), "All needs"), needs_grid(part))


def grids_of_type(kind: StratumType) -> tuple[Grid[FunnelCell], ...]:
    """The parts side by side."""
    return (strata_grid(strata_of(kind), STRATUM_TYPE_LABELS[kind]),)
