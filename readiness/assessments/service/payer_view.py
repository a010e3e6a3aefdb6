"""What a payer reads of one group: what was sent in, never what is still being written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction

from readiness.assessments.cycles import ProgramCheck, check_program
from readiness.assessments.db import assessments, cycles, runs
from readiness.assessments.models import READABLE_BY_PAYER, Assessment, RunKind, Submission
from readiness.assessments.scorecard import Score, ScoringRun, from_json
from readiness.assessments.service import assessment_view
from readiness.core import patient_identifiers
from readiness.core.db import Store
from readiness.core.errors import NOT_SHARED, NotFound
from readiness.instruments.answers import Answer, Context, counted
from readiness.instruments.models import Instrument

WITHHELD = (
    "This note is withheld: it seems to hold {found}. The group has been asked to keep such "
    "things out of its notes."
)


@dataclass(frozen=True)
class SubmittedView:
    """The last version of one assessment that was sent in, with what was made of it."""

    assessment: Assessment
    instrument: Instrument
    submission: Submission
    given: Mapping[str, Answer]  # by item id
    runs: Mapping[RunKind, ScoringRun]  # the three values, kept apart

    @property
    def best_run(self) -> ScoringRun | None:
        """Validated once there is one; before that the lower of claimed and supported."""
        if RunKind.VALIDATED in self.runs:
            return self.runs[RunKind.VALIDATED]
        others = (self.runs.get(RunKind.SUPPORTED), self.runs.get(RunKind.CLAIMED))
        known = [run for run in others if run]
        return min(known, key=self.height, default=None)

    def height(self, run: ScoringRun) -> tuple[int, bool]:
        """A provisional tier stands below the same tier with every gate met."""
        return self.instrument.tier_by_id[run.tier_id].number, not run.provisional


@dataclass(frozen=True)
class SubmissionLine:
    """One line of the history of submissions."""

    assessment: Assessment
    submission: Submission
    is_last: bool  # of its assessment


def may_be_read(store: Store, assessment: Assessment) -> bool:
    return assessment.status in READABLE_BY_PAYER and bool(
        assessments.submissions(store, assessment.id)
    )


def last_submitted(store: Store, assessment: Assessment) -> SubmittedView:
    if not may_be_read(store, assessment):
        raise NotFound(NOT_SHARED)
    submission = assessments.submissions(store, assessment.id)[-1]
    instrument = assessment_view.instrument_of(assessment)
    context = assessments.context_values(store, assessment.id)
    return SubmittedView(
        assessment=assessment,
        instrument=instrument,
        submission=submission,
        given=counted(instrument, submitted_answers(store, submission), context),
        runs=runs_of(store, submission),
    )


def submitted_answers(store: Store, submission: Submission) -> dict[str, Answer]:
    """The answers of one submission; later edits stay the group's own until it sends them in."""
    sent = assessments.answers_of_submission(store, submission.assessment_id, submission.number)
    return {item_id: revision.answer for item_id, revision in sent.items() if revision.answer}


def runs_of(store: Store, submission: Submission) -> dict[RunKind, ScoringRun]:
    """The newest run of each kind over this very submission."""
    found: dict[RunKind, ScoringRun] = {}
    for run in runs.of_assessment(store, submission.assessment_id):
        if run.submission_number == submission.number:
            found.setdefault(run.kind, from_json(run.result))
    return found


def history(store: Store, readable: list[Assessment]) -> Iterator[SubmissionLine]:
    """Newest first."""
    for assessment in readable:
        sent = assessments.submissions(store, assessment.id)
        for submission in reversed(sent):
            yield SubmissionLine(assessment, submission, is_last=submission is sent[-1])


def programs(
    store: Store, payer_id: str, group_id: str, shown: SubmittedView | None
) -> Iterator[ProgramCheck]:
    """Only the payer's own cycles that the group accepted, and only where they ask for more."""
    run = shown.best_run if shown else None
    if shown is not None and run is not None:
        for each in programs_of_group(store, group_id, shown.instrument, run):
            if each.cycle.payer_id == payer_id:
                yield each


def programs_of_group(
    store: Store, group_id: str, instrument: Instrument, run: ScoringRun
) -> Iterator[ProgramCheck]:
    """Cycles of whichever payer that the group accepted, where they ask for more."""
    low = {axis_id: exact(score.low) for axis_id, score in run.axes.items()}
    for invitation in cycles.invitations_of(store, group_id):
        if invitation.accepted:
            cycle = cycles.get(store, invitation.cycle_id)
            if found := check_program(cycle, instrument, run.tier_id, low):
                yield found


def exact(score: Score) -> Fraction | None:
    """As it is shown, since numbers are compared as they are shown."""
    return None if score is None else Fraction(score)


def is_reviewed_by(store: Store, assessment: Assessment, payer_id: str) -> bool:
    """The payer whose cycle the assessment names reviews it; others read."""
    if assessment.cycle_id is None:
        return False
    return cycles.get(store, assessment.cycle_id).payer_id == payer_id


MEMBERS = "attributed_members"  # of the one payer whose cycle the assessment names


def without_members_of_others(
    store: Store, assessment: Assessment, payer_id: str, context: Context
) -> Context:
    """The facts as one payer may use them: the members told are those of the payer whose cycle
    the assessment names, and nobody else's."""
    if is_reviewed_by(store, assessment, payer_id):
        return context
    return {key: value for key, value in context.items() if key != MEMBERS}


def note_for_payer(answer: Answer) -> tuple[str, str]:
    """The note, or the sentence that says why it is withheld; one of them is empty."""
    text = "\n".join(part for part in (answer.reason, answer.note) if part)
    if found := patient_identifiers.found_in(text):
        return "", WITHHELD.format(found=patient_identifiers.in_words(found))
    return text, ""
