"""The steps before, beside and after a screen: who was eligible, whose need a diagnosis documents,
and what followed each need."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import date

from readiness.counts.social_risk.models import Need, Step
from readiness.imports.diagnoses import documented
from readiness.imports.diagnoses.documented import NOBODY_DOCUMENTED, DocumentedCount
from readiness.imports.referrals import funnel
from readiness.imports.referrals.found_needs import FoundNeeds
from readiness.imports.referrals.funnel import Funnel, funnel_of
from readiness.imports.referrals.models import FollowUp
from readiness.imports.referrals.referral_log import ReferralLog
from readiness.imports.screens.models import CellKey
from readiness.imports.screens.tally import Corners, PatientTally
from readiness.imports.visits import eligible
from readiness.imports.visits.eligible import EligibleCount, count_eligible
from readiness.imports.visits.visit_list import VisitList

DEFINITIONS = {**eligible.DEFINITIONS, **funnel.DEFINITIONS, **documented.DEFINITIONS}


@dataclass(frozen=True)
class NotCounted:
    """What of visits and referrals stands in no count, or stands in one for want of better."""

    screened_without_visit: int = 0
    screened_alone: tuple[str, ...] = ()
    needs_unknown: int = 0
    without_found_need: int = 0
    unwished: int = 0
    undated: int = 0
    met_alone: int = 0
    other_diagnoses: int = 0
    undated_diagnoses: int = 0


@dataclass(frozen=True)
class StepCounts:
    """Nothing where no file tells of visits or of what followed."""

    steps: Mapping[CellKey, Mapping[Step, int]] = field(default_factory=dict)
    left_out: NotCounted | None = None

    @property
    def told(self) -> tuple[Step, ...]:
        """The steps that are counted anywhere."""
        found = {step for steps in self.steps.values() for step in steps}
        return tuple(step for step in Step if step in found)


NO_STEPS = StepCounts()


def count_steps(
    tally: PatientTally,
    corners: Corners,
    visits: VisitList,  # already told to the tally
    log: ReferralLog,
    needs: FoundNeeds,
    cells: Iterable[CellKey],
    as_of: date,
) -> StepCounts:
    if not (visits.has_any or log):
        return NO_STEPS
    log.join()
    seen = count_eligible(tally, visits.listed, corners)
    followed = funnel_of(needs, log.by_patient, as_of)
    return StepCounts(
        steps={
            **{key: {Step.ELIGIBLE: number} for key, number in sorted(seen.cells.items())},
            **cells_of(followed, tally, corners, cells),
        },
        left_out=not_counted(seen, followed, log),
    )


def with_documented(counts: StepCounts, found: DocumentedCount) -> StepCounts:
    """Nothing of it touches another step."""
    if found == NOBODY_DOCUMENTED:
        return counts
    steps = dict(counts.steps)
    for key, number in sorted(found.cells.items()):
        steps[key] = {**steps.get(key, {}), Step.DOCUMENTED: number}
    left_out = replace(
        counts.left_out or NotCounted(),
        other_diagnoses=found.other,
        undated_diagnoses=found.undated,
    )
    return StepCounts(steps, left_out)


def cells_of(
    followed: Funnel, tally: PatientTally, corners: Corners, cells: Iterable[CellKey]
) -> dict[CellKey, dict[Step, int]]:
    """For every cell of a need that the files tell of, nobody included."""
    steps = [step for step in Step if step in followed.steps]
    found = {
        key: dict.fromkeys(steps, 0) for key in cells if followed.tells(Need(key.need), key.period)
    }
    for each in followed.patients:
        if each.found.whose in tally.sums:
            for key in tally.keys(each.found.whose, corners, each.found.need):
                for step in each.steps if key in found else ():
                    found[key][step] += 1
    return found


def not_counted(seen: EligibleCount, followed: Funnel, log: ReferralLog) -> NotCounted:
    referrals = {each for told in log.by_patient.values() for each in told if each.has_referral}
    counted: set[FollowUp] = set().union(*(each.referrals for each in followed.patients))
    return NotCounted(
        screened_without_visit=seen.added,
        screened_alone=seen.screened_alone,
        needs_unknown=log.needs_unknown,
        without_found_need=len(referrals - counted),
        unwished=sum(each.is_unwished for each in followed.patients),
        undated=sum(each.referred_on is None for each in counted),
        met_alone=sum(each.is_met_alone for each in followed.patients),
    )


SENTENCES = {
    "screened_without_visit": "{number} screened in a quarter in which no visit names them: "
    "counted as eligible. If there are many, check that both files call a patient the same.",
    "needs_unknown": "{number} that tell no need we count, among referrals, interventions and "
    "resolved needs: not counted. Send them with their need.",
    "without_found_need": "{number} referred for a need that no screen in these files found on "
    "that day or before: not counted. Send the earlier screens too, if there are any.",
    "unwished": "{number} referred though nothing says that they want help: not counted among "
    "those referred, only as helped in 30 days. Record the wish where it is known.",
    "undated": "{number} referred without a day: counted, but not as referred in 30 days. Add the "
    "day where it is known.",
    "met_alone": "{number} whose need is recorded as met and who are not recorded as connected: "
    "not counted as resolved. Record the outcome of their referral.",
    "other_diagnoses": "{number} diagnosed with another code of Z55 to Z65: the code is known and "
    "is of none of the needs we count.",
    "undated_diagnoses": "{number} diagnosed without a day: not counted. Send the day on which it "
    "was recorded.",
}
SCREENED_ALONE = (
    "The visits in {quarters} are only those of patients who were screened, so nothing is said of "
    "who was eligible. Send all visits of the quarter to count reach."
)


def sentences(left_out: NotCounted | None) -> Iterator[str]:
    """For whoever reads the result."""
    if left_out is None:
        return
    for name, says in SENTENCES.items():
        if number := getattr(left_out, name):
            yield says.format(number=f"{number:,}")
    if left_out.screened_alone:
        yield SCREENED_ALONE.format(quarters=", ".join(left_out.screened_alone))
