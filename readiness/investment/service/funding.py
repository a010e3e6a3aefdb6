"""An approved scenario is funded: what it chose becomes awards in the plans of its groups.

What is written is shown first. All of it is written in one transaction, and taken back in one.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import groupby

from readiness.assessments.db import assessments
from readiness.core.db import Session
from readiness.core.errors import ChangedMeanwhile, WrongState
from readiness.core.free_text import NOTE_CHARACTERS
from readiness.core.people import Payer
from readiness.investment.answers import Pick
from readiness.investment.lifecycle import (
    REFUSED,
    AwardRecord,
    ScenarioAward,
    ScenarioState,
    ScenarioStatus,
)
from readiness.investment.scenario import ScenarioRequest
from readiness.investment.service import lifecycle, stored
from readiness.investment.service.scenarios import require_planner
from readiness.investment.service.stored import StoredScenario
from readiness.plans import db as ledger
from readiness.plans import postings
from readiness.plans.postings import Posting
from readiness.plans.service import awards
from readiness.plans.service.awards import Award, PlanForAwards

CENTS = 100
NOT_APPROVED = "Only an approved scenario is funded. Propose it and approve it first."
NOT_FUNDED = "This scenario is not funded, so there is nothing to take back. Reload its page."
NOTHING = "None of these awards can be written. Why stands beside each."
CHANGED = (
    "Something changed since this page was shown, so nothing was written. Look at the awards as "
    "they are now, and confirm again."
)
NOT_SHARED_TODAY = "It shares nothing with you today, so nothing is written into its plan."
OUT_OF_REACH = (
    "It shares nothing with you today, so its award cannot be taken back. Ask the group to share "
    "again, or to correct the award to 0."
)
NAME_REFUSED = (
    "The name of this scenario cannot stand in a plan. {why} Take its approval back, rename it, "
    "and approve it again."
)
HIDDEN_ACTION = "An action in it"

NewId = Callable[[], str]


def awards_of(found: StoredScenario) -> tuple[ScenarioAward, ...]:
    """What the payer pays for what was chosen, by year: nothing else reads it from the answer."""
    return tuple(sorted(each for pick in found.main.picks for each in years_of(found, pick)))


def years_of(found: StoredScenario, pick: Pick) -> Iterator[ScenarioAward]:
    """Its first year in the year it starts in, and what runs in each one after."""
    for year in range(pick.year, found.case.years + 1):
        if dollars := found.case.dollars_in(pick, year):
            yield ScenarioAward(pick.group_id, pick.action_id, year, dollars)


# What is shown.


@dataclass(frozen=True)
class AwardLine:
    """One award, before or after it is written."""

    award: ScenarioAward
    group: str
    title: str
    note: str  # what stands beside it in the group's plan
    assessment_id: str = ""  # whose plan it goes into; empty: into none
    plan: str = ""  # what that is called
    is_added: bool = False  # the action joins the plan with it
    awarded_before: int = 0  # dollars, for this action, as far as this payer may know
    is_awarded_by_others: bool = False
    why_not: str = ""
    posting_id: str | None = None  # once it is written


@dataclass(frozen=True)
class AwardList:
    """Awards that share a fate."""

    lines: tuple[AwardLine, ...]

    @property
    def count(self) -> int:
        return len(self.lines)

    @property
    def total(self) -> int:
        return sum(line.award.dollars for line in self.lines)

    @cached_property
    def by_group(self) -> tuple[tuple[AwardLine, ...], ...]:
        """By the groups' names."""
        ranked = sorted(self.lines, key=lambda line: (line.group, line.award))
        groups = groupby(ranked, key=lambda line: line.award.group_id)
        return tuple(tuple(group) for _, group in groups)


@dataclass(frozen=True)
class Funding:
    """The awards of an approved or a funded scenario."""

    payer: Payer
    request: ScenarioRequest
    status: ScenarioStatus
    lines: tuple[AwardLine, ...]
    kept: tuple[tuple[str, str], ...] = ()  # which cannot be taken back, and why

    @property
    def is_funded(self) -> bool:
        return self.status.state is ScenarioState.FUNDED

    @cached_property
    def written(self) -> AwardList:
        return AwardList(tuple(line for line in self.lines if not line.why_not))

    @cached_property
    def refused(self) -> AwardList:
        return AwardList(tuple(line for line in self.lines if line.why_not))

    @property
    def has_years(self) -> bool:
        return any(line.award.year > 1 for line in self.lines)

    @property
    def seen(self) -> str:
        """Stands for all that is shown, so that what is confirmed is what is written."""
        return hashlib.sha256(repr(self.lines).encode()).hexdigest()[:16]


def load(session: Session, payer_id: str, allocation_id: str) -> Funding:
    found = stored.load(session, payer_id, allocation_id)
    if found.status.state is ScenarioState.FUNDED:
        return funding_of(found, written_lines(session, found), kept_lines(session, found))
    if found.status.state is not ScenarioState.APPROVED:
        raise WrongState(NOT_APPROVED)
    if problem := next(postings.text_problems("", note_of(found, 1), NOTE_CHARACTERS), None):
        raise WrongState(NAME_REFUSED.format(why=problem.says))
    return funding_of(found, open_lines(session, found))


def load_funded(session: Session, payer_id: str, allocation_id: str) -> Funding:
    found = load(session, payer_id, allocation_id)
    if not found.is_funded:
        raise WrongState(NOT_FUNDED)
    return found


def funding_of(
    found: StoredScenario, lines: Iterable[AwardLine], kept: Iterable[tuple[str, str]] = ()
) -> Funding:
    return Funding(found.payer, found.request, found.status, tuple(lines), tuple(kept))


def open_lines(session: Session, found: StoredScenario) -> Iterator[AwardLine]:
    """Of an approved scenario: what would become of each award."""
    plans: dict[str, PlanForAwards] = {}
    for award in awards_of(found):
        line = line_of(found, award)
        if found.is_hidden(award.group_id):
            yield replace(line, why_not=NOT_SHARED_TODAY)
            continue
        if award.group_id not in plans:
            plans[award.group_id] = awards.load(session, found.payer.id, award.group_id)
        yield in_plan(line, plans[award.group_id])


def line_of(found: StoredScenario, award: ScenarioAward) -> AwardLine:
    """Nothing of a group that no longer shares but what the payer decided on."""
    is_hidden = found.is_hidden(award.group_id)
    title = found.candidate((award.group_id, award.action_id)).title
    return AwardLine(
        award,
        found.name(award.group_id),
        HIDDEN_ACTION if is_hidden else title,
        note_of(found, award.year),
    )


def note_of(found: StoredScenario, year: int) -> str:
    when = f", year {year}" if found.case.years > 1 else ""
    return f"Budget scenario “{found.status.name}”{when}"


def in_plan(line: AwardLine, found: PlanForAwards) -> AwardLine:
    action_id = line.award.action_id
    return replace(
        line,
        assessment_id=found.opened.assessment.id,
        plan=found.opened.assessment.title,
        is_added=not found.holds(action_id),
        awarded_before=found.awarded_cents(action_id) // CENTS,
        is_awarded_by_others=found.is_awarded_by_others(action_id),
        why_not=found.why_not(action_id),
    )


def written_lines(session: Session, found: StoredScenario) -> Iterator[AwardLine]:
    """Of a funded scenario: what became of each award."""
    entries = entries_of(session, found)
    for record in found.status.awards:
        line = replace(
            line_of(found, record.award), why_not=record.why_not, posting_id=record.posting_id
        )
        entry = entries.get(record.posting_id or "")
        if entry and not found.is_hidden(entry.group_id):
            title = assessments.get(session.store, entry.assessment_id).title
            line = replace(line, assessment_id=entry.assessment_id, plan=title)
        yield line


def entries_of(session: Session, found: StoredScenario) -> dict[str, Posting]:
    """Those of removed groups are gone."""
    ids = [each.posting_id for each in found.status.awards if each.posting_id]
    return {each.id: each for each in ledger.postings_with_ids(session.store, ids)}


def kept_lines(session: Session, found: StoredScenario) -> Iterator[tuple[str, str]]:
    """What stands against taking the funding back: which award, and why."""
    entries = entries_of(session, found)
    for record in found.status.awards:
        entry = entries.get(record.posting_id or "")
        if entry and (why := why_kept(session, found, entry)):
            line = line_of(found, record.award)
            yield f"{line.title}, {line.group}", why


def why_kept(session: Session, found: StoredScenario, entry: Posting) -> str:
    if not awards.standing(session, [entry.id]):
        return ""
    return OUT_OF_REACH if found.is_hidden(entry.group_id) else awards.why_kept(session, entry)


# What is done.


def fund(session: Session, payer_id: str, allocation_id: str, seen: str, new_id: NewId) -> None:
    """Exactly what was shown, which `seen` stands for, or nothing."""
    require_planner(session, payer_id)
    with session.store.writing():
        found = load(session, payer_id, allocation_id)
        if found.is_funded:
            raise WrongState(REFUSED[ScenarioState.FUNDED])
        if not found.written.count:
            raise WrongState(NOTHING)
        if seen != found.seen:
            raise ChangedMeanwhile(CHANGED)
        records = (*write(session, found, new_id), *refused_records(found))
        kept = tuple(sorted(records, key=lambda each: each.award))
        funded = replace(found.status, state=ScenarioState.FUNDED, awards=kept)
        lifecycle.keep(session, found.request, funded, "funded")


def write(session: Session, found: Funding, new_id: NewId) -> Iterator[AwardRecord]:
    for lines in found.written.by_group:
        wanted = [
            Award(each.award.action_id, CENTS * each.award.dollars, each.award.year, each.note)
            for each in lines
        ]
        group_id = lines[0].award.group_id
        entries = awards.award(session, found.payer, group_id, wanted, new_id)
        for line, entry in zip(lines, entries, strict=True):
            yield AwardRecord(line.award, entry.id)


def refused_records(found: Funding) -> Iterator[AwardRecord]:
    return (AwardRecord(line.award, None, line.why_not) for line in found.refused.lines)


def take_back(session: Session, payer_id: str, allocation_id: str, new_id: NewId) -> None:
    """All awards that still stand, or none."""
    require_planner(session, payer_id)
    with session.store.writing():
        found = load_funded(session, payer_id, allocation_id)
        if found.kept:
            raise WrongState(" ".join(f"{what}: {why}" for what, why in found.kept))
        for lines in found.written.by_group:
            ids = [each.posting_id for each in lines if each.posting_id]
            if awards.standing(session, ids):
                awards.take_back(session, payer_id, lines[0].award.group_id, ids, new_id)
        approved = replace(found.status, state=ScenarioState.APPROVED, awards=())
        lifecycle.keep(session, found.request, approved, "took back the funding of")
