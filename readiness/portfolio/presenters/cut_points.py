"""How much tiers depend on their cut points, in the words of its page."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from fractions import Fraction
from typing import Any

from flask import url_for

from readiness.assessments.cut_points import MOVES, CutPoint, CutShift, TierChange, most_changed
from readiness.assessments.reliability import GROUPS_FOR_ALPHA
from readiness.core.formatting import join_words, percent
from readiness.portfolio.service.cut_points import MOST_NAMED, CutPointsPage, subject_of

NONE = "none"
WAYS = {True: "rises", False: "falls"}


@dataclass(frozen=True)
class CutLine:
    """One cut point and what each move of it changes, in the order of MOVES."""

    tier_id: str
    subject: str
    least: str
    counts: tuple[str, ...]


@dataclass(frozen=True)
class NearGroup:
    """A group whose tier some move changes, with the moves that do, the smallest first."""

    group_id: str
    name: str
    tier_id: str
    moves: tuple[str, ...]


def page_of(found: CutPointsPage) -> dict[str, Any]:
    near = tuple(near_groups(found))
    return {
        "found": found,
        "finding": finding(found),
        "smaller": smaller_says(found),
        "few_says": few_says(found.total),
        "rests_on": rests_on(found),
        "headings": tuple(heading(by) for by in MOVES),
        "lines": tuple(lines_of(found)),
        "near": near[:MOST_NAMED],
        "more_near": max(0, len(near) - MOST_NAMED),
        "others": others(found),
        "csv_url": file_url(found, "csv"),
        "xlsx_url": file_url(found, "xlsx"),
    }


def file_url(found: CutPointsPage, ending: str) -> str:
    asked = f"{found.instrument.id} {found.instrument.version}"
    return url_for(".file", payer_id=found.payer.id, ending=ending, instrument=asked)


def groups_say(groups: int) -> str:
    return f"{groups:,} {'group' if groups == 1 else 'groups'}"


def score_says(value: Fraction) -> str:
    """A cut point or a move, as it is written: 5, 2.5."""
    return f"{float(value):g}"


def points_say(size: Fraction) -> str:
    return f"{score_says(size)} points"


def finding(found: CutPointsPage) -> str:
    if not found.total:
        return "No group has a tier yet, so nothing can be told of the cut points."
    size = max(MOVES)
    most, worst = most_changed(found.shifts, size)
    if not most:
        return (
            f"Moving any one cut point by up to {points_say(size)} changes the tier of none of "
            f"{groups_say(found.total)}."
        )
    matter = "matter" if len(worst) > 1 else "matters"
    return (
        f"Moving any one cut point by {points_say(size)} changes the tier of at most {most:,} of "
        f"{groups_say(found.total)}; {cuts_say(found, worst)} {matter} most."
    )


def cuts_say(found: CutPointsPage, cuts: Iterable[CutPoint]) -> str:
    return join_words(cut_says(found, cut) for cut in cuts)


def cut_says(found: CutPointsPage, cut: CutPoint) -> str:
    return f"the {cut.tier_id} minimum of {subject_of(found.instrument, cut)}"


def smaller_says(found: CutPointsPage) -> str:
    """The same for the smallest move; empty where the largest changes nothing already."""
    size = min(by for by in MOVES if by > 0)
    if not most_changed(found.shifts, max(MOVES))[0]:
        return ""
    most, _ = most_changed(found.shifts, size)
    changes = f"any one changes at most {most:,}" if most else "none changes any"
    return f"Moved by {points_say(size)}, {changes}."


def few_says(total: int) -> str:
    if not 0 < total < GROUPS_FOR_ALPHA:
        return ""
    return (
        f"With {groups_say(total)}, one group is {percent(Fraction(1, total))} of them: read this "
        "as which groups stand close to a cut point, not as a rate that other groups would show."
    )


def rests_on(found: CutPointsPage) -> str:
    """Which of a group's three tiers is moved: the one that the portfolio shows."""
    waiting = found.total - found.validated
    parts = [
        f"validated by a reviewer for {found.validated:,}" if found.validated else "",
        f"the lower of claimed and supported by counts for {waiting:,}" if waiting else "",
    ]
    return join_words(part for part in parts if part)


def heading(by: Fraction) -> str:
    way = "Lower" if by < 0 else "Higher"
    return f"{way} by {score_says(abs(by))}"


def lines_of(found: CutPointsPage) -> Iterator[CutLine]:
    for place in range(0, len(found.shifts), len(MOVES)):
        moved = found.shifts[place : place + len(MOVES)]
        cut = moved[0].cut
        yield CutLine(
            tier_id=cut.tier_id,
            subject=subject_of(found.instrument, cut),
            least=score_says(cut.least),
            counts=tuple(map(count_says, moved)),
        )


def count_says(shift: CutShift) -> str:
    if not shift.changes:
        return NONE
    rising = sum(each.is_rise for each in shift.changes)
    falling = len(shift.changes) - rising
    parts = [f"{rising:,} up" if rising else "", f"{falling:,} down" if falling else ""]
    return join_words(part for part in parts if part)


def near_groups(found: CutPointsPage) -> Iterator[NearGroup]:
    """Those that the smallest move changes come first; of equals in the portfolio's order."""
    moves: dict[str, dict[tuple[CutPoint, str], str]] = {}
    for shift in sorted(found.shifts, key=lambda each: each.size):
        for change in shift.changes:
            told = moves.setdefault(change.group_id, {})
            told.setdefault((shift.cut, change.then), move_says(found, shift, change))
    for group_id, says in moves.items():
        row = found.rows[group_id]
        yield NearGroup(group_id, row.name, row.tier_id or "", tuple(says.values()))


def move_says(found: CutPointsPage, shift: CutShift, change: TierChange) -> str:
    cut = shift.cut
    return (
        f"{WAYS[change.is_rise]} to {change.then} with {cut_says(found, cut)} at "
        f"{score_says(cut.least + shift.by)} instead of {score_says(cut.least)}"
    )


def others(found: CutPointsPage) -> list[tuple[str, str]]:
    """The same page under each other version that groups stand under: its words and address."""
    own = found.instrument.id, found.instrument.version
    return [
        (
            f"{groups_say(count)} under {name.upper()} {version}",
            url_for(".show", payer_id=found.payer.id, instrument=f"{name} {version}"),
        )
        for (name, version), count in found.versions.items()
        if (name, version) != own
    ]
