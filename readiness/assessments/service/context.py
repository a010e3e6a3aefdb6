"""What is known about the group itself. Never scored; it decides which items may not apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from readiness.assessments.db import assessments
from readiness.assessments.models import ContextRevision
from readiness.assessments.service import answering, assessment_view
from readiness.assessments.service.assessment_view import Sheet
from readiness.core.db import Session
from readiness.core.errors import BadInput, ChangedMeanwhile
from readiness.core.permissions import Can
from readiness.instruments import context_fields
from readiness.instruments.answers import ContextValue


@dataclass(frozen=True)
class Fact:
    """One fact as a page sends it, over the revision it showed."""

    value: ContextValue
    base: int


@dataclass(frozen=True)
class FactClash:
    key: str
    current: ContextRevision
    author: str


class DescribedMeanwhile(ChangedMeanwhile):
    """Carries what somebody else saved, so that a person can choose."""

    def __init__(self, clashes: tuple[FactClash, ...]) -> None:
        self.clashes = clashes
        super().__init__(
            "Somebody else changed some of these facts meanwhile. "
            "Compare them and save what you agree on."
        )


def save(session: Session, assessment_id: str, page: Mapping[str, Fact]) -> Sheet:
    """Save the facts that changed, all together, or none when one of them clashes."""
    with session.store.writing():
        found = assessment_view.still_open(
            assessment_view.opened(session, assessment_id, Can.ANSWER)
        )
        changed, clashes = [], []
        for key, fact in page.items():
            current = found.facts.get(key)
            if fact.value == (current.value if current else None):
                continue
            if fact.base == (current.revision if current else 0):
                changed.append(
                    ContextRevision(key, fact.base + 1, fact.value, session.actor.id, session.now)
                )
            elif current and fact.value != assessments.context_at(
                session.store, assessment_id, key, fact.base
            ):
                author = assessment_view.names_of(session.store, [current.author_id])[
                    current.author_id
                ]
                clashes.append(FactClash(key, current, author))
        merged = {**found.context, **{each.key: each.value for each in changed}}
        if problems := tuple(context_fields.problems_between(found.instrument, merged)):
            raise BadInput(problems)
        if clashes:
            raise DescribedMeanwhile(tuple(clashes))
        if changed:
            event = answering.told(
                found.assessment, session.actor, "described the group in", session.now
            )
            assessments.save_context(session.store, assessment_id, tuple(changed), event)
    return assessment_view.read(session.store, found.assessment)
