"""What an incentive would pay: shares as bars, two chances of each group, money beside patients."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from readiness.core.charts.scales import Figure, Row, Scale, Table, figure_of
from readiness.core.formatting import percent

SHARES = Scale(0, 1)
HEAD, ROW, TWO_BARS = 4, 54, 68  # px


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
        Row(
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


def spans_of(chances: Sequence[ChanceRow], first: str) -> Figure:
    """In the order given, smallest first; the further right the second mark, the surer it is."""
    rows = [
        Row(
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
        Row(
            each.title,
            each.says,
            width=SHARES.at(each.dollars or 0),
            open_width=SHARES.at(each.patients),
        )
        for each in money
    ]
    table = Table(
        (first, "Groups", "Share of patients", "Share of the money"),
        tuple(
            (each.title, each.basis, percent(each.patients), percent(each.dollars))
            for each in money
        ),
    )
    return figure_of(rows, table, TWO_BARS, HEAD)
