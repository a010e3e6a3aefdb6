"""Screens from their pieces: what came last counts, what was taken back does not.

Pieces arrive in any order. They are kept small, with their values shared, until all are there;
then each patient's day is put together on its own.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import count
from typing import Any, NamedTuple

from readiness.core.tables.models import Report
from readiness.counts.social_risk.models import Need
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.attribution import InstrumentIndex, by_instrument
from readiness.imports.screens.models import (
    AnsweredQuestion,
    NeedResult,
    PatientRecord,
    PatientTraits,
    RecordStatus,
    Screen,
    ScreenPart,
    ScreenPiece,
    Whose,
)

NO_DAY = date.min  # the day of what was emptied when it was taken back


LoneKey = tuple[str, tuple[int, ...], tuple[Any, ...], bool, bool]
MOST_ALIKE = 100_000  # ways to answer that are remembered


class LoneScreens(NamedTuple):
    """What is made of a piece that stands alone, whosever it is."""

    screens: tuple[Screen, ...]
    repeated: int


@dataclass
class ScreenAssembly:
    """Everything read so far. Places and held screens are kept only when somebody wants them."""

    codes: CodeTable
    report: Report
    is_explained: bool = False
    days: dict[Whose, list[ScreenPiece]] = field(default_factory=dict)
    latest: dict[bytes, ScreenPiece] = field(default_factory=dict)  # by resource
    panels: dict[bytes, bytes] = field(default_factory=dict)  # of a piece that a panel names
    people: dict[bytes, PatientTraits] = field(default_factory=dict)
    same: dict[Any, Any] = field(default_factory=dict)  # equal values are kept once
    lone: dict[LoneKey, LoneScreens] = field(default_factory=dict)
    numbers: Iterator[int] = field(default_factory=lambda: count(1))  # of screens that are alike
    arrived: int = 0

    def add(self, part: ScreenPart | PatientRecord) -> None:
        if isinstance(part, PatientRecord):
            before = self.people.get(part.patient)
            self.people[part.patient] = self.shared(merge_traits(before, part.traits))
            return
        self.arrived += 1
        self.report.held += part.standing is RecordStatus.HELD
        self.report.deleted += part.standing is RecordStatus.DELETED
        if part.standing is not RecordStatus.HELD:
            self.take(self.piece_of(part))
            if part.members:
                self.panels.update(dict.fromkeys(part.members, part.resource))
        elif self.is_explained:
            self.keep(self.piece_of(part))

    def piece_of(self, part: ScreenPart) -> ScreenPiece:
        shared = self.shared
        whose = (part.patient, shared(part.day))
        before = self.days.get(whose)
        issued = before[-1].issued if before and before[-1].issued == part.issued else part.issued
        return ScreenPiece(
            whose=before[-1].whose if before else whose,
            issued=issued,
            version=part.version,
            at=self.arrived,
            standing=part.standing,
            status=shared(part.status),
            instrument=shared(part.instrument),
            answered=tuple(map(shared, part.answered)),
            results=part.results or None,
            resource=part.resource,
            belongs_to=part.belongs_to,
            is_whole=part.is_whole,
            is_completed=part.is_completed,
            group_id=shared(part.group_id),
            site_id=shared(part.site_id),
            traits=shared(part.traits),
            source=part.source if self.is_explained else "",
        )

    def shared(self, value: Any) -> Any:
        return self.same.setdefault(value, value)

    def take(self, piece: ScreenPiece) -> None:
        """The latest version of a resource is the only one that counts, wherever it belongs."""
        before = self.latest.get(piece.resource) if piece.resource else None
        if before is None:
            if piece.resource:
                self.latest[piece.resource] = piece
            self.keep(piece)
            return
        older, newer = sorted((before, piece), key=lambda each: each.edition)
        self.report.duplicates += newer.standing is RecordStatus.COUNTED
        found = deletion_target(newer, older)
        self.latest[piece.resource] = found
        if found is not before:
            self.keep(found)

    def keep(self, piece: ScreenPiece) -> None:
        pieces = self.days.setdefault(piece.whose, [])
        if not pieces or not continues(pieces[-1], piece):
            pieces.append(piece)
            return
        known = pieces[-1].answered
        added = tuple(each for each in piece.answered if each not in known)
        if added:
            pieces[-1].answered = (*known, *added)
        else:
            self.report.duplicates += 1

    def screens(self) -> Iterator[Screen]:
        """By day. What is handed on is let go, so that nothing is kept twice."""
        fits = InstrumentIndex(self.codes)
        for whose in sorted(self.days, key=lambda each: each[1]):
            pieces = [placed for each in self.days.pop(whose) if (placed := self.placed(each))]
            if len(pieces) == 1 and pieces[0].standing is RecordStatus.COUNTED:
                yield from self.lone_screens(whose, pieces[0], fits)
                continue
            for instrument, group in by_instrument(pieces, fits).items():
                screen, repeated = replay(whose, instrument, group, self.codes)
                self.report.duplicates += repeated
                if screen and (self.is_explained or screen.standing is RecordStatus.COUNTED):
                    yield screen

    def lone_screens(
        self, whose: Whose, piece: ScreenPiece, fits: InstrumentIndex
    ) -> Iterator[Screen]:
        """Many are answered alike: those are put together once. Shared answers are known by what
        they are, which is quicker than by what they hold."""
        key = (
            piece.instrument,
            tuple(map(id, piece.answered)),
            tuple(piece.results.items()) if piece.results else (),
            piece.is_whole,
            piece.is_completed,
        )
        found = self.lone.get(key)
        if found is None:
            made = [
                replay(whose, instrument, group, self.codes)
                for instrument, group in by_instrument([piece], fits).items()
            ]
            screens = (screen for screen, _ in made if screen)
            found = LoneScreens(tuple(screens), sum(repeated for _, repeated in made))
            if len(self.lone) < MOST_ALIKE:
                numbered = [replace(each, alike=next(self.numbers)) for each in found.screens]
                found = self.lone[key] = LoneScreens(tuple(numbered), found.repeated)
        self.report.duplicates += found.repeated
        for screen in found.screens:
            yield Screen(
                whose[0],
                whose[1],
                screen.instrument,
                piece.status,
                RecordStatus.COUNTED,
                screen.answered,
                screen.results,
                screen.is_completed,
                piece.group_id,
                piece.site_id,
                (piece.traits,) if piece.traits else (),
                piece.source,
                piece.at,
                screen.alike,
            )

    def placed(self, piece: ScreenPiece) -> ScreenPiece | None:
        """A piece with what its panel or form says of it; None for one replaced or taken back."""
        if piece.standing is RecordStatus.HELD:
            return piece
        if piece.resource and self.latest[piece.resource] is not piece:
            return None
        owner = self.latest.get(piece.belongs_to or self.panels.get(piece.resource, b""))
        if owner is None or owner is piece:
            return piece
        if owner.standing is RecordStatus.DELETED:
            return None
        if piece.instrument or not (piece.answered or piece.results):
            return piece  # a section taken back speaks for its own pieces, not for the screen
        return replace(piece, instrument=owner.instrument, belongs_to=owner.resource)


def continues(before: ScreenPiece, piece: ScreenPiece) -> bool:
    """Rows of one screen become one piece; resources with an id may be replaced one by one."""
    return (
        not (before.resource or piece.resource or before.results or piece.results)
        and not (before.is_whole or piece.is_whole or piece.is_completed)
        and (before.standing, before.issued, before.version, before.status, before.instrument)
        == (piece.standing, piece.issued, piece.version, piece.status, piece.instrument)
        and (before.group_id, before.site_id, before.traits, before.belongs_to)
        == (piece.group_id, piece.site_id, piece.traits, piece.belongs_to)
        and before.standing is RecordStatus.COUNTED
    )


def deletion_target(piece: ScreenPiece, older: ScreenPiece) -> ScreenPiece:
    """Some systems empty what they take back: it is then about what it replaces."""
    patient, day = piece.whose
    if piece.standing is not RecordStatus.DELETED or (patient and day != NO_DAY):
        return piece
    return replace(
        piece,
        whose=older.whose,
        instrument=piece.instrument or older.instrument,
        answered=piece.answered or older.answered,
        results=piece.results or older.results,
        is_whole=piece.is_whole or older.is_whole,
    )


def merge_traits(before: PatientTraits | None, traits: PatientTraits) -> PatientTraits:
    """Of two records of one person the later one, where it tells anything."""
    if before is None:
        return traits
    return PatientTraits._make(said or known for known, said in zip(before, traits, strict=True))


PieceAnswer = tuple[ScreenPiece, AnsweredQuestion]
FIRST_EDITION = "final"  # neither amended nor corrected


@dataclass
class ScreenState:
    """What stands after the pieces so far."""

    instrument: str
    codes: CodeTable
    answers: dict[str, list[PieceAnswer]] = field(default_factory=dict)  # by question
    results: dict[Need, tuple[ScreenPiece, NeedResult]] = field(default_factory=dict)
    completed_by: ScreenPiece | None = None
    taken_back: set[int] = field(default_factory=set)

    def play(self, piece: ScreenPiece) -> None:
        if piece.standing is RecordStatus.DELETED:
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

    def answer(self, piece: ScreenPiece, answered: AnsweredQuestion) -> None:
        """Choices of the same issue are united where several are allowed; else the later counts."""
        given = self.answers.get(answered.question, [])
        if not given or not is_same_issue(given[-1][0], piece) or not self.unites(given, answered):
            self.answers[answered.question] = [(piece, answered)]
        elif set(answered.answers) - {each for _, one in given for each in one.answers}:
            given.append((piece, answered))

    def unites(self, given: Sequence[PieceAnswer], answered: AnsweredQuestion) -> bool:
        chosen = (*(each for _, one in given for each in one.answers), *answered.answers)
        rule = self.codes.question(self.instrument, answered.question, chosen)
        return rule is not None and rule.has_several

    def take_back(self, piece: ScreenPiece) -> None:
        if piece.takes_back_all:
            self.taken_back |= self.standing_pieces
            self.answers.clear()
            self.results.clear()
            self.completed_by = None
            return
        for each in piece.answered:
            given = self.answers.pop(each.question, [])
            self.taken_back |= {one.at for one, _ in given}
        for need in piece.results or ():
            judged = self.results.pop(need, None)
            self.taken_back |= {judged[0].at} if judged else set()

    @property
    def standing_pieces(self) -> set[int]:
        given = {piece.at for each in self.answers.values() for piece, _ in each}
        return given | {piece.at for piece, _ in self.results.values()}


def is_same_issue(before: ScreenPiece, piece: ScreenPiece) -> bool:
    """Issued at one instant, or final answers from one form: systems that write one resource for
    each choice may stamp each with an instant of its own."""
    if before.issued == piece.issued:
        return True
    is_first = piece.status == FIRST_EDITION
    return is_first and origin_of(piece) != b"" and origin_of(before) == origin_of(piece)


def origin_of(piece: ScreenPiece) -> bytes:
    """The form or panel it came from, or is."""
    return piece.belongs_to or piece.resource


def replay(
    whose: Whose, instrument: str, pieces: Sequence[ScreenPiece], codes: CodeTable
) -> tuple[Screen | None, int]:
    """The screen, and how many pieces only repeated or were replaced by others."""
    sheet = ScreenState(instrument, codes)
    ordered = sorted(pieces, key=lambda each: each.order)
    for piece in ordered:
        if piece.standing is not RecordStatus.HELD:
            sheet.play(piece)
    left = sheet.standing_pieces
    counted = {
        each.at
        for each in pieces
        if each.standing is RecordStatus.COUNTED and (each.answered or each.results)
    }
    standing = [each for each in ordered if each.at in left]
    repeated = len(counted - left - sheet.taken_back)
    return (
        screen_of(whose, sheet, standing) if left else idle_screen(whose, instrument, ordered)
    ), repeated


def screen_of(whose: Whose, sheet: ScreenState, standing: Sequence[ScreenPiece]) -> Screen:
    first = min(standing, key=lambda each: each.at)
    last = standing[-1]
    return Screen(
        patient=whose[0],
        day=whose[1],
        instrument=sheet.instrument,
        status=last.status,
        standing=RecordStatus.COUNTED,
        answered={question: unite(given) for question, given in sheet.answers.items()},
        results={need: result for need, (_, result) in sheet.results.items()},
        is_completed=sheet.completed_by is not None,
        group_id=next((each.group_id for each in reversed(standing) if each.group_id), ""),
        site_id=next((each.site_id for each in reversed(standing) if each.site_id), ""),
        traits=tuple(dict.fromkeys(each.traits for each in standing if each.traits)),
        source=first.source,
        at=first.at,
    )


def unite(given: Sequence[PieceAnswer]) -> AnsweredQuestion:
    if len(given) == 1:
        return given[0][1]
    flags = [one.flag for _, one in given if one.flag is not None]
    return AnsweredQuestion(
        given[0][1].question,
        tuple(dict.fromkeys(each for _, one in given for each in one.answers)),
        any(flags) if flags else None,
    )


def idle_screen(whose: Whose, instrument: str, ordered: Sequence[ScreenPiece]) -> Screen | None:
    """A screen of which nothing counts: held back, or taken back."""
    idle = [each for each in ordered if each.standing is not RecordStatus.COUNTED]
    if not idle:
        return None
    last = idle[-1]
    return Screen(
        whose[0], whose[1], instrument, last.status, last.standing, source=last.source, at=last.at
    )
