"""What is known about the group itself. Never scored; it decides which items may not apply."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from readiness.assessments.db import assessments
from readiness.assessments.models import ContextRevision
from readiness.assessments.service import answering, assessment_view
from readiness.assessments.service.assessment_view import Sheet
from readiness.core.db import Store
from readiness.core.errors import BadInput, ChangedMeanwhile
from readiness.core.people import Actor
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


def save(
    store: Store, actor: Actor, assessment_id: str, page: Mapping[str, Fact], now: datetime
) -> Sheet:
    """Save the facts that changed, all together, or none when one of them clashes."""
    with store.writing():
        found = assessment_view.still_open(
            assessment_view.opened(store, actor, assessment_id, Can.ANSWER, now)
        )
        changed, clashes = [], []
        for key, fact in page.items():
            current = found.facts.get(key)
            if fact.value == (current.value if current else None):
                continue
            if fact.base == (current.revision if current else 0):
                changed.append(ContextRevision(key, fact.base + 1, fact.value, actor.id, now))
            elif current and fact.value != assessments.context_at(
                store, assessment_id, key, fact.base
            ):
                author = assessment_view.names_of(store, [current.author_id])[current.author_id]
                clashes.append(FactClash(key, current, author))
        merged = {**found.context, **{each.key: each.value for each in changed}}
        if problems := tuple(context_fields.problems_between(found.instrument, merged)):
            raise BadInput(problems)
        if clashes:
            raise DescribedMeanwhile(tuple(clashes))
        if changed:
            event = answering.told(found.assessment, actor, "described the group in", now)
            assessments.save_context(store, assessment_id, tuple(changed), event)
    return assessment_view.read(store, found.assessment)
