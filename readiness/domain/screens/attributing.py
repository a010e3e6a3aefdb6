"""Which instrument a piece belongs to that does not say so: told from questions and answers."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace

from readiness.domain.screens.codes import CodeTable
from readiness.domain.screens.parts import Answered, Standing
from readiness.domain.screens.screen import Piece

UNTOLD = ""


def attributed(pieces: Sequence[Piece], codes: CodeTable) -> dict[str, list[Piece]]:
    """One patient's day, by instrument. What is held back does not help to tell."""
    counted = [each for each in pieces if each.standing is not Standing.HELD]
    held = [each for each in pieces if each.standing is Standing.HELD]
    groups: defaultdict[str, list[Piece]] = defaultdict(list)
    for some in (counted, held):
        for instrument, piece in told(some, codes):
            groups[instrument].append(piece)
    return groups


def told(pieces: Sequence[Piece], codes: CodeTable) -> list[tuple[str, Piece]]:
    named = [(each.instrument or form_of(each, codes), each) for each in pieces]
    stated = dict.fromkeys(instrument for instrument, _ in named if instrument)
    loose = [each for instrument, each in named if not instrument]
    homes = told_apart((each for piece in loose for each in piece.answered), list(stated), codes)
    found = [(instrument, each) for instrument, each in named if instrument]
    for piece in loose:
        found += split(piece, homes)
    return found


def form_of(piece: Piece, codes: CodeTable) -> str:
    """A whole form is of one instrument: the one that knows most of its answers."""
    return best(piece.answered, codes) if piece.is_whole else UNTOLD


def split(piece: Piece, homes: Mapping[Answered, str]) -> list[tuple[str, Piece]]:
    """A piece of several instruments as one of each."""
    groups: dict[str, list[Answered]] = {}
    for each in piece.answered:
        groups.setdefault(homes[each], []).append(each)
    if not groups:
        return [(UNTOLD, piece)] if piece.results else []
    parts = [(own, replace(piece, answered=tuple(some))) for own, some in groups.items()]
    return [parts[0], *((own, replace(part, results=None)) for own, part in parts[1:])]


def told_apart(
    answered: Iterable[Answered], stated: Sequence[str], codes: CodeTable
) -> dict[Answered, str]:
    """Each answer's instrument: one that the day names already, else the one that explains most."""
    left = dict.fromkeys(answered)
    found: dict[Answered, str] = {}
    chosen = [each for each in stated if each in codes.instruments]
    for instrument in chosen:
        found |= dict.fromkeys(explained(left, instrument, codes), instrument)
        left = {each: None for each in left if each not in found}
    while instrument := best(left, codes):
        chosen.append(instrument)
        found |= dict.fromkeys(explained(left, instrument, codes), instrument)
        left = {each: None for each in left if each not in found}
    return found | {each: asking(each.question, chosen, codes) for each in left}


def best(answered: Iterable[Answered], codes: CodeTable) -> str:
    """The instrument that knows most of the answers, the first of equals; "" when none does."""
    known = list(answered)
    counts = {own: len(explained(known, own, codes)) for own in codes.instruments}
    most = max(counts.values(), default=0)
    return next((own for own, count in counts.items() if count == most and most), UNTOLD)


def explained(answered: Iterable[Answered], instrument: str, codes: CodeTable) -> list[Answered]:
    questions = codes.instruments[instrument].questions
    return [
        each
        for each in answered
        if each.question in questions and questions[each.question].knows(each.answers)
    ]


def asking(question: str, chosen: Sequence[str], codes: CodeTable) -> str:
    """For an answer that nobody knows: an instrument of the day that asks the question."""
    order = (*chosen, *codes.instruments)
    return next((own for own in order if question in codes.instruments[own].questions), UNTOLD)
