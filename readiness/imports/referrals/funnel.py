"""From needs that were found and what followed to counts: each patient once for each need.

A step is counted at the quarter, site and stratum of the screens that found the need. By these
rules nobody is connected who was not referred, and nobody resolved who was not connected.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from readiness.core.periods import quarter_of
from readiness.counts.social_risk.models import Need, Step
from readiness.imports.referrals.found_needs import FoundNeed, parts_of
from readiness.imports.referrals.models import FollowUp, Outcome

WINDOW = timedelta(days=30)  # from the first screen that found the need
KNOWN = (Outcome.CONNECTED, Outcome.NOT_CONNECTED)

DEFINITIONS = {  # as the pages say it
    Step.WANTS_HELP: "Patients with the need of whom it is recorded that they want help with it.",
    Step.REFERRED: "Patients with the need who were referred for it on the day of the first screen "
    "of the quarter that found it, or later. Where it is recorded who wants help, only they count.",
    Step.REFERRED_30D: "Of those, patients whose referral came within 30 days of that screen.",
    Step.INTERVENTION_30D: "Patients with the need who had a referral or another intervention for "
    "it (counseling, education, assistance) within 30 days of that screen.",
    Step.OUTCOME_KNOWN: "Of those referred, patients of whom it is recorded whether help arrived.",
    Step.CONNECTED: "Of those, patients whom the help reached.",
    Step.CONNECTED_30D: "Of those connected, patients of whom it is recorded within 30 days of "
    "that screen.",
    Step.RESOLVED: "Of those connected, patients whose need is recorded as met.",
    Step.POSITIVE_MATURE: "Patients whose need was found 30 days before the file was read, or "
    "earlier: of the others it is too soon to say what happened in 30 days.",
}


@dataclass(frozen=True)
class Followed:
    """The steps that a patient with a need has taken, and the evidence that counted for it."""

    found: FoundNeed
    steps: frozenset[Step]
    referrals: frozenset[FollowUp]
    is_unwished: bool = False  # referred, and nothing says that help is wanted
    is_told: bool = False  # the files speak of this need of this patient
    is_met_alone: bool = False  # met, and nobody is known to have been connected


def told_steps(follow_ups: Iterable[FollowUp]) -> frozenset[Step]:
    """What can be counted at all: nothing is zero only because nobody wrote it down."""
    steps: set[Step] = set()
    for each in follow_ups:
        if each.wants_help is not None:
            steps.add(Step.WANTS_HELP)
        if each.is_referred is not None:
            steps.add(Step.REFERRED)
        if each.referred_on:
            steps |= {Step.REFERRED_30D, Step.INTERVENTION_30D}
        if each.intervened_on:
            steps.add(Step.INTERVENTION_30D)
        if each.outcome:
            steps |= {Step.OUTCOME_KNOWN, Step.CONNECTED}
        if each.outcome and each.outcome_on:
            steps.add(Step.CONNECTED_30D)
        if each.is_resolved is not None:
            steps.add(Step.RESOLVED)
    if Step.CONNECTED not in steps:
        steps.discard(Step.RESOLVED)
    if steps & {Step.REFERRED_30D, Step.INTERVENTION_30D, Step.CONNECTED_30D}:
        steps.add(Step.POSITIVE_MATURE)
    return frozenset(steps)


def followed(
    found: FoundNeed, told: Collection[FollowUp], steps: frozenset[Step], as_of: date
) -> Followed:
    """What one patient's lines come to for one need; `steps` are those that can be counted."""
    mine = [each for each in told if each.need in parts_of(found.need)]
    referrals = [
        each
        for each in mine
        if each.has_referral and belongs(each, found, each.referred_on or each.day)
    ]
    is_wanted = any(each.wants_help and belongs(each, found, each.day) for each in mine)
    is_unwished = bool(referrals) and not is_wanted and Step.WANTS_HELP in steps
    taken = set(in_time(found, mine, referrals, as_of))
    if is_wanted:
        taken.add(Step.WANTS_HELP)
    if referrals and not is_unwished:
        taken |= set(after_referral(found, mine, referrals))
    return Followed(
        found,
        frozenset(taken & steps),
        frozenset(referrals),
        is_unwished=is_unwished,
        is_told=any(belongs(each, found, each.day) for each in mine),
        is_met_alone=is_met(found, mine) and Step.RESOLVED not in taken & steps,
    )


def belongs(told: FollowUp, found: FoundNeed, day: date | None) -> bool:
    """From the first screen that found the need on. What has no day is of the latest quarter that
    found it, unless it names its screen."""
    if told.screened and str(quarter_of(told.screened)) != found.quarter:
        return False
    if day is not None:
        return day >= found.first
    return told.screened is not None or found.is_latest


def is_after(told: FollowUp, found: FoundNeed) -> bool:
    return belongs(told, found, told.referred_on or told.day)


def in_time(
    found: FoundNeed, mine: Sequence[FollowUp], referrals: Sequence[FollowUp], as_of: date
) -> Iterator[Step]:
    if found.first + WINDOW <= as_of:
        yield Step.POSITIVE_MATURE
    helped = [each.intervened_on for each in mine if belongs(each, found, each.intervened_on)]
    if any(in_window(found, day) for day in (*helped, *(each.referred_on for each in referrals))):
        yield Step.INTERVENTION_30D


def after_referral(
    found: FoundNeed, mine: Sequence[FollowUp], referrals: Sequence[FollowUp]
) -> Iterator[Step]:
    yield Step.REFERRED
    if any(in_window(found, each.referred_on) for each in referrals):
        yield Step.REFERRED_30D
    if any(each.outcome in KNOWN for each in referrals):
        yield Step.OUTCOME_KNOWN
    connected = [each for each in referrals if each.outcome is Outcome.CONNECTED]
    if not connected:
        return
    yield Step.CONNECTED
    if any(in_window(found, each.outcome_on) for each in connected):
        yield Step.CONNECTED_30D
    if is_met(found, mine):
        yield Step.RESOLVED


def is_met(found: FoundNeed, mine: Sequence[FollowUp]) -> bool:
    return any(
        each.is_resolved and belongs(each, found, each.resolved_on or each.day) for each in mine
    )


def in_window(found: FoundNeed, day: date | None) -> bool:
    return day is not None and found.first <= day <= found.first + WINDOW


@dataclass(frozen=True)
class Funnel:
    """Everything that followed, of all patients of a run."""

    steps: frozenset[Step]
    patients: Sequence[Followed]
    needs: frozenset[Need]  # of which the files tell
    quarters: tuple[str, str] | None  # the first and the last of which they tell

    def tells(self, need: Need, quarter: str) -> bool:
        return (
            self.quarters is not None
            and self.quarters[0] <= quarter <= self.quarters[1]
            and need in self.needs
        )


def funnel_of(
    needs: Iterable[FoundNeed], by_patient: Mapping[bytes, Collection[FollowUp]], as_of: date
) -> Funnel:
    steps = told_steps(each for told in by_patient.values() for each in told)
    patients = [followed(each, by_patient.get(each.patient, ()), steps, as_of) for each in needs]
    named = {each.need for told in by_patient.values() for each in told}
    return Funnel(
        steps,
        patients,
        needs=frozenset(need for need in Need if not named.isdisjoint(parts_of(need))),
        quarters=quarters_told(patients, by_patient),
    )


def quarters_told(
    patients: Iterable[Followed], by_patient: Mapping[bytes, Collection[FollowUp]]
) -> tuple[str, str] | None:
    """From the first to the last day or need that the files speak of: before and after it nobody
    was referred only as far as they know."""
    days = {day for told in by_patient.values() for each in told for day in each.days}
    days |= {each.screened for told in by_patient.values() for each in told if each.screened}
    days |= {each.found.first for each in patients if each.is_told}
    return (str(quarter_of(min(days))), str(quarter_of(max(days)))) if days else None
