"""Claimed levels against what the counts support, and against each other.

Counts are never added to a score. They can only show that a claimed level needs more than they
have; the supported run is then scored with the lower level. Claimed, supported and validated runs
are kept apart and never averaged.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from enum import StrEnum
from fractions import Fraction

from readiness.core.formatting import percent_rounded_down
from readiness.instruments.answers import Answer, Answers
from readiness.instruments.models import Instrument, Item

Shares = Mapping[str, Fraction]  # item id -> share the counts show; absent: nothing was counted


class ClaimSeverity(StrEnum):
    LOWERED = "lowered to what the counts support"
    UNCHECKED = "no counts to check against"
    UNLIKELY = "unlikely together"


@dataclass(frozen=True)
class ClaimFinding:
    item_id: str
    severity: ClaimSeverity
    says: str


@dataclass(frozen=True)
class JudgedLevel:
    """The highest level of an item that counts support by the item's own definition."""

    level: int
    says: str  # what the counts show


@dataclass(frozen=True)
class SupportedAnswers:
    answers: Answers
    findings: tuple[ClaimFinding, ...]


NOTHING_JUDGED: Mapping[str, JudgedLevel] = {}
NOTHING_TO_ADD: Mapping[str, str] = {}


@dataclass(frozen=True)
class UnlikelyPair:
    """A level that is hard to believe while another item stays below a level of its own."""

    item_id: str
    level: int
    without_id: str
    below: int
    because: str


UNLIKELY_PAIRS: tuple[UnlikelyPair, ...] = (
    UnlikelyPair("MEAS-5", 3, "MEAS-2", 2, "feedback needs measures to feed back"),
    UnlikelyPair("EQME-1", 3, "REAL-2", 2, "results can be split only by what patients have told"),
    UnlikelyPair("EQME-4", 3, "EQME-1", 2, "a change aimed at a gap needs the gap to be measured"),
    UnlikelyPair("EQME-5", 3, "EQME-1", 2, "a gap that narrowed has been measured"),
    UnlikelyPair("EQME-5", 3, "MEAS-7", 2, "a gap narrows by a written rule for real change"),
    UnlikelyPair("SOCR-2", 1, "SOCR-1", 1, "patients are reached with some screening tool"),
    UnlikelyPair("SOCR-5", 3, "SOCR-3", 1, "outcomes are known for help that was offered"),
    UnlikelyPair("PART-3", 3, "REAL-5", 2, "language help is planned from recorded languages"),
    UnlikelyPair("CONT-4", 3, "EQME-4", 2, "what is paid for lastingly is running"),
)


def supported_answers(
    instrument: Instrument,
    answers: Answers,
    shares: Shares,
    judged: Mapping[str, JudgedLevel] = NOTHING_JUDGED,
    cautions: Mapping[str, str] = NOTHING_TO_ADD,
) -> SupportedAnswers:
    """The answers with each claim lowered to what its counts support.

    `cautions`: item id -> how its share differs from one of patients in a year, said with it. Where
    nothing was counted the claim stands, and the finding says that nobody could check it;
    what is not judged, by item id, stands without a word.
    """
    checkable = [item for item in instrument.items if item.support_at and item.id in answers]
    findings = [
        found
        for item in checkable
        if (found := check_claim(item, answers[item.id], shares, cautions.get(item.id, "")))
    ]
    lowered = {
        found.item_id: replace(
            answers[found.item_id],
            level=supported_level(instrument.item_by_id[found.item_id], shares[found.item_id]),
        )
        for found in findings
        if found.severity is ClaimSeverity.LOWERED
    }
    for item_id, level in judged.items():
        answer = answers.get(item_id)
        if answer and answer.level is not None and answer.level > level.level:
            findings.append(judged_finding(instrument.item_by_id[item_id], answer.level, level))
            lowered[item_id] = replace(answer, level=level.level)
    return SupportedAnswers({**answers, **lowered}, tuple(findings))


def judged_finding(item: Item, claimed: int, found: JudgedLevel) -> ClaimFinding:
    return ClaimFinding(
        item.id,
        ClaimSeverity.LOWERED,
        f"{item.id} ({item.title}) claims level {claimed}, but {found.says}, which supports level "
        f"{found.level}: correct the counts or the answer.",
    )


def supported_level(item: Item, share: Fraction) -> int:
    """The level below the first whose share the counts do not show.

    A level that names no share needs no more than the levels below it.
    """
    short = [level for level, least in item.support_at.items() if share < least]
    return min(short) - 1 if short else len(item.levels) - 1


def check_claim(
    item: Item, answer: Answer, shares: Shares, caution: str = ""
) -> ClaimFinding | None:
    claimed = answer.level
    if claimed is None or claimed < min(item.support_at):
        return None
    if item.id not in shares:
        return ClaimFinding(
            item.id,
            ClaimSeverity.UNCHECKED,
            f"{item.id} ({item.title}) claims level {claimed}, and there are no counts of the "
            "last four closed quarters to check it against, or so few patients in them that a "
            "level would give some away: enter them, or keep the evidence.",
        )
    level = supported_level(item, shares[item.id])
    if level >= claimed:
        return None
    return ClaimFinding(
        item.id,
        ClaimSeverity.LOWERED,
        f"{item.id} ({item.title}) claims level {claimed}, but the counts show "
        f"{percent_rounded_down(shares[item.id])}{f' ({caution})' if caution else ''}, which "
        f"supports level {level}: correct the counts or the answer.",
    )


def unlikely_pairs(instrument: Instrument, answers: Answers) -> Iterator[ClaimFinding]:
    """Pairs of levels worth a second look. They never change a score."""
    for pair in UNLIKELY_PAIRS:
        if pair.item_id not in instrument.item_by_id:
            continue
        claimed = level_of(answers, pair.item_id)
        other = level_of(answers, pair.without_id)
        if claimed is None or other is None or claimed < pair.level or other >= pair.below:
            continue
        yield ClaimFinding(
            pair.item_id, ClaimSeverity.UNLIKELY, pair_sentence(instrument, pair, answers)
        )


def level_of(answers: Answers, item_id: str) -> int | None:
    answer = answers.get(item_id)
    return answer.level if answer else None


def pair_sentence(instrument: Instrument, pair: UnlikelyPair, answers: Answers) -> str:
    item, other = (instrument.item_by_id[each] for each in (pair.item_id, pair.without_id))
    return (
        f"{item.id} ({item.title}) is at level {level_of(answers, item.id)} while {other.id} "
        f"({other.title}) is at level {level_of(answers, other.id)}; {pair.because}: "
        "look at both again."
    )
