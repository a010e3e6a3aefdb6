"""The first three questions: who is paid by chance, who is found, and is a fall paid for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import ChartRow, Figure, Scale, Table, figure_of
from readiness.core.formatting import count, dollars, one_decimal, percent
from readiness.incentives.cautions import WORTH_A_WORD
from readiness.incentives.models import Eligibility, GroupOutcome, ReleasedNumbers
from readiness.incentives.presenters.wording import (
    DesignColumn,
    Picture,
    difference_says,
    dollars_says,
    fall_says,
    found_says,
    headline,
    is_clear,
    more,
    paid_says,
    pool_says,
    share_says,
    side_by_side,
    taking_part,
)
from readiness.incentives.service.runs import RunSettings

MOST_NAMED = 40  # groups in a drawing; more are put together in tenths by size
TENTHS = 10

SHARES = Scale(0, 1)
HEAD, ROW = 4, 54  # px

Twice = tuple[GroupOutcome, GroupOutcome]  # nothing changes; a true gain


@dataclass(frozen=True)
class LaboratoryQuestion:
    """Asked, answered in a sentence, drawn and in a table with a column for each design."""

    id: str
    asks: str
    finding: str
    says: tuple[str, ...]
    bars: Figure
    key: str
    table: Table
    pictures: tuple[Picture, ...] = ()
    pictures_key: str = ""
    sizes: Table | None = None  # the pictures' numbers in one table


def by_chance(columns: Sequence[DesignColumn]) -> LaboratoryQuestion:
    rows = [
        ShareRow(c.name, c.still.paid.value, c.still.paid.error, paid_says(c.still))
        for c in columns
    ]
    return LaboratoryQuestion(
        id="chance",
        asks="Nothing truly changes: who is paid by chance?",
        finding=headline(columns),
        says=(
            "The first year is what your groups released; the next is drawn from unchanged rates.",
            "A gap that was large by luck shrinks by itself the year after: that is in the figure.",
            "It pays for luck or, where a level is to be reached, for what was there before.",
            "A group counts as paid when it is paid anything, on any of its measures.",
        ),
        bars=bars_of(rows, ("Design", "Groups paid, of those that can be")),
        key="Share of the groups that can be paid; the line is the Monte Carlo 95% interval.",
        table=side_by_side(
            "Nothing truly changes",
            columns,
            [
                ("Groups that can be paid", lambda c: taking_part(c.still)),
                ("Paid though nothing changed", lambda c: paid_says(c.still)),
                ("Chance that nobody is paid", lambda c: share_says(c.still.nobody)),
                ("Dollars paid though nothing changed", lambda c: dollars_says(c.still.spent)),
                ("Of a pool of", lambda c: dollars(c.design.pool)),
            ],
        ),
    )


def truly_better(
    columns: Sequence[DesignColumn], numbers: ReleasedNumbers, settings: RunSettings
) -> LaboratoryQuestion:
    gain = f"{settings.gain_points:g}"
    sizes = [rows_by_size(each, numbers) for each in columns]
    rows = [
        ShareRow(
            c.name,
            c.gained.paid_of_changed.value,
            c.gained.paid_of_changed.error,
            found_says(c.gained),
            c.still.paid.value,
        )
        for c in columns
        if c.gained.paid_of_changed
    ]
    return LaboratoryQuestion(
        id="gain",
        asks=f"The groups of people behind truly improve by {gain} points: who is found?",
        finding=found_finding(columns, gain),
        says=(
            "A group of people less far behind improves up to the reference and no further.",
            "The mark on a bar is what is paid though nothing changed: what lies beyond is found.",
        ),
        bars=bars_of(rows, ("Design", "Improving groups that are paid"), "Nothing changes"),
        key="Share of the truly improving groups; the mark: paid though nothing changed.",
        table=side_by_side(
            f"True gain of {gain} points",
            columns,
            [
                ("Groups that can be paid", lambda c: taking_part(c.gained)),
                ("Of these truly improving, on average", lambda c: one_decimal(c.gained.changed)),
                ("Found: improving and paid", lambda c: found_says(c.gained)),
                ("Paid though nothing changed", lambda c: paid_says(c.still)),
                ("Dollars paid", lambda c: dollars_says(c.gained.spent)),
                ("Not earned by anybody", lambda c: dollars_says(c.gained.unspent)),
            ],
        ),
        pictures=tuple(by_size(c, rows) for c, rows in zip(columns, sizes, strict=True)),
        pictures_key="Ring: paid though nothing changed. Dot: paid after the true gain. From the "
        "smallest group to the largest.",
        sizes=sizes_of(columns, sizes),
    )


def found_finding(columns: Sequence[DesignColumn], gain: str) -> str:
    known = [(c.gained.paid_of_changed.value, c) for c in columns if c.gained.paid_of_changed]
    if not known:
        return "No group that can be paid has groups of people behind"
    best, column = max(known, key=lambda each: each[0])
    said = f"{column.quoted} finds {percent(best)} of the groups that truly gain {gain} points"
    least, other = min(known, key=lambda each: each[0])
    return f"{said}, {other.quoted} {percent(least)}" if other is not column else said


def higher_falls(columns: Sequence[DesignColumn], settings: RunSettings) -> LaboratoryQuestion:
    fall = f"{settings.fall_points:g}"
    rows = [
        ShareRow(
            c.name,
            c.fallen.spent.value / c.design.pool,
            c.fallen.spent.error / c.design.pool,
            pool_says(c.fallen),
            c.still.spent.value / c.design.pool,
        )
        for c in columns
    ]
    return LaboratoryQuestion(
        id="fall",
        asks=f"The higher group falls by {fall} points and nobody improves: is that paid for?",
        finding=fall_finding(columns),
        says=(
            "The gap is smaller then, and nobody is better off.",
            "A design that pays for it pays for worse care.",
            "Told by the money: on several measures nearly every group is paid something by luck.",
        ),
        bars=bars_of(rows, ("Design", "Paid of the pool"), "Nothing changes"),
        key="Share of the pool that is paid; the mark is the share when nothing changes.",
        table=side_by_side(
            f"The higher group falls by {fall} points",
            columns,
            [
                ("Dollars paid after the fall", lambda c: dollars_says(c.fallen.spent)),
                ("When nothing changes", lambda c: dollars_says(c.still.spent)),
                ("Difference, of the pool", lambda c: difference_says(more(c.fallen, c.still))),
                ("Groups paid after the fall", lambda c: paid_says(c.fallen)),
                ("Groups paid when nothing changes", lambda c: paid_says(c.still)),
                ("In words", lambda c: fall_says(c.fallen, c.still)),
            ],
        ),
    )


def fall_finding(columns: Sequence[DesignColumn]) -> str:
    changes = [(more(c.fallen, c.still), c) for c in columns]
    pays = [c for change, c in changes if change.value > 0 and is_clear(change, WORTH_A_WORD)]
    if not pays:
        return "No design pays more because the higher group falls"
    named = " and ".join(c.quoted for c in pays)
    return f"{named} {'pays' if len(pays) == 1 else 'pay'} for the fall of the higher group"


# By size


def by_size(column: DesignColumn, rows: Sequence[ChanceRow]) -> Picture:
    return Picture(
        id=f"size-{column.number}",
        title=f"{column.name}: {size_finding(pairs_by_size(column))}",
        name=column.name,
        spans=spans_of(rows, "Group"),
    )


def sizes_of(columns: Sequence[DesignColumn], rows: Sequence[Sequence[ChanceRow]]) -> Table:
    return Table(
        ("Group", "Based on", *(each.name for each in columns)),
        tuple(
            (of_one[0].title, of_one[0].basis, *(each.brief for each in of_one))
            for of_one in zip(*rows, strict=True)
        ),
    )


def rows_by_size(column: DesignColumn, numbers: ReleasedNumbers) -> list[ChanceRow]:
    """Each group, or tenths of them by size where there are many."""
    pairs, names = pairs_by_size(column), numbers.names
    if len(pairs) > MOST_NAMED:
        return list(tenths(pairs))
    return [chance_row(still, gained, names) for still, gained in pairs]


def pairs_by_size(column: DesignColumn) -> list[Twice]:
    return sorted(
        zip(column.still.groups, column.gained.groups, strict=True),
        key=lambda each: (each[0].patients, each[0].group_id),
    )


def chance_row(still: GroupOutcome, gained: GroupOutcome, names: dict[str, str]) -> ChanceRow:
    title, basis = names[still.group_id], f"{count(still.patients)} patient-measures"
    if still.eligibility is not Eligibility.TAKES_PART:
        return ChanceRow(title, basis, None, None, f"takes no part: {still.eligibility}")
    luck, found = still.chance.value, gained.chance.value
    return ChanceRow(
        title, basis, luck, found, f"{percent(luck)} unchanged, {percent(found)} improved"
    )


def tenths(pairs: Sequence[Twice]) -> Iterator[ChanceRow]:
    """Of groups by size, the smallest first; those that take no part are left out of the means."""
    size = -(-len(pairs) // TENTHS)
    for start in range(0, len(pairs), size):
        part = pairs[start : start + size]
        ends = dict.fromkeys(count(each[0].patients) for each in (part[0], part[-1]))
        title = f"{' to '.join(ends)} patient-measures"
        basis = f"{len(part)} groups"
        can = [each for each in part if each[0].eligibility is Eligibility.TAKES_PART]
        if not can:
            yield ChanceRow(title, basis, None, None, "none takes part")
            continue
        luck = sum(still.chance.value for still, _ in can) / len(can)
        found = sum(gained.chance.value for _, gained in can) / len(can)
        says = f"{percent(luck)} unchanged, {percent(found)} improved"
        yield ChanceRow(title, f"{basis}, {len(can)} can be paid", luck, found, says)


def size_finding(pairs: Sequence[Twice]) -> str:
    """Whether the larger half is found more often than the smaller one."""
    found = [g.chance.value for s, g in pairs if s.eligibility is Eligibility.TAKES_PART]
    if len(found) < 4:
        return "too few groups to tell by size"
    half = len(found) // 2
    small, large = sum(found[:half]) / half, sum(found[-half:]) / half
    if abs(large - small) < 0.05:
        return f"small and large groups are found about as often ({percent(large)})"
    return f"the larger half is found {percent(large)} of the time, the smaller {percent(small)}"


# The drawings


@dataclass(frozen=True)
class ShareRow:
    """The share of one design, with its error and, as a mark, what chance alone does."""

    title: str
    share: float  # 0 to 1
    error: float
    says: str
    beside: float | None = None  # another share, to hold it against


def bars_of(shares: Sequence[ShareRow], header: tuple[str, str], beside: str = "") -> Figure:
    """From 0 to all; the line through the end of a bar is its Monte Carlo 95% interval."""
    rows = [
        ChartRow(
            each.title,
            each.says,
            width=SHARES.at(each.share),
            low_x=SHARES.at(each.share - 1.96 * each.error),
            high_x=SHARES.at(each.share + 1.96 * each.error),
            beside_x="" if each.beside is None else SHARES.at(each.beside),
        )
        for each in shares
    ]
    cells = (
        (each.title, each.says, *([percent(each.beside, 1)] if beside else [])) for each in shares
    )
    table = Table((*header, *([beside] if beside else [])), tuple(cells))
    return figure_of(rows, table, ROW, HEAD)


@dataclass(frozen=True)
class ChanceRow:
    """Two chances of one group: by luck, and when it truly improved.

    `luck` and `found` are None where the group takes no part, and `says` why.
    """

    title: str
    basis: str  # "12,340 patient-measures"
    luck: float | None
    found: float | None
    says: str

    @property
    def brief(self) -> str:
        """
        >>> ChanceRow("Ash", "", 0.31, 0.87, "31% unchanged, 87% improved").brief
        '31%, then 87%'
        """
        if self.luck is None or self.found is None:
            return self.says
        return f"{percent(self.luck)}, then {percent(self.found)}"


def spans_of(chances: Sequence[ChanceRow], first: str) -> Figure:
    """In the order given, smallest first; the further right the second mark, the surer it is."""
    rows = [
        ChartRow(
            each.title,
            each.says,
            shown=each.luck is not None and each.found is not None,
            x=SHARES.at(each.found or 0),
            beside_x=SHARES.at(each.luck or 0),
        )
        for each in chances
    ]
    header = (first, "Based on", "Paid though nothing changed", "Paid after true improvement")
    table = Table(header, tuple((each.title, each.basis, *chances_of(each)) for each in chances))
    return figure_of(rows, table, ROW, HEAD)


def chances_of(row: ChanceRow) -> tuple[str, str]:
    if row.luck is None or row.found is None:
        return row.says, row.says
    return percent(row.luck), percent(row.found)
