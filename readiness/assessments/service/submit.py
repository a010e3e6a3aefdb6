"""Checking an assessment and sending it in, signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments import attestation, checks, claims, review, tiers
from readiness.assessments.checks import Asks, Finding
from readiness.assessments.db import assessments, cycles, runs
from readiness.assessments.lifecycle import Status
from readiness.assessments.models import AnswerRevision, RunKind, Submission
from readiness.assessments.run_json import answer_out
from readiness.assessments.service import (
    answering,
    disclosable_shares,
    portfolio_entry,
)
from readiness.assessments.service import (
    assessment_view as sheet,
)
from readiness.assessments.service.assessment_view import Sheet
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.people import Actor, Payer
from readiness.core.permissions import Can
from readiness.counts.service import social_risk
from readiness.instruments.models import Item

CODES_TRIED = 20
KINDS = {
    claims.Severity.LOWERED: Asks.COUNTS,
    claims.Severity.UNCHECKED: Asks.UNCHECKED,
    claims.Severity.UNLIKELY: Asks.UNLIKELY,
}


@dataclass(frozen=True)
class Changed:
    """One item that differs from what was sent in last time."""

    item: Item
    how: review.Change
    before: str
    now: str


@dataclass(frozen=True)
class CheckUp:
    """What stands between an assessment and its submission, and what is worth a look."""

    sheet: Sheet
    blocking: tuple[Finding, ...]
    notices: tuple[Finding, ...]
    changed: tuple[Changed, ...]  # since the last submission; empty before the first
    readers: tuple[Payer, ...]  # who will see what is sent in
    last: Submission | None
    may_attest: bool

    @property
    def blocking_by_kind(self) -> tuple[tuple[Asks, tuple[Finding, ...]], ...]:
        return by_kind(self.blocking)

    @property
    def notices_by_kind(self) -> tuple[tuple[Asks, tuple[Finding, ...]], ...]:
        return by_kind(self.notices)

    @property
    def is_ready(self) -> bool:
        return not self.blocking


def by_kind(findings: tuple[Finding, ...]) -> tuple[tuple[Asks, tuple[Finding, ...]], ...]:
    """In the order of the kinds, and within each in the order the items are asked."""
    found = ((kind, tuple(each for each in findings if each.asks is kind)) for kind in Asks)
    return tuple((kind, each) for kind, each in found if each)


@dataclass(frozen=True)
class Signature:
    """What a person typed to sign, and the statement they agreed to."""

    name: str
    agrees: bool


@dataclass(frozen=True)
class Ids:
    """Made by the caller: two runs, and as many codes for the reference as it takes."""

    claimed_run: str
    supported_run: str
    code: Callable[[], str]


def check_up(session: Session, assessment_id: str) -> CheckUp:
    found = sheet.opened(session, assessment_id, Can.READ_ASSESSMENT)
    return checked(session, found)


def signing(session: Session, assessment_id: str) -> CheckUp:
    """The page to sign on: for those who may sign, while there is something to send in."""
    found = sheet.opened(session, assessment_id, Can.ATTEST)
    return checked(session, sheet.still_open(found))


def checked(session: Session, found: Sheet) -> CheckUp:
    reached = tiers.standing(found.instrument, found.answers).tier
    findings = (
        *checks.of_answers(found.instrument, found.revisions, found.context, reached.id),
        *doubtful(session.store, found, session.now),
    )
    here = scope.of_group(session.store, found.group.id, session.now)
    last = sheet.last_submission(session.store, found.assessment.id)
    return CheckUp(
        sheet=found,
        blocking=tuple(finding for finding in findings if finding.blocks),
        notices=tuple(finding for finding in findings if not finding.blocks),
        changed=changed_since(session.store, found, last),
        readers=tuple(groups.payer(session.store, payer_id) for payer_id in sorted(here.payer_ids)),
        last=last,
        may_attest=permissions.allowed(session.actor, Can.ATTEST, here),
    )


def doubtful(store: Store, found: Sheet, now: datetime) -> tuple[Finding, ...]:
    """Claims above what the counts show, and levels that are unlikely together.

    They are allowed and said; the supported run counts a claim no higher than the counts do.
    """
    weighed = (
        *supported(store, found, now).findings,
        *claims.unlikely(found.instrument, found.answers),
    )
    return tuple(Finding(KINDS[each.severity], each.item_id, each.says) for each in weighed)


def supported(store: Store, found: Sheet, now: datetime) -> claims.Supported:
    counted = social_risk.shares_for_claims(store, found.group.id, now.date())
    shares = disclosable_shares.tellable(
        store, found.group.id, found.instrument.item_by_id, counted
    )
    return claims.supported(found.instrument, found.answers, shares)


def changed_since(store: Store, found: Sheet, last: Submission | None) -> tuple[Changed, ...]:
    if last is None:
        return ()
    before = checks.confirmed(assessments.submitted(store, found.assessment.id, last.number))
    changes = review.changes(before, found.answers)
    return tuple(
        Changed(
            item,
            changes[item.id],
            review.says(before.get(item.id)),
            review.says(found.answers[item.id]),
        )
        for item in found.instrument.items
        if item.id in changes
    )


def submit(
    session: Session,
    assessment_id: str,
    signature: Signature,
    ids: Ids,
) -> Submission:
    """Freeze the answers under a signature, score them once, and show where the group stands."""
    with session.store.writing():
        found = sheet.opened(session, assessment_id, Can.ATTEST)
        found = sheet.still_open(found)
        moved = found.assessment.moved_to(Status.SUBMITTED)
        check_signature(signature, session.actor)
        if blocking := checked(session, found).blocking:
            raise BadInput([Problem(each.place, each.says) for each in blocking])
        last = sheet.last_submission(session.store, assessment_id)
        submission = Submission(
            assessment_id=assessment_id,
            number=last.number + 1 if last else 1,
            at=session.now,
            author_id=session.actor.id,
            attested_name=" ".join(signature.name.split()),
            statement=attestation.STATEMENT,
            reference=free_reference(session.store, found, ids, session.now),
            answers_sha256=answers_sha256(found.revisions),
        )
        record(session, found, submission, ids)
        assessments.save(
            session.store, moved, answering.told(moved, session.actor, "locked", session.now)
        )
        portfolio_entry.refresh(session.store, found.group.id, session.now)
    return submission


def check_signature(signature: Signature, actor: Actor) -> None:
    problems = []
    if not attestation.is_signed_by(signature.name, actor.name):
        says = f"Sign with your own name, as in your account: {actor.name}."
        problems.append(Problem("name", says))
    if not signature.agrees:
        problems.append(Problem("agrees", "Tick the box to agree with the statement."))
    if problems:
        raise BadInput(problems)


def record(session: Session, found: Sheet, submission: Submission, ids: Ids) -> None:
    """The submission with its line of history, and the runs that rest on it."""
    payer_id = None
    if found.assessment.cycle_id:
        payer_id = cycles.get(session.store, found.assessment.cycle_id).payer_id
        if payer_id not in groups.readers(session.store, found.group.id, session.now.date()):
            payer_id = None
    event = replace(
        answering.told(found.assessment, session.actor, "submitted", session.now),
        payer_id=payer_id,
        detail={"number": submission.number, "reference": submission.reference},
    )
    assessment_id = found.assessment.id
    sent = {item.id: found.revisions[item.id].revision for item in found.instrument.items}
    assessments.submit(session.store, submission, sent, event)
    lowered = supported(session.store, found, session.now).answers
    claimed = portfolio_entry.run_of(found.instrument, found.context, found.answers)
    as_supported = (
        claimed  # the counts lower nothing: the same answers need no second scoring
        if lowered == found.answers
        else portfolio_entry.run_of(found.instrument, found.context, lowered)
    )
    for run_id, kind, scored in (
        (ids.claimed_run, RunKind.CLAIMED, claimed),
        (ids.supported_run, RunKind.SUPPORTED, as_supported),
    ):
        number = submission.number
        runs.add(
            session.store,
            portfolio_entry.stored_as(scored, assessment_id, number, kind, run_id, session.now),
        )


def free_reference(store: Store, found: Sheet, ids: Ids, now: datetime) -> str:
    for _ in range(CODES_TRIED):
        reference = attestation.reference(now.year, found.group.name, ids.code())
        if not assessments.has_reference(store, reference):
            return reference
    raise AssertionError("no free reference was found")


def answers_sha256(revisions: Mapping[str, AnswerRevision]) -> str:
    """Over the answers with their notes, so that what was signed can be proved."""
    plain = {
        item_id: [answer_out(each.answer), each.answer.note]
        for item_id, each in revisions.items()
        if each.answer
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def receipt(
    session: Session, assessment_id: str
) -> tuple[Sheet, tuple[Submission, ...], tuple[Payer, ...]]:
    """What was sent in, each time, newest first, and who may read it today."""
    found = sheet.opened(session, assessment_id, Can.READ_ASSESSMENT)
    sent = assessments.submissions(session.store, assessment_id)
    if not sent:
        raise NotFound("Nothing was sent in yet, so there is no receipt.")
    readers = groups.readers(session.store, found.group.id, session.now.date())
    return (
        found,
        sent[::-1],
        tuple(groups.payer(session.store, payer_id) for payer_id in sorted(readers)),
    )
