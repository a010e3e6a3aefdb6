"""Which instrument a piece belongs to that does not say so: told from questions and answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import Piece
from readiness.imports.screens.parts import Answered, Standing

UNTOLD = ""

Attributed = tuple[str, Piece]  # instrument, piece


@dataclass
class Fits:
    """The instruments that know an answer, looked up once for all patients of a run."""

    codes: CodeTable
    found: dict[Answered, tuple[str, ...]] = field(default_factory=dict)

    def of(self, answered: Answered) -> tuple[str, ...]:
        known = self.found.get(answered)
        if known is None:
            asked = self.codes.questions_by_code.get(answered.question, ())
            known = tuple(each.instrument_id for each in asked if each.knows(answered.answers))
            self.found[answered] = known
        return known

    def may_be_of(self, answered: Answered, instrument: str) -> bool:
        """Whoever does not answer may do so on any form, whichever lists the code for it."""
        is_absent = all(each.absent or each.code in self.codes.absent for each in answered.answers)
        asked = self.codes.questions_by_code.get(answered.question, ())
        return is_absent and any(each.instrument_id == instrument for each in asked)


def attributed(pieces: Sequence[Piece], fits: Fits) -> dict[str, list[Piece]]:
    """One patient's day, by instrument. What is held back does not help to tell."""
    counted = [each for each in pieces if each.standing is not Standing.HELD]
    held = [each for each in pieces if each.standing is Standing.HELD]
    groups: defaultdict[str, list[Piece]] = defaultdict(list)
    for some in (counted, held):
        for instrument, piece in told(some, fits):
            groups[instrument].append(piece)
    return groups


def told(pieces: Sequence[Piece], fits: Fits) -> Iterator[Attributed]:
    named = [(each.instrument or form_of(each, fits), each) for each in pieces]
    yield from (each for each in named if each[0])
    loose = [piece for instrument, piece in named if not instrument]
    if loose:
        stated = list(dict.fromkeys(instrument for instrument, _ in named if instrument))
        homes = told_apart((each for piece in loose for each in piece.answered), stated, fits)
        for piece in loose:
            yield from split(piece, homes)


def form_of(piece: Piece, fits: Fits) -> str:
    """A whole form is of one instrument: the one that knows most of its answers."""
    return best(piece.answered, fits) if piece.is_whole else UNTOLD


def split(piece: Piece, homes: Mapping[Answered, str]) -> Iterator[Attributed]:
    """A piece of several instruments as one of each."""
    groups: dict[str, list[Answered]] = {}
    for each in piece.answered:
        groups.setdefault(homes[each], []).append(each)
    if not groups and piece.results:
        yield UNTOLD, piece
    elif len(groups) == 1:
        yield next(iter(groups)), piece
    else:
        for place, (instrument, some) in enumerate(groups.items()):
            results = None if place else piece.results
            yield instrument, replace(piece, answered=tuple(some), results=results)


def told_apart(
    answered: Iterable[Answered], stated: Sequence[str], fits: Fits
) -> dict[Answered, str]:
    """Each answer's instrument: one that the day names already, else the one that explains most."""
    left = list(dict.fromkeys(answered))
    found: dict[Answered, str] = {}
    chosen = list(stated)
    waiting = list(stated)
    while left:
        instrument = waiting.pop(0) if waiting else best(left, fits)
        if not instrument:
            break
        chosen.append(instrument)
        found |= {each: instrument for each in left if instrument in fits.of(each)}
        left = [each for each in left if each not in found]
        answered_there = {each.question for each, own in found.items() if own == instrument}
        for each in left:
            if each.question not in answered_there and fits.may_be_of(each, instrument):
                found[each] = instrument
        left = [each for each in left if each not in found]
    return found | {each: asking(each.question, chosen, fits.codes) for each in left}


def best(answered: Iterable[Answered], fits: Fits) -> str:
    """The instrument that knows most of the answers, the first of equals; "" when none does."""
    counts = Counter(own for each in answered for own in fits.of(each))
    most = max(counts.values(), default=0)
    return next((own for own in fits.codes.instruments if most and counts[own] == most), UNTOLD)


def asking(question: str, chosen: Sequence[str], codes: CodeTable) -> str:
    """For an answer that nobody knows: an instrument of the day that asks the question."""
    asked = [each.instrument_id for each in codes.questions_by_code.get(question, ())]
    return next((own for own in chosen if own in asked), next(iter(asked), UNTOLD))
