"""Money against the plan as files: a line for each action, and for its own group each entry."""

from __future__ import annotations

from collections.abc import Iterator

from readiness.core import exports
from readiness.core.exports import Cell, Sheet
from readiness.plans.postings import Cents
from readiness.plans.service.money import ActionMoney, PlanMoney

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
