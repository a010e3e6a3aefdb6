"""Checking an assessment and sending it in, signed."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, datetime
from fractions import Fraction

from readiness.accounts.db import groups
from readiness.accounts.service import scope
from readiness.assessments import attestation, checks, claims, review, tiers
from readiness.assessments.checks import FindingKind, SubmissionFinding
from readiness.assessments.db import assessments, cycles, runs
from readiness.assessments.models import (
    AnswerRevision,
    AssessmentStatus,
    RunKind,
    Submission,
    confirmed_answers,
)
from readiness.assessments.scorecard import answer_to_json
from readiness.assessments.service import assessment_view, result, scoring
from readiness.assessments.service.assessment_view import AssessmentView, assessment_event
from readiness.core import permissions
from readiness.core.db import Session, Store
from readiness.core.errors import BadInput, NotFound, Problem
from readiness.core.formatting import percent_rounded_down
from readiness.core.people import Actor, Payer
from readiness.core.permissions import Can
from readiness.core.small_cells import FEWEST
from readiness.counts.db import social_risk as counts
from readiness.counts.models import PeriodState
from readiness.counts.quality import self_report
from readiness.counts.quality.models import DemographicCell
from readiness.counts.service import social_risk
from readiness.counts.social_risk.rates import BY_ID, CLAIMS, ClaimShare
from readiness.disclosure.db import quality as quality_releases
from readiness.disclosure.db import social_risk as releases
from readiness.disclosure.released_counts import (
    is_disclosable,
    share_bounds,
    year_is_disclosable,
)
from readiness.instruments.answers import counted
from readiness.instruments.models import Instrument, Item

CODES_TRIED = 20
KINDS = {
    claims.ClaimSeverity.LOWERED: FindingKind.COUNTS,
    claims.ClaimSeverity.UNCHECKED: FindingKind.UNCHECKED,
    claims.ClaimSeverity.UNLIKELY: FindingKind.UNLIKELY,
}


@dataclass(frozen=True)
class ChangedItem:
    """One item that differs from what was sent in last time."""

    item: Item
    how: review.AnswerChange
    before: str
    now: str


@dataclass(frozen=True)
class SubmissionCheck:
    """What stands between an assessment and its submission, and what is worth a look."""

    view: AssessmentView
    blocking: tuple[SubmissionFinding, ...]
    notices: tuple[SubmissionFinding, ...]
    changed: tuple[ChangedItem, ...]  # since the last submission; empty before the first
    readers: tuple[Payer, ...]  # who will see what is sent in
    last: Submission | None
    may_attest: bool

    @property
    def blocking_by_kind(self) -> tuple[tuple[FindingKind, tuple[SubmissionFinding, ...]], ...]:
        return by_kind(self.blocking)

    @property
    def notices_by_kind(self) -> tuple[tuple[FindingKind, tuple[SubmissionFinding, ...]], ...]:
        return by_kind(self.notices)

    @property
    def is_ready(self) -> bool:
        return not self.blocking


def by_kind(
    findings: tuple[SubmissionFinding, ...],
) -> tuple[tuple[FindingKind, tuple[SubmissionFinding, ...]], ...]:
    """In the order of the kinds, and within each in the order the items are asked."""
    found = ((kind, tuple(each for each in findings if each.asks is kind)) for kind in FindingKind)
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


def check(session: Session, assessment_id: str) -> SubmissionCheck:
    found = assessment_view.load(session, assessment_id, Can.READ_ASSESSMENT)
    return check_view(session, found)


def check_before_signing(session: Session, assessment_id: str) -> SubmissionCheck:
    """The page to sign on: for those who may sign, while there is something to send in."""
    found = assessment_view.load_editable(session, assessment_id, Can.ATTEST)
    return check_view(session, found)


def check_view(session: Session, found: AssessmentView) -> SubmissionCheck:
    reached = tiers.evaluate(found.instrument, found.answers).tier
    findings = (
        *checks.find(found.instrument, found.revisions, found.context, reached.id),
        *doubtful_claims(session.store, found, session.now),
    )
    here = scope.of_group(session.store, found.group.id, session.now)
    last = assessment_view.last_submission(session.store, found.assessment.id)
    return SubmissionCheck(
        view=found,
        blocking=tuple(finding for finding in findings if finding.blocks),
        notices=tuple(finding for finding in findings if not finding.blocks),
        changed=changes_since(session.store, found, last),
        readers=assessment_view.payers(session.store, here.payer_ids),
        last=last,
        may_attest=permissions.allowed(session.actor, Can.ATTEST, here),
    )


def doubtful_claims(
    store: Store, found: AssessmentView, now: datetime
) -> tuple[SubmissionFinding, ...]:
    """Claims above what the counts show, and levels that are unlikely together.

    They are allowed and said; the supported run counts a claim no higher than the counts do.
    """
    weighed = (
        *supported_answers(store, found, now).findings,
        *claims.unlikely_pairs(found.instrument, found.answers),
    )
    return tuple(
        SubmissionFinding(KINDS[each.severity], each.item_id, each.says) for each in weighed
    )


def supported_answers(
    store: Store, found: AssessmentView, now: datetime
) -> claims.SupportedAnswers:
    by_item = social_risk.shares_for_claims(store, found.group.id, now.date())
    shares = disclosable_shares(store, found.group.id, found.instrument.item_by_id, by_item)
    judged = judged_levels(store, found.group.id, found.instrument, now.date())
    cautions = {item_id: share.caution for item_id, share in by_item.items()}
    return claims.supported_answers(found.instrument, found.answers, shares, judged, cautions)


def judged_levels(
    store: Store, group_id: str, instrument: Instrument, today: date
) -> dict[str, claims.JudgedLevel]:
    """REAL-2 by what was released: payers read the supported level, and it must tell them nothing
    more. What is hidden cannot be judged."""
    newest = next(iter(quality_releases.readable(store, group_id, today)), None)
    if newest is None or self_report.ITEM_ID not in instrument.item_by_id:
        return {}
    known = {cell: n for cell, n in newest.values.items() if isinstance(cell, DemographicCell)}
    level = self_report.supported_level(known)
    whole = self_report.shares_of(self_report.field_of(known, ""))
    if level is None or whole is None:
        return {}
    share, _, total = whole
    says = (
        f"the released counts show {percent_rounded_down(share)} self-reported or declined of "
        f"{total:,} active patients, in the 12 months to {newest.period.label}"
    )
    return {self_report.ITEM_ID: claims.JudgedLevel(level, says)}


def changes_since(
    store: Store, found: AssessmentView, last: Submission | None
) -> tuple[ChangedItem, ...]:
    if last is None:
        return ()
    sent = assessments.answers_of_submission(store, found.assessment.id, last.number)
    before = counted(found.instrument, confirmed_answers(sent), found.context)
    changes = review.changes(before, found.answers)
    return tuple(
        ChangedItem(
            item,
            changes[item.id],
            review.answer_in_words(before.get(item.id)),
            review.answer_in_words(found.answers[item.id]),
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
        found = assessment_view.load_editable(session, assessment_id, Can.ATTEST)
        moved = found.assessment.moved_to(AssessmentStatus.SUBMITTED)
        check_signature(signature, session.actor)
        if blocking := check_view(session, found).blocking:
            raise BadInput([Problem(each.place, each.says) for each in blocking])
        last = assessment_view.last_submission(session.store, assessment_id)
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
        save_submission(session, found, submission, ids)
        assessments.save(session.store, moved, assessment_event(session, moved, "locked"))
        result.update_entry(session.store, found.group.id, session.now)
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


def save_submission(
    session: Session, found: AssessmentView, submission: Submission, ids: Ids
) -> None:
    """The submission with its line of history, and the runs that rest on it."""
    payer_id = None
    if found.assessment.cycle_id:
        payer_id = cycles.get(session.store, found.assessment.cycle_id).payer_id
        if payer_id not in groups.readers(session.store, found.group.id, session.now.date()):
            payer_id = None
    event = assessment_event(
        session,
        found.assessment,
        "submitted",
        payer_id=payer_id,
        detail={"number": submission.number, "reference": submission.reference},
    )
    assessment_id = found.assessment.id
    sent = {item.id: found.revisions[item.id].revision for item in found.instrument.items}
    assessments.submit(session.store, submission, sent, event)
    lowered = supported_answers(session.store, found, session.now).answers
    claimed = scoring.run_of(found.instrument, found.context, found.answers)
    as_supported = (
        claimed  # the counts lower nothing: the same answers need no second scoring
        if lowered == found.answers
        else scoring.run_of(found.instrument, found.context, lowered)
    )
    for run_id, kind, scored in (
        (ids.claimed_run, RunKind.CLAIMED, claimed),
        (ids.supported_run, RunKind.SUPPORTED, as_supported),
    ):
        number = submission.number
        runs.add(
            session.store,
            scoring.stored_run(scored, assessment_id, number, kind, run_id, session.now),
        )


def free_reference(store: Store, found: AssessmentView, ids: Ids, now: datetime) -> str:
    for _ in range(CODES_TRIED):
        reference = attestation.reference(now.year, found.group.name, ids.code())
        if not assessments.has_reference(store, reference):
            return reference
    raise AssertionError("no free reference was found")


def answers_sha256(revisions: Mapping[str, AnswerRevision]) -> str:
    """Over the answers with their notes, so that what was signed can be proved."""
    plain = {
        item_id: [answer_to_json(each.answer), each.answer.note]
        for item_id, each in revisions.items()
        if each.answer
    }
    return hashlib.sha256(json.dumps(plain, sort_keys=True).encode()).hexdigest()


def receipt(
    session: Session, assessment_id: str
) -> tuple[AssessmentView, tuple[Submission, ...], tuple[Payer, ...]]:
    """What was sent in, each time, newest first, and who may read it today."""
    found = assessment_view.load(session, assessment_id, Can.READ_ASSESSMENT)
    sent = assessments.submissions(session.store, assessment_id)
    if not sent:
        raise NotFound("Nothing was sent in yet, so there is no receipt.")
    readers = groups.readers(session.store, found.group.id, session.now.date())
    return found, sent[::-1], assessment_view.payers(session.store, readers)


def disclosable_shares(
    store: Store, group_id: str, items: Mapping[str, Item], shares: Mapping[str, ClaimShare]
) -> dict[str, Fraction]:
    """The shares whose levels payers may read beside what was released."""
    newest = {
        each.period: each
        for each in releases.latest_of_group(store, group_id)
        if counts.status(store, group_id, each.period).state is PeriodState.COMPLETE
    }
    threshold = max((each.threshold for each in newest.values()), default=FEWEST)
    rates = {claim.item_id: BY_ID[claim.rate_id] for claim in CLAIMS}

    def may_be_told(item_id: str, share: ClaimShare) -> bool:
        marks = tuple(items[item_id].support_at.values())
        if share.is_once_a_year:
            return year_is_disclosable(share.denominator, marks, threshold)
        pairs = [
            pair
            for quarter in share.periods
            for pair in share_bounds(newest.get(quarter), rates[item_id])
        ]
        return is_disclosable(pairs, marks, threshold)

    return {
        item_id: share.share
        for item_id, share in shares.items()
        if item_id in items and may_be_told(item_id, share)
    }
