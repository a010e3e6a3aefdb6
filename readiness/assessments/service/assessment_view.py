"""An assessment opened on the table: what is asked, what was answered, and last time's answers."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.assessments import carry_forward, checks
from readiness.assessments.carry_forward import CarriedItem
from readiness.assessments.db import assessments
from readiness.assessments.lifecycle import READABLE_BY_PAYER
from readiness.assessments.models import AnswerRevision, Assessment, ContextRevision, Submission
from readiness.assessments.service import instrument_version
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import NotFound, WrongState
from readiness.core.people import Group
from readiness.core.permissions import Can
from readiness.instruments.answers import Answers, Context
from readiness.instruments.models import Domain, Instrument, Item

FORMER = "somebody who has left"


@dataclass(frozen=True)
class Progress:
    answered: int
    total: int
    to_confirm: int = 0  # carried answers that nobody has re-confirmed

    @property
    def is_done(self) -> bool:
        return self.answered == self.total


@dataclass(frozen=True)
class Previous:
    """The assessment before this one, and what became of its items since."""

    assessment: Assessment
    instrument: Instrument
    revisions: Mapping[str, AnswerRevision]
    items: tuple[CarriedItem, ...]

    @cached_property
    def item_by_id(self) -> Mapping[str, CarriedItem]:
        return {carried.item_id: carried for carried in self.items}

    def of_change(self, change: carry_forward.Change) -> tuple[str, ...]:
        return tuple(each.item_id for each in self.items if each.change is change)


@dataclass(frozen=True)
class Sheet:
    assessment: Assessment
    group: Group
    instrument: Instrument
    revisions: Mapping[str, AnswerRevision]  # the latest of every item ever answered
    facts: Mapping[str, ContextRevision]

    @cached_property
    def answers(self) -> Answers:
        """Those that count: a carried answer does once it is re-confirmed."""
        return checks.confirmed(self.revisions)

    @cached_property
    def context(self) -> Context:
        return {key: revision.value for key, revision in self.facts.items()}

    @property
    def progress(self) -> Progress:
        return self.progress_of(self.instrument.items)

    @property
    def context_progress(self) -> Progress:
        asked = self.instrument.context
        known = sum(checks.is_known(each.fields, self.context) for each in asked)
        return Progress(known, len(asked))

    def progress_of(self, items: Iterable[Item]) -> Progress:
        asked = tuple(items)
        waiting = (self.revisions.get(item.id) for item in asked)
        return Progress(
            answered=sum(item.id in self.answers for item in asked),
            total=len(asked),
            to_confirm=sum(bool(each and each.answer and each.is_carried) for each in waiting),
        )


def opened(session: Session, assessment_id: str, can: Can) -> Sheet:
    assessment = assessments.get(session.store, assessment_id)
    permissions.require(
        session.actor, can, scope.of_group(session.store, assessment.group_id, session.now)
    )
    return read(session.store, assessment)


def read(store: Store, assessment: Assessment) -> Sheet:
    return Sheet(
        assessment=assessment,
        group=groups.get(store, assessment.group_id),
        instrument=instrument_version.instrument_of(assessment),
        revisions=assessments.answers(store, assessment.id),
        facts=assessments.context(store, assessment.id),
    )


def still_open(sheet: Sheet) -> Sheet:
    """Nothing is changed after submission, however late a page saves."""
    if not sheet.assessment.is_editable:
        raise WrongState(
            f"This assessment is {sheet.assessment.status}, so its answers cannot be changed. "
            "Reload the page to see where it stands."
        )
    return sheet


def item_of(sheet: Sheet, item_id: str) -> Item:
    item = sheet.instrument.item_by_id.get(item_id)
    if item is None:
        raise NotFound("This assessment asks no such item. Reload the page.")
    return item


def domain_of(sheet: Sheet, domain_id: str) -> Domain:
    domain = sheet.instrument.domain_by_id.get(domain_id)
    if domain is None:
        raise NotFound("This assessment has no such page. Start from its list of pages.")
    return domain


def before(store: Store, sheet: Sheet) -> Previous | None:
    """The assessment whose answers stand beside these: the one carried from, else the last."""
    earlier = source_of(store, sheet.assessment)
    return None if earlier is None else compared(store, earlier, sheet.instrument)


def source_of(store: Store, assessment: Assessment) -> Assessment | None:
    if assessment.carried_from:
        return assessments.get(store, assessment.carried_from)
    return last_sent_in(store, assessment.group_id, assessment.instrument_id, assessment)


def last_sent_in(
    store: Store, group_id: str, instrument_id: str, later: Assessment | None = None
) -> Assessment | None:
    """The newest assessment that was submitted, of any version of the instrument."""
    return next(
        (
            each
            for each in assessments.of_group(store, group_id)
            if each.status in READABLE_BY_PAYER
            and each.instrument_id == instrument_id
            and (later is None or (each.id != later.id and each.created_at <= later.created_at))
        ),
        None,
    )


def compared(store: Store, earlier: Assessment, now: Instrument) -> Previous:
    old = instrument_version.instrument_of(earlier)
    revisions = as_sent_in(store, earlier)
    items = carry_forward.carried_forward(old, now, checks.confirmed(revisions))
    return Previous(earlier, old, revisions, items)


def as_sent_in(store: Store, assessment: Assessment) -> Mapping[str, AnswerRevision]:
    last = last_submission(store, assessment.id)
    if last is None:
        return assessments.answers(store, assessment.id)
    return assessments.submitted(store, assessment.id, last.number)


def last_submission(store: Store, assessment_id: str) -> Submission | None:
    sent = assessments.submissions(store, assessment_id)
    return sent[-1] if sent else None


def names_of(store: Store, person_ids: Iterable[str]) -> dict[str, str]:
    wanted = set(person_ids)
    found = people.with_ids(store, wanted)
    return {each: found[each].name if each in found else FORMER for each in wanted}
