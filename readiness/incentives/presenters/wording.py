"""Each design with its outcomes, and how a simulated share is said: never surer than its error."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from math import sqrt

from readiness.core.charts.scales import Figure, Table
from readiness.core.formatting import dollars, one_decimal, percent, rounded, signed
from readiness.incentives.cautions import WORTH_A_WORD
from readiness.incentives.design import Design
from readiness.incentives.models import DesignOutcome, LaboratoryRun, Simulated
from readiness.incentives.service import runs

CLEAR = 2.0  # Monte Carlo standard errors
LEAST_LEANING = 0.01  # of the concentration index: less is said as none
LEAST_MORE = 0.02  # share of the money beyond that of the patients: less is said as no more
PATIENT_MEASURES_SAYS = "Patient-measures: each patient counted once in every measure."


@dataclass(frozen=True)
class DesignColumn:
    """One design through all questions."""

    number: int
    design: Design
    still: DesignOutcome  # nothing truly changes
    gained: DesignOutcome
    fallen: DesignOutcome

    @property
    def name(self) -> str:
        return self.design.name

    @property
    def quoted(self) -> str:
        return f"“{self.name}”"


ComparedRow = tuple[str, Callable[[DesignColumn], str]]  # a term, and what it is for a design


@dataclass(frozen=True)
class Picture:
    """A drawing of one design; its id names it on the page."""

    id: str
    title: str
    name: str
    spans: Figure | None = None
    pairs: Figure | None = None


def of_groups(share: float, groups: int) -> str:
    """
    >>> of_groups(0.39, 13), of_groups(0.01, 13), of_groups(0, 13), of_groups(1, 1)
    ('about 5 of 13', 'fewer than 1 of 13', 'none of 13', '1 of 1')
    """
    if not groups:
        return "none, for no group can be paid"
    if share <= 0:
        return f"none of {groups}"
    if share >= 1:
        return f"all {groups}" if groups > 1 else "1 of 1"
    near = int(rounded(share * groups, 0))
    return f"about {near} of {groups}" if near else f"fewer than 1 of {groups}"


def share_says(found: Simulated) -> str:
    """
    >>> share_says(Simulated(0.3862, 0.0012))
    '38.6% ± 0.1'
    """
    return f"{percent(found.value, 1)} ± {one_decimal(100 * found.error)}"


def dollars_says(found: Simulated) -> str:
    return f"{dollars(found.value)} ± {dollars(found.error)}"


def paid_says(outcome: DesignOutcome) -> str:
    return f"{of_groups(outcome.paid.value, outcome.taking_part)}, {share_says(outcome.paid)}"


def found_says(outcome: DesignOutcome) -> str:
    """Of those that truly improved."""
    if outcome.paid_of_changed is None:
        return "nobody to find: no group that can be paid has groups of people behind"
    found = outcome.paid_of_changed
    return f"{of_groups(found.value, round(outcome.changed))}, {share_says(found)}"


def more(later: DesignOutcome, before: DesignOutcome) -> Simulated:
    """How much more is paid, as a share of the pool; its error is on the safe side.

    By the money: paid on several measures, nearly every group is paid something by chance.
    """
    pool = later.design.pool
    error = sqrt(later.spent.error**2 + before.spent.error**2)
    return Simulated((later.spent.value - before.spent.value) / pool, error / pool)


def is_clear(found: Simulated, least: float) -> bool:
    return abs(found.value) > max(least, CLEAR * found.error)


def fall_says(fallen: DesignOutcome, still: DesignOutcome) -> str:
    """Whether a fall of the higher group is paid for."""
    change = more(fallen, still)
    there, instead = dollars(fallen.spent.value), dollars(still.spent.value)
    if not is_clear(change, WORTH_A_WORD):
        return f"Does not pay for it: {there}, and {instead} when nothing changes."
    if change.value > 0:
        return f"Pays for it: {there}, instead of {instead} when nothing changes."
    return f"Pays less: {there}, instead of {instead} when nothing changes."


def pool_says(outcome: DesignOutcome) -> str:
    return f"{dollars(outcome.spent.value)} of {dollars(outcome.design.pool)}"


def difference_says(found: Simulated) -> str:
    change = signed(rounded(100 * found.value, 1))
    return f"{change} points ± {one_decimal(100 * found.error)}"


def leaning_says(index: Simulated | None, present: float | None, groups: int) -> str:
    """What a concentration index means."""
    if index is None:
        return "Cannot be told: nothing is paid, or no social risk is known."
    change = Simulated(index.value - (present or 0.0), index.error)
    among = f"over {groups} groups with a known social risk"
    if not is_clear(change, LEAST_LEANING):
        return f"Leans neither way, {among}: money goes about as patient-measures do."
    side = "higher" if change.value > 0 else "lower"
    return f"Leans toward groups with {side} social risk, {among}."


def leaning_of(outcome: DesignOutcome) -> str:
    return leaning_says(
        outcome.concentration, outcome.present_concentration, outcome.concentration_groups
    )


def index_says(index: Simulated | None) -> str:
    if index is None:
        return "–"
    return f"{signed(rounded(index.value, 3))} ± {rounded(index.error, 3)}"


def columns_of(run: LaboratoryRun) -> tuple[DesignColumn, ...]:
    designs = runs.designs_of(run)
    still, gained, fallen = runs.outcomes_of(run, designs)
    return tuple(
        DesignColumn(number, *each)
        for number, each in enumerate(zip(designs, still, gained, fallen, strict=True), start=1)
    )


def side_by_side(
    corner: str, columns: Sequence[DesignColumn], rows: Sequence[ComparedRow]
) -> Table:
    """A row for each thing said of every design, a column for each design."""
    return Table(
        (corner, *(each.name for each in columns)),
        tuple((term, *(says(each) for each in columns)) for term, says in rows),
    )


def headline(columns: Sequence[DesignColumn]) -> str:
    """What the dearest and the most careful design pay for nothing."""
    most = max(columns, key=lambda each: each.still.paid.value)
    least = min(columns, key=lambda each: each.still.paid.value)
    said = f"If nothing truly changed, {most.quoted} would still pay {still_pays(most)} groups"
    return said if least is most else f"{said}, {least.quoted} {still_pays(least)}"


def still_pays(column: DesignColumn) -> str:
    return of_groups(column.still.paid.value, column.still.taking_part)


def taking_part(outcome: DesignOutcome) -> str:
    return f"{outcome.taking_part} of {len(outcome.groups)}"


def sentence(text: str) -> str:
    """
    >>> sentence("by patients, not groups")
    'By patients, not groups'
    """
    return text[0].upper() + text[1:]
