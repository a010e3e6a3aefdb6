"""The payer's review of one submission, item by item, until changes are asked or it is accepted."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from readiness.accounts.db import groups, people
from readiness.accounts.service import scope
from readiness.assessments import review as rules
from readiness.assessments.db import assessments, cycles, runs
from readiness.assessments.models import Assessment, AssessmentStatus, Decision, ItemReview, RunKind
from readiness.assessments.review import AnswerChange, ReviewChoice
from readiness.assessments.service import payer_view, result, scoring
from readiness.assessments.service.assessment_view import assessment_event
from readiness.assessments.service.payer_view import SubmittedView
from readiness.core import free_text, patient_identifiers, permissions
from readiness.core.db import Session, Store
from readiness.core.errors import (
    NOT_SHARED,
    BadInput,
    ChangedMeanwhile,
    Denied,
    NotFound,
    Problem,
    WrongState,
)
from readiness.core.formatting import percent
from readiness.core.people import Actor, Group, Payer, Person
from readiness.core.permissions import Can, Scope
from readiness.core.small_cells import HIDDEN
from readiness.counts.quality import self_report
from readiness.counts.social_risk.rates import BY_ID, CLAIMS, CONTEXT_CLAIMS, Claim
from readiness.disclosure import released_counts as social_risk_release
from readiness.disclosure.db import social_risk
from readiness.disclosure.released_counts import ReleasedShare, SocialRiskRelease
from readiness.instruments.answers import Answer
from readiness.instruments.models import Domain, Item

NEW_VERSION = (
    "The group has sent in a new version since you opened this page. Reload it: what is unchanged "
    "keeps what you agreed on."
)


@dataclass(frozen=True)
class ReviewLine:
    """One item under review, with all a reviewer needs beside it."""

    item: Item
    answer: Answer
    note: str
    withheld: str  # why the note is not shown
    previous: int | None  # level validated in the group's last review
    supported: int | None  # level its counts support; None: not checked by counts
    counts_say: str  # what was released of them; empty: not checked by counts
    change: AnswerChange | None  # since the last submission
    is_worth_a_look: bool
    decision: ItemReview | None
    decided_by: str
    is_carried: bool  # agreed on an earlier submission, and unchanged since
    seen: int

    @property
    def exceeds_counts(self) -> bool:
        level = self.answer.level
        return self.supported is not None and level is not None and level > self.supported


@dataclass(frozen=True)
class DomainReview:
    """One domain on the overview."""

    domain: Domain
    lines: tuple[ReviewLine, ...]

    @property
    def waiting(self) -> int:
        return sum(line.decision is None for line in self.lines)

    @property
    def requested(self) -> int:
        return sum(
            line.decision is not None and line.decision.decision is Decision.CHANGE_REQUESTED
            for line in self.lines
        )

    @property
    def look_first(self) -> tuple[ReviewLine, ...]:
        return tuple(line for line in self.lines if line.decision is None and line.is_worth_a_look)


@dataclass(frozen=True)
class Review:
    payer: Payer
    group: Group
    submitted: SubmittedView
    parts: tuple[DomainReview, ...]
    remaining_low: tuple[str, ...]  # claims that may be agreed with together
    is_open: bool  # decisions can be made now

    @property
    def waiting(self) -> int:
        return sum(part.waiting for part in self.parts)

    @property
    def requested(self) -> int:
        return sum(part.requested for part in self.parts)

    @property
    def may_accept(self) -> bool:
        return self.is_open and not self.waiting and not self.requested

    @property
    def may_request(self) -> bool:
        return self.is_open and bool(self.requested)

    def part(self, domain_id: str) -> DomainReview | None:
        return next((part for part in self.parts if part.domain.id == domain_id), None)


def open_review(session: Session, assessment_id: str) -> Review:
    assessment, payer = for_reviewer(session, assessment_id)
    shown = payer_view.last_submitted(session.store, assessment)
    lines = tuple(lines_of(session.store, shown))
    return Review(
        payer=payer,
        group=groups.get(session.store, assessment.group_id),
        submitted=shown,
        parts=tuple(
            DomainReview(domain, tuple(line for line in lines if line.item.domain_id == domain.id))
            for domain in shown.instrument.domains
        ),
        remaining_low=rules.undecided_low(
            shown.instrument, shown.given, decisions_on(session.store, shown)
        ),
        is_open=assessment.status is AssessmentStatus.SUBMITTED,
    )


def decide(
    session: Session,
    assessment_id: str,
    number: int,
    choices: tuple[ReviewChoice, ...],
) -> None:
    """Save decisions on some items of the submission that was on the page, or none of them."""
    with session.store.writing():
        shown, payer = at_number(session, assessment_id, number)
        tidy = clean_choices(choices, shown.given)
        made = [
            (decision_of(shown, choice, session.actor, session.now), choice.seen) for choice in tidy
        ]
        asked = sum(choice.decision is Decision.CHANGE_REQUESTED for choice in tidy)
        detail = {"submission": number, "agreed": len(tidy) - asked, "asked to change": asked}
        assessments.add_reviews(
            session.store,
            made,
            assessment_event(
                session, shown.assessment, "reviewed items", payer_id=payer.id, detail=detail
            ),
        )


def agree_with_low(session: Session, assessment_id: str, number: int) -> int:
    """Agree with every undecided claim that could not have raised the tier; say how many."""
    with session.store.writing():
        shown, _ = at_number(session, assessment_id, number)
        low = rules.undecided_low(shown.instrument, shown.given, decisions_on(session.store, shown))
        seen = assessments.last_review_numbers(
            session.store, assessment_id, shown.submission.number
        )
        choices = tuple(ReviewChoice(i, Decision.AGREED, seen=seen.get(i, 0)) for i in low)
        if choices:
            decide(session, assessment_id, number, choices)
    return len(choices)


def request_changes(session: Session, assessment_id: str, number: int) -> Assessment:
    """Hand the submission back with every change that was asked for."""
    with session.store.writing():
        shown, payer = at_number(session, assessment_id, number)
        asked = rules.requested_changes(shown.instrument, decisions_on(session.store, shown))
        if not asked:
            raise WrongState("Ask for a change to at least one item first, with a reason.")
        returned = shown.assessment.moved_to(AssessmentStatus.CHANGES_REQUESTED)
        detail = {"items": len(asked)}
        event = assessment_event(
            session, shown.assessment, "requested changes", payer_id=payer.id, detail=detail
        )
        saved = assessments.save(session.store, returned, event)
        result.update_entry(session.store, saved.group_id, session.now)
    return saved


def accept(session: Session, assessment_id: str, number: int, run_id: str) -> Assessment:
    """Finish the review: the validated levels are scored, and that run stands from now on."""
    with session.store.writing():
        shown, payer = at_number(session, assessment_id, number)
        decisions = decisions_on(session.store, shown)
        if left := len(rules.undecided(shown.instrument, shown.given, decisions)):
            raise WrongState(f"Decide on every item first: {left} wait.")
        if rules.requested_changes(shown.instrument, decisions):
            raise WrongState("Changes are still asked for. Request them, or agree instead.")
        accepted = shown.assessment.moved_to(AssessmentStatus.ACCEPTED)
        detail = {"submission": number}
        event = assessment_event(
            session, shown.assessment, "accepted", payer_id=payer.id, detail=detail
        )
        saved = assessments.save(session.store, accepted, event)
        validated = rules.validated_answers(shown.given, decisions)
        scoring.save_run(session.store, shown, RunKind.VALIDATED, validated, run_id, session.now)
        result.update_entry(session.store, saved.group_id, session.now)
    return saved


def for_reviewer(session: Session, assessment_id: str) -> tuple[Assessment, Payer]:
    """Whoever reads may be shown that somebody else reviews; nobody reviews their own group."""
    assessment = assessments.get(session.store, assessment_id)
    everyone = scope.require_for_group(session, Can.READ_SUBMISSION, assessment.group_id)
    if not payer_view.may_be_read(session.store, assessment):
        raise NotFound(NOT_SHARED)
    if assessment.group_id in session.actor.group_ids:
        raise Denied("You belong to this group. Ask a colleague to review its submission.")
    if assessment.cycle_id is None:
        raise Denied("This submission belongs to no cycle, so it is read but not reviewed.")
    payer_id = cycles.get(session.store, assessment.cycle_id).payer_id
    reviewing = Scope(payer_ids=everyone.payer_ids & {payer_id})
    if not permissions.allowed(session.actor, Can.REVIEW, reviewing):
        raise Denied("Another payer reviews this submission. You may read it in your portfolio.")
    return assessment, groups.payer(session.store, payer_id)


def at_number(session: Session, assessment_id: str, number: int) -> tuple[SubmittedView, Payer]:
    """What is open for decisions, if it still is the submission that was on the page."""
    assessment, payer = for_reviewer(session, assessment_id)
    shown = payer_view.last_submitted(session.store, assessment)
    if assessment.status is not AssessmentStatus.SUBMITTED:
        raise WrongState(
            f"{assessment.status_sentence}, so nothing can be decided on it now. "
            "Reload the page to see where it stands."
        )
    if shown.submission.number != number:
        raise ChangedMeanwhile(NEW_VERSION)
    return shown, payer


def decisions_on(store: Store, shown: SubmittedView) -> dict[str, ItemReview]:
    """What was decided on this submission, over what still stands from earlier ones."""
    decided: dict[str, ItemReview] = {}
    before: Mapping[str, Answer] = {}
    for sent in assessments.submissions(store, shown.assessment.id):
        now = payer_view.submitted_answers(store, sent)
        still = rules.still_agreed(decided, before, now)
        decided = {**still, **assessments.reviews_of(store, sent.assessment_id, sent.number)}
        before = now
    return decided


def lines_of(store: Store, shown: SubmittedView) -> list[ReviewLine]:
    number = shown.submission.number
    decisions = decisions_on(store, shown)
    seen = assessments.last_review_numbers(store, shown.assessment.id, number)
    reviewers = people.with_ids(store, (each.reviewer_id for each in decisions.values()))
    changed = changes_since_last(store, shown)
    previous = levels_of(store, validated_before(store, shown), RunKind.VALIDATED)
    supported = levels_of(store, shown.assessment.id, RunKind.SUPPORTED)
    counted = released_counts(store, shown.assessment.group_id)
    lines = []
    for item in shown.instrument.items:
        if (answer := shown.given.get(item.id)) is None:
            continue
        note, withheld = payer_view.note_for_payer(answer)
        decision = decisions.get(item.id)
        lines.append(
            ReviewLine(
                item=item,
                answer=answer,
                note=note,
                withheld=withheld,
                previous=previous.get(item.id),
                supported=supported.get(item.id) if is_checked_by_counts(item) else None,
                counts_say=counted.get(item.id, ""),
                change=changed.get(item.id),
                is_worth_a_look=rules.needs_attention(shown.instrument, item.id, answer),
                decision=decision,
                decided_by=name_of(decision, reviewers),
                is_carried=decision is not None and decision.submission_number != number,
                seen=seen.get(item.id, 0),
            )
        )
    return lines


def is_checked_by_counts(item: Item) -> bool:
    """Whether its supported level may be below the claimed one."""
    return bool(item.support_at) or item.id == self_report.ITEM_ID


def released_counts(store: Store, group_id: str) -> dict[str, str]:
    """By item id, what the released counts show; the reviewer reads no others."""
    quarters = social_risk.latest_of_group(store, group_id, social_risk_release.QUARTERS)
    return {
        claim.item_id: share_says(
            social_risk_release.share_of(quarters, BY_ID[claim.rate_id]), claim, quarters
        )
        for claim in (*CLAIMS, *CONTEXT_CLAIMS)
        if quarters
    }


def share_says(share: ReleasedShare, claim: Claim, quarters: Sequence[SocialRiskRelease]) -> str:
    title = BY_ID[claim.rate_id].title.lower()
    if share.pair is None:
        return f"Released counts, {title}: {HIDDEN if share.is_hidden else 'not known'}."
    above, below = share.pair
    rate = "" if share.is_too_few else f"{percent(above / below)}, "
    named = ", ".join(each.period.label for each in quarters)
    return f"Released counts, {title}: {rate}{above:,} of {below:,} ({named}; unit: {claim.unit})."


def name_of(decision: ItemReview | None, reviewers: Mapping[str, Person]) -> str:
    reviewer = reviewers.get(decision.reviewer_id) if decision else None
    return reviewer.name if reviewer else ""


def changes_since_last(store: Store, shown: SubmittedView) -> dict[str, AnswerChange]:
    """Empty for a first submission: then everything is new, and nothing stands out."""
    earlier = assessments.submissions(store, shown.assessment.id)[:-1]
    if not earlier:
        return {}
    return rules.changes(payer_view.submitted_answers(store, earlier[-1]), shown.given)


def validated_before(store: Store, shown: SubmittedView) -> str | None:
    """The group's last accepted assessment before this one."""
    return next(
        (
            other.id
            for other in assessments.of_group(store, shown.assessment.group_id)
            if other.status is AssessmentStatus.ACCEPTED
            and other.created_at < shown.assessment.created_at
        ),
        None,
    )


def levels_of(store: Store, assessment_id: str | None, kind: RunKind) -> dict[str, int]:
    """The levels that a stored run rested on, by item id."""
    run = runs.latest(store, assessment_id, kind) if assessment_id else None
    if run is None:
        return {}
    return {
        item_id: answer["level"]
        for item_id, answer in run.inputs["answers"].items()
        if answer.get("level") is not None
    }


def clean_choices(
    choices: tuple[ReviewChoice, ...], given: Mapping[str, Answer]
) -> tuple[ReviewChoice, ...]:
    """The choices with tidy reasons, or everything that is wrong with them at once."""
    problems = list(rules.unknown_items(choices, given))
    tidy = []
    for choice in choices:
        try:
            reason = free_text.clean(choice.reason, rules.LONGEST_REASON)
        except ValueError as error:
            problems.append(Problem(choice.item_id, str(error)))
            continue
        tidy.append(replace(choice, reason=reason))
        if refused := patient_identifiers.refusal(reason):
            problems.append(Problem(choice.item_id, refused))
        if choice.item_id in given:
            problems.extend(rules.problems_of(tidy[-1], given[choice.item_id]))
    if problems:
        raise BadInput(problems)
    return tuple(tidy)


def decision_of(
    shown: SubmittedView, choice: ReviewChoice, actor: Actor, now: datetime
) -> ItemReview:
    return ItemReview(
        assessment_id=shown.assessment.id,
        submission_number=shown.submission.number,
        item_id=choice.item_id,
        decision=choice.decision,
        validated_level=rules.validated_level(choice, shown.given[choice.item_id]),
        reason=choice.reason,
        reviewer_id=actor.id,
        at=now,
    )
