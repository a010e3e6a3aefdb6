"""What an incentive would pay: shares as bars, two chances of each group, money beside patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Scale, Table
from readiness.core.formatting import percent

SHARES = Scale(0, 1)
HEAD, ROW = 4, 54  # px
TWO_BARS = 68


# One share for each design, with its error and, as a mark, what chance alone does


@dataclass(frozen=True)
class ShareRow:
    title: str
    share: float  # 0 to 1
    error: float
    says: str
    beside: float | None = None  # another share, to hold it against


@dataclass(frozen=True)
class Bar:
    y: int
    title: str
    says: str
    width: str
    low_x: str
    high_x: str
    beside_x: str  # "" for none


@dataclass(frozen=True)
class Bars:
    height: int
    bars: tuple[Bar, ...]
    says: str
    table: Table


def bars_of(rows: Sequence[ShareRow], header: tuple[str, str], beside: str = "") -> Bars:
    """From 0 to all; the line through the end of a bar is its Monte Carlo 95% interval."""
    bars = tuple(bar_of(row, HEAD + ROW * n) for n, row in enumerate(rows))
    return Bars(
        height=HEAD + ROW * len(bars),
        bars=bars,
        says="; ".join(f"{row.title}: {row.says}" for row in rows) + ".",
        table=Table(
            (*header, *([beside] if beside else [])),
            tuple(
                (row.title, row.says, *([percent(row.beside, 1)] if beside else [])) for row in rows
            ),
        ),
    )


def bar_of(row: ShareRow, y: int) -> Bar:
    reach = 1.96 * row.error
    return Bar(
        y=y,
        title=row.title,
        says=row.says,
        width=SHARES.at(row.share),
        low_x=SHARES.at(row.share - reach),
        high_x=SHARES.at(row.share + reach),
        beside_x="" if row.beside is None else SHARES.at(row.beside),
    )


# Two chances of each group: by luck, and when it truly improved


@dataclass(frozen=True)
class ChanceRow:
    """`luck` and `found` are None where the group takes no part, and `says` why."""

    title: str
    basis: str  # "12,340 patients"
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


@dataclass(frozen=True)
class Span:
    y: int
    title: str
    says: str
    shown: bool
    luck_x: str
    found_x: str


@dataclass(frozen=True)
class Spans:
    height: int
    spans: tuple[Span, ...]
    says: str
    table: Table


def spans_of(rows: Sequence[ChanceRow], first: str) -> Spans:
    """In the order given, smallest first; the further right the second mark, the surer it is."""
    spans = tuple(span_of(row, HEAD + ROW * n) for n, row in enumerate(rows))
    return Spans(
        height=HEAD + ROW * len(spans),
        spans=spans,
        says="; ".join(f"{row.title}: {row.says}" for row in rows) + ".",
        table=Table(
            (first, "Based on", "Paid though nothing changed", "Paid after true improvement"),
            tuple((row.title, row.basis, *chances_of(row)) for row in rows),
        ),
    )


def chances_of(row: ChanceRow) -> tuple[str, str]:
    if row.luck is None or row.found is None:
        return row.says, row.says
    return percent(row.luck), percent(row.found)


def span_of(row: ChanceRow, y: int) -> Span:
    return Span(
        y=y,
        title=row.title,
        says=row.says,
        shown=row.luck is not None and row.found is not None,
        luck_x=SHARES.at(row.luck or 0),
        found_x=SHARES.at(row.found or 0),
    )


# Money beside patients


@dataclass(frozen=True)
class MoneyRow:
    title: str
    basis: str  # "3 groups, 2 can be paid"
    patients: float  # share of all
    dollars: float | None  # share of what is paid; None where nothing ever is
    says: str


@dataclass(frozen=True)
class Pair:
    y: int
    title: str
    says: str
    patients_width: str
    dollars_width: str


@dataclass(frozen=True)
class Pairs:
    height: int
    pairs: tuple[Pair, ...]
    says: str
    table: Table


def pairs_of(rows: Sequence[MoneyRow], first: str) -> Pairs:
    pairs = tuple(
        Pair(
            y=HEAD + TWO_BARS * n,
            title=row.title,
            says=row.says,
            patients_width=SHARES.at(row.patients),
            dollars_width=SHARES.at(row.dollars or 0),
        )
        for n, row in enumerate(rows)
    )
    return Pairs(
        height=HEAD + TWO_BARS * len(pairs),
        pairs=pairs,
        says="; ".join(f"{row.title}: {row.says}" for row in rows) + ".",
        table=Table(
            (first, "Groups", "Share of patients", "Share of the money"),
            tuple(
                (row.title, row.basis, percent(row.patients), percent(row.dollars)) for row in rows
            ),
        ),
    )
