"""Screens from their pieces: what came last counts, what was taken back does not.

Pieces arrive in any order. They are kept small, with their values shared, until all are there;
then each patient's day is put together on its own.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, fields, replace
from datetime import date
from typing import Any

from readiness.core.tables.reading import Report
from readiness.imports.screening_codes.models import CodeTable
from readiness.imports.screens.attributing import Fits, attributed
from readiness.imports.screens.models import Piece, Screen, Whose
from readiness.imports.screens.parts import Part, Person, Standing, Traits
from readiness.imports.screens.replaying import replayed

NOT_TOLD = date.min  # the day of what was emptied when it was taken back


@dataclass
class Assembly:
    """Everything read so far. Places and held screens are kept only when somebody wants them."""

    codes: CodeTable
    report: Report
    is_explained: bool = False
    days: dict[Whose, list[Piece]] = field(default_factory=dict)
    latest: dict[bytes, Piece] = field(default_factory=dict)  # by resource
    panels: dict[bytes, bytes] = field(default_factory=dict)  # of a piece that a panel names
    people: dict[bytes, Traits] = field(default_factory=dict)
    same: dict[Any, Any] = field(default_factory=dict)  # equal values are kept once
    arrived: int = 0

    def add(self, part: Part | Person) -> None:
        if isinstance(part, Person):
            before = self.people.get(part.patient)
            self.people[part.patient] = self.shared(merged(before, part.traits))
            return
        self.arrived += 1
        self.report.held += part.standing is Standing.HELD
        self.report.deleted += part.standing is Standing.DELETED
        if part.standing is not Standing.HELD:
            self.take(self.piece_of(part))
            self.panels.update(dict.fromkeys(part.members, part.resource))
        elif self.is_explained:
            self.keep(self.piece_of(part))

    def piece_of(self, part: Part) -> Piece:
        whose = (part.patient, self.shared(part.day))
        before = self.days.get(whose)
        issued = before[-1].issued if before and before[-1].issued == part.issued else part.issued
        return Piece(
            whose=before[-1].whose if before else whose,
            issued=issued,
            version=part.version,
            at=self.arrived,
            standing=part.standing,
            status=self.shared(part.status),
            instrument=self.shared(part.instrument),
            answered=tuple(map(self.shared, part.answered)),
            results=dict(part.results) if part.results else None,
            resource=part.resource,
            belongs_to=part.belongs_to,
            is_whole=part.is_whole,
            is_completed=part.is_completed,
            group_id=self.shared(part.group_id),
            site_id=self.shared(part.site_id),
            traits=self.shared(part.traits),
            source=part.source if self.is_explained else "",
        )

    def shared(self, value: Any) -> Any:
        return self.same.setdefault(value, value)

    def take(self, piece: Piece) -> None:
        """The latest version of a resource is the only one that counts, wherever it belongs."""
        before = self.latest.get(piece.resource) if piece.resource else None
        if before is None:
            if piece.resource:
                self.latest[piece.resource] = piece
            self.keep(piece)
            return
        older, newer = sorted((before, piece), key=lambda each: each.edition)
        self.report.duplicates += newer.standing is Standing.COUNTED
        found = at_home(newer, older)
        self.latest[piece.resource] = found
        if found is not before:
            self.keep(found)

    def keep(self, piece: Piece) -> None:
        pieces = self.days.setdefault(piece.whose, [])
        if not pieces or not continues(pieces[-1], piece):
            pieces.append(piece)
            return
        known = pieces[-1].answered
        added = tuple(each for each in piece.answered if each not in known)
        if added:
            pieces[-1] = replace(pieces[-1], answered=(*known, *added))
        else:
            self.report.duplicates += 1

    def screens(self) -> Iterator[Screen]:
        """By day. What is handed on is let go, so that nothing is kept twice."""
        fits = Fits(self.codes)
        for whose in sorted(self.days, key=lambda each: each[1]):
            pieces = [placed for each in self.days.pop(whose) if (placed := self.placed(each))]
            for instrument, group in attributed(pieces, fits).items():
                screen, repeated = replayed(whose, instrument, group, self.codes)
                self.report.duplicates += repeated
                if screen and (self.is_explained or screen.standing is Standing.COUNTED):
                    yield screen

    def placed(self, piece: Piece) -> Piece | None:
        """A piece with what its panel or form says of it; None for one replaced or taken back."""
        if piece.standing is Standing.HELD:
            return piece
        if piece.resource and self.latest[piece.resource] is not piece:
            return None
        owner = self.latest.get(piece.belongs_to or self.panels.get(piece.resource, b""))
        if owner is None or owner is piece:
            return piece
        if owner.standing is Standing.DELETED:
            return None
        if piece.instrument or not (piece.answered or piece.results):
            return piece  # a section taken back speaks for its own pieces, not for the screen
        return replace(piece, instrument=owner.instrument, belongs_to=owner.resource)


def continues(before: Piece, piece: Piece) -> bool:
    """Rows of one screen become one piece; resources with an id may be replaced one by one."""
    return (
        not (before.resource or piece.resource or before.results or piece.results)
        and not (before.is_whole or piece.is_whole or piece.is_completed)
        and (before.standing, before.issued, before.version, before.status, before.instrument)
        == (piece.standing, piece.issued, piece.version, piece.status, piece.instrument)
        and (before.group_id, before.site_id, before.traits, before.belongs_to)
        == (piece.group_id, piece.site_id, piece.traits, piece.belongs_to)
        and before.standing is Standing.COUNTED
    )


def at_home(piece: Piece, older: Piece) -> Piece:
    """Some systems empty what they take back: it is then about what it replaces."""
    patient, day = piece.whose
    if piece.standing is not Standing.DELETED or (patient and day != NOT_TOLD):
        return piece
    return replace(
        piece,
        whose=older.whose,
        instrument=piece.instrument or older.instrument,
        answered=piece.answered or older.answered,
        results=piece.results or older.results,
        is_whole=piece.is_whole or older.is_whole,
    )


def merged(before: Traits | None, traits: Traits) -> Traits:
    """Of two records of one person the later one, where it tells anything."""
    if before is None:
        return traits
    told = {each.name: getattr(traits, each.name) for each in fields(Traits)}
    return replace(before, **{name: value for name, value in told.items() if value})
