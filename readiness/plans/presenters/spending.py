"""Money against the plan: the same rows for page and paper, and as files with each entry."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from readiness.core import exports
from readiness.core.exports import Cell, Sheet
from readiness.core.formatting import day, short_day, shortened
from readiness.plans.postings import Cents, PostingKind, dollars
from readiness.plans.service.money import ActionMoney, PlanMoney
from readiness.plans.spending import (
    AHEAD_POINTS,
    BASIS,
    EstimateBasis,
    Spending,
    sum_ranges,
    sum_totals,
)

NONE = "–"
NOTE_SHOWN = 140  # characters of what a person typed beside an award
HOW = (
    "Remaining: awarded, less what was given back and what was spent. Expected in the end: what "
    "was spent and what the group says is still needed; without an own estimate, the plan’s. "
    f"Spending is called ahead of time from {AHEAD_POINTS} points of the likely cost: one-off "
    "costs are planned at the start, running costs evenly over the year."
)


@dataclass(frozen=True)
class SpendingRow:
    """One action, or the whole plan."""

    action_id: str
    title: str
    status_text: str  # its status, or that it left the plan
    first_year: str
    yearly: str
    awarded: str
    spent: str
    remaining: str
    needed: str
    needed_on: str
    expected: str
    basis: str
    warnings: tuple[str, ...]
    has_any: bool
    awards: tuple[str, ...]  # by whom, from what and when, as its own group reads it


@dataclass(frozen=True)
class SpendingTable:
    rows: tuple[SpendingRow, ...]
    whole: SpendingRow
    paid_together: SpendingRow  # of those with money or an estimate
    has_any: bool
    warned: tuple[SpendingRow, ...]  # those with a warning, the whole plan first
    research: str
    how: str

    @property
    def priced(self) -> tuple[SpendingRow, ...]:
        """The actions with a planned cost, with money or with an estimate."""
        return tuple(row for row in self.rows if row.has_any or row.first_year != NONE)

    @property
    def others(self) -> tuple[SpendingRow, ...]:
        return tuple(row for row in self.rows if row not in self.priced)

    @property
    def paid(self) -> tuple[SpendingRow, ...]:
        """The actions with money or an estimate: what a short section shows."""
        return tuple(row for row in self.rows if row.has_any)


def spending_table(money: PlanMoney) -> SpendingTable:
    rows = tuple(row_of(line) for line in money.lines)
    whole = sum_row("The whole plan", money.lines, money.warnings)
    paid = sum_row("These actions together", [line for line in money.lines if line.has_any])
    warned = tuple(row for row in (whole, *rows) if row.warnings)
    return SpendingTable(rows, whole, paid, money.has_any, warned, BASIS, HOW)


def row_of(line: ActionMoney) -> SpendingRow:
    expected = line.actual.expected
    return SpendingRow(
        action_id=line.action_id,
        title=line.title,
        status_text=status_text(line),
        **sums_of([line.actual]),
        needed_on=f"as of {day(line.needed_on)}" if line.needed_on else "",
        basis=str(expected.basis) if expected else "",
        warnings=line.warnings,
        has_any=line.has_any,
        awards=tuple(awards_of(line)),
    )


def awards_of(line: ActionMoney) -> Iterator[str]:
    """Oldest first; those without a name say no more than the sum."""
    for entry in reversed(line.entries):
        made = entry.posting
        is_award = made.kind is PostingKind.AWARDED and made.cents and entry.stands
        if is_award and made.payer:
            source = f" ({shortened(made.note, NOTE_SHOWN)})" if made.note else ""
            yield f"{dollars(made.cents)} from {made.payer}{source}, {short_day(made.on)}"


def sum_row(
    title: str, lines: Sequence[ActionMoney], warnings: tuple[str, ...] = ()
) -> SpendingRow:
    parts = [line.actual for line in lines]
    needed = sum(each.needed is not None for each in parts)
    return SpendingRow(
        action_id="",
        title=title,
        status_text="",
        **sums_of(parts),
        needed_on=f"said for {needed} of {len(parts)} actions" if needed else "",
        basis=str(EstimateBasis.ACTIONS) if any(each.expected for each in parts) else "",
        warnings=warnings,
        has_any=any(line.has_any for line in lines),
        awards=(),
    )


def sums_of(parts: Sequence[Spending]) -> dict[str, str]:
    """Sums of what is known; ends added to ends, so wider than the sum will probably be."""
    totals = sum_totals(parts)
    planned = [each.planned for each in parts if each.planned]
    return {
        "first_year": span_of(each.first_year for each in planned),
        "yearly": span_of(each.yearly for each in planned if each.yearly),
        "awarded": dollars(totals.award) if totals.awarded else NONE,
        "spent": dollars(totals.spent) if totals.spent else NONE,
        "remaining": NONE if totals.is_empty else dollars(totals.remaining),
        "needed": span_of(each.needed for each in parts if each.needed),
        "expected": span_of(each.expected.cents for each in parts if each.expected),
    }


def status_text(line: ActionMoney) -> str:
    if line.actual.status is None:
        return "No longer in the plan"
    return str(line.actual.status).capitalize() if line.is_in_plan else "Taken out of the plan"


def span_of(ranges: Iterable[Cents]) -> str:
    """
    >>> span_of([Cents(3_000_000, 6_000_000, 12_000_000)]), span_of([Cents(5_00, 5_00, 5_00)])
    ('$30,000 to $120,000, likely $60,000', '$5')
    """
    known = list(ranges)
    if not known:
        return NONE
    cents = sum_ranges(known)
    if cents.low == cents.high:
        return dollars(cents.likely)
    return f"{dollars(cents.low)} to {dollars(cents.high)}, likely {dollars(cents.likely)}"


# As files: a line for each action, and for its own group each entry.

ACTIONS = (
    "Action",
    "Status",
    "Planned, first year, low ($)",
    "Planned, first year, likely ($)",
    "Planned, first year, high ($)",
    "Planned, each later year, low ($)",
    "Planned, each later year, likely ($)",
    "Planned, each later year, high ($)",
    "Awarded ($)",
    "Returned ($)",
    "Spent ($)",
    "Remaining of the award ($)",
    "Still needed, low ($)",
    "Still needed, likely ($)",
    "Still needed, high ($)",
    "Still needed: said on",
    "Expected in the end, low ($)",
    "Expected in the end, likely ($)",
    "Expected in the end, high ($)",
    "Expected in the end rests on",
    "Warnings",
)
ENTRIES = (
    "Action",
    "Entry",
    "Kind",
    "Day",
    "Amount ($)",
    "Who paid or may have paid",
    "Note",
    "Entered by",
    "Entered at (UTC)",
    "Stands in for entry",
    "Counts",
)
NEEDED = ("Action", "Said at (UTC)", "Low ($)", "Likely ($)", "High ($)", "Note", "Said by")
WIDTHS = (40, 14)


def as_csv(money: PlanMoney) -> bytes:
    return exports.csv_of(ACTIONS, action_rows(money))


def as_xlsx(money: PlanMoney) -> bytes:
    pages = [Sheet("Actions", ACTIONS, action_rows(money), WIDTHS)]
    if money.opened.is_own:
        pages.append(Sheet("Entries", ENTRIES, entry_rows(money), WIDTHS))
        pages.append(Sheet("Still needed", NEEDED, needed_rows(money), WIDTHS))
    return exports.xlsx_of(pages)


def action_rows(money: PlanMoney) -> Iterator[tuple[Cell, ...]]:
    for line in money.lines:
        actual, planned, expected = line.actual, line.actual.planned, line.actual.expected
        totals = actual.totals
        yield (
            line.title,
            str(actual.status) if actual.status else "no longer in the plan",
            *ends(planned.first_year if planned else None),
            *ends(planned.yearly if planned else None),
            *(each / 100 for each in (totals.awarded, totals.returned, totals.spent)),
            totals.remaining / 100,
            *ends(actual.needed),
            line.needed_on,
            *ends(expected.cents if expected else None),
            str(expected.basis) if expected else "",
            " ".join(line.warnings),
        )


def ends(cents: Cents | None) -> tuple[Cell, Cell, Cell]:
    return (cents.low / 100, cents.likely / 100, cents.high / 100) if cents else (None, None, None)


def entry_rows(money: PlanMoney) -> Iterator[tuple[Cell, ...]]:
    """Oldest first."""
    for line in money.lines:
        for entry in reversed(line.entries):
            posting = entry.posting
            yield (
                line.title,
                posting.id,
                str(posting.kind),
                posting.on,
                posting.cents / 100,
                posting.payer,
                posting.note,
                entry.author,
                f"{posting.at:%Y-%m-%d %H:%M}",
                posting.corrects,
                entry.stands,
            )


def needed_rows(money: PlanMoney) -> Iterator[tuple[Cell, ...]]:
    for line in money.lines:
        yield from (said_row(line, number) for number in range(len(line.said) - 1, -1, -1))


def said_row(line: ActionMoney, number: int) -> tuple[Cell, ...]:
    said = line.said[number]
    estimate = said.estimate
    when = f"{estimate.at:%Y-%m-%d %H:%M}"
    return line.title, when, *ends(estimate.cents), estimate.note, said.author
