"""Which instrument a piece belongs to that does not say so: told from questions and answers."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import AnsweredQuestion, RecordStatus, ScreenPiece

NO_INSTRUMENT = ""

InstrumentPiece = tuple[str, ScreenPiece]  # instrument, piece


@dataclass
class InstrumentIndex:
    """The instruments that know an answer, looked up once for all patients of a run."""

    codes: CodeTable
    found: dict[AnsweredQuestion, tuple[str, ...]] = field(default_factory=dict)

    def of(self, answered: AnsweredQuestion) -> tuple[str, ...]:
        known = self.found.get(answered)
        if known is None:
            asked = self.codes.questions_by_code.get(answered.question, ())
            known = tuple(each.instrument_id for each in asked if each.knows(answered.answers))
            self.found[answered] = known
        return known

    def may_be_of(self, answered: AnsweredQuestion, instrument: str) -> bool:
        """Whoever does not answer may do so on any form, whichever lists the code for it."""
        is_absent = all(each.absent or each.code in self.codes.absent for each in answered.answers)
        asked = self.codes.questions_by_code.get(answered.question, ())
        return is_absent and any(each.instrument_id == instrument for each in asked)


def by_instrument(
    pieces: Sequence[ScreenPiece], fits: InstrumentIndex
) -> dict[str, list[ScreenPiece]]:
    """One patient's day, by instrument. What is held back does not help to tell."""
    if len(pieces) == 1 and not pieces[0].answered and pieces[0].results:
        return {pieces[0].instrument: [pieces[0]]}
    counted = [each for each in pieces if each.standing is not RecordStatus.HELD]
    held = [each for each in pieces if each.standing is RecordStatus.HELD]
    groups: defaultdict[str, list[ScreenPiece]] = defaultdict(list)
    for some in (counted, held):
        for instrument, piece in attribute(some, fits):
            groups[instrument].append(piece)
    return groups


def attribute(pieces: Sequence[ScreenPiece], fits: InstrumentIndex) -> Iterator[InstrumentPiece]:
    named = [(each.instrument or form_instrument(each, fits), each) for each in pieces]
    yield from (each for each in named if each[0])
    loose = [piece for instrument, piece in named if not instrument]
    if loose:
        stated = list(dict.fromkeys(instrument for instrument, _ in named if instrument))
        homes = assign_answers((each for piece in loose for each in piece.answered), stated, fits)
        for piece in loose:
            yield from split_piece(piece, homes)


def form_instrument(piece: ScreenPiece, fits: InstrumentIndex) -> str:
    """A whole form is of one instrument: the one that knows most of its answers."""
    return best_instrument(piece.answered, fits) if piece.is_whole else NO_INSTRUMENT


def split_piece(
    piece: ScreenPiece, homes: Mapping[AnsweredQuestion, str]
) -> Iterator[InstrumentPiece]:
    """A piece of several instruments as one of each."""
    groups: dict[str, list[AnsweredQuestion]] = {}
    for each in piece.answered:
        groups.setdefault(homes[each], []).append(each)
    if not groups and piece.results:
        yield NO_INSTRUMENT, piece
    elif len(groups) == 1:
        yield next(iter(groups)), piece
    else:
        for place, (instrument, some) in enumerate(groups.items()):
            results = None if place else piece.results
            yield instrument, replace(piece, answered=tuple(some), results=results)


def assign_answers(
    answered: Iterable[AnsweredQuestion], stated: Sequence[str], fits: InstrumentIndex
) -> dict[AnsweredQuestion, str]:
    """Each answer's instrument: one that the day names already, else the one that explains most."""
    left = list(dict.fromkeys(answered))
    found: dict[AnsweredQuestion, str] = {}
    chosen = list(stated)
    waiting = list(stated)
    while left:
        instrument = waiting.pop(0) if waiting else best_instrument(left, fits)
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
    return found | {each: asking_instrument(each.question, chosen, fits.codes) for each in left}


def best_instrument(answered: Iterable[AnsweredQuestion], fits: InstrumentIndex) -> str:
    """The instrument that knows most of the answers, the first of equals; "" when none does."""
    counts = Counter(own for each in answered for own in fits.of(each))
    most = max(counts.values(), default=0)
    return next(
        (own for own in fits.codes.instruments if most and counts[own] == most), NO_INSTRUMENT
    )


def asking_instrument(question: str, chosen: Sequence[str], codes: CodeTable) -> str:
    """For an answer that nobody knows: an instrument of the day that asks the question."""
    asked = [each.instrument_id for each in codes.questions_by_code.get(question, ())]
    return next((own for own in chosen if own in asked), next(iter(asked), NO_INSTRUMENT))
