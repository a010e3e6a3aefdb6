"""The last question: who gets the money, by tier and by social risk."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import ChartRow, Figure, Scale, Table, figure_of
from readiness.core.formatting import dollars, percent
from readiness.counts.social_risk.rates import ONCE_A_QUARTER, PATIENT_QUARTERS
from readiness.equity.gates import PEERS_FOR_THIRDS
from readiness.incentives.models import Eligibility, GroupSlice
from readiness.incentives.presenters.wording import (
    LEAST_MORE,
    PATIENT_MEASURES_SAYS,
    DesignColumn,
    Picture,
    index_says,
    leaning_of,
    sentence,
    side_by_side,
)
from readiness.incentives.service.runs import RunSettings

SHARES = Scale(0, 1)
HEAD, TWO_BARS = 4, 68  # px

NO_THIRDS = (
    f"Thirds by social risk are not shown: fewer than {PEERS_FOR_THIRDS} groups have a known one."
)
TIER_CONDITION = (
    "A tier decides what help is offered; it must never lower a payment or close access to one."
)


@dataclass(frozen=True)
class MoneyQuestion:
    """Who gets the money."""

    asks: str
    finding: str
    says: tuple[str, ...]
    pictures: tuple[Picture, ...]
    key: str
    tables: tuple[tuple[str, Table], ...]


def who_gets(columns: Sequence[DesignColumn], settings: RunSettings) -> MoneyQuestion:
    has_thirds = columns[0].gained.concentration_groups >= PEERS_FOR_THIRDS
    pictures = [cut_picture(c, "tier", c.gained.by_tier) for c in columns]
    tables = [("By tier", cut_table("Tier", columns, [c.gained.by_tier for c in columns]))]
    if has_thirds:
        pictures += [cut_picture(c, "risk", c.gained.by_social_risk) for c in columns]
        slices = [c.gained.by_social_risk for c in columns]
        tables.append(("By social risk", cut_table("Groups by social risk", columns, slices)))
    tables.append(("Concentration index", concentration_table(columns)))
    return MoneyQuestion(
        asks="Who gets the money?",
        finding=money_finding(columns),
        says=tuple(money_says(columns, settings, has_thirds)),
        pictures=tuple(pictures),
        key="Upper bar, outlined: share of the patient-measures. Lower bar: share of the money.",
        tables=tuple(tables),
    )


def money_says(
    columns: Sequence[DesignColumn], settings: RunSettings, has_thirds: bool
) -> Iterator[str]:
    yield (
        f"In a year in which the groups of people behind truly gain {settings.gain_points:g} "
        f"points. Social risk: {PATIENT_QUARTERS} with any need, of those screened, as released "
        f"({ONCE_A_QUARTER}). {PATIENT_MEASURES_SAYS}"
    )
    yield (
        "The concentration index runs from −1 to 1: above 0, money leans toward groups with higher "
        "social risk than their share of patient-measures; at 0 it goes as they do. The present is "
        "taken to be in proportion to them, 0."
    )
    if not has_thirds:
        yield NO_THIRDS
    for each in columns:
        if each.design.least_tier is not None:
            yield f"{each.quoted}: {tier_condition(each)}"


def tier_condition(column: DesignColumn) -> str:
    """What a tier condition does, said plainly."""
    closed = [
        group
        for group in column.still.groups
        if group.eligibility in (Eligibility.TIER, Eligibility.TIER_UNKNOWN)
    ]
    patients = sum(group.patients for group in column.still.groups) or 1
    share = percent(sum(group.patients for group in closed) / patients)
    return (
        f"its tier condition closes the payment to {len(closed)} of {len(column.still.groups)} "
        f"groups, with {share} of the patient-measures. {TIER_CONDITION}"
    )


def cut_picture(column: DesignColumn, by: str, slices: Sequence[GroupSlice]) -> Picture:
    rows = [
        MoneyRow(
            sentence(each.name),
            f"{each.groups} groups, {each.taking_part} can be paid",
            each.patient_share,
            each.dollar_share.value if each.dollar_share else None,
            money_row_says(each),
        )
        for each in slices
    ]
    what = {"tier": "tier", "risk": "social risk"}[by]
    return Picture(
        id=f"{by}-{column.number}",
        title=f"{column.name}, by {what}: {cut_finding(slices)}",
        name=column.name,
        pairs=pairs_of(rows, what.capitalize()),
    )


def money_row_says(part: GroupSlice) -> str:
    if part.dollar_share is None:
        return "nothing is paid"
    return (
        f"{percent(part.dollar_share.value)} of the money for {percent(part.patient_share)} of the "
        "patient-measures"
    )


def cut_finding(slices: Sequence[GroupSlice]) -> str:
    """The part that gets most beyond its patients."""
    known = [
        (each.dollar_share.value, each.patient_share, each.name)
        for each in slices
        if each.dollar_share
    ]
    if not known:
        return "nothing is paid"
    money, patients, name = max(known, key=lambda each: each[0] - each[1])
    if money - patients < LEAST_MORE:
        return "money goes about as patient-measures do"
    return f"{name} gets {percent(money)} for {percent(patients)} of the patient-measures"


def cut_table(
    corner: str, columns: Sequence[DesignColumn], slices: Sequence[Sequence[GroupSlice]]
) -> Table:
    header = (corner, "Groups", "Share of patient-measures", *(each.name for each in columns))
    rows = [
        (
            sentence(parts[0].name),
            str(parts[0].groups),
            percent(parts[0].patient_share),
            *(slice_says(part) for part in parts),
        )
        for parts in zip(*slices, strict=True)
    ]
    return Table(header, tuple(rows))


def slice_says(part: GroupSlice) -> str:
    if part.dollar_share is None:
        return "nothing is paid"
    return f"{percent(part.dollar_share.value)}, {dollars(part.dollars.value)}"


def concentration_table(columns: Sequence[DesignColumn]) -> Table:
    rows = [
        ("Index", lambda c: index_says(c.gained.concentration)),
        (
            "The present",
            lambda c: "–" if (p := c.gained.present_concentration) is None else f"{p:.3f}",
        ),
        ("In words", lambda c: leaning_of(c.gained)),
    ]
    return side_by_side("Money by social risk", columns, rows)


def money_finding(columns: Sequence[DesignColumn]) -> str:
    known = [(c.gained.concentration.value, c) for c in columns if c.gained.concentration]
    if not known:
        return "Nothing is paid, or no social risk is known"
    index, column = max(known, key=lambda each: each[0])
    least, other = min(known, key=lambda each: each[0])
    if other is not column and index - least > 0.01:
        return f"{column.quoted} sends most to groups with higher social risk, {other.quoted} least"
    found = leaning_of(column.gained)
    return found.partition(",")[0].rstrip(".")


@dataclass(frozen=True)
class MoneyRow:
    title: str
    basis: str  # "3 groups, 2 can be paid"
    patients: float  # share of all
    dollars: float | None  # share of what is paid; None where nothing ever is
    says: str


def pairs_of(money: Sequence[MoneyRow], first: str) -> Figure:
    """Patients above, money below."""
    rows = [
        ChartRow(
            each.title,
            each.says,
            width=SHARES.at(each.dollars or 0),
            open_width=SHARES.at(each.patients),
        )
        for each in money
    ]
    table = Table(
        (first, "Groups", "Share of patient-measures", "Share of the money"),
        tuple(
            (each.title, each.basis, percent(each.patients), percent(each.dollars))
            for each in money
        ),
    )
    return figure_of(rows, table, TWO_BARS, HEAD)
