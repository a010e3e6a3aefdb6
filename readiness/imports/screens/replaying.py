"""One screen as it stood in the end: its pieces played in the order in which they were issued."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from readiness.counts.social_risk.models import Need
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.models import Piece, Screen, Whose
from readiness.imports.screens.parts import Answered, Result, Standing

Told = tuple[Piece, Answered]

FIRST_EDITION = "final"  # neither amended nor corrected


@dataclass
class Sheet:
    """What stands after the pieces so far."""

    instrument: str
    codes: CodeTable
    answers: dict[str, list[Told]] = field(default_factory=dict)  # by question
    results: dict[Need, tuple[Piece, Result]] = field(default_factory=dict)
    completed_by: Piece | None = None
    taken_back: set[int] = field(default_factory=set)

    def play(self, piece: Piece) -> None:
        if piece.standing is Standing.DELETED:
            self.take_back(piece)
            return
        if piece.is_whole:
            self.answers.clear()
            self.results.clear()
            self.completed_by = None
        if piece.is_completed:
            self.completed_by = piece
        for each in piece.answered:
            self.answer(piece, each)
        for need, result in (piece.results or {}).items():
            self.results[need] = (piece, result)

    def answer(self, piece: Piece, answered: Answered) -> None:
        """Choices of the same issue are united where several are allowed; else the later counts."""
        told = self.answers.get(answered.question, [])
        if not told or not is_same_issue(told[-1][0], piece) or not self.unites(told, answered):
            self.answers[answered.question] = [(piece, answered)]
        elif set(answered.answers) - {each for _, one in told for each in one.answers}:
            told.append((piece, answered))

    def unites(self, told: Sequence[Told], answered: Answered) -> bool:
        chosen = (*(each for _, one in told for each in one.answers), *answered.answers)
        rule = self.codes.question(self.instrument, answered.question, chosen)
        return rule is not None and rule.has_several

    def take_back(self, piece: Piece) -> None:
        if piece.takes_back_all:
            self.taken_back |= self.standing_pieces
            self.answers.clear()
            self.results.clear()
            self.completed_by = None
            return
        for each in piece.answered:
            told = self.answers.pop(each.question, [])
            self.taken_back |= {one.at for one, _ in told}
        for need in piece.results or ():
            judged = self.results.pop(need, None)
            self.taken_back |= {judged[0].at} if judged else set()

    @property
    def standing_pieces(self) -> set[int]:
        told = {piece.at for each in self.answers.values() for piece, _ in each}
        return told | {piece.at for piece, _ in self.results.values()}


def is_same_issue(before: Piece, piece: Piece) -> bool:
    """Issued at one instant, or final answers from one form: systems that write one resource for
    each choice may stamp each with an instant of its own."""
    if before.issued == piece.issued:
        return True
    is_first = piece.status == FIRST_EDITION
    return is_first and origin_of(piece) != b"" and origin_of(before) == origin_of(piece)


def origin_of(piece: Piece) -> bytes:
    """The form or panel it came from, or is."""
    return piece.belongs_to or piece.resource


def replayed(
    whose: Whose, instrument: str, pieces: Sequence[Piece], codes: CodeTable
) -> tuple[Screen | None, int]:
    """The screen, and how many pieces only repeated or were replaced by others."""
    sheet = Sheet(instrument, codes)
    ordered = sorted(pieces, key=lambda each: each.order)
    for piece in ordered:
        if piece.standing is not Standing.HELD:
            sheet.play(piece)
    left = sheet.standing_pieces
    counted = {
        each.at
        for each in pieces
        if each.standing is Standing.COUNTED and (each.answered or each.results)
    }
    standing = [each for each in ordered if each.at in left]
    repeated = len(counted - left - sheet.taken_back)
    return (
        screen_of(whose, sheet, standing) if left else without_answers(whose, instrument, ordered)
    ), repeated


def screen_of(whose: Whose, sheet: Sheet, standing: Sequence[Piece]) -> Screen:
    first = min(standing, key=lambda each: each.at)
    last = standing[-1]
    return Screen(
        patient=whose[0],
        day=whose[1],
        instrument=sheet.instrument,
        status=last.status,
        standing=Standing.COUNTED,
        answered={question: united(told) for question, told in sheet.answers.items()},
        results={need: result for need, (_, result) in sheet.results.items()},
        is_completed=sheet.completed_by is not None,
        group_id=next((each.group_id for each in reversed(standing) if each.group_id), ""),
        site_id=next((each.site_id for each in reversed(standing) if each.site_id), ""),
        traits=tuple(dict.fromkeys(each.traits for each in standing if each.traits)),
        source=first.source,
        at=first.at,
    )


def united(told: Sequence[Told]) -> Answered:
    if len(told) == 1:
        return told[0][1]
    flags = [one.flag for _, one in told if one.flag is not None]
    return Answered(
        told[0][1].question,
        tuple(dict.fromkeys(each for _, one in told for each in one.answers)),
        any(flags) if flags else None,
    )


def without_answers(whose: Whose, instrument: str, ordered: Sequence[Piece]) -> Screen | None:
    """A screen of which nothing counts: held back, or taken back."""
    idle = [each for each in ordered if each.standing is not Standing.COUNTED]
    if not idle:
        return None
    last = idle[-1]
    return Screen(
        whose[0], whose[1], instrument, last.status, last.standing, source=last.source, at=last.at
    )
