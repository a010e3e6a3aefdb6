"""What people type into one grid: read as counts, and merged so that nobody's change is lost."""

from __future__ import annotations

from collections.abc import Mapping

from readiness.core.numbers import CommaFault, comma_in, number_in
from readiness.counts.models import CellT, CountClash, CountsMerge, History
from readiness.counts.social_risk.models import LARGEST


def value_at(history: History[CellT], cell: CellT, revision: int | None = None) -> int | None:
    """The count as of that revision, or the latest."""
    lines = history.get(cell, ())
    known = [line.value for line in lines if revision is None or line.revision <= revision]
    return known[-1] if known else None


def revision_of(history: History[CellT], cell: CellT) -> int:
    lines = history.get(cell, ())
    return lines[-1].revision if lines else 0


def latest(history: History[CellT]) -> dict[CellT, int]:
    """What is known now."""
    values = {cell: value_at(history, cell) for cell in history}
    return {cell: value for cell, value in values.items() if value is not None}


def merge(
    history: History[CellT], base: Mapping[CellT, int], typed: Mapping[CellT, int | None]
) -> CountsMerge[CellT]:
    """Compare what was typed with what the page showed (`base` revisions) and with what is saved.

    A field that was not touched follows whoever changed it. A field that both changed alike is no
    clash.
    """
    changed: dict[CellT, int | None] = {}
    values: dict[CellT, int | None] = {}
    clashes: list[CountClash[CellT]] = []
    for cell, mine in typed.items():
        shown = value_at(history, cell, base.get(cell, 0))
        theirs = value_at(history, cell)
        is_mine = mine != shown
        values[cell] = mine if is_mine else theirs
        if not is_mine or mine == theirs:
            continue
        if theirs != shown:
            clashes.append(CountClash(cell, mine, theirs))
        changed[cell] = mine
    return CountsMerge(changed, values, tuple(clashes))


LONGEST = 12  # characters; "9,999,999" with room for stray spaces


def count_of(text: str) -> int | None:
    """The number, or None for a blank; ValueError with a sentence for anything else.

    >>> count_of(" 1,204 "), count_of("0"), count_of("")
    (1204, 0, None)
    """
    typed = text.strip()
    if not typed:
        return None
    if len(typed) > LONGEST:
        raise ValueError("is too long for a count. Enter a whole number.")
    found = number_in(typed) if typed[0].isdigit() and "." not in typed else None
    if found is None:
        raise ValueError(why_not(typed))
    return within_reason(int(found))


def within_reason(value: int) -> int:
    if value > LARGEST:
        raise ValueError(f"is more than {LARGEST:,}. Check the number.")
    return value


def why_not(typed: str) -> str:
    if typed.startswith("<"):
        return (
            "is not a count. Enter the true number: small counts are hidden from other readers, "
            "not from you."
        )
    if typed.startswith(("-", "\N{MINUS SIGN}")) and typed[1:]:
        return "is less than 0. Enter 0 or more."
    if comma_in(typed) is CommaFault.DECIMAL:
        return "is written with a decimal comma. A count is a whole number, such as 1,204."
    if fault := comma_in(typed):
        return fault.value
    return "is not a whole number. Use the digits 0 to 9, or leave it blank when it is not known."
